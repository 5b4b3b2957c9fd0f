/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a row of frames to messages and log, by way of conversion and metrics.
 *
 * Used by one thread at a time: the source pad's task, or the worker of
 * measure=real-time.
 */
#ifndef PERCEPTUAL_COMPARISON_H
#define PERCEPTUAL_COMPARISON_H

#include "frames/frame.h"
#include "pairing/lineup.h"
#include "measuring/metric-set.h"
#include "report/report.h"

G_BEGIN_DECLS

typedef struct _PerceptualComparison PerceptualComparison;

/**
 * perceptual_comparison_new:
 * @element: posts errors and warnings; it outlives the comparison, like
 * @config: the settings,
 * @metrics: the metrics
 * @report: and where results go
 * @pads: names of the sink pads of the distorted streams, in order
 *
 * Returns: (transfer full): the comparison
 */
PerceptualComparison *perceptual_comparison_new (GstElement *element,
    const PerceptualConfig *config, PerceptualMetricSet *metrics,
    PerceptualReport *report, const gchar *const *pads);
void perceptual_comparison_free (PerceptualComparison *comparison);

/* Whether the metrics are at work at this moment.  From any thread. */
gboolean perceptual_comparison_is_working (
    const PerceptualComparison *comparison);

/* Whether measuring was cancelled (perceptual_metric_set_cancel()). */
gboolean perceptual_comparison_is_cancelled (
    const PerceptualComparison *comparison);

/* Forgets the last pictures, as after a seek.  To be called while nothing is
 * measured. */
void perceptual_comparison_flush (PerceptualComparison *comparison);

/**
 * perceptual_comparison_measure:
 * @row: a reference frame with at least one partner; frames are
 *   #PerceptualFrame
 * @results: (out) (optional) (transfer full): for each stream the fields of
 *   its perceptual-distance message, NULL where there is no partner
 * @heatmap: (out) (optional) (nullable) (transfer full): with output=heatmap
 *   the heat map of the first stream, NULL where that has no partner
 *
 * Measures and reports every pair of @row.
 *
 * Returns: FALSE after an ERROR message, or without one if it was cancelled;
 * @results and @heatmap may be set even then
 */
gboolean perceptual_comparison_measure (PerceptualComparison *comparison,
    const PerceptualRow *row, GstStructure **results,
    PerceptualFrame **heatmap);

/* The most rows that are measured in one go. */
#define PERCEPTUAL_MOST_HELD 32

/**
 * perceptual_comparison_hold:
 * @row: as above; it is to be kept until
 *   perceptual_comparison_settle()
 * @totals: of the first stream, as they are with this row
 *
 * Takes @row to measure it together with others, where that takes less time
 * than one after the other, all of them have its format, and there is room.
 *
 * Returns: whether it was taken; one that was not is to be measured alone, once
 * those that are held are settled
 */
gboolean perceptual_comparison_hold (PerceptualComparison *comparison,
    const PerceptualRow *row, const PerceptualTotals *totals);

/* Whether no more of those fit in. */
gboolean perceptual_comparison_is_full (const PerceptualComparison *comparison);

/**
 * perceptual_comparison_settle:
 * @results: (out) (array) (transfer full): for each row that is held the fields
 *   of its perceptual-distance message; NULL for those that were not reported
 *
 * Measures and reports the rows that are held, as
 * perceptual_comparison_measure() would do one after the other.
 *
 * Returns: as of perceptual_comparison_measure()
 */
gboolean perceptual_comparison_settle (
    PerceptualComparison *comparison, GstStructure **results);

G_END_DECLS

#endif /* PERCEPTUAL_COMPARISON_H */
