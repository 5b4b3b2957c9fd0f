/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random numbers that anyone can reproduce from their seed, and the random
 * Fourier features made of them.
 *
 * Generator: xoshiro256** (Blackman & Vigna 2018), whose state is the first
 * four outputs of splitmix64 started at the seed.  Everything is IEEE double
 * arithmetic in a fixed order; only libm's log, sin and cos may differ between
 * systems, in the last bit.
 */
#ifndef PERCEPTUAL_SEEDED_H
#define PERCEPTUAL_SEEDED_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 state[4];
  gdouble spare; /* second normal of the last Box-Muller pair */
  gboolean has_spare;
} PerceptualRng;

void perceptual_rng_init (PerceptualRng *rng, guint64 seed);

/* Next 64 bits. */
guint64 perceptual_rng_next (PerceptualRng *rng);

/* Next uniform number in [0, 1): the upper 53 bits times 2^-53. */
gdouble perceptual_rng_uniform (PerceptualRng *rng);

/* Next standard normal number, by Box-Muller from two uniforms u1, u2:
 * r cos(2 pi u2) first, r sin(2 pi u2) next, r = sqrt(-2 ln(1 - u1)). */
gdouble perceptual_rng_normal (PerceptualRng *rng);

/* Values in a 3x3 patch of RGB pixels, in the order (row, column, channel),
 * channel fastest. */
#define PERCEPTUAL_PATCH_DIM 27

/**
 * perceptual_fourier_features:
 * @rng: the stream to draw from
 * @n: features, at least 1
 * @centred: whether each channel's mean is taken out of every direction, so
 *   that the feature ignores a patch's mean colour
 * @s: width of the Gaussian kernel exp(-|p - q|^2 / (2 s^2)) whose values the
 *   features estimate
 * @directions: (out): n rows of 27 weights
 * @phases: (out): n phases in 0..2 pi
 *
 * Orthogonal random features (Rahimi & Recht 2007; Yu et al. 2016): blocks of
 * 27 orthonormal directions, each scaled by the norm of a fresh normal vector.
 * The feature of a patch p is cos(w.p + phase); products of feature vectors
 * estimate the kernel.
 */
void perceptual_fourier_features (PerceptualRng *rng, guint n, gboolean centred,
    gdouble s, gdouble *directions, gdouble *phases);

/**
 * perceptual_relu_filters:
 * @rng: the stream to draw from
 * @n: filters, at least 1
 * @centred: whether each channel's mean is taken out of every filter
 * @filters: (out): n rows of 27 weights, in the patch's order (row, column,
 *   channel), channel fastest
 *
 * The first layer of a random network (Kaiming-normal, He et al. 2015):
 * normals of deviation sqrt(2 / 27), drawn in the order filter, channel, row,
 * column, column fastest.  The feature of a patch p is max(w.p, 0); means of
 * products of two patches' features estimate the arc-cosine kernel of order 1
 * (Cho & Saul 2009), |p||q| (sin t + (pi - t) cos t) / (27 pi).
 */
void perceptual_relu_filters (
    PerceptualRng *rng, guint n, gboolean centred, gdouble *filters);

G_END_DECLS

#endif /* PERCEPTUAL_SEEDED_H */
