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

#define BLOCKS (sizeof (V) / PERCEPTUAL_BLOCK) /* also END_BLOCKS */
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

/* Both waves of a window; two vectors hold its upper and its lower two rows. */
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

EACH_BLOCK V
squared_difference (V a, const V *b)
{
  V d = V (sub_epi16) (a, V_LOAD (b));

  return V (madd_epi16) (d, d);
}

/* Keeps sums of waves, or adds their squared differences from those that were
 * kept to a total. */
typedef struct
{
  V *to;
  const V *other;
  V total;
} Sums;

EACH_BLOCK void
add_sums (Sums *self, guint i, V sums)
{
  if (self->other == NULL)
    V_STORE (self->to + i, sums);
  else
    self->total =
        V (add_epi32) (self->total, squared_difference (sums, self->other + i));
}

/* The windows of four rows of the even or the odd blocks make three vectors of
 * sums from @first on.  Returns: the two sums that are left */
EACH_BLOCK V
describe_windows (const V p[4], const V x[4], const V y[4], V mean, guint odd,
    Sums *sums, guint first)
{
  V upper = unpack (p[0], p[1], odd), lower = unpack (p[2], p[3], odd);
  V a[2], b[2];

  sum_both_waves (upper, lower, a);
  upper = V (sub_epi8) (upper, mean);
  lower = V (sub_epi8) (lower, mean);
  sum_both_waves (times_4 (upper), times_4 (lower), b);
  add_sums (sums, first, pack_sums (a[0], a[1], b[0], b[1]));

  sum_both_waves_of_16 (upper, lower, a);
  upper = unpack (x[0], x[1], odd);
  lower = unpack (x[2], x[3], odd);
  sum_both_waves (upper, lower, b);
  add_sums (sums, first + 1, pack_sums (a[0], a[1], b[0], b[1]));

  sum_both_waves (times_4 (upper), times_4 (lower), a);
  upper = unpack (y[0], y[1], odd);
  lower = unpack (y[2], y[3], odd);
  sum_both_waves (upper, lower, b);
  add_sums (sums, first + 2, pack_sums (a[0], a[1], b[0], b[1]));

  sum_both_waves (times_4 (upper), times_4 (lower), a);
  return V (packs_epi32) (a[0], a[1]);
}

/* What features are made of, eight rows of each; and the block's mean in the
 * lower half of a lane for even and in the upper one for odd blocks. */
typedef struct
{
  V p[8];
  V x[8];
  V y[8];
  V means;
} Sources;

/* Gradients are modulo 256. */
EACH_BLOCK void
make_sources (const guint8 *const rows[PERCEPTUAL_BLOCK + 2], Sources *sources)
{
  V across[10], down[10], total = V_ZERO;
  for (guint i = 0; i < 10; i++) {
    V left = V_LOAD_ANY (rows[i] - 1), right = V_LOAD_ANY (rows[i] + 1);
    V middle = V_LOAD_ANY (rows[i]);

    across[i] = V (sub_epi8) (right, left);
    down[i] = V (add_epi8) (V (add_epi8) (left, right), middle);
    if (i > 0 && i < 9) {
      sources->p[i - 1] = middle;
      total = V (add_epi32) (total, V (sad_epu8) (middle, V_ZERO));
    }
  }
  for (guint i = 0; i < 8; i += 2) {
    V both = V (add_epi8) (across[i + 1], across[i + 2]);

    sources->x[i] = V (add_epi8) (across[i], both);
    sources->x[i + 1] = V (add_epi8) (both, across[i + 3]);
    sources->y[i] = V (sub_epi8) (down[i + 2], down[i]);
    sources->y[i + 1] = V (sub_epi8) (down[i + 3], down[i + 1]);
  }
  sources->means =
      V (srli_epi64) (V (add_epi32) (total, V (set1_epi64x) (32)), 6);
}

EACH_BLOCK void
describe_sources (const Sources *sources, guint odd, Sums *sums)
{
  V mean = V (shuffle_epi8) (sources->means, V (set1_epi8) (odd ? 8 : 0));
  V a =
      describe_windows (sources->p, sources->x, sources->y, mean, odd, sums, 0);
  V b = describe_windows (
      sources->p + 4, sources->x + 4, sources->y + 4, mean, odd, sums, 3);

  add_sums (sums, 6, V (packs_epi32) (a, b));
}

EACH_BLOCK void
describe_luma (
    const guint8 *const rows[PERCEPTUAL_BLOCK + 2], Sums sums[2], gint32 *means)
{
  Sources sources;

  make_sources (rows, &sources);
  store_low_quads (means, V (shuffle_epi32) (sources.means, 0x08));
  describe_sources (&sources, 0, &sums[0]);
  describe_sources (&sources, 1, &sums[1]);
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

    /* The halves of a window are side by side: their sum is the window's. */
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
describe_chroma (const PerceptualBlockRows *rows, gsize offset, Sums sums[2],
    gint32 *cb_means, gint32 *cr_means)
{
  V cb[2], cr[2], means;

  load_chroma (rows->chroma[0], offset, cb);
  load_chroma (rows->chroma[1], offset, cr);
  add_sums (&sums[0], 0, describe_chroma_windows (cb[0], cr[0]));
  add_sums (&sums[1], 0, describe_chroma_windows (cb[1], cr[1]));
  means = V_OR (average_chroma_windows (cb[0], cr[0]),
      V (slli_epi64) (average_chroma_windows (cb[1], cr[1]), 32));
  store_low_quads (cb_means, means);
  store_low_quads (cr_means, V (unpackhi_epi64) (means, means));
}

/* --- gradients ------------------------------------------------------------ */

/* Differences and sums across, of 16 bits, of the even or the odd blocks. */
typedef struct
{
  V across;
  V down;
} GradientRow;

EACH_BLOCK GradientRow
gradient_row (const guint8 *row, guint odd)
{
  const V minus_plus = V (set1_epi16) (0x01ff), plus_plus = V (set1_epi8) (1);
  V left = V_LOAD_ANY (row - 1), right = V_LOAD_ANY (row + 1);
  V middle = V_LOAD_ANY (row);
  V sides =
      odd ? V (unpackhi_epi8) (left, right) : V (unpacklo_epi8) (left, right);

  middle = odd ? V (unpackhi_epi8) (middle, V_ZERO)
               : V (unpacklo_epi8) (middle, V_ZERO);
  return (GradientRow){
    .across = V (maddubs_epi16) (sides, minus_plus),
    .down = V (add_epi16) (V (maddubs_epi16) (sides, plus_plus), middle),
  };
}

EACH_BLOCK V
magnitude (V across, V down)
{
  V x = V (abs_epi16) (across), y = V (abs_epi16) (down);
  V low = V (min_epi16) (x, y);

  /* (3 low) >> 3 */
  return V (add_epi16) (
      V (max_epi16) (x, y), V (mulhi_epu16) (low, V (set1_epi16) (3 << 13)));
}

/* Magnitudes of two rows of four. */
EACH_BLOCK void
find_magnitudes (const GradientRow rows[4], V *upper, V *lower)
{
  V both = V (add_epi16) (rows[1].across, rows[2].across);

  *upper = magnitude (V (add_epi16) (rows[0].across, both),
      V (sub_epi16) (rows[2].down, rows[0].down));
  *lower = magnitude (V (add_epi16) (both, rows[3].across),
      V (sub_epi16) (rows[3].down, rows[1].down));
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

/* Adds the quotients that two rows make to their columns. */
EACH_BLOCK void
compare_magnitudes (V upper, V lower, V squares, const V *other_magnitudes,
    const V *other_squares, Columns *columns, gboolean first)
{
  V n = V (add_epi32) (squared_difference (upper, other_magnitudes),
      squared_difference (lower, other_magnitudes + 2));
  V d = V (add_epi32) (
      V (add_epi32) (squares, V_LOAD (other_squares)), V (set1_epi32) (6120));

  add_quotients (columns, n, d, first);
}

/* Where rows of the even or the odd blocks are kept or compared. */
typedef struct
{
  V *magnitudes;
  V *squares;
  const V *other_magnitudes;
  const V *other_squares;
  V energies;
  Columns columns;
} Gradients;

/* Rows @i and @i + 1, from the gradients of four; leaves the last two for the
 * next two rows. */
EACH_BLOCK void
describe_two_rows (
    Gradients *self, GradientRow rows[4], guint i, gboolean compared)
{
  V upper, lower, squares;

  find_magnitudes (rows, &upper, &lower);
  rows[0] = rows[2];
  rows[1] = rows[3];
  squares = V (add_epi32) (
      V (madd_epi16) (upper, upper), V (madd_epi16) (lower, lower));
  self->energies = i == 0 ? squares : V (add_epi32) (self->energies, squares);
  if (compared) {
    compare_magnitudes (upper, lower, squares, self->other_magnitudes + 2 * i,
        self->other_squares + i, &self->columns, i == 0);
  } else {
    V_STORE (self->magnitudes + 2 * i, upper);
    V_STORE (self->magnitudes + 2 * i + 2, lower);
    V_STORE (self->squares + i, squares);
  }
}

EACH_BLOCK void
describe_half (const guint8 *const luma[PERCEPTUAL_BLOCK + 2], guint odd,
    gboolean compared, Gradients *self)
{
  GradientRow rows[4] = { gradient_row (luma[0], odd),
    gradient_row (luma[1], odd) };
  for (guint i = 0; i < PERCEPTUAL_BLOCK; i += 2) {
    rows[2] = gradient_row (luma[i + 2], odd);
    rows[3] = gradient_row (luma[i + 3], odd);
    describe_two_rows (self, rows, i, compared);
  }
}

/* @gradients: the mean quotients, where there is @other */
EACH_BLOCK void
describe_gradients (const guint8 *const luma[PERCEPTUAL_BLOCK + 2], guint block,
    PerceptualBlockTile *tile, const PerceptualBlockTile *other,
    gint32 *energies, gdouble *gradients)
{
  Gradients halves[2];
  for (guint odd = 0; odd < 2; odd++) {
    if (other == NULL) {
      halves[odd].magnitudes = (V *) (tile->magnitudes + 64 * block) + odd;
      halves[odd].squares = (V *) (tile->squares + 16 * block) + odd;
    } else {
      halves[odd].other_magnitudes =
          (const V *) (other->magnitudes + 64 * block) + odd;
      halves[odd].other_squares =
          (const V *) (other->squares + 16 * block) + odd;
    }
  }
  describe_half (luma, 0, other != NULL, &halves[0]);
  describe_half (luma, 1, other != NULL, &halves[1]);
  store_lane_sums (energies, halves[0].energies, halves[1].energies);
  if (other != NULL)
    store_column_sums (gradients, &halves[0].columns, &halves[1].columns);
}

/* --- the kernels ---------------------------------------------------------- */

/* One step of blocks: into @tile, or compared with @other to sums of squared
 * differences and mean quotients. */
EACH_BLOCK void
describe_step (const PerceptualBlockRows *rows, guint first, guint block,
    gboolean colour, PerceptualBlockTile *tile,
    const PerceptualBlockTile *other, PerceptualBlockMeans *means,
    gint32 *textures, gdouble *gradients)
{
  const guint8 *luma[PERCEPTUAL_BLOCK + 2];
  gsize left = (gsize) (first + block) * PERCEPTUAL_BLOCK;
  Sums sums[2], chroma[2];
  for (guint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
    luma[i] = rows->luma[i] + left;
  for (guint odd = 0; odd < 2; odd++) {
    gsize at = 56 * block + odd * LUMA_VECTORS * (sizeof (V) / 2);
    gsize chroma_at = 8 * block + odd * (sizeof (V) / 2);

    sums[odd] = chroma[odd] = (Sums){ .total = V_ZERO };
    if (other == NULL) {
      sums[odd].to = (V *) (tile->luma + at);
      chroma[odd].to = (V *) (tile->chroma + chroma_at);
    } else {
      sums[odd].other = (const V *) (other->luma + at);
      chroma[odd].other = (const V *) (other->chroma + chroma_at);
    }
  }
  describe_gradients (luma, block, tile, other, means->energies + block,
      other != NULL ? gradients + block : NULL);
  describe_luma (luma, sums, means->luma + block);
  if (colour)
    describe_chroma (rows, left / 2, chroma, means->chroma[0] + block,
        means->chroma[1] + block);
  if (other == NULL)
    return;
  /* Sums of waves came times two. */
  for (guint odd = 0; odd < 2; odd++)
    sums[odd].total =
        V (add_epi32) (V (srli_epi32) (sums[odd].total, 2), chroma[odd].total);
  store_lane_sums (textures + block, sums[0].total, sums[1].total);
}

EACH_BLOCK void
describe_tile (const PerceptualBlockRows *rows, guint first, guint n,
    gboolean colour, PerceptualBlockTile *tile)
{
  for (guint block = 0; block < n; block += BLOCKS)
    describe_step (
        rows, first, block, colour, tile, NULL, &tile->means, NULL, NULL);
}

static void
describe (const PerceptualBlockRows *rows, guint first, guint n,
    gboolean colour, PerceptualBlockTile *tile)
{
  if (colour)
    describe_tile (rows, first, n, TRUE, tile);
  else
    describe_tile (rows, first, n, FALSE, tile);
}

/* A step is ended before the next one begins, so that its divisions and roots
 * run beside that one's sums. */
EACH_BLOCK void
compare_tile (const PerceptualBlockTile *tile, const PerceptualBlockRows *rows,
    guint first, guint n, gboolean colour, gdouble *weights, gdouble *weighted)
{
  PerceptualBlockMeans means __attribute__ ((aligned (64)));
  gint32 textures[PERCEPTUAL_TILE] __attribute__ ((aligned (64)));
  gdouble gradients[PERCEPTUAL_TILE] __attribute__ ((aligned (64)));

  for (guint block = 0; block < n; block += BLOCKS) {
    describe_step (
        rows, first, block, colour, NULL, tile, &means, textures, gradients);
    end_blocks (&tile->means, &means, textures, gradients, block, colour,
        weights, weighted);
  }
}

static void
compare (const PerceptualBlockTile *tile, const PerceptualBlockRows *rows,
    guint first, guint n, gboolean colour, gdouble *weights, gdouble *weighted)
{
  if (colour)
    compare_tile (tile, rows, first, n, TRUE, weights, weighted);
  else
    compare_tile (tile, rows, first, n, FALSE, weights, weighted);
}

#include "blocks/plane-kernels-template.h"

const PerceptualBlockKernels BLOCK_KERNELS = { describe, compare, full_luma,
  full_chroma, narrow, half, rgb };
