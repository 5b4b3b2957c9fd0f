/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of Y'CbCr on their way to RGB: one table of loops for each instruction
 * set, all with the same results to the bit.
 */
#ifndef PERCEPTUAL_YCBCR_ROWS_H
#define PERCEPTUAL_YCBCR_ROWS_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * PerceptualYcbcrMatrix:
 * @y: of luma
 * @rv: of Cr for red
 * @gu: of Cb for green
 * @gv: of Cr for green
 * @bu: of Cb for blue
 * @luma_zero: the sample that is black
 * @chroma_zero: the sample that has no colour
 * @top: 255 or 65535
 *
 * R = y * (Y - luma_zero) + rv * (V - chroma_zero), and so on, then rounded
 * to 0..top.
 */
typedef struct
{
  gfloat y, rv, gu, gv, bu;
  gfloat luma_zero, chroma_zero;
  gfloat top;
} PerceptualYcbcrMatrix;

typedef struct
{
  /* out[i] = the sample at @in + i * @step bytes, 16-bit ones shifted down. */
  void (*load8) (gfloat *out, const guint8 *in, gsize step, guint n);
  void (*load16) (
      gfloat *out, const guint8 *in, gsize step, guint shift, guint n);
  /* out[i] = a[i] + (b[i] - a[i]) * weight.  @out may be @a. */
  void (*blend) (
      gfloat *out, const gfloat *a, const gfloat *b, gfloat weight, guint n);
  /* Twice as many samples: out[2 i] = c[i] - even * (c[i] - c[i - 1]),
   * out[2 i + 1] = c[i] + odd * (c[i + 1] - c[i]), for @n entries of @c, which
   * has one more on each side.  @out has room for 2 @n. */
  void (*widen) (
      gfloat *out, const gfloat *c, gfloat even, gfloat odd, guint n);
  /* @n pixels of R, G, B and a padding sample. */
  void (*rgb8) (guint8 *out, const gfloat *y, const gfloat *u, const gfloat *v,
      const PerceptualYcbcrMatrix *matrix, guint n);
  void (*rgb16) (guint16 *out, const gfloat *y, const gfloat *u,
      const gfloat *v, const PerceptualYcbcrMatrix *matrix, guint n);
  /* The same of R, G, B that only have another range or depth: each becomes
   * y * (sample - luma_zero). */
  void (*range8) (guint8 *out, const gfloat *r, const gfloat *g,
      const gfloat *b, const PerceptualYcbcrMatrix *matrix, guint n);
  void (*range16) (guint16 *out, const gfloat *r, const gfloat *g,
      const gfloat *b, const PerceptualYcbcrMatrix *matrix, guint n);
} PerceptualYcbcrRows;

extern const PerceptualYcbcrRows perceptual_ycbcr_rows_c;
extern const PerceptualYcbcrRows perceptual_ycbcr_rows_avx2;
extern const PerceptualYcbcrRows perceptual_ycbcr_rows_avx512;

/* Returns: the table for this machine, see perceptual_kernel_level(). */
const PerceptualYcbcrRows *perceptual_ycbcr_rows (void);

G_END_DECLS

#endif /* PERCEPTUAL_YCBCR_ROWS_H */
