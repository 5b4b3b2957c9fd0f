/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cuts a window out of a stream of decoded frames, which are taken or left
 * whole and keep their times.
 */
#ifndef TUNE_CUT_H
#define TUNE_CUT_H

#include "tune/store/store.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * TuneJump:
 * @TUNE_JUMP_OPEN: the first frame has not come
 * @TUNE_JUMP_ASKED: the source is to go elsewhere
 * @TUNE_JUMP_UNDER_WAY: it has been told so
 * @TUNE_JUMP_FLUSHING: it has left
 * @TUNE_JUMP_LANDED: its next frame is from there
 * @TUNE_JUMP_OVER: frames are read one after the other
 *
 * How the source comes to the window.
 */
typedef enum
{
  TUNE_JUMP_OPEN,
  TUNE_JUMP_ASKED,
  TUNE_JUMP_UNDER_WAY,
  TUNE_JUMP_FLUSHING,
  TUNE_JUMP_LANDED,
  TUNE_JUMP_OVER,
} TuneJump;

/**
 * TuneCut:
 * @window: in stream time
 * @may_jump: whether the source finds its frames by an index; else they are
 *   read from the first on, since their times could come out otherwise
 * @pad: (transfer none): the pad that is watched
 * @lock: guards what follows
 * @changed: @jump did
 * @jump: how it stands with that
 * @back: it led beyond the window's beginning, so the next one is to that of
 *   the source
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
  const gboolean *may_jump;
  GstPad *pad;
  GMutex lock;
  GCond changed;
  TuneJump jump;
  gboolean back;
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
 * the window and its margin.  @may_jump: see TuneCut; is looked at when the
 * first frame comes.
 * The default main context is served meanwhile.  @self outlives the pad's
 * running. */
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
