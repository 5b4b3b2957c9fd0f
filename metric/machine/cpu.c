/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Detects the CPU's instructions, once.
 */
#include "machine/cpu.h"
#include "perceptual.h"

static const gchar *const level_names[] = { "c", "avx2", "avx512" };

static PerceptualCpu
detect (void)
{
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw")
      && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("fma"))
    return PERCEPTUAL_CPU_AVX512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return PERCEPTUAL_CPU_AVX2;
#endif
  return PERCEPTUAL_CPU_C;
}

static gpointer
choose (gpointer unused)
{
  const gchar *wish = g_getenv ("PERCEPTUAL_KERNELS");
  PerceptualCpu level = detect ();

  for (guint i = 0; wish != NULL && i < level; i++) {
    if (g_strcmp0 (wish, level_names[i]) == 0)
      level = i;
  }
  return GUINT_TO_POINTER (level);
}

PerceptualCpu
perceptual_cpu (void)
{
  static GOnce once = G_ONCE_INIT;

  return GPOINTER_TO_UINT (g_once (&once, choose, NULL));
}

guint
perceptual_cpu_levels (PerceptualCpu *levels)
{
  guint best = detect ();

  for (guint i = 0; i <= best; i++)
    levels[i] = i;
  return best + 1;
}

const gchar *
perceptual_kernel_level (void)
{
  return level_names[perceptual_cpu ()];
}
