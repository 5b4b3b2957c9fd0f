/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What image files say of themselves and gdk-pixbuf passes over.
 */
#ifndef IMAGE_FILE_H
#define IMAGE_FILE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * image_file_is_whole:
 * @format: gdk-pixbuf's name of the format; "avif" or "heif" where that
 *   is one of both
 * @bytes: (array length=size): the file
 * @size: its length
 *
 * Looks for the end that a PNG, JPEG, GIF, BMP, WebP, ICO, ANI, QTIF, AVIF or
 * HEIF must have.  Bytes after the end of a JPEG or GIF do no harm: cameras put
 * more there.
 *
 * Returns: FALSE where the file is cut off; TRUE also for other formats, of
 * which gdk-pixbuf (2.42) refuses what is cut off by itself.
 */
gboolean image_file_is_whole (
    const gchar *format, const guint8 *bytes, gsize size);

/**
 * image_file_get_bits:
 * @format: as above
 * @bytes: (array length=size): a whole file
 * @size: its length
 *
 * Returns: how many bits a sample of a PNG, AVIF, HEIF or of Netpbm's formats
 * has; 0 where that is not known here.
 */
guint image_file_get_bits (
    const gchar *format, const guint8 *bytes, gsize size);

/* The size of a WebP that has more than one picture, or parts; its loader must
 * not be asked, which would draw a moving one.  Returns: FALSE for others. */
gboolean image_file_get_size (const gchar *format, const guint8 *bytes,
    gsize size, gint *width, gint *height);

/* Returns: whether a PNG, JPEG, TIFF or one of Netpbm's formats says that it
 * has no colours. */
gboolean image_file_is_grey (
    const gchar *format, const guint8 *bytes, gsize size);

G_END_DECLS

#endif /* IMAGE_FILE_H */
