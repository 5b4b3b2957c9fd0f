/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Picks the table of hot loops for a CPU.
 */
#include "nn/kernels-tables.h"
#include "config.h"

const PerceptualKernels *
perceptual_kernels_table (PerceptualCpu level)
{
#ifdef HAVE_X86_KERNELS
  if (level >= PERCEPTUAL_CPU_AVX512)
    return &perceptual_kernels_avx512;
  if (level >= PERCEPTUAL_CPU_AVX2)
    return &perceptual_kernels_avx2;
#endif
  return &perceptual_kernels_c;
}
