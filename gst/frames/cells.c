/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Computes means of luma over a coarse grid.
 */
#include "frames/cells.h"

#include <string.h>

/* Interleaved samples: a plane, or R, G and B of packed pixels. */
typedef struct
{
  const guint8 *data;
  gsize stride;
  gsize step; /* bytes from one pixel to the next */
  guint width;
  guint height;
  guint channels;
  gboolean wide;     /* native 16-bit words */
  gfloat weights[3]; /* of the channels, to luma of 0..255 */
} Samples;

/* One cell of a grid over the samples of one direction. */
typedef struct
{
  guint begin;
  guint end;
  guint step;
} Range;

static Samples
samples_of_plane (const PerceptualImage *image)
{
  const PerceptualPlane *plane = &image->planes[0];
  return (Samples){
    .data = plane->data,
    .stride = plane->stride,
    .step = plane->step,
    .width = plane->width,
    .height = plane->height,
    .channels = 1,
    .wide = image->depth > 8,
    .weights = { 1.0f / (gfloat) (1u << (image->depth - 8 + image->shift)) },
  };
}

static Samples
samples_of_pixels (const PerceptualImage *image)
{
  gboolean wide = image->pixels == PERCEPTUAL_PIXELS_RGBX16;
  gfloat scale = wide ? 255.0f / 65535.0f : 1.0f;

  return (Samples){
    .data = image->data,
    .stride = image->stride,
    .step = wide ? 8 : 4,
    .width = image->width,
    .height = image->height,
    .channels = 3,
    .wide = wide,
    .weights = { .299f * scale, .587f * scale, .114f * scale },
  };
}

static Range
range_of (guint cell, guint cells, guint size, guint density)
{
  Range range = { .begin = (guint) ((guint64) cell * size / cells),
    .end = (guint) ((guint64) (cell + 1) * size / cells) };

  range.end = MAX (range.end, range.begin + 1);
  range.step = MAX (1, (range.end - range.begin) / density);
  return range;
}

/* --- sums over a row of a cell -------------------------------------------- */

static void
sum_plane_8 (const guint8 *row, gsize step, Range columns, guint64 *sums)
{
  guint32 sum = 0;

  for (guint x = columns.begin; x < columns.end; x += columns.step)
    sum += row[x * step];
  sums[0] += sum;
}

/* Red and blue in halves of one word. */
static void
sum_pixels_8 (const guint8 *row, Range columns, guint64 *sums)
{
  guint64 red_blue = 0, green = 0;

  for (guint x = columns.begin; x < columns.end; x += columns.step) {
    guint32 pixel;

    memcpy (&pixel, row + 4 * (gsize) x, sizeof pixel);
    pixel = GUINT32_FROM_LE (pixel);
    red_blue += (pixel & 0xff) | (guint64) (pixel & 0xff0000) << 16;
    green += pixel >> 8 & 0xff;
  }
  sums[0] += red_blue & 0xffffffff;
  sums[1] += green;
  sums[2] += red_blue >> 32;
}

static void
sum_wide (
    const Samples *samples, const guint8 *row, Range columns, guint64 *sums)
{
  for (guint x = columns.begin; x < columns.end; x += columns.step) {
    const guint16 *pixel =
        (const guint16 *) (const void *) (row + x * samples->step);

    for (guint c = 0; c < samples->channels; c++)
      sums[c] += pixel[c];
  }
}

/* --- means ---------------------------------------------------------------- */

static gfloat
mean_of_cell (const Samples *samples, Range rows, Range columns)
{
  guint n_rows = (rows.end - rows.begin + rows.step - 1) / rows.step;
  guint n_columns =
      (columns.end - columns.begin + columns.step - 1) / columns.step;
  guint64 sums[3] = { 0 };
  gfloat luma = 0;

  for (guint y = rows.begin; y < rows.end; y += rows.step) {
    const guint8 *row = samples->data + y * samples->stride;

    if (samples->wide)
      sum_wide (samples, row, columns, sums);
    else if (samples->channels == 1)
      sum_plane_8 (row, samples->step, columns, sums);
    else
      sum_pixels_8 (row, columns, sums);
  }
  for (guint c = 0; c < samples->channels; c++)
    luma += samples->weights[c] * (gfloat) sums[c];
  return luma / (gfloat) (n_rows * n_columns);
}

void
perceptual_cells_take (const PerceptualImage *image, guint columns, guint rows,
    guint density, gfloat *cells)
{
  Samples samples = image->planes[0].data != NULL ? samples_of_plane (image)
                                                  : samples_of_pixels (image);

  for (guint y = 0; y < rows; y++) {
    Range range = range_of (y, rows, samples.height, density);

    for (guint x = 0; x < columns; x++)
      *cells++ = mean_of_cell (
          &samples, range, range_of (x, columns, samples.width, density));
  }
}
