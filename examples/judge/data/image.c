/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decoding image files by gdk-pixbuf into the pixels that libperceptual reads.
 */
#include "judge/data/image.h"

#include "judge/failure.h"
#include "measure/image-file.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

JudgeImage *
judge_image_new (guint width, guint height)
{
  gsize stride = (gsize) width * 4;
  guint8 *memory = g_try_malloc0_n (height, stride);
  JudgeImage *self;

  if (memory == NULL)
    return NULL;
  self = g_new0 (JudgeImage, 1);
  self->memory = memory;
  self->view = (PerceptualImage){
    .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .width = width,
    .height = height,
    .data = memory,
    .stride = stride,
  };
  return self;
}

void
judge_image_free (JudgeImage *self)
{
  if (self == NULL)
    return;
  g_free (self->memory);
  g_free (self);
}

static gboolean
check_size (const gchar *path, gint width, gint height, GError **error)
{
  if (width >= 1 && height >= 1 && width <= PERCEPTUAL_MAX_SIZE
      && height <= PERCEPTUAL_MAX_SIZE)
    return TRUE;
  return program_fail (error, path,
      "%d x %d pixels; the largest image has %d in each direction", width,
      height, PERCEPTUAL_MAX_SIZE);
}

/* gdk-pixbuf cuts samples to 8 bits without telling. */
static gboolean
check_bits (const gchar *path, guint bits, GError **error)
{
  return bits <= 8
      || program_fail (error, path,
          "has %u bits a sample, of which only 8 would be measured; convert "
          "it to 8 bits",
          bits);
}

/* Returns: whether all pixels are opaque. */
static gboolean
copy_row (const guint8 *from, guint8 *to, guint width, guint channels)
{
  guint8 alpha = 255;

  for (guint x = 0; x < width; x++) {
    memcpy (to + x * 4, from + x * channels, 3);
    if (channels == 4)
      alpha &= from[x * 4 + 3];
  }
  return alpha == 255;
}

static JudgeImage *
from_pixbuf (GdkPixbuf *pixbuf, const gchar *path, GError **error)
{
  gint width = gdk_pixbuf_get_width (pixbuf);
  gint height = gdk_pixbuf_get_height (pixbuf);
  guint channels = (guint) gdk_pixbuf_get_n_channels (pixbuf);
  gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  g_autoptr (JudgeImage) self = NULL;

  if (!check_size (path, width, height, error))
    return NULL;
  self = judge_image_new ((guint) width, (guint) height);
  if (self == NULL) {
    program_fail (error, path, "no memory for %d x %d pixels", width, height);
    return NULL;
  }
  for (guint y = 0; y < self->view.height; y++) {
    if (!copy_row (pixels + y * stride, self->memory + y * self->view.stride,
            self->view.width, channels)) {
      program_fail (error, path,
          "has transparent pixels; flatten it onto the colour that it was "
          "shown on");
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

JudgeImage *
judge_image_load (const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GdkPixbuf) stored = gdk_pixbuf_new_from_file (path, &reason);
  g_autoptr (GdkPixbuf) upright = NULL;
  const gchar *bits;

  if (stored != NULL)
    upright = gdk_pixbuf_apply_embedded_orientation (stored);
  if (upright == NULL) {
    program_fail (error, path, "cannot be read as an image: %s",
        reason != NULL ? reason->message : "no memory");
    return NULL;
  }
  bits = gdk_pixbuf_get_option (stored, "bits-per-sample"); /* of a TIFF */
  if (bits != NULL
      && !check_bits (path, (guint) g_ascii_strtoull (bits, NULL, 10), error))
    return NULL;
  return from_pixbuf (upright, path, error);
}

static gboolean
check_file (const gchar *path, const gchar *format, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &reason);
  const guint8 *bytes;
  gsize size;

  if (file == NULL)
    return program_fail (error, path, "cannot be read: %s", reason->message);
  bytes = (const guint8 *) g_mapped_file_get_contents (file);
  size = g_mapped_file_get_length (file);
  if (!image_file_is_whole (format, bytes, size)) {
    g_autofree gchar *name = g_ascii_strup (format, -1);

    return program_fail (error, path,
        "the file is cut off: %s %s without its end",
        strchr ("AI", *name) != NULL ? "an" : "a", name);
  }
  return check_bits (path, image_file_get_bits (format, bytes, size), error);
}

gboolean
judge_image_peek (
    const gchar *path, guint *width, guint *height, GError **error)
{
  gint columns = 0, rows = 0;
  GdkPixbufFormat *format;
  g_autofree gchar *name = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return program_fail (error, path, "there is no such file");
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return program_fail (error, path, "is not a file");
  format = gdk_pixbuf_get_file_info (path, &columns, &rows);
  if (format == NULL)
    return program_fail (error, path,
        "is not an image, or has a format that gdk-pixbuf cannot decode");
  if (!check_size (path, columns, rows, error))
    return FALSE;
  *width = (guint) columns;
  *height = (guint) rows;
  name = gdk_pixbuf_format_get_name (format);
  return check_file (path, name, error);
}
