/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cuts a window out of a stream of decoded frames, which are taken or left
 * whole and keep their times.
 */
#ifndef TUNE_CUT_H
#define TUNE_CUT_H

#include "tune/store.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * TuneCut:
 * @window: in stream time
 * @lock: guards what follows
 * @segment: of the stream
 * @times: (element-type guint64): running times of the frames that passed, the
 *   lead-in among them
 * @lead: how many of those are lead-in, which is not measured
 * @first: running time of the first frame that is measured,
 *   GST_CLOCK_TIME_NONE before it came
 * @begin: its stream time
 * @end: stream time at which the last one ends
 * @caps: (nullable): of the frames
 */
typedef struct
{
  TuneWindow window;
  GMutex lock;
  GstSegment segment;
  GArray *times;
  guint lead;
  GstClockTime first;
  GstClockTime begin;
  GstClockTime end;
  gchar *caps;
} TuneCut;

void tune_cut_init (TuneCut *self, const TuneWindow *window);
void tune_cut_clear (TuneCut *self);

/* Lets no other frames through the sink pad @pad, and ends the stream after
 * the window.  @self outlives the pad's running. */
void tune_cut_watch (TuneCut *self, GstPad *pad);

/* Whether a frame of this running time is lead-in. */
gboolean tune_cut_is_lead (TuneCut *self, GstClockTime running_time);

/* Keeps lead-in from passing @pad, where the frames have running times of the
 * source.  @self outlives the pad's running. */
void tune_cut_hold_lead (TuneCut *self, GstPad *pad);

G_END_DECLS

#endif /* TUNE_CUT_H */
