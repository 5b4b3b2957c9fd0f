/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames to images: every format, padded rows, planes of luma and chroma as
 * the stream has them.
 */
#include "frames/frame.h"
#include "frames/images.h"
#include "frames/layout.h"

#include <string.h>

static PerceptualFormat *
format_of (const gchar *name, guint width, guint height, const gchar *rest)
{
  g_autofree gchar *text = g_strdup_printf (
      "video/x-raw,format=%s,width=%u,height=%u,framerate=25/1%s", name, width,
      height, rest);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  PerceptualFormat *format = perceptual_format_new (caps);

  g_assert_nonnull (format);
  return format;
}

static GstBuffer *
random_buffer (GRand *rand, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < map.size; i++)
    map.data[i] = (guint8) g_rand_int (rand);
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

static void
assert_same_pixels (const PerceptualImage *a, const PerceptualImage *b)
{
  gsize bytes = a->pixels == PERCEPTUAL_PIXELS_RGBX16 ? 2 : 1;

  g_assert_cmpuint (a->width, ==, b->width);
  g_assert_cmpuint (a->height, ==, b->height);
  for (guint y = 0; y < a->height; y++) {
    const guint8 *p = (const guint8 *) a->data + y * a->stride;
    const guint8 *q = (const guint8 *) b->data + y * b->stride;

    for (guint x = 0; x < a->width; x++)
      g_assert_cmpmem (
          p + 4 * bytes * x, 3 * bytes, q + 4 * bytes * x, 3 * bytes);
  }
}

/* One reference and one distorted stream. */
static gboolean
map_pair (PerceptualFrames *frames, GstBuffer *reference,
    PerceptualFormat *reference_format, GstBuffer *distorted,
    PerceptualFormat *distorted_format, PerceptualImage images[2],
    GError **error)
{
  g_autoptr (PerceptualPairFormat) formats =
      perceptual_pair_format_new (reference_format, distorted_format);
  const PerceptualPairFormat *const pairs[] = { formats };

  return perceptual_frames_map (
      frames, reference, &distorted, pairs, images, error);
}

/* GStreamer reads past the end of its layout. */
#define UNSAFE GST_VIDEO_FORMAT_NV12_10BE_8L128

static void
test_a_format_that_cannot_be_read_safely_is_refused (void)
{
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualFormat *format =
      format_of (gst_video_format_to_string (UNSAFE), 64, 64, "");
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (GstBuffer) buffer = random_buffer (rand, format->info.size);
  g_autoptr (GError) error = NULL;
  PerceptualImage images[2];

  g_assert_false (
      map_pair (frames, buffer, format, buffer, format, images, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "NV12_10BE_8L128"));
  perceptual_format_unref (format);
  perceptual_frames_free (frames);
}

static void
test_every_raw_format_becomes_an_image (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint n = 0, with_planes = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  PerceptualFrames *frames = perceptual_frames_new (workers, 1);

  g_assert_cmpuint (n, >, 90);
  for (guint i = 0; i < n; i++) {
    if (formats[i] == UNSAFE)
      continue;

    const gchar *name = gst_video_format_to_string (formats[i]);
    PerceptualFormat *format = format_of (name, 37, 18, "");
    g_autoptr (GstBuffer) buffer = random_buffer (rand, format->info.size);
    g_autoptr (GError) error = NULL;
    PerceptualImage images[2] = { { 0 } };

    if (!map_pair (frames, buffer, format, buffer, format, images, &error))
      g_error ("%s: %s", name, error->message);
    g_assert_cmpuint (images[0].width, ==, 37);
    g_assert_cmpuint (images[1].height, ==, 18);
    assert_same_pixels (&images[0], &images[1]);
    g_assert_true ((images[0].planes[0].data != NULL) == format->has_luma);
    with_planes += images[0].planes[0].data != NULL;
    perceptual_frames_unmap (frames);
    perceptual_format_unref (format);
  }
  g_assert_cmpuint (with_planes, >, 30);
  perceptual_frames_free (frames);
}

/* With planes, for formats whose pairs have them. */
static void
test_every_raw_format_can_be_looked_at_alone (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  guint n = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);

  for (guint i = 0; i < n; i++) {
    if (formats[i] == UNSAFE)
      continue;

    const gchar *name = gst_video_format_to_string (formats[i]);
    PerceptualFormat *format = format_of (name, 37, 18, "");
    g_autoptr (GstBuffer) buffer = random_buffer (rand, format->info.size);
    g_autoptr (GError) error = NULL;
    PerceptualImage image;

    if (!perceptual_frames_map_alone (
            frames, buffer, format, "reference", &image, &error))
      g_error ("%s: %s", name, error->message);
    g_assert_cmpuint (image.width, ==, 37);
    g_assert_cmpuint (image.height, ==, 18);
    g_assert_true ((image.planes[0].data != NULL) == format->has_planes);
    g_assert_true ((image.planes[0].data != NULL) == (image.data == NULL));
    perceptual_frames_unmap (frames);
    perceptual_format_unref (format);
  }
  perceptual_frames_free (frames);
}

static void
test_pixels_are_left_out_where_planes_are_preferred_and_alike (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualFormat *format = format_of ("I420", 37, 18, "");
  PerceptualFormat *same = format_of ("NV12", 37, 18, "");
  PerceptualFormat *other = format_of ("Y444", 37, 18, "");
  PerceptualFormat *rgb = format_of ("RGB", 37, 18, "");
  g_autoptr (GstBuffer) a = random_buffer (rand, format->info.size);
  g_autoptr (GstBuffer) b = random_buffer (rand, same->info.size);
  g_autoptr (GstBuffer) c = random_buffer (rand, other->info.size);
  g_autoptr (GstBuffer) d = random_buffer (rand, rgb->info.size);
  PerceptualImage images[2];

  perceptual_frames_prefer_planes (frames);
  g_assert_true (map_pair (frames, a, format, b, same, images, NULL));
  for (guint i = 0; i < 2; i++) {
    g_assert_null (images[i].data);
    g_assert_nonnull (images[i].planes[2].data);
    g_assert_cmpuint (images[i].width, ==, 37);
    g_assert_cmpuint (images[i].height, ==, 18);
  }
  perceptual_frames_unmap (frames);

  g_assert_true (map_pair (frames, a, format, c, other, images, NULL));
  for (guint i = 0; i < 2; i++) {
    g_assert_null (images[i].data);
    g_assert_nonnull (images[i].planes[0].data);
  }
  g_assert_cmpuint (images[0].planes[1].width, ==, 19);
  g_assert_cmpuint (images[1].planes[1].width, ==, 37);
  perceptual_frames_unmap (frames);

  g_assert_true (map_pair (frames, a, format, d, rgb, images, NULL));
  for (guint i = 0; i < 2; i++) {
    g_assert_nonnull (images[i].data);
    g_assert_null (images[i].planes[0].data);
  }
  perceptual_frames_unmap (frames);

  perceptual_format_unref (format);
  perceptual_format_unref (same);
  perceptual_format_unref (other);
  perceptual_format_unref (rgb);
  perceptual_frames_free (frames);
}

static guint
sample (const PerceptualImage *image, guint c, guint x, guint y)
{
  const PerceptualPlane *plane = &image->planes[c];
  const guint8 *at =
      (const guint8 *) plane->data + y * plane->stride + x * plane->step;

  return image->depth > 8
      ? (guint) (*(const guint16 *) (gconstpointer) at >> image->shift)
      : *at;
}

/* Words hold nothing above their sample. */
static void
clear_unused_bits (const GstVideoFormatInfo *finfo, GstBuffer *buffer)
{
  guint depth = GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0);
  GstMapInfo map;

  if (depth == 8 || GST_VIDEO_FORMAT_INFO_SHIFT (finfo, 0) > 0)
    return;
  gst_buffer_map (buffer, &map, GST_MAP_READWRITE);
  for (gsize i = 0; i < map.size / 2; i++)
    ((guint16 *) (gpointer) map.data)[i] &= (guint16) ((1u << depth) - 1);
  gst_buffer_unmap (buffer, &map);
}

/* Planes have the same samples as GStreamer's own unpacking. */
static void
test_planes_are_the_stream_s_own_samples (void)
{
  static const gchar *const names[] = { "I420", "YV12", "NV12", "NV21", "NV16",
    "NV24", "YUY2", "UYVY", "AYUV", "VUYA", "v308", "Y444", "Y42B", "Y41B",
    "GRAY8", "I420_10LE", "I422_12LE", "Y444_16LE", "P010_10LE", "P012_LE",
    "P016_LE", "AYUV64", "GRAY16_LE", "A420_10LE" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);

  if (G_BYTE_ORDER != G_LITTLE_ENDIAN) {
    g_test_skip ("the formats are little-endian");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    PerceptualFormat *format = format_of (names[i], 24, 6, "");
    const GstVideoFormatInfo *finfo = format->info.finfo;
    g_autoptr (GstBuffer) buffer = random_buffer (rand, format->info.size);
    PerceptualImage images[2] = { { 0 } };
    GstVideoFrame frame;
    guint n = GST_VIDEO_FORMAT_INFO_IS_GRAY (finfo) ? 1 : 3;

    clear_unused_bits (finfo, buffer);
    g_assert_true (
        map_pair (frames, buffer, format, buffer, format, images, NULL));
    if (images[0].planes[0].data == NULL)
      g_error ("%s has no planes", names[i]);
    g_assert_cmpuint (
        images[0].depth, ==, GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0));
    g_assert_true (
        gst_video_frame_map (&frame, &format->info, buffer, GST_MAP_READ));
    for (guint c = 0; c < n; c++) {
      g_assert_cmpuint (images[0].planes[c].width, ==,
          GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, c, 24));
      g_assert_cmpuint (images[0].planes[c].height, ==,
          GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (finfo, c, 6));
      for (guint y = 0; y < images[0].planes[c].height; y++) {
        /* A row of AYUV in bytes or words. */
        guint16 wide[4 * 24 + 64];
        const guint8 *bytes = (const guint8 *) wide;
        gboolean is_wide = finfo->unpack_format == GST_VIDEO_FORMAT_AYUV64;
        guint line = y << GST_VIDEO_FORMAT_INFO_H_SUB (finfo, c);

        finfo->unpack_func (finfo, GST_VIDEO_PACK_FLAG_TRUNCATE_RANGE, wide,
            frame.data, frame.info.stride, 0, (gint) line, 24);
        for (guint x = 0; x < images[0].planes[c].width; x++) {
          guint at = 4 * (x << GST_VIDEO_FORMAT_INFO_W_SUB (finfo, c)) + 1 + c;
          guint unpacked =
              is_wide ? wide[at] >> (16 - images[0].depth) : bytes[at];

          g_assert_cmpuint (sample (&images[0], c, x, y), ==, unpacked);
        }
      }
    }
    gst_video_frame_unmap (&frame);
    perceptual_frames_unmap (frames);
    perceptual_format_unref (format);
  }
  perceptual_frames_free (frames);
}

static void
test_formats_that_are_no_planes_of_words_take_luma_from_rgb (void)
{
  static const gchar *const names[] = { "v210", "Y210", "Y212_LE", "Y410",
    "Y412_LE", "UYVP", "NV12_64Z32", "NV12_10LE32", "GRAY10_LE32", "RGBx",
    "GBR", "I420_10BE" };

  if (G_BYTE_ORDER != G_LITTLE_ENDIAN) {
    g_test_skip ("the formats are little-endian");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    PerceptualFormat *format = format_of (names[i], 24, 6, "");

    g_assert_false (format->has_planes);
    perceptual_format_unref (format);
  }
}

static void
assert_same_planes (const PerceptualImage *a, const PerceptualImage *b)
{
  for (guint c = 0; a->planes[0].data != NULL && c < 3; c++) {
    for (guint y = 0; y < a->planes[c].height; y++) {
      for (guint x = 0; x < a->planes[c].width; x++)
        g_assert_cmpuint (sample (a, c, x, y), ==, sample (b, c, x, y));
    }
  }
}

/* As parsers cut them out of files, behind headers of any length. */
static void
test_frames_that_begin_anywhere_give_the_same_images (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (PerceptualMetric) l2 =
      perceptual_metric_new ("l2", NULL, workers, NULL);
  guint n = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);

  for (guint i = 0; i < n; i++) {
    if (formats[i] == UNSAFE)
      continue;
    for (guint offset = 1; offset < 8; offset++) {
      PerceptualFormat *format =
          format_of (gst_video_format_to_string (formats[i]), 37, 18, "");
      g_autoptr (GstBuffer) whole =
          random_buffer (rand, format->info.size + offset);
      g_autoptr (GstBuffer) cut = gst_buffer_copy_region (
          whole, GST_BUFFER_COPY_MEMORY, offset, format->info.size);
      g_autoptr (GstBuffer) plain = gst_buffer_copy_deep (cut);
      PerceptualImage images[2] = { { 0 } };
      PerceptualResult result = { .distance = 7 };

      g_assert_true (
          map_pair (frames, plain, format, cut, format, images, NULL));
      assert_same_pixels (&images[0], &images[1]);
      assert_same_planes (&images[0], &images[1]);
      g_assert_true (perceptual_metric_compare (l2, &images[0], &images[1], 1,
          PERCEPTUAL_COMPARE_NONE, &result, NULL));
      g_assert_cmpfloat (result.distance, ==, 0);
      perceptual_frames_unmap (frames);
      perceptual_format_unref (format);
    }
  }
  perceptual_frames_free (frames);
}

static void
test_padded_rows_give_the_same_images (void)
{
  static const gchar *const names[] = { "I420", "NV12", "RGBx", "RGBA64_LE",
    "P010_10LE", "YUY2", "BGR" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    PerceptualFormat *format = format_of (names[i], 34, 10, "");
    g_autoptr (GstBuffer) plain = random_buffer (rand, format->info.size);
    g_autoptr (GstBuffer) padded = NULL;
    PerceptualImage images[2] = { { 0 } };
    GstVideoFrame from, to;
    GstVideoInfo info = format->info;
    GstVideoAlignment align;

    gst_video_alignment_reset (&align);
    align.padding_left = 16;
    align.padding_right = 48;
    align.padding_top = 4;
    align.padding_bottom = 6;
    g_assert_true (gst_video_info_align (&info, &align));
    g_assert_cmpuint (info.size, >, format->info.size);
    padded = random_buffer (rand, info.size);
    gst_buffer_add_video_meta_full (padded, GST_VIDEO_FRAME_FLAG_NONE,
        GST_VIDEO_INFO_FORMAT (&info), 34, 10, GST_VIDEO_INFO_N_PLANES (&info),
        info.offset, info.stride);
    gst_video_frame_map (&from, &format->info, plain, GST_MAP_READ);
    gst_video_frame_map (&to, &format->info, padded, GST_MAP_WRITE);
    g_assert_true (gst_video_frame_copy (&to, &from));
    gst_video_frame_unmap (&from);
    gst_video_frame_unmap (&to);

    g_assert_true (
        map_pair (frames, plain, format, padded, format, images, NULL));
    assert_same_pixels (&images[0], &images[1]);
    assert_same_planes (&images[0], &images[1]);
    perceptual_frames_unmap (frames);
    perceptual_format_unref (format);
  }
  perceptual_frames_free (frames);
}

static void
test_the_library_s_own_layout_is_not_copied (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  PerceptualFormat *format = format_of ("RGBx", 16, 16, "");
  g_autoptr (GstBuffer) buffer = random_buffer (rand, format->info.size);
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualImage images[2] = { { 0 } };
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_assert_true (
      map_pair (frames, buffer, format, buffer, format, images, NULL));
  g_assert_true (images[0].data == map.data);
  gst_buffer_unmap (buffer, &map);
  perceptual_frames_free (frames); /* unmaps */
  perceptual_format_unref (format);
}

static void
test_a_buffer_that_is_too_short_is_an_error (void)
{
  PerceptualFormat *format = format_of ("I420", 64, 48, "");
  g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 1000, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualImage images[2];

  g_assert_false (
      map_pair (frames, buffer, format, buffer, format, images, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE);
  g_assert_nonnull (strstr (error->message, "1000 bytes"));
  perceptual_frames_free (frames);
  perceptual_format_unref (format);
}

static void
test_colour_differences_are_put_in_words (void)
{
  PerceptualFormat *a = format_of ("I420", 64, 48, ",colorimetry=bt709");
  PerceptualFormat *b = format_of ("I420_10LE", 64, 48, ",colorimetry=bt601");
  PerceptualFormat *rgb = format_of ("RGBx", 64, 48, "");
  g_autoptr (PerceptualPairFormat) same = perceptual_pair_format_new (a, a);
  g_autoptr (PerceptualPairFormat) deeper = perceptual_pair_format_new (a, b);
  g_autoptr (PerceptualPairFormat) mixed = perceptual_pair_format_new (a, rgb);
  g_autoptr (PerceptualPairFormat) both = perceptual_pair_format_new (rgb, b);

  g_assert_null (same->colour);
  g_assert_nonnull (strstr (deeper->colour, "matrix bt709 against bt601"));
  g_assert_nonnull (strstr (deeper->colour, "depth 8 against 10 bits"));
  g_assert_cmpstr (same->luma, ==, "stream");
  g_assert_cmpstr (deeper->luma, ==, "rgb");
  g_assert_cmpstr (mixed->luma, ==, "rgb");
  g_assert_cmpint (mixed->pixels, ==, PERCEPTUAL_PIXELS_RGBX8);
  g_assert_cmpint (both->pixels, ==, PERCEPTUAL_PIXELS_RGBX16);
  perceptual_format_unref (a);
  perceptual_format_unref (b);
  perceptual_format_unref (rgb);
}

static void
test_a_region_that_stays_keeps_its_format (void)
{
  PerceptualFormat *whole = format_of ("I420", 64, 48, "");
  g_autoptr (GstBuffer) buffer = gst_buffer_new ();
  PerceptualFormat *first, *second, *third;
  GstVideoCropMeta *crop;

  first = perceptual_format_of_buffer (whole, buffer, NULL, NULL);
  g_assert_true (first == whole);
  perceptual_format_unref (first);

  crop = gst_buffer_add_video_crop_meta (buffer);
  crop->width = 32;
  crop->height = 16;
  first = perceptual_format_of_buffer (whole, buffer, NULL, NULL);
  g_assert_true (first != whole);
  g_assert_cmpint (first->info.width, ==, 32);
  g_assert_cmpint (first->whole_width, ==, 64);
  crop->x = 2;
  second = perceptual_format_of_buffer (whole, buffer, NULL, first);
  g_assert_true (second == first);
  crop->height = 18;
  third = perceptual_format_of_buffer (whole, buffer, NULL, second);
  g_assert_true (third != second);
  g_assert_cmpint (third->info.height, ==, 18);
  perceptual_format_unref (first);
  perceptual_format_unref (second);
  perceptual_format_unref (third);
  perceptual_format_unref (whole);
}

/* Returns: PTS in s of what is left of a frame in a segment of 10 s to 20 s,
 * or -1 if nothing is. */
static gint
clip (gint pts, gint duration)
{
  PerceptualFormat *format = perceptual_format_new (
      gst_caps_from_string ("video/x-raw,format=GRAY8,width=8,height=8"));
  GstBuffer *buffer = gst_buffer_new ();
  GstSegment segment;
  gint left = -1;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 10 * GST_SECOND;
  segment.stop = 20 * GST_SECOND;
  GST_BUFFER_PTS (buffer) = (GstClockTime) pts * GST_SECOND;
  if (duration >= 0)
    GST_BUFFER_DURATION (buffer) = (GstClockTime) duration * GST_SECOND;
  buffer = perceptual_buffer_clip (buffer, format, &segment);
  if (buffer != NULL)
    left = (gint) (GST_BUFFER_PTS (buffer) / GST_SECOND);
  gst_clear_buffer (&buffer);
  gst_caps_unref (format->caps);
  perceptual_format_unref (format);
  return left;
}

static void
test_frames_outside_of_the_segment_are_dropped (void)
{
  g_assert_cmpint (clip (8, 1), ==, -1);
  g_assert_cmpint (clip (8, 3), ==, 10);
  g_assert_cmpint (clip (12, 3), ==, 12);
  g_assert_cmpint (clip (20, 1), ==, -1);
  /* A frame without a duration is not cut. */
  g_assert_cmpint (clip (8, -1), ==, -1);
  g_assert_cmpint (clip (10, -1), ==, 10);
  g_assert_cmpint (clip (21, -1), ==, -1);
}

static void
test_memory_that_is_not_to_be_had_ends_nothing (void)
{
  GstVideoInfo info;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, 16, 16);
  info.size = G_MAXSIZE / 2;
  g_assert_null (perceptual_layout_allocate (&info));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/frames/a-format-that-cannot-be-read-safely-is-refused",
      test_a_format_that_cannot_be_read_safely_is_refused);
  g_test_add_func ("/frames/every-raw-format-becomes-an-image",
      test_every_raw_format_becomes_an_image);
  g_test_add_func ("/frames/every-raw-format-can-be-looked-at-alone",
      test_every_raw_format_can_be_looked_at_alone);
  g_test_add_func ("/frames/pixels-are-left-out-where-planes-are-preferred",
      test_pixels_are_left_out_where_planes_are_preferred_and_alike);
  g_test_add_func ("/frames/planes-are-the-stream-s-own-samples",
      test_planes_are_the_stream_s_own_samples);
  g_test_add_func (
      "/frames/formats-that-are-no-planes-of-words-take-luma-from-rgb",
      test_formats_that_are_no_planes_of_words_take_luma_from_rgb);
  g_test_add_func ("/frames/frames-that-begin-anywhere-give-the-same-images",
      test_frames_that_begin_anywhere_give_the_same_images);
  g_test_add_func ("/frames/padded-rows-give-the-same-images",
      test_padded_rows_give_the_same_images);
  g_test_add_func ("/frames/the-library-s-own-layout-is-not-copied",
      test_the_library_s_own_layout_is_not_copied);
  g_test_add_func ("/frames/a-buffer-that-is-too-short-is-an-error",
      test_a_buffer_that_is_too_short_is_an_error);
  g_test_add_func ("/frames/colour-differences-are-put-in-words",
      test_colour_differences_are_put_in_words);
  g_test_add_func ("/images/a-region-that-stays-keeps-its-format",
      test_a_region_that_stays_keeps_its_format);
  g_test_add_func ("/frames/frames-outside-of-the-segment-are-dropped",
      test_frames_outside_of_the_segment_are_dropped);
  g_test_add_func ("/frames/memory-that-is-not-to-be-had-ends-nothing",
      test_memory_that_is_not_to_be_had_ends_nothing);
  return g_test_run ();
}
