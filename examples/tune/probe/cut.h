/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cuts a window out of a stream of decoded frames, which are taken or left
 * whole and keep their times.
 */
#ifndef TUNE_CUT_H
#define TUNE_CUT_H

#include "measure/jump.h"
#include "tune/store/store.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * TuneCut:
 * @window: in stream time
 * @jump: how the source comes to it
 * @watched: @jump has begun
 * @lock: guards what follows
 * @segment: of the stream
 * @times: (element-type guint64): running times of the frames that passed,
 *   those of the margins among them
 * @lead: how many of the first are before the window, and not measured
 * @tail: how many of the last are behind it
 * @first: running time of the first frame that is measured,
 *   GST_CLOCK_TIME_NONE before it came
 * @begin: its stream time
 * @end: stream time at which the last one ends
 * @caps: (nullable): of the frames
 */
typedef struct
{
  TuneWindow window;
  MeasureJump jump;
  gboolean watched;
  GMutex lock;
  GstSegment segment;
  GArray *times;
  guint lead;
  guint tail;
  GstClockTime first;
  GstClockTime begin;
  GstClockTime end;
  gchar *caps;
} TuneCut;

void tune_cut_init (TuneCut *self, const TuneWindow *window);
void tune_cut_clear (TuneCut *self);

/* Lets no other frames through the sink pad @pad, and ends the stream after
 * the window and its margin.  @may_jump: see MeasureJump.  The default main
 * context is served meanwhile.  @self outlives the pad's running. */
void tune_cut_watch (TuneCut *self, GstPad *pad, const gboolean *may_jump);

/* How many frames are measured, once all passed. */
guint tune_cut_count (const TuneCut *self);

/* Whether a frame of this running time, which passed, is measured. */
gboolean tune_cut_is_measured (TuneCut *self, GstClockTime running_time);

/* Keeps frames of the margins from passing @pad, where they have running times
 * of the source.  @self outlives the pad's running. */
void tune_cut_hold_margins (TuneCut *self, GstPad *pad);

G_END_DECLS

#endif /* TUNE_CUT_H */
