/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables that the fast-*.c define, for fast.c.
 */
#ifndef PERCEPTUAL_NN_FAST_TABLES_H
#define PERCEPTUAL_NN_FAST_TABLES_H

#include "nn/fast/fast.h"

extern const PerceptualFastKernels perceptual_fast_c;
extern const PerceptualFastKernels perceptual_fast_avx2;
extern const PerceptualFastKernels perceptual_fast_avx512;
extern const PerceptualFastKernels perceptual_fast_amx;

#endif /* PERCEPTUAL_NN_FAST_TABLES_H */
