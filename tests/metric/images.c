/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Test images: reproducible, with structure at several scales.
 */
#include "images.h"
#include "seeded.h"

#include <math.h>

static TestImage *
image_alloc (PerceptualPixels pixels, guint width, guint height, guint padding)
{
  TestImage *image = g_new0 (TestImage, 1);
  gsize pixel = pixels == PERCEPTUAL_PIXELS_RGBX16 ? 8 : 4;

  image->view.pixels = pixels;
  image->view.width = width;
  image->view.height = height;
  image->view.stride = (width + padding) * pixel;
  image->memory = g_malloc (image->view.stride * height);
  image->view.data = image->memory;
  return image;
}

static void
set_sample (TestImage *image, guint x, guint y, guint c, gdouble value)
{
  guint8 *row = image->memory + y * image->view.stride;

  value = CLAMP (value, 0, 255);
  if (image->view.pixels == PERCEPTUAL_PIXELS_RGBX16)
    ((guint16 *) row)[x * 4 + c] = (guint16) (rint (value) * 257);
  else
    row[x * 4 + c] = (guint8) rint (value);
}

TestImage *
test_image_new (PerceptualPixels pixels, guint width, guint height,
    gdouble noise, guint64 seed, guint padding)
{
  TestImage *image = image_alloc (pixels, width, height, padding);
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width + padding; x++) {
      for (guint c = 0; c < 4; c++) {
        gdouble wave = 60 * sin (x * 0.11 + c) * cos (y * 0.07 - c);
        gdouble edge = (x / 9 + y / 13) % 2 ? 30 : -30;
        gdouble value = 128 + wave + edge;

        /* What lies in the padding and in X must never matter. */
        if (x >= width || c == 3)
          value = perceptual_rng_uniform (&rng) * 255;
        else
          value += noise * perceptual_rng_normal (&rng);
        set_sample (image, x, y, c, value);
      }
    }
  }
  return image;
}

TestImage *
test_image_flat (guint width, guint height, guint value)
{
  TestImage *image = image_alloc (PERCEPTUAL_PIXELS_RGBX8, width, height, 0);

  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      for (guint c = 0; c < 4; c++)
        set_sample (image, x, y, c, value);
    }
  }
  return image;
}

void
test_image_free (TestImage *image)
{
  if (image == NULL)
    return;
  g_free (image->memory);
  g_free (image);
}

gdouble
test_image_sample (const PerceptualImage *image, guint x, guint y, guint c)
{
  const guint8 *row = (const guint8 *) image->data + y * image->stride;

  if (image->pixels == PERCEPTUAL_PIXELS_RGBX16)
    return ((const guint16 *) row)[x * 4 + c] / 257.0;
  return row[x * 4 + c];
}
