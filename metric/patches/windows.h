/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a patch metric cuts an image into bands, blocks and windows, and the
 * sums kept of them.
 *
 * Windows step by half their side.  A band is a step of rows; it yields one
 * row of blocks (step x step pixels, with a patch at each), and two rows of
 * blocks yield one row of windows.  An axis shorter than a window has one
 * window, which is then a single block of all its patches.
 */
#ifndef PERCEPTUAL_WINDOWS_H
#define PERCEPTUAL_WINDOWS_H

#include "patches/split-rows.h"

G_BEGIN_DECLS

/**
 * PerceptualWindows:
 * @width: columns of the image
 * @height: rows
 * @layout: of its split rows
 * @small: whether width or height is under a window's side
 * @band: rows of a band: a step, or a window where one band holds the whole
 *   height
 * @group: patches side by side in a block
 * @patch_rows: rows of patches in a block
 * @across: blocks side by side in a window, 1 or 2
 * @down: rows of blocks in a window, 1 or 2
 * @n_blocks_x: whole blocks in a row
 * @n_blocks_y: rows of whole blocks
 * @n_windows_x: windows in a row
 * @n_windows_y: rows of windows
 * @block_stride: floats of a row of block sums of one feature
 * @n_kept: rows of blocks whose sums are kept; row y is in the place of row
 *   y - @n_kept
 * @blocks: n_distorted times @n_kept times n_features times @block_stride:
 *   block sums of the reference's features less those of the distorted image's
 * @row_sums: n_distorted times @n_windows_y sums of window values
 *
 * Buffers are owned by the windows.
 */
typedef struct
{
  guint width;
  guint height;
  PerceptualSplitLayout layout;
  gboolean small;
  guint band;
  guint group;
  guint patch_rows;
  guint across;
  guint down;
  guint n_blocks_x;
  guint n_blocks_y;
  guint n_windows_x;
  guint n_windows_y;
  gsize block_stride;

  guint n_images;
  guint n_kept;
  gfloat *blocks;
  gdouble *row_sums;
} PerceptualWindows;

/* Fills in the geometry alone: everything up to block_stride.  @side: rows and
 * columns of a window, even, at most 32 */
void perceptual_windows_cut (
    PerceptualWindows *windows, guint side, guint width, guint height);

/**
 * perceptual_windows_init:
 * @windows: (out): zeroed memory
 * @side: rows and columns of a window, even, at most 32
 * @width: columns of the images
 * @height: rows
 * @n_images: the reference and the distorted images, at least 2
 * @n_features: features per patch
 * @rows: rows of blocks to keep, at least 2
 *
 * Returns: FALSE with PERCEPTUAL_ERROR_NO_MEMORY; clear the windows then too.
 */
gboolean perceptual_windows_init (PerceptualWindows *windows, guint side,
    guint width, guint height, guint n_images, guint n_features, guint rows,
    GError **error);
void perceptual_windows_clear (PerceptualWindows *windows);

/* The block sums of feature 0 in row @y of blocks, one of the last that were
 * measured, of distorted image @i; feature f is f * block_stride further on. */
static inline gfloat *
perceptual_windows_blocks (
    const PerceptualWindows *windows, guint i, guint y, guint n_features)
{
  return windows->blocks
      + ((gsize) i * windows->n_kept + y % windows->n_kept) * n_features
      * windows->block_stride;
}

/**
 * perceptual_windows_measure:
 * @windows: those of an image of which the row's bands were measured last
 * @i: distorted image
 * @y: row of windows
 * @n_features: features per patch
 * @values: (out): n_windows_x values: the squared distance of the windows'
 *   mean features, mean over features
 */
void perceptual_windows_measure (const PerceptualWindows *windows, guint i,
    guint y, guint n_features, gfloat *values);

G_END_DECLS

#endif /* PERCEPTUAL_WINDOWS_H */
