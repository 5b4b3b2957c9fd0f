/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds the Exif data of PNG and WebP files and the orientation in it.
 */
#include "measure/still/image-exif.h"

#include <string.h>

#define TAG_ORIENTATION 0x112
#define TYPE_SHORT 3

guint32
image_exif_word (const guint8 *bytes, guint n, gboolean little)
{
  guint32 value = 0;

  for (guint i = 0; i < n; i++)
    value = value << 8 | bytes[little ? n - 1 - i : i];
  return value;
}

guint
image_exif_number (const guint8 *tiff, gsize size, guint tag, guint unsaid)
{
  gboolean little = size >= 8 && tiff[0] == 'I';
  gsize at = size >= 8 ? image_exif_word (tiff + 4, 4, little) : size;
  guint n;

  if (at > size || size - at < 2)
    return unsaid;
  n = image_exif_word (tiff + at, 2, little);
  at += 2;
  for (; n > 0 && size - at >= 12; n--, at += 12) {
    if (image_exif_word (tiff + at, 2, little) == tag
        && image_exif_word (tiff + at + 2, 2, little) == TYPE_SHORT)
      return image_exif_word (tiff + at + 8, 2, little);
  }
  return unsaid;
}

/* Some writers put the mark before Exif data that JPEG files have there. */
static guint
find_orientation (const guint8 *bytes, gsize size)
{
  gboolean marked = size > 6 && memcmp (bytes, "Exif\0\0", 6) == 0;
  guint value = image_exif_number (
      bytes + (marked ? 6 : 0), size - (marked ? 6 : 0), TAG_ORIENTATION, 1);

  return value >= 1 && value <= 8 ? value : 1;
}

/* Goes from chunk to chunk of a PNG (@png) or WebP. */
static guint
find_chunk (const guint8 *bytes, gsize size, gboolean png)
{
  gsize at = png ? 8 : 12;
  gsize around = png ? 12 : 8;

  while (at < size && size - at >= around) {
    const guint8 *name = bytes + at + (png ? 4 : 0);
    gsize length = image_exif_word (bytes + at + (png ? 0 : 4), 4, !png);

    if (length > size - at - around)
      break;
    if (memcmp (name, png ? "eXIf" : "EXIF", 4) == 0)
      return find_orientation (bytes + at + 8, length);
    at += around + length + (png ? 0 : length & 1);
  }
  return 1;
}

guint
image_exif_orientation (const gchar *format, const guint8 *bytes, gsize size)
{
  if (strcmp (format, "png") == 0)
    return find_chunk (bytes, size, TRUE);
  if (strcmp (format, "webp") == 0)
    return find_chunk (bytes, size, FALSE);
  return 1;
}
