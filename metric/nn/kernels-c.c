/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's hot loops as plain C: the products are OpenBLAS's.
 */
#define LANES 4
#define KERNELS perceptual_kernels_c
#include "nn/kernels-tables.h"
#include "nn/kernels-template.h"
