/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of precision=fast by AMX: 16 pixels of sum and of difference by 32
 * channels at a time.  Called only where metric/machine/cpu.c found AMX
 * and the system lets us use it.
 */
#include <immintrin.h>

#include "nn/fast/fast-tables.h"

static inline __m512i
in_turns (void)
{
  return _mm512_set_epi16 (31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25,
      9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
}

/* Three numbers of each four of three rows, the last one's fourth, zeros.
 * Reads a pixel too many, as products do. */
static inline __m512i
gather_3 (const guint16 *a, const guint16 *b, const guint16 *c)
{
  __m512i from = _mm512_set_epi16 (0, 0, 0, 0, 43, 42, 41, 40, 38, 37, 36, 34,
      33, 32, 26, 25, 24, 22, 21, 20, 18, 17, 16, 10, 9, 8, 6, 5, 4, 2, 1, 0);
  __m512i first =
      _mm512_castsi256_si512 (_mm256_loadu_si256 ((const __m256i *) a));
  __m512i last =
      _mm512_castsi256_si512 (_mm256_loadu_si256 ((const __m256i *) c));

  first =
      _mm512_inserti64x4 (first, _mm256_loadu_si256 ((const __m256i *) b), 1);
  return _mm512_maskz_permutex2var_epi16 (0x0fffffff, first, from, last);
}

#define LANES 16
#define KERNELS perceptual_fast_amx
#define MAXIMUM _mm512_max_ps
#define WIDEN(from)                                                            \
  ((Words) _mm512_cvtepu16_epi32 (                                             \
      _mm256_loadu_si256 ((const __m256i *) (from))))
#define NARROW(to, v)                                                          \
  _mm256_storeu_si256 (                                                        \
      (__m256i *) (to), (__m256i) _mm512_cvtneps_pbh ((__m512) (v)))
#define NARROW_PAIRS(to, even, odd)                                            \
  _mm512_storeu_si512 (to,                                                     \
      _mm512_permutexvar_epi16 (in_turns (),                                   \
          (__m512i) _mm512_cvtne2ps_pbh ((__m512) (odd), (__m512) (even))))
#define GATHER_3(to, a, b, c) _mm512_storeu_si512 (to, gather_3 (a, b, c))
#define NAME "amx"
#define PRODUCTS_ELSEWHERE

static void multiply (const PerceptualFastProduct *p);
static void begin (void);
static void end (void);

#include "nn/fast/fast-template.h"

/* All tiles are 16 rows of 64 bytes.  Not on the stack: GCC 12 does not know
 * that the instruction reads all of it, and would leave out what fills it. */
static const struct
{
  guint8 palette;
  guint8 start_row;
  guint8 reserved[14];
  guint16 row_bytes[16];
  guint8 rows[16];
} configuration = {
  .palette = 1,
  .row_bytes = { 64, 64, 64, 64, 64, 64, 64, 64 },
  .rows = { 16, 16, 16, 16, 16, 16, 16, 16 },
};

static void
begin (void)
{
  _tile_loadconfig (&configuration);
}

static void
end (void)
{
  _tile_release ();
}

#define TILE (PERCEPTUAL_FAST_STEP * PERCEPTUAL_FAST_COLUMNS)

/* Sums of @n pixels from @x on, of outputs from @c on: those of the images' sum
 * and then of their difference, 16 outputs each.  @done of the pixels are
 * finished. */
typedef struct
{
  gfloat values[4][PERCEPTUAL_FAST_PIXELS][PERCEPTUAL_FAST_COLUMNS];
  guint x;
  guint c;
  guint n;
  guint done;
} Sums;

static gboolean
are_wide (const PerceptualFastProduct *p, const Sums *sums)
{
  return p->columns - sums->c >= PERCEPTUAL_FAST_PANEL;
}

/* As finish() of all outputs of pixel @i. */
INLINE void
finish_wide (const PerceptualFastProduct *p, const Sums *sums, guint i,
    gsize at, gsize to_at, gboolean shown, gboolean read)
{
  const gfloat *bias = p->bias + sums->c;
  Features low = rectify (p, at, shown, load (sums->values[0][i]),
      load (sums->values[2][i]), load (bias));
  Features high = rectify (p, at + LANES, shown, load (sums->values[1][i]),
      load (sums->values[3][i]), load (bias + LANES));

  if (read) {
    _mm512_storeu_si512 (p->to[0] + to_at,
        (__m512i) _mm512_cvtne2ps_pbh (
            (__m512) (high.a + high.b), (__m512) (low.a + low.b)));
    _mm512_storeu_si512 (p->to[1] + to_at,
        (__m512i) _mm512_cvtne2ps_pbh (
            (__m512) (high.a - high.b), (__m512) (low.a - low.b)));
  }
}

/* Finishes up to @n more pixels. */
INLINE void
finish_some (const PerceptualFastProduct *p, Sums *sums, guint n,
    gboolean shown, gboolean read)
{
  guint end = MIN (sums->n, sums->done + n);
  gsize x = sums->x + sums->done;
  gsize at = x * p->feature_stride + sums->c;
  gsize to_at = x * p->to_stride + sums->c;
  gboolean wide = are_wide (p, sums);

  for (guint i = sums->done; i < end; i++) {
    if (wide)
      finish_wide (p, sums, i, at, to_at, shown, read);
    else
      finish (p, at, to_at, shown, read, load (sums->values[0][i]),
          load (sums->values[2][i]), load (p->bias + sums->c));
    at += p->feature_stride;
    to_at += p->to_stride;
  }
  sums->done = end;
}

/* Products of 16 pixels and 32 outputs: tiles 0 and 1 of the images' sum, 2 and
 * 3 of their difference.  Those before are finished meanwhile, some with each
 * step, since the core looks only so far ahead. */
INLINE void
multiply_wide (const PerceptualFastProduct *p, const guint16 *filters,
    Sums *sums, Sums *before, gboolean shown, gboolean read)
{
  gsize stride = p->stride * sizeof (guint16);
  gsize first = sums->x * p->stride;
  guint steps = p->segments * p->steps;
  guint share = (PERCEPTUAL_FAST_PIXELS + steps - 1) / steps;

  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (guint s = 0; s < p->segments; s++) {
    const guint16 *sum = p->sum[s] + first;
    const guint16 *difference = p->difference[s] + first;

    for (guint i = 0; i < p->steps; i++, filters += 2 * TILE) {
      _tile_loadd (6, filters, 64);
      _tile_loadd (4, sum + p->offsets[i], stride);
      _tile_loadd (7, filters + TILE, 64);
      _tile_loadd (5, difference + p->offsets[i], stride);
      _tile_dpbf16ps (0, 4, 6);
      _tile_dpbf16ps (1, 4, 7);
      _tile_dpbf16ps (2, 5, 6);
      _tile_dpbf16ps (3, 5, 7);
      finish_some (p, before, share, shown, read);
    }
  }
  _tile_stored (0, sums->values[0], 64);
  _tile_stored (1, sums->values[1], 64);
  _tile_stored (2, sums->values[2], 64);
  _tile_stored (3, sums->values[3], 64);
}

/* The same of 16 outputs: tiles 0 and 2. */
INLINE void
multiply_narrow (const PerceptualFastProduct *p, const guint16 *filters,
    Sums *sums, Sums *before, gboolean shown, gboolean read)
{
  gsize stride = p->stride * sizeof (guint16);
  gsize first = sums->x * p->stride;

  _tile_zero (0);
  _tile_zero (2);
  for (guint s = 0; s < p->segments; s++) {
    const guint16 *sum = p->sum[s] + first;
    const guint16 *difference = p->difference[s] + first;

    for (guint i = 0; i < p->steps; i++, filters += TILE) {
      _tile_loadd (6, filters, 64);
      _tile_loadd (4, sum + p->offsets[i], stride);
      _tile_loadd (5, difference + p->offsets[i], stride);
      _tile_dpbf16ps (0, 4, 6);
      _tile_dpbf16ps (2, 5, 6);
    }
  }
  finish_some (p, before, PERCEPTUAL_FAST_PIXELS, shown, read);
  _tile_stored (0, sums->values[0], 64);
  _tile_stored (2, sums->values[2], 64);
}

INLINE void
multiply_all (
    const PerceptualFastProduct *product, gboolean shown, gboolean read)
{
  /* A copy, which what is stored cannot change. */
  const PerceptualFastProduct p = *product;
  gsize depth = (gsize) p.segments * p.steps * PERCEPTUAL_FAST_STEP;
  Sums sums[2] __attribute__ ((aligned (64)));
  guint which = 0;

  sums[1].x = sums[1].c = sums[1].n = sums[1].done = 0;
  for (guint c = 0; c < p.columns; c += PERCEPTUAL_FAST_PANEL) {
    for (guint x = 0; x < p.n; x += PERCEPTUAL_FAST_PIXELS, which ^= 1) {
      Sums *now = &sums[which], *before = &sums[which ^ 1];

      now->x = x;
      now->c = c;
      now->n = MIN (PERCEPTUAL_FAST_PIXELS, p.n - x);
      now->done = 0;
      if (are_wide (&p, now))
        multiply_wide (&p, p.filters + c * depth, now, before, shown, read);
      else
        multiply_narrow (&p, p.filters + c * depth, now, before, shown, read);
    }
  }
  finish_some (&p, &sums[which ^ 1], PERCEPTUAL_FAST_PIXELS, shown, read);
}

static void
multiply (const PerceptualFastProduct *p)
{
  gboolean shown = p->features[0] != NULL, read = p->to[0] != NULL;

  if (shown && read)
    multiply_all (p, TRUE, TRUE);
  else if (read)
    multiply_all (p, FALSE, TRUE);
  else if (shown)
    multiply_all (p, TRUE, FALSE);
}
