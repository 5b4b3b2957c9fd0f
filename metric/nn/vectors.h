/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Vectors of LANES floats, for the templates of loops that are compiled for
 * each set of instructions: whoever includes this has defined LANES, and
 * MAXIMUM where the CPU has such an instruction.
 */
#ifndef PERCEPTUAL_NN_VECTORS_H
#define PERCEPTUAL_NN_VECTORS_H

#include <glib.h>

typedef gfloat Vector __attribute__ ((vector_size (LANES * 4)));
typedef gfloat Unaligned
    __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef guint32 Words __attribute__ ((vector_size (LANES * 4)));

#define INLINE static inline __attribute__ ((always_inline))

INLINE Vector
load (const gfloat *from)
{
  return *(const Unaligned *) from;
}

INLINE void
store (gfloat *to, Vector v)
{
  *(Unaligned *) to = v;
}

/* A NaN in @b stays one: where one of the two is, the operation returns its
 * second operand. */
INLINE Vector
maximum (Vector a, Vector b)
{
#ifdef MAXIMUM
  return (Vector) MAXIMUM (a, b);
#else
  Words greater = (Words) (a > b);

  return (Vector) (((Words) a & greater) | ((Words) b & ~greater));
#endif
}

#endif /* PERCEPTUAL_NN_VECTORS_H */
