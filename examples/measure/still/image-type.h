/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What kind of image a file is, by its first bytes.
 */
#ifndef IMAGE_TYPE_H
#define IMAGE_TYPE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * ImageType:
 * @name: for messages: "PNG", "WebP"
 * @article: that goes with @name: "a" or "an"
 * @format: how image-file.h and most of gdk-pixbuf call it
 * @other_format: (nullable): the name that another loader has for it
 * @package: (nullable): the Debian package of a loader that gdk-pixbuf does
 *   not bring along
 */
typedef struct
{
  const gchar *name;
  const gchar *article;
  const gchar *format;
  const gchar *other_format;
  const gchar *package;
} ImageType;

/**
 * image_type_of:
 * @path: the file's name; Targa, which has no mark, is told by its ending
 * @bytes: (array length=size): the file, or its first IMAGE_TYPE_BYTES
 * @size: how many
 *
 * Returns: (nullable): NULL where gdk-pixbuf shall not be asked at all
 */
const ImageType *image_type_of (
    const gchar *path, const guint8 *bytes, gsize size);

/* Returns: (nullable): the same, of a file that is opened for it; NULL also
 * where it cannot be read. */
const ImageType *image_type_of_file (const gchar *path);

#define IMAGE_TYPE_BYTES 64

G_END_DECLS

#endif /* IMAGE_TYPE_H */
