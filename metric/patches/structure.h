/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The structure half of mmd-ssim: 1 - SSIM (Wang et al. 2004) in 8x8 boxes of
 * luma at every second pixel, summed over what a 16x16 window holds of them.
 * Fed two rows at a time; keeps eight of them.
 */
#ifndef PERCEPTUAL_STRUCTURE_H
#define PERCEPTUAL_STRUCTURE_H

#include "patches/split-rows.h"

G_BEGIN_DECLS

/* Rows and columns of cells (2x2 pixels) in a box, of box positions in a
 * window, and from one window to the next. */
#define PERCEPTUAL_BOX_CELLS 4
#define PERCEPTUAL_BOXES 5
#define PERCEPTUAL_WINDOW_CELLS 4

typedef struct _PerceptualStructure PerceptualStructure;

/* @kernels: for this machine.
 * @widest: the layout of the widest rows that will be pushed.  NULL with
 * PERCEPTUAL_ERROR_NO_MEMORY. */
PerceptualStructure *perceptual_structure_new (
    const PerceptualRowKernels *kernels, const PerceptualSplitLayout *widest,
    GError **error);
void perceptual_structure_free (PerceptualStructure *self);

/* Start a new strip of rows of @layout with @n_windows windows side by side.
 * Strips start at multiples of 8 rows, which keeps the order of additions,
 * and so every bit, independent of where strips are cut. */
void perceptual_structure_start (PerceptualStructure *self,
    const PerceptualSplitLayout *layout, guint n_windows);

/**
 * perceptual_structure_push:
 * @a0: a split row of the reference, at an even y
 * @a1: the row below it
 * @b0: the same row of the distorted image
 * @b1: the row below it
 * @sums: (out): n_windows sums of 1 - SSIM over the PERCEPTUAL_BOXES boxes
 *   that start six rows above @a0 (at the fourth push since the start, at the
 *   first one's row) and in the columns of each window
 *
 * Returns: whether @sums was written: not in the first three pushes.
 */
gboolean perceptual_structure_push (PerceptualStructure *self, gfloat *a0,
    gfloat *a1, gfloat *b0, gfloat *b1, gfloat *sums);

/**
 * perceptual_structure_small:
 * @a: rows of the reference as split rows, @height of them
 * @b: rows of the distorted image
 * @layout: of all rows
 * @height: rows
 * @left: first column of the window
 * @width: columns of the window, 1..16
 *
 * The same for windows that an image under 16 pixels high or wide leaves:
 * boxes shrink with the window.
 *
 * Returns: the mean of 1 - SSIM over the window's boxes, 0..2.
 */
gdouble perceptual_structure_small (gfloat *const *a, gfloat *const *b,
    const PerceptualSplitLayout *layout, guint height, guint left, guint width);

G_END_DECLS

#endif /* PERCEPTUAL_STRUCTURE_H */
