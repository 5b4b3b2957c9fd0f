/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of precision=fast compiled for AVX-512: slower than exact
 * products, but quick enough to test with.
 */
#include <immintrin.h>
#define LANES 16
#define KERNELS perceptual_fast_avx512
#define MAXIMUM _mm512_max_ps
#define NAME "avx512"
#include "nn/fast/fast-tables.h"
#include "nn/fast/fast-template.h"
