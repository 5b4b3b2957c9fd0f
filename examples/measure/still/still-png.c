/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decodes a PNG of 16 bits a sample by libpng, at full depth.
 */
#include "measure/still/still-png.h"

#include "console/program-error.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

/* All that changes while libpng may jump back. */
typedef struct
{
  const guint8 *bytes;
  gsize size;
  gsize at;
  png_structp png;
  png_infop info;
  MeasureStill *still;
  png_bytep *rows;
  GError *error;
} Reading;

static void
give_bytes (png_structp png, png_bytep to, size_t n)
{
  Reading *reading = png_get_io_ptr (png);

  if (n > reading->size - reading->at)
    png_error (png, "the file is cut off");
  memcpy (to, reading->bytes + reading->at, n);
  reading->at += n;
}

static void
on_error (png_structp png, png_const_charp text)
{
  Reading *reading = png_get_error_ptr (png);

  if (reading->error == NULL)
    g_set_error (&reading->error, PROGRAM_ERROR, PROGRAM_ERROR_DATA,
        "cannot be read as an image: %s", text);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp text)
{
}

/* What is to come: one grey sample a pixel, or four of colour. */
static void
choose_samples (Reading *reading)
{
  png_structp png = reading->png;
  png_byte colour = png_get_color_type (png, reading->info);
  gboolean alpha = (colour & PNG_COLOR_MASK_ALPHA) != 0
      || png_get_valid (png, reading->info, PNG_INFO_tRNS) != 0;
  gboolean grey = (colour & PNG_COLOR_MASK_COLOR) == 0 && !alpha;

  png_set_expand (png); /* tRNS to alpha */
  if (!grey && (colour & PNG_COLOR_MASK_COLOR) == 0)
    png_set_gray_to_rgb (png);
  if (!grey && !alpha)
    png_set_add_alpha (png, 0xffff, PNG_FILLER_AFTER);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    png_set_swap (png);
  png_set_interlace_handling (png);
  png_read_update_info (png, reading->info);

  reading->still = measure_still_new (png_get_image_width (png, reading->info),
      png_get_image_height (png, reading->info), grey, 16, &reading->error);
  if (reading->still == NULL)
    png_longjmp (png, 1);
  reading->still->alpha = alpha;
  if (png_get_rowbytes (png, reading->info) > reading->still->stride)
    png_error (png, "its rows are too long");
}

static gboolean
read_all (Reading *reading)
{
  if (setjmp (png_jmpbuf (reading->png)) != 0)
    return FALSE;
  png_set_read_fn (reading->png, reading, give_bytes);
  png_set_user_limits (
      reading->png, MEASURE_STILL_MAX_SIZE, MEASURE_STILL_MAX_SIZE);
  png_read_info (reading->png, reading->info);
  choose_samples (reading);
  reading->rows = g_new (png_bytep, reading->still->height);
  for (guint y = 0; y < reading->still->height; y++)
    reading->rows[y] = reading->still->samples + y * reading->still->stride;
  png_read_image (reading->png, reading->rows);
  png_read_end (reading->png, NULL);
  return TRUE;
}

static void
find_transparent (MeasureStill *still)
{
  for (guint y = 0; y < still->height && !still->transparent; y++) {
    const guint16 *row = (gconstpointer) (still->samples + y * still->stride);

    for (guint x = 0; x < still->width; x++)
      still->transparent |= row[4 * x + 3] != 0xffff;
  }
}

MeasureStill *
measure_still_png_decode (const guint8 *bytes, gsize size, GError **error)
{
  Reading reading = { .bytes = bytes, .size = size };
  gboolean done;

  reading.png = png_create_read_struct (
      PNG_LIBPNG_VER_STRING, &reading, on_error, on_warning);
  reading.info =
      reading.png != NULL ? png_create_info_struct (reading.png) : NULL;
  done = reading.info != NULL && read_all (&reading);
  if (reading.png != NULL)
    png_destroy_read_struct (&reading.png, &reading.info, NULL);
  g_free (reading.rows);
  if (done) {
    if (reading.still->alpha)
      find_transparent (reading.still);
    return reading.still;
  }
  g_clear_pointer (&reading.still, measure_still_free);
  if (reading.error == NULL)
    g_set_error (&reading.error, PROGRAM_ERROR, PROGRAM_ERROR_DATA,
        "no memory for libpng");
  g_propagate_error (error, reading.error);
  return NULL;
}
