/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loops of Y'CbCr for every machine.
 */
#define YCBCR_ROWS perceptual_ycbcr_rows_c
#include "frames/ycbcr-kernels-template.h"
