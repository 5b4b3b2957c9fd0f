/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * psnr: 10 log10 (peak^2 / mean squared error) in dB, of the stream's own
 * samples where it has them (peak 2^depth - 1, as ffmpeg's psnr filter; depths
 * and ranges that differ are brought together exactly), else of luma from RGB
 * and of R, G, B (peak 255).  Rows are summed in exact
 * integers: what is left of two images that are nearly equal is smaller than
 * the rounding of luma itself.
 */
#include "rows/channels.h"
#include "rows/pixels.h"
#include "metrics.h"
#include "option.h"
#include "rows/row-programs.h"
#include "machine/workers.h"

#include <math.h>

#define ROWS_PER_JOB 64

/* Parts of a row whose sum of squares stays below 2^64 for luma of 16 bits in
 * thousandths. */
#define PIXELS_PER_PART 4096

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
  PerceptualChannelCode codes[PERCEPTUAL_MAX_CHANNELS][2]; /* if native */
  gdouble unit[PERCEPTUAL_MAX_CHANNELS]; /* steps of a sum in one of @depth */
  guint n_planes;
  guint rows; /* of luma per job */
  gdouble (*sums)[PERCEPTUAL_MAX_CHANNELS];
} Work;

/* Squares of what a row of bytes differs by: below 2^53, so that doubles add
 * it exactly. */
static gdouble
ssd_bytes (const guint8 *a, const guint8 *b, guint n)
{
  guint32 sum = 0;

  perceptual_row_programs ()->ssd_u8 (&sum, a, b, (int) n);
  return sum;
}

/* The same of samples of one depth and range. */
static gdouble
ssd_alike (const Work *work, guint plane, const guint8 *pa, const guint8 *pb)
{
  const PerceptualPlane *a = &work->a->planes[plane];
  const PerceptualPlane *b = &work->b->planes[plane];
  guint64 sum = 0;

  for (guint x = 0; x < a->width; x++, pa += a->step, pb += b->step) {
    gint64 d = (gint64) perceptual_plane_sample (work->a, pa)
        - perceptual_plane_sample (work->b, pb);

    sum += (guint64) (d * d);
  }
  return (gdouble) sum;
}

/* The same of samples of any two, in the steps that both share. */
static gdouble
ssd_apart (const Work *work, guint plane, const guint8 *pa, const guint8 *pb)
{
  const PerceptualPlane *a = &work->a->planes[plane];
  const PerceptualPlane *b = &work->b->planes[plane];
  const PerceptualChannelCode *codes = work->codes[plane];
  gdouble sum = 0;

  for (guint x = 0; x < a->width; x++, pa += a->step, pb += b->step) {
    gint64 va = perceptual_plane_sample (work->a, pa) - codes[0].zero;
    gint64 vb = perceptual_plane_sample (work->b, pb) - codes[1].zero;
    gdouble d = (gdouble) (va * codes[0].weight - vb * codes[1].weight);

    sum += d * d;
  }
  return sum;
}

static gdouble
ssd_row (const Work *work, guint plane, guint y)
{
  const PerceptualPlane *a = &work->a->planes[plane];
  const PerceptualPlane *b = &work->b->planes[plane];
  const guint8 *pa = (const guint8 *) a->data + y * a->stride;
  const guint8 *pb = (const guint8 *) b->data + y * b->stride;

  if (work->a->depth != work->b->depth
      || work->a->full_range != work->b->full_range)
    return ssd_apart (work, plane, pa, pb);
  if (work->depth == 8 && a->step == 1 && b->step == 1)
    return ssd_bytes (pa, pb, a->width);
  return ssd_alike (work, plane, pa, pb);
}

/* Adds the squared differences of @n pixels to @sums: luma in thousandths of a
 * step, R, G and B in steps.  @n_planes 1 leaves the colours out; it, @wide and
 * @step are constants where this is called. */
static inline __attribute__ ((always_inline)) void
add_pixels (const void *a, const void *b, gboolean wide, guint step, guint n,
    guint n_planes, guint64 *sums)
{
  guint64 luma = 0, colours[3] = { 0 };

  for (gsize i = 0; i < n; i++) {
    gint32 d[3], y;

    for (guint c = 0; c < 3; c++)
      d[c] = wide ? ((const guint16 *) a)[step * i + c]
              - ((const guint16 *) b)[step * i + c]
                  : ((const guint8 *) a)[step * i + c]
              - ((const guint8 *) b)[step * i + c];
    y = 299 * d[0] + 587 * d[1] + 114 * d[2];
    luma += (guint64) ((gint64) y * y);
    for (guint c = 0; n_planes > 1 && c < 3; c++)
      colours[c] += (guint64) ((gint64) d[c] * d[c]);
  }
  sums[0] = luma;
  for (guint c = 0; c < 3; c++)
    sums[1 + c] = colours[c];
}

static void
add_part (PerceptualPixels pixels, gboolean colours, const guint8 *a,
    const guint8 *b, guint n, guint64 *sums)
{
  if (pixels == PERCEPTUAL_PIXELS_RGBX16 && colours)
    add_pixels (a, b, TRUE, 4, n, 4, sums);
  else if (pixels == PERCEPTUAL_PIXELS_RGBX16)
    add_pixels (a, b, TRUE, 4, n, 1, sums);
  else if (pixels == PERCEPTUAL_PIXELS_RGBX8 && colours)
    add_pixels (a, b, FALSE, 4, n, 4, sums);
  else if (pixels == PERCEPTUAL_PIXELS_RGBX8)
    add_pixels (a, b, FALSE, 4, n, 1, sums);
  else if (colours)
    add_pixels (a, b, FALSE, 3, n, 4, sums);
  else
    add_pixels (a, b, FALSE, 3, n, 1, sums);
}

static void
add_row (const Work *work, guint y, gdouble *sums)
{
  PerceptualPixels pixels = work->a->pixels;
  const guint8 *a = perceptual_pixels_row (work->a, y);
  const guint8 *b = perceptual_pixels_row (work->b, y);
  gsize pixel = perceptual_pixels_row_bytes (pixels, 1);

  for (guint x = 0; x < work->a->width; x += PIXELS_PER_PART) {
    guint n = MIN (work->a->width - x, PIXELS_PER_PART);
    guint64 part[PERCEPTUAL_MAX_CHANNELS];

    add_part (
        pixels, work->n_planes > 1, a + x * pixel, b + x * pixel, n, part);
    for (guint plane = 0; plane < work->n_planes; plane++)
      sums[plane] += (gdouble) part[plane];
  }
}

static void
sum_strip (gpointer user, guint job, guint worker)
{
  Work *work = user;
  guint64 luma_begin = (guint64) job * work->rows;
  guint64 luma_end = MIN (luma_begin + work->rows, work->a->height);
  gdouble *sums = work->sums[job];

  for (guint plane = 0; plane < work->n_planes; plane++)
    sums[plane] = 0;
  if (!work->native) {
    for (guint y = (guint) luma_begin; y < luma_end; y++)
      add_row (work, y, sums);
    return;
  }
  for (guint plane = 0; plane < work->n_planes; plane++) {
    /* Subsampled planes have fewer rows: cut them in the same proportion. */
    guint height = work->a->planes[plane].height;
    guint begin = (guint) (luma_begin * height / work->a->height);
    guint end = (guint) (luma_end * height / work->a->height);

    for (guint y = begin; y < end; y++)
      sums[plane] += ssd_row (work, plane, y);
  }
}

/* The largest sample, in the steps that the sums count. */
static gdouble
peak_of (const Work *work, guint plane)
{
  gdouble peak = 255;

  if (work->native)
    return ((1u << work->depth) - 1) * work->unit[plane];
  if (perceptual_pixels_are_wide (work->a->pixels))
    peak = 65535;
  return plane == 0 ? 1000 * peak : peak;
}

static void
finish (const Work *work, guint n_jobs, PerceptualResult *result)
{
  result->n_taps = work->n_planes;
  for (guint plane = 0; plane < work->n_planes; plane++) {
    gdouble samples =
        (gdouble) perceptual_channel_width (work->a, work->native, plane)
        * perceptual_channel_height (work->a, work->native, plane);
    gdouble peak = peak_of (work, plane);
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
  g_autofree gdouble (*sums)[PERCEPTUAL_MAX_CHANNELS] =
      g_malloc (n_jobs * sizeof (*sums));

  for (guint i = 0; i < n_distorted; i++) {
    Work work = { .a = reference, .b = &distorted[i], .rows = rows };

    work.sums = sums;
    work.native = perceptual_channels_are_native (reference, &distorted[i]);
    work.depth = perceptual_channels_depth (reference, &distorted[i]);
    work.n_planes =
        perceptual_count_channels (reference, &distorted[i], self->all_planes);
    for (guint c = 0; work.native && c < work.n_planes; c++)
      work.unit[c] =
          perceptual_channel_codes (reference, &distorted[i], c, work.codes[c]);
    perceptual_workers_run (metric->workers, n_jobs, sum_strip, &work);
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

static const gchar *
psnr_tap_name (const PerceptualMetric *metric, guint tap, gboolean rgb)
{
  return tap == 0 || ((const Psnr *) metric)->all_planes
      ? perceptual_channel_name (tap, rgb)
      : NULL;
}

static const PerceptualOption *const psnr_options[] = {
  &perceptual_option_all_planes,
  &perceptual_option_scale,
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
  .planes_suffice = perceptual_channels_are_native,
  .init = psnr_init,
  .compare = psnr_compare,
  .tap_name = psnr_tap_name,
};
