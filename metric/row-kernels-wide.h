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
pyramid (gfloat *restrict d, const gfloat *a, const gfloat *b, const gfloat *c,
    const gfloat *e, const gfloat *f, guint n)
{
  for (guint i = 0; i < n; i++)
    d[i] = ((a[i] + f[i]) + 4 * (b[i] + e[i]) + 6 * c[i]) * 0.0625f;
}

static inline gfloat
luma (PerceptualRowArrays rows, guint parity, guint i)
{
  return 0.299f * rows[0][parity][i] + 0.587f * rows[1][parity][i]
      + 0.114f * rows[2][parity][i] - 127.5f;
}

static void
cells (gfloat *const sums[PERCEPTUAL_N_SUMS], PerceptualRowArrays a[2],
    PerceptualRowArrays b[2], guint n, gfloat *scratch, gsize n_scratch)
{
  gfloat *restrict sum_a = sums[0];
  gfloat *restrict sum_b = sums[1];
  gfloat *restrict sum_q = sums[2];
  gfloat *restrict sum_d = sums[3];

#pragma GCC ivdep
  for (guint i = 0; i < n; i++) {
    gfloat sa = 0, sb = 0, sq = 0, sd = 0;

    for (guint k = 0; k < 4; k++) {
      gfloat la = luma (a[k / 2], k % 2, i);
      gfloat lb = luma (b[k / 2], k % 2, i);

      sa += la;
      sb += lb;
      sq += la * la + lb * lb;
      sd += (la - lb) * (la - lb);
    }
    sum_a[i] = sa;
    sum_b[i] = sb;
    sum_q[i] = sq;
    sum_d[i] = sd;
  }
}

static inline gfloat
four (const gfloat *sums, guint i)
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

    for (guint i = 0; i < n + 3; i++)
      tall[i] = (r0[i] + r1[i]) + (r2[i] + r3[i]);
  }
  /* As perceptual_orc_structure: l + c - l c. */
#pragma GCC ivdep
  for (guint i = 0; i < n; i++) {
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
    .pyramid = pyramid,
    .cells = cells,
    .structure = structure,
};
