/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Peaks, by suppression of what is within a second of something worse: the
 * neighbours of the worst pair show the same flaw once more.
 */
#include "compare/worst/moments.h"

#include "compare/worst/heat-scale.h"

#include <math.h>

#define APART GST_SECOND

typedef struct
{
  guint file;
  guint pair;
  gdouble badness; /* more is worse */
  gboolean first;  /* the worst one of its file */
} Peak;

static const MeasurePair *
pair_at (const MeasureTimeline *timeline, guint i)
{
  return &g_array_index (timeline->pairs, MeasurePair, i);
}

static gboolean
is_near (const MeasurePair *a, const MeasurePair *b)
{
  return MAX (a->time, b->time) - MIN (a->time, b->time) <= APART;
}

static gdouble
badness_of (const MeasurePair *pair, gboolean similarity)
{
  if (!isfinite (pair->distance))
    return -INFINITY;
  return similarity ? -pair->distance : pair->distance;
}

static gboolean
is_peak (const MeasureTimeline *timeline, guint i, gboolean similarity)
{
  const MeasurePair *pair = pair_at (timeline, i);
  gdouble badness = badness_of (pair, similarity);

  for (guint k = i; k > 0 && is_near (pair_at (timeline, k - 1), pair); k--) {
    if (badness_of (pair_at (timeline, k - 1), similarity) >= badness)
      return FALSE;
  }
  for (guint k = i + 1;
       k < timeline->pairs->len && is_near (pair_at (timeline, k), pair); k++) {
    if (badness_of (pair_at (timeline, k), similarity) > badness)
      return FALSE;
  }
  return isfinite (badness);
}

static gint
compare_peaks (gconstpointer one, gconstpointer other)
{
  const Peak *a = one, *b = other;

  if (a->badness != b->badness)
    return a->badness > b->badness ? -1 : 1;
  if (a->file != b->file)
    return a->file < b->file ? -1 : 1;
  return a->pair < b->pair ? -1 : a->pair > b->pair;
}

/* The worst one of each file comes before all others. */
static gint
compare_claims (gconstpointer one, gconstpointer other)
{
  const Peak *a = one, *b = other;

  if (a->first != b->first)
    return a->first ? -1 : 1;
  return compare_peaks (one, other);
}

static void
add_peaks (GArray *peaks, const MeasureTimeline *timeline, guint file,
    gboolean similarity)
{
  guint begin = peaks->len;
  guint worst = begin;

  for (guint i = 0; i < timeline->pairs->len; i++) {
    const Peak peak = { .file = file,
      .pair = i,
      .badness = badness_of (pair_at (timeline, i), similarity) };

    if (!is_peak (timeline, i, similarity))
      continue;
    g_array_append_val (peaks, peak);
    if (peak.badness > g_array_index (peaks, Peak, worst).badness)
      worst = peaks->len - 1;
  }
  if (peaks->len > begin)
    g_array_index (peaks, Peak, worst).first = TRUE;
}

static void
clear_moment (gpointer data)
{
  g_clear_pointer (&((CompareMoment *) data)->shown, measure_moment_free);
}

GArray *
compare_moments_choose (
    const GPtrArray *timelines, gboolean similarity, guint most)
{
  GArray *moments = g_array_new (FALSE, FALSE, sizeof (CompareMoment));
  g_autoptr (GArray) peaks = g_array_new (FALSE, FALSE, sizeof (Peak));

  g_array_set_clear_func (moments, clear_moment);
  for (guint i = 0; i < timelines->len; i++)
    add_peaks (peaks, timelines->pdata[i], i, similarity);
  g_array_sort (peaks, compare_claims);
  g_array_set_size (peaks, MIN (peaks->len, most));
  g_array_sort (peaks, compare_peaks);
  for (guint i = 0; i < peaks->len; i++) {
    const Peak *peak = &g_array_index (peaks, Peak, i);
    const CompareMoment moment = { .file = peak->file, .pair = peak->pair };

    g_array_append_val (moments, moment);
  }
  return moments;
}

void
compare_moment_show (CompareMoment *moment, const CompareShow *show)
{
  const CompareOptions *options = show->options;

  moment->shown = measure_remote_show (show->remote,
      &(MeasureMomentOrder){
          .settings = &options->settings,
          .turn = !options->ignore_orientation,
          .reference = show->reference,
          .distorted = show->distorted,
          .pair = *pair_at (show->timeline, moment->pair),
          .map = compare_has_heat (options),
          .size = show->size,
          .lossless = show->size == 0,
          .interrupted = show->interrupted,
      });
}
