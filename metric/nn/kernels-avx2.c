/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's hot loops compiled for AVX2 and FMA; called only where
 * metric/machine/cpu.c found them.
 */
#include <immintrin.h>

#define LANES 8
#define KERNELS perceptual_kernels_avx2
#define MAXIMUM _mm256_max_ps
#define BLOCK_ROWS 6
#define PRODUCTS_NAME "avx2"
#include "nn/kernels-tables.h"
#include "nn/kernels-template.h"
