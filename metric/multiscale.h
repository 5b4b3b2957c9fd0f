/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The walk that the patch metrics share: how the random features of 3x3
 * patches differ between two images' windows, on one or more levels of a
 * pyramid.  A metric embeds PerceptualMultiscale as its first member and says
 * in its init which windows, levels and features it wants.
 *
 * Memory kept between comparisons: per distorted image and pixel of a level
 * 4 * features / step^2 bytes of block sums (1.7 for mmd-ms, 8 for mmd with
 * 512 features), 12 bytes per pixel and image for every level but the first,
 * and a ring of rows per worker.
 */
#ifndef PERCEPTUAL_MULTISCALE_H
#define PERCEPTUAL_MULTISCALE_H

#include "patches/level.h"
#include "metric-private.h"
#include "patches/patch-features.h"

G_BEGIN_DECLS

#define PERCEPTUAL_MAX_LEVELS 4

typedef struct _PerceptualMultiscaleScratch PerceptualMultiscaleScratch;

/**
 * PerceptualMultiscale:
 * @shape: of the windows
 * @max_levels: levels of the pyramid, 1..PERCEPTUAL_MAX_LEVELS; those whose
 *   shorter side is under a window are left out, but never the first
 * @with_structure: whether a window's value is the geometric mean with its
 *   1 - SSIM; needs windows of 16 pixels
 * @features: drawn by the metric's init, freed by
 *   perceptual_multiscale_finalize()
 *
 * The other fields are the walk's own.
 */
typedef struct
{
  PerceptualMetric parent;
  PerceptualWindowShape shape;
  guint max_levels;
  gboolean with_structure;
  PerceptualPatchFeatures features;

  PerceptualPatchSum patch_sum;
  const PerceptualRowKernels *row_kernels;

  /* For the geometry of the last comparison. */
  guint width;
  guint height;
  guint n_images;
  guint n_levels;
  PerceptualLevel levels[PERCEPTUAL_MAX_LEVELS];
  guint ring_size;
  guint n_scratch;
  PerceptualMultiscaleScratch *scratch;
} PerceptualMultiscale;

/* Callbacks for a PerceptualMetricClass.  A result's taps are its levels: the
 * mean over windows of the mean over features of the squared difference of
 * the windows' mean features. */
gboolean perceptual_multiscale_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error);
void perceptual_multiscale_finalize (PerceptualMetric *metric);

G_END_DECLS

#endif /* PERCEPTUAL_MULTISCALE_H */
