/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of canonical planes on vectors, included by each instruction set's file
 * behind the macros of block-kernels-template.h.  Beyond those it needs the
 * order of lanes after packing two and four vectors undone.
 *
 * Sources may end with the memory they lie in: what is left of a row after
 * whole vectors is done by the definition's own arithmetic.
 */

#define BYTES (sizeof (V))

EACH_BLOCK V
pack_words (V first, V second)
{
  return pack_order (V (packus_epi16) (first, second));
}

/* ((max (y, 16) - 16) * 149 + 64) >> 7 as the upper half of a product of 16
 * bits: (256 y + 110) * 298 / 65536 is never on the other side of a whole
 * number, for 298 * 110 is just above 64 * 512 and y's part a multiple of
 * 512. */
static void
full_luma (guint8 *to, const guint8 *from, guint n)
{
  const V half = V (set1_epi8) (110), scale = V (set1_epi16) (298);
  gsize i = 0;

  for (; i + BYTES <= n; i += BYTES) {
    V y = V (subs_epu8) (V_LOAD_ANY (from + i), V (set1_epi8) (16));
    V low = V (mulhi_epu16) (V (unpacklo_epi8) (half, y), scale);
    V high = V (mulhi_epu16) (V (unpackhi_epi8) (half, y), scale);

    V_STORE_ANY (to + i, V (packus_epi16) (low, high));
  }
  for (; i < n; i++)
    to[i] = (guint8) MIN (((MAX (from[i], 16) - 16) * 149 + 64) >> 7, 255);
}

/* Likewise (((c - 128) * 146 + 64) >> 7) + 128 = ((146 c + 64) >> 7) - 18. */
static void
full_chroma (guint8 *to, const guint8 *from, guint n)
{
  const V half = V (set1_epi8) (113), scale = V (set1_epi16) (292);
  const V less = V (set1_epi16) (18);
  gsize i = 0;

  for (; i + BYTES <= n; i += BYTES) {
    V c = V_LOAD_ANY (from + i);
    V low = V (mulhi_epu16) (V (unpacklo_epi8) (half, c), scale);
    V high = V (mulhi_epu16) (V (unpackhi_epi8) (half, c), scale);

    V_STORE_ANY (to + i,
        V (packus_epi16) (
            V (sub_epi16) (low, less), V (sub_epi16) (high, less)));
  }
  for (; i < n; i++) {
    gint c = ((146 * from[i] + 64) >> 7) - 18;

    to[i] = (guint8) CLAMP (c, 0, 255);
  }
}

static void
narrow (guint8 *to, const guint16 *from, guint depth, guint shift, guint n)
{
  const V half = V (set1_epi16) ((gint16) (1 << (depth - 9)));
  const __m128i by_shift = _mm_cvtsi32_si128 ((gint) shift);
  const __m128i by_more = _mm_cvtsi32_si128 ((gint) depth - 8);
  gsize i = 0;

  for (; i + BYTES <= n; i += BYTES) {
    V words[2];

    for (guint k = 0; k < 2; k++) {
      words[k] = V_LOAD_ANY (from + i + k * (BYTES / 2));
      words[k] = V (srl_epi16) (words[k], by_shift);
      words[k] = V (srl_epi16) (V (adds_epu16) (words[k], half), by_more);
    }
    V_STORE_ANY (to + i, pack_words (words[0], words[1]));
  }
  for (; i < n; i++) {
    guint v = ((guint) (from[i] >> shift) + (1u << (depth - 9))) >> (depth - 8);

    to[i] = (guint8) MIN (v, 255);
  }
}

static void
half (guint8 *to, const guint8 *upper, const guint8 *lower, guint n)
{
  const V one = V (set1_epi8) (1), two = V (set1_epi16) (2);
  gsize i = 0;

  for (; i + BYTES <= n; i += BYTES) {
    V words[2];

    for (guint k = 0; k < 2; k++) {
      gsize at = 2 * i + k * BYTES;
      V sum = V (add_epi16) (V (maddubs_epi16) (V_LOAD_ANY (upper + at), one),
          V (maddubs_epi16) (V_LOAD_ANY (lower + at), one));

      words[k] = V (srli_epi16) (V (add_epi16) (sum, two), 2);
    }
    V_STORE_ANY (to + i, pack_words (words[0], words[1]));
  }
  for (; i < n; i++)
    to[i] = (guint8) ((upper[2 * i] + upper[2 * i + 1] + lower[2 * i]
                          + lower[2 * i + 1] + 2)
        >> 2);
}

/* What a row of R'G'B' is weighed with: words for R and B, for G and what is
 * ignored, and what is added before the last 8 bits go. */
typedef struct
{
  gint16 r;
  gint16 b;
  gint16 g;
  gint32 add;
} Weights;

static const Weights weights_of[3] = { { 54, 19, 183, 128 },
  { -29, 128, -99, 128 + 32768 }, { 128, -12, -116, 128 + 32768 } };

EACH_BLOCK V
pair_of_words (gint16 low, gint16 high)
{
  return V (set1_epi32) ((gint32) ((guint16) low | (guint32) high << 16));
}

EACH_BLOCK V
weigh (const guint32 *pixels, V rb, V g, V add)
{
  const V bytes = V (set1_epi16) (255);
  V pixel = V_LOAD_ANY (pixels);
  V sum = V (add_epi32) (V (madd_epi16) (V_AND (pixel, bytes), rb),
      V (madd_epi16) (V (srli_epi16) (pixel, 8), g));

  return V (srli_epi32) (V (add_epi32) (sum, add), 8);
}

static void
weigh_row (guint8 *to, const guint32 *pixels, const Weights *weights, guint n)
{
  const V rb = pair_of_words (weights->r, weights->b);
  const V g = pair_of_words (weights->g, 0);
  const V add = V (set1_epi32) (weights->add);
  gsize i = 0;

  for (; i + BYTES <= n; i += BYTES) {
    V sums[4];

    for (guint k = 0; k < 4; k++)
      sums[k] = weigh (pixels + i + k * (BYTES / 4), rb, g, add);
    V_STORE_ANY (to + i,
        pack_order_of_4 (V (packus_epi16) (V (packs_epi32) (sums[0], sums[1]),
            V (packs_epi32) (sums[2], sums[3]))));
  }
  for (; i < n; i++) {
    gint r = pixels[i] & 255, g = pixels[i] >> 8 & 255;
    gint b = pixels[i] >> 16 & 255;
    gint sum = weights->r * r + weights->g * g + weights->b * b + weights->add;

    to[i] = (guint8) MIN (sum >> 8, 255);
  }
}

static void
rgb (guint8 *const to[3], const guint32 *pixels, guint n)
{
  for (guint c = 0; c < 3; c++)
    weigh_row (to[c], pixels, &weights_of[c], n);
}
