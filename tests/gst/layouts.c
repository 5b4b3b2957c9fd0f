/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames whose buffers say where rows and planes are: surfaces larger than the
 * picture, and impossible layouts.
 */
#include "frames/images.h"

#include <string.h>

static PerceptualFormat *
format_of (const gchar *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  return perceptual_format_new (caps);
}

/* An I420 surface, luma 10 and chroma 20, whose rows are @stride bytes, and
 * which says that it has @rows rows of luma.  Everything outside of @width x
 * @height pixels is 255. */
static GstBuffer *
surface (guint width, guint height, gint stride, guint rows)
{
  gsize luma = (gsize) stride * rows, chroma = luma / 4;
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, luma, luma + chroma };
  gint strides[GST_VIDEO_MAX_PLANES] = { stride, stride / 2, stride / 2 };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, luma + 2 * chroma, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  memset (map.data, 255, map.size);
  for (guint y = 0; y < height; y++)
    memset (map.data + (gsize) stride * y, 10, width);
  for (guint y = 0; y < height / 2; y++) {
    memset (map.data + offset[1] + (gsize) stride / 2 * y, 20, width / 2);
    memset (map.data + offset[2] + (gsize) stride / 2 * y, 20, width / 2);
  }
  gst_buffer_unmap (buffer, &map);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_FORMAT_I420, (guint) stride, rows, 3, offset, strides);
  return buffer;
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

static void
assert_refused (PerceptualFormat *reference_format, GstBuffer *reference,
    PerceptualFormat *distorted_format, GstBuffer *distorted, gint code,
    const gchar *text)
{
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualImage images[2] = { { 0 } };
  g_autoptr (GError) error = NULL;

  g_assert_false (map_pair (frames, reference, reference_format, distorted,
      distorted_format, images, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, code);
  if (strstr (error->message, text) == NULL)
    g_error ("no \"%s\" in: %s", text, error->message);
  perceptual_frames_free (frames);
}

static void
test_a_surface_larger_than_the_picture_is_read_within_the_picture (void)
{
  PerceptualFormat *format =
      format_of ("video/x-raw,format=I420,width=36,height=18,framerate=25/1");
  g_autoptr (GstBuffer) padded = surface (36, 18, 64, 32);
  g_autoptr (GstBuffer) tight = surface (36, 18, 36, 18);
  PerceptualFrames *frames = perceptual_frames_new (NULL, 1);
  PerceptualImage images[2] = { { 0 } };
  g_autoptr (GError) error = NULL;

  if (!map_pair (frames, padded, format, tight, format, images, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (images[i].width, ==, 36);
    g_assert_cmpuint (images[i].height, ==, 18);
    g_assert_cmpuint (images[i].planes[0].width, ==, 36);
    g_assert_cmpuint (images[i].planes[0].height, ==, 18);
    g_assert_cmpuint (images[i].planes[2].height, ==, 9);
  }
  for (guint y = 0; y < 18; y++)
    g_assert_cmpmem ((const guint8 *) images[0].data + y * images[0].stride,
        36 * 4, (const guint8 *) images[1].data + y * images[1].stride, 36 * 4);
  perceptual_frames_free (frames);
  perceptual_format_unref (format);
}

static void
test_rows_that_do_not_lie_in_the_memory_are_an_error (void)
{
  static const struct
  {
    guint plane;
    gint stride;
    gsize offset;
    const gchar *text;
  } wrong[] = {
    { 0, 4096, 0, "rows of the reference frame do not all lie" },
    { 2, 18, 961, "rows of the reference frame do not all lie" },
    { 0, 35, 0, "rows of the reference frame do not all lie" },
    { 0, 0, 0, "rows of the reference frame do not all lie" },
    { 1, -18, 648, "rows of the reference frame do not all lie" },
    { 0, 36, G_MAXSIZE - 7, "layout that comes with the reference frame" },
  };
  PerceptualFormat *format =
      format_of ("video/x-raw,format=I420,width=36,height=18,framerate=25/1");

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GstBuffer) good = surface (36, 18, 36, 18);
    g_autoptr (GstBuffer) bad = surface (36, 18, 36, 18);
    GstVideoMeta *meta = gst_buffer_get_video_meta (bad);

    meta->stride[wrong[i].plane] = wrong[i].stride;
    meta->offset[wrong[i].plane] = wrong[i].offset;
    assert_refused (
        format, bad, format, good, PERCEPTUAL_ERROR_IMAGE, wrong[i].text);
  }
  perceptual_format_unref (format);
}

static void
test_a_layout_of_another_format_or_smaller_than_the_picture_is_an_error (void)
{
  PerceptualFormat *format =
      format_of ("video/x-raw,format=I420,width=36,height=18,framerate=25/1");

  for (guint i = 0; i < 4; i++) {
    g_autoptr (GstBuffer) good = surface (36, 18, 36, 18);
    g_autoptr (GstBuffer) bad = surface (36, 18, 36, 18);
    GstVideoMeta *meta = gst_buffer_get_video_meta (bad);

    meta->format = i == 0 ? GST_VIDEO_FORMAT_YV12 : meta->format;
    meta->width -= i == 1 ? 1 : 0;
    meta->height -= i == 2 ? 1 : 0;
    meta->n_planes -= i == 3 ? 1 : 0;
    assert_refused (format, good, format, bad, PERCEPTUAL_ERROR_IMAGE,
        "The layout that comes with the distorted frame");
  }
  perceptual_format_unref (format);
}

static void
test_sizes_that_cannot_be_converted_are_an_error (void)
{
  PerceptualFormat *small =
      format_of ("video/x-raw,format=I420,width=36,height=18,framerate=25/1");
  PerceptualFormat *wide =
      format_of ("video/x-raw,format=GRAY8,width=16385,height=1");
  PerceptualFormat *odd = format_of ("video/x-raw,format=I420,width=36,"
                                     "height=9,interlace-mode=interleaved");
  g_autoptr (GstBuffer) buffer = surface (36, 18, 36, 18);
  g_autoptr (GstBuffer) row = gst_buffer_new_allocate (NULL, 16388, NULL);

  gst_buffer_memset (row, 0, 0, 16388);
  g_assert_null (format_of ("video/x-raw,format=I420,width=0,height=18"));
  assert_refused (wide, row, small, buffer, PERCEPTUAL_ERROR_SIZE,
      "The reference frame is 16385x1");
  assert_refused (small, buffer, wide, row, PERCEPTUAL_ERROR_SIZE,
      "The distorted frame is 16385x1");
  assert_refused (small, buffer, odd, buffer, PERCEPTUAL_ERROR_SIZE,
      "Interlaced frames of 9 rows cannot be scaled to 18 rows");
  perceptual_format_unref (small);
  perceptual_format_unref (wide);
  perceptual_format_unref (odd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func (
      "/layouts/a-surface-larger-than-the-picture-is-read-within-the-picture",
      test_a_surface_larger_than_the_picture_is_read_within_the_picture);
  g_test_add_func ("/layouts/rows-that-do-not-lie-in-the-memory-are-an-error",
      test_rows_that_do_not_lie_in_the_memory_are_an_error);
  g_test_add_func ("/layouts/a-layout-of-another-format-or-smaller-is-an-error",
      test_a_layout_of_another_format_or_smaller_than_the_picture_is_an_error);
  g_test_add_func ("/layouts/sizes-that-cannot-be-converted-are-an-error",
      test_sizes_that_cannot_be_converted_are_an_error);
  return g_test_run ();
}
