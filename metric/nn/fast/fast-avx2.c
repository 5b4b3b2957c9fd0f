/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of precision=fast compiled for AVX2 and FMA: slower than exact
 * products, but quick enough to test with.
 */
#include <immintrin.h>
#define LANES 8
#define KERNELS perceptual_fast_avx2
#define MAXIMUM _mm256_max_ps
#define NAME "avx2"
#include "nn/fast/fast-tables.h"
#include "nn/fast/fast-template.h"
