/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How R'G'B' pixels lie in a row of an image: the one place that knows the
 * layouts of PerceptualPixels.
 */
#ifndef PERCEPTUAL_PIXELS_H
#define PERCEPTUAL_PIXELS_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Whether samples are 16-bit words. */
static inline gboolean
perceptual_pixels_are_wide (PerceptualPixels pixels)
{
  return pixels == PERCEPTUAL_PIXELS_RGBX16;
}

/* From a sample of one pixel to the same of the next, in samples. */
static inline guint
perceptual_pixels_step (PerceptualPixels pixels)
{
  return pixels == PERCEPTUAL_PIXELS_RGB8 ? 3 : 4;
}

/* What the first pixel and each row have to be aligned to, in bytes. */
static inline guint
perceptual_pixels_alignment (PerceptualPixels pixels)
{
  switch (pixels) {
    case PERCEPTUAL_PIXELS_RGBX16:
      return 8;
    case PERCEPTUAL_PIXELS_RGBX8:
      return 4;
    default:
      return 1;
  }
}

static inline gsize
perceptual_pixels_row_bytes (PerceptualPixels pixels, guint width)
{
  gsize samples = (gsize) width * perceptual_pixels_step (pixels);

  return perceptual_pixels_are_wide (pixels) ? 2 * samples : samples;
}

static inline const guint8 *
perceptual_pixels_row (const PerceptualImage *image, guint y)
{
  return (const guint8 *) image->data + y * image->stride;
}

G_END_DECLS

#endif /* PERCEPTUAL_PIXELS_H */
