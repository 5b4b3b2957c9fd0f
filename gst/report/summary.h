/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known about the pairs of a run, in bounded memory: an element beside
 * a live stream runs for weeks.
 */
#ifndef PERCEPTUAL_SUMMARY_H
#define PERCEPTUAL_SUMMARY_H

#include "pairing/pairer.h"
#include "measuring/record.h"

G_BEGIN_DECLS

/**
 * PerceptualTotals:
 * @counts: how the frames of a stream were paired
 * @skipped: pairs not measured because the metric was busy
 *   (measure=real-time)
 * @unselected: pairs not measured because interval or rate left them out
 * @followed: whether the offset is followed (sync=track)
 * @changes: where it is: how often it changed
 * @unsure: where it is: pairs that may be of the wrong frames
 *
 * What happened to the frames of a stream.  counts.pairs is what was measured
 * and these two.
 */
typedef struct
{
  PerceptualCounts counts;
  guint64 skipped;
  guint64 unselected;
  gboolean followed;
  guint64 changes;
  guint64 unsure;
} PerceptualTotals;

typedef struct _PerceptualSummary PerceptualSummary;

/* @interval: ns of running time that a window lasts; 0 without windows */
PerceptualSummary *perceptual_summary_new (
    const PerceptualColumns *columns, guint64 interval);
void perceptual_summary_free (PerceptualSummary *summary);

/* What the columns are called from now on; they stay the same columns. */
void perceptual_summary_name (
    PerceptualSummary *summary, const PerceptualColumns *columns);

/* Adds a pair to the statistics, and to those of the window that it lies in.
 * Where perceptual_summary_is_due(), perceptual_summary_next_window() must be
 * called before. */
void perceptual_summary_add (
    PerceptualSummary *summary, const PerceptualRecord *record);

/* Of the pairs added, @pairs more turned out to be misaligned
 * (misalignment.h). */
void perceptual_summary_add_misaligned (
    PerceptualSummary *summary, guint pairs);

/* Returns: how many pairs were added. */
guint64 perceptual_summary_get_measured (const PerceptualSummary *summary);

/* Returns: ns that a window lasts, 0 without windows. */
guint64 perceptual_summary_get_interval (const PerceptualSummary *summary);

/* Whether a pair at @running_time, ns, belongs to another window than those
 * before it.  Windows begin at whole multiples of the interval; one without a
 * pair is left out. */
gboolean perceptual_summary_is_due (
    const PerceptualSummary *summary, GstClockTime running_time);

/* Empties the window.  @totals: what happened until now */
void perceptual_summary_next_window (
    PerceptualSummary *summary, const PerceptualTotals *totals);

/* Ends the present window at @running_time, before its interval is over.
 * Returns: whether it has pairs to tell of */
gboolean perceptual_summary_cut_window (
    PerceptualSummary *summary, GstClockTime running_time);

/* Windows last @interval, 0 for none, from the pair at @running_time on, where
 * the first of them begins.  @totals: what happened until now */
void perceptual_summary_set_interval (PerceptualSummary *summary,
    guint64 interval, GstClockTime running_time,
    const PerceptualTotals *totals);

/**
 * perceptual_summary_to_structure:
 * @stream: name of the stream
 * @totals: what happened to its frames
 * @final: whether both streams were measured to their ends
 *
 * Returns: (transfer full): the fields of a perceptual-summary message that
 *   the numbers give: counts, statistics, taps, also; with windows, the same
 *   of the present window with its start and end, ns of running time, in
 *   `window`
 */
GstStructure *perceptual_summary_to_structure (PerceptualSummary *summary,
    const gchar *stream, const PerceptualTotals *totals, gboolean final);

G_END_DECLS

#endif /* PERCEPTUAL_SUMMARY_H */
