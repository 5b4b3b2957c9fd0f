/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Seeks from the main thread while the streaming one waits, and hides the flush
 * from what is behind the pad.
 */
#include "measure/jump.h"

/* A way that is shorter is gone frame by frame. */
#define NEAR (2 * GST_SECOND)

/* Indices go by the order of decoding, in which a key frame may be a little
 * later than it is shown. */
#define EARLIER ((gint64) GST_SECOND / 2)

/* To begin a jump; else there is none. */
#define PATIENCE_USEC (5 * G_USEC_PER_SEC)

static void
set_state (MeasureJump *self, MeasureJumpState state)
{
  self->state = state;
  g_cond_broadcast (&self->changed);
}

/* In the main thread, since the streaming one cannot stop itself. */
static gboolean
on_idle (gpointer user)
{
  MeasureJump *self = user;
  gboolean asked;
  gint64 target;

  g_mutex_lock (&self->lock);
  target = self->back ? 0 : MAX (self->target - EARLIER, 0);
  asked = self->state == MEASURE_JUMP_ASKED;
  if (asked)
    set_state (self, MEASURE_JUMP_UNDER_WAY);
  g_mutex_unlock (&self->lock);
  if (!asked
      || gst_pad_push_event (self->pad,
          gst_event_new_seek (1, GST_FORMAT_TIME,
              GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT
                  | GST_SEEK_FLAG_SNAP_BEFORE,
              GST_SEEK_TYPE_SET, target, GST_SEEK_TYPE_NONE, 0)))
    return G_SOURCE_REMOVE;
  /* Without a way back there is no frame of the place, and an error. */
  g_mutex_lock (&self->lock);
  if (!self->back)
    set_state (self, MEASURE_JUMP_OVER);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

/* Asks for a jump, and waits until the source has left.  With the lock. */
static void
ask (MeasureJump *self)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_USEC;

  set_state (self, MEASURE_JUMP_ASKED);
  g_idle_add (on_idle, self);
  while (self->state == MEASURE_JUMP_ASKED
      || self->state == MEASURE_JUMP_UNDER_WAY) {
    if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
      break;
  }
  if (self->state == MEASURE_JUMP_ASKED && !self->back)
    set_state (self, MEASURE_JUMP_OVER);
}

/* Nobody behind has seen a frame, so nobody needs to hear of it. */
static GstPadProbeReturn
on_flush (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  MeasureJump *self = user;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstPadProbeReturn verdict = GST_PAD_PROBE_DROP;

  g_mutex_lock (&self->lock);
  if (self->state == MEASURE_JUMP_UNDER_WAY
      && GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START) {
    self->left = TRUE;
    set_state (self, MEASURE_JUMP_FLUSHING);
  } else if (self->state == MEASURE_JUMP_FLUSHING
      && GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    set_state (self, self->back ? MEASURE_JUMP_OVER : MEASURE_JUMP_LANDED);
  } else {
    verdict = GST_PAD_PROBE_OK;
  }
  g_mutex_unlock (&self->lock);
  return verdict;
}

void
measure_jump_init (MeasureJump *self, GstPad *pad, const gboolean *may_jump)
{
  *self = (MeasureJump){ .pad = pad, .may_jump = may_jump };
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_flush, self, NULL);
}

void
measure_jump_clear (MeasureJump *self)
{
  /* One that was asked for and never begun. */
  while (g_source_remove_by_user_data (self))
    continue;
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
}

gboolean
measure_jump_is_on_the_way (
    MeasureJump *self, guint64 time, guint64 place, gint64 target)
{
  gboolean on_the_way;

  g_mutex_lock (&self->lock);
  self->target = target;
  if (self->state == MEASURE_JUMP_OPEN && time + NEAR < place
      && *self->may_jump) {
    ask (self);
  } else if (self->state == MEASURE_JUMP_LANDED && time > place) {
    self->back = TRUE;
    ask (self);
  } else if (self->state == MEASURE_JUMP_OPEN
      || self->state == MEASURE_JUMP_LANDED) {
    set_state (self, MEASURE_JUMP_OVER);
  }
  on_the_way = self->state != MEASURE_JUMP_OVER;
  g_mutex_unlock (&self->lock);
  return on_the_way;
}

gboolean
measure_jump_has_left (MeasureJump *self)
{
  gboolean left;

  g_mutex_lock (&self->lock);
  left = self->left;
  g_mutex_unlock (&self->lock);
  return left;
}
