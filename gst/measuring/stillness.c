/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells frozen and black pictures by their thumbnails.
 */
#include "measuring/stillness.h"

#include "frames/cells.h"

#include <math.h>

/* Fewest pixels that a cell's mean is taken over, each way; see cells.h. */
#define SAMPLES 8

struct _PerceptualStillness
{
  gboolean seen;
  /* Both as they were when the distorted picture last moved. */
  PerceptualThumbnail reference;
  PerceptualThumbnail distorted;
};

/* --- thumbnails ---------------------------------------------------------- */

void
perceptual_thumbnail_take (
    PerceptualThumbnail *self, const PerceptualImage *image, gboolean limited)
{
  const guint columns =
      CLAMP (image->width / SAMPLES, 1, PERCEPTUAL_THUMBNAIL_SIDE);
  const guint rows =
      CLAMP (image->height / SAMPLES, 1, PERCEPTUAL_THUMBNAIL_SIDE);

  self->width = image->width;
  self->height = image->height;
  self->n = columns * rows;
  perceptual_cells_take (image, columns, rows, SAMPLES, self->cells);
  if (!limited || image->planes[0].data == NULL)
    return;
  for (guint i = 0; i < self->n; i++)
    self->cells[i] =
        CLAMP ((self->cells[i] - 16) * (255.0f / 219.0f), 0.0f, 255.0f);
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
