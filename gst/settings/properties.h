/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element's settings as GObject properties, those of the metrics' option
 * tables among them.
 */
#ifndef PERCEPTUAL_PROPERTIES_H
#define PERCEPTUAL_PROPERTIES_H

#include <gst/gst.h>

#include "settings/config.h"

G_BEGIN_DECLS

void perceptual_config_init (PerceptualConfig *config);
void perceptual_config_clear (PerceptualConfig *config);
/* @to must be cleared or zeroed. */
void perceptual_config_copy (
    const PerceptualConfig *from, PerceptualConfig *to);

/* Returns: how far offsets are looked for, ns either way. */
gint64 perceptual_config_get_window (const PerceptualConfig *config);

/* Returns: (transfer full): a{sv} of the metric options that were set. */
GVariant *perceptual_config_get_options (const PerceptualConfig *config);

/* Installs all properties on @klass. */
void perceptual_config_install (GObjectClass *klass);

/* Returns: FALSE if there is no such property. */
gboolean perceptual_config_set (
    PerceptualConfig *config, guint id, const GValue *value);
gboolean perceptual_config_get (
    const PerceptualConfig *config, guint id, GValue *value);

/* Whether the metrics must be made anew when property @id changes. */
gboolean perceptual_config_affects_metrics (guint id);

/* Whether property @id may be changed in PLAYING. */
gboolean perceptual_config_is_live (guint id);

G_END_DECLS

#endif /* PERCEPTUAL_PROPERTIES_H */
