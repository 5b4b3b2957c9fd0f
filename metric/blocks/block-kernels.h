/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd-ssim's work on rows: samples into those that it compares, what the blocks
 * of 8x8 pixels of one picture look like (describe), and how much those of two
 * pictures differ (compare).  One table of kernels, chosen by the CPU; every
 * table gives the same bits.
 */
#ifndef PERCEPTUAL_BLOCK_KERNELS_H
#define PERCEPTUAL_BLOCK_KERNELS_H

#include "machine/cpu.h"

G_BEGIN_DECLS

/* Rows and columns of a block. */
#define PERCEPTUAL_BLOCK 8

/* Blocks that are described and compared at a time: as many as leave what is
 * kept of a picture in the first cache. */
#define PERCEPTUAL_TILE 32

/* Bytes that kernels read, and ignore, behind the last column. */
#define PERCEPTUAL_BLOCK_OVERREAD 72

/**
 * PerceptualBlockRows:
 * @luma: the row above the blocks, their eight rows and the row below; each
 *   can be read from column -1 on
 * @chroma: four rows of Cb and four of Cr; not read for grey
 *
 * The rows of a row of blocks, extended to whole blocks and one column more.
 */
typedef struct
{
  const guint8 *luma[PERCEPTUAL_BLOCK + 2];
  const guint8 *chroma[2][PERCEPTUAL_BLOCK / 2];
} PerceptualBlockRows;

/**
 * PerceptualBlockMeans:
 * @luma: mean of each block of a tile
 * @chroma: of Cb and of Cr
 * @energies: sums of squared magnitudes of gradients
 */
typedef struct
{
  gint32 luma[PERCEPTUAL_TILE];
  gint32 chroma[2][PERCEPTUAL_TILE];
  gint32 energies[PERCEPTUAL_TILE];
} PerceptualBlockMeans;

/**
 * PerceptualBlockTile:
 * @luma: sums of waves over windows, 14 waves of 4 windows a block
 * @chroma: likewise, 8 waves of 1 window
 * @magnitudes: of gradients
 * @squares: sums of their squares over 2x2 pixels
 *
 * What the blocks of a picture look like.  The order within these arrays, and
 * a factor on the first two, are the kernel's own: only the table that
 * described a tile can compare others with it.
 */
typedef struct
{
  guint16 luma[PERCEPTUAL_TILE * 56];
  guint16 chroma[PERCEPTUAL_TILE * 8];
  guint16 magnitudes[PERCEPTUAL_TILE * 64];
  gint32 squares[PERCEPTUAL_TILE * 16];
  PerceptualBlockMeans means;
} PerceptualBlockTile;

typedef struct
{
  /* Describes @n blocks, 1..PERCEPTUAL_TILE, beginning with block @first of the
   * rows.  @tile is aligned to 64 bytes. */
  void (*describe) (const PerceptualBlockRows *rows, guint first, guint n,
      gboolean colour, PerceptualBlockTile *tile);

  /* Compares the blocks of @tile, described with the same numbers, with those
   * of another picture's rows.  Writes weights and weighted distances, w and
   * w * d; both have room for PERCEPTUAL_TILE.  @colour may be FALSE where it
   * was TRUE for @tile. */
  void (*compare) (const PerceptualBlockTile *tile,
      const PerceptualBlockRows *rows, guint first, guint n, gboolean colour,
      gdouble *weights, gdouble *weighted);

  /* Rows of planes of 8 bits from 16..235, and 16..240, to full range. */
  void (*full_luma) (guint8 *to, const guint8 *from, guint n);
  void (*full_chroma) (guint8 *to, const guint8 *from, guint n);

  /* Samples of @depth bits, 9..16, above @shift unused ones, to 8 bits. */
  void (*narrow) (
      guint8 *to, const guint16 *from, guint depth, guint shift, guint n);

  /* Means of 2x2 samples of two rows of 2 @n. */
  void (*half) (guint8 *to, const guint8 *upper, const guint8 *lower, guint n);

  /* Y, Cb and Cr of @n pixels of R, G, B and a byte that is ignored. */
  void (*rgb) (guint8 *const to[3], const guint32 *pixels, guint n);
} PerceptualBlockKernels;

/* Returns: (transfer none): the kernels for @cpu, which this machine must
 * have. */
const PerceptualBlockKernels *perceptual_block_kernels (PerceptualCpu cpu);

extern const PerceptualBlockKernels perceptual_block_kernels_c;
extern const PerceptualBlockKernels perceptual_block_kernels_avx2;
extern const PerceptualBlockKernels perceptual_block_kernels_avx512;

G_END_DECLS

#endif /* PERCEPTUAL_BLOCK_KERNELS_H */
