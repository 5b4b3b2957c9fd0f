/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A part of the frames is measured as if there was nothing around it.
 */
#include "listener.h"

#include <math.h>
#include <string.h>

#define SIZE ",width=64,height=48,framerate=25/1"
#define X 16
#define Y 8
#define WIDTH 32
#define HEIGHT 24

/* Where the part begins in a frame of fill_part(), and what is added to it. */
typedef struct
{
  guint x;
  guint y;
  guint more;
} Place;

/* All samples of the whole frame are @user in their low bits, but those of the
 * part at its place, which differ from each other. */
static void
fill_part (GstVideoFrame *frame, gpointer user)
{
  const Place *place = user;
  const GstVideoInfo *info = &frame->info;

  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (frame); c++) {
    const GstVideoFormatInfo *finfo = info->finfo;
    guint depth = GST_VIDEO_FRAME_COMP_DEPTH (frame, c);
    guint shift = GST_VIDEO_FORMAT_INFO_SHIFT (finfo, c);
    guint step = (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c);
    gsize stride = (gsize) GST_VIDEO_FRAME_COMP_STRIDE (frame, c);
    guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, c);
    guint left = place->x >> GST_VIDEO_FORMAT_INFO_W_SUB (finfo, c);
    guint top = place->y >> GST_VIDEO_FORMAT_INFO_H_SUB (finfo, c);
    guint width = WIDTH >> GST_VIDEO_FORMAT_INFO_W_SUB (finfo, c);
    guint height = HEIGHT >> GST_VIDEO_FORMAT_INFO_H_SUB (finfo, c);

    for (guint y = 0; y < (guint) GST_VIDEO_FRAME_COMP_HEIGHT (frame, c); y++) {
      for (guint x = 0; x < (guint) GST_VIDEO_FRAME_COMP_WIDTH (frame, c);
           x++) {
        guint8 *at = data + y * stride + x * step;
        gboolean inside =
            x >= left && x < left + width && y >= top && y < top + height;
        guint v = inside ? 40 + (7 * (x - left) + 5 * (y - top)) % 140
                         : 200 + (x + y + place->more) % 20;

        v = (v << (depth - 8)) + (inside ? place->more : 0);
        if (depth > 8)
          ((guint16 *) (gpointer) (at - (gsize) at % 2))[(gsize) at % 2] =
              (guint16) (v << shift);
        else
          *at = (guint8) v;
      }
    }
  }
}

static const Place here = { X, Y, 0 }, changed = { X, Y, 1 };
static const Place corner = { 0, 0, 1 };

static Listener *
compare (const gchar *format, const gchar *distorted_size,
    const Place *distorted, const gchar *properties, const gchar *pad_crop)
{
  g_autofree gchar *ref =
      g_strconcat ("video/x-raw,format=", format, SIZE, NULL);
  g_autofree gchar *dist =
      g_strconcat ("video/x-raw,format=", format, distorted_size, NULL);
  Listener *l = listener_of_frames (properties);
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "dist_sink");

  if (pad_crop != NULL) {
    gst_element_set_state (l->pipeline, GST_STATE_READY);
    g_object_set (pad, "crop", pad_crop, NULL);
    gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  }
  send_frame (l, "ref", ref, 0, fill_part, (gpointer) &here);
  send_frame (l, "dist", dist, 0, fill_part, (gpointer) distorted);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  return l;
}

static void
assert_psnr (const Listener *l, gdouble peak)
{
  gdouble expected = 20 * log10 (peak);

  assert_ended_well (l);
  assert_counts (l, 1, 0, 0);
  fail_unless (fabs (distance_at (l, 0) - expected) < 1e-9,
      "%.12g in place of %.12g", distance_at (l, 0), expected);
}

GST_START_TEST (test_what_is_around_the_part_does_not_count)
{
  static const struct
  {
    const gchar *format;
    gdouble peak;
  } formats[] = { { "I420", 255 }, { "NV12", 255 }, { "Y42B", 255 },
    { "Y444", 255 }, { "YUY2", 255 }, { "GRAY8", 255 }, { "I420_10LE", 1023 },
    { "P010_10LE", 1023 }, { "Y444_12LE", 4095 } };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    Listener *l = compare (
        formats[i].format, SIZE, &changed, "metric=psnr crop=32x24+16+8", NULL);

    assert_psnr (l, formats[i].peak);
    listener_free (l);
    l = compare (formats[i].format, ",width=32,height=24,framerate=25/1",
        &corner, "metric=psnr reference-crop=32x24+16+8", NULL);
    assert_psnr (l, formats[i].peak);
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_the_pad_s_own_part_comes_before_the_element_s)
{
  Listener *l = compare ("I420", SIZE, &corner,
      "metric=psnr crop=32x24+16+8 distorted-crop=32x24+2+2", "32x24+0+0");

  assert_psnr (l, 255);
  listener_free (l);
  l = compare ("I420", SIZE, &corner,
      "metric=psnr crop=32x24+16+8 distorted-crop=32x24+0+0", NULL);
  assert_psnr (l, 255);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_parts_that_cannot_be_had_are_refused_with_the_reason)
{
  static const struct
  {
    const gchar *crop;
    const gchar *text;
  } cases[] = {
    { "crop=32x24+1+8", "must be multiples of 2 and 2" },
    { "crop=32x24+16+7", "cropped at 16,7" },
    { "crop=32x24+34+8", "64x48, and the part 32x24+34+8 does not lie inside" },
    { "crop=66x24+0+0", "does not lie inside" },
    { "crop=64x49+0+0", "does not lie inside" },
    { "distorted-crop=16384x16384+16384+16384", "does not lie inside" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *properties =
        g_strconcat ("metric=psnr ", cases[i].crop, NULL);
    Listener *l = compare ("I420", SIZE, &changed, properties, NULL);

    fail_unless (l->error != NULL && strstr (l->error->message, cases[i].text),
        "%s: %s", cases[i].crop, l->error != NULL ? l->error->message : "-");
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_texts_that_are_no_part_are_wrong_settings)
{
  static const gchar *const texts[] = { "auto", "32x24", "32x24+1", "x24+0+0",
    "0x24+0+0", "32x0+0+0", "32x24+-1+0", "32x24+0+0+", "32x24+0+0x",
    "99999x24+0+0", "32x24+99999999999999999999+0", "32X24+0+0", "32:24:0:0",
    "\\ 32x24+0+0" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *properties =
        g_strdup_printf ("metric=psnr reference-crop=\"%s\"", texts[i]);
    Listener *l = listener_of_frames (properties);

    listener_wait (l, G_MAXUINT);
    assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "is not a part of a picture", "WIDTHxHEIGHT+X+Y", NULL);
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_margins_of_a_stream_are_not_counted)
{
  const gchar *caps = "video/x-raw,format=GRAY8" SIZE;
  Listener *l = listener_of_frames ("metric=l2");
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "dist_sink");

  gst_element_set_state (l->pipeline, GST_STATE_READY);
  g_object_set (pad, "margins", TRUE, NULL);
  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  for (gint i = 0; i < 10; i++) {
    if (i >= 3 && i < 7)
      send_frame (l, "ref", caps, 40 * i, fill_bytes, GINT_TO_POINTER (i));
    if (i != 5)
      send_frame (l, "dist", caps, 40 * i, fill_bytes, GINT_TO_POINTER (i));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 3, 1, 0);
  fail_unless_equals_int (l->warnings->len, 0);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_float (distance_at (l, i), 0);
  listener_free (l);
}
GST_END_TEST;

static Suite *
crop_suite (void)
{
  Suite *suite = suite_create ("crop");
  TCase *tcase = tcase_create ("crop");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_what_is_around_the_part_does_not_count);
  tcase_add_test (tcase, test_the_pad_s_own_part_comes_before_the_element_s);
  tcase_add_test (
      tcase, test_parts_that_cannot_be_had_are_refused_with_the_reason);
  tcase_add_test (tcase, test_texts_that_are_no_part_are_wrong_settings);
  tcase_add_test (tcase, test_margins_of_a_stream_are_not_counted);
  return suite;
}

GST_CHECK_MAIN (crop);
