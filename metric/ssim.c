/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ssim: structural similarity of luma (Wang, Bovik, Sheikh, Simoncelli 2004)
 * at the images' own scale.  The arithmetic is in ssim-rows.
 */
#include "luma.h"
#include "metrics.h"
#include "ssim-rows.h"

typedef struct
{
  PerceptualMetric parent;
  PerceptualSsimRows rows;
} Ssim;

static gboolean
ssim_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  Ssim *self = (Ssim *) metric;

  if (!perceptual_ssim_rows_prepare (
          &self->rows, metric->pool, reference->width, error))
    return FALSE;
  for (guint i = 0; i < n_distorted; i++) {
    PerceptualLumaPlane a = { reference->width, reference->height, reference,
      perceptual_luma_is_native (reference, &distorted[i]), NULL };
    PerceptualLumaPlane b = a;

    b.image = &distorted[i];
    results[i].distance = perceptual_ssim_rows_compare (
        &self->rows, metric->pool, metric->strip_rows, &a, &b, NULL);
    results[i].n_taps = 1;
    results[i].taps[0] = results[i].distance;
  }
  return TRUE;
}

static void
ssim_finalize (PerceptualMetric *metric)
{
  perceptual_ssim_rows_clear (&((Ssim *) metric)->rows);
}

const PerceptualMetricClass perceptual_ssim_class = {
  .info.name = "ssim",
  .info.blurb = "Structural similarity of luma, 1 for identical images, "
                "higher is more alike (Wang et al. 2004)",
  .info.flags = PERCEPTUAL_METRIC_SIMILARITY | PERCEPTUAL_METRIC_SYMMETRIC
      | PERCEPTUAL_METRIC_LUMA,
  .instance_size = sizeof (Ssim),
  .compare = ssim_compare,
  .finalize = ssim_finalize,
};
