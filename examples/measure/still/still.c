/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decodes an image file: checks its header, decodes it and turns it upright.
 */
#include "measure/still/still.h"

#include "measure/still/image-exif.h"
#include "measure/still/image-file.h"
#include "measure/still/image-frames.h"
#include "measure/still/image-type.h"
#include "measure/still/still-png.h"

#include "console/program-error.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

/**
 * File:
 * @bytes: (owned): the whole file; not mapped, as a file may become shorter
 *   while it is looked at
 * @size: its length
 * @type: by its first bytes
 *
 * An image file that was opened.
 */
typedef struct
{
  guint8 *bytes;
  gsize size;
  const ImageType *type;
} File;

static void
close_file (File *file)
{
  g_clear_pointer (&file->bytes, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, close_file)

MeasureStill *
measure_still_new (
    guint width, guint height, gboolean grey, guint depth, GError **error)
{
  gsize stride = ((gsize) width * (grey ? 1 : 4) * depth / 8 + 3) / 4 * 4;
  guint8 *samples = g_try_malloc0_n (height, stride);
  MeasureStill *self;

  if (samples == NULL) {
    program_fail_unnamed (error, "no memory for %u x %u pixels", width, height);
    return NULL;
  }
  self = g_new0 (MeasureStill, 1);
  self->width = width;
  self->height = height;
  self->grey = grey;
  self->depth = depth;
  self->stride = stride;
  self->samples = samples;
  return self;
}

void
measure_still_free (MeasureStill *self)
{
  if (self == NULL)
    return;
  g_free (self->samples);
  g_free (self);
}

/* --- looking before decoding ---------------------------------------------- */

static gboolean
check_size (gint width, gint height, GError **error)
{
  if (width >= 1 && height >= 1 && width <= MEASURE_STILL_MAX_SIZE
      && height <= MEASURE_STILL_MAX_SIZE)
    return TRUE;
  return program_fail_unnamed (error,
      "%d x %d pixels; the largest image has %d in each "
      "direction",
      width, height, MEASURE_STILL_MAX_SIZE);
}

static gboolean
check_bits (guint bits, GError **error)
{
  return bits <= 8
      || program_fail_unnamed (error,
          "has %u bits a sample, and only 8 would be measured; convert it "
          "to 8 bits, or to a PNG of 16",
          bits);
}

static gboolean
has_loader (const ImageType *type)
{
  GSList *formats = gdk_pixbuf_get_formats ();
  gboolean found = FALSE;

  for (GSList *at = formats; at != NULL && !found; at = at->next) {
    g_autofree gchar *name = gdk_pixbuf_format_get_name (at->data);

    found = g_str_equal (name, type->format)
        || g_strcmp0 (name, type->other_format) == 0;
  }
  g_slist_free (formats);
  return found;
}

static gboolean
check_loader (const ImageType *type, GError **error)
{
  if (has_loader (type))
    return TRUE;
  if (type->package != NULL)
    return program_fail_unnamed (error,
        "%s %s image, for which gdk-pixbuf has no loader here; Debian's is in "
        "the package %s",
        type->article, type->name, type->package);
  return program_fail_unnamed (error,
      "%s %s image, for which gdk-pixbuf has no loader here", type->article,
      type->name);
}

static gboolean
open_file (File *file, const gchar *path, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (!g_file_get_contents (
          path, (gchar **) &file->bytes, &file->size, &reason))
    return program_fail_unnamed (error, "cannot be read: %s", reason->message);
  file->type = image_type_of (path, file->bytes, file->size);
  return file->type != NULL
      || program_fail_unnamed (error,
          "is not an image, or has a format that gdk-pixbuf cannot decode");
}

/* gdk-pixbuf does not decode PNGs of 16 bits here. */
static gboolean
is_deep_png (const File *file)
{
  return g_str_equal (file->type->format, "png")
      && image_file_get_bits ("png", file->bytes, file->size) > 8;
}

gboolean
measure_still_check (const gchar *path, const ImageType *type,
    const guint8 *bytes, gsize size, guint *width, guint *height,
    GError **error)
{
  gint columns = 0, rows = 0;

  if (!check_loader (type, error))
    return FALSE;
  if (!image_file_is_whole (type->format, bytes, size))
    return program_fail_unnamed (error,
        "the file is cut off: %s %s without its end", type->article,
        type->name);
  if (!image_file_get_size (type->format, bytes, size, &columns, &rows)
      && gdk_pixbuf_get_file_info (path, &columns, &rows) == NULL)
    return program_fail_unnamed (
        error, "a broken %s, or one that gdk-pixbuf cannot decode", type->name);
  if (!check_size (columns, rows, error))
    return FALSE;
  *width = (guint) columns;
  *height = (guint) rows;
  return TRUE;
}

static gboolean
peek (
    File *file, const gchar *path, guint *width, guint *height, GError **error)
{
  const ImageType *type;

  if (!open_file (file, path, error))
    return FALSE;
  type = file->type;
  if (image_frames_count (type->format, file->bytes, file->size, NULL) > 1)
    return program_fail_unnamed (error,
        "%s %s of several pictures, and only one would be measured; save "
        "the picture that is meant",
        type->article, type->name);
  if (!measure_still_check (
          path, type, file->bytes, file->size, width, height, error))
    return FALSE;
  return is_deep_png (file)
      || check_bits (
          image_file_get_bits (type->format, file->bytes, file->size), error);
}

gboolean
measure_still_peek (
    const gchar *path, guint *width, guint *height, GError **error)
{
  g_auto (File) file = { 0 };

  return peek (&file, path, width, height, error);
}

/* --- turning upright ------------------------------------------------------ */

/* By Exif's orientation (Exif 2.3, 4.6.4): which corner the first row and the
 * first column of the stored picture belong to. */
static MeasureStill *
turn (const MeasureStill *from, guint orientation, GError **error)
{
  gboolean swap = orientation >= 5;
  gboolean flip_x = orientation == 2 || orientation == 3 || orientation == 6
      || orientation == 7;
  gboolean flip_y = orientation == 3 || orientation == 4 || orientation == 7
      || orientation == 8;
  guint width = swap ? from->height : from->width;
  guint height = swap ? from->width : from->height;
  gsize pixel = (from->grey ? 1 : 4) * from->depth / 8;
  MeasureStill *self =
      measure_still_new (width, height, from->grey, from->depth, error);

  if (self == NULL)
    return NULL;
  self->alpha = from->alpha;
  self->transparent = from->transparent;
  for (guint y = 0; y < from->height; y++) {
    const guint8 *row = from->samples + y * from->stride;

    for (guint x = 0; x < from->width; x++) {
      guint to_x = swap ? y : x, to_y = swap ? x : y;

      to_x = flip_x ? width - 1 - to_x : to_x;
      to_y = flip_y ? height - 1 - to_y : to_y;
      memcpy (self->samples + to_y * self->stride + to_x * pixel,
          row + x * pixel, pixel);
    }
  }
  return self;
}

/* --- decoding ------------------------------------------------------------- */

static void
copy_row (MeasureStill *still, guint y, const guint8 *from, guint channels)
{
  guint8 *to = still->samples + y * still->stride;
  guint8 opaque = 255;

  for (guint x = 0; x < still->width; x++) {
    if (still->grey) {
      to[x] = from[x * channels];
      continue;
    }
    memcpy (to + x * 4, from + x * channels, 3);
    to[x * 4 + 3] = still->alpha ? from[x * 4 + 3] : 255;
    opaque &= to[x * 4 + 3];
  }
  still->transparent |= opaque != 255;
}

static MeasureStill *
from_pixbuf (GdkPixbuf *pixbuf, gboolean grey, GError **error)
{
  gint width = gdk_pixbuf_get_width (pixbuf);
  gint height = gdk_pixbuf_get_height (pixbuf);
  guint channels = (guint) gdk_pixbuf_get_n_channels (pixbuf);
  gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  MeasureStill *self;

  if (!check_size (width, height, error))
    return NULL;
  self = measure_still_new (
      (guint) width, (guint) height, grey && channels == 3, 8, error);
  if (self == NULL)
    return NULL;
  self->alpha = channels == 4;
  for (guint y = 0; y < self->height; y++)
    copy_row (self, y, pixels + y * stride, channels);
  return self;
}

/* gdk-pixbuf names the file before it says what is wrong. */
static const gchar *
without_name (const gchar *message)
{
  const gchar *end = strstr (message, "\u201d: ");

  return end != NULL ? end + strlen ("\u201d: ") : message;
}

/* Only the loader of JPEG XL can tell that a file has several pictures. */
static GdkPixbuf *
load_pixbuf (const File *file, const gchar *path, GError **error)
{
  g_autoptr (GdkPixbufAnimation) animation = NULL;
  GdkPixbuf *pixbuf;

  if (!g_str_equal (file->type->format, "jxl"))
    return gdk_pixbuf_new_from_file (path, error);
  animation = gdk_pixbuf_animation_new_from_file (path, error);
  if (animation == NULL)
    return NULL;
  pixbuf = gdk_pixbuf_animation_get_static_image (animation);
  if (pixbuf != NULL && gdk_pixbuf_animation_is_static_image (animation))
    return g_object_ref (pixbuf);
  program_fail_unnamed (error, "it has several pictures");
  return NULL;
}

/* Returns: (transfer full) (nullable): as stored; @orientation: Exif's */
static MeasureStill *
decode (const File *file, const gchar *path, guint *orientation, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  const gchar *option;

  *orientation =
      image_exif_orientation (file->type->format, file->bytes, file->size);
  if (is_deep_png (file))
    return measure_still_png_decode (file->bytes, file->size, error);
  pixbuf = load_pixbuf (file, path, &reason);
  if (pixbuf == NULL) {
    program_fail_unnamed (error, "cannot be read as an image: %s",
        without_name (reason->message));
    return NULL;
  }
  option = gdk_pixbuf_get_option (pixbuf, "orientation");
  if (option != NULL)
    *orientation = (guint) g_ascii_strtoull (option, NULL, 10);
  option = gdk_pixbuf_get_option (pixbuf, "bits-per-sample"); /* of a TIFF */
  if (option != NULL
      && !check_bits ((guint) g_ascii_strtoull (option, NULL, 10), error))
    return NULL;
  return from_pixbuf (pixbuf,
      image_file_is_grey (file->type->format, file->bytes, file->size), error);
}

MeasureStill *
measure_still_load (const gchar *path, GError **error)
{
  g_auto (File) file = { 0 };
  g_autoptr (MeasureStill) stored = NULL;
  guint width, height, orientation;

  if (!peek (&file, path, &width, &height, error))
    return NULL;
  stored = decode (&file, path, &orientation, error);
  if (stored == NULL)
    return NULL;
  /* libtiff multiplies colours by alpha. */
  if (stored->transparent && g_str_equal (file.type->format, "tiff")) {
    program_fail_unnamed (error,
        "a TIFF with transparent pixels; flatten it onto the colour "
        "that it is shown on");
    return NULL;
  }
  return orientation >= 2 && orientation <= 8
      ? turn (stored, orientation, error)
      : g_steal_pointer (&stored);
}
