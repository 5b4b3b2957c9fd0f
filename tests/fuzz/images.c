/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of what is found out about image files before anybody decodes them,
 * and of the decoder for PNGs of 16 bits: any bytes are looked at within their
 * bounds, and a file that is called whole has all that its header announces.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "measure/still/image-exif.h"
#include "measure/still/image-file.h"
#include "measure/still/image-frames.h"
#include "measure/still/image-type.h"
#include "measure/still/still-png.h"

#include "bytes.h"
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A decoder takes its time for larger ones. */
#define MOST_PIXELS (1 << 16)

static const gchar *const formats[] = { "png", "jpeg", "gif", "bmp", "tiff",
  "pnm", "ico", "ani", "icns", "qtif", "xpm", "tga", "webp", "avif", "heif",
  "jxl" };

static guint64
word_at (const guint8 *bytes, guint n)
{
  return image_exif_word (bytes, n, TRUE);
}

/* Row by row, as a decoder would go. */
static void
check_bmp (const guint8 *bytes, gsize size)
{
  guint64 width, height, row, left;

  if (size < 34 || word_at (bytes + 14, 4) < 40 || word_at (bytes + 30, 4) != 0)
    return;
  width = word_at (bytes + 18, 4);
  height = word_at (bytes + 22, 4);
  if (height > G_MAXINT32)
    height = (guint64) G_MAXUINT32 + 1 - height;
  row = (width * word_at (bytes + 28, 2) + 31) / 32 * 4;
  g_assert_cmpuint (word_at (bytes + 10, 4), <=, size);
  left = size - word_at (bytes + 10, 4);
  for (guint64 y = 0; y < height && row > 0; y++) {
    g_assert_cmpuint (row, <=, left);
    left -= row;
  }
}

static void
check_format (const gchar *format, const guint8 *bytes, gsize size)
{
  g_autoptr (GArray) delays = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = image_frames_count (format, bytes, size, delays);
  guint orientation = image_exif_orientation (format, bytes, size);
  gint width = 0, height = 0;

  g_assert_cmpuint (n, >=, 1);
  g_assert_true (delays->len == 0 || delays->len == n);
  for (guint i = 0; i < delays->len; i++)
    g_assert_cmpuint (g_array_index (delays, guint, i), >=, 20);
  g_assert_cmpuint (orientation, >=, 1);
  g_assert_cmpuint (orientation, <=, 8);
  if (image_file_get_size (format, bytes, size, &width, &height))
    g_assert_true (width > 0 && height > 0);
  if (image_file_is_whole (format, bytes, size) && strcmp (format, "bmp") == 0)
    check_bmp (bytes, size);
  image_file_get_bits (format, bytes, size);
  image_file_is_grey (format, bytes, size);
}

static void
decode (const guint8 *bytes, gsize size)
{
  GError *error = NULL;
  g_autoptr (MeasureStill) still = NULL;

  if (size < 24
      || (guint64) image_exif_word (bytes + 16, 4, FALSE)
              * image_exif_word (bytes + 20, 4, FALSE)
          > MOST_PIXELS)
    return;
  still = measure_still_png_decode (bytes, size, &error);
  check_outcome (still != NULL, error);
  if (still == NULL)
    return;
  g_assert_cmpuint (still->width, ==, image_exif_word (bytes + 16, 4, FALSE));
  g_assert_cmpuint (still->height, ==, image_exif_word (bytes + 20, 4, FALSE));
  g_assert_true (!still->transparent || still->alpha);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy, so that a sanitizer sees a read past the end. */
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));
  const ImageType *type;

  if (size > 0)
    memcpy (copy, data, size);
  type = image_type_of ("a.tga", copy, size);
  image_type_of ("a", copy, MIN (size, IMAGE_TYPE_BYTES));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    check_format (formats[i], copy, size);
  if (type != NULL && strcmp (type->format, "png") == 0
      && image_file_get_bits ("png", copy, size) == 16)
    decode (copy, size);
  return 0;
}
