/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * l2: mean over pixels and colour channels of the squared difference of
 * samples in -1..1.  Exact integer sums, divided once at the end.
 */
#include "l2.h"
#include "metrics.h"
#include "option.h"
#include "rows/pixels.h"
#include "rows/row-programs.h"
#include "machine/workers.h"

#define ROWS_PER_JOB 64

typedef struct
{
  PerceptualMetric parent;
} L2;

typedef struct
{
  const PerceptualImage *a;
  const PerceptualImage *b;
  guint rows; /* per job */
  guint64 *sums;
} Work;

static guint64
ssd_row16 (const guint16 *a, const guint16 *b, guint width)
{
  guint64 sum = 0;

  for (guint x = 0; x < width; x++, a += 4, b += 4) {
    for (guint c = 0; c < 3; c++) {
      gint64 d = (gint64) a[c] - b[c];

      sum += (guint64) (d * d);
    }
  }
  return sum;
}

static guint64
ssd_row (const Work *work, guint y)
{
  const void *a = perceptual_pixels_row (work->a, y);
  const void *b = perceptual_pixels_row (work->b, y);
  guint width = work->a->width;
  guint32 sum = 0;

  switch (work->a->pixels) {
    case PERCEPTUAL_PIXELS_RGBX16:
      return ssd_row16 (a, b, width);
    case PERCEPTUAL_PIXELS_RGBX8:
      perceptual_row_programs ()->ssd_rgbx8 (&sum, a, b, (int) width);
      break;
    case PERCEPTUAL_PIXELS_RGB8:
      perceptual_row_programs ()->ssd_u8 (&sum, a, b, (int) width * 3);
      break;
  }
  return sum;
}

static void
sum_strip (gpointer user, guint job, guint worker)
{
  Work *work = user;
  guint begin = job * work->rows;
  guint end = MIN (begin + work->rows, work->a->height);
  guint64 sum = 0;

  for (guint y = begin; y < end; y++)
    sum += ssd_row (work, y);
  work->sums[job] = sum;
}

gdouble
perceptual_l2 (PerceptualWorkers *workers, guint strip_rows,
    const PerceptualImage *reference, const PerceptualImage *distorted)
{
  guint rows = strip_rows != 0 ? strip_rows : ROWS_PER_JOB;
  guint n_jobs = (reference->height + rows - 1) / rows;
  g_autofree guint64 *sums = g_new (guint64, n_jobs);
  gdouble unit =
      perceptual_pixels_are_wide (reference->pixels) ? 32767.5 : 127.5;
  gdouble samples = 3.0 * reference->width * reference->height;
  Work work = { reference, distorted, rows, sums };
  guint64 sum = 0;

  perceptual_workers_run (workers, n_jobs, sum_strip, &work);
  for (guint job = 0; job < n_jobs; job++)
    sum += sums[job];
  return (gdouble) sum / (unit * unit) / samples;
}

static gboolean
l2_compare (PerceptualMetric *self, const PerceptualImage *reference,
    const PerceptualImage *distorted, guint n_distorted,
    PerceptualCompareFlags flags, PerceptualResult *results, GError **error)
{
  for (guint i = 0; i < n_distorted; i++) {
    results[i].distance = perceptual_l2 (
        self->workers, self->strip_rows, reference, &distorted[i]);
    results[i].n_taps = 1;
    results[i].taps[0] = results[i].distance;
  }
  return TRUE;
}

static const PerceptualOption *const l2_options[] = {
  &perceptual_option_scale,
  NULL,
};

const PerceptualMetricClass perceptual_l2_class = {
  .info.name = "l2",
  .info.blurb = "Mean squared difference of RGB samples in -1..1, 0 "
                "(identical) to 4",
  .info.flags = PERCEPTUAL_METRIC_SYMMETRIC,
  .info.options = l2_options,
  .instance_size = sizeof (L2),
  .compare = l2_compare,
};
