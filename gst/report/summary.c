/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statistics and counts of a stream's pairs, of all of them and of those in a
 * window, and the fields of the perceptual-summary message that they give.
 */
#include "report/summary.h"

#include "report/statistics.h"

#include <math.h>

/* Means of the taps of one metric.  Sizes may change, and small ones have
 * fewer levels: each mean is over the pairs that had the tap. */
typedef struct
{
  guint n;
  gdouble sums[PERCEPTUAL_MAX_TAPS];
  guint64 counts[PERCEPTUAL_MAX_TAPS];
} Taps;

/* Of all pairs, or of those in a window. */
typedef struct
{
  guint64 pairs;
  guint64 frozen;
  guint64 black;
  guint64 misaligned;
  PerceptualStatistics *distance;
  PerceptualStatistics *also[PERCEPTUAL_MAX_ALSO];
  Taps taps;
  Taps also_taps[PERCEPTUAL_MAX_ALSO];
} Numbers;

struct _PerceptualSummary
{
  PerceptualColumns columns;
  Numbers all;
  guint64 interval; /* ns; 0 without windows */
  Numbers window;
  guint64 window_number;   /* of the window: running time over @interval */
  guint64 since;           /* running time at which @interval began to count */
  guint64 until;           /* and at which it ends, if that is known */
  PerceptualTotals before; /* the window */
};

static void
add_taps (Taps *self, const gdouble *values, guint n)
{
  self->n = MAX (self->n, n);
  for (guint i = 0; i < n; i++) {
    if (isfinite (values[i])) {
      self->sums[i] += values[i];
      self->counts[i]++;
    }
  }
}

static void
describe_taps (const Taps *self, GstStructure *structure)
{
  gdouble means[PERCEPTUAL_MAX_TAPS];

  for (guint i = 0; i < self->n; i++)
    means[i] = self->counts[i] > 0 ? self->sums[i] / (gdouble) self->counts[i]
                                   : INFINITY;
  perceptual_structure_set_doubles (structure, "taps", means, self->n);
}

static void
numbers_init (Numbers *self, const PerceptualColumns *columns)
{
  *self = (Numbers){ 0 };
  self->distance =
      perceptual_statistics_new (perceptual_is_similarity (columns->metric));
  for (guint i = 0; i < columns->n_also; i++)
    self->also[i] =
        perceptual_statistics_new (perceptual_is_similarity (columns->also[i]));
}

static void
numbers_clear (Numbers *self)
{
  perceptual_statistics_free (self->distance);
  for (guint i = 0; i < PERCEPTUAL_MAX_ALSO; i++)
    perceptual_statistics_free (self->also[i]);
  *self = (Numbers){ 0 };
}

static void
numbers_add (Numbers *self, const PerceptualColumns *columns,
    const PerceptualRecord *record)
{
  self->pairs++;
  self->frozen += record->frozen ? 1 : 0;
  self->black += record->black ? 1 : 0;
  perceptual_statistics_add (self->distance, record->distance, record->index,
      record->reference_pts, record->stream_time);
  add_taps (&self->taps, record->taps, record->n_taps);
  for (guint i = 0; i < columns->n_also; i++) {
    perceptual_statistics_add (self->also[i], record->also[i], record->index,
        record->reference_pts, record->stream_time);
    add_taps (
        &self->also_taps[i], record->also_taps[i], record->n_also_taps[i]);
  }
}

/* Statistics, taps, also; nothing without pairs. */
static void
numbers_describe (
    Numbers *self, const PerceptualColumns *columns, GstStructure *structure)
{
  g_autoptr (GstStructure) also = gst_structure_new_empty ("also");

  if (self->pairs == 0)
    return;
  perceptual_statistics_describe (self->distance, structure);
  describe_taps (&self->taps, structure);
  for (guint i = 0; i < columns->n_also; i++) {
    const gchar *field = perceptual_column_field (columns->also[i]);
    g_autoptr (GstStructure) column = gst_structure_new_empty (field);

    perceptual_statistics_describe (self->also[i], column);
    describe_taps (&self->also_taps[i], column);
    gst_structure_set (also, field, GST_TYPE_STRUCTURE, column, NULL);
  }
  gst_structure_set (structure, "also", GST_TYPE_STRUCTURE, also, NULL);
}

/* --- summaries ----------------------------------------------------------- */

PerceptualSummary *
perceptual_summary_new (const PerceptualColumns *columns, guint64 interval)
{
  PerceptualSummary *self = g_new0 (PerceptualSummary, 1);

  self->columns = *columns;
  self->interval = interval;
  self->until = G_MAXUINT64;
  numbers_init (&self->all, columns);
  numbers_init (&self->window, columns);
  return self;
}

void
perceptual_summary_free (PerceptualSummary *self)
{
  if (self == NULL)
    return;
  numbers_clear (&self->all);
  numbers_clear (&self->window);
  g_free (self);
}

void
perceptual_summary_name (
    PerceptualSummary *self, const PerceptualColumns *columns)
{
  self->columns = *columns;
}

void
perceptual_summary_add (PerceptualSummary *self, const PerceptualRecord *record)
{
  numbers_add (&self->all, &self->columns, record);
  if (self->interval == 0)
    return;
  self->window_number = record->running_time / self->interval;
  numbers_add (&self->window, &self->columns, record);
}

void
perceptual_summary_add_misaligned (PerceptualSummary *self, guint pairs)
{
  self->all.misaligned += pairs;
  self->window.misaligned += pairs;
}

guint64
perceptual_summary_get_measured (const PerceptualSummary *self)
{
  return self->all.pairs;
}

guint64
perceptual_summary_get_interval (const PerceptualSummary *self)
{
  return self->interval;
}

gboolean
perceptual_summary_is_due (
    const PerceptualSummary *self, GstClockTime running_time)
{
  return self->interval > 0 && self->window.pairs > 0
      && running_time / self->interval != self->window_number;
}

void
perceptual_summary_next_window (
    PerceptualSummary *self, const PerceptualTotals *totals)
{
  numbers_clear (&self->window);
  numbers_init (&self->window, &self->columns);
  self->before = *totals;
}

gboolean
perceptual_summary_cut_window (
    PerceptualSummary *self, GstClockTime running_time)
{
  if (self->interval == 0 || self->window.pairs == 0)
    return FALSE;
  self->until = running_time;
  return TRUE;
}

void
perceptual_summary_set_interval (PerceptualSummary *self, guint64 interval,
    GstClockTime running_time, const PerceptualTotals *totals)
{
  self->interval = interval;
  self->since = running_time;
  self->until = G_MAXUINT64;
  perceptual_summary_next_window (self, totals);
}

static void
describe_totals (const PerceptualTotals *totals, const Numbers *numbers,
    GstStructure *structure)
{
  const PerceptualCounts *counts = &totals->counts;

  /* One field a line. */
  /* clang-format off */
  gst_structure_set (structure,
      "pairs", G_TYPE_UINT64, counts->pairs,
      "measured", G_TYPE_UINT64, numbers->pairs,
      "skipped", G_TYPE_UINT64, totals->skipped,
      "unselected", G_TYPE_UINT64, totals->unselected,
      "unmatched-reference", G_TYPE_UINT64, counts->unmatched_reference,
      "unmatched-distorted", G_TYPE_UINT64, counts->unmatched_distorted,
      "late", G_TYPE_UINT64, counts->late,
      "gaps", G_TYPE_UINT64, counts->gaps,
      "frozen", G_TYPE_UINT64, numbers->frozen,
      "black", G_TYPE_UINT64, numbers->black,
      "misaligned", G_TYPE_UINT64, numbers->misaligned,
      NULL);
  /* clang-format on */
  if (totals->followed)
    gst_structure_set (structure, "sync-changes", G_TYPE_UINT64,
        totals->changes, "unsure", G_TYPE_UINT64, totals->unsure, NULL);
}

/* What @totals grew by since @before. */
static PerceptualTotals
totals_since (const PerceptualTotals *totals, const PerceptualTotals *before)
{
  const PerceptualCounts *a = &before->counts, *b = &totals->counts;

  return (PerceptualTotals){
    .counts.pairs = b->pairs - a->pairs,
    .counts.unmatched_reference =
        b->unmatched_reference - a->unmatched_reference,
    .counts.unmatched_distorted =
        b->unmatched_distorted - a->unmatched_distorted,
    .counts.late = b->late - a->late,
    .counts.gaps = b->gaps - a->gaps,
    .skipped = totals->skipped - before->skipped,
    .unselected = totals->unselected - before->unselected,
    .followed = totals->followed,
    .changes = totals->changes - before->changes,
    .unsure = totals->unsure - before->unsure,
  };
}

static void
describe_window (PerceptualSummary *self, const PerceptualTotals *totals,
    GstStructure *structure)
{
  g_autoptr (GstStructure) window = NULL;
  PerceptualTotals grown = totals_since (totals, &self->before);
  guint64 start = self->window_number * self->interval;
  guint64 end = MIN (start + self->interval, self->until);

  if (self->since < end)
    start = MAX (start, self->since);
  window = gst_structure_new (
      "window", "start", G_TYPE_UINT64, start, "end", G_TYPE_UINT64, end, NULL);
  describe_totals (&grown, &self->window, window);
  numbers_describe (&self->window, &self->columns, window);
  gst_structure_set (structure, "window", GST_TYPE_STRUCTURE, window, NULL);
}

GstStructure *
perceptual_summary_to_structure (PerceptualSummary *self, const gchar *stream,
    const PerceptualTotals *totals, gboolean final)
{
  GstStructure *structure = gst_structure_new (PERCEPTUAL_MESSAGE_SUMMARY,
      "stream", G_TYPE_STRING, stream, "metric", G_TYPE_STRING,
      self->columns.metric, "final", G_TYPE_BOOLEAN, final, NULL);

  describe_totals (totals, &self->all, structure);
  numbers_describe (&self->all, &self->columns, structure);
  if (self->interval > 0 && self->all.pairs > 0)
    describe_window (self, totals, structure);
  return structure;
}
