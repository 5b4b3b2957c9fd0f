/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses the row kernels, and has the lowest level of them, made of ORC
 * programs.
 */
#include "rows/row-kernels.h"
#include "config.h"
#include "pixels-orc.h"
#include "rows/row-programs.h"
#include "rows/ssim-terms.h"

/* In plain C: ORC would take one pair at a time. */
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
pyramid (gfloat *d, const gfloat *a, const gfloat *b, const gfloat *c,
    const gfloat *e, const gfloat *f, guint n)
{
  perceptual_row_programs ()->pyramid_rows (d, a, b, c, e, f, (int) n);
}

/* In plain C, which compilers make vector code of: ORC has too few registers
 * for it. */
static void
difference (gfloat *restrict q, const gfloat *ma, const gfloat *mb,
    const gfloat *mq, const gfloat *md, guint n)
{
  for (gsize i = 0; i < n; i++)
    q[i] = perceptual_one_less_ssim (ma[i], mb[i], mq[i], md[i]);
}

static void
cells (gfloat *const sums[PERCEPTUAL_N_SUMS], PerceptualRowArrays a[2],
    PerceptualRowArrays b[2], guint n, gfloat *scratch, gsize n_scratch)
{
  gfloat *luma[2][2][2]; /* image, row, parity */
  gfloat *work[4];

  for (guint i = 0; i < 8; i++) {
    PerceptualRowArrays *rows = i < 4 ? a : b;
    guint row = i / 2 % 2, parity = i % 2;
    gfloat *y = scratch + i * n_scratch;

    perceptual_orc_luma (y, rows[row][0][parity], rows[row][1][parity],
        rows[row][2][parity], (int) n);
    luma[i / 4][row][parity] = y;
  }
  for (guint i = 0; i < 4; i++)
    work[i] = scratch + (8 + i) * n_scratch;
  for (guint image = 0; image < 2; image++)
    perceptual_orc_add4 (sums[image], luma[image][0][0], luma[image][0][1],
        luma[image][1][0], luma[image][1][1], (int) n);
  for (guint parity = 0; parity < 2; parity++)
    perceptual_orc_squares (work[parity], work[2 + parity], luma[0][0][parity],
        luma[1][0][parity], luma[0][1][parity], luma[1][1][parity], (int) n);
  perceptual_orc_add2 (sums[2], work[0], work[1], (int) n);
  perceptual_orc_add2 (sums[3], work[2], work[3], (int) n);
}

static void
structure (gfloat *q, gfloat *const rows[4][PERCEPTUAL_N_SUMS], guint n,
    gfloat *scratch, gsize n_scratch)
{
  gfloat *tall = scratch;
  gfloat *boxes[PERCEPTUAL_N_SUMS];

  for (guint i = 0; i < PERCEPTUAL_N_SUMS; i++) {
    boxes[i] = scratch + (i + 1) * n_scratch;
    perceptual_orc_add4 (
        tall, rows[0][i], rows[1][i], rows[2][i], rows[3][i], (int) n + 3);
    perceptual_orc_mean4 (
        boxes[i], tall, tall + 1, tall + 2, tall + 3, (int) n);
  }
  difference (q, boxes[0], boxes[1], boxes[2], boxes[3], n);
}

static void
squares (gfloat *sq, gfloat *sd, const gfloat *a, const gfloat *b, guint n)
{
  perceptual_row_programs ()->squares_row (sq, sd, a, b, (int) n);
}

static void
weigh (gfloat *d, const gfloat *const *rows, const gfloat *weights,
    guint n_weights, guint n)
{
  const PerceptualRowPrograms *programs = perceptual_row_programs ();

  programs->scale (d, rows[0], weights[0], (int) n);
  for (guint k = 1; k < n_weights; k++)
    programs->add_scaled (d, rows[k], weights[k], (int) n);
}

/* In plain C, which compilers turn into vector code; one division per entry. */
static void
contrast (gfloat *restrict q, const gfloat *ma, const gfloat *mb,
    const gfloat *mq, const gfloat *md, guint n)
{
  for (gsize i = 0; i < n; i++)
    q[i] = perceptual_one_less_contrast (ma[i], mb[i], mq[i], md[i]);
}

const PerceptualRowKernels perceptual_row_kernels_orc = {
  .split = split,
  .pyramid = pyramid,
  .cells = cells,
  .structure = structure,
  .squares = squares,
  .weigh = weigh,
  .difference = difference,
  .contrast = contrast,
};

const PerceptualRowKernels *
perceptual_row_kernels (PerceptualCpu cpu)
{
#ifdef HAVE_X86_KERNELS
  if (cpu == PERCEPTUAL_CPU_AVX512)
    return &perceptual_row_kernels_avx512;
  if (cpu == PERCEPTUAL_CPU_AVX2)
    return &perceptual_row_kernels_avx2;
#endif
  return &perceptual_row_kernels_orc;
}
