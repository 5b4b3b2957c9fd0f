/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of precision=fast by AMX: 16 pixels of sum and of difference by 32
 * channels at a time.  Called only where metric/machine/cpu.c found AMX
 * and the system lets us use it.
 */
#include <immintrin.h>

#include "nn/fast/fast-tables.h"

#define LANES 16
#define KERNELS perceptual_fast_amx
#define MAXIMUM _mm512_max_ps
#define WIDEN(from)                                                            \
  ((Words) _mm512_cvtepu16_epi32 (                                             \
      _mm256_loadu_si256 ((const __m256i *) (from))))
#define NARROW(to, v)                                                          \
  _mm256_storeu_si256 (                                                        \
      (__m256i *) (to), (__m256i) _mm512_cvtneps_pbh ((__m512) (v)))
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

/* Sums of 16 pixels, 32 channels: tiles 0 and 1 of the images' sum, 2 and 3 of
 * their difference. */
INLINE void
multiply_wide (const PerceptualFastProduct *p, const guint16 *filters, guint x)
{
  gsize stride = p->stride * sizeof (guint16);

  _tile_zero (0);
  _tile_zero (1);
  _tile_zero (2);
  _tile_zero (3);
  for (guint s = 0; s < p->segments; s++) {
    const guint16 *sum = p->sum[s] + x * p->stride;
    const guint16 *difference = p->difference[s] + x * p->stride;

    for (guint i = 0; i < p->steps; i++, filters += 2 * TILE) {
      _tile_loadd (6, filters, 64);
      _tile_loadd (4, sum + p->offsets[i], stride);
      _tile_loadd (7, filters + TILE, 64);
      _tile_loadd (5, difference + p->offsets[i], stride);
      _tile_dpbf16ps (0, 4, 6);
      _tile_dpbf16ps (1, 4, 7);
      _tile_dpbf16ps (2, 5, 6);
      _tile_dpbf16ps (3, 5, 7);
    }
  }
}

/* The same of 16 channels: tiles 0 and 2. */
INLINE void
multiply_narrow (
    const PerceptualFastProduct *p, const guint16 *filters, guint x)
{
  gsize stride = p->stride * sizeof (guint16);

  _tile_zero (0);
  _tile_zero (2);
  for (guint s = 0; s < p->segments; s++) {
    const guint16 *sum = p->sum[s] + x * p->stride;
    const guint16 *difference = p->difference[s] + x * p->stride;

    for (guint i = 0; i < p->steps; i++, filters += TILE) {
      _tile_loadd (6, filters, 64);
      _tile_loadd (4, sum + p->offsets[i], stride);
      _tile_loadd (5, difference + p->offsets[i], stride);
      _tile_dpbf16ps (0, 4, 6);
      _tile_dpbf16ps (2, 5, 6);
    }
  }
}

/* Sums of 16 pixels from @x on, of outputs from @c on. */
typedef struct
{
  gfloat values[4][PERCEPTUAL_FAST_PIXELS][PERCEPTUAL_FAST_COLUMNS];
  guint x;
  guint c;
} Sums;

/* Copies of what @p points to stay in registers; the compiler cannot know that
 * what is stored does not change them. */
INLINE void
finish_some (const PerceptualFastProduct *p, guint columns, gboolean shown,
    gboolean read, const Sums *sums)
{
  const PerceptualFastProduct own = *p;
  guint n = MIN (PERCEPTUAL_FAST_PIXELS, own.n - sums->x);
  Vector bias[2] = { load (own.bias + sums->c) };
  gsize at = sums->x * own.feature_stride + sums->c;
  gsize to_at = sums->x * own.to_stride + sums->c;

  if (columns == PERCEPTUAL_FAST_PANEL)
    bias[1] = load (own.bias + sums->c + LANES);
  for (guint i = 0; i < n; i++) {
    finish (&own, at, to_at, shown, read, load (sums->values[0][i]),
        load (sums->values[2][i]), bias[0]);
    if (columns == PERCEPTUAL_FAST_PANEL)
      finish (&own, at + LANES, to_at + LANES, shown, read,
          load (sums->values[1][i]), load (sums->values[3][i]), bias[1]);
    at += own.feature_stride;
    to_at += own.to_stride;
  }
}

static void
finish_sums (const PerceptualFastProduct *p, const Sums *sums)
{
  gboolean shown = p->features[0] != NULL, read = p->to[0] != NULL;

  if (p->columns - sums->c < PERCEPTUAL_FAST_PANEL)
    finish_some (p, PERCEPTUAL_FAST_COLUMNS, shown, read, sums);
  else if (shown && read)
    finish_some (p, PERCEPTUAL_FAST_PANEL, TRUE, TRUE, sums);
  else if (read)
    finish_some (p, PERCEPTUAL_FAST_PANEL, FALSE, TRUE, sums);
  else
    finish_some (p, PERCEPTUAL_FAST_PANEL, shown, FALSE, sums);
}

INLINE void
multiply_sums (
    const PerceptualFastProduct *p, const guint16 *filters, Sums *sums)
{
  if (p->columns - sums->c >= PERCEPTUAL_FAST_PANEL) {
    multiply_wide (p, filters, sums->x);
    _tile_stored (1, sums->values[1], 64);
    _tile_stored (3, sums->values[3], 64);
  } else {
    multiply_narrow (p, filters, sums->x);
  }
  _tile_stored (0, sums->values[0], 64);
  _tile_stored (2, sums->values[2], 64);
}

/* Pixels are finished while the next ones are multiplied. */
static void
multiply (const PerceptualFastProduct *p)
{
  gsize depth = (gsize) p->segments * p->steps * PERCEPTUAL_FAST_STEP;
  Sums sums[2] __attribute__ ((aligned (64)));
  guint which = 0;

  for (guint c = 0; c < p->columns; c += PERCEPTUAL_FAST_PANEL) {
    for (guint x = 0; x < p->n; x += PERCEPTUAL_FAST_PIXELS, which ^= 1) {
      sums[which].x = x;
      sums[which].c = c;
      multiply_sums (p, p->filters + c * depth, &sums[which]);
      if (c + x > 0)
        finish_sums (p, &sums[which ^ 1]);
    }
  }
  finish_sums (p, &sums[which ^ 1]);
}
