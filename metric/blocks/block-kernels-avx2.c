/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The block kernels for AVX2: steps of four blocks.
 */
#include "blocks/block-kernels.h"

#include <immintrin.h>

typedef __m256i V;

#define V(operation) _mm256_##operation
#define V_LOAD(p) _mm256_load_si256 (p)
#define V_LOAD_ANY(p) _mm256_loadu_si256 ((const V *) (const void *) (p))
#define V_STORE_ANY(p, a) _mm256_storeu_si256 ((V *) (void *) (p), a)
#define V_STORE(p, a) _mm256_store_si256 (p, a)
#define V_XOR(a, b) _mm256_xor_si256 (a, b)
#define V_AND(a, b) _mm256_and_si256 (a, b)
#define V_OR(a, b) _mm256_or_si256 (a, b)
#define V_ZERO _mm256_setzero_si256 ()
#define V_LANES(...) _mm256_broadcastsi128_si256 (_mm_setr_epi8 (__VA_ARGS__))

#define END_BLOCKS 4
#define ROOTS(a) ((Doubles) _mm256_sqrt_pd ((__m256d) (a)))
#define BLOCK_KERNELS perceptual_block_kernels_avx2

/* Stores the lower half of each lane. */
static inline void
store_low_quads (gint32 *to, V a)
{
  _mm_storeu_si128 ((__m128i *) (void *) to,
      _mm256_castsi256_si128 (_mm256_permute4x64_epi64 (a, 0x08)));
}

/* Loads 8 bytes for each lane, into both of its halves. */
static inline V
spread_quads (const guint8 *from)
{
  return _mm256_permute4x64_epi64 (_mm256_castsi128_si256 (_mm_loadu_si128 (
                                       (const __m128i *) (const void *) from)),
      0x50);
}

/* Puts in order what packing two or four vectors leaves lane by lane. */
static inline V
pack_order (V a)
{
  return _mm256_permute4x64_epi64 (a, 0xd8);
}

static inline V
pack_order_of_4 (V a)
{
  return _mm256_permutevar8x32_epi32 (
      a, _mm256_setr_epi32 (0, 4, 1, 5, 2, 6, 3, 7));
}

/* Four columns of quotients of two blocks. */
typedef struct
{
  __m256d blocks[2];
} Columns;

static inline void
add_quotients (Columns *columns, V n, V d, gboolean first)
{
  __m256d q[2];

  q[0] = _mm256_div_pd (_mm256_cvtepi32_pd (_mm256_castsi256_si128 (n)),
      _mm256_cvtepi32_pd (_mm256_castsi256_si128 (d)));
  q[1] = _mm256_div_pd (_mm256_cvtepi32_pd (_mm256_extracti128_si256 (n, 1)),
      _mm256_cvtepi32_pd (_mm256_extracti128_si256 (d, 1)));
  for (guint i = 0; i < 2; i++)
    columns->blocks[i] =
        first ? q[i] : _mm256_add_pd (columns->blocks[i], q[i]);
}

/* Adds the columns from the left and divides by 16. */
static inline void
store_column_sums (gdouble *to, const Columns *even, const Columns *odd)
{
  __m256d a = _mm256_unpacklo_pd (even->blocks[0], odd->blocks[0]);
  __m256d b = _mm256_unpackhi_pd (even->blocks[0], odd->blocks[0]);
  __m256d c = _mm256_unpacklo_pd (even->blocks[1], odd->blocks[1]);
  __m256d d = _mm256_unpackhi_pd (even->blocks[1], odd->blocks[1]);
  __m256d sum = _mm256_add_pd (
      _mm256_permute2f128_pd (a, c, 0x20), _mm256_permute2f128_pd (b, d, 0x20));

  sum = _mm256_add_pd (sum, _mm256_permute2f128_pd (a, c, 0x31));
  sum = _mm256_add_pd (sum, _mm256_permute2f128_pd (b, d, 0x31));
  _mm256_store_pd (to, _mm256_mul_pd (sum, _mm256_set1_pd (1.0 / 16)));
}

#include "blocks/block-kernels-template.h"
