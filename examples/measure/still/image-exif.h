/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a camera was held when it took a picture, and the directories of TIFF
 * that say it.
 */
#ifndef IMAGE_EXIF_H
#define IMAGE_EXIF_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * image_exif_orientation:
 * @format: as image_file_is_whole() takes it
 * @bytes: (array length=size): the file
 * @size: its length
 *
 * Of a PNG or WebP; those of JPEG and TIFF gdk-pixbuf reads itself, and AVIF
 * and HEIF are turned when they are decoded.
 *
 * Returns: Exif's orientation, 2 to 8, or 1 for upright
 */
guint image_exif_orientation (
    const gchar *format, const guint8 *bytes, gsize size);

/* Returns: the number in @n bytes. */
guint32 image_exif_word (const guint8 *bytes, guint n, gboolean little);

/**
 * image_exif_number:
 * @tiff: (array length=size): a TIFF, or Exif data, which begin like one
 * @size: its length
 * @tag: of the first directory, a number of 16 bits
 * @unsaid: what to take where it is not there
 */
guint image_exif_number (
    const guint8 *tiff, gsize size, guint tag, guint unsaid);

G_END_DECLS

#endif /* IMAGE_EXIF_H */
