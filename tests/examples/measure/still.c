/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Still images: the samples that come of files made here, byte by byte.
 */
#include "folder.h"

#include "judge/data/image.h"
#include "measure/still/image-exif.h"
#include "measure/still/image-file.h"
#include "measure/still/image-type.h"
#include "measure/reader/reader.h"
#include "measure/still/still.h"

#include <glib/gstdio.h>
#include <gst/video/video.h>
#include <png.h>
#include <string.h>

typedef TestFolder Fixture;

static void
write_file (Fixture *fixture, gconstpointer bytes, gsize size)
{
  g_assert_true (
      g_file_set_contents (fixture->path, bytes, (gssize) size, NULL));
}

/**
 * Png:
 * @colour: PNG's type of colour
 * @channels: that it has
 * @orientation: Exif's, or 0 for no such chunk
 *
 * A picture whose samples count up, in native words or bytes.
 */
typedef struct
{
  guint width;
  guint height;
  gint depth;
  gint colour;
  guint channels;
  gboolean interlaced;
  guint8 orientation;
} Png;

/* Sample number @i; alpha is opaque. */
static guint
sample_of (const Png *image, guint i)
{
  guint c = i % image->channels;

  if ((image->colour & PNG_COLOR_MASK_ALPHA) != 0 && c + 1 == image->channels)
    return image->depth == 16 ? 0xffff : 0xff;
  return (i * (image->depth == 16 ? 977 : 7))
      & (image->depth == 16 ? 0xffff : 0xff);
}

static void
write_png (Fixture *fixture, const Png *image)
{
  png_structp png =
      png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  gsize row = (gsize) image->width * image->channels * (guint) image->depth / 8;
  g_autofree guint8 *data = g_malloc (row * image->height);
  g_autofree png_bytep *rows = g_new (png_bytep, image->height);
  guint8 exif[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0,
    1, 0, image->orientation, 0, 0, 0, 0, 0, 0 };
  FILE *file = g_fopen (fixture->path, "wb");

  for (guint i = 0; i < image->width * image->height * image->channels; i++) {
    if (image->depth == 16)
      ((guint16 *) data)[i] = (guint16) sample_of (image, i);
    else
      data[i] = (guint8) sample_of (image, i);
  }
  for (guint y = 0; y < image->height; y++)
    rows[y] = data + y * row;
  png_init_io (png, file);
  png_set_IHDR (png, info, image->width, image->height, image->depth,
      image->colour,
      image->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (image->orientation != 0)
    png_set_eXIf_1 (png, info, sizeof exif, exif);
  png_set_rows (png, info, rows);
  png_write_png (png, info,
      G_BYTE_ORDER == G_LITTLE_ENDIAN ? PNG_TRANSFORM_SWAP_ENDIAN
                                      : PNG_TRANSFORM_IDENTITY,
      NULL);
  png_destroy_write_struct (&png, &info);
  fclose (file);
}

static guint
still_sample (const MeasureStill *still, guint x, guint y, guint c)
{
  const guint8 *row = still->samples + y * still->stride;
  guint at = still->grey ? x : 4 * x + c;

  return still->depth == 16 ? ((const guint16 *) row)[at] : row[at];
}

/* Where pixel (x, y) as stored is after it was turned (Exif 2.3, 4.6.4). */
static void
find_place (const Png *image, guint x, guint y, guint *to_x, guint *to_y)
{
  guint right = image->width - 1 - x, below = image->height - 1 - y;
  const guint places[9][2] = { { x, y }, { x, y }, { right, y },
    { right, below }, { x, below }, { y, x }, { below, x }, { below, right },
    { y, right } };

  *to_x = places[image->orientation][0];
  *to_y = places[image->orientation][1];
}

static void
check_png (Fixture *fixture, const Png *image)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeasureStill) still = NULL;
  gboolean colour = (image->colour & PNG_COLOR_MASK_COLOR) != 0;
  gboolean alpha = (image->colour & PNG_COLOR_MASK_ALPHA) != 0;
  gboolean swap = image->orientation >= 5;

  write_png (fixture, image);
  still = measure_still_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (still->width, ==, swap ? image->height : image->width);
  g_assert_cmpuint (still->height, ==, swap ? image->width : image->height);
  g_assert_cmpuint (still->depth, ==, (guint) image->depth);
  g_assert_cmpint (still->grey, ==, !colour && !alpha);
  g_assert_cmpint (still->alpha, ==, alpha);
  g_assert_false (still->transparent);
  for (guint i = 0; i < image->width * image->height; i++) {
    guint x, y;

    find_place (image, i % image->width, i / image->width, &x, &y);
    for (guint c = 0; c < (still->grey ? 1 : 3); c++)
      g_assert_cmpuint (still_sample (still, x, y, c), ==,
          sample_of (image, i * image->channels + (colour ? c : 0)));
  }
}

static void
test_png_of_every_kind_gives_its_own_samples (
    Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gint colour;
    guint channels;
  } kinds[] = { { PNG_COLOR_TYPE_GRAY, 1 }, { PNG_COLOR_TYPE_GRAY_ALPHA, 2 },
    { PNG_COLOR_TYPE_RGB, 3 }, { PNG_COLOR_TYPE_RGB_ALPHA, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    for (gint depth = 8; depth <= 16; depth += 8) {
      for (guint interlaced = 0; interlaced < 2; interlaced++)
        check_png (fixture,
            &(Png){ 13, 11, depth, kinds[i].colour, kinds[i].channels,
                interlaced != 0, 0 });
    }
  }
}

static void
test_pictures_are_turned_upright (Fixture *fixture, gconstpointer data)
{
  for (guint8 orientation = 1; orientation <= 8; orientation++) {
    for (gint depth = 8; depth <= 16; depth += 8) {
      check_png (fixture,
          &(Png){ 5, 3, depth, PNG_COLOR_TYPE_RGB, 3, FALSE, orientation });
      check_png (fixture,
          &(Png){ 5, 3, depth, PNG_COLOR_TYPE_GRAY, 1, FALSE, orientation });
    }
  }
}

/* The name of an image that is looked at for its header only. */
static void
assert_refused (Fixture *fixture, const gchar *words)
{
  g_autoptr (GError) peeked = NULL, loaded = NULL;
  guint width, height;

  g_assert_false (measure_still_peek (fixture->path, &width, &height, &peeked));
  g_assert_null (measure_still_load (fixture->path, &loaded));
  g_assert_cmpstr (peeked->message, ==, loaded->message);
  g_assert_nonnull (strstr (peeked->message, words));
}

/* The header of a PNG of 30000 x 30000 pixels, without the rest. */
static void
test_sizes_beyond_all_bounds_are_refused_unread (
    Fixture *fixture, gconstpointer data)
{
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0,
    0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0,
    0, 0, 0xe9, 0x45, 0x6f, 0xed, 0, 0, 0, 1, 'I', 'D', 'A', 'T', 0x78, 0x76,
    0xe6, 0x84, 0xe6, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };
  static const gchar ppm[] = "P6 16385 1 255\nabc";

  write_file (fixture, ppm, sizeof ppm);
  assert_refused (fixture, "16385 x 1 pixels; the largest image has 16384");
  write_file (fixture, png, sizeof png);
  assert_refused (fixture, "30000 x 30000 pixels; the largest image has 16384");
}

static void
test_what_moves_is_no_still (Fixture *fixture, gconstpointer data)
{
  /* Twice the same picture of one pixel. */
  static const guint8 gif[] = { 'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80,
    0, 0, 0, 0, 0, 9, 9, 9, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0,
    0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b };

  write_file (fixture, gif, sizeof gif);
  assert_refused (fixture, "a GIF of several pictures");
  g_assert_cmpint (
      measure_reader_kind_of (fixture->path), ==, MEASURE_READER_ANIMATION);
}

static void
test_types_are_told_by_their_marks (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const gchar *bytes;
    guint size;
    const gchar *path;
    const gchar *name;
  } files[] = {
    { "\x89PNG\r\n\x1a\n", 8, "a", "PNG" },
    { "\xff\xd8\xff\xe0", 4, "a", "JPEG" },
    { "RIFF\1\0\0\0WEBPVP8 ", 16, "a", "WebP" },
    { "\0\0\0\x18"
      "ftypavif\0\0\0\0mif1avif",
        24, "a", "AVIF" },
    { "\0\0\0\x18"
      "ftypmif1\0\0\0\0mif1avif",
        24, "a", "AVIF" },
    { "\0\0\0\x18"
      "ftypheic\0\0\0\0mif1heic",
        24, "a", "HEIF" },
    { "\xff\x0a\xfa", 3, "a", "JPEG XL" },
    { "II*\0", 4, "a", "TIFF" },
    { "BM\1\0\0\0\0\0\0\0\66\0\0\0\50\0\0\0\1", 19, "a", "BMP" },
    { "P6\n1 1", 6, "a", "PNM" },
    { "\0\0\2\0\0\0\0\0\0\0\0\0\1\0\1\0\30\0\0", 19, "a.TGA", "Targa" },
    /* Videos, sounds and text. */
    { "\0\0\0\x18"
      "ftypisom\0\0\0\0mif1avif",
        24, "a", NULL },
    { "\0\0\0\x18"
      "ftypqt  \0\0\0\0qt  qt  ",
        24, "a", NULL },
    { "\x1a\x45\xdf\xa3\0\0\0\0", 8, "a", NULL },
    { "RIFF\1\0\0\0AVI LIST", 16, "a", NULL },
    { "BMW is a maker of cars", 22, "a", NULL },
    { "P60 is a telephone", 18, "a", NULL },
    { "\0\0\2\0\0\0\0\0\0\0\0\0\1\0\1\0\30\0\0", 19, "a", NULL },
    { "", 0, "a", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    const ImageType *type = image_type_of (
        files[i].path, (const guint8 *) files[i].bytes, files[i].size);

    g_assert_cmpstr (type != NULL ? type->name : NULL, ==, files[i].name);
  }
}

static void
test_a_broken_orientation_is_upright (Fixture *fixture, gconstpointer data)
{
  guint8 exif[] = { 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0,
    0, 6, 0, 0, 0, 0, 0, 0, 0 };

  g_assert_cmpuint (image_exif_number (exif, sizeof exif, 0x112, 1), ==, 6);
  g_assert_cmpuint (image_exif_number (exif, sizeof exif, 0x113, 7), ==, 7);
  for (gsize size = 0; size < 22; size++)
    g_assert_cmpuint (image_exif_number (exif, size, 0x112, 1), ==, 1);
  memset (exif + 4, 0xff, 4); /* far outside */
  g_assert_cmpuint (image_exif_number (exif, sizeof exif, 0x112, 1), ==, 1);
}

/* 2^31 pixels of 32 bits in each of 2^31 rows: the product is 2^64, of which 64
 * bits hold nothing. */
static void
test_a_bmp_of_endless_rows_is_cut_off (Fixture *fixture, gconstpointer data)
{
  guint8 bmp[54] = { 'B', 'M', 54, [10] = 54, [14] = 40, [26] = 1, [28] = 32 };

  bmp[18] = bmp[22] = 1;
  g_assert_false (image_file_is_whole ("bmp", bmp, sizeof bmp));
  bmp[10] = 50;
  g_assert_true (image_file_is_whole ("bmp", bmp, sizeof bmp));
  bmp[10] = 55;
  g_assert_false (image_file_is_whole ("bmp", bmp, sizeof bmp));
  bmp[10] = 54;
  bmp[18] = bmp[22] = 0;
  bmp[21] = bmp[25] = 0x80;
  g_assert_false (image_file_is_whole ("bmp", bmp, sizeof bmp));
}

/* What perceptual-compare and perceptual-judge see of one file. */
static void
check_same_samples (Fixture *fixture, const Png *image, GstVideoFormat format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeasureReader) reader = NULL;
  g_autoptr (JudgeImage) judged = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoFrame frame;
  GstVideoInfo info;
  guint bytes = (guint) image->depth / 8;

  write_png (fixture, image);
  reader = measure_reader_open (fixture->path, MEASURE_READER_STILL, &error);
  g_assert_no_error (error);
  judged = judge_image_load (fixture->path, &error);
  g_assert_no_error (error);
  buffer = reader->klass->read (reader, 0, &error);
  g_assert_true (gst_video_info_from_caps (&info, reader->caps));
  g_assert_cmpint (GST_VIDEO_INFO_FORMAT (&info), ==, format);
  g_assert_cmpint (info.colorimetry.range, ==, GST_VIDEO_COLOR_RANGE_0_255);
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  g_assert_cmpint (
      judged->view.planes[0].data != NULL, ==, GST_VIDEO_INFO_IS_GRAY (&info));
  for (guint y = 0; y < image->height; y++) {
    const guint8 *shown =
        (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
        + y * (guint) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
    const guint8 *seen = judged->memory + y * judged->view.stride;

    for (guint x = 0; x < image->width; x++) {
      for (guint c = 0; c < 3; c++)
        g_assert_cmpmem (seen + (4 * x + c) * bytes, bytes,
            shown + (image->channels == 1 ? x : 4 * x + c) * bytes, bytes);
    }
  }
  gst_video_frame_unmap (&frame);
}

static void
test_both_programs_see_the_same_samples (Fixture *fixture, gconstpointer data)
{
  gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;

  check_same_samples (fixture, &(Png){ 9, 7, 8, PNG_COLOR_TYPE_RGB, 3, 0, 0 },
      GST_VIDEO_FORMAT_RGBx);
  check_same_samples (fixture, &(Png){ 9, 7, 8, PNG_COLOR_TYPE_GRAY, 1, 0, 0 },
      GST_VIDEO_FORMAT_GRAY8);
  check_same_samples (fixture, &(Png){ 9, 7, 16, PNG_COLOR_TYPE_RGB, 3, 0, 0 },
      little ? GST_VIDEO_FORMAT_RGBA64_LE : GST_VIDEO_FORMAT_RGBA64_BE);
  check_same_samples (fixture, &(Png){ 9, 7, 16, PNG_COLOR_TYPE_GRAY, 1, 0, 0 },
      little ? GST_VIDEO_FORMAT_GRAY16_LE : GST_VIDEO_FORMAT_GRAY16_BE);
}

static void
test_deeper_images_keep_their_values (Fixture *fixture, gconstpointer data)
{
  const Png image = { 9, 7, 8, PNG_COLOR_TYPE_RGB, 3, FALSE, 0 };
  g_autoptr (JudgeImage) judged = NULL;

  write_png (fixture, &image);
  judged = judge_image_load (fixture->path, NULL);
  for (guint turn = 0; turn < 2; turn++) { /* the second changes nothing */
    g_assert_true (judge_image_deepen (judged, NULL));
    g_assert_cmpint (judged->view.pixels, ==, PERCEPTUAL_PIXELS_RGBX16);
    for (guint i = 0; i < 9 * 7 * 3; i++)
      g_assert_cmpuint (((guint16 *) judged->memory)[i / 3 * 4 + i % 3], ==,
          257 * sample_of (&image, i));
  }
}

#define ADD(name)                                                              \
  g_test_add ("/measure/still/" #name, Fixture, "file", test_folder_set_up,    \
      test_##name, test_folder_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD (png_of_every_kind_gives_its_own_samples);
  ADD (pictures_are_turned_upright);
  ADD (sizes_beyond_all_bounds_are_refused_unread);
  ADD (what_moves_is_no_still);
  ADD (types_are_told_by_their_marks);
  ADD (a_broken_orientation_is_upright);
  ADD (a_bmp_of_endless_rows_is_cut_off);
  ADD (both_programs_see_the_same_samples);
  ADD (deeper_images_keep_their_values);
  return g_test_run ();
}
