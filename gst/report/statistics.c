/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Running statistics of one column: exact while its values are few, in
 * buckets later.
 */
#include "report/statistics.h"

#include <math.h>
#include <stdlib.h>

/* Bucket k > 0 holds magnitudes in (TINY * GROWTH^(k-1), TINY * GROWTH^k];
 * its middle, in the sense of equal relative error to both edges, is off by
 * (GROWTH - 1) / (GROWTH + 1) = PERCEPTUAL_QUANTILE_ERROR at most. */
#define TINY 1e-12
#define HUGE_VALUE 1e12
#define GROWTH                                                                 \
  ((1 + PERCEPTUAL_QUANTILE_ERROR) / (1 - PERCEPTUAL_QUANTILE_ERROR))

struct _PerceptualStatistics
{
  gboolean lowest_is_worst;
  guint64 n;
  guint64 infinite;
  gdouble mean;
  gdouble squares; /* sum of squared differences from the mean */
  gdouble inverse; /* sum of 1 / (value + 1) */
  gdouble min;
  gdouble max;
  guint64 worst_index;
  GstClockTime worst_pts;
  GstClockTime worst_stream_time;
  GArray *values;   /* of gdouble; NULL once they are in buckets */
  gboolean sorted;  /* whether @values is */
  guint n_buckets;  /* of one sign, without the one for 0 */
  guint64 *buckets; /* negative descending in magnitude, 0, positive rising */
};

PerceptualStatistics *
perceptual_statistics_new (gboolean lowest_is_worst)
{
  PerceptualStatistics *self = g_new0 (PerceptualStatistics, 1);

  self->lowest_is_worst = lowest_is_worst;
  self->values = g_array_new (FALSE, FALSE, sizeof (gdouble));
  return self;
}

void
perceptual_statistics_free (PerceptualStatistics *self)
{
  if (self == NULL)
    return;
  if (self->values != NULL)
    g_array_unref (self->values);
  g_free (self->buckets);
  g_free (self);
}

static void
count_in_bucket (PerceptualStatistics *self, gdouble value)
{
  gdouble magnitude = MIN (fabs (value), HUGE_VALUE);
  guint k = 0;

  if (magnitude > TINY)
    k = (guint) MAX (ceil (log (magnitude / TINY) / log (GROWTH)), 1);
  k = MIN (k, self->n_buckets);
  self->buckets[value < 0 ? self->n_buckets - k : self->n_buckets + k]++;
}

static gdouble
bucket_value (const PerceptualStatistics *self, guint bucket)
{
  gdouble k = fabs ((gdouble) bucket - self->n_buckets);
  gdouble value = k > 0 ? TINY * pow (GROWTH, k) * 2 / (GROWTH + 1) : 0;

  return CLAMP (
      bucket < self->n_buckets ? -value : value, self->min, self->max);
}

static void
move_to_buckets (PerceptualStatistics *self)
{
  self->n_buckets = (guint) ceil (log (HUGE_VALUE / TINY) / log (GROWTH));
  self->buckets = g_new0 (guint64, 2 * self->n_buckets + 1);
  for (guint i = 0; i < self->values->len; i++)
    count_in_bucket (self, g_array_index (self->values, gdouble, i));
  g_clear_pointer (&self->values, g_array_unref);
}

void
perceptual_statistics_add (PerceptualStatistics *self, gdouble value,
    guint64 index, GstClockTime pts, GstClockTime stream_time)
{
  gdouble from_mean = value - self->mean;

  if (!isfinite (value)) {
    self->infinite++;
    return;
  }
  if (self->n == 0
      || (self->lowest_is_worst ? value < self->min : value > self->max)) {
    self->worst_index = index;
    self->worst_pts = pts;
    self->worst_stream_time = stream_time;
  }
  self->min = self->n == 0 ? value : MIN (self->min, value);
  self->max = self->n == 0 ? value : MAX (self->max, value);
  self->n++;
  self->mean += from_mean / (gdouble) self->n;
  self->squares += from_mean * (value - self->mean);
  self->inverse += 1 / (value + 1);

  if (self->values != NULL && self->values->len == PERCEPTUAL_EXACT_VALUES)
    move_to_buckets (self);
  if (self->values != NULL) {
    g_array_append_val (self->values, value);
    self->sorted = FALSE;
  } else {
    count_in_bucket (self, value);
  }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

/* The value with @rank values below it. */
static gdouble
order_statistic (PerceptualStatistics *self, guint64 rank)
{
  guint64 seen = 0;

  if (self->values != NULL) {
    if (!self->sorted)
      g_array_sort (self->values, compare_doubles);
    self->sorted = TRUE;
    return g_array_index (self->values, gdouble, rank);
  }
  for (guint i = 0; i <= 2 * self->n_buckets; i++) {
    seen += self->buckets[i];
    if (seen > rank)
      return bucket_value (self, i);
  }
  return self->max;
}

gdouble
perceptual_statistics_quantile (PerceptualStatistics *self, gdouble q)
{
  gdouble position, fraction, low, high;
  guint64 rank;

  if (self->n == 0)
    return NAN;
  position = CLAMP (q, 0, 1) * (gdouble) (self->n - 1);
  rank = (guint64) position;
  fraction = position - (gdouble) rank;
  low = order_statistic (self, rank);
  if (fraction == 0)
    return low;
  high = order_statistic (self, rank + 1);
  return low + fraction * (high - low);
}

/* What says something of similarities only: their bad end. */
static void
describe_similarity (PerceptualStatistics *self, GstStructure *structure)
{
  gdouble harmonic = (gdouble) self->n / self->inverse - 1;

  /* One field a line. */
  /* clang-format off */
  gst_structure_set (structure,
      "p1", G_TYPE_DOUBLE, perceptual_statistics_quantile (self, .01),
      "p5", G_TYPE_DOUBLE, perceptual_statistics_quantile (self, .05),
      "p10", G_TYPE_DOUBLE, perceptual_statistics_quantile (self, .1),
      NULL);
  /* clang-format on */
  if (self->min > -1 && isfinite (harmonic))
    gst_structure_set (
        structure, "harmonic-mean", G_TYPE_DOUBLE, harmonic, NULL);
}

void
perceptual_statistics_describe (
    PerceptualStatistics *self, GstStructure *structure)
{
  g_autoptr (GstStructure) worst = NULL;
  gdouble worst_value = self->lowest_is_worst ? self->min : self->max;

  if (self->infinite > 0)
    gst_structure_set (
        structure, "infinite", G_TYPE_UINT64, self->infinite, NULL);
  if (self->n == 0)
    return;
  /* One field a line. */
  /* clang-format off */
  gst_structure_set (structure,
      "mean", G_TYPE_DOUBLE, self->mean,
      "stdev", G_TYPE_DOUBLE, sqrt (self->squares / (gdouble) self->n),
      "min", G_TYPE_DOUBLE, self->min,
      "median", G_TYPE_DOUBLE, perceptual_statistics_quantile (self, .5),
      "p90", G_TYPE_DOUBLE, perceptual_statistics_quantile (self, .9),
      "p95", G_TYPE_DOUBLE, perceptual_statistics_quantile (self, .95),
      "p99", G_TYPE_DOUBLE, perceptual_statistics_quantile (self, .99),
      "max", G_TYPE_DOUBLE, self->max,
      NULL);
  if (self->lowest_is_worst)
    describe_similarity (self, structure);
  worst = gst_structure_new ("worst",
      "index", G_TYPE_UINT64, self->worst_index,
      "pts", G_TYPE_UINT64, self->worst_pts,
      "stream-time", G_TYPE_UINT64, self->worst_stream_time,
      "distance", G_TYPE_DOUBLE, worst_value,
      NULL);
  /* clang-format on */
  gst_structure_set (structure, "worst", GST_TYPE_STRUCTURE, worst, NULL);
}
