/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SSIM and its contrast-structure term over rows of luma, in strips.
 */
#include "rows/ssim-rows.h"
#include "rows/channels.h"
#include "metric-private.h"
#include "machine/workers.h"

#include <math.h>

#define TAPS PERCEPTUAL_SSIM_TAPS
#define SIGMA 1.5
#define ROWS_PER_JOB 64

/* Sums of image a, of image b, of a^2 + b^2 and of (a - b)^2, all of luma less
 * 127.5. */
#define N_SUMS 4

/* Lines of scratch per worker: two rows of luma and their products, a ring of
 * weighted rows, and their results. */
#define N_LINES (N_SUMS + TAPS * N_SUMS + N_SUMS + 1)

typedef struct
{
  const PerceptualRowKernels *kernels;
  gsize line;
  gfloat *scratch;
  const PerceptualChannel *a;
  const PerceptualChannel *b;
  guint rows; /* of output per job */
  guint taps_x;
  guint taps_y;
  gfloat weights_x[TAPS];
  gfloat weights_y[TAPS];
  gdouble *sums;      /* of 1 - SSIM, per row */
  gdouble *contrasts; /* of 1 - contrast-structure, or NULL */
} Work;

void
perceptual_channel_pair (const PerceptualImage *a, const PerceptualImage *b,
    guint channel, PerceptualChannel channels[2])
{
  const PerceptualImage *const images[2] = { a, b };
  gboolean native = perceptual_channels_are_native (a, b);
  PerceptualChannelCode codes[2] = { { 0 } };

  if (native)
    perceptual_channel_codes (a, b, channel, codes);
  for (guint i = 0; i < 2; i++)
    channels[i] = (PerceptualChannel){
      .width = perceptual_channel_width (images[i], native, channel),
      .height = perceptual_channel_height (images[i], native, channel),
      .image = images[i],
      .native = native,
      .code = codes[i],
      .channel = channel,
    };
}

const gfloat *
perceptual_channel_get_row (
    const PerceptualChannel *plane, guint y, gfloat *scratch)
{
  if (plane->image == NULL)
    return plane->samples + (gsize) y * plane->width;
  perceptual_channel_row (plane->image, plane->native ? &plane->code : NULL,
      plane->channel, y, scratch);
  return scratch;
}

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

/* Writes row @y of the four sums, weighted horizontally, to @sums. */
static void
weigh_row (const Work *work, guint y, gfloat *lines, gfloat *sums)
{
  const PerceptualRowKernels *kernels = work->kernels;
  gsize line = work->line;
  guint width = work->a->width;
  const gfloat *inputs[N_SUMS] = {
    perceptual_channel_get_row (work->a, y, lines),
    perceptual_channel_get_row (work->b, y, lines + line),
    lines + 2 * line,
    lines + 3 * line,
  };

  kernels->squares (
      lines + 2 * line, lines + 3 * line, inputs[0], inputs[1], width);
  for (guint i = 0; i < N_SUMS; i++) {
    const gfloat *shifted[TAPS];

    for (guint k = 0; k < work->taps_x; k++)
      shifted[k] = inputs[i] + k;
    kernels->weigh (sums + i * line, shifted, work->weights_x, work->taps_x,
        width - work->taps_x + 1);
  }
}

static gdouble
sum_of (const gfloat *values, guint n)
{
  gdouble sum = 0;

  for (guint x = 0; x < n; x++)
    sum += values[x];
  return sum;
}

static void
similarity_row (const Work *work, guint y, const gfloat *ring, gfloat *lines)
{
  const PerceptualRowKernels *kernels = work->kernels;
  gsize line = work->line;
  guint n = work->a->width - work->taps_x + 1;
  gfloat *means = lines, *q = lines + N_SUMS * line;

  for (guint i = 0; i < N_SUMS; i++) {
    const gfloat *rows[TAPS];

    for (guint k = 0; k < work->taps_y; k++)
      rows[k] = ring + ((y + k) % TAPS * N_SUMS + i) * line;
    kernels->weigh (means + i * line, rows, work->weights_y, work->taps_y, n);
  }
  kernels->difference (
      q, means, means + line, means + 2 * line, means + 3 * line, n);
  work->sums[y] = sum_of (q, n);
  if (work->contrasts == NULL)
    return;
  kernels->contrast (
      q, means, means + line, means + 2 * line, means + 3 * line, n);
  work->contrasts[y] = sum_of (q, n);
}

static void
sum_strip (gpointer user, guint job, guint worker)
{
  Work *work = user;
  gsize line = work->line;
  gfloat *lines = work->scratch + worker * N_LINES * line;
  gfloat *ring = lines + N_SUMS * line;
  gfloat *out = ring + TAPS * N_SUMS * line;
  guint height = work->a->height - work->taps_y + 1;
  guint begin = job * work->rows;
  guint end = MIN (begin + work->rows, height);

  for (guint y = begin; y < end + work->taps_y - 1; y++) {
    weigh_row (work, y, lines, ring + y % TAPS * N_SUMS * line);
    if (y + 1 >= begin + work->taps_y)
      similarity_row (work, y + 1 - work->taps_y, ring, out);
  }
}

gboolean
perceptual_ssim_rows_prepare (PerceptualSsimRows *self,
    PerceptualWorkers *workers, guint width, GError **error)
{
  guint n_threads = perceptual_workers_get_threads (workers);

  if (self->width == width)
    return TRUE;
  perceptual_ssim_rows_clear (self);
  self->line = ((gsize) width + 15) & ~(gsize) 15;
  self->scratch = perceptual_buffer_new (
      (gsize) n_threads * N_LINES, self->line * sizeof (gfloat), error);
  if (self->scratch == NULL)
    return FALSE;
  self->width = width;
  return TRUE;
}

guint64
perceptual_ssim_rows_bytes (PerceptualWorkers *workers, guint width)
{
  guint64 line = ((gsize) width + 15) & ~(gsize) 15;

  return perceptual_workers_get_threads (workers) * N_LINES * line
      * sizeof (gfloat);
}

void
perceptual_ssim_rows_clear (PerceptualSsimRows *self)
{
  g_clear_pointer (&self->scratch, perceptual_buffer_free);
  self->width = 0;
}

gdouble
perceptual_ssim_rows_compare (PerceptualSsimRows *self,
    PerceptualWorkers *workers, guint strip_rows, const PerceptualChannel *a,
    const PerceptualChannel *b, gdouble *contrast)
{
  Work work = { .a = a, .b = b, .line = self->line, .scratch = self->scratch };
  g_autofree gdouble *sums = NULL;
  gdouble sum = 0, contrast_sum = 0, n;
  guint height;

  work.kernels = perceptual_row_kernels (perceptual_cpu ());
  work.rows = strip_rows != 0 ? strip_rows : ROWS_PER_JOB;
  work.taps_x = make_weights (a->width, work.weights_x);
  work.taps_y = make_weights (a->height, work.weights_y);
  height = a->height - work.taps_y + 1;
  work.sums = sums = g_new0 (gdouble, 2 * (gsize) height);
  work.contrasts = contrast != NULL ? sums + height : NULL;
  perceptual_workers_run (
      workers, (height + work.rows - 1) / work.rows, sum_strip, &work);
  for (guint y = 0; y < height; y++) {
    sum += sums[y];
    contrast_sum += sums[height + y];
  }
  n = (gdouble) (a->width - work.taps_x + 1) * height;
  if (contrast != NULL)
    *contrast = 1 - contrast_sum / n;
  return 1 - sum / n;
}
