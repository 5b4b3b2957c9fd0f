/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A stretch of a stream as small pictures of its luma with times: enough to
 * tell how the stream moves, at 5 KB a frame.
 *
 * One thread at a time.
 */
#ifndef PERCEPTUAL_TRACK_H
#define PERCEPTUAL_TRACK_H

#include "perceptual.h"

G_BEGIN_DECLS

#define PERCEPTUAL_TRACK_WIDTH 48
#define PERCEPTUAL_TRACK_HEIGHT 27
#define PERCEPTUAL_TRACK_SAMPLES                                               \
  (PERCEPTUAL_TRACK_WIDTH * PERCEPTUAL_TRACK_HEIGHT)

/**
 * PerceptualTrackFrame:
 * @time: of the frame, ns
 * @luma: of the picture cut into a grid of PERCEPTUAL_TRACK_WIDTH cells by
 *   PERCEPTUAL_TRACK_HEIGHT, row by row, whatever its size and shape: the mean
 *   of each cell, 0..255
 */
typedef struct
{
  gint64 time;
  gfloat luma[PERCEPTUAL_TRACK_SAMPLES];
} PerceptualTrackFrame;

typedef struct _PerceptualTrack PerceptualTrack;

PerceptualTrack *perceptual_track_new (void);
void perceptual_track_free (PerceptualTrack *track);

/* Forgets all frames. */
void perceptual_track_clear (PerceptualTrack *track);

/**
 * perceptual_track_add:
 * @time: ns, from the ends of gint64 far enough away that sums of a few do not
 *   overflow.  A frame whose time is not after that of the frame before it is
 *   left out.
 * @image: (transfer none): read during the call.  Its luma plane is read if it
 *   has one; then data may be NULL.
 *
 * Of large pictures not every sample is read, but 16 by 16 of each cell.
 */
void perceptual_track_add (
    PerceptualTrack *track, gint64 time, const PerceptualImage *image);

/* Forgets the frames before @time. */
void perceptual_track_trim (PerceptualTrack *track, gint64 time);

guint perceptual_track_get_length (const PerceptualTrack *track);

/* Returns: (transfer none): frame @i of those there, valid until the next
 * change of the track. */
const PerceptualTrackFrame *perceptual_track_get (
    const PerceptualTrack *track, guint i);

/* Returns: ns from the first frame to the last; 0 without frames. */
gint64 perceptual_track_get_span (const PerceptualTrack *track);

G_END_DECLS

#endif /* PERCEPTUAL_TRACK_H */
