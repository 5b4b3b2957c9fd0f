/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From "NAME:OPTION=VALUE,..." to metrics that share their threads, and
 * measuring with all of them.
 */
#include "judge/metric-list.h"

#include "console/metric-tables.h"

#include <string.h>

static void
free_metric (gpointer data)
{
  JudgeMetric *metric = data;

  perceptual_metric_free (metric->metric);
  g_free (metric->label);
  g_free (metric);
}

static gboolean
is_listed (const JudgeMetricList *self, const gchar *label)
{
  for (guint i = 0; i < self->metrics->len; i++) {
    if (strcmp (judge_metric_list_get (self, i)->label, label) == 0)
      return TRUE;
  }
  return FALSE;
}

static PerceptualMetric *
make_metric (const gchar *specification, const gchar *weights,
    PerceptualWorkers *workers, GError **error)
{
  g_autoptr (GVariant) given = NULL;
  const PerceptualMetricInfo *info =
      perceptual_specification_parse (specification, &given, error);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (given);

  if (info == NULL)
    return NULL;
  if (weights != NULL && !g_variant_dict_contains (&options, "weights")
      && metric_tables_find_option (info->options, "weights") != NULL)
    g_variant_dict_insert (&options, "weights", "s", weights);
  return perceptual_metric_new (
      info->name, g_variant_dict_end (&options), workers, error);
}

static gboolean
add_metric (JudgeMetricList *self, const gchar *specification,
    const gchar *weights, PerceptualWorkers *workers, GError **error)
{
  JudgeMetric *metric;
  PerceptualMetric *made;

  if (is_listed (self, specification)) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "--metric %s is given twice", specification);
    return FALSE;
  }
  made = make_metric (specification, weights, workers, error);
  if (made == NULL) {
    g_prefix_error (error, "--metric %s: ", specification);
    return FALSE;
  }
  metric = g_new0 (JudgeMetric, 1);
  metric->label = g_strdup (specification);
  metric->metric = made;
  metric->similarity =
      (perceptual_metric_get_info (made)->flags & PERCEPTUAL_METRIC_SIMILARITY)
      != 0;
  g_ptr_array_add (self->metrics, metric);
  return TRUE;
}

JudgeMetricList *
judge_metric_list_new (gchar **specifications, const gchar *weights,
    PerceptualWorkers *workers, GError **error)
{
  g_autoptr (JudgeMetricList) self = g_new0 (JudgeMetricList, 1);
  const gchar *const defaults[] = { PERCEPTUAL_DEFAULT_METRIC, NULL };
  const gchar *const *each = specifications != NULL && *specifications != NULL
      ? (const gchar *const *) specifications
      : defaults;

  if (weights != NULL && !g_utf8_validate (weights, -1, NULL)) {
    g_set_error_literal (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "--weights: the file name is not in UTF-8; rename it or name it by a "
        "link");
    return NULL;
  }
  self->metrics = g_ptr_array_new_with_free_func (free_metric);
  for (; *each != NULL; each++) {
    if (!add_metric (self, *each, weights, workers, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

void
judge_metric_list_free (JudgeMetricList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->metrics);
  g_free (self);
}

const JudgeMetric *
judge_metric_list_get (const JudgeMetricList *self, guint index)
{
  return self->metrics->pdata[index];
}

gboolean
judge_metric_list_measure (const JudgeMetricList *self,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, gdouble *values, GError **error)
{
  g_autofree PerceptualResult *results = g_new0 (PerceptualResult, n_distorted);

  for (guint i = 0; i < self->metrics->len; i++) {
    const JudgeMetric *metric = judge_metric_list_get (self, i);

    if (!perceptual_metric_compare (metric->metric, reference, distorted,
            n_distorted, PERCEPTUAL_COMPARE_NONE, results, error)) {
      g_prefix_error (error, "%s: ", metric->label);
      return FALSE;
    }
    for (guint j = 0; j < n_distorted; j++) {
      values[i * n_distorted + j] = results[j].distance;
      perceptual_result_clear (&results[j]);
    }
  }
  return TRUE;
}

gboolean
judge_metric_list_measure_many (const JudgeMetricList *self,
    const PerceptualImage *references, guint n_references,
    const PerceptualImage *distorted, guint each, gdouble *values,
    GError **error)
{
  guint n = n_references * each, n_metrics = self->metrics->len;
  g_autofree PerceptualResult *results = g_new0 (PerceptualResult, n);

  for (guint i = 0; i < n_metrics; i++) {
    const JudgeMetric *metric = judge_metric_list_get (self, i);

    if (!perceptual_metric_compare_many (metric->metric, references,
            n_references, distorted, each, PERCEPTUAL_COMPARE_NONE, results,
            error)) {
      g_prefix_error (error, "%s: ", metric->label);
      return FALSE;
    }
    for (guint j = 0; j < n; j++) {
      values[((gsize) (j / each) * n_metrics + i) * each + j % each] =
          results[j].distance;
      perceptual_result_clear (&results[j]);
    }
  }
  return TRUE;
}

gdouble
judge_metric_as_distance (const JudgeMetric *metric, gdouble value)
{
  return metric->similarity ? -value : value;
}
