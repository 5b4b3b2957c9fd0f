/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lpips: features of a backbone, normalised over channels, squared
 * differences weighted by learned heads, mean over positions, sum over taps
 * (Zhang et al. 2018, "The Unreasonable Effectiveness of Deep Features as a
 * Perceptual Metric", equation 1); and cosine, the same without heads, halved.
 * Knows nothing of how features come about.
 */
#include "features/backbone.h"
#include "distance-map.h"
#include "metrics.h"
#include "option.h"
#include "machine/workers.h"
#include "features/tap-channels.h"
#include "features/tap-planes.h"

#include <math.h>
#include <string.h>

typedef struct
{
  PerceptualMetric parent;
  PerceptualBackbone backbone;
  const PerceptualKernels *kernels;
  gboolean channel_norm;
  gfloat *heads[PERCEPTUAL_MAX_TAPS]; /* by network tap; NULL is all ones */
} Lpips;

/* --- the distance map ---------------------------------------------------- */

static gboolean
make_maps (PerceptualWorkers *workers, const PerceptualTapPlanes *planes,
    guint width, guint height, PerceptualResult *results, GError **error)
{
  const PerceptualBackbone *backbone = planes->backbone;
  PerceptualMapGrid grids[PERCEPTUAL_MAX_TAPS];

  for (guint i = 0; i < planes->n_distorted; i++) {
    for (guint t = 0; t < backbone->n_taps; t++) {
      const PerceptualTapPlane *plane = &planes->planes[backbone->taps[t]];

      grids[t] = (PerceptualMapGrid){
        .x = perceptual_map_axis_spread (plane->size.width, width),
        .y = perceptual_map_axis_spread (plane->size.height, height),
        .values = perceptual_tap_plane_row (plane, i, 0),
      };
    }
    if (!perceptual_distance_map_make (workers, grids, backbone->n_taps, width,
            height, &results[i], error))
      return FALSE;
  }
  return TRUE;
}

/* --- one comparison ------------------------------------------------------ */

static void
fill_result (
    const PerceptualTapPlanes *planes, guint image, PerceptualResult *result)
{
  const PerceptualBackbone *backbone = planes->backbone;

  result->n_taps = backbone->n_taps;
  for (guint t = 0; t < backbone->n_taps; t++) {
    result->taps[t] =
        perceptual_tap_plane_mean (&planes->planes[backbone->taps[t]], image);
    result->distance += result->taps[t];
  }
}

typedef struct
{
  PerceptualTapPlanes planes;
  PerceptualTapChannels channels;
  gboolean want_channels;
} Comparison;

static void
take_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
  Comparison *self = user;

  perceptual_tap_planes_run (&self->planes, run, worker);
  if (self->want_channels)
    perceptual_tap_channels_run (&self->channels, run);
}

static void
take_rows (gpointer user, guint tap, guint y, guint end)
{
  Comparison *self = user;

  perceptual_tap_planes_rows (&self->planes, tap, y, end);
  if (self->want_channels)
    perceptual_tap_channels_rows (&self->channels, tap, y, end);
}

static gboolean
fill_results (Comparison *self, PerceptualResult *results, GError **error)
{
  for (guint i = 0; i < self->planes.n_distorted; i++) {
    fill_result (&self->planes, i, &results[i]);
    if (self->want_channels
        && !perceptual_tap_channels_fill (
            &self->channels, i, &results[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
lpips_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  Lpips *self = (Lpips *) metric;
  gboolean map = (flags & PERCEPTUAL_COMPARE_MAP) != 0;
  g_autofree const PerceptualImage **images =
      g_new (const PerceptualImage *, (gsize) n_distorted + 1);
  Comparison comparison = {
    .planes = { .backbone = &self->backbone,
        .kernels = self->kernels,
        .heads = self->heads,
        .channel_norm = self->channel_norm,
        .n_distorted = n_distorted },
    .channels = { .backbone = &self->backbone,
        .channel_norm = self->channel_norm,
        .n_distorted = n_distorted },
    .want_channels = (flags & PERCEPTUAL_COMPARE_CHANNELS) != 0,
  };
  PerceptualTapConsumer consumer = { &comparison, take_run, take_rows };
  gboolean ok;

  images[0] = reference;
  for (guint i = 0; i < n_distorted; i++)
    images[i + 1] = &distorted[i];
  if (!perceptual_engine_prepare (self->backbone.engine, reference->width,
          reference->height, n_distorted + 1, metric->strip_rows, error))
    return FALSE;
  ok = perceptual_tap_planes_init (&comparison.planes, map, error);
  if (ok && comparison.want_channels)
    ok = perceptual_tap_channels_init (&comparison.channels, error);
  if (ok) {
    perceptual_engine_run (self->backbone.engine, images, &consumer);
    ok = fill_results (&comparison, results, error);
  }
  if (ok && map)
    ok = make_maps (metric->workers, &comparison.planes, reference->width,
        reference->height, results, error);
  perceptual_tap_planes_clear (&comparison.planes);
  perceptual_tap_channels_clear (&comparison.channels);
  return ok;
}

/* --- options ------------------------------------------------------------- */

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
  NULL,
};

/* Networks of version 0.0 see the samples as they are. */
static const PerceptualEngineInput plain_input = { { 0, 0, 0 }, { 1, 1, 1 } };

static gboolean
load_heads (Lpips *self, const gchar *version, GError **error)
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
  Lpips *self = (Lpips *) metric;
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

static void
lpips_finalize (PerceptualMetric *metric)
{
  Lpips *self = (Lpips *) metric;

  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++)
    g_free (self->heads[tap]);
  perceptual_backbone_clear (&self->backbone);
}

/* |a' - b'|^2 = 2 - 2 cos for vectors of length 1, so weights of one half
 * make 1 - cos of it: 0 where both are zero, .5 where one is. */
static gboolean
cosine_init (PerceptualMetric *metric, GError **error)
{
  Lpips *self = (Lpips *) metric;

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
  NULL,
};

const PerceptualMetricClass perceptual_lpips_class = {
  .info.name = "lpips",
  .info.blurb =
      "Learned Perceptual Image Patch Similarity (Zhang et al. 2018): distance "
      "of a network's features, 0 (identical), about 1 (unrelated); needs a "
      "weights file",
  .info.flags = PERCEPTUAL_METRIC_WEIGHTS | PERCEPTUAL_METRIC_MAP
      | PERCEPTUAL_METRIC_SYMMETRIC | PERCEPTUAL_METRIC_CHANNELS,
  .info.options = lpips_options,
  .info.map_maximum = 1,
  .instance_size = sizeof (Lpips),
  .init = lpips_init,
  .compare = lpips_compare,
  .finalize = lpips_finalize,
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
  .instance_size = sizeof (Lpips),
  .init = cosine_init,
  .compare = lpips_compare,
  .finalize = lpips_finalize,
};
