/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * psnr: 10 log10 (peak^2 / mean squared error) in dB, of the stream's own
 * samples where it has them (peak 2^depth - 1, as ffmpeg's psnr filter), else
 * of luma from RGB (peak 255).  Sums are exact integers for native samples.
 */
#include "luma.h"
#include "metrics.h"
#include "pixels-orc.h"
#include "pool.h"

#include <math.h>

#define ROWS_PER_JOB 64
#define MAX_PLANES 3

typedef struct
{
  PerceptualMetric parent;
} Psnr;

typedef struct
{
  const PerceptualImage *a;
  const PerceptualImage *b;
  gboolean native;
  guint depth;
  guint n_planes;
  guint rows; /* of luma per job */
  gdouble (*sums)[MAX_PLANES];
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
rgb_luma_row (const Work *work, guint y, guint worker)
{
  guint width = work->a->width;
  gfloat *a = work->scratch + (gsize) worker * 2 * width;
  gfloat *b = a + width;
  gdouble sum = 0;

  perceptual_luma_row (work->a, FALSE, y, a);
  perceptual_luma_row (work->b, FALSE, y, b);
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
    guint height =
        work->native ? work->a->planes[plane].height : work->a->height;
    guint64 luma_begin = (guint64) job * work->rows;
    guint64 luma_end = MIN (luma_begin + work->rows, work->a->height);
    guint begin = (guint) (luma_begin * height / work->a->height);
    guint end = (guint) (luma_end * height / work->a->height);
    gdouble sum = 0;

    for (guint y = begin; y < end; y++)
      sum += work->native ? (gdouble) ssd_row (work, plane, y)
                          : rgb_luma_row (work, y, worker);
    work->sums[job][plane] = sum;
  }
}

static guint
count_planes (const PerceptualImage *a, const PerceptualImage *b)
{
  for (guint i = 1; i < MAX_PLANES; i++) {
    if (a->planes[i].data == NULL || b->planes[i].data == NULL
        || a->planes[i].width != b->planes[i].width
        || a->planes[i].height != b->planes[i].height)
      return 1;
  }
  return MAX_PLANES;
}

static void
finish (const Work *work, guint n_jobs, PerceptualResult *result)
{
  gdouble peak = work->native ? (1u << work->depth) - 1 : 255;

  result->n_taps = work->n_planes;
  for (guint plane = 0; plane < work->n_planes; plane++) {
    const PerceptualPlane *view = &work->a->planes[plane];
    gdouble samples = work->native ? (gdouble) view->width * view->height
                                   : (gdouble) work->a->width * work->a->height;
    gdouble sum = 0;

    for (guint job = 0; job < n_jobs; job++)
      sum += work->sums[job][plane];
    result->taps[plane] =
        sum > 0 ? 10 * log10 (peak * peak * samples / sum) : INFINITY;
  }
  result->distance = result->taps[0];
}

static gboolean
psnr_compare (PerceptualMetric *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  guint rows = self->strip_rows != 0 ? self->strip_rows : ROWS_PER_JOB;
  guint n_jobs = (reference->height + rows - 1) / rows;
  guint n_threads = perceptual_pool_get_threads (self->pool);
  g_autofree gdouble (*sums)[MAX_PLANES] = g_malloc (n_jobs * sizeof (*sums));
  g_autofree gfloat *scratch =
      g_new (gfloat, 2 * (gsize) reference->width * n_threads);

  for (guint i = 0; i < n_distorted; i++) {
    Work work = { .a = reference, .b = &distorted[i], .rows = rows };

    work.sums = sums;
    work.scratch = scratch;
    work.native = perceptual_luma_is_native (reference, &distorted[i]);
    work.depth = perceptual_luma_depth (reference, &distorted[i]);
    work.n_planes = work.native ? count_planes (reference, &distorted[i]) : 1;
    perceptual_pool_run (self->pool, n_jobs, sum_strip, &work);
    finish (&work, n_jobs, &results[i]);
  }
  return TRUE;
}

const PerceptualMetricClass perceptual_psnr_class = {
  .info.name = "psnr",
  .info.blurb =
      "Peak signal-to-noise ratio of luma in dB, higher is more alike; "
      "infinite for identical images; taps are Y, U, V",
  .info.flags = PERCEPTUAL_METRIC_SIMILARITY | PERCEPTUAL_METRIC_SYMMETRIC
      | PERCEPTUAL_METRIC_LUMA,
  .instance_size = sizeof (Psnr),
  .compare = psnr_compare,
};
