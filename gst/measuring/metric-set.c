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

/**
 * Wanted:
 * @label: as the user typed it; what the column is called
 * @info: the metric
 * @own: (owned): a{sv} of the options in @label
 *
 * One metric that is asked for.
 */
typedef struct
{
  const gchar *label;
  const PerceptualMetricInfo *info;
  GVariant *own;
} Wanted;

static void
clear_wanted (gpointer data)
{
  g_clear_pointer (&((Wanted *) data)->own, g_variant_unref);
}

static Wanted *
wanted_at (const GArray *all, guint i)
{
  return &g_array_index (all, Wanted, i);
}

/* A column of also= keeps its name only while it means the same: the psnr of
 * frames made smaller is another number. */
static gboolean
is_of_first (const gchar *option)
{
  return g_str_equal (option, "scale");
}

/* Those of @options that are for metric @number, and over them its own.  The
 * first metric also gets what none of them knows, so that the library says what
 * is wrong with it. */
static GVariant *
options_for (GVariant *options, const GArray *all, guint number)
{
  const Wanted *wanted = wanted_at (all, number);
  g_auto (GVariantDict) chosen = G_VARIANT_DICT_INIT (NULL);
  GVariantIter iter;
  const gchar *name;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    gboolean known = FALSE;

    for (guint i = 0; i < all->len; i++)
      known |= knows (wanted_at (all, i)->info, name);
    if (is_of_first (name)
            ? number == 0
            : knows (wanted->info, name) || (!known && number == 0))
      g_variant_dict_insert_value (&chosen, name, value);
    g_variant_unref (value);
  }
  g_variant_iter_init (&iter, wanted->own);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    g_variant_dict_insert_value (&chosen, name, value);
    g_variant_unref (value);
  }
  return g_variant_ref_sink (g_variant_dict_end (&chosen));
}

static gboolean
is_named (const GArray *all, const gchar *label)
{
  for (guint i = 0; i < all->len; i++) {
    if (g_str_equal (wanted_at (all, i)->label, label))
      return TRUE;
  }
  return FALSE;
}

static gboolean
add_wanted (GArray *all, const gchar *specification, GError **error)
{
  Wanted wanted = { .label = g_intern_string (specification) };

  wanted.info =
      perceptual_specification_parse (specification, &wanted.own, error);
  if (wanted.info != NULL)
    g_array_append_val (all, wanted);
  return wanted.info != NULL;
}

/* Returns: (transfer full): Wanted of @metric and of those in @also. */
static GArray *
find_metrics (const gchar *metric, const gchar *also, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Wanted));
  g_auto (GStrv) names =
      perceptual_specification_split (also != NULL ? also : "");

  g_array_set_clear_func (all, clear_wanted);
  if (!add_wanted (all, metric, error))
    return NULL;
  for (guint i = 0; names[i] != NULL; i++) {
    if (is_named (all, names[i])) {
      g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC,
          "also: the metric %s is named twice (metric=%s also=%s)", names[i],
          metric, also);
      return NULL;
    }
    if (all->len == 1 + PERCEPTUAL_MAX_ALSO) {
      g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC,
          "also: more than %d metrics", PERCEPTUAL_MAX_ALSO);
      return NULL;
    }
    if (!add_wanted (all, names[i], error)) {
      g_prefix_error (error, "also: ");
      return NULL;
    }
  }
  return g_steal_pointer (&all);
}

PerceptualMetricSet *
perceptual_metric_set_new (const gchar *metric, const gchar *also,
    GVariant *options, guint threads, GError **error)
{
  g_autoptr (GArray) all = find_metrics (metric, also, error);
  PerceptualMetricSet *self;

  if (all == NULL)
    return NULL;
  self = g_new0 (PerceptualMetricSet, 1);
  self->workers = perceptual_workers_new (threads, error);
  if (self->workers == NULL)
    goto failed;
  for (guint i = 0; i < all->len; i++) {
    const Wanted *wanted = wanted_at (all, i);
    g_autoptr (GVariant) own = options_for (options, all, i);

    self->metrics[i] =
        perceptual_metric_new (wanted->info->name, own, self->workers, error);
    if (self->metrics[i] == NULL)
      goto failed;
    self->n_metrics++;
    if (i == 0)
      self->columns.metric = wanted->label;
    else
      self->columns.also[self->columns.n_also++] = wanted->label;
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

/* Returns: by how much @metric makes frames of this size smaller; 0 where its
 * option scale says nothing. */
static gdouble
scale_of (const PerceptualMetric *metric, guint width, guint height)
{
  const gchar *text = NULL;

  if (width == 0
      || !g_variant_lookup (
          perceptual_metric_get_options (metric), "scale", "&s", &text)
      || g_str_equal (text, "1"))
    return 0;
  return perceptual_metric_get_scale (metric, width, height);
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

/* What metric @metric found of one pair, and frees what is beside it. */
static void
take_result (const PerceptualMetricSet *self, guint metric,
    const PerceptualImage *reference, PerceptualResult *result,
    PerceptualRecord *record)
{
  if (metric == 0)
    record->scale =
        scale_of (self->metrics[0], reference->width, reference->height);
  fill_in (record, metric, result);
  perceptual_result_clear (result);
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
    if (map) {
      *first = results[0];
      results[0].map = NULL;
    }
    for (guint j = 0; j < n; j++)
      take_result (self, i, reference, &results[j], records[j]);
  }
  return TRUE;
}

gboolean
perceptual_metric_set_many (PerceptualMetricSet *self,
    const PerceptualImage *references, const PerceptualImage *distorted,
    guint n, PerceptualRecord *const *records, GError **error)
{
  g_autofree PerceptualResult *results = g_new0 (PerceptualResult, n);

  for (guint i = 0; i < self->n_metrics; i++) {
    if (!perceptual_metric_compare_many (self->metrics[i], references, n,
            distorted, 1, PERCEPTUAL_COMPARE_NONE, results, error))
      return FALSE;
    for (guint j = 0; j < n; j++)
      take_result (self, i, &references[j], &results[j], records[j]);
  }
  return TRUE;
}

gboolean
perceptual_metric_set_gains_from_many (
    const PerceptualMetricSet *self, guint width, guint height)
{
  for (guint i = 0; i < self->n_metrics; i++) {
    if (perceptual_metric_gains_from_many (self->metrics[i], width, height))
      return !perceptual_metric_set_is_exact (self);
  }
  return FALSE;
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

/* Sets the options of @metric that @options does not have yet.  Returns:
 * whether all of them have the same value there. */
static gboolean
describe_options (const PerceptualMetric *metric, GstStructure *options)
{
  GVariantIter iter;
  const gchar *name;
  GVariant *value;
  gboolean same = TRUE;

  g_variant_iter_init (&iter, perceptual_metric_get_options (metric));
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value)) {
    const GValue *there = gst_structure_get_value (options, name);
    GValue shown = G_VALUE_INIT;

    perceptual_option_to_value (value, &shown);
    g_variant_unref (value);
    if (there != NULL) {
      same = same && gst_value_compare (there, &shown) == GST_VALUE_EQUAL;
      g_value_unset (&shown);
    } else {
      gst_structure_take_value (options, name, &shown);
    }
  }
  return same;
}

static void
describe_scale (const PerceptualMetric *metric, guint width, guint height,
    GstStructure *structure)
{
  gdouble scale = scale_of (metric, width, height);

  if (scale > 0)
    gst_structure_set (structure, "scale", G_TYPE_DOUBLE, scale, NULL);
}

static gboolean
describe_weights (const PerceptualMetric *metric, GstStructure *structure)
{
  const PerceptualWeightsInfo *weights = perceptual_metric_get_weights (metric);

  if (weights == NULL)
    return FALSE;
  gst_structure_set (
      structure, "weights-name", G_TYPE_STRING, weights->name, NULL);
  if (weights->sha256 != NULL)
    gst_structure_set (
        structure, "weights-sha256", G_TYPE_STRING, weights->sha256, NULL);
  gst_structure_set (structure, "arithmetic", G_TYPE_STRING,
      perceptual_metric_get_arithmetic (metric), NULL);
  return TRUE;
}

/* A further metric that is not what options and weights of the whole say. */
static void
describe_other (const PerceptualMetric *metric, const gchar *label, guint width,
    guint height, GstStructure *others)
{
  const gchar *field = perceptual_column_field (label);
  g_autoptr (GstStructure) other = gst_structure_new_empty (field);
  g_autoptr (GstStructure) options = gst_structure_new_empty ("options");

  describe_options (metric, options);
  gst_structure_set (other, "metric", G_TYPE_STRING,
      perceptual_metric_get_info (metric)->name, "options", GST_TYPE_STRUCTURE,
      options, NULL);
  describe_scale (metric, width, height, other);
  describe_weights (metric, other);
  gst_structure_set (others, field, GST_TYPE_STRUCTURE, other, NULL);
}

void
perceptual_metric_set_describe (const PerceptualMetricSet *self, guint width,
    guint height, GstStructure *structure)
{
  g_autoptr (GstStructure) options = gst_structure_new_empty ("options");
  g_autoptr (GstStructure) others = gst_structure_new_empty ("also-metrics");
  gboolean weighed = FALSE;

  for (guint i = 0; i < self->n_metrics; i++) {
    if (!describe_options (self->metrics[i], options))
      describe_other (
          self->metrics[i], self->columns.also[i - 1], width, height, others);
  }
  gst_structure_set (structure, "options", GST_TYPE_STRUCTURE, options, NULL);
  describe_scale (self->metrics[0], width, height, structure);
  for (guint i = 0; i < self->n_metrics && !weighed; i++)
    weighed = describe_weights (self->metrics[i], structure);
  if (gst_structure_n_fields (others) > 0)
    gst_structure_set (
        structure, "also-metrics", GST_TYPE_STRUCTURE, others, NULL);
}

static void
set_tap_names (const PerceptualMetric *metric, gboolean rgb,
    GstStructure *structure, const gchar *field)
{
  GValue names = G_VALUE_INIT;
  const gchar *name = NULL;

  g_value_init (&names, GST_TYPE_ARRAY);
  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++) {
    GValue text = G_VALUE_INIT;

    name = perceptual_metric_get_tap_name (metric, tap, rgb);
    if (name == NULL)
      break;
    g_value_init (&text, G_TYPE_STRING);
    g_value_set_static_string (&text, name);
    gst_value_array_append_and_take_value (&names, &text);
  }
  if (gst_value_array_get_size (&names) > 0)
    gst_structure_take_value (structure, field, &names);
  else
    g_value_unset (&names);
}

void
perceptual_metric_set_describe_taps (const PerceptualMetricSet *self,
    const PerceptualColumns *columns, gboolean rgb, GstStructure *structure)
{
  g_autoptr (GstStructure) also = gst_structure_new_empty ("also-tap-names");

  set_tap_names (self->metrics[0], rgb, structure, "tap-names");
  for (guint i = 1; i < self->n_metrics; i++)
    set_tap_names (self->metrics[i], rgb, also,
        perceptual_column_field (columns->also[i - 1]));
  if (gst_structure_n_fields (also) > 0)
    gst_structure_set (
        structure, "also-tap-names", GST_TYPE_STRUCTURE, also, NULL);
}

const gchar *
perceptual_metric_set_get_note (const PerceptualMetricSet *self)
{
  for (guint i = 0; i < self->n_metrics; i++) {
    const gchar *note = perceptual_metric_get_note (self->metrics[i]);

    if (note != NULL)
      return note;
  }
  return NULL;
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
