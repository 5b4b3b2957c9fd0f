/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Squared maximum mean discrepancies between the 3x3 patches in windows of 32
 * pixels, step 16 (Amir & Weiss 2021): what mmd, mmd++ and cnn-kernel share.
 * They differ in the kernel.
 */
#ifndef PERCEPTUAL_WINDOW_MMD_H
#define PERCEPTUAL_WINDOW_MMD_H

#include "metric-private.h"
#include "option.h"
#include "patches/exact-mmd.h"
#include "patches/walk.h"

G_BEGIN_DECLS

/**
 * PerceptualWindowMmd:
 * @walk: by random features
 * @kernel: the exact one
 * @scale: of the exact MMD^2, to be what the features estimate
 * @exact: whether the kernel itself is computed
 * @centred: whether each channel's mean is taken out of every patch
 *
 * A metric's init sets @kernel and @scale, and draws the features of @walk
 * unless @exact.
 */
typedef struct
{
  PerceptualPatchWalk walk;
  PerceptualExactMmd kernel;
  gdouble scale;
  gboolean exact;
  gboolean centred;
} PerceptualWindowMmd;

/* The options of all these metrics, NULL-terminated. */
extern const PerceptualOption *const perceptual_window_mmd_options[];

/* Sets the windows, @exact and @centred by the metric's options. */
void perceptual_window_mmd_init (PerceptualWindowMmd *self);

/* The callback of a PerceptualMetricClass whose instances are
 * PerceptualWindowMmd; finalize is perceptual_patch_walk_finalize().  A result
 * has one tap. */
gboolean perceptual_window_mmd_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error);

guint64 perceptual_window_mmd_bytes (PerceptualMetric *metric, guint width,
    guint height, guint n_distorted, PerceptualCompareFlags flags);

G_END_DECLS

#endif /* PERCEPTUAL_WINDOW_MMD_H */
