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

/* @n pixels; @step: samples of one; @wide: of 16 bits.  All three are constants
 * where most pixels go. */
static inline void
enter_samples (const PerceptualEngine *self, const guint8 *pixels, guint step,
    gboolean wide, guint n, gfloat *to)
{
  for (guint x = 0; x < n; x++) {
    for (guint c = 0; c < PERCEPTUAL_IMAGE_CHANNELS; c++) {
      guint at = step * x + c;

      *to++ = wide
          ? enter_sample (self, c, ((const guint16 *) pixels)[at], 32767.5f)
          : self->entry[c][pixels[at]];
    }
  }
}

/* @n pixels of row @y from pixel @x on. */
static void
enter_pixels (const PerceptualEngine *self, const PerceptualImage *image,
    guint y, guint x, guint n, gfloat *to)
{
  gboolean wide = perceptual_pixels_are_wide (image->pixels);
  guint step = perceptual_pixels_step (image->pixels);
  const guint8 *pixels =
      perceptual_pixels_row (image, y) + (gsize) x * step * (wide ? 2 : 1);

  if (wide)
    enter_samples (self, pixels, step, TRUE, n, to);
  else if (step == 4)
    enter_samples (self, pixels, 4, FALSE, n, to);
  else
    enter_samples (self, pixels, step, FALSE, n, to);
}

/* --- folding ------------------------------------------------------------- */

/* Pixels @x to @end - 1 of the folded row @y from row @image_y of the image,
 * which lie inside of it. */
static void
enter_inside (const PerceptualEngine *self, const PerceptualImage *image,
    guint image_y, guint x, guint end, gfloat *to)
{
  gsize channels = self->rings[0].channels;
  guint fold = self->fold;
  const guint8 *row = perceptual_pixels_row (image, image_y);

  if (image->pixels != PERCEPTUAL_PIXELS_RGBX8 || fold != 4) {
    for (; x < end; x++)
      enter_pixels (self, image, image_y, x * fold - self->fold_pad, fold,
          to + x * channels);
    return;
  }
  row += (gsize) x * 16 - (gsize) self->fold_pad * 4;
  for (; x < end; x++, row += 16)
    enter_samples (self, row, 4, FALSE, 4, to + x * channels);
}

/* One at the border of the image, whose pixels outside of it are zero from the
 * beginning. */
static void
enter_border (const PerceptualEngine *self, const PerceptualImage *image,
    guint image_y, guint x, gfloat *to)
{
  gint64 left = (gint64) x * self->fold - self->fold_pad;
  gint64 first = MAX (left, 0);
  gint64 end = MIN (left + self->fold, image->width);

  if (first < end)
    enter_pixels (self, image, image_y, (guint) first, (guint) (end - first),
        to + (gsize) x * self->rings[0].channels
            + (first - left) * PERCEPTUAL_IMAGE_CHANNELS);
}

/* Row @part of the folded pixels that begin at @to. */
static void
enter_part (const PerceptualEngine *self, const PerceptualImage *image,
    gint64 y, guint part, gfloat *to)
{
  const PerceptualRing *ring = &self->rings[0];
  guint fold = self->fold;
  guint numbers = fold * PERCEPTUAL_IMAGE_CHANNELS;
  guint first = (self->fold_pad + fold - 1) / fold;
  guint end = (image->width + self->fold_pad) / fold;

  to += part * numbers;
  if (y < 0 || y >= image->height) {
    for (guint x = 0; x < ring->width; x++)
      memset (to + (gsize) x * ring->channels, 0, numbers * sizeof (gfloat));
    return;
  }
  first = MIN (first, ring->width);
  end = CLAMP (end, first, ring->width);
  for (guint x = 0; x < first; x++)
    enter_border (self, image, (guint) y, x, to);
  enter_inside (self, image, (guint) y, first, end, to);
  for (guint x = end; x < ring->width; x++)
    enter_border (self, image, (guint) y, x, to);
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
    enter_pixels (self, image, y, 0, image->width, to);
    return;
  }
  for (guint part = 0; part < self->fold; part++)
    enter_part (
        self, image, (gint64) y * self->fold + part - self->fold_pad, part, to);
}
