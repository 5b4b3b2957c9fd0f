/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pyramid filter and SSIM's sums on whole split rows.  There is one table
 * of kernels for each level of the CPU; the lowest one runs ORC programs,
 * which need no compiler flags and work on any machine that ORC knows.
 */
#ifndef PERCEPTUAL_ROW_KERNELS_H
#define PERCEPTUAL_ROW_KERNELS_H

#include "machine/cpu.h"

G_BEGIN_DECLS

/* Sums kept of 2x2 cells and of boxes: of image a, of image b, of
 * a^2 + b^2 and of (a - b)^2, all of luma less 127.5. */
#define PERCEPTUAL_N_SUMS 4

/* The six arrays of a split row: [channel][parity]. */
typedef const gfloat *PerceptualRowArrays[3][2];

typedef struct
{
  /* even[i] = samples[2 i], odd[i] = samples[2 i + 1]. */
  void (*split) (gfloat *even, gfloat *odd, const gfloat *samples, guint n);

  /* d[i] = (a[i] + 4 b[i] + 6 c[i] + 4 e[i] + f[i]) / 16.  @d overlaps no
   * source. */
  void (*pyramid) (gfloat *d, const gfloat *a, const gfloat *b, const gfloat *c,
      const gfloat *e, const gfloat *f, guint n);

  /* The sums of @n cells of two rows of image a and of image b.
   * @scratch: 12 * @n_scratch floats, @n_scratch >= n a multiple of 16. */
  void (*cells) (gfloat *const sums[PERCEPTUAL_N_SUMS],
      PerceptualRowArrays a[2], PerceptualRowArrays b[2], guint n,
      gfloat *scratch, gsize n_scratch);

  /* 1 - SSIM of the @n boxes of 4x4 cells that begin in four rows of @n + 3
   * cells.  @scratch: 5 * @n_scratch floats, @n_scratch >= n + 3. */
  void (*structure) (gfloat *q, gfloat *const cells[4][PERCEPTUAL_N_SUMS],
      guint n, gfloat *scratch, gsize n_scratch);

  /* sq[i] = a[i]^2 + b[i]^2, sd[i] = (a[i] - b[i])^2. */
  void (*squares) (
      gfloat *sq, gfloat *sd, const gfloat *a, const gfloat *b, guint n);

  /* d[i] = sum over k of weights[k] rows[k][i].  @d overlaps no row. */
  void (*weigh) (gfloat *d, const gfloat *const *rows, const gfloat *weights,
      guint n_weights, guint n);

  /* 1 - SSIM from weighed means of a, b, a^2 + b^2 and (a - b)^2, luma less
   * 127.5: l + c - l c with l = (ma - mb)^2 / (ma^2 + mb^2 + C1) and
   * c = var(a - b) / (var(a) + var(b) + C2), which equals 1 - SSIM without
   * subtracting two numbers near 1. */
  void (*difference) (gfloat *q, const gfloat *ma, const gfloat *mb,
      const gfloat *mq, const gfloat *md, guint n);

  /* c alone: 1 - SSIM's contrast-structure term. */
  void (*contrast) (gfloat *q, const gfloat *ma, const gfloat *mb,
      const gfloat *mq, const gfloat *md, guint n);
} PerceptualRowKernels;

/* Returns: (transfer none): the kernels for @cpu, which this machine must
 * have. */
const PerceptualRowKernels *perceptual_row_kernels (PerceptualCpu cpu);

extern const PerceptualRowKernels perceptual_row_kernels_orc;
extern const PerceptualRowKernels perceptual_row_kernels_avx2;
extern const PerceptualRowKernels perceptual_row_kernels_avx512;

G_END_DECLS

#endif /* PERCEPTUAL_ROW_KERNELS_H */
