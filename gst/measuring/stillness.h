/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a distorted stream has frozen or gone black, which no distance
 * tells apart from a bad picture.
 *
 * Pictures are looked at through thumbnails: at most PERCEPTUAL_THUMBNAIL_SIDE
 * cells a side, each the mean luma (the stream's own, or of the converted
 * image; black 0, white 255) of 8x8 pixels or more, spread over the cell.
 * Small images have fewer cells, so that each has its pixels: the mean takes
 * film grain out, and a scene that is still counts as still.
 *
 * Frozen: no cell of the distorted picture is off by more than
 * PERCEPTUAL_STILL_LEVELS from what it showed when it last moved, and a cell
 * of the reference is off by more than PERCEPTUAL_MOVED_LEVELS from what the
 * reference showed then.  Where the reference is still as well, or back where
 * it was, nothing is frozen.
 *
 * Black: at most PERCEPTUAL_BLACK_SHARE of the distorted picture's cells are
 * above PERCEPTUAL_BLACK_LEVELS, and more of the reference's are above twice
 * that.  A black picture is never called frozen.
 *
 * One thread at a time.
 */
#ifndef PERCEPTUAL_STILLNESS_H
#define PERCEPTUAL_STILLNESS_H

#include "perceptual.h"

G_BEGIN_DECLS

#define PERCEPTUAL_THUMBNAIL_SIDE 32

/* In levels of 255. */
#define PERCEPTUAL_STILL_LEVELS 1.f
#define PERCEPTUAL_MOVED_LEVELS 6.f
#define PERCEPTUAL_BLACK_LEVELS 16.f
#define PERCEPTUAL_BLACK_SHARE .02f

/**
 * PerceptualThumbnail:
 * @width: of the image, pixels
 * @height: of the image, pixels
 * @n: entries of @cells
 * @cells: 0..255, row by row
 */
typedef struct
{
  guint width;
  guint height;
  guint n;
  gfloat cells[PERCEPTUAL_THUMBNAIL_SIDE * PERCEPTUAL_THUMBNAIL_SIDE];
} PerceptualThumbnail;

/* @image: its own luma plane is read where it has one
 * @limited: whether black is 16 in that plane and white 235, as of eight bits
 */
void perceptual_thumbnail_take (PerceptualThumbnail *thumbnail,
    const PerceptualImage *image, gboolean limited);

typedef enum
{
  PERCEPTUAL_PICTURE_NORMAL,
  PERCEPTUAL_PICTURE_FROZEN,
  PERCEPTUAL_PICTURE_BLACK,
} PerceptualPicture;

/* What one distorted stream showed. */
typedef struct _PerceptualStillness PerceptualStillness;

PerceptualStillness *perceptual_stillness_new (void);
void perceptual_stillness_free (PerceptualStillness *stillness);

/* Forgets, as after a seek: the next picture is not compared with the last. */
void perceptual_stillness_reset (PerceptualStillness *stillness);

/* Judges the next pair, whose thumbnails are of the same size. */
PerceptualPicture perceptual_stillness_judge (PerceptualStillness *stillness,
    const PerceptualThumbnail *reference, const PerceptualThumbnail *distorted);

G_END_DECLS

#endif /* PERCEPTUAL_STILLNESS_H */
