/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The walk that the patch metrics share: how the random features of 3x3
 * patches differ between two images' windows.  A metric embeds
 * PerceptualPatchWalk as its first member and says in its init which windows
 * and features it wants.
 *
 * Memory kept between comparisons: per distorted image and pixel 4 * features
 * / step^2 bytes of block sums, a step being half a window (8 for mmd with 512
 * features), and a ring of rows per worker.
 */
#ifndef PERCEPTUAL_PATCH_WALK_H
#define PERCEPTUAL_PATCH_WALK_H

#include "metric-private.h"
#include "patches/patch-features.h"
#include "patches/windows.h"

G_BEGIN_DECLS

typedef struct _PerceptualPatchScratch PerceptualPatchScratch;

/**
 * PerceptualPatchWalk:
 * @side: rows and columns of a window, even, at most 32
 * @features: drawn by the metric's init, freed by
 *   perceptual_patch_walk_finalize()
 *
 * The other fields are the walk's own.
 */
typedef struct
{
  PerceptualMetric parent;
  guint side;
  PerceptualPatchFeatures features;

  PerceptualPatchSum patch_sum;
  const PerceptualRowKernels *row_kernels;

  /* For the geometry of the last comparison. */
  guint width; /* 0 for none */
  guint height;
  guint n_images;
  PerceptualWindows windows;
  guint ring_size;
  guint n_scratch;
  PerceptualPatchScratch *scratch;
} PerceptualPatchWalk;

/* Callbacks for a PerceptualMetricClass.  A result has one tap: the mean over
 * windows of the mean over features of the squared difference of the windows'
 * mean features. */
gboolean perceptual_patch_walk_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error);
guint64 perceptual_patch_walk_bytes (PerceptualMetric *metric, guint width,
    guint height, guint n_distorted, PerceptualCompareFlags flags);
void perceptual_patch_walk_finalize (PerceptualMetric *metric);

G_END_DECLS

#endif /* PERCEPTUAL_PATCH_WALK_H */
