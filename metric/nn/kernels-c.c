/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's hot loops for any machine: four lanes are what compilers have
 * everywhere.
 */
#define LANES 4
#define KERNELS perceptual_kernels_c
#define BLOCK_ROWS 6
#define PRODUCTS_NAME "c"
#include "nn/kernels-tables.h"
#include "nn/kernels-template.h"
