/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lpips: features of a backbone, normalised over channels, squared
 * differences weighted by learned heads, mean over positions, sum over taps
 * (Zhang et al. 2018, "The Unreasonable Effectiveness of Deep Features as a
 * Perceptual Metric", equation 1).
 */
#include "features/tap-metric.h"
#include "metrics.h"
#include "option.h"

#include <string.h>

static const gchar *const head_versions[] = { "0.1", "0.0", "none", NULL };

static const PerceptualOption option_heads = {
  .name = "heads",
  .blurb = "Learned weights of the channels: version 0.1, version 0.0 "
           "(takes its input unscaled), or none (all ones)",
  .type = PERCEPTUAL_OPTION_STRING,
  .default_text = "0.1",
  .choices = head_versions,
};

static const PerceptualOption *const lpips_options[] = {
  &perceptual_option_backbone,
  &option_heads,
  &perceptual_option_taps,
  &perceptual_option_channel_norm,
  &perceptual_option_weights,
  &perceptual_option_seed,
  &perceptual_option_zero_mean,
  &perceptual_option_precision,
  &perceptual_option_scale,
  NULL,
};

/* Networks of version 0.0 see the samples as they are. */
static const PerceptualEngineInput plain_input = { { 0, 0, 0 }, { 1, 1, 1 } };

static gboolean
load_heads (PerceptualTapMetric *self, const gchar *version, GError **error)
{
  const gchar *prefix = strcmp (version, "0.0") == 0 ? "lin_v0.0" : "lin";

  for (guint t = 0; t < self->backbone.n_taps; t++) {
    guint tap = self->backbone.taps[t];
    guint n = perceptual_network_tap_channels (self->backbone.network, tap);
    g_autofree gchar *name = g_strdup_printf ("%s.%u.weight", prefix, tap);
    const gfloat *numbers =
        perceptual_backbone_tensor (&self->backbone, name, n, error);

    if (numbers == NULL)
      return FALSE;
    self->heads[tap] = g_memdup2 (numbers, n * sizeof (gfloat));
  }
  return TRUE;
}

static gboolean
lpips_init (PerceptualMetric *metric, GError **error)
{
  PerceptualTapMetric *self = (PerceptualTapMetric *) metric;
  const gchar *heads = perceptual_metric_string (metric, "heads");
  gboolean none = strcmp (heads, "none") == 0;

  self->kernels = perceptual_kernels_table (perceptual_cpu ());
  self->channel_norm = perceptual_metric_boolean (metric, "channel-norm");
  if (!none
      && strcmp (perceptual_metric_string (metric, "weights"), "random") == 0) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "Heads %s were learned for trained weights; with weights=random set "
        "heads=none",
        heads);
    return FALSE;
  }
  if (!perceptual_backbone_open (&self->backbone, metric,
          strcmp (heads, "0.0") == 0 ? &plain_input
                                     : &perceptual_backbone_input,
          error))
    return FALSE;
  if (!none && !load_heads (self, heads, error))
    return FALSE;
  perceptual_backbone_loaded (&self->backbone);
  return TRUE;
}

const PerceptualMetricClass perceptual_lpips_class = {
  .info.name = "lpips",
  .info.blurb =
      "Learned Perceptual Image Patch Similarity (Zhang et al. 2018): distance "
      "of a network's features, 0 (identical), about 1 (unrelated photos); "
      "needs a weights file",
  .info.flags = PERCEPTUAL_METRIC_WEIGHTS | PERCEPTUAL_METRIC_MAP
      | PERCEPTUAL_METRIC_SYMMETRIC | PERCEPTUAL_METRIC_CHANNELS,
  .info.options = lpips_options,
  .info.map_maximum = 1,
  .instance_size = sizeof (PerceptualTapMetric),
  .init = lpips_init,
  .compare = perceptual_tap_metric_compare,
  .bytes = perceptual_tap_metric_bytes,
  .compare_many = perceptual_tap_metric_compare_many,
  .tap_name = perceptual_tap_metric_tap_name,
  .finalize = perceptual_tap_metric_finalize,
};
