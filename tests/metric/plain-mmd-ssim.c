/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd-ssim written from its definition alone: one function for each step, one
 * sample at a time.
 */
#include "plain-mmd-ssim.h"

#include <math.h>

#define BLOCK 8

/* --- canonical planes ---------------------------------------------------- */

static PlainPlane
plane_new (guint width, guint height)
{
  return (PlainPlane){ width, height, g_malloc ((gsize) width * height) };
}

/* The sample at (@x, @y), where outside of the plane its edge repeats. */
static gint
sample (const PlainPlane *plane, gint x, gint y)
{
  x = CLAMP (x, 0, (gint) plane->width - 1);
  y = CLAMP (y, 0, (gint) plane->height - 1);
  return plane->samples[(gsize) y * plane->width + x];
}

static gint
narrow (gint v, guint depth)
{
  if (depth == 8)
    return v;
  return MIN ((v + (1 << (depth - 9))) >> (depth - 8), 255);
}

static gint
full_luma (gint v)
{
  return MIN (((MAX (v, 16) - 16) * 149 + 64) >> 7, 255);
}

static gint
full_chroma (gint v)
{
  return CLAMP ((((v - 128) * 146 + 64) >> 7) + 128, 0, 255);
}

/* Means of @across x @down samples, each 1 or 2. */
static PlainPlane
shrink (const PlainPlane *from, guint across, guint down)
{
  PlainPlane to = plane_new (
      (from->width + across - 1) / across, (from->height + down - 1) / down);
  gint n = (gint) (across * down);

  for (guint y = 0; y < to.height; y++) {
    for (guint x = 0; x < to.width; x++) {
      gint sum = n / 2;

      for (guint j = 0; j < down; j++)
        for (guint i = 0; i < across; i++)
          sum += sample (from, (gint) (x * across + i), (gint) (y * down + j));
      to.samples[(gsize) y * to.width + x] = (guint8) (sum / n);
    }
  }
  return to;
}

static void
shrink_in_place (PlainPlane *plane, guint across, guint down)
{
  PlainPlane smaller = shrink (plane, across, down);

  g_free (plane->samples);
  *plane = smaller;
}

guint
plain_chroma_width (const PlainFormat *format)
{
  return (format->width + format->halved_across) >> format->halved_across;
}

guint
plain_chroma_height (const PlainFormat *format)
{
  return (format->height + format->halved_down) >> format->halved_down;
}

PlainPicture
plain_picture_of_planes (
    const PlainFormat *format, const guint16 *const samples[3])
{
  PlainPicture picture = { 0 };

  for (guint c = 0; c < (format->grey ? 1 : 3); c++) {
    PlainPlane *plane = &picture.planes[c];

    *plane = c == 0
        ? plane_new (format->width, format->height)
        : plane_new (plain_chroma_width (format), plain_chroma_height (format));
    for (gsize i = 0; i < (gsize) plane->width * plane->height; i++) {
      gint v = narrow (samples[c][i], format->depth);

      if (!format->full_range)
        v = c == 0 ? full_luma (v) : full_chroma (v);
      plane->samples[i] = (guint8) v;
    }
    if (c > 0)
      shrink_in_place (
          plane, 2 - format->halved_across, 2 - format->halved_down);
  }
  return picture;
}

PlainPicture
plain_picture_of_rgb (
    guint width, guint height, guint depth, const guint16 *samples)
{
  PlainPicture picture = { 0 };

  for (guint c = 0; c < 3; c++)
    picture.planes[c] = plane_new (width, height);
  for (gsize i = 0; i < (gsize) width * height; i++) {
    gint r = narrow (samples[3 * i], depth);
    gint g = narrow (samples[3 * i + 1], depth);
    gint b = narrow (samples[3 * i + 2], depth);
    gint cb = ((-29 * r - 99 * g + 128 * b + 128) >> 8) + 128;
    gint cr = ((128 * r - 116 * g - 12 * b + 128) >> 8) + 128;

    picture.planes[0].samples[i] =
        (guint8) ((54 * r + 183 * g + 19 * b + 128) >> 8);
    picture.planes[1].samples[i] = (guint8) MIN (cb, 255);
    picture.planes[2].samples[i] = (guint8) MIN (cr, 255);
  }
  shrink_in_place (&picture.planes[1], 2, 2);
  shrink_in_place (&picture.planes[2], 2, 2);
  return picture;
}

void
plain_picture_clear (PlainPicture *picture)
{
  for (guint c = 0; c < 3; c++)
    g_clear_pointer (&picture->planes[c].samples, g_free);
}

/* A grey picture as one of colour. */
static void
add_neutral_chroma (PlainPicture *picture)
{
  for (guint c = 1; c < 3; c++) {
    PlainPlane *plane = &picture->planes[c];

    *plane = plane_new ((picture->planes[0].width + 1) / 2,
        (picture->planes[0].height + 1) / 2);
    for (gsize i = 0; i < (gsize) plane->width * plane->height; i++)
      plane->samples[i] = 128;
  }
}

static PlainPicture
half (const PlainPicture *picture)
{
  PlainPicture smaller = { 0 };

  for (guint c = 0; c < 3; c++) {
    if (picture->planes[c].samples != NULL)
      smaller.planes[c] = shrink (&picture->planes[c], 2, 2);
  }
  return smaller;
}

/* --- one block ------------------------------------------------------------ */

/* Block (@left / 8, @top / 8) of a picture. */
typedef struct
{
  const PlainPicture *picture;
  gint left;
  gint top;
  gint mean;
} Block;

/* Y extended to whole blocks: what is one further out repeats that. */
static gint
luma (const Block *block, gint x, gint y)
{
  const PlainPlane *plane = &block->picture->planes[0];
  gint width = (gint) (plane->width + BLOCK - 1) / BLOCK * BLOCK;
  gint height = (gint) (plane->height + BLOCK - 1) / BLOCK * BLOCK;

  return sample (plane, CLAMP (block->left + x, 0, width - 1),
      CLAMP (block->top + y, 0, height - 1));
}

static gint
chroma (const Block *block, guint c, gint x, gint y)
{
  return sample (
      &block->picture->planes[c], block->left / 2 + x, block->top / 2 + y);
}

static Block
block_at (const PlainPicture *picture, gint left, gint top)
{
  Block block = { picture, left, top, 0 };
  gint sum = 0;

  for (gint y = 0; y < BLOCK; y++)
    for (gint x = 0; x < BLOCK; x++)
      sum += luma (&block, x, y);
  block.mean = (sum + 32) >> 6;
  return block;
}

static gint
gradient_x (const Block *block, gint x, gint y)
{
  gint sum = 0;

  for (gint d = -1; d <= 1; d++)
    sum += luma (block, x + 1, y + d) - luma (block, x - 1, y + d);
  return sum;
}

static gint
gradient_y (const Block *block, gint x, gint y)
{
  gint sum = 0;

  for (gint d = -1; d <= 1; d++)
    sum += luma (block, x + d, y + 1) - luma (block, x + d, y - 1);
  return sum;
}

static gint
magnitude (const Block *block, gint x, gint y)
{
  gint gx = ABS (gradient_x (block, x, y)), gy = ABS (gradient_y (block, x, y));

  return MAX (gx, gy) + ((3 * MIN (gx, gy)) >> 3);
}

/* --- texture -------------------------------------------------------------- */

typedef struct
{
  gchar source;
  gint multiplier;
} Feature;

static const Feature luma_features[] = { { 'p', 1 }, { 'c', 4 }, { 'c', 16 },
  { 'x', 1 }, { 'x', 4 }, { 'y', 1 }, { 'y', 4 } };
static const Feature chroma_features[] = { { 'b', 2 }, { 'b', 8 }, { 'r', 2 },
  { 'r', 8 } };

static gint
source (const Block *block, gchar which, gint x, gint y)
{
  switch (which) {
    case 'p':
      return luma (block, x, y);
    case 'c':
      return luma (block, x, y) - block->mean;
    case 'x':
      return gradient_x (block, x, y);
    case 'y':
      return gradient_y (block, x, y);
    case 'b':
      return chroma (block, 1, x, y);
    default:
      return chroma (block, 2, x, y);
  }
}

static gint
wave (gint phase)
{
  gint t = phase & 255;

  if (t > 127)
    t -= 256;
  return t >= 0 ? t : -1 - t;
}

/* Sum of a feature over the 4x4 window at (@left, @top) of the block. */
static gint
window_sum (
    const Block *block, const Feature *feature, gint q, gint left, gint top)
{
  gint sum = 0;

  for (gint y = top; y < top + 4; y++)
    for (gint x = left; x < left + 4; x++)
      sum += wave (
          source (block, feature->source, x, y) * feature->multiplier + q);
  return sum;
}

static gint64
squared_difference (
    const Block *a, const Block *b, const Feature *feature, gint left, gint top)
{
  gint64 total = 0;

  for (gint q = 0; q <= 64; q += 64) {
    gint64 d = window_sum (a, feature, q, left, top)
        - window_sum (b, feature, q, left, top);

    total += d * d;
  }
  return total;
}

static gint64
texture (const Block *a, const Block *b, gboolean colour)
{
  gint64 total = 0;

  for (guint i = 0; i < G_N_ELEMENTS (luma_features); i++)
    for (gint window = 0; window < 4; window++)
      total += squared_difference (
          a, b, &luma_features[i], window % 2 * 4, window / 2 * 4);
  for (guint i = 0; colour && i < G_N_ELEMENTS (chroma_features); i++)
    total += 4 * squared_difference (a, b, &chroma_features[i], 0, 0);
  return total;
}

/* --- structure ------------------------------------------------------------ */

static gdouble
quotient (const Block *a, const Block *b, gint left, gint top)
{
  gint64 n = 0, squares_a = 0, squares_b = 0;

  for (gint y = top; y < top + 2; y++) {
    for (gint x = left; x < left + 2; x++) {
      gint64 ma = magnitude (a, x, y), mb = magnitude (b, x, y);

      n += (ma - mb) * (ma - mb);
      squares_a += ma * ma;
      squares_b += mb * mb;
    }
  }
  return (gdouble) n / (gdouble) (squares_a + squares_b + 6120);
}

static gdouble
gradient_difference (const Block *a, const Block *b)
{
  gdouble columns[4], sum;

  for (gint x = 0; x < 4; x++) {
    columns[x] = quotient (a, b, 2 * x, 0);
    for (gint y = 1; y < 4; y++)
      columns[x] += quotient (a, b, 2 * x, 2 * y);
  }
  sum = columns[0] + columns[1];
  sum += columns[2];
  sum += columns[3];
  return sum / 16;
}

static gint
chroma_mean (const Block *block, guint c)
{
  gint sum = 0;

  for (gint y = 0; y < 4; y++)
    for (gint x = 0; x < 4; x++)
      sum += chroma (block, c, x, y);
  return (sum + 8) >> 4;
}

static gdouble
sameness (const Block *a, const Block *b, gboolean colour)
{
  gdouble d = a->mean - b->mean;
  gdouble same =
      1 - d * d / (gdouble) (a->mean * a->mean + b->mean * b->mean + 64);
  gdouble e = 0;

  if (!colour)
    return same;
  for (guint c = 1; c < 3; c++) {
    gint n = chroma_mean (a, c) - chroma_mean (b, c);

    e += n * n;
  }
  return same * (1 - e / (e + 1024));
}

static gint64
energy (const Block *block)
{
  gint64 sum = 0;

  for (gint y = 0; y < BLOCK; y++)
    for (gint x = 0; x < BLOCK; x++)
      sum += magnitude (block, x, y) * magnitude (block, x, y);
  return sum;
}

/* --- a level, all levels -------------------------------------------------- */

static void
measure_block (
    const Block *a, const Block *b, gboolean colour, gdouble *w, gdouble *d)
{
  gdouble m = (gdouble) texture (a, b, colour) / 117440512.;
  gdouble g = gradient_difference (a, b);
  gdouble s = (1 - (1 - g) * sameness (a, b, colour)) + 1. / 256;
  gdouble e = (gdouble) MAX (energy (a), energy (b));

  *w = sqrt (sqrt (e / 576 + 1));
  *d = sqrt (s * sqrt (m * s));
}

/* Leaves w * d of the blocks and the sum of w behind, for the map. */
static gdouble
measure_level (const PlainPicture *a, const PlainPicture *b, gboolean colour,
    PlainResult *result, guint level, gdouble *sum_of_weights)
{
  guint columns = (a->planes[0].width + BLOCK - 1) / BLOCK;
  guint rows = (a->planes[0].height + BLOCK - 1) / BLOCK;
  gdouble num = 0, den = 0;

  result->n_blocks_x[level] = columns;
  result->n_blocks_y[level] = rows;
  result->blocks[level] = g_new (gdouble, columns * rows);
  for (guint j = 0; j < rows; j++) {
    gdouble rn = 0, rd = 0;

    for (guint i = 0; i < columns; i++) {
      Block block_a = block_at (a, (gint) i * BLOCK, (gint) j * BLOCK);
      Block block_b = block_at (b, (gint) i * BLOCK, (gint) j * BLOCK);
      gdouble w, d;

      measure_block (&block_a, &block_b, colour, &w, &d);
      rn += w * d;
      rd += w;
      result->blocks[level][j * columns + i] = w * d;
    }
    num += rn;
    den += rd;
  }
  *sum_of_weights = den;
  return num / den;
}

static guint
base_level (guint width, guint height)
{
  guint64 n = MIN (width, height);
  guint k = 0;

  while (n * n >= G_GUINT64_CONSTANT (1) << (2 * (k + 1) + 15))
    k++;
  return k;
}

static void
weigh_levels (PlainResult *result, guint base, const gdouble *distances,
    const gdouble *sums_of_weights)
{
  gdouble weights[PLAIN_MAX_LEVELS], sum = 0;

  for (guint l = 0; l < result->n_levels; l++) {
    weights[l] = l <= base ? 1 / (gdouble) (1 << 2 * (base - l)) : .5;
    sum += weights[l];
  }
  for (guint l = 0; l < result->n_levels; l++) {
    guint n = result->n_blocks_x[l] * result->n_blocks_y[l];

    result->taps[l] = weights[l] / sum * distances[l];
    result->distance += result->taps[l];
    for (guint i = 0; i < n; i++)
      result->blocks[l][i] *= weights[l] / sum * n / sums_of_weights[l];
  }
}

PlainResult
plain_mmd_ssim (const PlainPicture *a, const PlainPicture *b)
{
  PlainResult result = { 0 };
  gboolean colour =
      a->planes[1].samples != NULL || b->planes[1].samples != NULL;
  guint base = base_level (a->planes[0].width, a->planes[0].height);
  PlainPicture levels[2] = { *a, *b }, neutral[2] = { 0 };
  gdouble distances[PLAIN_MAX_LEVELS], sums[PLAIN_MAX_LEVELS];

  for (guint i = 0; i < 2; i++) {
    if (colour && levels[i].planes[1].samples == NULL) {
      add_neutral_chroma (&levels[i]);
      neutral[i].planes[1] = levels[i].planes[1];
      neutral[i].planes[2] = levels[i].planes[2];
    }
  }
  for (guint l = 0; l <= base + 1; l++) {
    distances[l] =
        measure_level (&levels[0], &levels[1], colour, &result, l, &sums[l]);
    result.n_levels++;
    if (MIN (levels[0].planes[0].width, levels[0].planes[0].height) < 32)
      break;
    for (guint i = 0; i < 2; i++) {
      PlainPicture smaller = half (&levels[i]);

      if (l > 0)
        plain_picture_clear (&levels[i]);
      levels[i] = smaller;
    }
  }
  if (levels[0].planes[0].samples != a->planes[0].samples) {
    plain_picture_clear (&levels[0]);
    plain_picture_clear (&levels[1]);
  }
  plain_picture_clear (&neutral[0]);
  plain_picture_clear (&neutral[1]);
  weigh_levels (&result, base, distances, sums);
  return result;
}

void
plain_result_clear (PlainResult *result)
{
  for (guint l = 0; l < PLAIN_MAX_LEVELS; l++)
    g_free (result->blocks[l]);
  *result = (PlainResult){ 0 };
}
