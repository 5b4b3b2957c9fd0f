/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a search begins: at the value at which other clips that were encoded in
 * the same way crossed the targets.
 */
#include "tune/seek.h"

#include "tune/store/store-query.h"

#include <math.h>
#include <stdlib.h>

/* Probes that are looked at. */
#define MOST_SIBLINGS 400

/* A crossing that lies further beyond what was measured, in steps of the
 * lattice as a part of it, is a guess. */
#define FAR_PART .25

typedef struct
{
  gdouble at; /* place on the lattice */
  gdouble excess;
} Point;

/* Returns: the place of @value, also between two; negative where it is not
 * among the values. */
static gdouble
place_of (const GArray *values, gdouble value)
{
  for (guint i = 0; i < values->len; i++) {
    gdouble here = g_array_index (values, gdouble, i);
    gdouble last = i > 0 ? g_array_index (values, gdouble, i - 1) : here;

    if (here == value)
      return i;
    if ((last < value && value < here) || (here < value && value < last))
      return i - 1 + (value - last) / (here - last);
  }
  return -1;
}

static gboolean
read_point (const TuneSeek *self, const TuneSibling *sibling, Point *point)
{
  g_auto (TuneMeasurement) measurement = { 0 };
  g_autoptr (TuneSample) sample = tune_sample_new ();

  point->at = place_of (self->encoding->values, sibling->value);
  if (point->at < 0
      || !tune_store_load (
          self->campaign->store, sibling->probe, &measurement, NULL))
    return FALSE;
  tune_sample_add (sample, &measurement, 1);
  point->excess = -INFINITY;
  for (guint i = 0; i < self->targets->len; i++) {
    const TuneTarget *target = self->targets->pdata[i];
    gdouble value = tune_statistic_of (target->statistic, sample,
        (self->metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0);

    point->excess =
        MAX (point->excess, tune_target_excess (target, value, self->metric));
  }
  return isfinite (point->excess);
}

static int
by_place (const void *a, const void *b)
{
  const Point *one = a;
  const Point *other = b;

  return (one->at > other->at) - (one->at < other->at);
}

/* Returns: the place at which @points, of one window, cross 0; negative where
 * they are too far from it. */
static gdouble
find_crossing (const TuneSeek *self, Point *points, guint n)
{
  gdouble slope = self->encoding->slope;
  gdouble far = FAR_PART * self->encoding->values->len;
  const Point *near = &points[0];
  gdouble at;

  qsort (points, n, sizeof *points, by_place);
  for (guint i = 0; i < n; i++) {
    if (fabs (points[i].excess) < fabs (near->excess))
      near = &points[i];
    if (i > 0 && points[i - 1].excess <= 0 && points[i].excess > 0)
      return points[i - 1].at
          + (points[i].at - points[i - 1].at) * points[i - 1].excess
          / (points[i - 1].excess - points[i].excess);
  }
  at = near->at - near->excess / slope;
  return fabs (at - near->at) <= far ? MAX (at, 0) : -1;
}

static int
by_number (const void *a, const void *b)
{
  gdouble one = *(const gdouble *) a;
  gdouble other = *(const gdouble *) b;

  return (one > other) - (one < other);
}

/* The crossings of all windows in @siblings, which are sorted by window. */
static GArray *
find_crossings (const TuneSeek *self, const GArray *siblings)
{
  GArray *crossings = g_array_new (FALSE, FALSE, sizeof (gdouble));
  g_autofree Point *points = g_new (Point, siblings->len + 1);
  guint n = 0;

  for (guint i = 0; i < siblings->len; i++) {
    const TuneSibling *sibling = &g_array_index (siblings, TuneSibling, i);
    gboolean last = i + 1 == siblings->len
        || g_array_index (siblings, TuneSibling, i + 1).window
            != sibling->window;
    gdouble crossing;

    n += read_point (self, sibling, &points[n]);
    if (!last)
      continue;
    crossing = n > 0 ? find_crossing (self, points, n) : -1;
    if (crossing >= 0)
      g_array_append_val (crossings, crossing);
    n = 0;
  }
  return crossings;
}

guint
tune_seek_find_start (const TuneSeek *self)
{
  const TuneCampaign *campaign = self->campaign;
  guint last = self->encoding->values->len - 1;
  const TuneMetric metric = tune_identity_metric (campaign->identity);
  const TuneSetting setting = {
    .encoder = self->encoding->encoder,
    .extra = self->encoding->extra,
    .versions = "",
  };
  g_autoptr (GArray) siblings = NULL;
  g_autoptr (GArray) crossings = NULL;

  /* The start matters only until something is measured. */
  if (self->trials->len > 0 || self->targets->len == 0)
    return self->encoding->start;
  siblings = tune_store_list_siblings (campaign->store, campaign->clip->sha256,
      &setting, &metric, MOST_SIBLINGS, NULL);
  if (siblings == NULL)
    return self->encoding->start;
  crossings = find_crossings (self, siblings);
  if (crossings->len == 0)
    return self->encoding->start;
  qsort (crossings->data, crossings->len, sizeof (gdouble), by_number);
  return MIN (
      (guint) g_array_index (crossings, gdouble, crossings->len / 2), last);
}
