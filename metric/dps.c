/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * dps: deep perceptual similarity with other comparisons than position by
 * position (Sjogren, Pihlgren, Liwicki 2022): of each channel's mean, or of
 * its sorted values, which a translation or rotation leaves alone; alone or
 * together with the spatial comparison.
 *
 * mean keeps rows of features for as long as they are summed.  sort keeps all
 * features of the wanted taps: 4 bytes times width * height * channels of
 * each, for each image (1920x1080: alex 86 MB, squeeze 288 MB, vgg 1012 MB an
 * image), and one plane per thread.
 */
#include "features/backbone.h"
#include "metrics.h"
#include "option.h"
#include "machine/workers.h"
#include "features/sort.h"
#include "features/tap-planes.h"

#include <math.h>
#include <string.h>

#define POSITIONS_PER_JOB 4096

typedef struct
{
  PerceptualMetric parent;
  PerceptualBackbone backbone;
  const PerceptualKernels *kernels;
  gboolean channel_norm;
  gboolean spatial;
  gboolean mean;
  gboolean sort;
} Dps;

/* Features of one tap that were copied from the engine. */
typedef struct
{
  PerceptualTapSize size;
  guint rows;       /* mean: those of one step; sort: all */
  gfloat *features; /* mean: [image][row % rows][column][channel];
                     * sort: [image][channel][row][column] */
  gdouble *sums;    /* mean: [image][channel] */
} TapCopy;

typedef struct
{
  Dps *self;
  guint n_images;
  PerceptualTapPlanes planes;          /* spatial */
  TapCopy copies[PERCEPTUAL_MAX_TAPS]; /* mean or sort, by network tap */
  PerceptualResult *results;
} Comparison;

/* --- while the engine runs ----------------------------------------------- */

static gfloat *
mean_row (const TapCopy *copy, guint image, guint y)
{
  return copy->features
      + ((gsize) image * copy->rows + y % copy->rows) * copy->size.width
      * copy->size.channels;
}

static gsize
positions (const TapCopy *copy)
{
  return (gsize) copy->size.width * copy->size.height;
}

static gfloat *
sort_plane (const TapCopy *copy, guint image, guint channel)
{
  return copy->features
      + ((gsize) image * copy->size.channels + channel) * positions (copy);
}

static void
keep_planes (const TapCopy *copy, const PerceptualTapRun *run, guint image)
{
  gsize stride = positions (copy);
  gfloat *to =
      sort_plane (copy, image, 0) + (gsize) run->y * copy->size.width + run->x;

  for (guint c = 0; c < run->channels; c++) {
    const gfloat *from = run->features[image] + c;

    for (guint x = 0; x < run->n; x++)
      to[c * stride + x] = from[(gsize) x * run->channels];
  }
}

static void
take_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
  Comparison *comparison = user;
  const TapCopy *copy = &comparison->copies[run->tap];

  if (comparison->self->spatial)
    perceptual_tap_planes_run (&comparison->planes, run, worker);
  for (guint image = 0; image < run->n_images; image++) {
    if (comparison->self->sort)
      keep_planes (copy, run, image);
    else if (comparison->self->mean)
      memcpy (mean_row (copy, image, run->y) + (gsize) run->x * run->channels,
          run->features[image],
          (gsize) run->n * run->channels * sizeof (gfloat));
  }
}

static void
take_rows (gpointer user, guint tap, guint y, guint end)
{
  Comparison *comparison = user;
  TapCopy *copy = &comparison->copies[tap];
  guint channels = copy->size.channels;

  if (comparison->self->spatial)
    perceptual_tap_planes_rows (&comparison->planes, tap, y, end);
  for (; comparison->self->mean && y < end; y++) {
    for (guint image = 0; image < comparison->n_images; image++) {
      const gfloat *row = mean_row (copy, image, y);
      gdouble *sums = copy->sums + (gsize) image * channels;

      for (guint x = 0; x < copy->size.width; x++, row += channels) {
        for (guint c = 0; c < channels; c++)
          sums[c] += (gdouble) row[c];
      }
    }
  }
}

/* --- mean ---------------------------------------------------------------- */

static void
finish_means (Comparison *comparison, guint tap, guint place)
{
  const TapCopy *copy = &comparison->copies[tap];
  guint channels = copy->size.channels;
  g_autofree gfloat *means =
      g_new (gfloat, (gsize) comparison->n_images * channels);

  for (gsize i = 0; i < (gsize) comparison->n_images * channels; i++)
    means[i] = (gfloat) (copy->sums[i] / positions (copy));
  /* The mean is spread over the plane, so every position says the same. */
  for (guint i = 1; i < comparison->n_images; i++) {
    gfloat distance;

    comparison->self->kernels->compare (means, means + (gsize) i * channels,
        NULL, channels, 1, comparison->self->channel_norm, &distance);
    comparison->results[i - 1].taps[place] = distance;
  }
}

/* --- sort ---------------------------------------------------------------- */

/* Ranks of one tap, as jobs see them. */
typedef struct
{
  const Comparison *comparison;
  const TapCopy *copy;
  gfloat *scratch; /* a plane per worker */
  gdouble *sums;   /* [distorted image][job] */
  guint n_jobs;
} Ranks;

static void
sort_channel (gpointer user, guint job, guint worker)
{
  const Ranks *ranks = user;
  gsize n = positions (ranks->copy);
  guint channels = ranks->copy->size.channels;

  perceptual_sort (sort_plane (ranks->copy, job / channels, job % channels),
      ranks->scratch + worker * n, n);
}

static void
compare_ranks (gpointer user, guint job, guint worker)
{
  const Ranks *ranks = user;
  const Dps *self = ranks->comparison->self;
  guint channels = ranks->copy->size.channels;
  gsize begin = (gsize) job * POSITIONS_PER_JOB;
  gsize end = MIN (begin + POSITIONS_PER_JOB, positions (ranks->copy));
  g_autofree gfloat *pixels = g_new (gfloat, 2 * (gsize) channels);

  for (guint i = 1; i < ranks->comparison->n_images; i++) {
    gdouble sum = 0;

    for (gsize p = begin; p < end; p++) {
      gfloat distance;

      for (guint c = 0; c < channels; c++) {
        pixels[c] = sort_plane (ranks->copy, 0, c)[p];
        pixels[channels + c] = sort_plane (ranks->copy, i, c)[p];
      }
      self->kernels->compare (pixels, pixels + channels, NULL, channels, 1,
          self->channel_norm, &distance);
      sum += (gdouble) distance;
    }
    ranks->sums[(gsize) (i - 1) * ranks->n_jobs + job] = sum;
  }
}

static gboolean
finish_sorts (Comparison *comparison, guint tap, guint place, GError **error)
{
  PerceptualWorkers *workers = comparison->self->parent.workers;
  const TapCopy *copy = &comparison->copies[tap];
  guint n_distorted = comparison->n_images - 1;
  Ranks ranks = { .comparison = comparison, .copy = copy };
  g_autofree gdouble *sums = NULL;

  ranks.scratch =
      perceptual_buffer_new (perceptual_workers_get_threads (workers),
          positions (copy) * sizeof (gfloat), error);
  if (ranks.scratch == NULL)
    return FALSE;
  perceptual_workers_run (workers, comparison->n_images * copy->size.channels,
      sort_channel, &ranks);
  perceptual_buffer_free (ranks.scratch);

  ranks.n_jobs =
      (guint) ((positions (copy) + POSITIONS_PER_JOB - 1) / POSITIONS_PER_JOB);
  ranks.sums = sums = g_new (gdouble, (gsize) n_distorted * ranks.n_jobs);
  perceptual_workers_run (workers, ranks.n_jobs, compare_ranks, &ranks);
  for (guint i = 0; i < n_distorted; i++) {
    gdouble sum = 0;

    for (guint job = 0; job < ranks.n_jobs; job++)
      sum += sums[(gsize) i * ranks.n_jobs + job];
    comparison->results[i].taps[place] = sum / (gdouble) positions (copy);
  }
  return TRUE;
}

/* --- one comparison ------------------------------------------------------ */

static gboolean
make_copies (Comparison *comparison, GError **error)
{
  const PerceptualBackbone *backbone = &comparison->self->backbone;

  for (guint t = 0; t < backbone->n_taps; t++) {
    TapCopy *copy = &comparison->copies[backbone->taps[t]];

    perceptual_engine_get_tap (
        backbone->engine, backbone->taps[t], &copy->size);
    copy->rows = comparison->self->sort ? copy->size.height : copy->size.rows;
    copy->sums =
        g_new0 (gdouble, (gsize) comparison->n_images * copy->size.channels);
    copy->features = perceptual_buffer_new (
        (gsize) comparison->n_images * copy->rows * copy->size.width,
        copy->size.channels * sizeof (gfloat), error);
    if (copy->features == NULL)
      return FALSE;
  }
  return TRUE;
}

static guint64
dps_bytes (PerceptualMetric *metric, guint width, guint height,
    guint n_distorted, PerceptualCompareFlags flags)
{
  const Dps *self = (Dps *) metric;
  const PerceptualBackbone *backbone = &self->backbone;
  guint threads = perceptual_workers_get_threads (metric->workers);
  guint64 bytes = perceptual_engine_bytes (
      backbone->engine, width, height, 1 + n_distorted, metric->strip_rows);
  guint64 largest = 0;

  if (self->spatial)
    bytes += perceptual_tap_planes_bytes (backbone, n_distorted, FALSE);
  for (guint t = 0; (self->mean || self->sort) && t < backbone->n_taps; t++) {
    PerceptualTapSize size;

    perceptual_engine_get_tap (backbone->engine, backbone->taps[t], &size);
    bytes += (1 + (guint64) n_distorted)
        * (self->sort ? size.height : size.rows) * size.width * size.channels
        * sizeof (gfloat);
    largest = MAX (largest, (guint64) size.width * size.height);
  }
  return bytes + (self->sort ? threads * largest * sizeof (gfloat) : 0);
}

static gboolean
finish (Comparison *comparison, GError **error)
{
  const Dps *self = comparison->self;
  guint n = self->backbone.n_taps;
  guint first = self->spatial ? n : 0;

  for (guint t = 0; t < n; t++) {
    guint tap = self->backbone.taps[t];

    for (guint i = 0; self->spatial && i + 1 < comparison->n_images; i++)
      comparison->results[i].taps[t] =
          perceptual_tap_plane_mean (&comparison->planes.planes[tap], i);
    if (self->mean)
      finish_means (comparison, tap, first + t);
    if (self->sort && !finish_sorts (comparison, tap, first + t, error))
      return FALSE;
  }
  for (guint i = 0; i + 1 < comparison->n_images; i++) {
    PerceptualResult *result = &comparison->results[i];

    result->n_taps = first + (self->mean || self->sort ? n : 0);
    for (guint t = 0; t < result->n_taps; t++)
      result->distance += result->taps[t];
  }
  return TRUE;
}

static gboolean
dps_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  Dps *self = (Dps *) metric;
  g_autofree const PerceptualImage **images =
      g_new (const PerceptualImage *, (gsize) n_distorted + 1);
  Comparison comparison = { .self = self,
    .n_images = n_distorted + 1,
    .planes = { .backbone = &self->backbone,
        .kernels = self->kernels,
        .channel_norm = self->channel_norm,
        .n_references = 1,
        .n_distorted = n_distorted },
    .results = results };
  PerceptualTapConsumer consumer = { &comparison, take_run, take_rows };
  gboolean ok;

  images[0] = reference;
  for (guint i = 0; i < n_distorted; i++)
    images[i + 1] = &distorted[i];
  if (!perceptual_engine_prepare (self->backbone.engine, reference->width,
          reference->height, n_distorted + 1, metric->strip_rows, error))
    return FALSE;
  ok = !self->spatial
      || perceptual_tap_planes_init (&comparison.planes, FALSE, error);
  if (ok && (self->mean || self->sort))
    ok = make_copies (&comparison, error);
  if (ok) {
    perceptual_engine_run (self->backbone.engine, images, &consumer);
    ok = finish (&comparison, error);
  }
  perceptual_tap_planes_clear (&comparison.planes);
  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++) {
    perceptual_buffer_free (comparison.copies[tap].features);
    g_free (comparison.copies[tap].sums);
  }
  return ok;
}

/* --- options ------------------------------------------------------------- */

static const gchar *const comparisons[] = { "spatial", "mean", "sort",
  "spatial+mean", "spatial+sort", NULL };

static const PerceptualOption option_comparison = {
  .name = "comparison",
  .blurb = "How features are compared: position by position (spatial), by each "
           "channel's mean, by each channel's sorted values, or by two of them",
  .type = PERCEPTUAL_OPTION_STRING,
  .default_text = "spatial",
  .choices = comparisons,
};

static const PerceptualOption *const dps_options[] = {
  &perceptual_option_backbone,
  &option_comparison,
  &perceptual_option_taps,
  &perceptual_option_channel_norm,
  &perceptual_option_weights,
  &perceptual_option_seed,
  &perceptual_option_zero_mean,
  &perceptual_option_precision,
  &perceptual_option_scale,
  NULL,
};

static gboolean
dps_init (PerceptualMetric *metric, GError **error)
{
  Dps *self = (Dps *) metric;
  const gchar *comparison = perceptual_metric_string (metric, "comparison");

  self->kernels = perceptual_kernels_table (perceptual_cpu ());
  self->channel_norm = perceptual_metric_boolean (metric, "channel-norm");
  self->spatial = strstr (comparison, "spatial") != NULL;
  self->mean = strstr (comparison, "mean") != NULL;
  self->sort = strstr (comparison, "sort") != NULL;
  if ((self->mean || self->sort)
      && strcmp (perceptual_metric_string (metric, "precision"), "exact")
          != 0) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "precision=fast is near enough where features are compared position by "
        "position only; leave it out with comparison=%s",
        comparison);
    return FALSE;
  }
  if (!perceptual_backbone_open (
          &self->backbone, metric, &perceptual_backbone_input, error))
    return FALSE;
  perceptual_backbone_loaded (&self->backbone);
  return TRUE;
}

/* Spatial ones come first; where there are others too, each says what it is. */
static const gchar *
dps_tap_name (const PerceptualMetric *metric, guint tap, gboolean rgb)
{
  const Dps *self = (const Dps *) metric;
  guint first = self->spatial ? self->backbone.n_taps : 0;
  gboolean later = tap >= first;
  gboolean both = self->spatial && (self->mean || self->sort);
  g_autofree gchar *name = NULL;
  const gchar *bare;

  if (later && !self->mean && !self->sort)
    return NULL;
  bare =
      perceptual_backbone_tap_name (&self->backbone, later ? tap - first : tap);
  if (bare == NULL || !both)
    return bare;
  name = g_strdup_printf ("%s.%s",
      !later           ? "spatial"
          : self->mean ? "mean"
                       : "sort",
      bare);
  return g_intern_string (name);
}

static void
dps_finalize (PerceptualMetric *metric)
{
  perceptual_backbone_clear (&((Dps *) metric)->backbone);
}

const PerceptualMetricClass perceptual_dps_class = {
  .info.name = "dps",
  .info.blurb =
      "Deep perceptual similarity (Sjogren et al. 2022): a network's features "
      "compared spatially, by their means or sorted; 0 (identical), without "
      "bound; needs a weights file",
  .info.flags = PERCEPTUAL_METRIC_WEIGHTS | PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = dps_options,
  .instance_size = sizeof (Dps),
  .init = dps_init,
  .compare = dps_compare,
  .bytes = dps_bytes,
  .tap_name = dps_tap_name,
  .finalize = dps_finalize,
};
