/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * psnr: 10 log10 (peak^2 / mean squared error) in dB, of the stream's own
 * samples where it has them (peak 2^depth - 1, as ffmpeg's psnr filter), else
 * of luma from RGB and of R, G, B (peak 255).  Sums are exact integers for
 * native samples.
 */
#include "luma.h"
#include "metrics.h"
#include "option.h"
#include "pixels-orc.h"
#include "pool.h"

#include <math.h>

#define ROWS_PER_JOB 64

typedef struct
{
  PerceptualMetric parent;
  gboolean all_planes;
} Psnr;

typedef struct
{
  const PerceptualImage *a;
  const PerceptualImage *b;
  gboolean native;
  guint depth;
  guint n_planes;
  guint rows; /* of luma per job */
  gdouble (*sums)[PERCEPTUAL_MAX_CHANNELS];
  gfloat *scratch; /* two rows per worker, without native planes */
} Work;

/* The integer sum of a row: below 2^53, so that doubles add it exactly. */
static guint64
ssd_row (const Work *work, guint plane, guint y)
{
  const PerceptualPlane *a = &work->a->planes[plane];
  const PerceptualPlane *b = &work->b->planes[plane];
  const guint8 *pa = (const guint8 *) a->data + y * a->stride;
  const guint8 *pb = (const guint8 *) b->data + y * b->stride;
  guint64 sum = 0;

  if (work->a->depth == 8 && work->b->depth == 8 && a->step == 1
      && b->step == 1) {
    guint32 row = 0;

    perceptual_orc_ssd_u8 (&row, pa, pb, (int) a->width);
    return row;
  }
  for (guint x = 0; x < a->width; x++, pa += a->step, pb += b->step) {
    gint64 d = (gint64) perceptual_plane_sample (work->a, pa, work->depth)
        - perceptual_plane_sample (work->b, pb, work->depth);

    sum += (guint64) (d * d);
  }
  return sum;
}

static gdouble
rgb_row (const Work *work, guint channel, guint y, guint worker)
{
  guint width = work->a->width;
  gfloat *a = work->scratch + (gsize) worker * 2 * width;
  gfloat *b = a + width;
  gdouble sum = 0;

  perceptual_channel_row (work->a, FALSE, channel, y, a);
  perceptual_channel_row (work->b, FALSE, channel, y, b);
  for (guint x = 0; x < width; x++) {
    gdouble d = (gdouble) a[x] - b[x];

    sum += d * d;
  }
  return sum;
}

static void
sum_strip (gpointer user, guint job, guint worker)
{
  Work *work = user;

  for (guint plane = 0; plane < work->n_planes; plane++) {
    /* Subsampled planes have fewer rows: cut them in the same proportion. */
    guint height = perceptual_channel_height (work->a, work->native, plane);
    guint64 luma_begin = (guint64) job * work->rows;
    guint64 luma_end = MIN (luma_begin + work->rows, work->a->height);
    guint begin = (guint) (luma_begin * height / work->a->height);
    guint end = (guint) (luma_end * height / work->a->height);
    gdouble sum = 0;

    for (guint y = begin; y < end; y++)
      sum += work->native ? (gdouble) ssd_row (work, plane, y)
                          : rgb_row (work, plane, y, worker);
    work->sums[job][plane] = sum;
  }
}

static void
finish (const Work *work, guint n_jobs, PerceptualResult *result)
{
  gdouble peak = work->native ? (1u << work->depth) - 1 : 255;

  result->n_taps = work->n_planes;
  for (guint plane = 0; plane < work->n_planes; plane++) {
    gdouble samples =
        (gdouble) perceptual_channel_width (work->a, work->native, plane)
        * perceptual_channel_height (work->a, work->native, plane);
    gdouble sum = 0;

    for (guint job = 0; job < n_jobs; job++)
      sum += work->sums[job][plane];
    result->taps[plane] =
        sum > 0 ? 10 * log10 (peak * peak * samples / sum) : INFINITY;
  }
  result->distance = result->taps[0];
}

static gboolean
psnr_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  const Psnr *self = (const Psnr *) metric;
  guint rows = metric->strip_rows != 0 ? metric->strip_rows : ROWS_PER_JOB;
  guint n_jobs = (reference->height + rows - 1) / rows;
  guint n_threads = perceptual_pool_get_threads (metric->pool);
  g_autofree gdouble (*sums)[PERCEPTUAL_MAX_CHANNELS] =
      g_malloc (n_jobs * sizeof (*sums));
  g_autofree gfloat *scratch =
      g_new (gfloat, 2 * (gsize) reference->width * n_threads);

  for (guint i = 0; i < n_distorted; i++) {
    Work work = { .a = reference, .b = &distorted[i], .rows = rows };

    work.sums = sums;
    work.scratch = scratch;
    work.native = perceptual_luma_is_native (reference, &distorted[i]);
    work.depth = perceptual_luma_depth (reference, &distorted[i]);
    work.n_planes =
        perceptual_count_channels (reference, &distorted[i], self->all_planes);
    perceptual_pool_run (metric->pool, n_jobs, sum_strip, &work);
    finish (&work, n_jobs, &results[i]);
  }
  return TRUE;
}

static gboolean
psnr_init (PerceptualMetric *metric, GError **error)
{
  ((Psnr *) metric)->all_planes =
      perceptual_metric_boolean (metric, "all-planes");
  return TRUE;
}

static const PerceptualOption *const psnr_options[] = {
  &perceptual_option_all_planes,
  NULL,
};

const PerceptualMetricClass perceptual_psnr_class = {
  .info.name = "psnr",
  .info.blurb =
      "Peak signal-to-noise ratio of luma in dB, higher is more alike; "
      "infinite for identical images; taps are Y, U, V or luma, R, G, B",
  .info.flags = PERCEPTUAL_METRIC_SIMILARITY | PERCEPTUAL_METRIC_SYMMETRIC
      | PERCEPTUAL_METRIC_LUMA,
  .info.options = psnr_options,
  .instance_size = sizeof (Psnr),
  .init = psnr_init,
  .compare = psnr_compare,
};
