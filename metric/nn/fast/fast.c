/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Picks the loops of precision=fast for this machine.
 */
#include "nn/fast/fast.h"
#include "config.h"
#include "nn/fast/fast-tables.h"

/* The quickest of those that need no matrix unit. */
static const PerceptualFastKernels *
best_plain (void)
{
#ifdef HAVE_X86_KERNELS
  if (perceptual_cpu () >= PERCEPTUAL_CPU_AVX512)
    return &perceptual_fast_avx512;
  if (perceptual_cpu () >= PERCEPTUAL_CPU_AVX2)
    return &perceptual_fast_avx2;
#endif
  return &perceptual_fast_c;
}

const PerceptualFastKernels *
perceptual_fast_kernels (void)
{
#ifdef HAVE_AMX_KERNELS
  if (perceptual_cpu_has_amx ())
    return &perceptual_fast_amx;
#endif
  return perceptual_cpu_wants_amx () ? best_plain () : NULL;
}

void
perceptual_fast_kernels_list (const PerceptualFastKernels **tables)
{
  *tables++ = &perceptual_fast_c;
#ifdef HAVE_X86_KERNELS
  if (perceptual_cpu () >= PERCEPTUAL_CPU_AVX2)
    *tables++ = &perceptual_fast_avx2;
  if (perceptual_cpu () >= PERCEPTUAL_CPU_AVX512)
    *tables++ = &perceptual_fast_avx512;
#endif
#ifdef HAVE_AMX_KERNELS
  if (perceptual_cpu_has_amx ())
    *tables++ = &perceptual_fast_amx;
#endif
  *tables = NULL;
}
