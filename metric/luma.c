/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of luma from native planes or from RGB.  Knows no metric.
 */
#include "luma.h"

gboolean
perceptual_luma_is_native (const PerceptualImage *a, const PerceptualImage *b)
{
  return a->planes[0].data != NULL && b->planes[0].data != NULL;
}

guint
perceptual_luma_depth (const PerceptualImage *a, const PerceptualImage *b)
{
  return MAX (a->depth, b->depth);
}

guint
perceptual_plane_sample (
    const PerceptualImage *image, const guint8 *data, guint depth)
{
  guint value =
      image->depth > 8 ? *(const guint16 *) data >> image->shift : *data;

  return value << (depth - image->depth);
}

static void
native_row (const PerceptualImage *image, guint y, gfloat *out)
{
  const PerceptualPlane *plane = &image->planes[0];
  const guint8 *row = (const guint8 *) plane->data + y * plane->stride;
  gfloat scale = 255.0f / (gfloat) ((1u << image->depth) - 1);

  if (image->depth == 8 && plane->step == 1) {
    for (gsize x = 0; x < image->width; x++)
      out[x] = (gfloat) row[x] - PERCEPTUAL_LUMA_SHIFT;
    return;
  }
  for (gsize x = 0; x < image->width; x++)
    out[x] = (gfloat) perceptual_plane_sample (
                 image, row + x * plane->step, image->depth)
            * scale
        - PERCEPTUAL_LUMA_SHIFT;
}

void
perceptual_luma_row (
    const PerceptualImage *image, gboolean native, guint y, gfloat *out)
{
  const guint8 *row = (const guint8 *) image->data + y * image->stride;

  if (native) {
    native_row (image, y, out);
  } else if (image->pixels == PERCEPTUAL_PIXELS_RGBX16) {
    const guint16 *pixel = (const guint16 *) row;

    for (gsize x = 0; x < image->width; x++, pixel += 4)
      out[x] =
          (0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2]) / 257.0f
          - PERCEPTUAL_LUMA_SHIFT;
  } else {
    for (gsize x = 0; x < image->width; x++, row += 4)
      out[x] = 0.299f * row[0] + 0.587f * row[1] + 0.114f * row[2]
          - PERCEPTUAL_LUMA_SHIFT;
  }
}
