/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Splitting rows, and SSIM's sums on whole rows.  There is one table of
 * kernels for each level of the CPU; the lowest one runs ORC programs, which
 * need no compiler flags and work on any machine that ORC knows.
 */
#ifndef PERCEPTUAL_ROW_KERNELS_H
#define PERCEPTUAL_ROW_KERNELS_H

#include "machine/cpu.h"

G_BEGIN_DECLS

typedef struct
{
  /* even[i] = samples[2 i], odd[i] = samples[2 i + 1]. */
  void (*split) (gfloat *even, gfloat *odd, const gfloat *samples, guint n);

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
