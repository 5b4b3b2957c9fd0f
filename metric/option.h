/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Option tables inside the library; users see PerceptualOption only.
 */
#ifndef PERCEPTUAL_OPTION_H
#define PERCEPTUAL_OPTION_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: (nullable): the row called @name of a NULL-terminated table. */
const PerceptualOption *perceptual_option_find (
    const PerceptualOption *const *options, const gchar *name);

/* Returns: (transfer full): the default as a non-floating value. */
GVariant *perceptual_option_default (const PerceptualOption *option);

/* Sets PERCEPTUAL_ERROR_OPTION: that @info has no option @name, and which it
 * has. */
void perceptual_option_unknown (
    const PerceptualMetricInfo *info, const gchar *name, GError **error);

/* Checks @given (a{sv} or NULL) against the metric's table and fills in the
 * defaults.  Returns: (transfer full): a{sv} in table order, or NULL with
 * PERCEPTUAL_ERROR_OPTION. */
GVariant *perceptual_options_complete (
    const PerceptualMetricInfo *info, GVariant *given, GError **error);

/* Options that several metrics share: one name, one meaning, one row. */
extern const PerceptualOption perceptual_option_seed;
extern const PerceptualOption perceptual_option_features;
extern const PerceptualOption perceptual_option_exact;
extern const PerceptualOption perceptual_option_centred;
extern const PerceptualOption perceptual_option_all_planes;
extern const PerceptualOption perceptual_option_scale; /* in scale.c */

G_END_DECLS

#endif /* PERCEPTUAL_OPTION_H */
