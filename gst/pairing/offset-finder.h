/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How far a distorted stream has to be shifted in time to show what the
 * reference shows.
 *
 * For each candidate offset, reference frames are paired with the nearest
 * distorted ones.  Motion is compared: the mean over the paired frames is
 * subtracted from each sample of the coarse grid (track.h), so that parts of
 * the picture that do not move, logos and brightness do not count; and the fit
 * is the correlation of what is left, over all samples and pairs,
 *
 *   sum (a - mean a)(b - mean b) / sqrt (sum (a - mean a)^2 sum (b - mean b)^2)
 *
 * which a gain or a bias of either stream does not change.  The candidate of
 * the best fit wins.  It is believed only if the pictures move, if the fit is
 * a good one, if it is clearly better than every other that is not adjacent,
 * and if the fit does not merely grow towards offsets outside the window.
 */
#ifndef PERCEPTUAL_OFFSET_FINDER_H
#define PERCEPTUAL_OFFSET_FINDER_H

#include "pairing/track.h"

G_BEGIN_DECLS

/**
 * PerceptualOffsetVerdict:
 * @PERCEPTUAL_OFFSET_FOUND: the offset is to be trusted
 * @PERCEPTUAL_OFFSET_SHORT: too few frames lie side by side
 * @PERCEPTUAL_OFFSET_STILL: nothing moves in at least one of the streams
 * @PERCEPTUAL_OFFSET_UNLIKE: the streams do not move alike at any offset
 * @PERCEPTUAL_OFFSET_AMBIGUOUS: several offsets fit about as well, for
 *   instance because the motion repeats itself
 * @PERCEPTUAL_OFFSET_OUTSIDE: the fit grows towards the end of the window
 */
typedef enum
{
  PERCEPTUAL_OFFSET_FOUND,
  PERCEPTUAL_OFFSET_SHORT,
  PERCEPTUAL_OFFSET_STILL,
  PERCEPTUAL_OFFSET_UNLIKE,
  PERCEPTUAL_OFFSET_AMBIGUOUS,
  PERCEPTUAL_OFFSET_OUTSIDE,
} PerceptualOffsetVerdict;

/**
 * PerceptualOffset:
 * @verdict: whether to believe it
 * @offset: ns to add to the times of the distorted stream.  A whole number of
 *   reference frames, plus what makes the timestamps of paired frames
 *   coincide where both streams have the same frame rate.  If the verdict is
 *   not found, the best guess; 0 without one
 * @centre: which of the centres of the search fits best, the first of those
 *   that fit alike
 * @confidence: 0..1: how much smaller the misfit (1 - fit) is than that of the
 *   best candidate that is not adjacent, as a fraction of the latter
 * @fit: the correlation at @offset, -1..1
 * @second: that of the best candidate that is not adjacent
 * @pairs: frames compared for @offset
 */
typedef struct
{
  PerceptualOffsetVerdict verdict;
  gint64 offset;
  guint centre;
  gdouble confidence;
  gdouble fit;
  gdouble second;
  guint pairs;
} PerceptualOffset;

/**
 * perceptual_offset_find:
 * @reference: the reference stream
 * @distorted: the distorted stream, its times on the same clock
 * @window: how far from a centre is looked, ns, at least 0
 * @centres: (array length=n): offsets around which is searched, ns
 * @n: at least 1
 *
 * Both tracks should cover twice the window, the distance between the centres
 * and a second or more in addition, so that all candidates are judged by the
 * same reference frames; with less, each is judged by those that it can pair.
 * Takes time proportional to the window and to the length of the reference.
 *
 * Returns: what was found
 */
PerceptualOffset perceptual_offset_find (const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 window, const gint64 *centres,
    guint n);

/**
 * perceptual_offset_find_recent:
 * @window: how far from @centre is looked, ns, at least 0
 * @duration: how much of the reference is compared at each offset, ns
 *
 * The same for streams that go on: each offset is judged by the newest
 * @duration for which both streams have frames at it, so that an offset is
 * found as soon as the streams have that much in common.  Offsets for which
 * they have less than that are left out.
 *
 * Returns: what was found
 */
PerceptualOffset perceptual_offset_find_recent (
    const PerceptualTrack *reference, const PerceptualTrack *distorted,
    gint64 centre, gint64 window, gint64 duration);

/* Returns: how well @offset fits the newest @duration of both up to the
 * reference time @newest: fit, pairs, and PERCEPTUAL_OFFSET_FOUND, _SHORT,
 * _STILL or _UNLIKE */
PerceptualOffset perceptual_offset_try (const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 offset, gint64 duration,
    gint64 newest);

/* Returns: ns from frame to frame, 0 while that is not known. */
gint64 perceptual_offset_get_frame (const PerceptualTrack *reference);

/* Returns: (transfer none): the verdict in words that end a sentence: "the
 * pictures do not move" */
const gchar *perceptual_offset_verdict_text (PerceptualOffsetVerdict verdict);

G_END_DECLS

#endif /* PERCEPTUAL_OFFSET_FINDER_H */
