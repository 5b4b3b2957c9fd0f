/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pyramid level of a patch metric: how it is cut into bands, blocks and
 * windows, and the sums kept of it.
 *
 * Windows step by half their side.  A band is a step of rows; it yields one
 * row of blocks (step x step pixels), and two rows of blocks yield one row of
 * windows.  For mmd-ms a window is 16x16 pixels, and a block 8x8 pixels with
 * 4x4 patches at every second row and column.  An axis shorter than a window
 * has one window, which is then a single block of all its patches.
 */
#ifndef PERCEPTUAL_LEVEL_H
#define PERCEPTUAL_LEVEL_H

#include "distance-map.h"
#include "patches/split-rows.h"

G_BEGIN_DECLS

/**
 * PerceptualWindowShape:
 * @window: rows and columns of a window, in pixels, even, at most 32
 * @patch_step: pixels from one patch to the next, 1 or 2
 */
typedef struct
{
  guint window;
  guint patch_step;
} PerceptualWindowShape;

/**
 * PerceptualLevel:
 * @width: columns of the level
 * @height: rows
 * @layout: of its split rows
 * @small: whether width or height is under a window's side
 * @band: rows of a band: a step, or a window where one band holds the whole
 *   height
 * @n_bands: bands, the last one may be cut
 * @group: patches side by side in a block
 * @patch_rows: rows of patches in a block
 * @across: blocks side by side in a window, 1 or 2
 * @down: rows of blocks in a window, 1 or 2
 * @n_blocks_x: whole blocks in a row
 * @n_blocks_y: rows of whole blocks
 * @n_windows_x: windows in a row
 * @n_windows_y: rows of windows
 * @block_stride: floats of a row of block sums of one feature
 * @patch_step: pixels from one patch to the next
 * @n_structure: rows of @structure per distorted image
 * @planes: n_images pointers to @height split rows; NULL entries at level 0,
 *   whose rows are loaded when they are needed.  Image 0 is the reference.
 * @blocks: n_distorted times @n_blocks_y times n_features times
 *   @block_stride: block sums of the reference's features less those of the
 *   distorted image's
 * @structure: n_distorted times @n_structure times @n_windows_x: sums of
 *   1 - SSIM over the boxes of a window that start in one row of 2x2 cells;
 *   if @small, one row of windows' means per row of windows.  NULL for mmd-ms.
 * @row_sums: n_distorted times @n_windows_y sums of window values
 * @windows: n_distorted times @n_windows_y times @n_windows_x window values;
 *   NULL unless a distance map is wanted
 *
 * Buffers are owned by the level.
 */
typedef struct
{
  guint width;
  guint height;
  PerceptualSplitLayout layout;
  gboolean small;
  guint band;
  guint n_bands;
  guint group;
  guint patch_rows;
  guint across;
  guint down;
  guint n_blocks_x;
  guint n_blocks_y;
  guint n_windows_x;
  guint n_windows_y;
  gsize block_stride;
  guint patch_step;
  guint n_structure;

  guint n_images;
  gfloat **planes;
  gfloat *blocks;
  gfloat *structure;
  gdouble *row_sums;
  gfloat *windows;
} PerceptualLevel;

/* Fills in the geometry alone: everything up to n_structure. */
void perceptual_level_cut (PerceptualLevel *level,
    const PerceptualWindowShape *shape, guint width, guint height);

/**
 * perceptual_level_init:
 * @level: (out): zeroed memory
 * @shape: of its windows
 * @index: 0 for the image itself
 * @width: columns
 * @height: rows
 * @n_images: the reference and the distorted images, at least 2
 * @n_features: features per patch
 * @with_structure: whether @structure is needed; @shape is then the one of
 *   structure.h: 16 pixels
 *
 * Returns: FALSE with PERCEPTUAL_ERROR_NO_MEMORY; clear the level then too.
 */
gboolean perceptual_level_init (PerceptualLevel *level,
    const PerceptualWindowShape *shape, guint index, guint width, guint height,
    guint n_images, guint n_features, gboolean with_structure, GError **error);
void perceptual_level_clear (PerceptualLevel *level);

/* Has the level keep @windows, or not.  Returns: FALSE with
 * PERCEPTUAL_ERROR_NO_MEMORY. */
gboolean perceptual_level_keep_windows (
    PerceptualLevel *level, gboolean keep, GError **error);

/* The block sums of feature 0 in row @y of blocks of distorted image @i;
 * feature f is f * block_stride further on. */
static inline gfloat *
perceptual_level_blocks (
    const PerceptualLevel *level, guint i, guint y, guint n_features)
{
  return level->blocks
      + ((gsize) i * level->n_blocks_y + y) * n_features * level->block_stride;
}

static inline gfloat *
perceptual_level_structure (const PerceptualLevel *level, guint i, guint row)
{
  return level->structure
      + ((gsize) i * level->n_structure + row) * level->n_windows_x;
}

/**
 * perceptual_level_windows:
 * @level: a level whose bands have all been measured
 * @i: distorted image
 * @y: row of windows
 * @n_features: features per patch
 * @values: (out): room for 2 * n_windows_x floats, of which the first half
 *   become the window values: the MMD, or its geometric mean with the
 *   structure where there is one; the second half is scratch
 */
void perceptual_level_windows (const PerceptualLevel *level, guint i, guint y,
    guint n_features, gfloat *values);

/**
 * perceptual_level_map_grid:
 * @level: a level whose windows have been kept
 * @shape: of its windows
 * @index: 0 for the image itself
 * @i: distorted image
 *
 * Returns: the windows' values at the windows' centres.  Sample n of level
 * @index lies at pixel n * 2^@index of the image, since a level keeps every
 * second sample of the one above it.
 */
PerceptualMapGrid perceptual_level_map_grid (const PerceptualLevel *level,
    const PerceptualWindowShape *shape, guint index, guint i);

G_END_DECLS

#endif /* PERCEPTUAL_LEVEL_H */
