/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ms-ssim: multi-scale structural similarity of luma (Wang, Simoncelli, Bovik
 * 2003, eq. 7): the product over five scales of the mean contrast-structure
 * term, at the last scale of the mean SSIM, each to the power of its scale's
 * weight.  A negative mean counts as 0, since its power is not defined.
 *
 * From one scale to the next luma is averaged over blocks of 2x2 and one
 * sample of each is kept; an odd last row or column is repeated.  Memory: 2.7
 * bytes per pixel for the smaller scales of both images.
 */
#include "rows/channels.h"
#include "metrics.h"
#include "option.h"
#include "machine/workers.h"
#include "rows/ssim-rows.h"

#include <math.h>

#define N_SCALES 5
#define ROWS_PER_JOB 32

/* The smallest side that has room for the window at the last scale. */
#define MIN_SIDE ((PERCEPTUAL_SSIM_TAPS - 1) * (1 << (N_SCALES - 1)) + 1)

static const gdouble weights[N_SCALES] = { 0.0448, 0.2856, 0.3001, 0.2363,
  0.1333 };

typedef struct
{
  PerceptualMetric parent;
  PerceptualSsimRows rows;

  /* For the geometry of the last comparison. */
  guint width;
  guint height;
  gfloat *planes[2][N_SCALES]; /* none at scale 0 */
  gfloat *scratch;             /* two rows per worker */
} MsSsim;

typedef struct
{
  const PerceptualChannel *from;
  guint width;
  guint height;
  guint rows;
  gfloat *to;
  gfloat *scratch;
} Halving;

static void
release (MsSsim *self)
{
  for (guint i = 0; i < 2 * N_SCALES; i++)
    g_clear_pointer (
        &self->planes[i / N_SCALES][i % N_SCALES], perceptual_buffer_free);
  g_clear_pointer (&self->scratch, perceptual_buffer_free);
  self->width = 0;
}

static gboolean
prepare (MsSsim *self, guint width, guint height, GError **error)
{
  guint n_threads = perceptual_workers_get_threads (self->parent.workers);
  guint w = width, h = height;

  if (!perceptual_ssim_rows_prepare (
          &self->rows, self->parent.workers, width, error))
    return FALSE;
  if (self->width == width && self->height == height)
    return TRUE;
  release (self);
  self->scratch = perceptual_buffer_new (
      2 * (gsize) n_threads, width * sizeof (gfloat), error);
  if (self->scratch == NULL)
    return FALSE;
  for (guint scale = 1; scale < N_SCALES; scale++) {
    w = (w + 1) / 2;
    h = (h + 1) / 2;
    for (guint i = 0; i < 2; i++) {
      self->planes[i][scale] =
          perceptual_buffer_new (h, w * sizeof (gfloat), error);
      if (self->planes[i][scale] == NULL) {
        release (self);
        return FALSE;
      }
    }
  }
  self->width = width;
  self->height = height;
  return TRUE;
}

static guint64
ms_ssim_bytes (PerceptualMetric *metric, guint width, guint height,
    guint n_distorted, PerceptualCompareFlags flags)
{
  guint threads = perceptual_workers_get_threads (metric->workers);
  guint64 rows = perceptual_ssim_rows_bytes (metric->workers, width);
  guint64 samples = 2 * (guint64) threads * width;

  for (guint scale = 1; scale < N_SCALES; scale++) {
    width = (width + 1) / 2;
    height = (height + 1) / 2;
    samples += 2 * (guint64) width * height;
  }
  return rows + samples * sizeof (gfloat);
}

static void
halve_strip (gpointer user, guint job, guint worker)
{
  const Halving *work = user;
  const PerceptualChannel *from = work->from;
  gfloat *scratch = work->scratch + (gsize) worker * 2 * from->width;
  guint begin = job * work->rows;
  guint end = MIN (begin + work->rows, work->height);

  for (guint y = begin; y < end; y++) {
    guint below = MIN (2 * y + 1, from->height - 1);
    const gfloat *r0 = perceptual_channel_get_row (from, 2 * y, scratch);
    const gfloat *r1 =
        perceptual_channel_get_row (from, below, scratch + from->width);
    gfloat *out = work->to + (gsize) y * work->width;

    for (gsize x = 0; x < from->width / 2; x++)
      out[x] = ((r0[2 * x] + r0[2 * x + 1]) + (r1[2 * x] + r1[2 * x + 1])) / 4;
    if (from->width % 2 != 0)
      out[work->width - 1] = (r0[from->width - 1] + r1[from->width - 1]) / 2;
  }
}

/* Turns @plane into the next scale of itself, whose samples go to @to. */
static void
halve (MsSsim *self, PerceptualChannel *plane, gfloat *to)
{
  guint strip_rows = self->parent.strip_rows;
  Halving work = { .from = plane, .to = to, .scratch = self->scratch };

  work.width = (plane->width + 1) / 2;
  work.height = (plane->height + 1) / 2;
  work.rows = strip_rows != 0 ? strip_rows : ROWS_PER_JOB;
  perceptual_workers_run (self->parent.workers,
      (work.height + work.rows - 1) / work.rows, halve_strip, &work);
  *plane = (PerceptualChannel){
    .width = work.width,
    .height = work.height,
    .samples = to,
  };
}

static void
compare_one (MsSsim *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, PerceptualResult *result)
{
  PerceptualMetric *metric = &self->parent;
  PerceptualChannel pair[2];

  perceptual_channel_pair (reference, distorted, 0, pair);
  result->n_taps = N_SCALES;
  result->distance = 1;
  for (guint scale = 0; scale < N_SCALES; scale++) {
    gdouble contrast, similarity;

    similarity = perceptual_ssim_rows_compare (&self->rows, metric->workers,
        metric->strip_rows, &pair[0], &pair[1], &contrast);
    if (scale + 1 < N_SCALES) {
      result->taps[scale] = contrast;
      halve (self, &pair[0], self->planes[0][scale + 1]);
      halve (self, &pair[1], self->planes[1][scale + 1]);
    } else {
      result->taps[scale] = similarity;
    }
    result->distance *= pow (MAX (result->taps[scale], 0), weights[scale]);
  }
}

static gboolean
ms_ssim_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  MsSsim *self = (MsSsim *) metric;

  if (!prepare (self, reference->width, reference->height, error))
    return FALSE;
  for (guint i = 0; i < n_distorted; i++)
    compare_one (self, reference, &distorted[i], &results[i]);
  return TRUE;
}

static const gchar *
ms_ssim_tap_name (const PerceptualMetric *metric, guint tap, gboolean rgb)
{
  static const gchar *const names[N_SCALES] = { "scale.0", "scale.1", "scale.2",
    "scale.3", "scale.4" };

  return tap < N_SCALES ? names[tap] : NULL;
}

static void
ms_ssim_finalize (PerceptualMetric *metric)
{
  MsSsim *self = (MsSsim *) metric;

  release (self);
  perceptual_ssim_rows_clear (&self->rows);
}

static const PerceptualOption *const ms_ssim_options[] = {
  &perceptual_option_scale,
  NULL,
};

const PerceptualMetricClass perceptual_ms_ssim_class = {
  .info.name = "ms-ssim",
  .info.blurb = "Structural similarity of luma at five scales, 1 for identical "
                "images, higher is more alike; taps are the scales' means "
                "(Wang et al. 2003)",
  .info.flags = PERCEPTUAL_METRIC_SIMILARITY | PERCEPTUAL_METRIC_SYMMETRIC
      | PERCEPTUAL_METRIC_LUMA,
  .info.options = ms_ssim_options,
  .instance_size = sizeof (MsSsim),
  .min_width = MIN_SIDE,
  .min_height = MIN_SIDE,
  .planes_suffice = perceptual_channels_are_native,
  .compare = ms_ssim_compare,
  .bytes = ms_ssim_bytes,
  .tap_name = ms_ssim_tap_name,
  .finalize = ms_ssim_finalize,
};
