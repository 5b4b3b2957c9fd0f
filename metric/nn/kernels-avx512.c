/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's hot loops compiled for AVX-512 (F, BW, DQ, VL); called only
 * where metric/machine/cpu.c found them.
 */
#include <immintrin.h>

#define LANES 16
#define KERNELS perceptual_kernels_avx512
#define MAXIMUM _mm512_max_ps
#define BLOCK_ROWS 14
#define PRODUCTS_NAME "avx512"
#include "nn/kernels-tables.h"
#include "nn/kernels-template.h"
