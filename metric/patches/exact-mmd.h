/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Squared maximum mean discrepancies between the 3x3 patches of two images'
 * windows by the kernel itself, in double precision: what random features
 * estimate.  For patches a of one window and b of the other, n each (the
 * biased estimate of Gretton et al. 2012, eq. 5):
 *
 *   MMD^2 = mean over all p, q of k(a_p, a_q) + k(b_p, b_q)
 *                               - k(a_p, b_q) - k(b_p, a_q)
 *
 * The work is quadratic in a window's patches; sums over pairs of blocks are
 * shared by the windows that overlap in them.  Every term is exactly 0 for
 * identical windows, and swapping the images changes no bit.
 */
#ifndef PERCEPTUAL_EXACT_MMD_H
#define PERCEPTUAL_EXACT_MMD_H

#include "patches/windows.h"
#include "seeded.h"

G_BEGIN_DECLS

/* Largest image, in pixels, that perceptual_exact_mmd_compare() takes. */
#define PERCEPTUAL_EXACT_MAX_PIXELS (1920 * 1088)

typedef struct _PerceptualPatchKernel PerceptualExactMmd;

/**
 * PerceptualExactMmd:
 * @values: writes k(p, q) for @n patches q over their products p.q: @values
 *   holds the products and becomes the kernel's values.  @pp is p.p, @qq holds
 *   each q.q.
 * @s: the Gaussian kernel's width, in the unit of samples in -1..1; unused by
 *   the arc-cosine kernel
 */
struct _PerceptualPatchKernel
{
  void (*values) (const PerceptualExactMmd *kernel, gdouble pp,
      const gdouble *qq, guint n, gdouble *values);
  gdouble s;
};

/* exp (-|p - q|^2 / (2 s^2)). */
void perceptual_gaussian_kernel (const PerceptualExactMmd *kernel, gdouble pp,
    const gdouble *qq, guint n, gdouble *values);

/* |p| |q| (sin t + (pi - t) cos t) / (27 pi), t the angle between p and q:
 * arc-cosine kernel of order 1 (Cho & Saul 2009, eq. 3 and 6) of Kaiming's
 * scale; 0 where p or q is zero. */
void perceptual_arc_cosine_kernel (const PerceptualExactMmd *kernel, gdouble pp,
    const gdouble *qq, guint n, gdouble *values);

/**
 * PerceptualPatchSet:
 * @n: patches of each image, 1..1024
 * @values: [image][k * n + i]: value k of patch i, 0..26, samples in -1..1;
 *   image 0 is the reference
 * @norms: [image][i]: p.p
 *
 * The patches at the same places of two images.
 */
typedef struct
{
  guint n;
  gdouble *values[2];
  gdouble *norms[2];
} PerceptualPatchSet;

/* Allocates room for @n patches; freed by perceptual_patch_set_clear(). */
void perceptual_patch_set_init (PerceptualPatchSet *set, guint n);
void perceptual_patch_set_clear (PerceptualPatchSet *set);

/* To be called when @values have been filled in: takes each channel's mean
 * out of every patch if @centred, and computes @norms. */
void perceptual_patch_set_finish (PerceptualPatchSet *set, gboolean centred);

/* Returns: MMD^2 of one window whose patches are @set's, at least 0. */
gdouble perceptual_exact_mmd_window (
    const PerceptualExactMmd *kernel, const PerceptualPatchSet *set);

/**
 * perceptual_exact_mmd_compare:
 * @kernel: a kernel
 * @side: rows and columns of a window, even, at most 32
 * @centred: whether each channel's mean is taken out of every patch
 * @workers: the threads to use
 * @reference: an image, reflected beyond its edges
 * @distorted: another of the same size
 * @mean: (out): mean over windows of MMD^2
 * @error: PERCEPTUAL_ERROR_SIZE above PERCEPTUAL_EXACT_MAX_PIXELS, with the
 *   time that the comparison would take, estimated from a sample run on this
 *   machine
 *
 * Memory: 40 bytes per block of 16x16 pixels and at most 1 MB per worker.
 */
gboolean perceptual_exact_mmd_compare (const PerceptualExactMmd *kernel,
    guint side, gboolean centred, PerceptualWorkers *workers,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    gdouble *mean, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_EXACT_MMD_H */
