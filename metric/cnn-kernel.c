/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * cnn-kernel (Amir & Weiss 2021): squared maximum mean discrepancies between
 * the 3x3 patches in windows of 32 pixels under the kernel of infinitely wide
 * random networks of one ReLU layer.
 */
#include "metrics.h"
#include "patches/window-mmd.h"

static gboolean
cnn_kernel_init (PerceptualMetric *metric, GError **error)
{
  PerceptualWindowMmd *self = (PerceptualWindowMmd *) metric;

  perceptual_window_mmd_init (self);
  self->kernel = (PerceptualExactMmd){ perceptual_arc_cosine_kernel, 0 };
  self->scale = 1;
  if (!self->exact)
    perceptual_patch_filters_init (&self->walk.features,
        (guint) perceptual_metric_uint (metric, "features"),
        perceptual_metric_uint (metric, "seed"), self->centred);
  return TRUE;
}

const PerceptualMetricClass perceptual_cnn_kernel_class = {
  .info.name = "cnn-kernel",
  .info.blurb = "What infinitely wide random networks of one ReLU layer see: "
                "patch MMD in 32x32 windows under the arc-cosine kernel; 0 "
                "(identical) to 2",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = perceptual_window_mmd_options,
  .instance_size = sizeof (PerceptualWindowMmd),
  .init = cnn_kernel_init,
  .compare = perceptual_window_mmd_compare,
  .bytes = perceptual_window_mmd_bytes,
  .finalize = perceptual_patch_walk_finalize,
};
