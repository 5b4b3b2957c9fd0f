/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The options of metrics as GObject properties, and their values.
 */
#ifndef PERCEPTUAL_METRIC_OPTIONS_H
#define PERCEPTUAL_METRIC_OPTIONS_H

#include <glib-object.h>

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: (transfer floating): the property for @option. */
GParamSpec *perceptual_option_param (
    const PerceptualOption *option, GParamFlags flags);

/* Initialises @value, which is zeroed, to what @variant holds. */
void perceptual_option_to_value (GVariant *variant, GValue *value);

/* Puts @value into @options, GVariant by interned name. */
void perceptual_option_set (
    GHashTable *options, const PerceptualOption *option, const GValue *value);

/* Sets @value to what is in @options, or to the default. */
void perceptual_option_get (
    GHashTable *options, const PerceptualOption *option, GValue *value);

G_END_DECLS

#endif /* PERCEPTUAL_METRIC_OPTIONS_H */
