/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The frames of the worst pair so far.  Which frames make a pair, and how far
 * apart they are, is known a little after they have passed, so the latest ones
 * are kept: as references to what the pipeline holds anyway, within a limit.
 */
#ifndef MONITOR_WORST_H
#define MONITOR_WORST_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MonitorPair:
 * @reference: the reference frame
 * @distorted: the distorted frame
 * @stream: number of the distorted stream
 * @distance: their distance
 */
typedef struct
{
  GstSample *reference;
  GstSample *distorted;
  guint stream;
  gdouble distance;
} MonitorPair;

void monitor_pair_free (MonitorPair *self);

typedef struct _MonitorWorst MonitorWorst;

/* @lowest: whether the lowest value is the worst.  @pictures: whether frames
 * are kept; else only their times are. */
MonitorWorst *monitor_worst_new (
    guint streams, gboolean lowest, gboolean pictures);
void monitor_worst_free (MonitorWorst *self);

/* All of these from any thread. */

/* A frame comes to the measuring element.  @input: 0 for the reference, else 1
 * and the number of the stream. */
void monitor_worst_add_frame (
    MonitorWorst *self, guint input, GstPad *pad, GstBuffer *buffer);

/**
 * monitor_worst_add_pair:
 * @reference_pts: as of the frames that came
 * @distorted_pts: likewise
 *
 * A pair was measured.
 */
void monitor_worst_add_pair (MonitorWorst *self, guint stream,
    guint64 reference_pts, guint64 distorted_pts, gdouble distance);

/* Returns: s from the arrival of the last pair of the stream to its distance;
 * negative where that is not known. */
gdouble monitor_worst_get_lag (MonitorWorst *self, guint stream);

/**
 * monitor_worst_take:
 * @window_end: when the window of a summary ended, ns of running time; 0 where
 *   no window ends.  Of several streams' summaries of one window the first
 *   counts
 *
 * Returns: (transfer full) (nullable): the worst pair of this window; NULL if
 *   there is none, or if it was taken before
 */
MonitorPair *monitor_worst_take (MonitorWorst *self, guint64 window_end);

G_END_DECLS

#endif /* MONITOR_WORST_H */
