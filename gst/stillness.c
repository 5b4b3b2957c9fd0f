/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frozen and black pictures, from thumbnails.  Knows images; nothing of frames,
 * times and distances.
 */
#include "stillness.h"

#include <math.h>
#include <string.h>

/* Fewest pixels that a cell's mean is taken over, each way; twice as many at
 * most. */
#define SAMPLES 8

struct _PerceptualStillness
{
  gboolean seen;
  /* Both as they were when the distorted picture last moved. */
  PerceptualThumbnail reference;
  PerceptualThumbnail distorted;
};

/* --- thumbnails ---------------------------------------------------------- */

/* Sums of samples: R in the lower half and B in the upper half of @red_blue.
 * Weights come later, once a cell. */
typedef struct
{
  guint64 red_blue;
  guint64 green;
} Sums;

static Sums
sum_8 (const guint8 *row, guint x0, guint x1, guint step)
{
  /* Halves of 16 bits: enough for the few pixels. */
  guint32 red_blue = 0, green = 0, pixel;

  for (guint x = x0; x < x1; x += step) {
    memcpy (&pixel, row + 4 * x, sizeof pixel);
    pixel = GUINT32_FROM_LE (pixel);
    red_blue += pixel & 0x00ff00ff;
    green += pixel >> 8 & 0xff;
  }
  return (
      Sums){ (red_blue & 0xffff) | (guint64) (red_blue >> 16) << 32, green };
}

/* Of words in the machine's own order. */
static Sums
sum_16 (const guint8 *row, guint x0, guint x1, guint step)
{
  Sums sums = { 0, 0 };

  for (guint x = x0; x < x1; x += step) {
    const guint16 *pixel = (const guint16 *) (const void *) row + 4 * x;

    sums.red_blue += pixel[0] | (guint64) pixel[2] << 32;
    sums.green += pixel[1];
  }
  return sums;
}

/* Mean luma over the pixels x0..x1-1, y0..y1-1. */
static gfloat
cell_mean (const PerceptualImage *image, guint x0, guint x1, guint y0, guint y1)
{
  const guint step_x = MAX ((x1 - x0) / SAMPLES, 1);
  const guint step_y = MAX ((y1 - y0) / SAMPLES, 1);
  const guint columns = (x1 - x0 + step_x - 1) / step_x;
  const guint rows = (y1 - y0 + step_y - 1) / step_y;
  const gboolean wide = image->pixels == PERCEPTUAL_PIXELS_RGBX16;
  Sums sums = { 0, 0 };
  gdouble r, g, b;

  for (guint y = y0; y < y1; y += step_y) {
    const guint8 *row = (const guint8 *) image->data + y * image->stride;
    Sums more =
        wide ? sum_16 (row, x0, x1, step_x) : sum_8 (row, x0, x1, step_x);

    sums.red_blue += more.red_blue;
    sums.green += more.green;
  }
  r = (gdouble) (sums.red_blue & 0xffffffff);
  b = (gdouble) (sums.red_blue >> 32);
  g = (gdouble) sums.green;
  return (gfloat) ((.299 * r + .587 * g + .114 * b)
      / ((gdouble) columns * rows * (wide ? 257 : 1)));
}

void
perceptual_thumbnail_take (
    PerceptualThumbnail *self, const PerceptualImage *image)
{
  const guint columns =
      CLAMP (image->width / SAMPLES, 1, PERCEPTUAL_THUMBNAIL_SIDE);
  const guint rows =
      CLAMP (image->height / SAMPLES, 1, PERCEPTUAL_THUMBNAIL_SIDE);

  self->width = image->width;
  self->height = image->height;
  self->n = columns * rows;
  for (guint j = 0; j < rows; j++) {
    for (guint i = 0; i < columns; i++)
      self->cells[j * columns + i] = cell_mean (image,
          i * image->width / columns, (i + 1) * image->width / columns,
          j * image->height / rows, (j + 1) * image->height / rows);
  }
}

static gfloat
largest_difference (const PerceptualThumbnail *a, const PerceptualThumbnail *b)
{
  gfloat largest = 0;

  for (guint i = 0; i < a->n; i++)
    largest = MAX (largest, fabsf (a->cells[i] - b->cells[i]));
  return largest;
}

static gfloat
share_above (const PerceptualThumbnail *self, gfloat level)
{
  guint above = 0;

  for (guint i = 0; i < self->n; i++)
    above += self->cells[i] > level;
  return (gfloat) above / (gfloat) self->n;
}

/* --- judgement ----------------------------------------------------------- */

PerceptualStillness *
perceptual_stillness_new (void)
{
  return g_new0 (PerceptualStillness, 1);
}

void
perceptual_stillness_free (PerceptualStillness *self)
{
  g_free (self);
}

void
perceptual_stillness_reset (PerceptualStillness *self)
{
  self->seen = FALSE;
}

static gboolean
has_moved (
    const PerceptualStillness *self, const PerceptualThumbnail *distorted)
{
  return !self->seen || self->distorted.width != distorted->width
      || self->distorted.height != distorted->height
      || largest_difference (&self->distorted, distorted)
      > PERCEPTUAL_STILL_LEVELS;
}

static gboolean
is_black (
    const PerceptualThumbnail *reference, const PerceptualThumbnail *distorted)
{
  return share_above (distorted, PERCEPTUAL_BLACK_LEVELS)
      <= PERCEPTUAL_BLACK_SHARE
      && share_above (reference, 2 * PERCEPTUAL_BLACK_LEVELS)
      > PERCEPTUAL_BLACK_SHARE;
}

PerceptualPicture
perceptual_stillness_judge (PerceptualStillness *self,
    const PerceptualThumbnail *reference, const PerceptualThumbnail *distorted)
{
  gboolean moved = has_moved (self, distorted);

  if (moved) {
    self->seen = TRUE;
    self->reference = *reference;
    self->distorted = *distorted;
  }
  if (is_black (reference, distorted))
    return PERCEPTUAL_PICTURE_BLACK;
  if (!moved
      && largest_difference (&self->reference, reference)
          > PERCEPTUAL_MOVED_LEVELS)
    return PERCEPTUAL_PICTURE_FROZEN;
  return PERCEPTUAL_PICTURE_NORMAL;
}
