/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The last step of a comparison of blocks, from sums to weights and distances,
 * for each instruction set's file to include behind its definition of
 * END_BLOCKS, the blocks that are ended at a time, and ROOTS (), their square
 * roots.  The files are compiled so that no product is fused into a sum.
 */
#ifndef PERCEPTUAL_BLOCK_END_H
#define PERCEPTUAL_BLOCK_END_H

#include "blocks/block-kernels.h"

#include <string.h>

typedef gdouble Doubles __attribute__ ((vector_size (8 * END_BLOCKS)));
typedef gint32 Integers __attribute__ ((vector_size (4 * END_BLOCKS)));

/* 4 windows * 7 features * 2^22 */
#define TEXTURE_SCALE 117440512.0

#define AS_DOUBLES(integers) __builtin_convertvector(integers, Doubles)

static inline Integers
load_integers (const gint32 *from)
{
  Integers integers;

  memcpy (&integers, from, sizeof integers);
  return integers;
}

/* Blocks @i .. @i + END_BLOCKS - 1 of the pictures a and b.  @textures: sums of
 * squared differences; @gradients: mean quotients */
static inline __attribute__ ((always_inline)) void
end_blocks (const PerceptualBlockMeans *a, const PerceptualBlockMeans *b,
    const gint32 *textures, const gdouble *gradients, guint i, gboolean colour,
    gdouble *weights, gdouble *weighted)
{
  Integers mean_a = load_integers (a->luma + i);
  Integers mean_b = load_integers (b->luma + i), difference = mean_a - mean_b;
  Integers energy_a = load_integers (a->energies + i);
  Integers energy_b = load_integers (b->energies + i);
  Integers larger = energy_a > energy_b;
  Integers energy = (energy_a & larger) | (energy_b & ~larger);
  Doubles same = 1
      - AS_DOUBLES (difference * difference)
          / AS_DOUBLES (mean_a * mean_a + mean_b * mean_b + 64);
  Doubles m = AS_DOUBLES (load_integers (textures + i)) / TEXTURE_SCALE;
  Doubles g, s, w, wd;

  if (colour) {
    Integers cb =
        load_integers (a->chroma[0] + i) - load_integers (b->chroma[0] + i);
    Integers cr =
        load_integers (a->chroma[1] + i) - load_integers (b->chroma[1] + i);
    Doubles e = AS_DOUBLES (cb * cb + cr * cr);

    same = same * (1 - e / (e + 1024));
  }
  memcpy (&g, gradients + i, sizeof g);
  s = (1 - (1 - g) * same) + 1.0 / 256;
  w = ROOTS (ROOTS (AS_DOUBLES (energy) / 576 + 1));
  wd = w * ROOTS (s * ROOTS (m * s));
  memcpy (weights + i, &w, sizeof w);
  memcpy (weighted + i, &wd, sizeof wd);
}

#endif /* PERCEPTUAL_BLOCK_END_H */
