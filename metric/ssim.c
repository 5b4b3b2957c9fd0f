/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ssim: structural similarity of luma (Wang, Bovik, Sheikh, Simoncelli 2004):
 * Gaussian window of 11 taps, deviation 1.5, K1 = .01, K2 = .03, range 255,
 * mean over the positions where the window fits.  An image smaller than the
 * window shrinks it.
 */
#include "luma.h"
#include "metrics.h"
#include "pool.h"
#include "row-kernels.h"

#include <math.h>

#define TAPS 11
#define SIGMA 1.5
#define ROWS_PER_JOB 64
#define N_SUMS PERCEPTUAL_N_SUMS

typedef struct
{
  PerceptualMetric parent;
  const PerceptualRowKernels *kernels;

  guint width; /* that the scratch is for */
  gsize line;  /* floats of a row */
  gfloat *scratch;
} Ssim;

/* Lines of scratch per worker: two rows of luma and their products, a ring of
 * weighed rows, and what comes of them. */
#define N_LINES (N_SUMS + TAPS * N_SUMS + N_SUMS + 1)

typedef struct
{
  Ssim *self;
  const PerceptualImage *a;
  const PerceptualImage *b;
  gboolean native;
  guint rows; /* of output per job */
  guint taps_x;
  guint taps_y;
  gfloat weights_x[TAPS];
  gfloat weights_y[TAPS];
  gdouble *sums;
} Work;

static guint
make_weights (guint size, gfloat *weights)
{
  guint n = MIN (size, TAPS);
  gdouble exact[TAPS], sum = 0;

  for (guint i = 0; i < n; i++) {
    gdouble x = i - (n - 1) / 2.0;

    exact[i] = exp (-x * x / (2 * SIGMA * SIGMA));
    sum += exact[i];
  }
  for (guint i = 0; i < n; i++)
    weights[i] = (gfloat) (exact[i] / sum);
  return n;
}

/* Row @y of the four sums, weighed horizontally, into @sums. */
static void
weigh_row (const Work *work, guint y, gfloat *lines, gfloat *sums)
{
  const PerceptualRowKernels *kernels = work->self->kernels;
  gsize line = work->self->line;
  guint width = work->a->width;

  perceptual_luma_row (work->a, work->native, y, lines);
  perceptual_luma_row (work->b, work->native, y, lines + line);
  kernels->squares (
      lines + 2 * line, lines + 3 * line, lines, lines + line, width);
  for (guint i = 0; i < N_SUMS; i++) {
    const gfloat *shifted[TAPS];

    for (guint k = 0; k < work->taps_x; k++)
      shifted[k] = lines + i * line + k;
    kernels->weigh (sums + i * line, shifted, work->weights_x, work->taps_x,
        width - work->taps_x + 1);
  }
}

static gdouble
similarity_row (const Work *work, guint y, const gfloat *ring, gfloat *lines)
{
  const PerceptualRowKernels *kernels = work->self->kernels;
  gsize line = work->self->line;
  guint n = work->a->width - work->taps_x + 1;
  gfloat *means = lines, *q = lines + N_SUMS * line;
  gdouble sum = 0;

  for (guint i = 0; i < N_SUMS; i++) {
    const gfloat *rows[TAPS];

    for (guint k = 0; k < work->taps_y; k++)
      rows[k] = ring + ((y + k) % TAPS * N_SUMS + i) * line;
    kernels->weigh (means + i * line, rows, work->weights_y, work->taps_y, n);
  }
  kernels->difference (
      q, means, means + line, means + 2 * line, means + 3 * line, n);
  for (guint x = 0; x < n; x++)
    sum += q[x];
  return sum;
}

static void
sum_strip (gpointer user, guint job, guint worker)
{
  Work *work = user;
  gsize line = work->self->line;
  gfloat *lines = work->self->scratch + worker * N_LINES * line;
  gfloat *ring = lines + N_SUMS * line;
  gfloat *out = ring + TAPS * N_SUMS * line;
  guint height = work->a->height - work->taps_y + 1;
  guint begin = job * work->rows;
  guint end = MIN (begin + work->rows, height);

  for (guint y = begin; y < end + work->taps_y - 1; y++) {
    weigh_row (work, y, lines, ring + y % TAPS * N_SUMS * line);
    if (y + 1 >= begin + work->taps_y) {
      guint top = y + 1 - work->taps_y;

      work->sums[top] = similarity_row (work, top, ring, out);
    }
  }
}

static gboolean
prepare (Ssim *self, guint width, GError **error)
{
  guint n_threads = perceptual_pool_get_threads (self->parent.pool);

  if (self->width == width)
    return TRUE;
  perceptual_buffer_free (self->scratch);
  self->width = 0;
  self->line = ((gsize) width + 15) & ~(gsize) 15;
  self->scratch = perceptual_buffer_new (
      (gsize) n_threads * N_LINES, self->line * sizeof (gfloat), error);
  if (self->scratch == NULL)
    return FALSE;
  self->width = width;
  return TRUE;
}

static gboolean
ssim_compare (PerceptualMetric *metric, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  Ssim *self = (Ssim *) metric;
  Work work = { .self = self, .a = reference };
  g_autofree gdouble *sums = NULL;
  guint width, height;

  if (!prepare (self, reference->width, error))
    return FALSE;
  work.rows = metric->strip_rows != 0 ? metric->strip_rows : ROWS_PER_JOB;
  work.taps_x = make_weights (reference->width, work.weights_x);
  work.taps_y = make_weights (reference->height, work.weights_y);
  width = reference->width - work.taps_x + 1;
  height = reference->height - work.taps_y + 1;
  work.sums = sums = g_new (gdouble, height);

  for (guint i = 0; i < n_distorted; i++) {
    gdouble sum = 0;

    work.b = &distorted[i];
    work.native = perceptual_luma_is_native (reference, work.b);
    perceptual_pool_run (
        metric->pool, (height + work.rows - 1) / work.rows, sum_strip, &work);
    for (guint y = 0; y < height; y++)
      sum += sums[y];
    results[i].distance = 1 - sum / ((gdouble) width * height);
    results[i].n_taps = 1;
    results[i].taps[0] = results[i].distance;
  }
  return TRUE;
}

static gboolean
ssim_init (PerceptualMetric *metric, GError **error)
{
  ((Ssim *) metric)->kernels = perceptual_row_kernels (perceptual_cpu ());
  return TRUE;
}

static void
ssim_finalize (PerceptualMetric *metric)
{
  perceptual_buffer_free (((Ssim *) metric)->scratch);
}

const PerceptualMetricClass perceptual_ssim_class = {
  .info.name = "ssim",
  .info.blurb = "Structural similarity of luma, 1 for identical images, "
                "higher is more alike (Wang et al. 2004)",
  .info.flags = PERCEPTUAL_METRIC_SIMILARITY | PERCEPTUAL_METRIC_SYMMETRIC
      | PERCEPTUAL_METRIC_LUMA,
  .instance_size = sizeof (Ssim),
  .init = ssim_init,
  .compare = ssim_compare,
  .finalize = ssim_finalize,
};
