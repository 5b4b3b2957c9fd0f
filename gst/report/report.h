/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where what was measured goes: bus messages, log and summary of one run.
 * One record feeds all three.
 */
#ifndef PERCEPTUAL_REPORT_H
#define PERCEPTUAL_REPORT_H

#include "frames/pair-format.h"
#include "measuring/metric-set.h"
#include "measuring/misalignment.h"
#include "settings/config.h"
#include "report/summary.h"
#include "report/sync.h"
#include "report/tracked.h"

G_BEGIN_DECLS

typedef struct _PerceptualReport PerceptualReport;

/**
 * perceptual_report_new:
 * @element: whose messages are posted; it outlives the report
 * @config: settings of the run; it outlives the report
 * @metrics: metrics of the run; they outlive the report
 * @names: names of the distorted streams, copied; at least one
 *
 * Opens the log if there is to be one.  Like all of these functions it must
 * be called without the element's object lock, by one thread at a time,
 * unless a function is documented otherwise.
 *
 * Returns: (transfer full): the report; NULL after an ERROR message
 */
PerceptualReport *perceptual_report_new (GstElement *element,
    const PerceptualConfig *config, const PerceptualMetricSet *metrics,
    const gchar *const *names);
/* Closes the log; posts an ERROR message if it could not be written to its
 * end. */
void perceptual_report_free (PerceptualReport *report);

/* The report is freed soon: a reader of the log who takes nothing is not waited
 * for any more.  From any thread, also with the element's object lock. */
void perceptual_report_leave (PerceptualReport *report);

/* What @config says of alerts and of summary-interval counts from each stream's
 * next pair on.  From any thread, also with the element's object lock. */
void perceptual_report_change (
    PerceptualReport *report, const PerceptualConfig *config);

/* Tells what is set for stream @stream alone: ns that are added to its running
 * times in all, and fields (transfer full) (nullable) for its header and its
 * summary.  To be called before anything is reported. */
void perceptual_report_set_stream (
    PerceptualReport *report, guint stream, gint64 offset, GstStructure *notes);

/**
 * perceptual_report_sync:
 * @way: how the offset of stream @stream was looked for
 * @aligned: what came of it
 *
 * Posts the perceptual-sync message, and a WARNING if nothing was found; the
 * header and the summary of the stream say it too.  To be called before the
 * stream's first pair.
 *
 * Returns: ns to be added to the stream's running times
 */
gint64 perceptual_report_sync (PerceptualReport *report, guint stream,
    PerceptualAlignmentWay way, const PerceptualAligned *aligned);

/* Posts and logs what became of the offset of stream @stream, where that is
 * followed, and a WARNING where it is not known for the first time.  Unlike the
 * others it may be called while another thread reports pairs.  Returns: FALSE
 * after an ERROR message. */
gboolean perceptual_report_follow (
    PerceptualReport *report, guint stream, const PerceptualTracking *tracking);

/* Writes the log's header of stream @stream before its first pair of the run;
 * later calls do nothing.  Returns: FALSE after an ERROR message. */
gboolean perceptual_report_begin (PerceptualReport *report, guint stream,
    const PerceptualPairFormat *formats);

/**
 * perceptual_report_pair:
 * @record: what was measured; gets the name of its stream here
 * @fields: (out) (optional) (transfer full): what was posted
 *
 * Posts and logs the summary of the interval that the pair ends, the pair, and
 * the alerts that begin or end with it, in this order.
 *
 * Returns: FALSE after an ERROR message
 */
gboolean perceptual_report_pair (PerceptualReport *report, guint stream,
    PerceptualRecord *record, GstStructure **fields);

/* Counts what @found says of stream @stream, and posts a WARNING for the first
 * stretch of misaligned pairs. */
void perceptual_report_misplaced (
    PerceptualReport *report, guint stream, const PerceptualMisplaced *found);

/* Tells what has happened to the frames of stream @stream until now, for the
 * summaries to come.  From any thread. */
void perceptual_report_note_totals (
    PerceptualReport *report, guint stream, const PerceptualTotals *totals);

/**
 * perceptual_report_get_summary:
 * @name: (nullable): of a stream; NULL for the first
 *
 * From any thread, also with the element's object lock.
 *
 * Returns: (transfer full) (nullable): the fields of a perceptual-summary
 *   message as it would be now, NULL if there is no such stream
 */
GstStructure *perceptual_report_get_summary (
    PerceptualReport *report, const gchar *name);

/* Ends open alerts, as at a seek.  Returns: FALSE after an ERROR message. */
gboolean perceptual_report_flush (PerceptualReport *report);

/* Posts and logs the summary of stream @stream, once; @final says whether both
 * inputs were measured to their ends.  Returns: FALSE after an ERROR
 * message. */
gboolean perceptual_report_finish (PerceptualReport *report, guint stream,
    const PerceptualTotals *totals, gboolean final);

/* Whether a pair of stream @stream came to be measured. */
gboolean perceptual_report_has_begun (
    const PerceptualReport *report, guint stream);

/* Whether stream @stream began with luma of RGB, which its columns are named
 * for. */
gboolean perceptual_report_is_of_rgb (
    const PerceptualReport *report, guint stream);

/* Whether the summary of any stream is out. */
gboolean perceptual_report_is_finished (const PerceptualReport *report);

/* Begins another run in the same log, as after a seek that follows the end:
 * statistics and headers start anew. */
void perceptual_report_restart (PerceptualReport *report);

G_END_DECLS

#endif /* PERCEPTUAL_REPORT_H */
