/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The metrics of one run, made from what the user typed.
 */
#ifndef JUDGE_METRIC_LIST_H
#define JUDGE_METRIC_LIST_H

#include "perceptual.h"

G_BEGIN_DECLS

/**
 * JudgeMetric:
 * @label: the specification as the user typed it, valid UTF-8, different from
 *   all others of the list: names the metric in results
 * @metric: the metric itself
 * @similarity: whether higher values mean more alike (psnr, ssim)
 *
 * One metric of a list, which owns it.
 */
typedef struct
{
  gchar *label;
  PerceptualMetric *metric;
  gboolean similarity;
} JudgeMetric;

/**
 * JudgeMetricList:
 * @metrics: (element-type JudgeMetric): at least one, in the user's order
 */
typedef struct
{
  GPtrArray *metrics;
} JudgeMetricList;

/**
 * judge_metric_list_new:
 * @specifications: (nullable): "NAME" or "NAME:OPTION=VALUE,OPTION=VALUE";
 *   NULL-terminated; NULL for the default metric.  A comma inside a value is
 *   possible where what follows holds no "=": taps=1,3
 * @weights: (nullable): a file or folder for every metric that has the option
 *   "weights" and whose specification does not set it
 * @workers: whose threads do the work of all of them
 * @error: PERCEPTUAL_ERROR_*, naming the specification
 *
 * Returns: (transfer full): the metrics, or NULL with @error set.
 */
JudgeMetricList *judge_metric_list_new (gchar **specifications,
    const gchar *weights, PerceptualWorkers *workers, GError **error);
void judge_metric_list_free (JudgeMetricList *self);

/* The metric at @index. */
const JudgeMetric *judge_metric_list_get (
    const JudgeMetricList *self, guint index);

/**
 * judge_metric_list_measure:
 * @reference: one image
 * @distorted: @n_distorted images of the same size
 * @values: (out): metric by metric, @n_distorted values each, as the library
 *   gives them: distances, or similarities where JudgeMetric.similarity says
 *   so; psnr of identical images is +infinity
 * @error: PERCEPTUAL_ERROR_*, naming the metric
 *
 * Measures with every metric of the list.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_metric_list_measure (const JudgeMetricList *self,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, gdouble *values, GError **error);

/**
 * judge_metric_list_measure_many:
 * @references: @n_references images
 * @distorted: @each images for every reference, of its size, those of the first
 *   reference first
 * @values: (out): reference by reference, as judge_metric_list_measure() gives
 *   them for it
 * @error: PERCEPTUAL_ERROR_*, naming the metric
 *
 * The same for many references, which is faster where images are small.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_metric_list_measure_many (const JudgeMetricList *self,
    const PerceptualImage *references, guint n_references,
    const PerceptualImage *distorted, guint each, gdouble *values,
    GError **error);

/* Returns: @value turned so that lower means more alike: its negative for a
 * similarity.  The order, and so every rank, is that of a distance. */
gdouble judge_metric_as_distance (const JudgeMetric *metric, gdouble value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeMetricList, judge_metric_list_free)

G_END_DECLS

#endif /* JUDGE_METRIC_LIST_H */
