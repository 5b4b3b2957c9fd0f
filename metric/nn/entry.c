/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How images enter the first ring: sample by sample, or folded, so that a first
 * layer with a large stride becomes one with a stride of 1.
 */
#include "nn/entry.h"

#include "rows/pixels.h"

#include <string.h>

/* What the network sees of sample @v.  In single precision and in exactly these
 * steps, as networks were trained and as others compute: where an untrained
 * network's filters have no mean, all that flat colours leave is the rounding
 * of this. */
static gfloat
enter_sample (const PerceptualEngine *self, guint c, guint v, gfloat unit)
{
  gfloat x = (gfloat) v / unit - 1.f;

  return (x - (gfloat) self->input.shift[c]) / (gfloat) self->input.scale[c];
}

void
perceptual_entry_init (PerceptualEngine *self)
{
  for (guint c = 0; c < PERCEPTUAL_IMAGE_CHANNELS; c++) {
    for (guint v = 0; v < 256; v++)
      self->entry[c][v] = enter_sample (self, c, v, 127.5f);
  }
}

/* @n pixels of @row from pixel @x on. */
static void
enter_pixels (const PerceptualEngine *self, const PerceptualImage *image,
    const guint8 *row, guint x, guint n, gfloat *to)
{
  gboolean wide = perceptual_pixels_are_wide (image->pixels);
  guint step = perceptual_pixels_step (image->pixels);

  for (guint end = x + n; x < end; x++) {
    for (guint c = 0; c < PERCEPTUAL_IMAGE_CHANNELS; c++)
      *to++ = wide ? enter_sample (
                  self, c, ((const guint16 *) row)[step * x + c], 32767.5f)
                   : self->entry[c][row[step * x + c]];
  }
}

/* --- folding ------------------------------------------------------------- */

/* Row @part of the folded pixels that begin at @to.  The borders on the left
 * and on the right are zero from the beginning. */
static void
enter_part (const PerceptualEngine *self, const PerceptualImage *image,
    gint64 y, guint part, gfloat *to)
{
  const PerceptualRing *ring = &self->rings[0];
  guint fold = self->fold;
  guint numbers = fold * PERCEPTUAL_IMAGE_CHANNELS;
  const guint8 *row;

  to += part * numbers;
  if (y < 0 || y >= image->height) {
    for (guint x = 0; x < ring->width; x++)
      memset (to + (gsize) x * ring->channels, 0, numbers * sizeof (gfloat));
    return;
  }
  row = perceptual_pixels_row (image, (guint) y);
  for (guint x = 0; x < ring->width; x++, to += ring->channels) {
    gint64 left = (gint64) x * fold - self->fold_pad;
    gint64 first = MAX (left, 0);
    gint64 end = MIN (left + fold, image->width);

    if (first < end)
      enter_pixels (self, image, row, (guint) first, (guint) (end - first),
          to + (first - left) * PERCEPTUAL_IMAGE_CHANNELS);
  }
}

guint
perceptual_entry_size (const PerceptualEngine *self, guint size)
{
  const PerceptualLayer *first = &self->network->layers[0];

  return self->fold == 0
      ? size
      : perceptual_layer_output_size (first, size) + self->folded.size - 1;
}

void
perceptual_entry_begin (PerceptualEngine *self, gboolean zero_mean)
{
  const PerceptualLayer *first = &self->network->layers[0];

  if (zero_mean || self->fast != NULL
      || !perceptual_layer_fold (first, &self->folded))
    return;
  self->fold = first->stride;
  self->fold_pad = first->pad;
}

gfloat *
perceptual_entry_fold (const PerceptualEngine *self,
    const PerceptualConvolution *convolution, const gfloat *weights)
{
  guint fold = self->fold, size = self->folded.size;
  guint channels = PERCEPTUAL_IMAGE_CHANNELS * fold * fold;
  guint area = size * size;
  gfloat *folded =
      g_new0 (gfloat, (gsize) convolution->outputs * channels * area);

  for (guint o = 0; o < convolution->outputs; o++) {
    gfloat *to = folded + (gsize) o * channels * area;

    for (guint c = 0; c < convolution->inputs; c++) {
      for (guint y = 0; y < convolution->size; y++) {
        for (guint x = 0; x < convolution->size; x++) {
          guint channel =
              ((y % fold) * fold + x % fold) * PERCEPTUAL_IMAGE_CHANNELS + c;

          to[channel * area + y / fold * size + x / fold] = *weights++;
        }
      }
    }
  }
  return folded;
}

/* --- rows ---------------------------------------------------------------- */

void
perceptual_entry_row (const PerceptualEngine *self,
    const PerceptualImage *const *images, guint number, guint y)
{
  const PerceptualImage *image = images[number];
  gfloat *to = perceptual_ring_row (&self->rings[0], number, y);

  if (self->fold == 0) {
    enter_pixels (
        self, image, perceptual_pixels_row (image, y), 0, image->width, to);
    return;
  }
  for (guint part = 0; part < self->fold; part++)
    enter_part (
        self, image, (gint64) y * self->fold + part - self->fold_pad, part, to);
}
