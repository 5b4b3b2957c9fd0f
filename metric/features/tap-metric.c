/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One comparison of features at taps: the engine runs both images, each run of
 * a tap is compared while it is in the cache, and planes of one number per
 * position remain.
 */
#include "features/tap-metric.h"
#include "distance-map.h"
#include "machine/workers.h"
#include "features/tap-channels.h"
#include "features/tap-planes.h"

/* What one thread runs in one go where there are many images: so many that the
 * filters are read once for all of them, and so few pixels that the memory of
 * all threads together stays below that of one large image. */
#define LANE_IMAGES 48
#define LANE_PIXELS (1 << 20)

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

/* Sets of images of one size: @n references, and @each distorted images of
 * every one of them. */
typedef struct
{
  const PerceptualImage *references;
  guint n;
  const PerceptualImage *distorted;
  guint each;
  PerceptualCompareFlags flags;
  PerceptualResult *results;
} Sets;

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

/* Compares sets of images of one size on a network that is @backbone but for
 * its engine, with the threads of @workers. */
static gboolean
compare_sets (const PerceptualTapMetric *self,
    const PerceptualBackbone *backbone, PerceptualWorkers *workers,
    const Sets *sets, GError **error)
{
  gboolean map = (sets->flags & PERCEPTUAL_COMPARE_MAP) != 0;
  guint width = sets->references[0].width;
  guint height = sets->references[0].height;
  guint n_distorted = sets->n * sets->each;
  g_autofree const PerceptualImage **images =
      g_new (const PerceptualImage *, (gsize) sets->n + n_distorted);
  Comparison comparison = {
    .planes = { .backbone = backbone,
        .kernels = self->kernels,
        .heads = self->heads,
        .channel_norm = self->channel_norm,
        .n_references = sets->n,
        .n_distorted = n_distorted },
    .channels = { .backbone = backbone,
        .channel_norm = self->channel_norm,
        .n_references = sets->n,
        .n_distorted = n_distorted },
    .want_channels = (sets->flags & PERCEPTUAL_COMPARE_CHANNELS) != 0,
  };
  PerceptualTapConsumer consumer = { &comparison, take_run, take_rows };
  gboolean ok;

  for (guint i = 0; i < sets->n; i++)
    images[i] = &sets->references[i];
  for (guint i = 0; i < n_distorted; i++)
    images[sets->n + i] = &sets->distorted[i];
  if (!perceptual_engine_prepare (backbone->engine, width, height,
          sets->n + n_distorted, self->parent.strip_rows, error))
    return FALSE;
  ok = perceptual_tap_planes_init (&comparison.planes, map, error);
  if (ok && comparison.want_channels)
    ok = perceptual_tap_channels_init (&comparison.channels, error);
  if (ok) {
    perceptual_engine_run (backbone->engine, images, &consumer);
    ok = fill_results (&comparison, sets->results, error);
  }
  if (ok && map)
    ok = make_maps (
        workers, &comparison.planes, width, height, sets->results, error);
  perceptual_tap_planes_clear (&comparison.planes);
  perceptual_tap_channels_clear (&comparison.channels);
  return ok;
}

gboolean
perceptual_tap_metric_compare (PerceptualMetric *metric,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    guint n_distorted, PerceptualCompareFlags flags, PerceptualResult *results,
    GError **error)
{
  const PerceptualTapMetric *self = (PerceptualTapMetric *) metric;
  Sets sets = { reference, 1, distorted, n_distorted, flags, results };

  return compare_sets (self, &self->backbone, metric->workers, &sets, error);
}

guint64
perceptual_tap_metric_bytes (PerceptualMetric *metric, guint width,
    guint height, guint n_distorted, PerceptualCompareFlags flags)
{
  const PerceptualBackbone *backbone =
      &((PerceptualTapMetric *) metric)->backbone;
  guint64 bytes = perceptual_engine_bytes (
      backbone->engine, width, height, 1 + n_distorted, metric->strip_rows);

  bytes += perceptual_tap_planes_bytes (
      backbone, n_distorted, (flags & PERCEPTUAL_COMPARE_MAP) != 0);
  for (guint t = 0; flags & PERCEPTUAL_COMPARE_CHANNELS && t < backbone->n_taps;
       t++) {
    PerceptualTapSize size;

    perceptual_engine_get_tap (backbone->engine, backbone->taps[t], &size);
    bytes += (guint64) n_distorted * size.rows * size.width * size.channels
        * sizeof (gfloat);
  }
  return bytes;
}

/* --- many small images --------------------------------------------------- */

/* One thread's own. */
struct _PerceptualTapLane
{
  PerceptualBackbone backbone; /* the metric's, with an engine of its own */
  PerceptualWorkers *workers;  /* of one thread */
};

/* Sets that are run in one go, and what went wrong. */
typedef struct
{
  Sets sets;
  guint first; /* number of the first reference */
  GError *error;
} Batch;

typedef struct
{
  PerceptualTapMetric *self;
  GArray *batches;
} Many;

static void
lane_free (gpointer data)
{
  PerceptualTapLane *lane = data;

  perceptual_engine_free (lane->backbone.engine);
  perceptual_workers_unref (lane->workers);
  g_free (lane);
}

/* A lane for each thread of the metric. */
static gboolean
open_lanes (PerceptualTapMetric *self, GError **error)
{
  guint n = perceptual_workers_get_threads (self->parent.workers);

  if (self->lanes == NULL)
    self->lanes = g_ptr_array_new_with_free_func (lane_free);
  while (self->lanes->len < n) {
    PerceptualWorkers *workers = perceptual_workers_new (1, error);
    PerceptualTapLane *lane;

    if (workers == NULL)
      return FALSE;
    lane = g_new (PerceptualTapLane, 1);
    lane->workers = workers;
    lane->backbone = self->backbone;
    lane->backbone.engine =
        perceptual_engine_share (self->backbone.engine, workers);
    g_ptr_array_add (self->lanes, lane);
  }
  return TRUE;
}

static void
run_batch (gpointer user, guint job, guint worker)
{
  const Many *many = user;
  Batch *batch = &g_array_index (many->batches, Batch, job);
  PerceptualTapLane *lane = many->self->lanes->pdata[worker];

  compare_sets (
      many->self, &lane->backbone, lane->workers, &batch->sets, &batch->error);
}

static guint64
pixels_of (const PerceptualImage *reference, guint each)
{
  return (guint64) reference->width * reference->height * (1 + each);
}

/* How many of the sets from number @first on go together.  0: the first one is
 * better shared by all threads. */
static guint
count_alike (const Sets *all, guint first, guint threads)
{
  const PerceptualImage *like = &all->references[first];
  guint64 pixels = pixels_of (like, all->each);
  guint most = MIN (LANE_IMAGES / (1 + all->each), LANE_PIXELS / pixels);
  guint n = 0;

  /* Each thread is to have some. */
  most = MIN (most, (all->n + threads - 1) / threads);
  while (n < most && first + n < all->n
      && all->references[first + n].width == like->width
      && all->references[first + n].height == like->height)
    n++;
  return n;
}

static Sets
part_of (const Sets *all, guint first, guint n)
{
  gsize distorted = (gsize) first * all->each;

  return (Sets){ all->references + first, n, all->distorted + distorted,
    all->each, all->flags, all->results + distorted };
}

/* Sorts the sets into batches of lanes, and those that all threads share. */
static gboolean
plan (PerceptualTapMetric *self, const Sets *all, GArray *batches,
    GArray *shared, GError **error)
{
  guint threads = perceptual_workers_get_threads (self->parent.workers);
  guint n;

  for (guint first = 0; first < all->n; first += n) {
    guint alike = count_alike (all, first, threads);
    Batch batch = { .first = first };

    n = MAX (alike, 1);
    batch.sets = part_of (all, first, n);
    if (!perceptual_engine_warm (self->backbone.engine,
            batch.sets.references[0].width, batch.sets.references[0].height,
            error))
      return FALSE;
    g_array_append_val (alike > 0 ? batches : shared, batch);
  }
  return TRUE;
}

static gboolean
conclude (GArray *batches, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < batches->len; i++) {
    Batch *batch = &g_array_index (batches, Batch, i);

    if (batch->error == NULL)
      continue;
    if (ok)
      g_propagate_prefixed_error (error, g_steal_pointer (&batch->error),
          "reference %u: ", batch->first);
    g_clear_error (&batch->error);
    ok = FALSE;
  }
  return ok;
}

gboolean
perceptual_tap_metric_compare_many (PerceptualMetric *metric,
    const PerceptualImage *references, guint n_references,
    const PerceptualImage *distorted, guint each, PerceptualCompareFlags flags,
    PerceptualResult *results, GError **error)
{
  PerceptualTapMetric *self = (PerceptualTapMetric *) metric;
  Sets all = { references, n_references, distorted, each, flags, results };
  g_autoptr (GArray) batches = g_array_new (FALSE, FALSE, sizeof (Batch));
  g_autoptr (GArray) shared = g_array_new (FALSE, FALSE, sizeof (Batch));
  Many many = { self, batches };
  guint mark = perceptual_workers_mark (metric->workers);

  if (!plan (self, &all, batches, shared, error) || !open_lanes (self, error))
    return FALSE;
  perceptual_workers_run (metric->workers, batches->len, run_batch, &many);
  if (!conclude (batches, error))
    return FALSE;
  for (guint i = 0; i < shared->len
       && !perceptual_workers_was_cancelled (metric->workers, mark);
       i++) {
    Batch *batch = &g_array_index (shared, Batch, i);

    if (!compare_sets (self, &self->backbone, metric->workers, &batch->sets,
            &batch->error))
      return conclude (shared, error);
  }
  return TRUE;
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

  g_clear_pointer (&self->lanes, g_ptr_array_unref);
  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++)
    g_free (self->heads[tap]);
  perceptual_backbone_clear (&self->backbone);
}
