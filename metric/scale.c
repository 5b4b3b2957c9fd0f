/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes images smaller before they are measured, and maps as large as the
 * images were.  The filter is in the header.
 */
#include "scale.h"

#include "distance-map.h"
#include "metric-private.h"
#include "option.h"
#include "rows/channels.h"
#include "rows/pixels.h"

#include <string.h>

#define ROWS_PER_JOB 16

const PerceptualOption perceptual_option_scale = {
  .name = "scale",
  .blurb = "Size at which images are measured: 1, .5, .25, or auto, which "
           "halves them until the shorter side has at most 1080 pixels",
  .type = PERCEPTUAL_OPTION_STRING,
  .default_text = "1",
};

gint
perceptual_scale_parse (const gchar *text, GError **error)
{
  gchar *end = NULL;
  gdouble scale;

  if (strcmp (text, "auto") == 0)
    return PERCEPTUAL_SCALE_AUTO;
  scale = g_ascii_strtod (text, &end);
  for (gint factor = 1; end != text && *end == '\0' && factor <= 4; factor *= 2)
    if (scale * factor == 1)
      return factor;
  g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
      "\"%s\" is not a value for scale; valid: 1, .5, .25, auto", text);
  return -1;
}

const gchar *
perceptual_scale_text (gint factor)
{
  switch (factor) {
    case PERCEPTUAL_SCALE_AUTO:
      return "auto";
    case 2:
      return "0.5";
    case 4:
      return "0.25";
    default:
      return "1";
  }
}

guint
perceptual_scale_side (guint n, guint factor)
{
  return (n + factor - 1) / factor;
}

guint
perceptual_scale_factor (gint factor, guint width, guint height)
{
  guint shorter = MIN (width, height);
  guint chosen = 1;

  if (factor != PERCEPTUAL_SCALE_AUTO)
    return (guint) factor;
  while (perceptual_scale_side (shorter, chosen) > PERCEPTUAL_SCALE_AUTO_SIDE)
    chosen *= 2;
  return chosen;
}

/* --- one grid of samples ------------------------------------------------- */

/**
 * Grid:
 * @image: where its samples are
 * @plane: its plane, or -1 for R'G'B'
 * @width: pixels of a row
 * @height: rows
 * @step: samples from one pixel to the next in a row of sums
 * @channels: samples of a pixel that count
 * @factor: by which it becomes smaller
 * @unit: what sums are multiplied by
 * @to: the samples of the result
 * @to_step: samples from one pixel of the result to the next
 * @sums: a row for each worker, of @width * @step numbers
 *
 * What is made smaller in one go.
 */
typedef struct
{
  const PerceptualImage *image;
  gint plane;
  guint width;
  guint height;
  guint step;
  guint channels;
  guint factor;
  guint unit;
  gpointer to;
  guint to_step;
  gboolean bytes; /* of samples of the result, else words */
  guint32 *sums;
} Grid;

/* The weight of input pixel @j in output pixel @i, times 2 f^2; j - i f is
 * -f/2 .. 3f/2 - 1. */
static guint
weight_of (guint factor, gint64 place)
{
  gint64 twice = 2 * place + 1 - (gint64) factor;

  return (guint) (2 * (gint64) factor - ABS (twice));
}

static void
add_bytes (guint32 *sums, const guint8 *row, guint n, guint weight)
{
  for (guint i = 0; i < n; i++)
    sums[i] += row[i] * weight;
}

static void
add_words (guint32 *sums, const guint16 *row, guint n, guint weight)
{
  for (guint i = 0; i < n; i++)
    sums[i] += row[i] * weight;
}

static void
add_row (const Grid *self, guint y, guint weight, guint32 *sums)
{
  const PerceptualImage *image = self->image;
  const PerceptualPlane *plane;
  const guint8 *row;

  if (self->plane < 0) {
    row = perceptual_pixels_row (image, y);
    if (perceptual_pixels_are_wide (image->pixels))
      add_words (sums, (const guint16 *) row, self->width * self->step, weight);
    else
      add_bytes (sums, row, self->width * self->step, weight);
    return;
  }
  plane = &image->planes[self->plane];
  row = (const guint8 *) plane->data + y * plane->stride;
  if (image->depth == 8 && plane->step == 1) {
    add_bytes (sums, row, self->width, weight);
    return;
  }
  for (guint x = 0; x < self->width; x++, row += plane->step)
    sums[x] += perceptual_plane_sample (image, row) * weight;
}

/* The pixels first .. end - 1 of @n that output pixel @i is the mean of. */
static void
find_reach (guint factor, guint i, guint n, guint *first, guint *end)
{
  gint64 middle = (gint64) i * factor;

  *first = (guint) MAX (middle - factor / 2, 0);
  *end = (guint) MIN (middle + factor + factor / 2, n);
}

/* @sum over @whole, rounded; most are powers of two. */
static guint
divide (guint64 sum, guint64 whole)
{
  sum += whole / 2;
  return (guint) ((whole & (whole - 1)) == 0 ? sum >> g_bit_nth_lsf (whole, -1)
                                             : sum / whole);
}

static void
reduce_row (const Grid *self, guint y, guint32 *sums)
{
  guint n = perceptual_scale_side (self->width, self->factor);
  gsize place = (gsize) y * n * self->to_step;
  guint first, end;
  guint64 down = 0;

  memset (sums, 0, (gsize) self->width * self->step * sizeof *sums);
  find_reach (self->factor, y, self->height, &first, &end);
  for (guint row = first; row < end; row++) {
    guint weight =
        weight_of (self->factor, (gint64) row - (gint64) y * self->factor);

    add_row (self, row, weight, sums);
    down += weight;
  }
  for (guint x = 0; x < n; x++, place += self->to_step) {
    guint64 totals[3] = { 0 }, across = 0;

    find_reach (self->factor, x, self->width, &first, &end);
    for (guint j = first; j < end; j++) {
      guint weight =
          weight_of (self->factor, (gint64) j - (gint64) x * self->factor);

      for (guint c = 0; c < self->channels; c++)
        totals[c] += (guint64) sums[(gsize) j * self->step + c] * weight;
      across += weight;
    }
    for (guint c = 0; c < self->channels; c++) {
      guint value = divide (totals[c] * self->unit, across * down);

      if (self->bytes)
        ((guint8 *) self->to)[place + c] = (guint8) value;
      else
        ((guint16 *) self->to)[place + c] = (guint16) value;
    }
  }
}

static void
reduce_rows (gpointer user, guint job, guint worker)
{
  const Grid *self = user;
  guint height = perceptual_scale_side (self->height, self->factor);
  guint end = MIN ((job + 1) * ROWS_PER_JOB, height);
  guint32 *sums = self->sums + (gsize) worker * self->width * self->step;

  for (guint y = job * ROWS_PER_JOB; y < end; y++)
    reduce_row (self, y, sums);
}

static gboolean
reduce_grid (Grid *self, PerceptualWorkers *workers, GError **error)
{
  guint rows = perceptual_scale_side (self->height, self->factor);

  self->sums = perceptual_buffer_new (perceptual_workers_get_threads (workers),
      (gsize) self->width * self->step * sizeof (guint32), error);
  if (self->sums == NULL)
    return FALSE;
  perceptual_workers_run (
      workers, (rows + ROWS_PER_JOB - 1) / ROWS_PER_JOB, reduce_rows, self);
  perceptual_buffer_free (self->sums);
  return TRUE;
}

/* --- an image ------------------------------------------------------------ */

/* Makes *@buffer hold @bytes, which is @number of them. */
static gboolean
make_room (PerceptualReduced *self, gpointer *buffer, guint number, gsize bytes,
    GError **error)
{
  if (*buffer != NULL && self->bytes[number] == bytes)
    return TRUE;
  perceptual_buffer_free (*buffer);
  *buffer = perceptual_buffer_new (bytes, 1, error);
  self->bytes[number] = *buffer != NULL ? bytes : 0;
  return *buffer != NULL;
}

static gboolean
reduce_pixels (PerceptualReduced *self, const PerceptualImage *image,
    guint factor, PerceptualWorkers *workers, GError **error)
{
  gsize stride = (gsize) self->image.width * 4 * sizeof (guint16);
  Grid grid = {
    .image = image,
    .plane = -1,
    .width = image->width,
    .height = image->height,
    .step = perceptual_pixels_step (image->pixels),
    .channels = 3,
    .factor = factor,
    .unit = perceptual_pixels_are_wide (image->pixels) ? 1 : 257,
    .to_step = 4,
  };

  if (!make_room (self, &self->pixels, 3, stride * self->image.height, error))
    return FALSE;
  self->image.data = grid.to = self->pixels;
  self->image.stride = stride;
  return reduce_grid (&grid, workers, error);
}

static gboolean
reduce_plane (PerceptualReduced *self, const PerceptualImage *image,
    guint number, guint factor, PerceptualWorkers *workers, GError **error)
{
  const PerceptualPlane *from = &image->planes[number];
  PerceptualPlane *to = &self->image.planes[number];
  gsize sample = image->depth > 8 ? sizeof (guint16) : 1;
  Grid grid = {
    .image = image,
    .plane = (gint) number,
    .width = from->width,
    .height = from->height,
    .step = 1,
    .channels = 1,
    .factor = factor,
    .unit = 1,
    .to_step = 1,
    .bytes = sample == 1,
  };

  *to = (PerceptualPlane){
    .stride = perceptual_scale_side (from->width, factor) * sample,
    .step = sample,
    .width = perceptual_scale_side (from->width, factor),
    .height = perceptual_scale_side (from->height, factor),
  };
  if (!make_room (
          self, &self->planes[number], number, to->stride * to->height, error))
    return FALSE;
  to->data = grid.to = self->planes[number];
  return reduce_grid (&grid, workers, error);
}

gboolean
perceptual_reduce (PerceptualReduced *self, const PerceptualImage *image,
    guint factor, gboolean pixels, gboolean planes, PerceptualWorkers *workers,
    GError **error)
{
  self->image = *image;
  self->image.pixels = PERCEPTUAL_PIXELS_RGBX16;
  self->image.width = perceptual_scale_side (image->width, factor);
  self->image.height = perceptual_scale_side (image->height, factor);
  self->image.data = NULL;
  self->image.shift = 0;
  for (guint i = 0; i < 3; i++)
    self->image.planes[i] = (PerceptualPlane){ 0 };
  if (pixels && !reduce_pixels (self, image, factor, workers, error))
    return FALSE;
  for (guint i = 0; planes && i < 3; i++) {
    if (image->planes[i].data != NULL
        && !reduce_plane (self, image, i, factor, workers, error))
      return FALSE;
  }
  return TRUE;
}

guint64
perceptual_reduced_bytes (guint width, guint height)
{
  return (guint64) width * height * (4 + 3) * sizeof (guint16);
}

void
perceptual_reduced_clear (PerceptualReduced *self)
{
  perceptual_buffer_free (self->pixels);
  for (guint i = 0; i < 3; i++)
    perceptual_buffer_free (self->planes[i]);
  *self = (PerceptualReduced){ 0 };
}

/* --- maps ---------------------------------------------------------------- */

gboolean
perceptual_scale_map (PerceptualResult *result, guint factor, guint width,
    guint height, PerceptualWorkers *workers, GError **error)
{
  gdouble first = (factor - 1) / 2.;
  gfloat *values = result->map;
  PerceptualMapGrid grid = {
    .x = { result->map_width, first, factor },
    .y = { result->map_height, first, factor },
    .values = values,
  };
  gboolean ok;

  result->map = NULL;
  ok = perceptual_distance_map_make (
      workers, &grid, 1, width, height, result, error);
  perceptual_buffer_free (values);
  return ok;
}
