/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source goes to a later place before any of its frames has passed a pad.
 */
#ifndef MEASURE_JUMP_H
#define MEASURE_JUMP_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureJumpState:
 * @MEASURE_JUMP_OPEN: the first frame has not come
 * @MEASURE_JUMP_ASKED: the source is to go elsewhere
 * @MEASURE_JUMP_UNDER_WAY: it has been told so
 * @MEASURE_JUMP_FLUSHING: it has left
 * @MEASURE_JUMP_LANDED: its next frame is from there
 * @MEASURE_JUMP_OVER: frames are read one after the other
 *
 * How the source comes to the place.
 */
typedef enum
{
  MEASURE_JUMP_OPEN,
  MEASURE_JUMP_ASKED,
  MEASURE_JUMP_UNDER_WAY,
  MEASURE_JUMP_FLUSHING,
  MEASURE_JUMP_LANDED,
  MEASURE_JUMP_OVER,
} MeasureJumpState;

/**
 * MeasureJump:
 * @pad: (transfer none): the sink pad that is watched
 * @may_jump: whether the source finds its frames by an index; else they are
 *   read from the first on, since their times could come out otherwise
 * @lock: guards what follows
 * @changed: @state did
 * @state: how it stands with it
 * @target: stream time where the source is to go, ns
 * @left: the source has gone elsewhere
 * @back: it led beyond the place, so the next one is to the beginning
 */
typedef struct
{
  GstPad *pad;
  const gboolean *may_jump;
  GMutex lock;
  GCond changed;
  MeasureJumpState state;
  gint64 target;
  gboolean left;
  gboolean back;
} MeasureJump;

/* @may_jump: see MeasureJump; is looked at when the first frame comes.  @self
 * outlives the pad's running. */
void measure_jump_init (
    MeasureJump *self, GstPad *pad, const gboolean *may_jump);
void measure_jump_clear (MeasureJump *self);

/**
 * measure_jump_is_on_the_way:
 * @time: of a frame that came to the pad, ns
 * @place: of the first frame that is wanted, on the same clock
 * @target: the same in the stream time of the source
 *
 * In the pad's streaming thread.  May tell the source to go to the key frame
 * before the place, which the default main context does meanwhile; then the
 * frame is one on the way, and is to be dropped.
 *
 * Returns: whether the frame is one on the way
 */
gboolean measure_jump_is_on_the_way (
    MeasureJump *self, guint64 time, guint64 place, gint64 target);

/* Whether the source has gone elsewhere, so that its segments are others. */
gboolean measure_jump_has_left (MeasureJump *self);

G_END_DECLS

#endif /* MEASURE_JUMP_H */
