/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The metrics of a run, from all of --metric and --also.
 */
#ifndef COMPARE_OPTIONS_METRICS_H
#define COMPARE_OPTIONS_METRICS_H

#include "compare/options/options.h"
#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: (transfer none) (nullable): the metric behind the column called
 * @name: "psnr", "psnr(rgb)", "lpips:backbone=vgg". */
const PerceptualMetricInfo *compare_metric_find (const gchar *name);

/* Whether higher values of the column called @name mean more alike. */
gboolean compare_is_similarity (const gchar *name);

/* Makes one setting "metric" of the first --metric, and one setting "also" of
 * all others and of all --also.  Sets @self's metric.  @error: what is wrong
 * with one of them. */
gboolean compare_metrics_gather (CompareOptions *self, GError **error);

/* Returns: (transfer full): what is measured, the metric first;
 * NULL-terminated. */
GStrv compare_metrics_list (const CompareOptions *self);

/* Adds a column, if it is not measured yet. */
gboolean compare_metrics_add (
    CompareOptions *self, const gchar *specification, GError **error);

G_END_DECLS

#endif /* COMPARE_OPTIONS_METRICS_H */
