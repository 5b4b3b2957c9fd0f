/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One comparison of features at taps: the engine runs both images, each run of
 * a tap is compared while it is in the cache, and planes of one number per
 * position remain.
 */
#include "features/tap-metric.h"
#include "distance-map.h"
#include "features/tap-channels.h"
#include "features/tap-planes.h"

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

gboolean
perceptual_tap_metric_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  PerceptualTapMetric *self = (PerceptualTapMetric *) metric;
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

const gchar *
perceptual_tap_metric_tap_name (
    const PerceptualMetric *metric, guint tap, gboolean rgb)
{
  return perceptual_backbone_tap_name (
      &((const PerceptualTapMetric *) metric)->backbone, tap);
}

void
perceptual_tap_metric_finalize (PerceptualMetric *metric)
{
  PerceptualTapMetric *self = (PerceptualTapMetric *) metric;

  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++)
    g_free (self->heads[tap]);
  perceptual_backbone_clear (&self->backbone);
}
