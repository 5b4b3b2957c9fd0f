/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lpips: features of a backbone, normalised over channels, squared
 * differences weighted by learned heads, mean over positions, sum over taps
 * (Zhang et al. 2018, "The Unreasonable Effectiveness of Deep Features as a
 * Perceptual Metric", equation 1).  Knows nothing of how features come about.
 */
#include "backbone.h"
#include "metrics.h"
#include "option.h"
#include "pool.h"

#include <math.h>
#include <string.h>

#define MAP_ROWS_PER_JOB 16

typedef struct
{
  PerceptualMetric parent;
  PerceptualBackbone backbone;
  const PerceptualKernels *kernels;
  gboolean channel_norm;
  gfloat *heads[PERCEPTUAL_MAX_TAPS]; /* by network tap; NULL is all ones */
} Lpips;

/* One tap of one comparison: its distances per position. */
typedef struct
{
  PerceptualTapSize size;
  guint rows;     /* kept: all of them for a map, else those of one step */
  gfloat *values; /* [distorted image][row % rows][column] */
  gdouble *sums;  /* [distorted image] */
} TapPlane;

typedef struct
{
  Lpips *self;
  guint n_distorted;
  TapPlane planes[PERCEPTUAL_MAX_TAPS]; /* by network tap */
} Comparison;

static gfloat *
plane_row (const TapPlane *plane, guint image, guint y)
{
  return plane->values
      + ((gsize) image * plane->rows + y % plane->rows) * plane->size.width;
}

static void
compare_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
  const Comparison *comparison = user;
  const Lpips *self = comparison->self;

  for (guint i = 0; i < comparison->n_distorted; i++)
    self->kernels->compare (run->features[0], run->features[i + 1],
        self->heads[run->tap], run->channels, run->n, self->channel_norm,
        plane_row (&comparison->planes[run->tap], i, run->y) + run->x);
}

/* Adds up a row in an order given by the columns alone. */
static gdouble
sum_row (const gfloat *row, guint n)
{
  gdouble lanes[8] = { 0 };
  guint x = 0;

  for (; x + 8 <= n; x += 8) {
    for (guint i = 0; i < 8; i++)
      lanes[i] += (gdouble) row[x + i];
  }
  for (; x < n; x++)
    lanes[x % 8] += (gdouble) row[x];
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
      + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

static void
sum_rows (gpointer user, guint tap, guint y, guint end)
{
  Comparison *comparison = user;
  TapPlane *plane = &comparison->planes[tap];

  for (; y < end; y++) {
    for (guint i = 0; i < comparison->n_distorted; i++)
      plane->sums[i] += sum_row (plane_row (plane, i, y), plane->size.width);
  }
}

/* --- the distance map ---------------------------------------------------- */

typedef struct
{
  const Comparison *comparison;
  PerceptualResult *results;
} Mapping;

/* Where an output pixel's centre lies among @from inputs stretched over @to
 * outputs: between *first and the next, @return of the way. */
static gfloat
between (guint x, guint from, guint to, guint *first)
{
  gdouble place = MAX ((x + .5) * from / to - .5, 0.);

  *first = MIN ((guint) place, from - 1);
  return *first + 1 < from ? (gfloat) (place - *first) : 0;
}

static void
add_tap_row (
    const TapPlane *plane, guint image, guint y, const PerceptualResult *result)
{
  guint top, left;
  gfloat down = between (y, plane->size.height, result->map_height, &top);
  guint bottom = MIN (top + 1, plane->size.height - 1);
  const gfloat *upper = plane_row (plane, image, top);
  const gfloat *lower = plane_row (plane, image, bottom);
  gfloat *to = result->map + (gsize) y * result->map_width;

  for (guint x = 0; x < result->map_width; x++) {
    gfloat right = between (x, plane->size.width, result->map_width, &left);
    guint next = MIN (left + 1, plane->size.width - 1);
    gfloat a = upper[left] + right * (upper[next] - upper[left]);
    gfloat b = lower[left] + right * (lower[next] - lower[left]);

    to[x] += a + down * (b - a);
  }
}

static void
map_rows (gpointer user, guint job, guint worker)
{
  const Mapping *mapping = user;
  const Comparison *comparison = mapping->comparison;
  const PerceptualBackbone *backbone = &comparison->self->backbone;

  for (guint i = 0; i < comparison->n_distorted; i++) {
    const PerceptualResult *result = &mapping->results[i];
    guint y = job * MAP_ROWS_PER_JOB;
    guint end = MIN (y + MAP_ROWS_PER_JOB, result->map_height);

    for (; y < end; y++) {
      memset (result->map + (gsize) y * result->map_width, 0,
          result->map_width * sizeof (gfloat));
      for (guint t = 0; t < backbone->n_taps; t++)
        add_tap_row (&comparison->planes[backbone->taps[t]], i, y, result);
    }
  }
}

static gboolean
make_maps (Comparison *comparison, guint width, guint height,
    PerceptualResult *results, GError **error)
{
  Mapping mapping = { comparison, results };

  for (guint i = 0; i < comparison->n_distorted; i++) {
    results[i].map =
        perceptual_buffer_new ((gsize) width * height, sizeof (gfloat), error);
    if (results[i].map == NULL)
      return FALSE;
    results[i].map_width = width;
    results[i].map_height = height;
  }
  perceptual_pool_run (comparison->self->parent.pool,
      (height + MAP_ROWS_PER_JOB - 1) / MAP_ROWS_PER_JOB, map_rows, &mapping);
  return TRUE;
}

/* --- one comparison ------------------------------------------------------ */

static gboolean
make_planes (Comparison *comparison, gboolean whole, GError **error)
{
  const PerceptualBackbone *backbone = &comparison->self->backbone;
  guint n = comparison->n_distorted;

  for (guint t = 0; t < backbone->n_taps; t++) {
    TapPlane *plane = &comparison->planes[backbone->taps[t]];

    perceptual_engine_get_tap (
        backbone->engine, backbone->taps[t], &plane->size);
    plane->rows = whole ? plane->size.height : plane->size.rows;
    plane->sums = g_new0 (gdouble, n);
    plane->values = perceptual_buffer_new (
        (gsize) n * plane->rows, plane->size.width * sizeof (gfloat), error);
    if (plane->values == NULL)
      return FALSE;
  }
  return TRUE;
}

static void
free_planes (Comparison *comparison)
{
  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++) {
    perceptual_buffer_free (comparison->planes[tap].values);
    g_free (comparison->planes[tap].sums);
  }
}

static void
fill_result (
    const Comparison *comparison, guint image, PerceptualResult *result)
{
  const PerceptualBackbone *backbone = &comparison->self->backbone;

  result->n_taps = backbone->n_taps;
  for (guint t = 0; t < backbone->n_taps; t++) {
    const TapPlane *plane = &comparison->planes[backbone->taps[t]];

    result->taps[t] =
        plane->sums[image] / plane->size.width / plane->size.height;
    result->distance += result->taps[t];
  }
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
  Comparison comparison = { .self = self, .n_distorted = n_distorted };
  PerceptualTapConsumer consumer = { &comparison, compare_run, sum_rows };
  gboolean ok;

  images[0] = reference;
  for (guint i = 0; i < n_distorted; i++)
    images[i + 1] = &distorted[i];
  if (!perceptual_engine_prepare (self->backbone.engine, reference->width,
          reference->height, n_distorted + 1, metric->strip_rows, error))
    return FALSE;
  ok = make_planes (&comparison, map, error);
  if (ok) {
    perceptual_engine_run (self->backbone.engine, images, &consumer);
    for (guint i = 0; i < n_distorted; i++)
      fill_result (&comparison, i, &results[i]);
    if (map)
      ok = make_maps (
          &comparison, reference->width, reference->height, results, error);
  }
  free_planes (&comparison);
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

/* What the networks of versions 0.1 and none see; 0.0 sees the samples. */
static const PerceptualEngineInput scaled_input = { { -.030, -.088, -.188 },
  { .458, .448, .450 } };
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
          strcmp (heads, "0.0") == 0 ? &plain_input : &scaled_input, error))
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

const PerceptualMetricClass perceptual_lpips_class = {
    .info =
        {
            .name = "lpips",
            .blurb = "Learned Perceptual Image Patch Similarity (Zhang et al. "
                     "2018): distance of a network's features, 0 (identical), "
                     "about 1 (unrelated); needs a weights file",
            .flags = PERCEPTUAL_METRIC_WEIGHTS | PERCEPTUAL_METRIC_MAP
                | PERCEPTUAL_METRIC_SYMMETRIC,
            .options = lpips_options,
        },
    .instance_size = sizeof (Lpips),
    .init = lpips_init,
    .compare = lpips_compare,
    .finalize = lpips_finalize,
};
