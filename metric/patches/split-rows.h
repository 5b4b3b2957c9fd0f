/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Split rows: how the patch metrics hold pixels.  A row of an image is six
 * float arrays, for each of R, G, B one with the even and one with the odd
 * columns, samples in 0..255 (16-bit samples divided by 257).  The arrays
 * carry a margin on both sides that holds the reflected columns -2, -1, width,
 * width + 1 (no edge repeat), so that filters and patches read them with plain
 * vector loads.
 */
#ifndef PERCEPTUAL_SPLIT_ROWS_H
#define PERCEPTUAL_SPLIT_ROWS_H

#include "perceptual.h"
#include "rows/row-kernels.h"

G_BEGIN_DECLS

/* Floats before column 0 and at least that many zeroed or stale, but always
 * readable, after the last column of every array. */
#define PERCEPTUAL_SPLIT_LEAD 16
#define PERCEPTUAL_SPLIT_TAIL 64

/**
 * PerceptualSplitLayout:
 * @width: columns of the image
 * @half: entries of an array: (width + 1) / 2
 * @segment: floats from one array to the next
 * @row: floats from one row to the next, 6 * @segment
 */
typedef struct
{
  guint width;
  guint half;
  gsize segment;
  gsize row;
} PerceptualSplitLayout;

/* What lies beyond an edge: index @i of a line of @n samples, reflected
 * without repeating the edge sample.  @i may be any distance outside. */
guint perceptual_reflect (gint i, guint n);

PerceptualSplitLayout perceptual_split_layout (guint width);

/* The array of @channel (0..2), @parity 0 even or 1 odd, of a row that starts
 * at @row; entry 0 is column 0 or 1. */
static inline gfloat *
perceptual_split_array (const PerceptualSplitLayout *layout, gfloat *row,
    guint channel, guint parity)
{
  return row + (channel * 2 + parity) * layout->segment + PERCEPTUAL_SPLIT_LEAD;
}

/* Floats that perceptual_split_load() needs as scratch for a row. */
gsize perceptual_split_scratch (guint width);

/**
 * perceptual_split_load:
 * @image: where from
 * @y: a row of it
 * @layout: perceptual_split_layout (image->width)
 * @kernels: for this machine
 * @row: (out): layout->row floats
 * @scratch: perceptual_split_scratch() floats, aligned to 64 bytes
 */
void perceptual_split_load (const PerceptualImage *image, guint y,
    const PerceptualSplitLayout *layout, const PerceptualRowKernels *kernels,
    gfloat *row, gfloat *scratch);

G_END_DECLS

#endif /* PERCEPTUAL_SPLIT_ROWS_H */
