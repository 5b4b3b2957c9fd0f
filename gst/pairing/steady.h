/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames at even distances where the times of a stream shake, as those of
 * arrival do: by half a frame and more, so that the nearest frame of another
 * stream is the wrong one.
 *
 * Times are shaky while the steps between them are far from whole frames, and
 * half of them far from one frame too: by more than three tenths, which they
 * are where times are off by half a frame either way.  Then a frame is put a
 * whole number of frames after the one before it, as the median of what it and
 * the PERCEPTUAL_STEADY_AHEAD frames after it say, and a little towards that
 * median.  Otherwise times stay as they are.
 *
 * Works on times, without GStreamer.  One thread at a time.
 */
#ifndef PERCEPTUAL_STEADY_H
#define PERCEPTUAL_STEADY_H

#include <glib.h>

G_BEGIN_DECLS

#define PERCEPTUAL_STEADY_AHEAD 12
#define PERCEPTUAL_STEADY_STEPS 16

/**
 * PerceptualSteady:
 * @noise: mean distance of steps from whole frames, 0..0.5 of a frame
 * @steps: how far the last steps were from a frame, ns
 * @at: where the next one is put
 * @n: steps in @noise, up to a number
 * @shaky: whether that is too much
 * @newest: time that was noted last, ns
 * @noted: whether one was
 * @last: time that the last frame got, ns
 * @placed: whether there was one
 * @doubtful: whether a frame seems to be missing near that one, whose place is
 *   hard to tell among times that shake
 * @doubts: how many frames more are doubtful
 *
 * All zero at first.
 */
typedef struct
{
  gdouble noise;
  gint64 steps[PERCEPTUAL_STEADY_STEPS];
  guint at;
  guint n;
  gboolean shaky;
  gint64 newest;
  gboolean noted;
  gint64 last;
  gboolean placed;
  gboolean doubtful;
  guint doubts;
} PerceptualSteady;

/* Notes the time of a frame that came in.  @frame: ns from frame to frame, 0
 * where that is not known */
void perceptual_steady_note (
    PerceptualSteady *steady, gint64 time, gint64 frame);

/* Returns: how many frames have to come after one before it is placed. */
guint perceptual_steady_get_ahead (const PerceptualSteady *steady);

/**
 * perceptual_steady_place:
 * @times: of the next frame and those after it, as many as have come, ns
 * @n: 1 to 1 + PERCEPTUAL_STEADY_AHEAD
 * @frame: as before
 *
 * Returns: the time of the next frame, ns
 */
gint64 perceptual_steady_place (
    PerceptualSteady *steady, const gint64 *times, guint n, gint64 frame);

G_END_DECLS

#endif /* PERCEPTUAL_STEADY_H */
