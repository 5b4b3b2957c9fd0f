/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Evens out times that shake.
 */
#include "pairing/steady.h"

#include <math.h>
#include <stdlib.h>

/* Steps over which the noise is the mean, about, and how many there must be. */
#define NOISE_STEPS 64
#define LEAST_STEPS 8
/* Mean distance of steps from whole frames, and median of their distance from
 * one frame, at which times become shaky, in frames.  The former is that of
 * steps that have nothing to do with frames, or nearly; the latter tells those
 * that are off by half a frame from those that are off by less. */
#define SHAKY .17
#define SHAKY_STEP .3
/* The part of the latter at which they are shaky no longer. */
#define STILL .5
/* Part of what a frame is off that it is moved. */
#define GAIN (1. / 8)
/* Part of a frame that the frames to come must be late by, so that one is taken
 * for missing: more than half, since chance makes all of them late now and
 * then, and one that is really missing makes them late by all of it. */
#define MISSING .7
/* The same for one among the frames to come, to be in doubt. */
#define TORN .5
/* So many frames after that are doubtful. */
#define DOUBTFUL 64
/* Steps back by more frames are another clock. */
#define FRAMES_BACK 4

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Returns: the median of how far steps were from a frame lately, ns */
static gint64
median_step (const PerceptualSteady *self)
{
  gint64 steps[PERCEPTUAL_STEADY_STEPS];
  guint n = MIN (self->n, PERCEPTUAL_STEADY_STEPS);

  for (guint i = 0; i < n; i++)
    steps[i] = self->steps[i];
  qsort (steps, n, sizeof *steps, compare);
  return steps[n / 2];
}

static void
judge (PerceptualSteady *self, gint64 frame)
{
  gdouble step = (gdouble) median_step (self) / (gdouble) frame;

  self->shaky = self->noise > (self->shaky ? SHAKY * STILL : SHAKY)
      && step > (self->shaky ? SHAKY_STEP * STILL : SHAKY_STEP);
}

void
perceptual_steady_note (PerceptualSteady *self, gint64 time, gint64 frame)
{
  gint64 step = time - self->newest;

  if (self->noted && frame > 0) {
    gdouble frames = (gdouble) step / (gdouble) frame;

    self->steps[self->at++ % PERCEPTUAL_STEADY_STEPS] = ABS (step - frame);
    self->n = MIN (self->n + 1, NOISE_STEPS);
    self->noise += (fabs (frames - round (frames)) - self->noise) / self->n;
    if (self->n >= LEAST_STEPS)
      judge (self, frame);
  }
  /* Nothing to learn. */
  if (frame <= 0)
    self->n = LEAST_STEPS;
  self->newest = time;
  self->noted = TRUE;
}

guint
perceptual_steady_get_ahead (const PerceptualSteady *self)
{
  return self->shaky || self->n < LEAST_STEPS ? PERCEPTUAL_STEADY_AHEAD : 0;
}

/* How late frames @begin to @end of @times are, where none is missing. */
static gint64
median_late (const PerceptualSteady *self, const gint64 *times, guint begin,
    guint end, gint64 frame)
{
  gint64 late[1 + PERCEPTUAL_STEADY_AHEAD];
  guint n = end - begin;

  for (guint i = 0; i < n; i++)
    late[i] =
        times[begin + i] - self->last - (1 + (gint64) (begin + i)) * frame;
  qsort (late, n, sizeof *late, compare);
  return late[n / 2];
}

/* Whether those that come first and those that come last seem to have a missing
 * one between them. */
static gboolean
is_torn (
    const PerceptualSteady *self, const gint64 *times, guint n, gint64 frame)
{
  gint64 first = median_late (self, times, 0, (n + 1) / 2, frame);
  gint64 last = median_late (self, times, n / 2, n, frame);

  return (gdouble) (last - first) > TORN * (gdouble) frame;
}

gint64
perceptual_steady_place (
    PerceptualSteady *self, const gint64 *times, guint n, gint64 frame)
{
  gint64 time = times[0];

  n = MIN (n, 1 + PERCEPTUAL_STEADY_AHEAD);
  self->doubtful = self->doubts > 0;
  self->doubts -= self->doubtful ? 1 : 0;
  if (self->shaky && self->placed && frame > 0
      && time > self->last - FRAMES_BACK * frame) {
    gint64 late = median_late (self, times, 0, n, frame);
    gint64 missing = MAX (
        (gint64) floor ((gdouble) late / (gdouble) frame + 1 - MISSING), 0);

    if (missing > 0 || is_torn (self, times, n, frame)) {
      self->doubtful = TRUE;
      self->doubts = DOUBTFUL;
    }
    time = self->last + (1 + missing) * frame
        + (gint64) ((gdouble) (late - missing * frame) * GAIN);
  }
  self->last = time;
  self->placed = TRUE;
  return time;
}
