/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The block kernels for any CPU: sixteen bytes at a time by the compiler's
 * vectors, which are SSE2 on x86-64 and NEON on aarch64, and rows of planes by
 * ORC programs; and the choice among all tables.
 */
#define END_BLOCKS 2
#define ROOTS(a) roots (a)

typedef double Two __attribute__ ((vector_size (16)));

static inline Two roots (Two a);

#include "blocks/block-end.h"
#include "rows/row-programs.h"
#include "config.h"

#include <math.h>
#include <string.h>

static inline Two
roots (Two a)
{
  return (Two){ sqrt (a[0]), sqrt (a[1]) };
}

typedef guint8 U8 __attribute__ ((vector_size (16)));
typedef gint8 S8 __attribute__ ((vector_size (16)));
typedef guint16 U16 __attribute__ ((vector_size (16)));
typedef gint16 S16 __attribute__ ((vector_size (16)));
typedef guint32 U32 __attribute__ ((vector_size (16)));
typedef gint32 S32 __attribute__ ((vector_size (16)));
typedef guint8 Eight __attribute__ ((vector_size (8)));

/* Two blocks are a vector of bytes. */
#define STEP 2
#define WAVES 14

#define EACH_STEP static inline __attribute__ ((always_inline))

EACH_STEP U8
load (const guint8 *from)
{
  U8 bytes;

  memcpy (&bytes, from, sizeof bytes);
  return bytes;
}

/* --- texture -------------------------------------------------------------- */

EACH_STEP U8
wave (U8 source, guint multiplier, guint8 q)
{
  for (; multiplier > 1; multiplier /= 2)
    source += source;
  source += q;
  return source ^ (U8) ((S8) source < 0);
}

/* Sums of a wave over windows of four rows and columns. */
EACH_STEP U32
sum_windows (const U8 rows[4], guint multiplier, guint8 q)
{
  U8 upper = wave (rows[0], multiplier, q) + wave (rows[1], multiplier, q);
  U8 lower = wave (rows[2], multiplier, q) + wave (rows[3], multiplier, q);
  U16 pairs = (((U16) upper & 255) + ((U16) upper >> 8))
      + (((U16) lower & 255) + ((U16) lower >> 8));

  return ((U32) pairs & 65535) + ((U32) pairs >> 16);
}

/* Both waves of the windows of eight rows, the lower ones in the upper halves
 * of words. */
EACH_STEP void
describe_source (const U8 rows[8], guint multiplier, U32 *to)
{
  for (guint i = 0; i < 2; i++)
    to[i] = sum_windows (rows, multiplier, (guint8) (64 * i))
        | sum_windows (rows + 4, multiplier, (guint8) (64 * i)) << 16;
}

EACH_STEP U8
spread_means (const gint32 *means)
{
  U8 mean;

  memset (&mean, means[0], 8);
  memset ((guint8 *) &mean + 8, means[1], 8);
  return mean;
}

static void
describe_luma (const guint8 *const luma[PERCEPTUAL_BLOCK + 2],
    const gint32 *means, U32 *to)
{
  U8 p[8], c[8], x[8], y[8], across[10], sums[10];
  U8 mean = spread_means (means);

  for (guint i = 0; i < 10; i++) {
    U8 left = load (luma[i] - 1), right = load (luma[i] + 1);
    U8 middle = load (luma[i]);

    across[i] = right - left;
    sums[i] = left + middle + right;
    if (i > 0 && i < 9) {
      p[i - 1] = middle;
      c[i - 1] = middle - mean;
    }
  }
  for (guint i = 0; i < 8; i++) {
    x[i] = across[i] + across[i + 1] + across[i + 2];
    y[i] = sums[i + 2] - sums[i];
  }
  describe_source (p, 1, to);
  describe_source (c, 4, to + 2);
  describe_source (c, 16, to + 4);
  describe_source (x, 1, to + 6);
  describe_source (x, 4, to + 8);
  describe_source (y, 1, to + 10);
  describe_source (y, 4, to + 12);
}

/* Two steps of blocks are a vector of bytes of chroma.  The sums for 8 turns
 * come in the upper halves of words. */
static void
describe_chroma (const PerceptualBlockRows *rows, gsize left, U32 *to,
    PerceptualBlockMeans *means, guint block)
{
  for (guint c = 0; c < 2; c++) {
    U8 samples[4];

    for (guint y = 0; y < 4; y++)
      samples[y] = load (rows->chroma[c][y] + left);
    for (guint i = 0; i < 2; i++)
      *to++ = sum_windows (samples, 2, (guint8) (64 * i))
          | sum_windows (samples, 8, (guint8) (64 * i)) << 16;
    for (guint i = 0; i < 4; i++) {
      gint32 sum = 0;

      for (guint y = 0; y < 4; y++)
        for (guint x = 0; x < 4; x++)
          sum += rows->chroma[c][y][left + 4 * i + x];
      means->chroma[c][block + i] = (sum + 8) >> 4;
    }
  }
}

/* --- gradients, one block at a time --------------------------------------- */

EACH_STEP S16
widen (const guint8 *from)
{
  Eight bytes;

  memcpy (&bytes, from, sizeof bytes);
  return __builtin_convertvector(bytes, S16);
}

EACH_STEP S16
absolute (S16 a)
{
  S16 negative = a < 0;

  return (a ^ negative) - negative;
}

EACH_STEP S16
magnitude (const S16 across[3], S16 above, S16 below)
{
  S16 x = absolute (across[0] + across[1] + across[2]);
  S16 y = absolute (below - above);
  S16 is_low = x < y;
  S16 low = (x & is_low) | (y & ~is_low);

  return (x ^ y ^ low) + ((3 * low) >> 3);
}

/* Sums of the squares of neighbours. */
EACH_STEP S32
square (S16 a)
{
  S32 low = (S32) ((U32) a << 16) >> 16, high = (S32) a >> 16;

  return low * low + high * high;
}

static void
describe_gradients (const guint8 *const luma[PERCEPTUAL_BLOCK + 2],
    S16 *magnitudes, S32 *squares, gint32 *energy)
{
  S16 across[10], sums[10];
  S32 total = { 0 };

  for (guint i = 0; i < 10; i++) {
    S16 left = widen (luma[i] - 1), right = widen (luma[i] + 1);

    across[i] = right - left;
    sums[i] = left + right + widen (luma[i]);
  }
  for (guint i = 0; i < 8; i++)
    magnitudes[i] = magnitude (across + i, sums[i], sums[i + 2]);
  for (guint i = 0; i < 4; i++) {
    squares[i] = square (magnitudes[2 * i]) + square (magnitudes[2 * i + 1]);
    total += squares[i];
  }
  *energy = total[0] + total[1] + total[2] + total[3];
}

/* --- the kernels ---------------------------------------------------------- */

static gint32
mean_of_block (const guint8 *const luma[PERCEPTUAL_BLOCK + 2])
{
  S16 sums = { 0 };
  gint32 sum = 32;

  for (guint y = 1; y <= PERCEPTUAL_BLOCK; y++)
    sums += widen (luma[y]);
  for (guint x = 0; x < PERCEPTUAL_BLOCK; x++)
    sum += sums[x];
  return sum >> 6;
}

static void
describe (const PerceptualBlockRows *rows, guint first, guint n,
    gboolean colour, PerceptualBlockTile *tile)
{
  const guint8 *luma[PERCEPTUAL_BLOCK + 2];
  gsize left = (gsize) first * PERCEPTUAL_BLOCK;

  for (guint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
    luma[i] = rows->luma[i] + left;
  for (guint block = 0; block < n || block % STEP != 0; block++) {
    tile->means.luma[block] = mean_of_block (luma);
    describe_gradients (luma, (S16 *) (tile->magnitudes + 64 * block),
        (S32 *) (tile->squares + 16 * block), tile->means.energies + block);
    for (guint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
      luma[i] += PERCEPTUAL_BLOCK;
  }
  for (guint block = 0; block < n; block += STEP) {
    for (guint i = 0; i < PERCEPTUAL_BLOCK + 2; i++)
      luma[i] = rows->luma[i] + left + block * PERCEPTUAL_BLOCK;
    describe_luma (
        luma, tile->means.luma + block, (U32 *) (tile->luma + 56 * block));
  }
  for (guint block = 0; colour && block < n; block += 2 * STEP)
    describe_chroma (rows, (left + block * PERCEPTUAL_BLOCK) / 2,
        (U32 *) (tile->chroma + 8 * block), &tile->means, block);
}

static void
compare_textures (const PerceptualBlockTile *a, const PerceptualBlockTile *b,
    guint n, gboolean colour, gint32 *textures)
{
  for (guint block = 0; block < n; block += STEP) {
    const S16 *luma_a = (const S16 *) (a->luma + 56 * block);
    const S16 *luma_b = (const S16 *) (b->luma + 56 * block);
    S32 total = { 0 };

    for (guint i = 0; i < WAVES; i++)
      total += square (luma_a[i] - luma_b[i]);
    textures[block] = total[0] + total[1];
    textures[block + 1] = total[2] + total[3];
  }
  for (guint block = 0; colour && block < n; block += 2 * STEP) {
    const S16 *chroma_a = (const S16 *) (a->chroma + 8 * block);
    const S16 *chroma_b = (const S16 *) (b->chroma + 8 * block);
    S32 total = { 0 };

    for (guint i = 0; i < 4; i++)
      total += square (chroma_a[i] - chroma_b[i]);
    for (guint i = 0; i < 4; i++)
      textures[block + i] += 4 * total[i];
  }
}

static gdouble
compare_gradients (
    const PerceptualBlockTile *a, const PerceptualBlockTile *b, guint block)
{
  const S16 *magnitudes_a = (const S16 *) (a->magnitudes + 64 * block);
  const S16 *magnitudes_b = (const S16 *) (b->magnitudes + 64 * block);
  const S32 *squares_a = (const S32 *) (a->squares + 16 * block);
  const S32 *squares_b = (const S32 *) (b->squares + 16 * block);
  gdouble columns[4] = { 0 };

  for (guint y = 0; y < 4; y++) {
    S32 n = square (magnitudes_a[2 * y] - magnitudes_b[2 * y])
        + square (magnitudes_a[2 * y + 1] - magnitudes_b[2 * y + 1]);
    S32 d = squares_a[y] + squares_b[y] + 6120;

    for (guint x = 0; x < 4; x++)
      columns[x] += (gdouble) n[x] / (gdouble) d[x];
  }
  return (((columns[0] + columns[1]) + columns[2]) + columns[3]) / 16;
}

static void
compare (const PerceptualBlockTile *tile, const PerceptualBlockRows *rows,
    guint first, guint n, gboolean colour, gdouble *weights, gdouble *weighted)
{
  PerceptualBlockTile other __attribute__ ((aligned (64)));
  gint32 textures[PERCEPTUAL_TILE];
  gdouble gradients[PERCEPTUAL_TILE];

  describe (rows, first, n, colour, &other);
  compare_textures (tile, &other, n, colour, textures);
  for (guint block = 0; block < n || block % STEP != 0; block++)
    gradients[block] = compare_gradients (tile, &other, block);
  for (guint block = 0; block < n; block += END_BLOCKS)
    end_blocks (&tile->means, &other.means, textures, gradients, block, colour,
        weights, weighted);
}

/* --- rows of planes ------------------------------------------------------- */

static void
full_luma (guint8 *to, const guint8 *from, guint n)
{
  perceptual_row_programs ()->full_luma (to, from, (gint) n);
}

static void
full_chroma (guint8 *to, const guint8 *from, guint n)
{
  perceptual_row_programs ()->full_chroma (to, from, (gint) n);
}

static void
narrow (guint8 *to, const guint16 *from, guint depth, guint shift, guint n)
{
  perceptual_row_programs ()->narrow (
      to, from, (gint) shift, 1 << (depth - 9), (gint) depth - 8, (gint) n);
}

static void
half (guint8 *to, const guint8 *upper, const guint8 *lower, guint n)
{
  perceptual_row_programs ()->half (to, upper, lower, (gint) n);
}

static void
rgb (guint8 *const to[3], const guint32 *pixels, guint n)
{
  const PerceptualRowPrograms *programs = perceptual_row_programs ();

  programs->luma_of_rgb (to[0], pixels, (gint) n);
  programs->cb_of_rgb (to[1], pixels, (gint) n);
  programs->cr_of_rgb (to[2], pixels, (gint) n);
}

const PerceptualBlockKernels perceptual_block_kernels_c = { describe, compare,
  full_luma, full_chroma, narrow, half, rgb };

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
