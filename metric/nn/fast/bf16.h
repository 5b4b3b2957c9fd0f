/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * bfloat16: the upper half of a float32, so 8 bits of mantissa instead of 24.
 * As 32-bit words' upper halves in a guint16.
 */
#ifndef PERCEPTUAL_NN_BF16_H
#define PERCEPTUAL_NN_BF16_H

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Returns: the nearest bfloat16, to even when two are equally near; denormal
 * numbers become zeros and NaNs stay NaNs, as in the CPU's own instruction. */
static inline guint16
perceptual_bf16 (gfloat x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return (guint16) (bits >> 16 | 0x40);
  if ((bits & 0x7f800000) == 0)
    return (guint16) (bits >> 16 & 0x8000);
  return (guint16) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline gfloat
perceptual_bf16_value (guint16 half)
{
  guint32 bits = (guint32) half << 16;
  gfloat x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

G_END_DECLS

#endif /* PERCEPTUAL_NN_BF16_H */
