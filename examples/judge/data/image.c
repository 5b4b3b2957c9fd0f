/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Still images (measure/still/still.h) as what libperceptual reads.
 */
#include "judge/data/image.h"

#include "judge/failure.h"
#include "measure/still/still.h"

/* Takes @memory, or makes it where that is NULL. */
static JudgeImage *
new_image (guint width, guint height, PerceptualPixels pixels, guint8 *memory)
{
  gsize stride = (gsize) width * (pixels == PERCEPTUAL_PIXELS_RGBX16 ? 8 : 4);
  JudgeImage *self;

  if (memory == NULL)
    memory = g_try_malloc0_n (height, stride);
  if (memory == NULL)
    return NULL;
  self = g_new0 (JudgeImage, 1);
  self->memory = memory;
  self->view = (PerceptualImage){
    .pixels = pixels,
    .width = width,
    .height = height,
    .data = memory,
    .stride = stride,
  };
  return self;
}

JudgeImage *
judge_image_new (guint width, guint height)
{
  return new_image (width, height, PERCEPTUAL_PIXELS_RGBX8, NULL);
}

void
judge_image_free (JudgeImage *self)
{
  if (self == NULL)
    return;
  g_free (self->memory);
  g_free (self);
}

/* Fills in pixels of two or one bytes a sample from a picture that is grey. */
static void
spread_grey (const MeasureStill *still, JudgeImage *self)
{
  guint8 *to = self->memory;

  for (guint y = 0; y < still->height; y++) {
    const guint8 *row = still->samples + y * still->stride;

    for (guint x = 0; x < still->width; x++) {
      for (guint c = 0; c < 3; c++) {
        if (still->depth == 16)
          ((guint16 *) to)[c] = ((const guint16 *) row)[x];
        else
          to[c] = row[x];
      }
      to += still->depth / 2;
    }
  }
  self->view.depth = still->depth;
  self->view.planes[0] = (PerceptualPlane){
    .data = self->memory,
    .stride = self->view.stride,
    .step = still->depth / 2,
    .width = still->width,
    .height = still->height,
  };
}

static JudgeImage *
from_still (MeasureStill *still)
{
  JudgeImage *self = new_image (still->width, still->height,
      still->depth == 16 ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8,
      still->grey ? NULL : g_steal_pointer (&still->samples));

  if (self != NULL && still->grey)
    spread_grey (still, self);
  return self;
}

JudgeImage *
judge_image_load (const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (MeasureStill) still = measure_still_load (path, &reason);
  JudgeImage *self;

  if (still == NULL) {
    program_fail (error, path, "%s", reason->message);
    return NULL;
  }
  if (still->transparent) {
    program_fail (error, path,
        "has transparent pixels; flatten it onto the colour that it was "
        "shown on");
    return NULL;
  }
  self = from_still (still);
  if (self == NULL)
    program_fail (error, path, "no memory for %u x %u pixels", still->width,
        still->height);
  return self;
}

gboolean
judge_image_deepen (JudgeImage *self, GError **error)
{
  gsize n = (gsize) self->view.width * self->view.height * 4;
  guint16 *deep;

  if (self->view.pixels == PERCEPTUAL_PIXELS_RGBX16)
    return TRUE;
  deep = g_try_malloc_n (n, sizeof *deep);
  if (deep == NULL) {
    g_set_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA,
        "no memory for %u x %u pixels", self->view.width, self->view.height);
    return FALSE;
  }
  for (gsize i = 0; i < n; i++)
    deep[i] = (guint16) (self->memory[i] * 257);
  g_free (self->memory);
  self->memory = (guint8 *) deep;
  self->view = (PerceptualImage){
    .pixels = PERCEPTUAL_PIXELS_RGBX16,
    .width = self->view.width,
    .height = self->view.height,
    .data = deep,
    .stride = (gsize) self->view.width * 8,
  };
  return TRUE;
}

gboolean
judge_image_peek (
    const gchar *path, guint *width, guint *height, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return program_fail (error, path, "there is no such file");
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return program_fail (error, path, "is not a file");
  return measure_still_peek (path, width, height, &reason)
      || program_fail (error, path, "%s", reason->message);
}
