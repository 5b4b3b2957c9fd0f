/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The last step of a comparison of blocks, from sums to weights and distances,
 * for each instruction set's file to include.  Its loop becomes vector code;
 * the files are compiled so that no product is fused into a sum.
 */
#ifndef PERCEPTUAL_BLOCK_END_H
#define PERCEPTUAL_BLOCK_END_H

#include "blocks/block-kernels.h"

#include <math.h>

/* 4 windows * 7 features * 2^22 */
#define TEXTURE_SCALE 117440512.0

/* @textures: sums of squared differences; @gradients: mean quotients */
static inline __attribute__ ((always_inline)) void
end_blocks (const PerceptualBlockTile *a, const PerceptualBlockTile *b,
    const gint32 *textures, const gdouble *gradients, guint n, gboolean colour,
    gdouble *restrict weights, gdouble *restrict weighted)
{
  for (guint i = 0; i < n; i++) {
    gint32 mean_a = a->means[i], mean_b = b->means[i];
    gint32 difference = mean_a - mean_b;
    gint32 energy = MAX (a->energies[i], b->energies[i]);
    gdouble same = 1
        - (gdouble) (difference * difference)
            / (gdouble) (mean_a * mean_a + mean_b * mean_b + 64);
    gdouble m = (gdouble) textures[i] / TEXTURE_SCALE;
    gdouble s, w;

    if (colour) {
      gint32 cb = a->chroma_means[0][i] - b->chroma_means[0][i];
      gint32 cr = a->chroma_means[1][i] - b->chroma_means[1][i];
      gdouble e = (gdouble) (cb * cb + cr * cr);

      same = same * (1 - e / (e + 1024));
    }
    s = (1 - (1 - gradients[i]) * same) + 1.0 / 256;
    w = sqrt (sqrt ((gdouble) energy / 576 + 1));
    weights[i] = w;
    weighted[i] = w * sqrt (s * sqrt (m * s));
  }
}

#endif /* PERCEPTUAL_BLOCK_END_H */
