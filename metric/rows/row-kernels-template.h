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
pyramid (gfloat *restrict d, const gfloat *a, const gfloat *b, const gfloat *c,
    const gfloat *e, const gfloat *f, guint n)
{
  for (gsize i = 0; i < n; i++)
    d[i] = ((a[i] + f[i]) + 4 * (b[i] + e[i]) + 6 * c[i]) * 0.0625f;
}

static void
luma (gfloat *restrict y, const gfloat *r, const gfloat *g, const gfloat *b,
    guint n)
{
  for (gsize i = 0; i < n; i++)
    y[i] = 0.299f * r[i] + 0.587f * g[i] + 0.114f * b[i] - 127.5f;
}

static void
cells (gfloat *const sums[PERCEPTUAL_N_SUMS], PerceptualRowArrays a[2],
    PerceptualRowArrays b[2], guint n, gfloat *scratch, gsize n_scratch)
{
  gfloat *restrict sum_a = sums[0];
  gfloat *restrict sum_b = sums[1];
  gfloat *restrict sum_q = sums[2];
  gfloat *restrict sum_d = sums[3];
  const gfloat *la = scratch;
  const gfloat *lb = scratch + 4 * n_scratch;

  for (guint k = 0; k < 8; k++) {
    PerceptualRowArrays *row = k < 4 ? &a[k / 2] : &b[k / 2 - 2];
    guint parity = k % 2;

    luma (scratch + k * n_scratch, (*row)[0][parity], (*row)[1][parity],
        (*row)[2][parity], n);
  }
  INDEPENDENT_STEPS
  for (gsize i = 0; i < n; i++) {
    gfloat sa = 0, sb = 0, sq = 0, sd = 0;

#pragma GCC unroll 4
    for (guint k = 0; k < 4; k++) {
      gfloat ya = la[k * n_scratch + i];
      gfloat yb = lb[k * n_scratch + i];

      sa += ya;
      sb += yb;
      sq += (ya + yb) * (ya + yb) + (ya - yb) * (ya - yb);
      sd += (ya - yb) * (ya - yb);
    }
    sum_a[i] = sa;
    sum_b[i] = sb;
    sum_q[i] = sq / 2;
    sum_d[i] = sd;
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

static inline gfloat
box_mean (const gfloat *sums, gsize i)
{
  return ((sums[i] + sums[i + 1]) + (sums[i + 2] + sums[i + 3])) / 64;
}

static void
structure (gfloat *restrict q, gfloat *const rows[4][PERCEPTUAL_N_SUMS],
    guint n, gfloat *scratch, gsize n_scratch)
{
  const gfloat *ta = scratch, *tb = scratch + n_scratch;
  const gfloat *tq = scratch + 2 * n_scratch, *td = scratch + 3 * n_scratch;

  for (guint k = 0; k < PERCEPTUAL_N_SUMS; k++) {
    gfloat *restrict tall = scratch + k * n_scratch;
    const gfloat *r0 = rows[0][k], *r1 = rows[1][k];
    const gfloat *r2 = rows[2][k], *r3 = rows[3][k];

    for (gsize i = 0; i < n + 3; i++)
      tall[i] = (r0[i] + r1[i]) + (r2[i] + r3[i]);
  }
  INDEPENDENT_STEPS
  for (gsize i = 0; i < n; i++)
    q[i] = perceptual_one_less_ssim (
        box_mean (ta, i), box_mean (tb, i), box_mean (tq, i), box_mean (td, i));
}

const PerceptualRowKernels ROW_KERNELS = {
  .split = split,
  .pyramid = pyramid,
  .cells = cells,
  .structure = structure,
  .squares = squares,
  .weigh = weigh,
  .difference = difference,
  .contrast = contrast,
};
