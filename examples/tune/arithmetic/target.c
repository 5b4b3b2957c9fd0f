/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statistics of weighted pairs, and how far they are from a bound.
 */
#include "tune/arithmetic/target.h"

#include "measure/value.h"
#include "table/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_QUANTILE (-1)
#define RESAMPLES 1000

/* Of bounds that themselves do not meet. */
#define HAIR 1e-12

#define MEAN "mean"
#define WORST_SECOND "worst-second"

const TuneStatistic tune_statistics[] = {
  { MEAN, NO_QUANTILE, TRUE, TRUE },
  { "median", .5, TRUE, TRUE },
  { "p90", .9, TRUE, FALSE },
  { "p95", .95, TRUE, FALSE },
  { "p99", .99, TRUE, FALSE },
  { "max", 1, TRUE, FALSE },
  { "p10", .1, FALSE, TRUE },
  { "p5", .05, FALSE, TRUE },
  { "p1", .01, FALSE, TRUE },
  { "min", 0, FALSE, TRUE },
  { WORST_SECOND, NO_QUANTILE, TRUE, TRUE },
  { NULL, 0, FALSE, FALSE },
};

static gboolean
is_similarity (const PerceptualMetricInfo *metric)
{
  return (metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

static gboolean
suits (const TuneStatistic *self, const PerceptualMetricInfo *metric)
{
  return is_similarity (metric) ? self->similarities : self->distances;
}

/* --- by name ------------------------------------------------------------- */

const TuneStatistic *
tune_statistic_find (
    const gchar *name, const PerceptualMetricInfo *metric, GError **error)
{
  const TuneStatistic *found = NULL;
  g_autoptr (GString) valid = g_string_new (NULL);

  for (const TuneStatistic *s = tune_statistics; s->name != NULL; s++) {
    if (strcmp (s->name, name) == 0)
      found = s;
    if (suits (s, metric))
      g_string_append_printf (
          valid, "%s%s", valid->len > 0 ? ", " : "", s->name);
  }
  if (found != NULL && suits (found, metric))
    return found;
  if (found == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "there is no statistic \"%s\"; valid: %s", name, valid->str);
  else
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s says nothing of the worst pairs by %s, whose %s values are worse; "
        "valid: %s",
        name, metric->name, is_similarity (metric) ? "lower" : "higher",
        valid->str);
  return NULL;
}

/* --- statistics ---------------------------------------------------------- */

/**
 * Pairs:
 * @values: of all pairs that count
 * @weights: of each
 * @even: whether all weights are alike
 */
typedef struct
{
  guint n;
  gdouble *values;
  gdouble *weights;
  gboolean even;
} Pairs;

typedef struct
{
  gdouble value;
  gdouble weight;
} Pair;

static int
by_value (const void *a, const void *b)
{
  const Pair *one = a;
  const Pair *other = b;

  return (one->value > other->value) - (one->value < other->value);
}

/* The pairs of the parts @units, finite ones if there is one; those of a part
 * that comes twice count twice. */
static GArray *
collect (const TuneSample *sample, const guint *units, guint n_units,
    gboolean finite, gboolean *odd)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_autofree guint *begins = g_new (guint, sample->spans->len + 1);

  begins[0] = 0;
  for (guint i = 0; i < sample->spans->len; i++)
    begins[i + 1] =
        begins[i] + g_array_index (sample->spans, TuneSpan, i).n_pairs;
  for (guint i = 0; i < n_units; i++) {
    gdouble weight = g_array_index (sample->spans, TuneSpan, units[i]).weight;

    for (guint j = begins[units[i]]; j < begins[units[i] + 1]; j++) {
      Pair pair = { g_array_index (sample->distances, gfloat, j), weight };

      *odd |= isnan (pair.value);
      if (!finite || isfinite (pair.value))
        g_array_append_val (pairs, pair);
    }
  }
  return pairs;
}

static gdouble
mean_of (const Pair *pairs, guint n)
{
  gdouble sum = 0, weights = 0;

  for (guint i = 0; i < n; i++) {
    sum += pairs[i].weight * pairs[i].value;
    weights += pairs[i].weight;
  }
  return sum / weights;
}

/* Equal weights put the pairs at 0, 1, 2...; each step is the mean of the
 * weights at its ends. */
static gdouble
quantile_of (Pair *pairs, guint n, gdouble quantile)
{
  gdouble end = 0, at = 0, want;

  qsort (pairs, n, sizeof *pairs, by_value);
  for (guint i = 1; i < n; i++)
    end += (pairs[i - 1].weight + pairs[i].weight) / 2;
  want = quantile * end;
  for (guint i = 1; i < n; i++) {
    gdouble step = (pairs[i - 1].weight + pairs[i].weight) / 2;

    /* Sums of fractions are off by a little. */
    if (want <= at + step * (1 + 1e-12)) {
      gdouble part = CLAMP ((want - at) / step, 0, 1);

      return part == 1
          ? pairs[i].value
          : pairs[i - 1].value + part * (pairs[i].value - pairs[i - 1].value);
    }
    at += step;
  }
  return pairs[n - 1].value;
}

/* The worst mean of neighbours that last a second; all of a part that is
 * shorter. */
static gdouble
worst_second (const TuneSample *sample, const guint *units, guint n_units,
    gboolean similarity)
{
  gdouble worst = NAN;

  for (guint i = 0; i < n_units; i++) {
    const TuneSpan *span = &g_array_index (sample->spans, TuneSpan, units[i]);
    guint length = span->seconds > 0
        ? (guint) (span->n_pairs / span->seconds + .5)
        : span->n_pairs;
    gboolean odd = FALSE;
    g_autoptr (GArray) pairs = collect (sample, &units[i], 1, TRUE, &odd);
    const Pair *all = (const Pair *) (void *) pairs->data;

    length = CLAMP (length, 1, MAX (pairs->len, 1));
    for (guint j = 0; j + length <= pairs->len; j++) {
      gdouble mean = mean_of (all + j, length);

      if (isnan (worst) || (similarity ? mean < worst : mean > worst))
        worst = mean;
    }
  }
  return worst;
}

/* Of the parts @units. */
static gdouble
statistic_of (const TuneStatistic *self, const TuneSample *sample,
    const guint *units, guint n_units, gboolean similarity)
{
  gboolean odd = FALSE;
  g_autoptr (GArray) pairs = collect (sample, units, n_units, TRUE, &odd);
  Pair *all = (Pair *) (void *) pairs->data;

  if (odd)
    return NAN;
  if (pairs->len == 0) {
    g_autoptr (GArray) infinite = collect (sample, units, n_units, FALSE, &odd);

    return infinite->len > 0 ? g_array_index (infinite, Pair, 0).value : NAN;
  }
  if (self->quantile >= 0)
    return quantile_of (all, pairs->len, self->quantile);
  if (strcmp (self->name, WORST_SECOND) == 0)
    return worst_second (sample, units, n_units, similarity);
  return mean_of (all, pairs->len);
}

gdouble
tune_statistic_of (
    const TuneStatistic *self, const TuneSample *sample, gboolean similarity)
{
  g_autofree guint *units = g_new (guint, MAX (sample->spans->len, 1));

  for (guint i = 0; i < sample->spans->len; i++)
    units[i] = i;
  return statistic_of (self, sample, units, sample->spans->len, similarity);
}

/* --- their intervals ------------------------------------------------------ */

typedef struct
{
  gdouble value;
  guint unit;
} Ranked;

/**
 * Resampling:
 * @ranked: (element-type Ranked): all finite pairs, by value
 * @sums: of each part's finite pairs
 * @counts: how many those are
 * @worst: the worst second of each part
 * @times: how often each part is in the present sample
 *
 * What does not have to be found out for each sample anew.
 */
typedef struct
{
  const TuneStatistic *statistic;
  const TuneSample *sample;
  gboolean similarity;
  GArray *ranked;
  gdouble *sums;
  gdouble *counts;
  gdouble *worst;
  guint *times;
} Resampling;

static gint
by_ranked_value (gconstpointer a, gconstpointer b)
{
  const Ranked *one = a;
  const Ranked *other = b;

  return (one->value > other->value) - (one->value < other->value);
}

/* Returns: FALSE where a distance is not a number. */
static gboolean
prepare (Resampling *self)
{
  guint n = self->sample->spans->len;
  gboolean odd = FALSE;

  self->ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));
  self->sums = g_new0 (gdouble, n);
  self->counts = g_new0 (gdouble, n);
  self->worst = g_new0 (gdouble, n);
  self->times = g_new0 (guint, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GArray) pairs = collect (self->sample, &i, 1, TRUE, &odd);

    for (guint j = 0; j < pairs->len; j++) {
      Ranked ranked = { g_array_index (pairs, Pair, j).value, i };

      self->sums[i] += ranked.value;
      g_array_append_val (self->ranked, ranked);
    }
    self->counts[i] = pairs->len;
    self->worst[i] = worst_second (self->sample, &i, 1, self->similarity);
  }
  g_array_sort (self->ranked, by_ranked_value);
  return !odd;
}

static void
finish (Resampling *self)
{
  g_array_unref (self->ranked);
  g_free (self->sums);
  g_free (self->counts);
  g_free (self->worst);
  g_free (self->times);
}

static gdouble
weight_of (const Resampling *self, guint unit)
{
  return g_array_index (self->sample->spans, TuneSpan, unit).weight;
}

/* As quantile_of(), of pairs that are there several times.  With @end: where
 * the last one is. */
static gdouble
walk (const Resampling *self, gdouble want, gdouble *end)
{
  gdouble at = 0, last_weight = -1, last_value = NAN;

  for (guint i = 0; i < self->ranked->len; i++) {
    const Ranked *pair = &g_array_index (self->ranked, Ranked, i);
    guint times = self->times[pair->unit];
    gdouble weight = weight_of (self, pair->unit);
    gdouble step = (last_weight + weight) / 2;

    if (times == 0)
      continue;
    if (last_weight >= 0 && want <= at + step)
      return last_value + (want - at) / step * (pair->value - last_value);
    at += last_weight >= 0 ? step : 0;
    if (want <= at + (times - 1) * weight)
      return pair->value;
    at += (times - 1) * weight;
    last_weight = weight;
    last_value = pair->value;
  }
  if (end != NULL)
    *end = at;
  return last_value;
}

static gdouble
resampled_quantile (Resampling *self, const guint *units, guint n_units)
{
  gdouble end = 0;

  memset (self->times, 0, self->sample->spans->len * sizeof *self->times);
  for (guint i = 0; i < n_units; i++)
    self->times[units[i]]++;
  walk (self, INFINITY, &end);
  return walk (self, self->statistic->quantile * end, NULL);
}

static gdouble
resampled (const guint *units, guint n_units, gpointer user)
{
  Resampling *self = user;
  gboolean second = strcmp (self->statistic->name, WORST_SECOND) == 0;
  gdouble sum = 0, weights = 0, worst = NAN;

  if (self->statistic->quantile >= 0)
    return resampled_quantile (self, units, n_units);
  for (guint i = 0; i < n_units; i++) {
    gdouble here = self->worst[units[i]];
    gdouble weight = weight_of (self, units[i]);

    sum += weight * self->sums[units[i]];
    weights += weight * self->counts[units[i]];
    if (isnan (worst) || (self->similarity ? here < worst : here > worst))
      worst = here;
  }
  return second ? worst : sum / weights;
}

Interval
tune_statistic_interval (
    const TuneStatistic *self, const TuneSample *sample, gboolean similarity)
{
  Resampling resampling = {
    .statistic = self, .sample = sample, .similarity = similarity
  };
  Interval interval = { NAN, NAN };

  if (sample->spans->len < 2)
    return interval;
  if (prepare (&resampling))
    interval = bootstrap (
        sample->spans->len, RESAMPLES, 0, NULL, resampled, &resampling);
  finish (&resampling);
  return interval;
}

/* --- targets ------------------------------------------------------------- */

static gboolean
refuse (const gchar *text, const PerceptualMetricInfo *metric, GError **error)
{
  return measure_value_refuse (text, "target",
      is_similarity (metric)
          ? "STATISTIC>NUMBER, such as mean>40 or p5>38"
          : "STATISTIC<NUMBER, such as p95<0.02 or mean<0.01",
      error);
}

/* Distances are bounded from above, similarities from below. */
static gboolean
check_direction (const gchar *text, const gchar *sign,
    const PerceptualMetricInfo *metric, GError **error)
{
  gboolean similarity = is_similarity (metric);

  if ((*sign == '>') == similarity)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--target %s is the wrong way round: %s is a %s, of which %s values are "
      "worse, so an encode that is good enough has one %s a bound; write it "
      "with %c",
      text, metric->name, similarity ? "similarity" : "distance",
      similarity ? "lower" : "higher", similarity ? "above" : "below",
      similarity ? '>' : '<');
  return FALSE;
}

/* Similarities but for psnr are at most 1. */
static gboolean
check_bound (gdouble bound, const gchar *text,
    const PerceptualMetricInfo *metric, GError **error)
{
  gboolean psnr = strcmp (metric->name, "psnr") == 0;

  if (bound > 0 && isfinite (bound)
      && (!is_similarity (metric) || psnr || bound < 1))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--target %s: the bound has to be %s", text,
      is_similarity (metric) && !psnr ? "between 0 and 1" : "above 0");
  return FALSE;
}

TuneTarget *
tune_target_parse (
    const gchar *text, const PerceptualMetricInfo *metric, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autofree gchar *tight = g_strjoinv ("", words);
  gsize at = strcspn (tight, "<>");
  g_autofree gchar *name = g_strndup (tight, at);
  const gchar *sign = tight + at;
  const gchar *number =
      sign + (*sign != '\0') + (*sign != '\0' && sign[1] == '=');
  const TuneStatistic *statistic;
  gchar *end = NULL;
  gdouble bound = g_ascii_strtod (number, &end);
  TuneTarget *self;

  if (*sign == '\0' || at == 0 || end == number || *end != '\0') {
    refuse (text, metric, error);
    return NULL;
  }
  if (!check_direction (tight, sign, metric, error))
    return NULL;
  statistic = tune_statistic_find (name, metric, error);
  if (statistic == NULL) {
    g_prefix_error (error, "--target %s: ", tight);
    return NULL;
  }
  if (!check_bound (bound, tight, metric, error))
    return NULL;
  self = g_new0 (TuneTarget, 1);
  self->statistic = statistic;
  self->bound = bound;
  self->strict = sign[1] != '=';
  self->text = g_steal_pointer (&tight);
  return self;
}

void
tune_target_free (TuneTarget *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self);
}

/* On a scale where distances are distances. */
static gdouble
ln_distance (gdouble value, const PerceptualMetricInfo *metric)
{
  if (!is_similarity (metric))
    return log (MAX (value, 0));
  if (strcmp (metric->name, "psnr") == 0)
    return -value * log (10) / 10;
  return log (MAX (1 - value, 0));
}

gdouble
tune_target_excess (
    const TuneTarget *self, gdouble value, const PerceptualMetricInfo *metric)
{
  gdouble excess =
      ln_distance (value, metric) - ln_distance (self->bound, metric);
  gboolean similarity = is_similarity (metric);
  gboolean beyond = similarity ? value < self->bound : value > self->bound;

  /* Rounding decides nothing. */
  if (value == self->bound)
    return self->strict ? HAIR : 0;
  return beyond ? MAX (excess, HAIR) : MIN (excess, 0);
}
