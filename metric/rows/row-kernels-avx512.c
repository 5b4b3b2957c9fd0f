/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The row kernels for AVX-512.
 */
#define ROW_KERNELS perceptual_row_kernels_avx512
#include "rows/row-kernels-template.h"
