/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of ycbcr-rows.h, which a compiler turns into vector code of
 * whatever width it was told to use; included once by each instruction set's
 * file, which defines YCBCR_ROWS, the name of the table to make.  They are
 * compiled without contraction of products and sums, so that all tables give
 * the same bits.
 */
#include "frames/ycbcr-kernels.h"

static void
load8 (gfloat *restrict out, const guint8 *in, gsize step, guint n)
{
  if (step == 1) {
    for (gsize i = 0; i < n; i++)
      out[i] = in[i];
  } else {
    for (gsize i = 0; i < n; i++)
      out[i] = in[i * step];
  }
}

static void
load16 (
    gfloat *restrict out, const guint8 *in, gsize step, guint shift, guint n)
{
  const guint16 *words = (gconstpointer) in;

  if (step == 2) {
    for (gsize i = 0; i < n; i++)
      out[i] = words[i] >> shift;
  } else {
    for (gsize i = 0; i < n; i++)
      out[i] = *(const guint16 *) (gconstpointer) (in + i * step) >> shift;
  }
}

static void
blend (gfloat *out, const gfloat *a, const gfloat *b, gfloat weight, guint n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = a[i] + (b[i] - a[i]) * weight;
}

static void
widen (gfloat *restrict out, const gfloat *c, gfloat even, gfloat odd, guint n)
{
  for (gsize i = 0; i < n; i++) {
    gfloat left = c[(gssize) i - 1], here = c[i], right = c[i + 1];

    out[2 * i] = here - even * (here - left);
    out[2 * i + 1] = here + odd * (right - here);
  }
}

static inline gfloat
clamp (gfloat value, gfloat top)
{
  value = value < 0 ? 0 : value;
  return (value > top ? top : value) + 0.5f;
}

static void
rgb8 (guint8 *restrict out, const gfloat *y, const gfloat *u, const gfloat *v,
    const PerceptualYcbcrMatrix *matrix, guint n)
{
  const PerceptualYcbcrMatrix m = *matrix;
  guint32 *restrict pixels = (gpointer) out;

  for (gsize i = 0; i < n; i++) {
    gfloat luma = m.y * (y[i] - m.luma_zero);
    gfloat cb = u[i] - m.chroma_zero, cr = v[i] - m.chroma_zero;
    gint r = (gint) clamp (luma + m.rv * cr, 255);
    gint g = (gint) clamp (luma + (m.gu * cb + m.gv * cr), 255);
    gint b = (gint) clamp (luma + m.bu * cb, 255);

    pixels[i] = (guint32) r | (guint32) g << 8 | (guint32) b << 16;
  }
}

static void
rgb16 (guint16 *restrict out, const gfloat *y, const gfloat *u, const gfloat *v,
    const PerceptualYcbcrMatrix *matrix, guint n)
{
  const PerceptualYcbcrMatrix m = *matrix;
  guint64 *restrict pixels = (gpointer) out;

  for (gsize i = 0; i < n; i++) {
    gfloat luma = m.y * (y[i] - m.luma_zero);
    gfloat cb = u[i] - m.chroma_zero, cr = v[i] - m.chroma_zero;
    guint64 r = (guint32) (gint) clamp (luma + m.rv * cr, 65535);
    guint64 g = (guint32) (gint) clamp (luma + (m.gu * cb + m.gv * cr), 65535);
    guint64 b = (guint32) (gint) clamp (luma + m.bu * cb, 65535);

    pixels[i] = r | g << 16 | b << 32;
  }
}

static void
range8 (guint8 *restrict out, const gfloat *r, const gfloat *g, const gfloat *b,
    const PerceptualYcbcrMatrix *matrix, guint n)
{
  const gfloat scale = matrix->y, zero = matrix->luma_zero;
  guint32 *restrict pixels = (gpointer) out;

  for (gsize i = 0; i < n; i++) {
    gint red = (gint) clamp (scale * (r[i] - zero), 255);
    gint green = (gint) clamp (scale * (g[i] - zero), 255);
    gint blue = (gint) clamp (scale * (b[i] - zero), 255);

    pixels[i] = (guint32) red | (guint32) green << 8 | (guint32) blue << 16;
  }
}

static void
range16 (guint16 *restrict out, const gfloat *r, const gfloat *g,
    const gfloat *b, const PerceptualYcbcrMatrix *matrix, guint n)
{
  const gfloat scale = matrix->y, zero = matrix->luma_zero;
  guint64 *restrict pixels = (gpointer) out;

  for (gsize i = 0; i < n; i++) {
    guint64 red = (guint32) (gint) clamp (scale * (r[i] - zero), 65535);
    guint64 green = (guint32) (gint) clamp (scale * (g[i] - zero), 65535);
    guint64 blue = (guint32) (gint) clamp (scale * (b[i] - zero), 65535);

    pixels[i] = red | green << 16 | blue << 32;
  }
}

const PerceptualYcbcrRows YCBCR_ROWS = {
  .load8 = load8,
  .load16 = load16,
  .blend = blend,
  .widen = widen,
  .rgb8 = rgb8,
  .rgb16 = rgb16,
  .range8 = range8,
  .range16 = range16,
};
