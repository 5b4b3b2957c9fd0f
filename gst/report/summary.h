/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statistics over the pairs of a run, in bounded memory: an element beside a
 * live stream runs for weeks.
 */
#ifndef PERCEPTUAL_SUMMARY_H
#define PERCEPTUAL_SUMMARY_H

#include "pairing/pairer.h"
#include "measuring/record.h"

G_BEGIN_DECLS

/* Up to so many values quantiles are exact.  Beyond, values are counted in
 * buckets whose width grows with the value, and a quantile is off by at most
 * PERCEPTUAL_QUANTILE_ERROR of itself; magnitudes below 1e-12 then count as
 * 0, above 1e12 as 1e12.  Mean, stdev, min and max stay exact. */
#define PERCEPTUAL_EXACT_VALUES 65536
#define PERCEPTUAL_QUANTILE_ERROR 0.005

typedef struct _PerceptualStatistics PerceptualStatistics;

/* @lowest_is_worst: for similarities such as psnr. */
PerceptualStatistics *perceptual_statistics_new (gboolean lowest_is_worst);
void perceptual_statistics_free (PerceptualStatistics *statistics);

/* Values that are not finite are counted and otherwise left out.  @index and
 * @pts tell which pair it was. */
void perceptual_statistics_add (PerceptualStatistics *statistics, gdouble value,
    guint64 index, GstClockTime pts);

/**
 * perceptual_statistics_quantile:
 * @q: 0..1
 *
 * The value at position q * (n - 1) of the n sorted values, linear between
 * two of them.
 *
 * Returns: the quantile, NAN without finite values
 */
gdouble perceptual_statistics_quantile (
    PerceptualStatistics *statistics, gdouble q);

/* Sets mean, stdev (population), min, median, p90, p95, p99, max, worst;
 * nothing but infinite where no value was finite. */
void perceptual_statistics_describe (
    PerceptualStatistics *statistics, GstStructure *structure);

/* Whether higher values of the metric called @name mean more alike. */
gboolean perceptual_is_similarity (const gchar *name);

/**
 * PerceptualTotals:
 * @counts: how the frames of a stream were paired
 * @skipped: pairs not measured because the metric was busy
 *   (measure=real-time)
 * @unselected: pairs not measured because interval or rate left them out
 *
 * What happened to the frames of a stream.  counts.pairs is what was measured
 * and these two.
 */
typedef struct
{
  PerceptualCounts counts;
  guint64 skipped;
  guint64 unselected;
} PerceptualTotals;

typedef struct _PerceptualSummary PerceptualSummary;

/* @interval: ns of running time that a window lasts; 0 without windows */
PerceptualSummary *perceptual_summary_new (
    const PerceptualColumns *columns, guint64 interval);
void perceptual_summary_free (PerceptualSummary *summary);

/* Adds a pair to the statistics, and to those of the window that it lies in.
 * Where perceptual_summary_is_due(), perceptual_summary_next_window() must be
 * called before. */
void perceptual_summary_add (
    PerceptualSummary *summary, const PerceptualRecord *record);

/* Returns: how many pairs were added. */
guint64 perceptual_summary_get_measured (const PerceptualSummary *summary);

/* Whether a pair at @running_time, ns, belongs to another window than those
 * before it.  Windows begin at whole multiples of the interval; one without a
 * pair is left out. */
gboolean perceptual_summary_is_due (
    const PerceptualSummary *summary, GstClockTime running_time);

/* Empties the window.  @totals: what happened until now */
void perceptual_summary_next_window (
    PerceptualSummary *summary, const PerceptualTotals *totals);

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
