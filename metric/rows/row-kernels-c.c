/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses the row kernels, and has the lowest level of them, made of ORC
 * programs.
 */
#include "rows/row-kernels.h"
#include "config.h"
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
