/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of Y'CbCr for AVX2.
 */
#define YCBCR_ROWS perceptual_ycbcr_rows_avx2
#include "frames/ycbcr-kernels-template.h"
