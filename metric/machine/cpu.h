/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which instructions this machine has.  Tables of kernels are chosen by this;
 * nothing else tests the CPU.
 */
#ifndef PERCEPTUAL_CPU_H
#define PERCEPTUAL_CPU_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PERCEPTUAL_CPU_C,      /* plain C */
  PERCEPTUAL_CPU_AVX2,   /* AVX2 and FMA */
  PERCEPTUAL_CPU_AVX512, /* AVX-512 F, BW, DQ, VL */
} PerceptualCpu;

/* The best level of this machine, or a lower one that the environment
 * variable PERCEPTUAL_KERNELS names. */
PerceptualCpu perceptual_cpu (void);

/* Whether matrix products of bfloat16 numbers by AMX can be used: the CPU has
 * them, and the system lets this process.  Where PERCEPTUAL_KERNELS names a
 * level, they cannot. */
gboolean perceptual_cpu_has_amx (void);

/* Whether PERCEPTUAL_KERNELS is "amx": where the CPU has no AMX, its numbers
 * are then wanted all the same, however long they take. */
gboolean perceptual_cpu_wants_amx (void);

/* Every level that this machine can run, lowest first: tests walk them.
 * Returns the number of entries written to @levels (room for 3). */
guint perceptual_cpu_levels (PerceptualCpu *levels);

G_END_DECLS

#endif /* PERCEPTUAL_CPU_H */
