/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of precision=fast, written once.  A fast-*.c defines LANES, KERNELS
 * (the table's name), NAME, and MAXIMUM, WIDEN, NARROW, NARROW_PAIRS and
 * GATHER_3 where the CPU has such instructions; then it includes this.  With
 * PRODUCTS_ELSEWHERE it has a multiply() of its own, and begin() and end().
 */
#include "nn/fast/fast.h"
#include "nn/vectors.h"

#include <string.h>

typedef guint32 UnalignedWords
    __attribute__ ((vector_size (LANES * 4), aligned (2), may_alias));
typedef guint16 Halves __attribute__ ((vector_size (LANES * 2)));
typedef guint16 UnalignedHalves
    __attribute__ ((vector_size (LANES * 2), aligned (2), may_alias));

INLINE Vector
widen (const guint16 *from)
{
#ifdef WIDEN
  return (Vector) (WIDEN (from) << 16);
#else
  return (
      Vector) (__builtin_convertvector(*(const UnalignedHalves *) from, Words)
      << 16);
#endif
}

/* perceptual_bf16() of each lane, in its upper half. */
INLINE Words
round_lanes (Vector v)
{
  Words bits = (Words) v;
  Words rounded = bits + 0x7fff + (bits >> 16 & 1);
  Words nan = (Words) ((bits & 0x7fffffff) > 0x7f800000);
  Words denormal = (Words) ((bits & 0x7f800000) == 0);

  rounded = (rounded & ~nan) | ((bits | 0x400000) & nan);
  return (rounded & ~denormal) | (bits & 0x80000000 & denormal);
}

/* perceptual_bf16() of each lane. */
INLINE void
narrow (guint16 *to, Vector v)
{
#ifdef NARROW
  NARROW (to, v);
#else
  *(UnalignedHalves *) to =
      __builtin_convertvector(round_lanes (v) >> 16, Halves);
#endif
}

/* The same of two vectors, whose lanes come in turns. */
INLINE void
narrow_pairs (guint16 *to, Vector even, Vector odd)
{
#ifdef NARROW_PAIRS
  NARROW_PAIRS (to, even, odd);
#else
  *(UnalignedWords *) to =
      round_lanes (even) >> 16 | (round_lanes (odd) & 0xffff0000);
#endif
}

/* Some channels of one pixel of both images. */
typedef struct
{
  Vector a;
  Vector b;
} Features;

/* From the two products to features, which are stored at @at if they are
 * shown. */
INLINE Features
rectify (const PerceptualFastProduct *p, gsize at, gboolean shown, Vector sum,
    Vector difference, Vector bias)
{
  Vector middle = sum + bias;
  Features features = { maximum ((Vector){ 0 }, middle + difference),
    maximum ((Vector){ 0 }, middle - difference) };

  if (shown) {
    store (p->features[0] + at, features.a);
    store (p->features[1] + at, features.b);
  }
  return features;
}

/* The same, and back to their sum and difference, which are stored at @to_at if
 * they are read.  Both are constants where there is a loop around this. */
INLINE void
finish (const PerceptualFastProduct *p, gsize at, gsize to_at, gboolean shown,
    gboolean read, Vector sum, Vector difference, Vector bias)
{
  Features features = rectify (p, at, shown, sum, difference, bias);

  if (read) {
    narrow (p->to[0] + to_at, features.a + features.b);
    narrow (p->to[1] + to_at, features.a - features.b);
  }
}

#ifndef PRODUCTS_ELSEWHERE

INLINE Vector
spread (guint16 half)
{
  return (Vector) (((guint32) half << 16) - (Words){ 0 });
}

/* One step of some channels of one pixel. */
INLINE Vector
step_sum (const guint16 *a, const guint16 *filters)
{
  Vector even = { 0 }, odd = { 0 };

#pragma GCC unroll 4
  for (guint k = 0; k < PERCEPTUAL_FAST_STEP / 2; k++) {
    Words pair = *(const UnalignedWords *) (filters
        + (gsize) k * 2 * PERCEPTUAL_FAST_COLUMNS);

    even += spread (a[2 * k]) * (Vector) (pair << 16);
    odd += spread (a[2 * k + 1]) * (Vector) (pair & 0xffff0000);
  }
  return even + odd;
}

/* Outputs @c and those after it, LANES in all, of pixel @x. */
INLINE void
multiply_pixel (const PerceptualFastProduct *p, guint x, guint c)
{
  gsize depth = (gsize) p->segments * p->steps * PERCEPTUAL_FAST_STEP;
  guint panel = c / PERCEPTUAL_FAST_PANEL * PERCEPTUAL_FAST_PANEL;
  guint columns = MIN (PERCEPTUAL_FAST_PANEL, p->columns - panel);
  guint tile = (c - panel) / PERCEPTUAL_FAST_COLUMNS;
  const guint16 *filters = p->filters + panel * depth
      + tile * PERCEPTUAL_FAST_STEP * PERCEPTUAL_FAST_COLUMNS
      + 2 * (c % PERCEPTUAL_FAST_COLUMNS);
  Vector sum = { 0 }, difference = { 0 };

  for (guint s = 0; s < p->segments; s++) {
    for (guint i = 0; i < p->steps; i++) {
      gsize at = x * p->stride + p->offsets[i];

      sum += step_sum (p->sum[s] + at, filters);
      difference += step_sum (p->difference[s] + at, filters);
      filters += columns * PERCEPTUAL_FAST_STEP;
    }
  }
  finish (p, x * p->feature_stride + c, x * p->to_stride + c,
      p->features[0] != NULL, p->to[0] != NULL, sum, difference,
      load (p->bias + c));
}

static void
multiply (const PerceptualFastProduct *p)
{
  for (guint x = 0; x < p->n; x++) {
    for (guint c = 0; c < p->columns; c += LANES)
      multiply_pixel (p, x, c);
  }
}

#endif

/* The largest numbers of each image, of 2 * LANES channels: those of even ones,
 * then those of odd ones. */
typedef struct
{
  Vector a[2];
  Vector b[2];
} Maxima;

INLINE void
raise_maxima (Maxima *all, const Maxima *by)
{
#pragma GCC unroll 2
  for (guint i = 0; i < 2; i++) {
    all->a[i] = maximum (all->a[i], by->a[i]);
    all->b[i] = maximum (all->b[i], by->b[i]);
  }
}

/* Of @size pixels one above the other, twice the images' own numbers. */
INLINE Maxima
column_maxima (const guint16 *const *sum, const guint16 *const *difference,
    guint size, gsize at)
{
  Maxima all = { { { 0 }, { 0 } }, { { 0 }, { 0 } } };

#pragma GCC unroll 4
  for (guint i = 0; i < size; i++) {
    Words s = *(const UnalignedWords *) (sum[i] + at);
    Words d = *(const UnalignedWords *) (difference[i] + at);
    Vector even_s = (Vector) (s << 16), odd_s = (Vector) (s & 0xffff0000);
    Vector even_d = (Vector) (d << 16), odd_d = (Vector) (d & 0xffff0000);
    Maxima own = { { even_s + even_d, odd_s + odd_d },
      { even_s - even_d, odd_s - odd_d } };

    raise_maxima (&all, &own);
  }
  return all;
}

INLINE void
store_maxima (const Maxima *all, guint16 *to_sum, guint16 *to_difference)
{
  narrow_pairs (
      to_sum, (all->a[0] + all->b[0]) * .5f, (all->a[1] + all->b[1]) * .5f);
  narrow_pairs (to_difference, (all->a[0] - all->b[0]) * .5f,
      (all->a[1] - all->b[1]) * .5f);
}

/* The last LANES channels, where two times LANES are too many. */
INLINE void
pool_rest (const guint16 *const *sum, const guint16 *const *difference,
    gsize left, guint size, guint columns, guint channels, guint16 *to_sum,
    guint16 *to_difference)
{
  Vector a = { 0 }, b = { 0 };

  for (guint i = 0; i < size; i++) {
    for (guint j = 0; j < columns; j++) {
      gsize at = left + j * (gsize) channels;
      Vector s = widen (sum[i] + at), d = widen (difference[i] + at);

      a = maximum (a, s + d);
      b = maximum (b, s - d);
    }
  }
  narrow (to_sum, (a + b) * .5f);
  narrow (to_difference, (a - b) * .5f);
}

/* @size and @columns are compile-time constants where it matters. */
INLINE void
pool_pixel (const guint16 *const *sum, const guint16 *const *difference,
    gsize left, guint size, guint columns, guint channels, guint16 *to_sum,
    guint16 *to_difference)
{
  guint c = 0;

  for (; c + 2 * LANES <= channels; c += 2 * LANES) {
    Maxima all = column_maxima (sum, difference, size, left + c);

#pragma GCC unroll 4
    for (guint j = 1; j < columns; j++) {
      Maxima column = column_maxima (
          sum, difference, size, left + j * (gsize) channels + c);

      raise_maxima (&all, &column);
    }
    store_maxima (&all, to_sum + c, to_difference + c);
  }
  if (c < channels)
    pool_rest (sum, difference, left + c, size, columns, channels, to_sum + c,
        to_difference + c);
}

INLINE void
pool_row (const guint16 *const *sum, const guint16 *const *difference,
    guint size, guint stride, guint width, guint channels, guint n,
    guint16 *to_sum, guint16 *to_difference)
{
  for (guint x = 0; x < n; x++, to_sum += channels, to_difference += channels) {
    guint columns = MIN (size, width - x * stride);
    gsize left = (gsize) x * stride * channels;

    if (columns == size)
      pool_pixel (
          sum, difference, left, size, size, channels, to_sum, to_difference);
    else
      pool_pixel (sum, difference, left, size, columns, channels, to_sum,
          to_difference);
  }
}

/* Whole squares of 3 that are 2 apart and share a column, of a multiple of
 * 2 * LANES channels. */
INLINE void
pool_thirds (const guint16 *const *sum, const guint16 *const *difference,
    guint channels, guint n, guint16 *to_sum, guint16 *to_difference)
{
  const guint16 *const s[] = { sum[0], sum[1], sum[2] };
  const guint16 *const d[] = { difference[0], difference[1], difference[2] };

  for (guint c = 0; c < channels; c += 2 * LANES) {
    Maxima left = column_maxima (s, d, 3, c);

    for (guint x = 0; x < n; x++) {
      gsize at = (2 * x + 1) * (gsize) channels + c;
      gsize to = x * (gsize) channels + c;
      Maxima right = column_maxima (s, d, 3, at + channels);
      Maxima middle = column_maxima (s, d, 3, at);

      raise_maxima (&middle, &left);
      raise_maxima (&middle, &right);
      store_maxima (&middle, to_sum + to, to_difference + to);
      left = right;
    }
  }
}

static void
max_pool_of_3 (const guint16 *const *sum, const guint16 *const *difference,
    guint width, guint channels, guint n, guint16 *to_sum,
    guint16 *to_difference)
{
  guint whole = channels % (2 * LANES) == 0 ? MIN (n, (width - 1) / 2) : 0;
  gsize at = 2 * whole * (gsize) channels, to = whole * (gsize) channels;
  const guint16 *s[3], *d[3];

  if (whole > 0)
    pool_thirds (sum, difference, channels, whole, to_sum, to_difference);
  for (guint i = 0; i < 3; i++) {
    s[i] = sum[i] + at;
    d[i] = difference[i] + at;
  }
  pool_row (s, d, 3, 2, width - 2 * whole, channels, n - whole, to_sum + to,
      to_difference + to);
}

static void
max_pool (const guint16 *const *sum, const guint16 *const *difference,
    guint size, guint stride, guint width, guint channels, guint n,
    guint16 *to_sum, guint16 *to_difference)
{
  if (size == 3 && stride == 2)
    max_pool_of_3 (sum, difference, width, channels, n, to_sum, to_difference);
  else if (size == 2 && stride == 2)
    pool_row (sum, difference, 2, 2, width, channels, n, to_sum, to_difference);
  else
    pool_row (sum, difference, size, stride, width, channels, n, to_sum,
        to_difference);
}

/* --- entry --------------------------------------------------------------- */

typedef gint32 Integers __attribute__ ((vector_size (LANES * 4)));
typedef guint8 Bytes __attribute__ ((vector_size (LANES)));
typedef guint8 UnalignedBytes
    __attribute__ ((vector_size (LANES), aligned (1), may_alias));

/* Four numbers of LANES / 4 pixels.  @wide: samples of 16 bits.  Sums and
 * differences are integers, so that only one operation rounds. */
INLINE void
enter_lanes (Integers a, Integers b, gboolean wide, guint16 *to_sum,
    guint16 *to_difference)
{
  gfloat unit = wide ? 1 / 257.f : 1.f;
  gint32 whole = wide ? 65535 : 255;
  Vector sum = __builtin_convertvector(a + b - whole, Vector) * unit;
  Vector difference = __builtin_convertvector(a - b, Vector) * unit;
  /* Every fourth is for the bias. */
  static const guint32 masks[16] = { ~0u, ~0u, ~0u, 0, ~0u, ~0u, ~0u, 0, ~0u,
    ~0u, ~0u, 0, ~0u, ~0u, ~0u, 0 };
  Words mask = *(const UnalignedWords *) masks;
  Words one = 0x3f800000 & ~mask;

  narrow (to_sum, (Vector) (((Words) sum & mask) | one));
  narrow (to_difference, (Vector) ((Words) difference & mask));
}

/* By way of 16 bits: GCC takes a byte at a time otherwise. */
INLINE Integers
read_samples (const guint8 *row, gboolean wide)
{
  Halves samples;

  if (wide)
    samples = *(const UnalignedHalves *) row;
  else
    samples = __builtin_convertvector(*(const UnalignedBytes *) row, Halves);

  return __builtin_convertvector(samples, Integers);
}

/* @step: samples of one pixel; @wide: of 16 bits */
INLINE void
enter_row (const guint8 *a, const guint8 *b, guint step, gboolean wide, guint n,
    guint16 *to_sum, guint16 *to_difference)
{
  guint bytes = wide ? 2 : 1;
  guint x = 0;

  if (step == 4) {
    for (; x + LANES / 4 <= n; x += LANES / 4)
      enter_lanes (read_samples (a + (gsize) x * step * bytes, wide),
          read_samples (b + (gsize) x * step * bytes, wide), wide,
          to_sum + (gsize) x * 4, to_difference + (gsize) x * 4);
  }
  for (; x < n; x++) {
    guint16 sums[LANES], differences[LANES];
    Integers va = { 0 }, vb = { 0 };

    for (guint c = 0; c < 3; c++) {
      gsize at = (gsize) x * step + c;

      va[c] = wide ? ((const guint16 *) a)[at] : a[at];
      vb[c] = wide ? ((const guint16 *) b)[at] : b[at];
    }
    enter_lanes (va, vb, wide, sums, differences);
    memcpy (to_sum + (gsize) x * 4, sums, 4 * sizeof (guint16));
    memcpy (to_difference + (gsize) x * 4, differences, 4 * sizeof (guint16));
  }
}

static void
enter (const guint8 *a, const guint8 *b, PerceptualPixels pixels, guint n,
    guint16 *to_sum, guint16 *to_difference)
{
  if (pixels == PERCEPTUAL_PIXELS_RGBX16)
    enter_row (a, b, 4, TRUE, n, to_sum, to_difference);
  else if (pixels == PERCEPTUAL_PIXELS_RGBX8)
    enter_row (a, b, 4, FALSE, n, to_sum, to_difference);
  else
    enter_row (a, b, 3, FALSE, n, to_sum, to_difference);
}

/* @size is a compile-time constant where it matters.  Each pixel's fourth
 * number is overwritten by the next one's first. */
INLINE void
gather_output (const guint16 *const *rows, gsize at, guint size, guint16 *to)
{
  memset (to, 0, PERCEPTUAL_FAST_STEP * sizeof *to);
#pragma GCC unroll 4
  for (guint i = 0; i < size; i++) {
#pragma GCC unroll 4
    for (guint j = 0; j < size; j++, to += 3)
      memcpy (to, rows[i] + at + j * PERCEPTUAL_FAST_ENTRY,
          PERCEPTUAL_FAST_ENTRY * sizeof *to);
  }
}

static void
gather (
    const guint16 *const *rows, guint size, guint stride, guint n, guint16 *to)
{
  for (guint x = 0; x < n; x++, to += PERCEPTUAL_FAST_STEP) {
    gsize at = (gsize) x * stride * PERCEPTUAL_FAST_ENTRY;

#ifdef GATHER_3
    if (size == 3) {
      GATHER_3 (to, rows[0] + at, rows[1] + at, rows[2] + at);
      continue;
    }
#endif
    gather_output (rows, at, size, to);
  }
}

const PerceptualFastKernels KERNELS = {
  .name = NAME,
  .arithmetic = "bfloat16 (" NAME ")",
#ifdef PRODUCTS_ELSEWHERE
  .begin = begin,
  .end = end,
#endif
  .multiply = multiply,
  .max_pool = max_pool,
  .gather = gather,
  .enter = enter,
};
