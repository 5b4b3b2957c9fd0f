/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The block kernels for AVX-512: steps of eight blocks.
 */
#include "blocks/block-kernels.h"

#include <immintrin.h>

typedef __m512i V;

#define V(operation) _mm512_##operation
#define V_LOAD(p) _mm512_load_si512 (p)
#define V_LOAD_ANY(p) _mm512_loadu_si512 (p)
#define V_STORE_ANY(p, a) _mm512_storeu_si512 (p, a)
#define V_STORE(p, a) _mm512_store_si512 (p, a)
#define V_XOR(a, b) _mm512_xor_si512 (a, b)
#define V_AND(a, b) _mm512_and_si512 (a, b)
#define V_OR(a, b) _mm512_or_si512 (a, b)
#define V_ZERO _mm512_setzero_si512 ()
#define V_LANES(...) _mm512_broadcast_i32x4 (_mm_setr_epi8 (__VA_ARGS__))
#define _mm512_set1_epi64x(a) _mm512_set1_epi64 (a)

#define END_BLOCKS 8
#define ROOTS(a) ((Doubles) _mm512_sqrt_pd ((__m512d) (a)))
#define BLOCK_KERNELS perceptual_block_kernels_avx512

/* Stores the lower half of each lane. */
static inline void
store_low_quads (gint32 *to, V a)
{
  const V order = _mm512_setr_epi64 (0, 2, 4, 6, 0, 2, 4, 6);

  _mm256_storeu_si256 ((__m256i *) (void *) to,
      _mm512_castsi512_si256 (_mm512_permutexvar_epi64 (order, a)));
}

/* Loads 8 bytes for each lane, into both of its halves. */
static inline V
spread_quads (const guint8 *from)
{
  const V order = _mm512_setr_epi64 (0, 0, 1, 1, 2, 2, 3, 3);

  return _mm512_permutexvar_epi64 (order,
      _mm512_castsi256_si512 (
          _mm256_loadu_si256 ((const __m256i *) (const void *) from)));
}

/* Puts in order what packing two or four vectors leaves lane by lane. */
static inline V
pack_order (V a)
{
  return _mm512_permutexvar_epi64 (
      _mm512_setr_epi64 (0, 2, 4, 6, 1, 3, 5, 7), a);
}

static inline V
pack_order_of_4 (V a)
{
  return _mm512_permutexvar_epi32 (
      _mm512_setr_epi32 (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
      a);
}

/* Four columns of quotients of two times two blocks. */
typedef struct
{
  __m512d blocks[2];
} Columns;

static inline void
add_quotients (Columns *columns, V n, V d, gboolean first)
{
  __m512d q[2];

  q[0] = _mm512_div_pd (_mm512_cvtepi32_pd (_mm512_castsi512_si256 (n)),
      _mm512_cvtepi32_pd (_mm512_castsi512_si256 (d)));
  q[1] = _mm512_div_pd (_mm512_cvtepi32_pd (_mm512_extracti64x4_epi64 (n, 1)),
      _mm512_cvtepi32_pd (_mm512_extracti64x4_epi64 (d, 1)));
  for (guint i = 0; i < 2; i++)
    columns->blocks[i] =
        first ? q[i] : _mm512_add_pd (columns->blocks[i], q[i]);
}

/* Adds the columns from the left and divides by 16. */
static inline void
store_column_sums (gdouble *to, const Columns *even, const Columns *odd)
{
  const V left = _mm512_setr_epi64 (0, 1, 4, 5, 8, 9, 12, 13);
  const V right = _mm512_setr_epi64 (2, 3, 6, 7, 10, 11, 14, 15);
  __m512d a = _mm512_unpacklo_pd (even->blocks[0], odd->blocks[0]);
  __m512d b = _mm512_unpackhi_pd (even->blocks[0], odd->blocks[0]);
  __m512d c = _mm512_unpacklo_pd (even->blocks[1], odd->blocks[1]);
  __m512d d = _mm512_unpackhi_pd (even->blocks[1], odd->blocks[1]);
  __m512d sum = _mm512_add_pd (
      _mm512_permutex2var_pd (a, left, c), _mm512_permutex2var_pd (b, left, d));

  sum = _mm512_add_pd (sum, _mm512_permutex2var_pd (a, right, c));
  sum = _mm512_add_pd (sum, _mm512_permutex2var_pd (b, right, d));
  _mm512_store_pd (to, _mm512_mul_pd (sum, _mm512_set1_pd (1.0 / 16)));
}

#include "blocks/block-kernels-template.h"
