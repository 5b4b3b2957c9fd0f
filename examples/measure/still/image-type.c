/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The marks that image files begin with, so that no loader is run on a file
 * that is something else.
 */
#include "measure/still/image-type.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static const ImageType png = { "PNG", "a", "png", NULL, NULL };
static const ImageType jpeg = { "JPEG", "a", "jpeg", NULL, NULL };
static const ImageType gif = { "GIF", "a", "gif", NULL, NULL };
static const ImageType bmp = { "BMP", "a", "bmp", NULL, NULL };
static const ImageType tiff = { "TIFF", "a", "tiff", NULL, NULL };
static const ImageType pnm = { "PNM", "a", "pnm", NULL, NULL };
static const ImageType ico = { "ICO", "an", "ico", NULL, NULL };
static const ImageType ani = { "ANI", "an", "ani", NULL, NULL };
static const ImageType icns = { "ICNS", "an", "icns", NULL, NULL };
static const ImageType qtif = { "QTIF", "a", "qtif", NULL, NULL };
static const ImageType xpm = { "XPM", "an", "xpm", NULL, NULL };
static const ImageType tga = { "Targa", "a", "tga", NULL, NULL };
static const ImageType webp = { "WebP", "a", "webp", NULL,
  "webp-pixbuf-loader" };
static const ImageType avif = { "AVIF", "an", "avif", "heif/avif",
  "libavif-gdk-pixbuf" };
static const ImageType heif = { "HEIF", "a", "heif", "heif/avif",
  "heif-gdk-pixbuf" };
static const ImageType jxl = { "JPEG XL", "a", "jxl", NULL,
  "libjxl-gdk-pixbuf" };

typedef struct
{
  const ImageType *type;
  guint at;
  const gchar *mark;
  guint length;
} Mark;

static const Mark marks[] = {
  { &png, 0, "\x89PNG\r\n\x1a\n", 8 },
  { &jpeg, 0, "\xff\xd8\xff", 3 },
  { &gif, 0, "GIF87a", 6 },
  { &gif, 0, "GIF89a", 6 },
  { &tiff, 0, "II*\0", 4 },
  { &tiff, 0, "MM\0*", 4 },
  { &ani, 8, "ACON", 4 },
  { &webp, 8, "WEBP", 4 },
  { &icns, 0, "icns", 4 },
  { &qtif, 4, "idsc", 4 },
  { &qtif, 4, "idat", 4 },
  { &xpm, 0, "/* XPM */", 9 },
  { &jxl, 0, "\xff\x0a", 2 },
  { &jxl, 4, "JXL \r\n\x87\n", 8 },
};

static gboolean
has (const guint8 *bytes, gsize size, guint at, const gchar *mark, guint length)
{
  return size >= at + length && memcmp (bytes + at, mark, length) == 0;
}

/* Two letters are not much of a mark: the size of the header that follows
 * must be one of those that there are. */
static gboolean
is_bmp (const guint8 *bytes, gsize size)
{
  static const guint8 headers[] = { 12, 40, 52, 56, 64, 108, 124 };

  return has (bytes, size, 0, "BM", 2) && size > 18
      && memchr (headers, bytes[14], sizeof headers) != NULL && bytes[15] == 0
      && bytes[16] == 0 && bytes[17] == 0;
}

static gboolean
is_pnm (const guint8 *bytes, gsize size)
{
  return size > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6'
      && (g_ascii_isspace (bytes[2]) || bytes[2] == '#');
}

static gboolean
is_ico (const guint8 *bytes, gsize size)
{
  return (has (bytes, size, 0, "\0\0\1\0", 4)
             || has (bytes, size, 0, "\0\0\2\0", 4))
      && size > 9 && (bytes[4] != 0 || bytes[5] != 0) && bytes[9] == 0;
}

static gboolean
is_tga (const gchar *path, const guint8 *bytes, gsize size)
{
  g_autofree gchar *lower = g_ascii_strdown (path, -1);
  guint kind = size > 18 ? bytes[2] & ~8u : 0;

  return g_str_has_suffix (lower, ".tga") && size > 18 && bytes[1] <= 1
      && kind >= 1 && kind <= 3;
}

/* The brands of a box of ISO's (ISO/IEC 14496-12, 4.3): the major one, four
 * bytes of version, then those that it is compatible with. */
static const ImageType *
type_of_brands (const guint8 *bytes, gsize size)
{
  static const gchar heifs[] = "heic heix heim heis hevc hevx mif1 msf1 mif2 ";
  const ImageType *found = NULL;
  gsize end;

  if (!has (bytes, size, 4, "ftyp", 4) || size < 12)
    return NULL;
  end = MIN (size, (gsize) bytes[2] << 8 | bytes[3]);
  for (gsize at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
    gchar brand[5] = { 0 };

    memcpy (brand, bytes + at, 4);
    if (strcmp (brand, "avif") == 0 || strcmp (brand, "avis") == 0)
      return &avif;
    if (strlen (brand) == 4 && strstr (heifs, brand) != NULL)
      found = &heif;
    else if (at == 8)
      return NULL; /* a video that may hold pictures besides */
  }
  return found;
}

const ImageType *
image_type_of (const gchar *path, const guint8 *bytes, gsize size)
{
  const ImageType *brand = type_of_brands (bytes, size);

  if (brand != NULL)
    return brand;
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    if (has (bytes, size, marks[i].at, marks[i].mark, marks[i].length))
      return marks[i].type;
  }
  if (is_bmp (bytes, size))
    return &bmp;
  if (is_pnm (bytes, size))
    return &pnm;
  if (is_ico (bytes, size))
    return &ico;
  return is_tga (path, bytes, size) ? &tga : NULL;
}

const ImageType *
image_type_of_file (const gchar *path)
{
  guint8 bytes[IMAGE_TYPE_BYTES];
  FILE *file = g_fopen (path, "rb");
  gsize size = file != NULL ? fread (bytes, 1, sizeof bytes, file) : 0;

  if (file != NULL)
    fclose (file);
  return image_type_of (path, bytes, size);
}
