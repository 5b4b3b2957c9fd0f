/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The feature sums with AVX2 and FMA: 32 patches by 3 features at a time, so
 * that 12 accumulators, 3 weights and one load fill the 16 registers.
 */
#include "patches/patch-features.h"

#include <immintrin.h>

#define PATCH_SUM perceptual_patch_sum_avx2
#define WIDTH 8
#define VECTORS 4
#define FEATURES 3

typedef __m256 Vector;

#define vector_set _mm256_set1_ps
#define vector_load _mm256_loadu_ps
#define vector_store _mm256_storeu_ps
#define vector_add _mm256_add_ps
#define vector_max _mm256_max_ps
#define vector_fma _mm256_fmadd_ps

static inline Vector
cos_turns (Vector turns)
{
  Vector t = _mm256_sub_ps (turns,
      _mm256_round_ps (turns, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  Vector u = _mm256_sub_ps (
      _mm256_andnot_ps (vector_set (-0.0f), t), vector_set (0.25f));
  Vector v = _mm256_mul_ps (u, u);
  Vector p = vector_set (PERCEPTUAL_COS_4);

  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_3));
  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_2));
  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_1));
  p = vector_fma (p, v, vector_set (PERCEPTUAL_COS_0));
  return _mm256_mul_ps (p, u);
}

/* Stores the two sums of four neighbours each. */
static inline void
vector_sum_fours (Vector v, gfloat *sums)
{
  Vector pairs = _mm256_add_ps (v, _mm256_permute_ps (v, 0xb1));
  Vector fours = _mm256_add_ps (pairs, _mm256_permute_ps (pairs, 0x4e));

  sums[0] = _mm256_cvtss_f32 (fours);
  sums[1] = _mm_cvtss_f32 (_mm256_extractf128_ps (fours, 1));
}

#include "patches/patch-kernels-template.h"
