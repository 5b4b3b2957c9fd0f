/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * psnr reads the luma of the streams themselves wherever both have one,
 * whatever else differs between them; where not, it has another name.
 */
#include "listener.h"

#include <math.h>
#include <string.h>

#define SIZE ",width=64,height=48,framerate=25/1"

/* What luma is filled with: black is 0 and white 219, of limited range. */
static guint
level (guint x, guint y)
{
  return 40 + (7 * x + 5 * y) % 140;
}

/* Luma is level() and @user in the frame's own code, chroma any. */
static void
fill_luma (GstVideoFrame *frame, gpointer user)
{
  const GstVideoInfo *info = &frame->info;
  guint more = GPOINTER_TO_UINT (user);

  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (frame); c++) {
    guint depth = GST_VIDEO_FRAME_COMP_DEPTH (frame, c);
    guint shift = GST_VIDEO_FORMAT_INFO_SHIFT (info->finfo, c);
    guint step = (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c);
    gsize stride = (gsize) GST_VIDEO_FRAME_COMP_STRIDE (frame, c);
    guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, c);

    for (guint y = 0; y < (guint) GST_VIDEO_FRAME_COMP_HEIGHT (frame, c); y++) {
      for (guint x = 0; x < (guint) GST_VIDEO_FRAME_COMP_WIDTH (frame, c);
           x++) {
        guint v = 16 + level (x, y);
        guint8 *at = data + y * stride + x * step;

        if (c > 0)
          v = 90 + (x + y) % 64;
        v = (v << (depth - 8)) + (c == 0 ? more : 0);
        /* By GStreamer's table the second component of chroma in P010 begins
         * amid a word. */
        if (depth > 8)
          ((guint16 *) (gpointer) (at - (gsize) at % 2))[(gsize) at % 2] =
              (guint16) (v << shift);
        else
          *at = (guint8) v;
      }
    }
  }
}

/* Black and white in turn. */
static void
fill_ends (GstVideoFrame *frame, guint8 black, guint8 white)
{
  guint8 *data = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gsize stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

  for (guint y = 0; y < 48; y++) {
    for (guint x = 0; x < 64; x++)
      data[y * stride + x] = x % 2 ? white : black;
  }
}

static void
fill_limited_ends (GstVideoFrame *frame, gpointer user)
{
  fill_ends (frame, 16, 235);
}

static void
fill_full_ends (GstVideoFrame *frame, gpointer user)
{
  fill_ends (frame, 0, 255);
}

static Listener *
compare (const gchar *reference, const gchar *distorted, FillFunc fill,
    FillFunc fill_distorted, guint more, const gchar *properties)
{
  g_autofree gchar *ref = g_strconcat ("video/x-raw,format=", reference, NULL);
  g_autofree gchar *dist = g_strconcat ("video/x-raw,format=", distorted, NULL);
  Listener *l = listener_of_frames (properties);

  send_frame (l, "ref", ref, 0, fill, NULL);
  send_frame (l, "dist", dist, 0, fill_distorted, GUINT_TO_POINTER (more));
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 1, 0, 0);
  return l;
}

static void
assert_psnr (const Listener *l, gdouble expected)
{
  gdouble psnr = distance_at (l, 0);

  assert_equals_string (
      gst_structure_get_string (l->summary, "luma"), "stream");
  assert_equals_string (
      gst_structure_get_string (l->summary, "metric"), "psnr");
  fail_if (gst_structure_has_field (l->summary, "luma-reason"));
  fail_unless (psnr == expected || fabs (psnr - expected) < 1e-9,
      "%.12g in place of %.12g", psnr, expected);
}

GST_START_TEST (test_psnr_is_of_own_luma_whatever_the_chroma_format_and_depth)
{
  static const struct
  {
    const gchar *format;
    gdouble peak;
  } formats[] = { { "I420", 255 }, { "NV12", 255 }, { "Y42B", 255 },
    { "Y444", 255 }, { "Y41B", 255 }, { "YUY2", 255 }, { "YUV9", 255 },
    { "GRAY8,colorimetry=2:0:0:0", 255 }, { "I420_10LE", 1023 },
    { "I422_10LE", 1023 }, { "P010_10LE", 1023 }, { "Y444_12LE", 4095 },
    { "Y444_16LE", 65535 } };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree gchar *caps = g_strconcat (formats[i].format, SIZE, NULL);
    Listener *l =
        compare ("I420" SIZE, caps, fill_luma, fill_luma, 0, "metric=psnr");

    assert_psnr (l, INFINITY);
    listener_free (l);
    l = compare ("I420" SIZE, caps, fill_luma, fill_luma, 1, "metric=psnr");
    assert_psnr (l, 20 * log10 (formats[i].peak));
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_psnr_of_another_range_is_of_limited_range)
{
  const gchar *full = "I420" SIZE ",colorimetry=1:0:0:0";
  Listener *l = compare (
      "I420" SIZE, full, fill_limited_ends, fill_full_ends, 0, "metric=psnr");

  assert_psnr (l, INFINITY);
  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (l, "range 16-235 against 0-255");
  assert_equals_int (l->infos->len, 1);
  fail_unless (strstr (g_ptr_array_index (l->infos, 0),
                   "partly not tagged; assumed matrix bt601")
      != NULL);
  listener_free (l);
}
GST_END_TEST;

/* Ten bits packed into words, from which luma is unpacked. */
GST_START_TEST (test_psnr_of_packed_samples_is_of_own_luma)
{
  static const gchar *const packed[] = { "v210", "UYVP", "Y210", "Y410" };

  for (guint i = 0; i < G_N_ELEMENTS (packed); i++) {
    Listener *l = RUN ("videotestsrc num-buffers=1 pattern=smpte ! "
                       "video/x-raw,format=Y444_10LE" SIZE " ! tee name=t "
                       "t. ! queue ! d.ref_sink "
                       "t. ! queue ! videoconvert dither=none ! "
                       "video/x-raw,format=%s" SIZE " ! d.dist_sink "
                       "perceptualdistance name=d metric=psnr ! fakesink",
        packed[i]);

    assert_ended_well (l);
    assert_psnr (l, INFINITY);
    listener_free (l);
  }
}
GST_END_TEST;

/* All luma @user. */
static void
fill_flat (GstVideoFrame *frame, gpointer user)
{
  fill_bytes (frame, user);
}

GST_START_TEST (test_psnr_of_scaled_video_is_of_own_luma)
{
  static const gchar *const small[] = { "I420", "Y444", "NV12" };

  for (guint i = 0; i < G_N_ELEMENTS (small); i++) {
    g_autofree gchar *caps = g_strdup_printf (
        "video/x-raw,format=%s,width=30,height=22,framerate=25/1", small[i]);
    Listener *l = listener_of_frames ("metric=psnr scaling=to-reference");

    send_frame (l, "ref", "video/x-raw,format=I420" SIZE, 0, fill_flat,
        GUINT_TO_POINTER (100));
    send_frame (l, "dist", caps, 0, fill_flat, GUINT_TO_POINTER (102));
    send_end (l, "ref");
    send_end (l, "dist");
    listener_wait (l, G_MAXUINT);
    assert_ended_well (l);
    assert_psnr (l, 20 * log10 (255 / 2.));
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_luma_of_rgb_has_a_column_of_its_own_and_a_reason)
{
  gchar *path = new_file ();
  g_autofree gchar *properties =
      g_strdup_printf ("metric=psnr also=ssim,l2 log-location=%s", path);
  Listener *l =
      compare ("I420" SIZE, "RGB" SIZE, fill_luma, fill_luma, 0, properties);
  const GstStructure *pair = g_ptr_array_index (l->distances, 0);
  const GstStructure *also =
      gst_value_get_structure (gst_structure_get_value (pair, "also"));
  g_autofree gchar *log = NULL;

  assert_equals_string (gst_structure_get_string (pair, "metric"), "psnr(rgb)");
  fail_unless (gst_structure_has_field (also, "ssim:rgb"));
  fail_if (gst_structure_has_field (also, "ssim"));
  fail_unless (gst_structure_has_field (also, "l2"));
  assert_equals_string (
      gst_structure_get_string (l->summary, "metric"), "psnr(rgb)");
  assert_equals_string (gst_structure_get_string (l->summary, "luma"), "rgb");
  assert_equals_string (gst_structure_get_string (l->summary, "luma-reason"),
      "the distorted video is not Y'CbCr");
  listener_free (l);
  fail_unless (g_file_get_contents (path, &log, NULL, NULL));
  fail_unless (strstr (log, "\"ssim(rgb)\":") != NULL, "%s", log);
  fail_unless (
      strstr (log, "\"luma_reason\":\"the distorted video is not Y'CbCr\"")
      != NULL);
  fail_unless (strstr (log, "\"ssim\":") == NULL);
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_other_matrices_leave_no_common_luma)
{
  Listener *l = compare ("I420" SIZE ",colorimetry=2:3:5:1",
      "I420" SIZE ",colorimetry=2:5:5:1", fill_luma, fill_luma, 0,
      "metric=psnr");

  assert_equals_string (gst_structure_get_string (l->summary, "luma-reason"),
      "matrix bt709 against smpte240m");
  listener_free (l);
}
GST_END_TEST;

/* Two pairs of the first caps and two of the second. */
static Listener *
change (const gchar *first, const gchar *second)
{
  const gchar *const caps[] = { first, first, second, second };
  Listener *l = listener_of_frames ("metric=psnr");

  for (gint i = 0; i < 4; i++) {
    send_frame (l, "ref", caps[i], 40 * i, fill_bytes, GUINT_TO_POINTER (90));
    send_frame (l, "dist", caps[i], 40 * i, fill_bytes, GUINT_TO_POINTER (91));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 4, 0, 0);
  return l;
}

GST_START_TEST (test_luma_that_began_as_of_rgb_stays_so)
{
  Listener *l =
      change ("video/x-raw,format=RGB" SIZE, "video/x-raw,format=I420" SIZE);

  for (guint i = 0; i < 4; i++) {
    const GstStructure *pair = g_ptr_array_index (l->distances, i);

    assert_equals_string (
        gst_structure_get_string (pair, "metric"), "psnr(rgb)");
    assert_equals_int (
        gst_value_array_get_size (gst_structure_get_value (pair, "taps")), 4);
  }
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_luma_that_cannot_stay_the_streams_own_gives_one_warning)
{
  Listener *l =
      change ("video/x-raw,format=I420" SIZE, "video/x-raw,format=RGB" SIZE);

  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (l,
      "read luma of RGB from here on, and read that of the streams themselves "
      "before");
  listener_free (l);
}
GST_END_TEST;

static Suite *
luma_suite (void)
{
  Suite *s = suite_create ("luma");
  TCase *tc = tcase_create ("luma");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (
      tc, test_psnr_is_of_own_luma_whatever_the_chroma_format_and_depth);
  tcase_add_test (tc, test_psnr_of_another_range_is_of_limited_range);
  tcase_add_test (tc, test_psnr_of_packed_samples_is_of_own_luma);
  tcase_add_test (tc, test_psnr_of_scaled_video_is_of_own_luma);
  tcase_add_test (tc, test_luma_of_rgb_has_a_column_of_its_own_and_a_reason);
  tcase_add_test (tc, test_other_matrices_leave_no_common_luma);
  tcase_add_test (tc, test_luma_that_began_as_of_rgb_stays_so);
  tcase_add_test (
      tc, test_luma_that_cannot_stay_the_streams_own_gives_one_warning);
  return s;
}

GST_CHECK_MAIN (luma);
