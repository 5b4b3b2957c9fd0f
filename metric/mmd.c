/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd, mmd++ and cnn-kernel (Amir & Weiss 2021): squared maximum mean
 * discrepancies between the 3x3 patches in windows of 32 pixels, step 16,
 * under a Gaussian kernel or under that of infinitely wide random networks of
 * one ReLU layer.  By random features or exactly.
 */
#include "l2.h"
#include "metrics.h"
#include "option.h"
#include "patches/exact-mmd.h"
#include "patches/patch-rbf.h"
#include "patches/walk.h"

#define WINDOW 32
#define SIGMA (0.06 * 9)
#define RBF_SIGMA (0.1 * 9)
#define RBF_WEIGHT 0.05
#define L2_WEIGHT 0.001
#define RBF_ROWS_PER_JOB 64

typedef struct
{
  PerceptualPatchWalk walk;
  PerceptualExactMmd kernel;
  gdouble scale; /* of the exact MMD^2, to be what the features estimate */
  gboolean exact;
  gboolean centred;
} Mmd;

static gboolean
compare_exactly (Mmd *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualResult *results, GError **error)
{
  for (guint i = 0; i < n_distorted; i++) {
    gdouble mean;

    if (!perceptual_exact_mmd_compare (&self->kernel, WINDOW, self->centred,
            self->walk.parent.workers, reference, &distorted[i], &mean, error))
      return FALSE;
    results[i].n_taps = 1;
    results[i].taps[0] = self->scale * mean;
    results[i].distance = results[i].taps[0];
  }
  return TRUE;
}

static gboolean
mmd_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  Mmd *self = (Mmd *) metric;

  if (self->exact)
    return compare_exactly (
        self, reference, distorted, n_distorted, results, error);
  return perceptual_patch_walk_compare (
      metric, reference, distorted, n_distorted, flags, results, error);
}

static gboolean
mmdpp_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  guint rows = metric->strip_rows != 0 ? metric->strip_rows : RBF_ROWS_PER_JOB;

  if (!mmd_compare (
          metric, reference, distorted, n_distorted, flags, results, error))
    return FALSE;
  for (guint i = 0; i < n_distorted; i++) {
    PerceptualResult *result = &results[i];
    gdouble rbf;

    if (!perceptual_patch_rbf (metric->workers, rows, reference, &distorted[i],
            RBF_SIGMA, &rbf, error))
      return FALSE;
    result->n_taps = 3;
    result->taps[1] = RBF_WEIGHT * rbf;
    result->taps[2] = L2_WEIGHT
        * perceptual_l2 (
            metric->workers, metric->strip_rows, reference, &distorted[i]);
    result->distance += result->taps[1] + result->taps[2];
  }
  return TRUE;
}

static void
read_options (Mmd *self)
{
  self->walk.side = WINDOW;
  self->exact = perceptual_metric_boolean (&self->walk.parent, "exact");
  self->centred = perceptual_metric_boolean (&self->walk.parent, "centred");
}

static gboolean
mmd_init (PerceptualMetric *metric, GError **error)
{
  Mmd *self = (Mmd *) metric;

  read_options (self);
  self->kernel = (PerceptualExactMmd){ perceptual_gaussian_kernel, SIGMA };
  /* Over random phases the mean of cos (x + phase) cos (y + phase) is half of
   * cos (x - y). */
  self->scale = 0.5;
  if (!self->exact)
    perceptual_patch_features_init (&self->walk.features,
        (guint) perceptual_metric_uint (metric, "features"),
        perceptual_metric_uint (metric, "seed"), self->centred, SIGMA);
  return TRUE;
}

static gboolean
cnn_kernel_init (PerceptualMetric *metric, GError **error)
{
  Mmd *self = (Mmd *) metric;

  read_options (self);
  self->kernel = (PerceptualExactMmd){ perceptual_arc_cosine_kernel, 0 };
  self->scale = 1;
  if (!self->exact)
    perceptual_patch_filters_init (&self->walk.features,
        (guint) perceptual_metric_uint (metric, "features"),
        perceptual_metric_uint (metric, "seed"), self->centred);
  return TRUE;
}

static const PerceptualOption *const options[] = { &perceptual_option_features,
  &perceptual_option_seed, &perceptual_option_exact, &perceptual_option_centred,
  NULL };

const PerceptualMetricClass perceptual_mmd_class = {
  .info.name = "mmd",
  .info.blurb = "How the 3x3 patches within 32x32 windows are distributed, "
                "at one scale (patch MMD); 0 (identical) to 1",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = options,
  .instance_size = sizeof (Mmd),
  .init = mmd_init,
  .compare = mmd_compare,
  .finalize = perceptual_patch_walk_finalize,
};

const PerceptualMetricClass perceptual_mmdpp_class = {
  .info.name = "mmd++",
  .info.blurb = "mmd, plus .05 of the patch-RBF distance of patches at the "
                "same place, plus .001 of l2: taps in that order; 0 "
                "(identical) to about 1",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = options,
  .instance_size = sizeof (Mmd),
  .init = mmd_init,
  .compare = mmdpp_compare,
  .finalize = perceptual_patch_walk_finalize,
};

const PerceptualMetricClass perceptual_cnn_kernel_class = {
  .info.name = "cnn-kernel",
  .info.blurb = "What infinitely wide random networks of one ReLU layer see: "
                "patch MMD in 32x32 windows under the arc-cosine kernel; 0 "
                "(identical) to 2",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = options,
  .instance_size = sizeof (Mmd),
  .init = cnn_kernel_init,
  .compare = mmd_compare,
  .finalize = perceptual_patch_walk_finalize,
};
