/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * cosine: one minus the cosine between a backbone's features, mean over
 * positions, sum over taps; lpips without heads, halved.
 */
#include "features/tap-metric.h"
#include "metrics.h"
#include "option.h"

/* |a' - b'|^2 = 2 - 2 cos for vectors of length 1, so weights of one half
 * make 1 - cos of it: 0 where both are zero, .5 where one is. */
static gboolean
cosine_init (PerceptualMetric *metric, GError **error)
{
  PerceptualTapMetric *self = (PerceptualTapMetric *) metric;

  self->kernels = perceptual_kernels_table (perceptual_cpu ());
  self->channel_norm = TRUE;
  if (!perceptual_backbone_open (
          &self->backbone, metric, &perceptual_backbone_input, error))
    return FALSE;
  perceptual_backbone_loaded (&self->backbone);
  for (guint t = 0; t < self->backbone.n_taps; t++) {
    guint tap = self->backbone.taps[t];
    guint n = perceptual_network_tap_channels (self->backbone.network, tap);

    self->heads[tap] = g_new (gfloat, n);
    for (guint c = 0; c < n; c++)
      self->heads[tap][c] = .5f;
  }
  return TRUE;
}

static const PerceptualOption *const cosine_options[] = {
  &perceptual_option_backbone,
  &perceptual_option_taps,
  &perceptual_option_weights,
  &perceptual_option_seed,
  &perceptual_option_zero_mean,
  &perceptual_option_precision,
  &perceptual_option_scale,
  NULL,
};

const PerceptualMetricClass perceptual_cosine_class = {
  .info.name = "cosine",
  .info.blurb =
      "1 - cosine between a network's features, mean over positions, summed "
      "over taps: lpips without heads, halved; 0 (identical) to the number of "
      "taps; needs a weights file",
  .info.flags = PERCEPTUAL_METRIC_WEIGHTS | PERCEPTUAL_METRIC_MAP
      | PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = cosine_options,
  .info.map_maximum = 3,
  .instance_size = sizeof (PerceptualTapMetric),
  .init = cosine_init,
  .compare = perceptual_tap_metric_compare,
  .bytes = perceptual_tap_metric_bytes,
  .compare_many = perceptual_tap_metric_compare_many,
  .tap_name = perceptual_tap_metric_tap_name,
  .finalize = perceptual_tap_metric_finalize,
};
