/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hot loops of the engine: one table of functions per instruction set.
 * kernels-template.h is written once with the compiler's vector types and
 * compiled for each set; machine/cpu.h says which table this machine uses.
 *
 * Arrays hold pixels row by row, the channels of one pixel side by side.
 * Channel counts are multiples of 16.  A `stride` or `offset` counts floats.
 * All functions are thread-safe.
 */
#ifndef PERCEPTUAL_NN_KERNELS_H
#define PERCEPTUAL_NN_KERNELS_H

#include "nn/products.h"
#include "nn/winograd.h"

G_BEGIN_DECLS

/**
 * PerceptualTile:
 * @points: the products' outputs for this tile and its first channel; the
 *   ones of point p are at + p * @point_stride
 * @point_stride: floats from one point to the next
 * @channels: channels to transform
 * @bias: one number per channel, added before max (0, x)
 * @rows: where the tile's rows begin, one pointer per row
 * @offset: from those pointers to the tile's first pixel and channel
 * @pixel: floats from one pixel to the next
 * @n_rows: rows to write, 1..tile side
 * @n_columns: columns to write, 1..tile side
 *
 * One output tile of a Winograd convolution.
 */
typedef struct
{
  const gfloat *points;
  gsize point_stride;
  guint channels;
  const gfloat *bias;
  gfloat *const *rows;
  gsize offset;
  gsize pixel;
  guint n_rows;
  guint n_columns;
} PerceptualTile;

/* Transforms one input tile: side x side pixels of @channels channels, which
 * begin at rows[i] + @offset, into one number per point and channel: point p
 * of channel c goes to @points + p * @point_stride + c. */
typedef void (*PerceptualTileInput) (const gfloat *const *rows, gsize offset,
    guint channels, gfloat *points, gsize point_stride);

/* Transforms one output tile back, adds the bias, rectifies, writes. */
typedef void (*PerceptualTileOutput) (const PerceptualTile *tile);

/**
 * PerceptualTileFilters:
 * @weights: of all outputs, see perceptual_stock_get_weights()
 * @row: of points, 0..side - 1
 * @inputs: channels of the input
 * @first: channel of the output, a multiple of a panel's columns
 * @outputs: channels from there on
 * @to: side matrices of @inputs x @outputs, packed for the products
 * @point_stride: floats from one of them to the next
 *
 * Filters to transform, for one row of Winograd's points.
 */
typedef struct
{
  const gfloat *weights;
  guint row;
  guint inputs;
  guint first;
  guint outputs;
  gfloat *to;
  gsize point_stride;
} PerceptualTileFilters;

/**
 * PerceptualKernels:
 * @products: matrix products
 * @filters: filter transforms by PerceptualWinogradKind, in single precision
 * @input: input transforms by PerceptualWinogradKind
 * @output: output transforms by PerceptualWinogradKind
 * @max_pool: one row of @n outputs: the maximum over @n_rows rows of @size
 *   pixels, beginning at pixel x * @stride of @rows; columns beyond @width - 1
 *   are left out.  rows: @n_rows pointers to pixel 0
 * @compare: for @n pixels: the sum over channels of w (a' - b')^2, where a'
 *   and b' are a and b divided by (their length + 1e-10) when @normalise is
 *   set, a and b themselves otherwise.  @w NULL means all ones.  Equal pixels
 *   give exactly 0.  Source: Zhang et al. 2018, equation 1
 */
typedef struct
{
  const PerceptualProducts *products;
  void (*filters[PERCEPTUAL_WINOGRAD_KINDS]) (
      const PerceptualTileFilters *filters);
  PerceptualTileInput input[PERCEPTUAL_WINOGRAD_KINDS];
  PerceptualTileOutput output[PERCEPTUAL_WINOGRAD_KINDS];
  void (*max_pool) (const gfloat *const *rows, guint n_rows, guint size,
      guint stride, guint width, guint channels, guint n, gfloat *to);
  void (*compare) (const gfloat *a, const gfloat *b, const gfloat *w,
      guint channels, guint n, gboolean normalise, gfloat *to);
} PerceptualKernels;

/* Returns: (transfer none): the table for @level, or the best one below it
 * that was compiled in. */
const PerceptualKernels *perceptual_kernels_table (PerceptualCpu level);

G_END_DECLS

#endif /* PERCEPTUAL_NN_KERNELS_H */
