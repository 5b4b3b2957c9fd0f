/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sums squared differences over 3x3 pixels and puts the sums through a
 * Gaussian.
 */
#include "patches/patch-rbf.h"
#include "metric-private.h"
#include "machine/workers.h"
#include "rows/pixels.h"

#include <math.h>

typedef struct
{
  const PerceptualImage *a;
  const PerceptualImage *b;
  guint rows; /* per job */
  gdouble scale;
  gsize line;
  guint64 *scratch; /* per worker a ring of three rows */
  gdouble *sums;    /* per row */
} Work;

/* Squared differences of row @y over the colour channels into @out, which
 * has an entry of 0 on either side of the row. */
static void
square_row (const Work *work, guint y, guint64 *out)
{
  const guint8 *a = perceptual_pixels_row (work->a, y);
  const guint8 *b = perceptual_pixels_row (work->b, y);
  gboolean wide = perceptual_pixels_are_wide (work->a->pixels);
  guint step = perceptual_pixels_step (work->a->pixels);
  guint width = work->a->width;

  out[0] = out[width + 1] = 0;
  for (guint x = 0; x < width; x++) {
    guint64 sum = 0;

    for (guint c = 0; c < 3; c++) {
      gint64 d = wide ? (gint64) ((const guint16 *) a)[x * step + c]
              - ((const guint16 *) b)[x * step + c]
                      : (gint64) a[x * step + c] - b[x * step + c];

      sum += (guint64) (d * d);
    }
    out[x + 1] = sum;
  }
}

static guint64 *
ring_row (const Work *work, guint worker, guint y)
{
  return work->scratch + ((gsize) worker * 3 + y % 3) * work->line;
}

static gdouble
gaussian_row (const Work *work, guint worker, guint y)
{
  guint width = work->a->width;
  guint first = y > 0 ? y - 1 : 0;
  guint last = MIN (y + 1, work->a->height - 1);
  gdouble sum = 0;

  for (guint x = 0; x < width; x++) {
    guint64 squares = 0;

    for (guint row = first; row <= last; row++) {
      const guint64 *s = ring_row (work, worker, row) + x;

      squares += s[0] + s[1] + s[2];
    }
    sum -= expm1 (work->scale * (gdouble) squares);
  }
  return sum;
}

static void
sum_strip (gpointer user, guint job, guint worker)
{
  Work *work = user;
  guint begin = job * work->rows;
  guint end = MIN (begin + work->rows, work->a->height);
  guint ready = begin > 0 ? begin - 1 : 0;

  for (guint y = begin; y < end; y++) {
    for (; ready < MIN (y + 2, work->a->height); ready++)
      square_row (work, ready, ring_row (work, worker, ready));
    work->sums[y] = gaussian_row (work, worker, y);
  }
}

guint64
perceptual_patch_rbf_bytes (PerceptualWorkers *workers, guint width)
{
  return 3 * ((guint64) width + 2) * perceptual_workers_get_threads (workers)
      * sizeof (guint64);
}

gboolean
perceptual_patch_rbf (PerceptualWorkers *workers, guint strip_rows,
    const PerceptualImage *reference, const PerceptualImage *distorted,
    gdouble s, gdouble *mean, GError **error)
{
  guint width = reference->width, height = reference->height;
  gdouble unit =
      perceptual_pixels_are_wide (reference->pixels) ? 32767.5 : 127.5;
  gsize line = (gsize) width + 2;
  guint64 *scratch = perceptual_buffer_new (3 * line,
      perceptual_workers_get_threads (workers) * sizeof (guint64), error);
  g_autofree gdouble *sums = NULL;
  Work work = { .a = reference, .b = distorted, .rows = strip_rows };
  gdouble sum = 0;

  if (scratch == NULL)
    return FALSE;
  work.scale = -1 / (2 * s * s * unit * unit);
  work.line = line;
  work.scratch = scratch;
  work.sums = sums = g_new (gdouble, height);
  perceptual_workers_run (
      workers, (height + strip_rows - 1) / strip_rows, sum_strip, &work);
  perceptual_buffer_free (scratch);
  for (guint y = 0; y < height; y++)
    sum += sums[y];
  *mean = sum / ((gdouble) width * height);
  return TRUE;
}
