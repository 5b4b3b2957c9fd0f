/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mends the times of a stream where they jump.
 */
#include "pairing/timeline.h"

/* Frames out of order, and repeated ones, are not a jump. */
#define FRAMES_BACK 4
/* Sums of times do not overflow. */
#define MOST_TIME (G_MAXINT64 / 4)

static gboolean
is_jump (const PerceptualTimeline *self, gint64 time, gint64 duration,
    gint64 other, gint64 window)
{
  gint64 step = time - self->last;

  if (step < -FRAMES_BACK * duration)
    return TRUE;
  /* After a pause a stream is where the other one is. */
  return step > window
      && (other == PERCEPTUAL_TIMELINE_NONE || ABS (time - other) > window);
}

gint64
perceptual_timeline_add (PerceptualTimeline *self, gint64 time, gint64 duration,
    gint64 other, gint64 window, gboolean *jumped)
{
  gint64 at = CLAMP (time, -MOST_TIME, MOST_TIME) + self->shift;

  if (!self->begun && other != PERCEPTUAL_TIMELINE_NONE
      && ABS (at - other) > window) {
    self->shift += other - at;
    at = other;
  }
  *jumped = self->begun && is_jump (self, at, duration, other, window);
  if (*jumped) {
    self->shift += self->last + duration - at;
    at = self->last + duration;
  }
  self->last = self->begun ? MAX (self->last, at) : at;
  self->begun = TRUE;
  return at;
}
