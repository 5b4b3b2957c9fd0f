/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The block kernels on vectors of several lanes of 16 bytes; included once by
 * each instruction set's file, which defines the vector V, V () that names its
 * operations, and the few steps that depend on the number of lanes.
 *
 * A step is as many blocks as a vector has columns in 8s.  "Unpacked" rows hold
 * two rows of a window in 8 bytes, so that one operation sums them: of the two
 * vectors that two rows make, the first has the even blocks of the step, one
 * in each lane, and the second the odd ones.
 */
#include "blocks/block-end.h"

#define BLOCKS (sizeof (V) / PERCEPTUAL_BLOCK)
#define LUMA_VECTORS 7 /* of sums of waves, for even or for odd blocks */

#define EACH_BLOCK static inline __attribute__ ((always_inline))

/* --- waves ---------------------------------------------------------------- */

/* Sums over 8 bytes of 255 - 2 wave (t), which is |t - (255 - t)|.  Constants
 * cancel between pictures, and the factor of -2 goes with the squares. */
EACH_BLOCK V
sum_waves (V t)
{
  return V (sad_epu8) (t, V_XOR (t, V (set1_epi8) (-1)));
}

/* Both waves of a window of which two vectors hold the upper and the lower
 * two rows. */
EACH_BLOCK void
sum_both_waves (V upper, V lower, V sums[2])
{
  const V quarter = V (set1_epi8) (64);

  sums[0] = V (add_epi32) (sum_waves (upper), sum_waves (lower));
  upper = V (add_epi8) (upper, quarter);
  lower = V (add_epi8) (lower, quarter);
  sums[1] = V (add_epi32) (sum_waves (upper), sum_waves (lower));
}

EACH_BLOCK V
times_2 (V a)
{
  return V (add_epi8) (a, a);
}

EACH_BLOCK V
times_4 (V a)
{
  return times_2 (times_2 (a));
}

/* Sixteen turns of the phase leave four bits of the source: the waves come
 * from a table. */
EACH_BLOCK void
sum_both_waves_of_16 (V upper, V lower, V sums[2])
{
#define TABLE(q)                                                               \
  ENTRY (q, 0), ENTRY (q, 1), ENTRY (q, 2), ENTRY (q, 3), ENTRY (q, 4),        \
      ENTRY (q, 5), ENTRY (q, 6), ENTRY (q, 7), ENTRY (q, 8), ENTRY (q, 9),    \
      ENTRY (q, 10), ENTRY (q, 11), ENTRY (q, 12), ENTRY (q, 13),              \
      ENTRY (q, 14), ENTRY (q, 15)
#define ENTRY(q, i) (gint8) ABS ((16 * (i) + (q)) % 256 * 2 - 255)
  const V cosine = V_LANES (TABLE (0));
  const V sine = V_LANES (TABLE (64));
  const V bits = V (set1_epi8) (15);
  const V zero = V_ZERO;
#undef ENTRY
#undef TABLE

  upper = V_AND (upper, bits);
  lower = V_AND (lower, bits);
  sums[0] =
      V (add_epi32) (V (sad_epu8) (V (shuffle_epi8) (cosine, upper), zero),
          V (sad_epu8) (V (shuffle_epi8) (cosine, lower), zero));
  sums[1] = V (add_epi32) (V (sad_epu8) (V (shuffle_epi8) (sine, upper), zero),
      V (sad_epu8) (V (shuffle_epi8) (sine, lower), zero));
}

/* Four vectors of small numbers in 64 bits as one of 16 bits. */
EACH_BLOCK V
pack_sums (V a, V b, V c, V d)
{
  return V (packs_epi32) (V (packs_epi32) (a, b), V (packs_epi32) (c, d));
}

/* --- texture -------------------------------------------------------------- */

EACH_BLOCK V
unpack (V upper, V lower, guint odd)
{
  return odd ? V (unpackhi_epi32) (upper, lower)
             : V (unpacklo_epi32) (upper, lower);
}

/* The windows of four rows of the even or the odd blocks.  Writes three
 * vectors of sums; @last gets the two sums that are left. */
EACH_BLOCK void
describe_windows (
    const V p[4], const V x[4], const V y[4], V mean, guint odd, V *to, V *last)
{
  V upper = unpack (p[0], p[1], odd), lower = unpack (p[2], p[3], odd);
  V a[2], b[2];

  sum_both_waves (upper, lower, a);
  upper = V (sub_epi8) (upper, mean);
  lower = V (sub_epi8) (lower, mean);
  sum_both_waves (times_4 (upper), times_4 (lower), b);
  V_STORE (to, pack_sums (a[0], a[1], b[0], b[1]));

  sum_both_waves_of_16 (upper, lower, a);
  upper = unpack (x[0], x[1], odd);
  lower = unpack (x[2], x[3], odd);
  sum_both_waves (upper, lower, b);
  V_STORE (to + 1, pack_sums (a[0], a[1], b[0], b[1]));

  sum_both_waves (times_4 (upper), times_4 (lower), a);
  upper = unpack (y[0], y[1], odd);
  lower = unpack (y[2], y[3], odd);
  sum_both_waves (upper, lower, b);
  V_STORE (to + 2, pack_sums (a[0], a[1], b[0], b[1]));

  sum_both_waves (times_4 (upper), times_4 (lower), a);
  *last = V (packs_epi32) (a[0], a[1]);
}

/* Gradients modulo 256, and means, then all features of luma. */
EACH_BLOCK void
describe_luma (
    const guint8 *const rows[PERCEPTUAL_BLOCK + 2], V *luma, gint32 *means)
{
  V p[8], x[8], y[8], across[10], sums[10], total = V_ZERO;

  for (guint i = 0; i < 10; i++) {
    V left = V_LOAD_ANY (rows[i] - 1), right = V_LOAD_ANY (rows[i] + 1);
    V middle = V_LOAD_ANY (rows[i]);

    across[i] = V (sub_epi8) (right, left);
    sums[i] = V (add_epi8) (V (add_epi8) (left, right), middle);
    if (i > 0 && i < 9) {
      p[i - 1] = middle;
      total = V (add_epi32) (total, V (sad_epu8) (middle, V_ZERO));
    }
  }
  for (guint i = 0; i < 8; i++) {
    x[i] =
        V (add_epi8) (V (add_epi8) (across[i], across[i + 1]), across[i + 2]);
    y[i] = V (sub_epi8) (sums[i + 2], sums[i]);
  }
  total = V (srli_epi64) (V (add_epi32) (total, V (set1_epi64x) (32)), 6);
  store_low_quads (means, V (shuffle_epi32) (total, 0x08));
  for (guint odd = 0; odd < 2; odd++) {
    V mean = V (shuffle_epi8) (total, V (set1_epi8) (odd ? 8 : 0));
    V last[2];

    for (guint i = 0; i < 2; i++)
      describe_windows (p + 4 * i, x + 4 * i, y + 4 * i, mean, odd,
          luma + odd * LUMA_VECTORS + 3 * i, &last[i]);
    V_STORE (luma + odd * LUMA_VECTORS + 6, V (packs_epi32) (last[0], last[1]));
  }
}

/* --- chroma --------------------------------------------------------------- */

/* Each lane becomes the window of a block: four rows of four samples. */
EACH_BLOCK void
load_chroma (const guint8 *const rows[4], gsize offset, V windows[2])
{
  V upper = V (unpacklo_epi32) (
      spread_quads (rows[0] + offset), spread_quads (rows[1] + offset));
  V lower = V (unpacklo_epi32) (
      spread_quads (rows[2] + offset), spread_quads (rows[3] + offset));

  windows[0] = V (unpacklo_epi64) (upper, lower);
  windows[1] = V (unpackhi_epi64) (upper, lower);
}

/* Eight sums of waves of Cb and Cr in each lane. */
EACH_BLOCK V
describe_chroma_windows (V cb, V cr)
{
  const V quarter = V (set1_epi8) (64), one = V (set1_epi16) (1);
  V sums[2];

  for (guint c = 0; c < 2; c++) {
    V by_2 = times_2 (c == 0 ? cb : cr);
    V by_8 = times_4 (by_2);

    /* The halves of a window stand side by side: their sum is the window's. */
    sums[c] = V (madd_epi16) (
        pack_sums (sum_waves (by_2), sum_waves (V (add_epi8) (by_2, quarter)),
            sum_waves (by_8), sum_waves (V (add_epi8) (by_8, quarter))),
        one);
  }
  return V (packs_epi32) (sums[0], sums[1]);
}

/* Means of Cb in the lower and of Cr in the upper half of each lane. */
EACH_BLOCK V
average_chroma_windows (V cb, V cr)
{
  V sum_b = V (sad_epu8) (cb, V_ZERO), sum_r = V (sad_epu8) (cr, V_ZERO);
  V sum = V (add_epi32) (
      V (unpacklo_epi64) (sum_b, sum_r), V (unpackhi_epi64) (sum_b, sum_r));

  return V (srli_epi64) (V (add_epi32) (sum, V (set1_epi64x) (8)), 4);
}

EACH_BLOCK void
describe_chroma (const PerceptualBlockRows *rows, gsize offset, V *chroma,
    gint32 *cb_means, gint32 *cr_means)
{
  V cb[2], cr[2], means;

  load_chroma (rows->chroma[0], offset, cb);
  load_chroma (rows->chroma[1], offset, cr);
  V_STORE (chroma, describe_chroma_windows (cb[0], cr[0]));
  V_STORE (chroma + 1, describe_chroma_windows (cb[1], cr[1]));
  means = V_OR (average_chroma_windows (cb[0], cr[0]),
      V (slli_epi64) (average_chroma_windows (cb[1], cr[1]), 32));
  store_low_quads (cb_means, means);
  store_low_quads (cr_means, V (unpackhi_epi64) (means, means));
}

/* --- gradients ------------------------------------------------------------ */

/* Differences and sums across of the 16 bits that even or odd blocks have. */
typedef struct
{
  V across[2];
  V sums[2];
} GradientRow;

EACH_BLOCK GradientRow
gradient_row (const guint8 *row)
{
  const V minus_plus = V (set1_epi16) (0x01ff), plus_plus = V (set1_epi8) (1);
  V left = V_LOAD_ANY (row - 1), right = V_LOAD_ANY (row + 1);
  V middle = V_LOAD_ANY (row);
  V even = V (unpacklo_epi8) (left, right);
  V odd = V (unpackhi_epi8) (left, right);

  return (GradientRow){
    .across = { V (maddubs_epi16) (even, minus_plus),
        V (maddubs_epi16) (odd, minus_plus) },
    .sums = { V (add_epi16) (V (maddubs_epi16) (even, plus_plus),
                  V (unpacklo_epi8) (middle, V_ZERO)),
        V (add_epi16) (V (maddubs_epi16) (odd, plus_plus),
            V (unpackhi_epi8) (middle, V_ZERO)) },
  };
}

EACH_BLOCK V
magnitude (const GradientRow rows[3], guint odd)
{
  V x = V (abs_epi16) (
      V (add_epi16) (V (add_epi16) (rows[0].across[odd], rows[1].across[odd]),
          rows[2].across[odd]));
  V y = V (abs_epi16) (V (sub_epi16) (rows[2].sums[odd], rows[0].sums[odd]));
  V low = V (min_epi16) (x, y);

  /* (3 low) >> 3 */
  return V (add_epi16) (
      V (max_epi16) (x, y), V (mulhi_epu16) (low, V (set1_epi16) (3 << 13)));
}

/* Sums over each lane of two vectors, of even blocks and of odd ones, in the
 * order of the blocks. */
EACH_BLOCK void
store_lane_sums (gint32 *to, V even, V odd)
{
  V sum = V (add_epi32) (
      V (unpacklo_epi32) (even, odd), V (unpackhi_epi32) (even, odd));

  store_low_quads (to, V (add_epi32) (sum, V (unpackhi_epi64) (sum, sum)));
}

EACH_BLOCK void
describe_gradients (const guint8 *const luma[PERCEPTUAL_BLOCK + 2],
    V *magnitudes, V *squares, gint32 *energies)
{
  GradientRow rows[PERCEPTUAL_BLOCK + 2];
  V total[2] = { V_ZERO, V_ZERO };

  for (guint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
    rows[i] = gradient_row (luma[i]);
  for (guint i = 0; i < PERCEPTUAL_BLOCK; i += 2) {
    for (guint odd = 0; odd < 2; odd++) {
      V upper = magnitude (rows + i, odd),
        lower = magnitude (rows + i + 1, odd);
      V sum = V (add_epi32) (
          V (madd_epi16) (upper, upper), V (madd_epi16) (lower, lower));

      V_STORE (magnitudes + 2 * i + odd, upper);
      V_STORE (magnitudes + 2 * i + 2 + odd, lower);
      V_STORE (squares + i + odd, sum);
      total[odd] = V (add_epi32) (total[odd], sum);
    }
  }
  store_lane_sums (energies, total[0], total[1]);
}

/* --- the kernels ---------------------------------------------------------- */

static void
describe (const PerceptualBlockRows *rows, guint first, guint n,
    gboolean colour, PerceptualBlockTile *tile)
{
  for (guint block = 0; block < n; block += BLOCKS) {
    const guint8 *luma[PERCEPTUAL_BLOCK + 2];
    gsize left = (gsize) (first + block) * PERCEPTUAL_BLOCK;

    for (guint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
      luma[i] = rows->luma[i] + left;
    describe_luma (luma, (V *) (tile->luma + 56 * block), tile->means + block);
    describe_gradients (luma, (V *) (tile->magnitudes + 64 * block),
        (V *) (tile->squares + 16 * block), tile->energies + block);
    if (colour)
      describe_chroma (rows, left / 2, (V *) (tile->chroma + 8 * block),
          tile->chroma_means[0] + block, tile->chroma_means[1] + block);
  }
}

EACH_BLOCK V
squared_difference (const V *a, const V *b)
{
  V d = V (sub_epi16) (V_LOAD (a), V_LOAD (b));

  return V (madd_epi16) (d, d);
}

EACH_BLOCK void
compare_textures (const PerceptualBlockTile *a, const PerceptualBlockTile *b,
    guint block, gboolean colour, gint32 *textures)
{
  const V *luma_a = (const V *) (a->luma + 56 * block);
  const V *luma_b = (const V *) (b->luma + 56 * block);
  const V *chroma_a = (const V *) (a->chroma + 8 * block);
  const V *chroma_b = (const V *) (b->chroma + 8 * block);
  V total[2];

  for (guint odd = 0; odd < 2; odd++) {
    total[odd] = squared_difference (luma_a, luma_b);
    for (guint i = 1; i < LUMA_VECTORS; i++)
      total[odd] = V (add_epi32) (
          total[odd], squared_difference (luma_a + i, luma_b + i));
    luma_a += LUMA_VECTORS;
    luma_b += LUMA_VECTORS;
    if (colour)
      total[odd] = V (add_epi32) (total[odd],
          V (slli_epi32) (
              squared_difference (chroma_a + odd, chroma_b + odd), 2));
  }
  store_lane_sums (textures + block, total[0], total[1]);
}

/* Quotients of whole numbers, n below 2^23 and d below 2^24, without the slow
 * division.  The instruction set's 1 / d, after a step of Newton's in single and
 * one in double precision, is within 2^-44 of itself; n - q d is exact for the
 * q that it gives; so the corrected q is within 2^-88 before it is rounded.  A
 * number halfway between two doubles, which has 54 bits, is at least 2^-78 away
 * from n / d: the result is rounded as the division's would be. */
EACH_BLOCK void
compare_gradients (const PerceptualBlockTile *a, const PerceptualBlockTile *b,
    guint block, gdouble *gradients)
{
  const V *magnitudes_a = (const V *) (a->magnitudes + 64 * block);
  const V *magnitudes_b = (const V *) (b->magnitudes + 64 * block);
  const V *squares_a = (const V *) (a->squares + 16 * block);
  const V *squares_b = (const V *) (b->squares + 16 * block);
  const V constant = V (set1_epi32) (6120);
  Columns columns[2];

  for (guint i = 0; i < 4; i++) {
    for (guint odd = 0; odd < 2; odd++) {
      V n = V (add_epi32) (
          squared_difference (magnitudes_a + odd, magnitudes_b + odd),
          squared_difference (magnitudes_a + 2 + odd, magnitudes_b + 2 + odd));
      V d = V (add_epi32) (
          V (add_epi32) (V_LOAD (squares_a + odd), V_LOAD (squares_b + odd)),
          constant);

      add_quotients (&columns[odd], n, d, i == 0);
    }
    magnitudes_a += 4;
    magnitudes_b += 4;
    squares_a += 2;
    squares_b += 2;
  }
  store_column_sums (gradients + block, &columns[0], &columns[1]);
}

static void
compare (const PerceptualBlockTile *a, const PerceptualBlockTile *b, guint n,
    gboolean colour, gdouble *weights, gdouble *weighted)
{
  gint32 textures[PERCEPTUAL_TILE] __attribute__ ((aligned (64)));
  gdouble gradients[PERCEPTUAL_TILE] __attribute__ ((aligned (64)));

  for (guint block = 0; block < n; block += BLOCKS) {
    compare_textures (a, b, block, colour, textures);
    compare_gradients (a, b, block, gradients);
  }
  /* Of the sums of waves times two. */
  for (guint i = 0; i < n; i++)
    textures[i] >>= 2;
  if (colour)
    end_blocks (a, b, textures, gradients, n, TRUE, weights, weighted);
  else
    end_blocks (a, b, textures, gradients, n, FALSE, weights, weighted);
}

#include "blocks/plane-kernels-template.h"

const PerceptualBlockKernels BLOCK_KERNELS = { describe, compare, full_luma,
  full_chroma, narrow, half, rgb };
