/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The block kernels for any CPU: loops over the columns of a tile, which
 * compilers turn into vector code of the machine's basic width; and the choice
 * among all tables.
 */
#include "blocks/block-end.h"
#include "config.h"

#define COLUMNS (PERCEPTUAL_TILE * PERCEPTUAL_BLOCK)
#define WINDOWS (PERCEPTUAL_TILE * 2) /* of luma, across */

#define EACH_ROW static inline __attribute__ ((always_inline))

/* --- texture -------------------------------------------------------------- */

/* Adds the wave of each column to @sums. */
EACH_ROW void
add_waves (guint16 *restrict sums, const guint8 *restrict source,
    guint multiplier, guint q, guint n)
{
  for (guint x = 0; x < n; x++) {
    guint8 t = (guint8) (source[x] * multiplier + q);
    guint8 other = (guint8) ~t;

    sums[x] += MIN (t, other);
  }
}

/* Sums of both waves over windows of four rows and columns.  @rows: @n
 * columns, a multiple of 4; @to: the sums of the second wave follow those of
 * the first at @stride. */
EACH_ROW void
sum_windows (const guint8 *const rows[4], guint multiplier, guint n,
    guint16 *to, gsize stride)
{
  for (guint q = 0; q < 2; q++, to += stride) {
    guint16 sums[COLUMNS] = { 0 };

    for (guint y = 0; y < 4; y++)
      add_waves (sums, rows[y], multiplier, 64 * q, n);
    for (guint i = 0; i < n / 4; i++)
      to[i] = (guint16) (sums[4 * i] + sums[4 * i + 1] + sums[4 * i + 2]
          + sums[4 * i + 3]);
  }
}

typedef guint8 Rows[PERCEPTUAL_BLOCK][COLUMNS];

/* Y less its block's mean, and the gradients, modulo 256. */
static void
make_sources (const guint8 *const luma[PERCEPTUAL_BLOCK + 2],
    const gint32 *means, guint n, Rows c, Rows gx, Rows gy)
{
  guint8 mean[COLUMNS];

  for (guint x = 0; x < n; x++)
    mean[x] = (guint8) means[x / PERCEPTUAL_BLOCK];
  for (guint y = 0; y < PERCEPTUAL_BLOCK; y++) {
    const guint8 *above = luma[y], *row = luma[y + 1], *below = luma[y + 2];

    for (gint x = 0; x < (gint) n; x++) {
      c[y][x] = (guint8) (row[x] - mean[x]);
      gx[y][x] = (guint8) (above[x + 1] + row[x + 1] + below[x + 1]
          - above[x - 1] - row[x - 1] - below[x - 1]);
      gy[y][x] = (guint8) (below[x - 1] + below[x] + below[x + 1] - above[x - 1]
          - above[x] - above[x + 1]);
    }
  }
}

static void
describe_luma (const guint8 *const luma[PERCEPTUAL_BLOCK + 2], guint n,
    PerceptualBlockTile *tile)
{
  Rows c, gx, gy;

  make_sources (luma, tile->means, n, c, gx, gy);
  for (guint half = 0; half < 2; half++) {
    const guint8 *const *p = luma + 1 + 4 * half;
    const guint8 *rows[3][4];
    guint16 *to = tile->luma + half * 14 * WINDOWS;

    for (guint y = 0; y < 4; y++) {
      rows[0][y] = c[4 * half + y];
      rows[1][y] = gx[4 * half + y];
      rows[2][y] = gy[4 * half + y];
    }
    sum_windows (p, 1, n, to, WINDOWS);
    sum_windows (rows[0], 4, n, to + 2 * WINDOWS, WINDOWS);
    sum_windows (rows[0], 16, n, to + 4 * WINDOWS, WINDOWS);
    sum_windows (rows[1], 1, n, to + 6 * WINDOWS, WINDOWS);
    sum_windows (rows[1], 4, n, to + 8 * WINDOWS, WINDOWS);
    sum_windows (rows[2], 1, n, to + 10 * WINDOWS, WINDOWS);
    sum_windows (rows[2], 4, n, to + 12 * WINDOWS, WINDOWS);
  }
}

static void
describe_chroma (const PerceptualBlockRows *rows, gsize left, guint n_blocks,
    PerceptualBlockTile *tile)
{
  guint n = n_blocks * PERCEPTUAL_BLOCK / 2;

  for (guint c = 0; c < 2; c++) {
    const guint8 *chroma[4];
    guint16 *to = tile->chroma + c * 4 * PERCEPTUAL_TILE;

    for (guint y = 0; y < 4; y++)
      chroma[y] = rows->chroma[c][y] + left;
    sum_windows (chroma, 2, n, to, PERCEPTUAL_TILE);
    sum_windows (chroma, 8, n, to + 2 * PERCEPTUAL_TILE, PERCEPTUAL_TILE);
    for (guint i = 0; i < n_blocks; i++) {
      gint32 sum = 0;

      for (guint y = 0; y < 4; y++)
        for (guint x = 0; x < 4; x++)
          sum += chroma[y][4 * i + x];
      tile->chroma_means[c][i] = (sum + 8) >> 4;
    }
  }
}

/* --- gradients ------------------------------------------------------------ */

static void
find_magnitudes (const guint8 *above, const guint8 *row, const guint8 *below,
    guint n, guint16 *restrict to)
{
  for (gint x = 0; x < (gint) n; x++) {
    gint16 gx = (gint16) (above[x + 1] + row[x + 1] + below[x + 1]
        - above[x - 1] - row[x - 1] - below[x - 1]);
    gint16 gy = (gint16) (below[x - 1] + below[x] + below[x + 1] - above[x - 1]
        - above[x] - above[x + 1]);
    guint16 ax = (guint16) (gx < 0 ? -gx : gx);
    guint16 ay = (guint16) (gy < 0 ? -gy : gy);
    guint16 low = MIN (ax, ay);

    to[x] = (guint16) (MAX (ax, ay) + ((3 * low) >> 3));
  }
}

static void
describe_gradients (const guint8 *const luma[PERCEPTUAL_BLOCK + 2], guint n,
    PerceptualBlockTile *tile)
{
  for (guint y = 0; y < PERCEPTUAL_BLOCK; y++)
    find_magnitudes (
        luma[y], luma[y + 1], luma[y + 2], n, tile->magnitudes + y * COLUMNS);
  for (guint y = 0; y < 4; y++) {
    const guint16 *upper = tile->magnitudes + 2 * y * COLUMNS;
    const guint16 *lower = upper + COLUMNS;
    gint32 *squares = tile->squares + y * COLUMNS / 2;

    for (guint i = 0; i < n / 2; i++)
      squares[i] = upper[2 * i] * upper[2 * i]
          + upper[2 * i + 1] * upper[2 * i + 1] + lower[2 * i] * lower[2 * i]
          + lower[2 * i + 1] * lower[2 * i + 1];
  }
  for (guint i = 0; i < n / PERCEPTUAL_BLOCK; i++) {
    gint32 sum = 0;

    for (guint y = 0; y < 4; y++)
      for (guint x = 0; x < 4; x++)
        sum += tile->squares[y * COLUMNS / 2 + 4 * i + x];
    tile->energies[i] = sum;
  }
}

/* --- the kernels ---------------------------------------------------------- */

static void
describe (const PerceptualBlockRows *rows, guint first, guint n,
    gboolean colour, PerceptualBlockTile *tile)
{
  const guint8 *luma[PERCEPTUAL_BLOCK + 2];
  gsize left = (gsize) first * PERCEPTUAL_BLOCK;

  for (guint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
    luma[i] = rows->luma[i] + left;
  for (guint i = 0; i < n; i++) {
    gint32 sum = 0;

    for (guint y = 1; y <= PERCEPTUAL_BLOCK; y++)
      for (guint x = 0; x < PERCEPTUAL_BLOCK; x++)
        sum += luma[y][PERCEPTUAL_BLOCK * i + x];
    tile->means[i] = (sum + 32) >> 6;
  }
  describe_luma (luma, n * PERCEPTUAL_BLOCK, tile);
  describe_gradients (luma, n * PERCEPTUAL_BLOCK, tile);
  if (colour)
    describe_chroma (rows, left / 2, n, tile);
}

/* Adds the squared differences of @n sums of each of @n_waves waves. */
static void
add_differences (gint32 *restrict to, const guint16 *a, const guint16 *b,
    guint n, guint n_waves, gsize stride)
{
  for (guint wave = 0; wave < n_waves; wave++, a += stride, b += stride) {
    for (guint i = 0; i < n; i++) {
      gint32 d = a[i] - b[i];

      to[i] += d * d;
    }
  }
}

static void
compare_textures (const PerceptualBlockTile *a, const PerceptualBlockTile *b,
    guint n, gboolean colour, gint32 *textures)
{
  gint32 windows[WINDOWS] = { 0 }, chroma[PERCEPTUAL_TILE] = { 0 };

  add_differences (windows, a->luma, b->luma, 2 * n, 28, WINDOWS);
  if (colour)
    add_differences (chroma, a->chroma, b->chroma, n, 8, PERCEPTUAL_TILE);
  for (guint i = 0; i < n; i++)
    textures[i] = windows[2 * i] + windows[2 * i + 1] + 4 * chroma[i];
}

static void
compare_gradients (const PerceptualBlockTile *a, const PerceptualBlockTile *b,
    guint n, gdouble *gradients)
{
  gdouble columns[COLUMNS / 2];

  for (guint y = 0; y < 4; y++) {
    const guint16 *ma = a->magnitudes + 2 * y * COLUMNS;
    const guint16 *mb = b->magnitudes + 2 * y * COLUMNS;
    const gint32 *sa = a->squares + y * COLUMNS / 2;
    const gint32 *sb = b->squares + y * COLUMNS / 2;

    for (guint i = 0; i < 4 * n; i++) {
      gint32 d0 = ma[2 * i] - mb[2 * i];
      gint32 d1 = ma[2 * i + 1] - mb[2 * i + 1];
      gint32 d2 = ma[COLUMNS + 2 * i] - mb[COLUMNS + 2 * i];
      gint32 d3 = ma[COLUMNS + 2 * i + 1] - mb[COLUMNS + 2 * i + 1];
      gdouble q = (gdouble) (d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3)
          / (gdouble) (sa[i] + sb[i] + 6120);

      columns[i] = y == 0 ? q : columns[i] + q;
    }
  }
  for (guint i = 0; i < n; i++) {
    const gdouble *c = columns + 4 * i;

    gradients[i] = (((c[0] + c[1]) + c[2]) + c[3]) / 16;
  }
}

static void
compare (const PerceptualBlockTile *a, const PerceptualBlockTile *b, guint n,
    gboolean colour, gdouble *weights, gdouble *weighted)
{
  gint32 textures[PERCEPTUAL_TILE];
  gdouble gradients[PERCEPTUAL_TILE];

  compare_textures (a, b, n, colour, textures);
  compare_gradients (a, b, n, gradients);
  if (colour)
    end_blocks (a, b, textures, gradients, n, TRUE, weights, weighted);
  else
    end_blocks (a, b, textures, gradients, n, FALSE, weights, weighted);
}

const PerceptualBlockKernels perceptual_block_kernels_c = { describe, compare };

const PerceptualBlockKernels *
perceptual_block_kernels (PerceptualCpu cpu)
{
#ifdef HAVE_X86_KERNELS
  if (cpu == PERCEPTUAL_CPU_AVX512)
    return &perceptual_block_kernels_avx512;
  if (cpu == PERCEPTUAL_CPU_AVX2)
    return &perceptual_block_kernels_avx2;
#endif
  return &perceptual_block_kernels_c;
}
