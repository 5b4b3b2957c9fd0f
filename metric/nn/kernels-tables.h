/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables that the kernels-*.c define, for kernels.c.
 */
#ifndef PERCEPTUAL_NN_KERNELS_TABLES_H
#define PERCEPTUAL_NN_KERNELS_TABLES_H

#include "nn/kernels.h"

extern const PerceptualKernels perceptual_kernels_c;
extern const PerceptualKernels perceptual_kernels_avx2;
extern const PerceptualKernels perceptual_kernels_avx512;

#endif /* PERCEPTUAL_NN_KERNELS_TABLES_H */
