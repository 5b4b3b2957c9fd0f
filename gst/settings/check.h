/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether the settings of a run go together.
 */
#ifndef PERCEPTUAL_SETTINGS_CHECK_H
#define PERCEPTUAL_SETTINGS_CHECK_H

#include <gst/gst.h>

#include "settings/config.h"

G_BEGIN_DECLS

/* Whether at most one of interval and rate says which pairs are measured. */
gboolean perceptual_config_has_one_choice (const PerceptualConfig *config);

/* Posts a WARNING of @element that both do, where that came about in a run.
 * Must be called without the element's object lock. */
void perceptual_config_warn_of_choice (GstElement *element);

/* Must be called without the element's object lock, since a message is posted.
 * Returns: FALSE after an ERROR of @element about the first setting that is
 * wrong. */
gboolean perceptual_config_check (
    const PerceptualConfig *config, GstElement *element);

G_END_DECLS

#endif /* PERCEPTUAL_SETTINGS_CHECK_H */
