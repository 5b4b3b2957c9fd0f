/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd and mmd++ (Amir & Weiss 2021): squared maximum mean discrepancies between
 * the 3x3 patches in windows of 32 pixels under a Gaussian kernel; mmd++ adds
 * the patch-RBF distance and l2.
 */
#include "l2.h"
#include "metrics.h"
#include "patches/patch-rbf.h"
#include "patches/window-mmd.h"

#define SIGMA (0.06 * 9)
#define RBF_SIGMA (0.1 * 9)
#define RBF_WEIGHT 0.05
#define L2_WEIGHT 0.001
#define RBF_ROWS_PER_JOB 64

static gboolean
mmdpp_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  guint rows = metric->strip_rows != 0 ? metric->strip_rows : RBF_ROWS_PER_JOB;

  if (!perceptual_window_mmd_compare (
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

static guint64
mmdpp_bytes (PerceptualMetric *metric, guint width, guint height,
    guint n_distorted, PerceptualCompareFlags flags)
{
  return perceptual_window_mmd_bytes (metric, width, height, n_distorted, flags)
      + perceptual_patch_rbf_bytes (metric->workers, width);
}

static gboolean
mmd_init (PerceptualMetric *metric, GError **error)
{
  PerceptualWindowMmd *self = (PerceptualWindowMmd *) metric;

  perceptual_window_mmd_init (self);
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

static const gchar *
mmdpp_tap_name (const PerceptualMetric *metric, guint tap, gboolean rgb)
{
  static const gchar *const names[] = { "mmd", "rbf", "l2" };

  return tap < G_N_ELEMENTS (names) ? names[tap] : NULL;
}

const PerceptualMetricClass perceptual_mmd_class = {
  .info.name = "mmd",
  .info.blurb = "How the 3x3 patches within 32x32 windows are distributed, "
                "at one scale (patch MMD); 0 (identical) to 1",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = perceptual_window_mmd_options,
  .instance_size = sizeof (PerceptualWindowMmd),
  .init = mmd_init,
  .compare = perceptual_window_mmd_compare,
  .bytes = perceptual_window_mmd_bytes,
  .finalize = perceptual_patch_walk_finalize,
};

const PerceptualMetricClass perceptual_mmdpp_class = {
  .info.name = "mmd++",
  .info.blurb = "mmd, plus .05 of the patch-RBF distance of patches at the "
                "same place, plus .001 of l2: taps in that order; 0 "
                "(identical) to about 1",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = perceptual_window_mmd_options,
  .instance_size = sizeof (PerceptualWindowMmd),
  .init = mmd_init,
  .compare = mmdpp_compare,
  .bytes = mmdpp_bytes,
  .tap_name = mmdpp_tap_name,
  .finalize = perceptual_patch_walk_finalize,
};
