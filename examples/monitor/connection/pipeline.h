/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pipeline of a connection.
 */
#ifndef MONITOR_PIPELINE_H
#define MONITOR_PIPELINE_H

#include "monitor/connection/order.h"
#include "monitor/connection/worst.h"

G_BEGIN_DECLS

typedef struct _MonitorPipeline MonitorPipeline;

/**
 * monitor_pipeline_new:
 * @order: what is measured; outlives the pipeline
 * @settings: of the measuring element
 * @log: where the measuring element writes JSON lines
 * @error: PROGRAM_ERROR_DATA
 *
 * Returns: (transfer full) (nullable)
 */
MonitorPipeline *monitor_pipeline_new (const MonitorOrder *order,
    const MeasureSettings *settings, const gchar *log, GError **error);

/* Stops it, too. */
void monitor_pipeline_free (MonitorPipeline *self);

/* Returns: FALSE after an ERROR message. */
gboolean monitor_pipeline_start (MonitorPipeline *self);

/* Ends the inputs; the pipeline's EOS message follows. */
void monitor_pipeline_end (MonitorPipeline *self);

/* Returns: (transfer none). */
GstElement *monitor_pipeline_get_element (MonitorPipeline *self);
GstElement *monitor_pipeline_get_measure (MonitorPipeline *self);
MonitorWorst *monitor_pipeline_get_worst (MonitorPipeline *self);

/* Returns: (transfer full): who sent the message, in words: "reference". */
gchar *monitor_pipeline_name_sender (
    MonitorPipeline *self, GstMessage *message);

/* Returns: FALSE before there is anything to tell. */
gboolean monitor_pipeline_get_totals (
    MonitorPipeline *self, guint stream, MonitorTotals *totals);

/* Returns: how many frames of the input have come: 0 is the reference, 1 the
 * distorted stream. */
guint64 monitor_pipeline_count_frames (MonitorPipeline *self, guint input);

/* Returns: the number of the stream whose sink pad is called so, 0 for any
 * other. */
guint monitor_stream_of_pad (const gchar *pad);

G_END_DECLS

#endif /* MONITOR_PIPELINE_H */
