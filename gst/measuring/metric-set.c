/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes the metrics of a run from names and options and compares a pair with
 * all of them.
 */
#include "measuring/metric-set.h"

#include "settings/metric-options.h"

#include <string.h>

struct _PerceptualMetricSet
{
  PerceptualWorkers *workers;
  gint cancelled; /* atomic */
  guint n_metrics;
  PerceptualMetric *metrics[1 + PERCEPTUAL_MAX_ALSO]; /* the distance's first */
  PerceptualColumns columns;
};

static gboolean
knows (const PerceptualMetricInfo *info, const gchar *option)
{
  for (guint i = 0; info->options != NULL && info->options[i] != NULL; i++) {
    if (g_str_equal (info->options[i]->name, option))
      return TRUE;
  }
  return FALSE;
}

/* Those of @options that are for @info.  The first metric also gets what
 * none of them knows, so that the library says what is wrong with it. */
static GVariant *
options_for (
    GVariant *options, const PerceptualMetricInfo *info, const GPtrArray *infos)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const gchar *name;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    gboolean known = FALSE;

    for (guint i = 0; i < infos->len; i++)
      known |= knows (g_ptr_array_index (infos, i), name);
    if (knows (info, name) || (!known && info == infos->pdata[0]))
      g_variant_builder_add (&builder, "{sv}", name, value);
    g_variant_unref (value);
  }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Returns: (transfer container): PerceptualMetricInfo of @metric and of the
 * names in @also. */
static GPtrArray *
find_metrics (const gchar *metric, const gchar *also, GError **error)
{
  g_autoptr (GPtrArray) infos = g_ptr_array_new ();
  g_auto (GStrv) names = g_strsplit (also != NULL ? also : "", ",", -1);
  const PerceptualMetricInfo *info = perceptual_metric_find (metric, error);

  if (info == NULL)
    return NULL;
  g_ptr_array_add (infos, (gpointer) info);
  for (guint i = 0; names[i] != NULL; i++) {
    const gchar *name = g_strstrip (names[i]);

    if (*name == '\0')
      continue;
    info = perceptual_metric_find (name, error);
    if (info == NULL) {
      g_prefix_error (error, "also: ");
      return NULL;
    }
    if (g_ptr_array_find (infos, info, NULL)) {
      g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC,
          "also: the metric %s is named twice (metric=%s also=%s)", name,
          metric, also);
      return NULL;
    }
    if (infos->len == 1 + PERCEPTUAL_MAX_ALSO) {
      g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC,
          "also: more than %d metrics", PERCEPTUAL_MAX_ALSO);
      return NULL;
    }
    g_ptr_array_add (infos, (gpointer) info);
  }
  return g_steal_pointer (&infos);
}

PerceptualMetricSet *
perceptual_metric_set_new (const gchar *metric, const gchar *also,
    GVariant *options, guint threads, GError **error)
{
  g_autoptr (GPtrArray) infos = find_metrics (metric, also, error);
  PerceptualMetricSet *self;

  if (infos == NULL)
    return NULL;
  self = g_new0 (PerceptualMetricSet, 1);
  self->workers = perceptual_workers_new (threads, error);
  if (self->workers == NULL)
    goto failed;
  for (guint i = 0; i < infos->len; i++) {
    const PerceptualMetricInfo *info = g_ptr_array_index (infos, i);
    g_autoptr (GVariant) own = options_for (options, info, infos);

    self->metrics[i] =
        perceptual_metric_new (info->name, own, self->workers, error);
    if (self->metrics[i] == NULL)
      goto failed;
    self->n_metrics++;
    if (i == 0)
      self->columns.metric = info->name;
    else
      self->columns.also[self->columns.n_also++] = info->name;
  }
  return self;

failed:
  perceptual_metric_set_free (self);
  return NULL;
}

void
perceptual_metric_set_free (PerceptualMetricSet *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_metrics; i++)
    perceptual_metric_free (self->metrics[i]);
  g_clear_pointer (&self->workers, perceptual_workers_unref);
  g_free (self);
}

const PerceptualMetricInfo *
perceptual_metric_set_get_metric (const PerceptualMetricSet *self)
{
  return perceptual_metric_get_info (self->metrics[0]);
}

const PerceptualColumns *
perceptual_metric_set_get_columns (const PerceptualMetricSet *self)
{
  return &self->columns;
}

PerceptualWorkers *
perceptual_metric_set_get_workers (const PerceptualMetricSet *self)
{
  return self->workers;
}

void
perceptual_metric_set_cancel (PerceptualMetricSet *self, gboolean cancel)
{
  g_atomic_int_set (&self->cancelled, cancel);
  perceptual_workers_cancel (self->workers, cancel);
}

gboolean
perceptual_metric_set_is_cancelled (const PerceptualMetricSet *self)
{
  return g_atomic_int_get (&self->cancelled);
}

static void
fill_in (PerceptualRecord *record, guint metric, const PerceptualResult *result)
{
  if (metric > 0) {
    record->also[metric - 1] = result->distance;
    record->n_also_taps[metric - 1] = result->n_taps;
    memcpy (record->also_taps[metric - 1], result->taps, sizeof result->taps);
  } else {
    record->distance = result->distance;
    record->n_taps = result->n_taps;
    memcpy (record->taps, result->taps, sizeof record->taps);
  }
}

gboolean
perceptual_metric_set_row (PerceptualMetricSet *self,
    const PerceptualImage *reference, const PerceptualImage *distorted, guint n,
    PerceptualRecord *const *records, PerceptualResult *first, GError **error)
{
  g_autofree PerceptualResult *results = g_new0 (PerceptualResult, n);

  for (guint i = 0; i < self->n_metrics; i++) {
    gboolean map = i == 0 && first != NULL;

    if (!perceptual_metric_compare (self->metrics[i], reference, distorted, n,
            map ? PERCEPTUAL_COMPARE_MAP : PERCEPTUAL_COMPARE_NONE, results,
            error))
      return FALSE;
    for (guint j = 0; j < n; j++) {
      fill_in (records[j], i, &results[j]);
      if (map && j == 0) {
        *first = results[j];
        results[j] = (PerceptualResult){ 0 };
      }
      perceptual_result_clear (&results[j]);
    }
  }
  return TRUE;
}

gboolean
perceptual_metric_set_reads_pixels (const PerceptualMetricSet *self)
{
  for (guint i = 0; i < self->n_metrics; i++) {
    if (!(perceptual_metric_get_info (self->metrics[i])->flags
            & PERCEPTUAL_METRIC_LUMA))
      return TRUE;
  }
  return FALSE;
}

gboolean
perceptual_metric_set_is_exact (const PerceptualMetricSet *self)
{
  for (guint i = 0; i < self->n_metrics; i++) {
    gboolean exact = FALSE;

    if (g_variant_lookup (perceptual_metric_get_options (self->metrics[i]),
            "exact", "b", &exact)
        && exact)
      return TRUE;
  }
  return FALSE;
}

void
perceptual_metric_set_describe (
    const PerceptualMetricSet *self, GstStructure *structure)
{
  g_autoptr (GstStructure) options = gst_structure_new_empty ("options");

  for (guint i = 0; i < self->n_metrics; i++) {
    GVariantIter iter;
    const gchar *name;
    GVariant *value;

    g_variant_iter_init (
        &iter, perceptual_metric_get_options (self->metrics[i]));
    while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
      GValue shown = G_VALUE_INIT;

      perceptual_option_to_value (value, &shown);
      gst_structure_take_value (options, name, &shown);
      g_variant_unref (value);
    }
  }
  gst_structure_set (structure, "options", GST_TYPE_STRUCTURE, options, NULL);

  for (guint i = 0; i < self->n_metrics; i++) {
    const PerceptualWeightsInfo *weights =
        perceptual_metric_get_weights (self->metrics[i]);

    if (weights == NULL)
      continue;
    gst_structure_set (
        structure, "weights-name", G_TYPE_STRING, weights->name, NULL);
    if (weights->sha256 != NULL)
      gst_structure_set (
          structure, "weights-sha256", G_TYPE_STRING, weights->sha256, NULL);
    break;
  }
}

const PerceptualWeightsInfo *
perceptual_metric_set_find_unknown_weights (const PerceptualMetricSet *self)
{
  for (guint i = 0; i < self->n_metrics; i++) {
    const PerceptualWeightsInfo *weights =
        perceptual_metric_get_weights (self->metrics[i]);

    if (weights != NULL && weights->sha256 != NULL && !weights->known)
      return weights;
  }
  return NULL;
}
