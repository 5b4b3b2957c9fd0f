/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The patch-RBF distance: how far apart are the 3x3 patches at the same place?
 * mmd++'s second term (Amir & Weiss 2021).
 */
#ifndef PERCEPTUAL_PATCH_RBF_H
#define PERCEPTUAL_PATCH_RBF_H

#include "perceptual.h"

G_BEGIN_DECLS

/**
 * perceptual_patch_rbf:
 * @workers: the threads to use
 * @strip_rows: rows of one work item
 * @reference: an image
 * @distorted: another of the same size and layout
 * @s: width of the Gaussian, in the unit of samples in -1..1
 * @mean: (out): the mean over pixels of 1 - exp (-|p - q|^2 / (2 s^2)), p and q
 *   the 3x3 patches around the pixel, not centred: 0 (identical) to 1
 * @error: PERCEPTUAL_ERROR_NO_MEMORY
 *
 * Three rows of integers per worker; sums of squares are exact.  What a patch
 * has beyond the edge counts as no difference.
 */
gboolean perceptual_patch_rbf (PerceptualWorkers *workers, guint strip_rows,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    gdouble s, gdouble *mean, GError **error);

/* Returns: the bytes that this takes. */
guint64 perceptual_patch_rbf_bytes (PerceptualWorkers *workers, guint width);

G_END_DECLS

#endif /* PERCEPTUAL_PATCH_RBF_H */
