/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The feature sums with AVX-512: 48 patches by 9 features at a time, so that
 * 27 accumulators, 3 loads and one broadcast weight fill the 32 registers.
 */
#include "patches/patch-features.h"

#include <immintrin.h>

#define PATCH_SUM perceptual_patch_sum_avx512
#define WIDTH 16
#define VECTORS 3
#define FEATURES 9

typedef __m512 Vector;

#define vector_set _mm512_set1_ps
#define vector_load _mm512_loadu_ps
#define vector_store _mm512_storeu_ps
#define vector_add _mm512_add_ps
#define vector_max _mm512_max_ps
#define vector_fma _mm512_fmadd_ps

static inline Vector
cos_turns (Vector turns)
{
  Vector t = _mm512_reduce_ps (turns, 0x08); /* less the nearest integer */
  Vector u = _mm512_sub_ps (_mm512_abs_ps (t), vector_set (0.25f));
  Vector v = _mm512_mul_ps (u, u);
  Vector p = vector_set (PERCEPTUAL_COS_4);

  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_3));
  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_2));
  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_1));
  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_0));
  return _mm512_mul_ps (p, u);
}

/* Stores the four sums of four neighbours each. */
static inline void
vector_sum_fours (Vector v, gfloat *sums)
{
  Vector pairs = _mm512_add_ps (v, _mm512_permute_ps (v, 0xb1));
  Vector fours = _mm512_add_ps (pairs, _mm512_permute_ps (pairs, 0x4e));

  _mm_storeu_ps (
      sums, _mm512_castps512_ps128 (_mm512_maskz_compress_ps (0x1111, fours)));
}

#include "patches/patch-kernels-template.h"
