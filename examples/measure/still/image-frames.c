/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counts the frames of an image file and reads how long each is shown, which
 * decoders of stills do not say.
 */
#include "measure/still/image-frames.h"

#include "measure/still/image-exif.h"

#include <string.h>

#define TIFF_NEW_SUBFILE_TYPE 254

/* Enough to find a second page behind thumbnails. */
#define MOST_DIRECTORIES 64

static void
add_delay (GArray *delays, guint ms)
{
  guint shown = ms < 20 ? 100 : ms;

  if (delays != NULL)
    g_array_append_val (delays, shown);
}

static gsize
gif_table_size (guint8 flags)
{
  return (flags & 0x80) != 0 ? (gsize) 3 << ((flags & 7) + 1) : 0;
}

/* The data of a block, from length to length up to 0.  Returns: where the next
 * block begins. */
static gsize
skip_gif_data (const guint8 *bytes, gsize size, gsize at)
{
  while (at < size && bytes[at] != 0)
    at += 1 + (gsize) bytes[at];
  return at + 1;
}

/* From block to block (GIF89a specification, appendix A), as any byte of one
 * may look like the trailer.  The delay of a picture is in a control block
 * before it. */
gboolean
image_frames_walk_gif (
    const guint8 *bytes, gsize size, GArray *delays, guint *n)
{
  gsize at = size > 10 ? 13 + gif_table_size (bytes[10]) : size;
  guint delay = 0;

  *n = 0;
  while (at < size) {
    guint8 kind = bytes[at++];

    if (kind == 0x3b)
      return TRUE;
    if (kind == 0x21) {
      if (at < size && size - at > 5 && bytes[at] == 0xf9)
        delay = (guint) (bytes[at + 3] | bytes[at + 4] << 8) * 10;
      at = skip_gif_data (bytes, size, at + 1);
    } else if (kind == 0x2c) {
      if (size - at < 9)
        return FALSE;
      at += 10 + gif_table_size (bytes[at + 8]);
      at = skip_gif_data (bytes, size, at);
      add_delay (delays, delay);
      delay = 0;
      ++*n;
    }
  }
  return FALSE;
}

static guint
count_gif (const guint8 *bytes, gsize size, GArray *delays)
{
  guint n;

  image_frames_walk_gif (bytes, size, delays, &n);
  return n;
}

/* Chunks "ANMF" of a WebP (WebP container specification). */
static guint
count_webp (const guint8 *bytes, gsize size, GArray *delays)
{
  gsize at = 12;
  guint n = 0;

  while (at < size && size - at >= 8) {
    gsize length = bytes[at + 4] | (gsize) bytes[at + 5] << 8
        | (gsize) bytes[at + 6] << 16 | (gsize) bytes[at + 7] << 24;

    if (memcmp (bytes + at, "ANMF", 4) == 0 && size - at >= 24) {
      const guint8 *ms = bytes + at + 8 + 12;

      add_delay (delays, (guint) (ms[0] | ms[1] << 8 | ms[2] << 16));
      n++;
    }
    at += 8;
    if (length > size - at)
      break;
    at += length + (length & 1);
  }
  return n;
}

/* The chunk "acTL" (PNG specification, third edition, 11.3.6.1) comes before
 * the picture. */
static guint
count_png (const guint8 *bytes, gsize size, GArray *delays)
{
  gsize at = 8;

  while (at < size && size - at >= 12) {
    gsize length = (gsize) bytes[at] << 24 | (gsize) bytes[at + 1] << 16
        | (gsize) bytes[at + 2] << 8 | bytes[at + 3];

    if (memcmp (bytes + at + 4, "IDAT", 4) == 0)
      break;
    if (memcmp (bytes + at + 4, "acTL", 4) == 0) {
      const guint8 *n = bytes + at + 8;

      return (guint) n[0] << 24 | (guint) n[1] << 16 | (guint) n[2] << 8 | n[3];
    }
    if (length > size - at - 12)
      break;
    at += 12 + length;
  }
  return 1;
}

/* A brand of image sequences: "avis", "msf1", "hevc", "hevx". */
static guint
count_heif (const guint8 *bytes, gsize size, GArray *delays)
{
  static const gchar sequences[] = "avis msf1 hevc hevx ";
  gsize end = size > 4 ? MIN (size, (gsize) bytes[2] << 8 | bytes[3]) : 0;

  for (gsize at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
    gchar brand[5] = { 0 };

    memcpy (brand, bytes + at, 4);
    if (strlen (brand) == 4 && strstr (sequences, brand) != NULL)
      return 2;
  }
  return 1;
}

/* Whether the directory at @at has a picture that is neither a thumbnail nor a
 * mask (TIFF 6.0, NewSubfileType). */
static gboolean
is_page (const guint8 *bytes, gsize size, gsize at, guint n, gboolean little)
{
  for (at += 2; n > 0; n--, at += 12) {
    if (image_exif_word (bytes + at, 2, little) == TIFF_NEW_SUBFILE_TYPE)
      return (image_exif_word (bytes + at + 8, 4, little) & 5) == 0;
  }
  return TRUE;
}

/* From directory to directory; a file may lie in a ring. */
static guint
count_tiff (const guint8 *bytes, gsize size, GArray *delays)
{
  gboolean little = size > 8 && bytes[0] == 'I';
  gsize at = size > 8 ? image_exif_word (bytes + 4, 4, little) : 0;
  guint pages = 0;

  for (guint i = 0; i < MOST_DIRECTORIES && at >= 8 && at < size - 6; i++) {
    guint n = image_exif_word (bytes + at, 2, little);

    if ((size - at - 6) / 12 < n)
      break;
    pages += is_page (bytes, size, at, n, little);
    at = image_exif_word (bytes + at + 2 + 12 * (gsize) n, 4, little);
  }
  return pages;
}

static guint
count_ani (const guint8 *bytes, gsize size, GArray *delays)
{
  return 2;
}

guint
image_frames_count (
    const gchar *format, const guint8 *bytes, gsize size, GArray *delays)
{
  static const struct
  {
    const gchar *format;
    guint (*count) (const guint8 *bytes, gsize size, GArray *delays);
  } formats[] = {
    { "gif", count_gif },
    { "webp", count_webp },
    { "png", count_png },
    { "avif", count_heif },
    { "heif", count_heif },
    { "ani", count_ani },
    { "tiff", count_tiff },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (strcmp (formats[i].format, format) == 0) {
      guint n = formats[i].count (bytes, size, delays);

      return MAX (n, 1);
    }
  }
  return 1;
}
