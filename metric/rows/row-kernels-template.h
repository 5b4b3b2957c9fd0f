/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The row kernels as loops that a compiler turns into vector code of whatever
 * width it was told to use; included once by each instruction set's file,
 * which defines ROW_KERNELS, the name of the table to make.  What the ORC
 * programs do in several passes over a row is fused here.
 */
#include "rows/row-kernels.h"
#include "rows/ssim-terms.h"

/* Before a loop: no step needs what another one writes.  Clang warns where its
 * pragma for this does not lead to vector code, so it has to find out by
 * itself.
 */
#ifdef __clang__
#define INDEPENDENT_STEPS
#else
#define INDEPENDENT_STEPS _Pragma ("GCC ivdep")
#endif

static void
split (
    gfloat *restrict even, gfloat *restrict odd, const gfloat *samples, guint n)
{
  for (gsize i = 0; i < n; i++) {
    even[i] = samples[2 * i];
    odd[i] = samples[2 * i + 1];
  }
}

static void
squares (gfloat *restrict sq, gfloat *restrict sd, const gfloat *a,
    const gfloat *b, guint n)
{
  for (gsize i = 0; i < n; i++) {
    gfloat s = a[i] + b[i], d = a[i] - b[i];

    sq[i] = (s * s + d * d) / 2;
    sd[i] = d * d;
  }
}

static inline __attribute__ ((always_inline)) void
weigh_n (gfloat *restrict d, const gfloat *const *rows, const gfloat *weights,
    guint n_weights, guint n)
{
  INDEPENDENT_STEPS
  for (gsize i = 0; i < n; i++) {
    gfloat sum = 0;

#pragma GCC unroll 16
    for (guint k = 0; k < n_weights; k++)
      sum += weights[k] * rows[k][i];
    d[i] = sum;
  }
}

static void
weigh (gfloat *restrict d, const gfloat *const *rows, const gfloat *weights,
    guint n_weights, guint n)
{
  const gfloat *row[11];
  gfloat weight[11];

  /* Every image of a usual size takes eleven taps: a constant lets the
   * compiler unroll them.  They are copied because the compiler must assume
   * that a store to @d changes @rows and @weights. */
  if (n_weights == 11) {
    for (guint k = 0; k < 11; k++) {
      row[k] = rows[k];
      weight[k] = weights[k];
    }
    weigh_n (d, row, weight, 11, n);
  } else {
    weigh_n (d, rows, weights, n_weights, n);
  }
}

static void
difference (gfloat *restrict q, const gfloat *ma, const gfloat *mb,
    const gfloat *mq, const gfloat *md, guint n)
{
  for (gsize i = 0; i < n; i++)
    q[i] = perceptual_one_less_ssim (ma[i], mb[i], mq[i], md[i]);
}

static void
contrast (gfloat *restrict q, const gfloat *ma, const gfloat *mb,
    const gfloat *mq, const gfloat *md, guint n)
{
  for (gsize i = 0; i < n; i++)
    q[i] = perceptual_one_less_contrast (ma[i], mb[i], mq[i], md[i]);
}

const PerceptualRowKernels ROW_KERNELS = {
  .split = split,
  .squares = squares,
  .weigh = weigh,
  .difference = difference,
  .contrast = contrast,
};
