/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Canonical planes, which mmd-ssim compares: 8 bits, full range, chroma halved
 * both ways; made of an image's own Y'CbCr planes or of its R'G'B', two rows
 * at a time.
 */
#ifndef PERCEPTUAL_CANONICAL_H
#define PERCEPTUAL_CANONICAL_H

#include "blocks/block-kernels.h"
#include "perceptual.h"

G_BEGIN_DECLS

/* Bytes before column 0 of a row; the last of them repeats it. */
#define PERCEPTUAL_ROW_LEAD 64

/* Whether the planes of @a and @b can be compared as they are: both have
 * them, in layouts that are read here, of one matrix and the same primaries
 * unless one is grey. */
gboolean perceptual_canonical_planes_suffice (
    const PerceptualImage *a, const PerceptualImage *b);

/* Whether @image has no chroma, read by its planes or not. */
gboolean perceptual_canonical_is_grey (
    const PerceptualImage *image, gboolean planes);

/**
 * PerceptualCanonical:
 * @image: what is read
 * @planes: whether its planes are, else its R'G'B'
 * @kernels: for this machine
 * @scratch: perceptual_canonical_scratch() bytes, aligned to 64
 */
typedef struct
{
  const PerceptualImage *image;
  gboolean planes;
  const PerceptualBlockKernels *kernels;
  guint8 *scratch;
} PerceptualCanonical;

gsize perceptual_canonical_scratch (guint width);

/**
 * perceptual_canonical_load:
 * @pair: of rows, 0 .. (height - 1) / 2
 * @luma: (out): rows 2 @pair and 2 @pair + 1; the second is not written where
 *   the image ends before it
 * @chroma: (out) (nullable): row @pair of Cb and Cr, 128 where there is none
 */
void perceptual_canonical_load (const PerceptualCanonical *self, guint pair,
    guint8 *const luma[2], guint8 *const chroma[2]);

/* Bytes from one row of @width samples to the next, and the extension of a
 * row: its first sample once to the left, its last one to the right as far as
 * kernels read. */
gsize perceptual_canonical_stride (guint width);
void perceptual_canonical_extend (guint8 *row, guint width);

G_END_DECLS

#endif /* PERCEPTUAL_CANONICAL_H */
