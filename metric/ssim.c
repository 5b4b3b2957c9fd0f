/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ssim: structural similarity of luma (Wang, Bovik, Sheikh, Simoncelli 2004)
 * at the images' own scale, and of the other channels.  The arithmetic is in
 * ssim-rows.
 */
#include "rows/channels.h"
#include "metrics.h"
#include "option.h"
#include "rows/ssim-rows.h"

typedef struct
{
  PerceptualMetric parent;
  PerceptualSsimRows rows;
  gboolean all_planes;
} Ssim;

static gboolean
ssim_init (PerceptualMetric *metric, GError **error)
{
  ((Ssim *) metric)->all_planes =
      perceptual_metric_boolean (metric, "all-planes");
  return TRUE;
}

static gboolean
ssim_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  Ssim *self = (Ssim *) metric;

  if (!perceptual_ssim_rows_prepare (
          &self->rows, metric->workers, reference->width, error))
    return FALSE;
  for (guint i = 0; i < n_distorted; i++) {
    const PerceptualImage *other = &distorted[i];
    PerceptualResult *result = &results[i];

    result->n_taps =
        perceptual_count_channels (reference, other, self->all_planes);
    for (guint c = 0; c < result->n_taps; c++) {
      PerceptualChannel pair[2];

      perceptual_channel_pair (reference, other, c, pair);
      result->taps[c] = perceptual_ssim_rows_compare (&self->rows,
          metric->workers, metric->strip_rows, &pair[0], &pair[1], NULL);
    }
    result->distance = result->taps[0];
  }
  return TRUE;
}

static guint64
ssim_bytes (PerceptualMetric *metric, guint width, guint height,
    guint n_distorted, PerceptualCompareFlags flags)
{
  return perceptual_ssim_rows_bytes (metric->workers, width);
}

static const gchar *
ssim_tap_name (const PerceptualMetric *metric, guint tap, gboolean rgb)
{
  return tap == 0 || ((const Ssim *) metric)->all_planes
      ? perceptual_channel_name (tap, rgb)
      : NULL;
}

static const PerceptualOption *const ssim_options[] = {
  &perceptual_option_all_planes,
  &perceptual_option_scale,
  NULL,
};

static void
ssim_finalize (PerceptualMetric *metric)
{
  perceptual_ssim_rows_clear (&((Ssim *) metric)->rows);
}

const PerceptualMetricClass perceptual_ssim_class = {
  .info.name = "ssim",
  .info.blurb = "Structural similarity of luma, 1 for identical images, "
                "higher is more alike (Wang et al. 2004); taps are Y, U, V or "
                "luma, R, G, B",
  .info.flags = PERCEPTUAL_METRIC_SIMILARITY | PERCEPTUAL_METRIC_SYMMETRIC
      | PERCEPTUAL_METRIC_LUMA,
  .info.options = ssim_options,
  .instance_size = sizeof (Ssim),
  .planes_suffice = perceptual_channels_are_native,
  .init = ssim_init,
  .compare = ssim_compare,
  .bytes = ssim_bytes,
  .tap_name = ssim_tap_name,
  .finalize = ssim_finalize,
};
