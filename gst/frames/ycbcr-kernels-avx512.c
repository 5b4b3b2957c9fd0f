/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of Y'CbCr for AVX-512.
 */
#define YCBCR_ROWS perceptual_ycbcr_rows_avx512
#include "frames/ycbcr-kernels-template.h"
