/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The row kernels as loops that a compiler turns into vector code of whatever
 * width it was told to use; included once by each instruction set's file,
 * which defines ROW_KERNELS, the name of the table to make.  What the ORC
 * programs do in several passes over a row is fused here.
 */
#include "row-kernels.h"

#define C1 6.5025f
#define C2 58.5225f

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
#pragma GCC ivdep
  for (gsize i = 0; i < n; i++) {
    gfloat sa = 0, sb = 0, sq = 0, sd = 0;

#pragma GCC unroll 4
    for (guint k = 0; k < 4; k++) {
      gfloat ya = la[k * n_scratch + i];
      gfloat yb = lb[k * n_scratch + i];

      sa += ya;
      sb += yb;
      sq += ya * ya + yb * yb;
      sd += (ya - yb) * (ya - yb);
    }
    sum_a[i] = sa;
    sum_b[i] = sb;
    sum_q[i] = sq;
    sum_d[i] = sd;
  }
}

static inline gfloat
four (const gfloat *sums, gsize i)
{
  return (sums[i] + sums[i + 1]) + (sums[i + 2] + sums[i + 3]);
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
  /* As perceptual_orc_structure: l + c - l c. */
#pragma GCC ivdep
  for (gsize i = 0; i < n; i++) {
    gfloat ma = four (ta, i) / 64, mb = four (tb, i) / 64;
    gfloat d = (ma - mb) * (ma - mb);
    gfloat vd = four (td, i) / 64 - d;
    gfloat v = four (tq, i) / 64 - ma * ma - mb * mb;
    gfloat c, l;

    vd = vd > 0 ? vd : 0;
    v = v > 0 ? v : 0;
    c = vd / (v + C2);
    ma += 127.5f;
    mb += 127.5f;
    l = d / (ma * ma + mb * mb + C1);
    q[i] = l + c - l * c;
  }
}

const PerceptualRowKernels ROW_KERNELS = {
  .split = split,
  .pyramid = pyramid,
  .cells = cells,
  .structure = structure,
};
