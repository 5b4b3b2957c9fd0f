/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks over the bytes of image files as far as it takes to find their end and
 * the size of their samples.
 */
#include "measure/still/image-file.h"

#include "measure/still/image-exif.h"
#include "measure/still/image-frames.h"

#include <string.h>

#define TIFF_PHOTOMETRIC 262
#define TIFF_SAMPLES_PER_PIXEL 277

static guint32
little_endian (const guint8 *bytes, guint n)
{
  guint32 value = 0;

  while (n-- > 0)
    value = value << 8 | bytes[n];
  return value;
}

static guint32
big_endian (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16
      | (guint32) bytes[2] << 8 | bytes[3];
}

/* An empty IEND chunk (PNG specification, 11.2.5). */
static gboolean
is_whole_png (const guint8 *bytes, gsize size)
{
  static const guint8 end[] = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42,
    0x60, 0x82 };

  return size >= sizeof end
      && memcmp (bytes + size - sizeof end, end, sizeof end) == 0;
}

/* From marker to marker (ITU-T T.81, B.1.1), as the thumbnail in a segment has
 * an end of its own, and other things may follow the picture's. */
static gboolean
is_whole_jpeg (const guint8 *bytes, gsize size)
{
  gsize at = 0;

  while (at + 1 < size) {
    const guint8 *mark = memchr (bytes + at, 0xff, size - at - 1);
    guint8 code;

    if (mark == NULL)
      return FALSE;
    at = (gsize) (mark - bytes) + 1;
    code = bytes[at];
    if (code == 0xff) /* may come before any marker, which it then begins */
      continue;
    at++;
    if (code == 0xd9)
      return TRUE;
    if (code <= 0x01 || (code >= 0xd0 && code <= 0xd8)) /* without a length */
      continue;
    if (size - at < 2)
      return FALSE;
    at += (gsize) bytes[at] << 8 | bytes[at + 1];
  }
  return FALSE;
}

static gboolean
is_whole_gif (const guint8 *bytes, gsize size)
{
  guint n;

  return image_frames_walk_gif (bytes, size, NULL, &n);
}

/* By what the rows take, as some programs write a wrong size of the file; rows
 * that are packed have nothing but that size. */
static gboolean
is_whole_bmp (const guint8 *bytes, gsize size)
{
  gboolean os2 = size > 18 && little_endian (bytes + 14, 4) == 12;
  guint32 packing, offset;
  guint64 width, height, row;

  if (size < (os2 ? 26 : 34))
    return FALSE;
  packing = os2 ? 0 : little_endian (bytes + 30, 4);
  if (packing != 0 && packing != 3)
    return size >= little_endian (bytes + 2, 4);
  width = little_endian (bytes + 18, os2 ? 2 : 4);
  height = little_endian (bytes + (os2 ? 20 : 22), os2 ? 2 : 4);
  if (!os2 && height > G_MAXINT32) /* negative: the rows go down */
    height = (guint64) G_MAXUINT32 + 1 - height;
  row = (width * little_endian (bytes + (os2 ? 24 : 28), 2) + 31) / 32 * 4;
  offset = little_endian (bytes + 10, 4);
  /* The product of the two may have more than 64 bits. */
  return size >= offset && (row == 0 || (size - offset) / row >= height);
}

/* All that the directory announces: gdk-pixbuf takes the best picture, and one
 * whose mask is missing for opaque. */
static gboolean
is_whole_ico (const guint8 *bytes, gsize size)
{
  guint n = size > 6 ? little_endian (bytes + 4, 2) : 0;

  if (n == 0 || size - 6 < 16 * (gsize) n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const guint8 *entry = bytes + 6 + 16 * i;

    if ((guint64) little_endian (entry + 8, 4) + little_endian (entry + 12, 4)
        > size)
      return FALSE;
  }
  return TRUE;
}

/* From atom to atom up to the picture, a file of another format, whose end
 * gdk-pixbuf does not look for. */
static gboolean
is_whole_qtif (const guint8 *bytes, gsize size)
{
  gsize at = 0;

  while (size - at >= 8) {
    guint32 length = big_endian (bytes + at);

    if (length < 8 || length > size - at)
      return FALSE;
    if (memcmp (bytes + at + 4, "idat", 4) == 0)
      return TRUE;
    at += length;
  }
  return FALSE;
}

/* WebP and ANI. */
static gboolean
is_whole_riff (const guint8 *bytes, gsize size)
{
  return size >= 8 && size - 8 >= little_endian (bytes + 4, 4);
}

/* From box to box (ISO/IEC 14496-12, 4.2); the last may have the length 0,
 * which is the rest of the file. */
static gboolean
is_whole_heif (const guint8 *bytes, gsize size)
{
  gsize at = 0;

  while (at < size) {
    guint64 length = size - at >= 8 ? big_endian (bytes + at) : 1;

    if (length == 0)
      return TRUE;
    if (length == 1 && size - at >= 16)
      length = (guint64) big_endian (bytes + at + 8) << 32
          | big_endian (bytes + at + 12);
    if (length < 8 || length > size - at)
      return FALSE;
    at += length;
  }
  return TRUE;
}

gboolean
image_file_is_whole (const gchar *format, const guint8 *bytes, gsize size)
{
  static const struct
  {
    const gchar *format;
    gboolean (*is_whole) (const guint8 *bytes, gsize size);
  } formats[] = {
    { "png", is_whole_png },
    { "jpeg", is_whole_jpeg },
    { "gif", is_whole_gif },
    { "bmp", is_whole_bmp },
    { "webp", is_whole_riff },
    { "ico", is_whole_ico },
    { "ani", is_whole_riff },
    { "qtif", is_whole_qtif },
    { "avif", is_whole_heif },
    { "heif", is_whole_heif },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (strcmp (formats[i].format, format) == 0)
      return formats[i].is_whole (bytes, size);
  }
  return TRUE;
}

/* Returns: the largest sample, the third number of a PGM or PPM; 1 for a
 * bitmap, which has no such number. */
static guint
largest_pnm_sample (const guint8 *bytes, gsize size)
{
  guint number = 0;
  gsize at = 2;

  if (size < 2 || bytes[1] == '1' || bytes[1] == '4')
    return 1;
  for (guint i = 0; i < 3; i++) {
    while (at < size && !g_ascii_isdigit (bytes[at])) {
      gboolean comment = bytes[at++] == '#';

      while (comment && at < size && bytes[at] != '\n')
        at++;
    }
    for (number = 0; at < size && g_ascii_isdigit (bytes[at]); at++)
      number = MIN (number, G_MAXUINT16) * 10 + (bytes[at] - '0');
  }
  return number;
}

/* The largest depth that a property of a picture announces: "av1C" (AV1 in
 * ISOBMFF, 2.3.3) or "hvcC" (ISO/IEC 14496-15, 8.3.3.1).  The file's boxes of
 * properties are at its beginning. */
static guint
largest_heif_depth (const guint8 *bytes, gsize size)
{
  gsize end = MIN (size, 1 << 16);
  guint bits = 8;

  for (gsize at = 0; at + 22 <= end; at++) {
    const guint8 *box = bytes + at + 4;

    if (memcmp (bytes + at, "av1C", 4) == 0 && (box[2] & 0x40) != 0)
      bits = MAX (bits, (box[2] & 0x20) != 0 ? 12 : 10);
    else if (memcmp (bytes + at, "hvcC", 4) == 0)
      bits = MAX (bits, 8u + (box[17] & 7));
  }
  return bits;
}

guint
image_file_get_bits (const gchar *format, const guint8 *bytes, gsize size)
{
  if (strcmp (format, "png") == 0 && size > 24)
    return bytes[24];
  if (strcmp (format, "pnm") == 0)
    return g_bit_storage (largest_pnm_sample (bytes, size));
  if (strcmp (format, "avif") == 0 || strcmp (format, "heif") == 0)
    return largest_heif_depth (bytes, size);
  return 0;
}

/* The chunk "VP8X" (WebP container specification). */
gboolean
image_file_get_size (const gchar *format, const guint8 *bytes, gsize size,
    gint *width, gint *height)
{
  if (strcmp (format, "webp") != 0 || size < 30
      || memcmp (bytes + 12, "VP8X", 4) != 0)
    return FALSE;
  *width = (gint) little_endian (bytes + 24, 3) + 1;
  *height = (gint) little_endian (bytes + 27, 3) + 1;
  return TRUE;
}

/* The number of components in the header of the frame (ITU-T T.81, B.2.2). */
static gboolean
is_grey_jpeg (const guint8 *bytes, gsize size)
{
  gsize at = 2;

  while (at + 10 <= size && bytes[at] == 0xff) {
    guint8 code = bytes[at + 1];

    if (code >= 0xc0 && code <= 0xcf && code != 0xc4 && code != 0xc8
        && code != 0xcc)
      return bytes[at + 9] == 1;
    at += code == 0xff ? 1 : 2 + ((gsize) bytes[at + 2] << 8 | bytes[at + 3]);
  }
  return FALSE;
}

static gboolean
is_grey_tiff (const guint8 *bytes, gsize size)
{
  return image_exif_number (bytes, size, TIFF_PHOTOMETRIC, 2) <= 1
      && image_exif_number (bytes, size, TIFF_SAMPLES_PER_PIXEL, 1) == 1;
}

gboolean
image_file_is_grey (const gchar *format, const guint8 *bytes, gsize size)
{
  if (strcmp (format, "png") == 0)
    return size > 25 && bytes[25] == 0;
  if (strcmp (format, "pnm") == 0)
    return size > 1 && bytes[1] != '3' && bytes[1] != '6';
  if (strcmp (format, "jpeg") == 0)
    return is_grey_jpeg (bytes, size);
  return strcmp (format, "tiff") == 0 && is_grey_tiff (bytes, size);
}
