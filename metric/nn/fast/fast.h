/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * precision=fast: the two images of a pair go through the network as their sum
 * s = a + b and their difference d = a - b, both rounded to bfloat16, and are
 * multiplied by halved filters in bfloat16 with float32 sums:
 *
 *   a' = max (0, (W/2 s + bias) + W/2 d),
 *   b' = max (0, (W/2 s + bias) - W/2 d).
 *
 * That costs as many products as the two images would.  But what rounding does
 * to s it does to both images alike, and what it does to d is small beside d,
 * however alike the images are: so the distance's relative error is that of a
 * bfloat16 also where two images differ in the last bit of a sample.  Equal
 * images have d = 0 throughout, and swapping them only turns its sign.
 *
 * Products are direct: bfloat16 is too coarse for Winograd's sums, and matrix
 * units are fast enough without.  Every output is added up in one order:
 * segments, their steps, and within a step first the products of even and
 * those of odd numbers, each in turn, then the two sums, then all that to what
 * the steps before made.  That is what AMX does, and products of bfloat16
 * numbers are exact, so all tables here give the same bits but for numbers
 * below 1e-38, which AMX takes for 0.
 */
#ifndef PERCEPTUAL_NN_FAST_H
#define PERCEPTUAL_NN_FAST_H

#include "machine/cpu.h"
#include "perceptual.h"

G_BEGIN_DECLS

/* Numbers of a row that are multiplied in one step, and output columns of one
 * tile of a packed filter: STEP * COLUMNS numbers, in pairs of rows. */
#define PERCEPTUAL_FAST_STEP 32
#define PERCEPTUAL_FAST_COLUMNS 16
/* Columns that are multiplied at once: a panel. */
#define PERCEPTUAL_FAST_PANEL 32
/* Pixels that are multiplied at once.  Up to as many less one may be read
 * behind the last. */
#define PERCEPTUAL_FAST_PIXELS 16
/* Numbers of an entered pixel: of the sum, those of R, G, B in 0..255 less 255
 * (so 8-bit ones are exact) and 1 inside the image; of the difference, those of
 * R, G, B and 0. */
#define PERCEPTUAL_FAST_ENTRY 4

/**
 * PerceptualFastProduct:
 * @n: pixels, at least 1
 * @segments: parts of one row of the matrix, see PerceptualProduct
 * @steps: steps of each part
 * @offsets: where they begin, from the part's first number on
 * @sum: @segments pointers to the first pixel of the images' sum
 * @difference: the same of their difference
 * @stride: numbers from one pixel to the next
 * @filters: panel by panel, 32 columns each but for the last one
 * @bias: a number for each column
 * @columns: outputs, a multiple of 16
 * @features: (nullable): where a' and b' go
 * @feature_stride: floats from one pixel to the next
 * @to: (nullable): where their sum and difference go
 * @to_stride: numbers from one pixel to the next
 *
 * Outputs of neighbouring pixels of a row.
 */
typedef struct
{
  guint n;
  guint segments;
  guint steps;
  const guint *offsets;
  const guint16 *const *sum;
  const guint16 *const *difference;
  gsize stride;
  const guint16 *filters;
  const gfloat *bias;
  guint columns;
  gfloat *features[2];
  gsize feature_stride;
  guint16 *to[2];
  gsize to_stride;
} PerceptualFastProduct;

/**
 * PerceptualFastKernels:
 * @name: of the instruction set
 * @arithmetic: for the log
 * @begin: (nullable): before the first product of a job, on its thread
 * @end: (nullable): after the last
 * @multiply: computes one product
 * @max_pool: one row of @n outputs: the maximum over @size x @size pixels of
 *   each image, see PerceptualKernels
 * @gather: copies what @n outputs of a first layer see, side by side: the
 *   colours of @size x @size entered pixels, then what is the last one's fourth
 *   number, then zeros; @stride: pixels from one output to the next.  Each of
 *   them has PERCEPTUAL_FAST_STEP numbers
 * @enter: enters @n pixels of two images
 *
 * The loops of one instruction set.
 */
typedef struct
{
  const gchar *name;
  const gchar *arithmetic;
  void (*begin) (void);
  void (*end) (void);
  void (*multiply) (const PerceptualFastProduct *product);
  void (*max_pool) (const guint16 *const *sum, const guint16 *const *difference,
      guint size, guint stride, guint width, guint channels, guint n,
      guint16 *to_sum, guint16 *to_difference);
  void (*gather) (const guint16 *const *rows, guint size, guint stride, guint n,
      guint16 *to);
  void (*enter) (const guint8 *a, const guint8 *b, PerceptualPixels pixels,
      guint n, guint16 *to_sum, guint16 *to_difference);
} PerceptualFastKernels;

/* Returns: (transfer none) (nullable): the table that is faster than exact
 * products on this machine, or NULL where there is none. */
const PerceptualFastKernels *perceptual_fast_kernels (void);

/* For tests: every table that this machine can run, the plainest first;
 * NULL-terminated.  @tables has room for 5. */
void perceptual_fast_kernels_list (const PerceptualFastKernels **tables);

G_END_DECLS

#endif /* PERCEPTUAL_NN_FAST_H */
