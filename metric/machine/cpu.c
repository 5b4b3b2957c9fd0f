/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Detects the CPU's instructions, once.
 */
#include "machine/cpu.h"
#include "perceptual.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

#if defined(__x86_64__) && defined(__linux__)
/* arch_prctl(2): the state of AMX's tiles is large, so Linux wants to be asked
 * before the first use.  That holds for all threads of the process. */
#define ARCH_REQ_XCOMP_PERM 0x1023
#define XFEATURE_XTILEDATA 18
/* cpuid, leaf 7 */
#define AMX_BF16 (1u << 22)   /* edx */
#define AMX_TILE (1u << 24)   /* edx */
#define AVX512_BF16 (1u << 5) /* eax of subleaf 1 */
/* xgetbv: the system keeps the tiles when it switches threads. */
#define XCR0_TILES (3u << 17)

static gboolean
has_amx (void)
{
  guint a, b, c, d, low, high;

  if (!__get_cpuid (1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
    return FALSE;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & XCR0_TILES) != XCR0_TILES
      || !__get_cpuid_count (7, 0, &a, &b, &c, &d)
      || (d & (AMX_BF16 | AMX_TILE)) != (AMX_BF16 | AMX_TILE)
      || !__get_cpuid_count (7, 1, &a, &b, &c, &d) || !(a & AVX512_BF16))
    return FALSE;
  return syscall (SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#else
static gboolean
has_amx (void)
{
  return FALSE;
}
#endif

static gpointer
ask_amx (gpointer unused)
{
  const gchar *wish = g_getenv ("PERCEPTUAL_KERNELS");

  for (guint i = 0; wish != NULL && i < G_N_ELEMENTS (level_names); i++) {
    if (g_strcmp0 (wish, level_names[i]) == 0)
      return GINT_TO_POINTER (FALSE);
  }
  return GINT_TO_POINTER (detect () == PERCEPTUAL_CPU_AVX512 && has_amx ());
}

gboolean
perceptual_cpu_has_amx (void)
{
  static GOnce once = G_ONCE_INIT;

  return GPOINTER_TO_INT (g_once (&once, ask_amx, NULL));
}

gboolean
perceptual_cpu_wants_amx (void)
{
  return g_strcmp0 (g_getenv ("PERCEPTUAL_KERNELS"), "amx") == 0;
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
