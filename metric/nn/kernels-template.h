/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The hot loops, written once.  A kernels-*.c defines LANES (floats in one
 * vector), KERNELS (the table's name), MAXIMUM where the CPU has such an
 * instruction, BLOCK_ROWS and PRODUCTS_NAME; then it includes this.  The
 * compiler's vector types keep every lane's operations in the written order, so
 * results do not depend on where a pixel or tile lies.
 */
#include "nn/kernels.h"
#include "nn/vectors.h"

#include <math.h>
#include <string.h>

/* Columns of one panel of B. */
#define PANEL (2 * LANES)

/* A NaN stays one. */
INLINE Vector
rectify (Vector v)
{
  return maximum ((Vector){ 0 }, v);
}

INLINE Vector
splat (gfloat x)
{
  return x - (Vector){ 0 };
}

/* --- filter transforms: G g G' ------------------------------------------- */

/* LANES outputs of one input: from r x r numbers each to one for each point of
 * the row. */
INLINE void
filter_row (guint side, guint filter, const gfloat *weights,
    const gfloat (*g)[PERCEPTUAL_WINOGRAD_MAX_FILTER], guint row, gfloat *to,
    gsize point_stride)
{
  Vector half[PERCEPTUAL_WINOGRAD_MAX_FILTER];

#pragma GCC unroll 5
  for (guint x = 0; x < filter; x++) {
    Vector sum = { 0 };

#pragma GCC unroll 5
    for (guint y = 0; y < filter; y++)
      sum += g[row][y]
          * load (weights + (y * filter + x) * PERCEPTUAL_WINOGRAD_LANES);
    half[x] = sum;
  }
#pragma GCC unroll 8
  for (guint i = 0; i < side; i++) {
    Vector sum = { 0 };

#pragma GCC unroll 5
    for (guint x = 0; x < filter; x++)
      sum += g[i][x] * half[x];
    store (to + i * point_stride, sum);
  }
}

/* Known to the compiler, unlike the table's. */
#define SIDE(kind)                                                             \
  ((kind) == PERCEPTUAL_WINOGRAD_3_3          ? 5                              \
          : (kind) == PERCEPTUAL_WINOGRAD_4_3 ? 6                              \
                                              : 8)

INLINE void
filter_rows (guint kind, const PerceptualTileFilters *f)
{
  const PerceptualWinograd *w = &perceptual_winograd[kind];
  guint filter = kind == PERCEPTUAL_WINOGRAD_4_5 ? 5 : 3;
  guint side = SIDE (kind);
  guint step = filter * filter * PERCEPTUAL_WINOGRAD_LANES;
  PerceptualWinogradG exact;
  gfloat g[PERCEPTUAL_WINOGRAD_MAX_SIDE][PERCEPTUAL_WINOGRAD_MAX_FILTER];

  perceptual_winograd_fill_g (w, exact);
  for (guint i = 0; i < side; i++) {
    for (guint x = 0; x < filter; x++)
      g[i][x] = (gfloat) exact[i][x];
  }
  for (guint c = 0; c < f->outputs; c += LANES) {
    guint output = f->first + c;
    const gfloat *weights = f->weights
        + (gsize) (output / PERCEPTUAL_WINOGRAD_LANES) * f->inputs * step
        + output % PERCEPTUAL_WINOGRAD_LANES;
    guint panel = c / PANEL * PANEL;
    guint width = MIN (PANEL, f->outputs - panel);
    gfloat *to = f->to + (gsize) panel * f->inputs + c % PANEL;

    for (guint k = 0; k < f->inputs; k++, weights += step, to += width)
      filter_row (side, filter, weights, g, f->row, to, f->point_stride);
  }
}

static void
filter_rows_3_3 (const PerceptualTileFilters *filters)
{
  filter_rows (PERCEPTUAL_WINOGRAD_3_3, filters);
}

static void
filter_rows_4_3 (const PerceptualTileFilters *filters)
{
  filter_rows (PERCEPTUAL_WINOGRAD_4_3, filters);
}

static void
filter_rows_6_3 (const PerceptualTileFilters *filters)
{
  filter_rows (PERCEPTUAL_WINOGRAD_6_3, filters);
}

static void
filter_rows_4_5 (const PerceptualTileFilters *filters)
{
  filter_rows (PERCEPTUAL_WINOGRAD_4_5, filters);
}

/* --- input transforms: B' d B -------------------------------------------- */

/* One direction, side 8: the numbers of d are @step apart. */
INLINE void
input_8 (const Vector *d, guint step, Vector *to)
{
  Vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
  Vector d4 = d[4 * step], d5 = d[5 * step], d6 = d[6 * step];
  Vector d7 = d[7 * step];
  Vector even, odd;

  to[0] = (d0 - d6) + 5.25f * (d4 - d2);
  even = (d2 + d6) - 4.25f * d4;
  odd = (d1 + d5) - 4.25f * d3;
  to[1] = even + odd;
  to[2] = even - odd;
  even = (d6 + .25f * d2) - 1.25f * d4;
  odd = (.5f * d1 + 2.f * d5) - 2.5f * d3;
  to[3] = even + odd;
  to[4] = even - odd;
  even = (d6 + 4.f * d2) - 5.f * d4;
  odd = (2.f * d1 + .5f * d5) - 2.5f * d3;
  to[5] = even + odd;
  to[6] = even - odd;
  to[7] = (d7 - d1) + 5.25f * (d3 - d5);
}

/* The same, side 6. */
INLINE void
input_6 (const Vector *d, guint step, Vector *to)
{
  Vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
  Vector d4 = d[4 * step], d5 = d[5 * step];
  Vector even, odd;

  to[0] = (4.f * d0 + d4) - 5.f * d2;
  even = d4 - 4.f * d2;
  odd = d3 - 4.f * d1;
  to[1] = even + odd;
  to[2] = even - odd;
  even = d4 - d2;
  odd = 2.f * (d3 - d1);
  to[3] = even + odd;
  to[4] = even - odd;
  to[5] = (4.f * d1 + d5) - 5.f * d3;
}

/* The same, side 5. */
INLINE void
input_5 (const Vector *d, guint step, Vector *to)
{
  Vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
  Vector d4 = d[4 * step];

  to[0] = (d3 - d1) + 2.f * (d0 - d2);
  to[1] = (d3 - d2) - 2.f * d1;
  to[2] = (d3 + 2.f * d1) - 3.f * d2;
  to[3] = d3 - d1;
  to[4] = (d4 - d2) + 2.f * (d1 - d3);
}

INLINE void
input_side (guint side, const Vector *d, Vector *to)
{
  if (side == 8)
    input_8 (d, 1, to);
  else if (side == 6)
    input_6 (d, 1, to);
  else
    input_5 (d, 1, to);
}

/* The numbers of one tile lie in as many places as it has points or pixels,
 * more than a core follows by itself: so what the next channels need is asked
 * for. */
INLINE void
input_tile (guint side, const gfloat *const *rows, gsize offset, guint channels,
    gfloat *points, gsize point_stride)
{
  for (guint c = 0; c < channels; c += LANES) {
    Vector half[8 * 8];

    for (guint x = 0; x < side; x++) {
      Vector d[8], t[8];

#pragma GCC unroll 8
      for (guint y = 0; y < side; y++) {
        const gfloat *from = rows[y] + offset + (gsize) x * channels + c;

        d[y] = load (from);
        __builtin_prefetch (from + LANES, 0, 2);
      }
      input_side (side, d, t);
#pragma GCC unroll 8
      for (guint y = 0; y < side; y++)
        half[y * side + x] = t[y];
    }
    for (guint y = 0; y < side; y++) {
      Vector t[8];

      input_side (side, half + y * side, t);
#pragma GCC unroll 8
      for (guint x = 0; x < side; x++) {
        gfloat *to = points + (y * side + x) * point_stride + c;

        store (to, t[x]);
        __builtin_prefetch (to + LANES, 1);
      }
    }
  }
}

static void
input_tile_8 (const gfloat *const *rows, gsize offset, guint channels,
    gfloat *points, gsize point_stride)
{
  input_tile (8, rows, offset, channels, points, point_stride);
}

static void
input_tile_5 (const gfloat *const *rows, gsize offset, guint channels,
    gfloat *points, gsize point_stride)
{
  input_tile (5, rows, offset, channels, points, point_stride);
}

static void
input_tile_6 (const gfloat *const *rows, gsize offset, guint channels,
    gfloat *points, gsize point_stride)
{
  input_tile (6, rows, offset, channels, points, point_stride);
}

/* --- output transforms: A' m A ------------------------------------------- */

/* One direction: from @side numbers that are @step apart to @tile numbers. */
INLINE void
output_one (guint tile, guint side, const Vector *m, guint step, Vector *to)
{
  Vector even1 = m[step] + m[2 * step], odd1 = m[step] - m[2 * step];
  Vector even2, odd2;

  if (side == 5) {
    Vector two = m[3 * step];

    to[0] = (m[0] + even1) + two;
    to[1] = odd1 + 2.f * two;
    to[2] = (even1 + 4.f * two) + m[4 * step];
    return;
  }
  even2 = m[3 * step] + m[4 * step];
  odd2 = m[3 * step] - m[4 * step];
  if (side == 8) {
    Vector even3 = m[5 * step] + m[6 * step];
    Vector odd3 = m[5 * step] - m[6 * step];

    if (tile == 6) {
      to[0] = (m[0] + even1) + (even2 + 32.f * even3);
      to[1] = (odd1 + 2.f * odd2) + 16.f * odd3;
      to[2] = (even1 + 4.f * even2) + 8.f * even3;
      to[3] = (odd1 + 8.f * odd2) + 4.f * odd3;
      to[4] = (even1 + 16.f * even2) + 2.f * even3;
      to[5] = (odd1 + 32.f * odd2) + (odd3 + m[7 * step]);
    } else {
      to[0] = (m[0] + even1) + (even2 + 8.f * even3);
      to[1] = (odd1 + 2.f * odd2) + 4.f * odd3;
      to[2] = (even1 + 4.f * even2) + 2.f * even3;
      to[3] = (odd1 + 8.f * odd2) + (odd3 + m[7 * step]);
    }
  } else {
    to[0] = (m[0] + even1) + even2;
    to[1] = odd1 + 2.f * odd2;
    to[2] = even1 + 4.f * even2;
    to[3] = (odd1 + 8.f * odd2) + m[5 * step];
  }
}

INLINE void
output_tile (guint tile, guint side, const PerceptualTile *t)
{
  gboolean whole = t->n_rows == tile && t->n_columns == tile;

  for (guint c = 0; c < t->channels; c += LANES) {
    Vector half[6 * 8];
    Vector bias = load (t->bias + c);

    for (guint x = 0; x < side; x++) {
      Vector m[8], to[6];

#pragma GCC unroll 8
      for (guint y = 0; y < side; y++) {
        const gfloat *from = t->points + (y * side + x) * t->point_stride + c;

        m[y] = load (from);
        __builtin_prefetch (from + 2 * LANES, 0, 2);
      }
      output_one (tile, side, m, 1, to);
#pragma GCC unroll 6
      for (guint y = 0; y < tile; y++)
        half[y * side + x] = to[y];
    }
    for (guint y = 0; y < t->n_rows; y++) {
      gfloat *row = t->rows[y] + t->offset + c;
      Vector to[6];

      output_one (tile, side, half + y * side, 1, to);
#pragma GCC unroll 6
      for (guint x = 0; x < tile; x++)
        to[x] = rectify (to[x] + bias);
      if (whole) {
#pragma GCC unroll 6
        for (guint x = 0; x < tile; x++)
          store (row + x * t->pixel, to[x]);
      } else {
#pragma GCC unroll 6
        for (guint x = 0; x < tile; x++) {
          if (x < t->n_columns)
            store (row + x * t->pixel, to[x]);
        }
      }
    }
  }
}

static void
output_tile_3_3 (const PerceptualTile *tile)
{
  output_tile (3, 5, tile);
}

static void
output_tile_4_3 (const PerceptualTile *tile)
{
  output_tile (4, 6, tile);
}

static void
output_tile_6_3 (const PerceptualTile *tile)
{
  output_tile (6, 8, tile);
}

static void
output_tile_4_5 (const PerceptualTile *tile)
{
  output_tile (4, 8, tile);
}

/* --- pooling ------------------------------------------------------------- */

/* @n_rows and @columns are compile-time constants where it matters. */
INLINE void
pool_pixel (const gfloat *const *rows, gsize left, guint n_rows, guint columns,
    guint channels, gfloat *to)
{
  for (guint c = 0; c < channels; c += LANES) {
    Vector most = load (rows[0] + left + c);

#pragma GCC unroll 4
    for (guint i = 0; i < n_rows; i++) {
#pragma GCC unroll 4
      for (guint j = 0; j < columns; j++)
        most = maximum (most, load (rows[i] + left + j * (gsize) channels + c));
    }
    store (to + c, most);
  }
}

INLINE void
pool_row (const gfloat *const *rows, guint n_rows, guint size, guint stride,
    guint width, guint channels, guint n, gfloat *to)
{
  for (guint x = 0; x < n; x++, to += channels) {
    gsize left = (gsize) x * stride * channels;

    if (x * stride + size <= width)
      pool_pixel (rows, left, n_rows, size, channels, to);
    else
      pool_pixel (rows, left, n_rows, width - x * stride, channels, to);
  }
}

static void
max_pool (const gfloat *const *rows, guint n_rows, guint size, guint stride,
    guint width, guint channels, guint n, gfloat *to)
{
  if (n_rows == 3 && size == 3 && stride == 2)
    pool_row (rows, 3, 3, 2, width, channels, n, to);
  else if (n_rows == 2 && size == 3 && stride == 2)
    pool_row (rows, 2, 3, 2, width, channels, n, to);
  else if (n_rows == 2 && size == 2 && stride == 2)
    pool_row (rows, 2, 2, 2, width, channels, n, to);
  else if (n_rows == 2 && size == 1)
    pool_row (rows, 2, 1, stride, width, channels, n, to);
  else
    pool_row (rows, n_rows, size, stride, width, channels, n, to);
}

/* --- comparing ----------------------------------------------------------- */

/* Pixels that are compared together, always so many: what a pixel gives does
 * not depend on which of them it is. */
#define TOGETHER 4

#if LANES == 16
#define LANES_OF(f, n)                                                         \
  f (0, n), f (1, n), f (2, n), f (3, n), f (4, n), f (5, n), f (6, n),        \
      f (7, n), f (8, n), f (9, n), f (10, n), f (11, n), f (12, n),           \
      f (13, n), f (14, n), f (15, n)
#elif LANES == 8
#define LANES_OF(f, n)                                                         \
  f (0, n), f (1, n), f (2, n), f (3, n), f (4, n), f (5, n), f (6, n), f (7, n)
#else
#define LANES_OF(f, n) f (0, n), f (1, n), f (2, n), f (3, n)
#endif
#define OWN(i, n) ((i) & (n) ? LANES + (i) : (i))
#define OTHER(i, n) ((i) & (n) ? LANES + (i) - (n) : (i) + (n))

/* For lanes in blocks of @n: in every first block of two, a lane of @u and the
 * one @n lanes further, added; in every second one the same of @v. */
#define FOLD(u, v, n)                                                          \
  (__builtin_shufflevector (u, v, LANES_OF (OWN, n))                           \
      + __builtin_shufflevector (u, v, LANES_OF (OTHER, n)))

/* Adds up the lanes of each, in one order whatever the others are. */
INLINE void
sum_lanes (const Vector v[TOGETHER], gfloat sums[TOGETHER])
{
  Vector low = FOLD (v[0], v[1], LANES / 2);
  Vector high = FOLD (v[2], v[3], LANES / 2);
  Vector all = FOLD (low, high, LANES / 4);

#if LANES > 8
  all = FOLD (all, all, 2);
#endif
#if LANES > 4
  all = FOLD (all, all, 1);
#endif
  sums[0] = all[0];
  sums[1] = all[LANES / 2];
  sums[2] = all[LANES / 4];
  sums[3] = all[LANES / 2 + LANES / 4];
}

/* What a pixel is multiplied by to get length 1.  NaN for a pixel whose length
 * is infinite, since all such pixels would otherwise look alike. */
INLINE gfloat
over_length (gfloat sum)
{
  return 1.f / (sqrtf (sum) + 1e-10f) + (sum - sum);
}

/* The numbers of some pixels of both images, and what the lengths of both make
 * of their difference. */
typedef struct
{
  const gfloat *a[TOGETHER];
  const gfloat *b[TOGETHER];
  const gfloat *shorter[TOGETHER];
  gfloat factor[TOGETHER];
  gfloat rest[TOGETHER];
} Pixels;

INLINE void
measure_lengths (Pixels *pixels, guint channels)
{
  Vector squares_a[TOGETHER] = { 0 }, squares_b[TOGETHER] = { 0 };
  gfloat lengths[2 * TOGETHER], over[2 * TOGETHER];

  for (guint c = 0; c < channels; c += LANES) {
#pragma GCC unroll 4
    for (guint i = 0; i < TOGETHER; i++) {
      Vector a = load (pixels->a[i] + c), b = load (pixels->b[i] + c);

      squares_a[i] += a * a;
      squares_b[i] += b * b;
    }
  }
  sum_lanes (squares_a, lengths);
  sum_lanes (squares_b, lengths + TOGETHER);
  for (guint i = 0; i < 2 * TOGETHER; i++)
    over[i] = over_length (lengths[i]);
  for (guint i = 0; i < TOGETHER; i++) {
    gfloat a = over[i], b = over[TOGETHER + i];

    pixels->factor[i] = MIN (a, b);
    pixels->rest[i] = a - b;
    pixels->shorter[i] = a > b ? pixels->a[i] : pixels->b[i];
  }
}

/* a fa - b fb, written so that equal pixels give zero however the compiler
 * contracts it, and so that the large factor of a short pixel (1e10 for one of
 * zeros) meets that pixel alone. */
INLINE Vector
difference (const Pixels *pixels, guint i, guint c)
{
  return (load (pixels->a[i] + c) - load (pixels->b[i] + c))
      * splat (pixels->factor[i])
      + load (pixels->shorter[i] + c) * splat (pixels->rest[i]);
}

/* @weighted is a constant: with a branch for each pixel, the compiler may
 * contract one pixel's sum and not another's. */
INLINE void
square_differences (const Pixels *pixels, gboolean weighted, const gfloat *w,
    guint channels, Vector sums[TOGETHER])
{
#pragma GCC unroll 4
  for (guint i = 0; i < TOGETHER; i++)
    sums[i] = (Vector){ 0 };
  for (guint c = 0; c < channels; c += LANES) {
#pragma GCC unroll 4
    for (guint i = 0; i < TOGETHER; i++) {
      Vector d = difference (pixels, i, c);

      sums[i] += weighted ? load (w + c) * d * d : d * d;
    }
  }
}

static void
compare (const gfloat *a, const gfloat *b, const gfloat *w, guint channels,
    guint n, gboolean normalise, gfloat *to)
{
  for (guint x = 0; x < n; x += TOGETHER) {
    Pixels pixels;
    Vector sums[TOGETHER];
    gfloat distances[TOGETHER];

    /* The last one stands for those that are missing. */
    for (guint i = 0; i < TOGETHER; i++) {
      gsize pixel = (gsize) MIN (x + i, n - 1) * channels;

      pixels.a[i] = a + pixel;
      pixels.b[i] = pixels.shorter[i] = b + pixel;
      pixels.factor[i] = 1;
      pixels.rest[i] = 0;
    }
    if (normalise)
      measure_lengths (&pixels, channels);
    if (w != NULL)
      square_differences (&pixels, TRUE, w, channels, sums);
    else
      square_differences (&pixels, FALSE, w, channels, sums);
    sum_lanes (sums, distances);
    memcpy (to + x, distances, MIN (TOGETHER, n - x) * sizeof *to);
  }
}

#include "nn/products-template.h"

const PerceptualKernels KERNELS = {
    .products = &products,
    .filters =
        {
            [PERCEPTUAL_WINOGRAD_3_3] = filter_rows_3_3,
            [PERCEPTUAL_WINOGRAD_4_3] = filter_rows_4_3,
            [PERCEPTUAL_WINOGRAD_6_3] = filter_rows_6_3,
            [PERCEPTUAL_WINOGRAD_4_5] = filter_rows_4_5,
        },
    .input =
        {
            [PERCEPTUAL_WINOGRAD_3_3] = input_tile_5,
            [PERCEPTUAL_WINOGRAD_4_3] = input_tile_6,
            [PERCEPTUAL_WINOGRAD_6_3] = input_tile_8,
            [PERCEPTUAL_WINOGRAD_4_5] = input_tile_8,
        },
    .output =
        {
            [PERCEPTUAL_WINOGRAD_3_3] = output_tile_3_3,
            [PERCEPTUAL_WINOGRAD_4_3] = output_tile_4_3,
            [PERCEPTUAL_WINOGRAD_6_3] = output_tile_6_3,
            [PERCEPTUAL_WINOGRAD_4_5] = output_tile_4_5,
        },
    .max_pool = max_pool,
    .compare = compare,
};
