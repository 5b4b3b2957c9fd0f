/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What frames may look like: depth, size, stride, colour, changes of all of
 * them in mid-stream.
 */
#include "listener.h"
#include "perceptual.h"

#include <math.h>
#include <string.h>

/* A smooth pattern over the frame's full range; the right half is blank if
 * @user is not NULL. */
static void
fill_pattern (GstVideoFrame *frame, gpointer user)
{
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (frame); c++) {
    guint width = GST_VIDEO_FRAME_COMP_WIDTH (frame, c);
    guint height = GST_VIDEO_FRAME_COMP_HEIGHT (frame, c);
    guint stride = GST_VIDEO_FRAME_COMP_STRIDE (frame, c);
    guint depth = GST_VIDEO_FRAME_COMP_DEPTH (frame, c);
    guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, c);

    for (guint y = 0; y < height; y++) {
      for (guint x = 0; x < width; x++) {
        guint v = 40 + (7 * x + 5 * y) % 180;

        if (c > 0)
          v = 128;
        if (user != NULL && x >= width / 2)
          v = c > 0 ? 128 : 16;
        if (depth > 8)
          ((guint16 *) (gpointer) (data + y * stride))[x] =
              (guint16) (v << (depth - 8));
        else
          data[y * stride + x] = (guint8) v;
      }
    }
  }
}

static Listener *
compare_with_black_half (const gchar *format, const gchar *properties)
{
  g_autofree gchar *caps = g_strdup_printf ("video/x-raw,format=%s,width=64,"
                                            "height=48,framerate=25/1",
      format);
  Listener *l = listener_of_frames (properties);

  send_frame (l, "ref", caps, 0, fill_pattern, NULL);
  send_frame (l, "dist", caps, 0, fill_pattern, l);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 1, 0, 0);
  return l;
}

GST_START_TEST (test_ten_bit_difference_in_the_right_half_is_seen)
{
  Listener *eight = compare_with_black_half ("I420", "metric=l2");
  Listener *ten = compare_with_black_half ("I420_10LE", "metric=l2");
  Listener *felt = compare_with_black_half ("I420_10LE", "");
  gdouble expected = 0;

  for (guint y = 0; y < 48; y++) {
    for (guint x = 32; x < 64; x++) {
      gdouble gray = (40 + (7 * x + 5 * y) % 180 - 16) * 255 / 219. / 127.5;

      expected += gray * gray / (64 * 48);
    }
  }
  /* 10 bit samples become 16 bit ones, 8 bit samples are rounded to 8. */
  fail_unless (fabs (distance_at (ten, 0) / expected - 1) < 1e-5,
      "%g in 10 bit, should be %g", distance_at (ten, 0), expected);
  fail_unless (fabs (distance_at (eight, 0) / expected - 1) < .002,
      "%g in 8 bit, should be %g", distance_at (eight, 0), expected);
  fail_unless (distance_at (felt, 0) > .01);
  listener_free (eight);
  listener_free (ten);
  listener_free (felt);
}
GST_END_TEST;

/* What the library gives for the same two frames, converted here: they are
 * grey, of limited range. */
static gdouble
expected_distance (const gchar *metric)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (PerceptualMetric) m =
      perceptual_metric_new (metric, NULL, workers, NULL);
  PerceptualImage images[2] = { { 0 } };
  PerceptualResult result = { 0 };
  GstVideoFrame frames[2];
  GstVideoInfo info;
  gdouble distance;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstBuffer) buffer =
        gst_buffer_new_allocate (NULL, info.size, NULL);
    guint8 *rgb = g_malloc0 (64 * 48 * 4);
    GstVideoFrame *frame = &frames[i];

    gst_video_frame_map (frame, &info, buffer, GST_MAP_READWRITE);
    fill_pattern (frame, i == 0 ? NULL : m);
    for (guint n = 0; n < 64 * 48 * 3; n++) {
      guint x = n / 3 % 64, y = n / 3 / 64;
      const guint8 *luma = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
      gint sample = luma[y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0) + x];

      rgb[n / 3 * 4 + n % 3] = (guint8) lrint ((sample - 16) * 255 / 219.);
    }
    images[i] = (PerceptualImage){
      .width = 64, .height = 48, .data = rgb, .stride = 64 * 4, .depth = 8
    };
    for (guint c = 0; c < 3; c++)
      images[i].planes[c] = (PerceptualPlane){
        .data = GST_VIDEO_FRAME_PLANE_DATA (frame, c),
        .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, c),
        .step = 1,
        .width = c == 0 ? 64 : 32,
        .height = c == 0 ? 48 : 24,
      };
  }
  fail_unless (perceptual_metric_compare (
      m, &images[0], &images[1], 1, PERCEPTUAL_COMPARE_NONE, &result, NULL));
  distance = result.distance;
  perceptual_result_clear (&result);
  for (guint i = 0; i < 2; i++) {
    gst_video_frame_unmap (&frames[i]);
    g_free ((gpointer) images[i].data);
  }
  return distance;
}

GST_START_TEST (test_the_element_measures_what_the_library_measures)
{
  Listener *l =
      compare_with_black_half ("I420", "metric=mmd-ssim also=l2 threads=3");
  const GValue *also;
  gdouble l2 = 0;

  fail_unless (distance_at (l, 0) == expected_distance ("mmd-ssim"));
  also = gst_structure_get_value (g_ptr_array_index (l->distances, 0), "also");
  fail_unless (
      gst_structure_get_double (gst_value_get_structure (also), "l2", &l2));
  fail_unless (l2 == expected_distance ("l2"));
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_different_sizes_are_an_error_that_names_both)
{
  Listener *l =
      RUN ("videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! "
           "d.ref_sink "
           "videotestsrc num-buffers=3 ! video/x-raw,width=128,height=96 ! "
           "d.dist_sink perceptualdistance name=d metric=l2 ! fakesink");

  assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
      "reference is 64x48", "distorted video is 128x96", "width=(int)64",
      "width=(int)128", "scaling=to-reference", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_scaling_brings_the_distorted_frame_to_the_reference)
{
  Listener *l = RUN (
      "videotestsrc num-buffers=2 pattern=smpte ! "
      "video/x-raw,format=ABGR64_LE,width=160,height=120 ! "
      "tee name=t ! queue ! d.ref_sink "
      "t. ! queue ! videoscale ! video/x-raw,width=320,height=240 ! "
      "d.dist_sink "
      "perceptualdistance name=d metric=l2 scaling=to-reference ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 2, 0, 0);
  fail_unless (distance_at (l, 0) > 0 && distance_at (l, 0) < .02, "%g",
      distance_at (l, 0));
  ck_assert_str_eq (gst_structure_get_string (l->summary, "luma"), "rgb");
  listener_free (l);
}
GST_END_TEST;

#define NOISE "videotestsrc pattern=snow num-buffers=10 ! "

GST_START_TEST (test_both_inputs_may_change_size_together)
{
  Listener *l = RUN (NOISE
      "video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! c. " NOISE
      "video/x-raw,format=NV12,width=96,height=80,framerate=30/1 ! c. "
      "concat name=c ! tee name=t ! queue ! d.ref_sink "
      "t. ! queue ! identity sleep-time=1000 ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 20, 0, 0);
  for (guint i = 0; i < 20; i++) {
    fail_unless (distance_at (l, i) == 0);
    assert_equals_uint64 (time_at (l, i, "running-time"),
        (i >= 10 ? 333333333 : 0)
            + gst_util_uint64_scale (i % 10, GST_SECOND, 30));
  }
  listener_free (l);
}
GST_END_TEST;

/* A tee's thread asks the other pad for an allocation while this one waits
 * for the frame after. */
GST_START_TEST (test_a_tee_with_shifted_times_survives_a_change_of_size)
{
  Listener *l = listener_new (NOISE
      "video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! c. " NOISE
      "video/x-raw,format=NV12,width=96,height=80,framerate=30/1 ! c. "
      "concat name=c ! tee name=t ! queue name=q ! d.ref_sink "
      "t. ! queue ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink");
  g_autoptr (GstElement) q = gst_bin_get_by_name (GST_BIN (l->pipeline), "q");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (q, "src");

  gst_pad_set_offset (pad, 2 * GST_MSECOND);
  listener_run (l);
  assert_ended_well (l);
  assert_counts (l, 20, 0, 0);
  fail_unless (summary_double (l, "max") == 0);
  assert_equals_int64 (delta_at (l, 5), -2 * GST_MSECOND);
  listener_free (l);
}
GST_END_TEST;

#define CAPS(w, h)                                                             \
  "video/x-raw,format=I420,width=" #w ",height=" #h ",framerate=25/1"

/* Each input keeps the format that its frames came with, also while frames of
 * the old and the new size wait on the two pads. */
GST_START_TEST (test_sizes_may_change_while_frames_of_the_old_size_wait)
{
  Listener *l = listener_of_frames ("metric=l2");

  for (gint i = 0; i < 6; i++)
    send_frame (l, "ref", i < 3 ? CAPS (64, 48) : CAPS (32, 16), 40 * i,
        fill_bytes, GUINT_TO_POINTER (60));
  send_end (l, "ref");
  for (gint i = 0; i < 6; i++)
    send_frame (l, "dist", i < 3 ? CAPS (64, 48) : CAPS (32, 16), 40 * i + 1,
        fill_bytes, GUINT_TO_POINTER (60));
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 6, 0, 0);
  fail_unless (summary_double (l, "max") == 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_one_input_changing_size_alone_is_an_error_that_names_both)
{
  Listener *l = listener_of_frames ("metric=l2");

  for (gint i = 0; i < 6; i++) {
    send_frame (l, "ref", CAPS (64, 48), 40 * i, fill_bytes, NULL);
    send_frame (l, "dist", i < 3 ? CAPS (64, 48) : CAPS (32, 16), 40 * i,
        fill_bytes, NULL);
  }
  listener_wait (l, G_MAXUINT);
  assert_error (
      l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION, "64x48", "32x16", NULL);
  assert_equals_int (l->distances->len, 3);
  gst_element_set_state (l->pipeline, GST_STATE_READY);
  listener_drain (l);
  assert_equals_uint64 (summary_uint (l, "measured"), 3);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_size_changes_with_scaling_are_measured)
{
  Listener *l = listener_of_frames ("metric=l2 scaling=to-reference");

  for (gint i = 0; i < 6; i++) {
    send_frame (
        l, "ref", CAPS (64, 48), 40 * i, fill_bytes, GUINT_TO_POINTER (128));
    send_frame (l, "dist", i % 2 ? CAPS (64, 48) : CAPS (32, 16), 40 * i,
        fill_bytes, GUINT_TO_POINTER (128));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 6, 0, 0);
  /* Scaled and other frames are converted with different rounding. */
  fail_unless (summary_double (l, "max") < .001);
  listener_free (l);
}
GST_END_TEST;

static Listener *
measure_colours (
    const gchar *reference, const gchar *distorted, const gchar *properties)
{
  g_autofree gchar *ref =
      g_strconcat (CAPS (64, 48) ",colorimetry=", reference, NULL);
  g_autofree gchar *dist =
      g_strconcat (CAPS (64, 48) ",colorimetry=", distorted, NULL);
  Listener *l = listener_of_frames (properties);

  for (gint i = 0; i < 3; i++) {
    send_frame (l, "ref", ref, 40 * i, fill_pattern, NULL);
    send_frame (l, "dist", dist, 40 * i, fill_pattern, NULL);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  return l;
}

GST_START_TEST (test_differing_colorimetry_gives_one_warning_that_names_both)
{
  Listener *l = measure_colours ("bt709", "bt601", "metric=l2");

  assert_ended_well (l);
  assert_counts (l, 3, 0, 0);
  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (l, "matrix bt709 against bt601");
  listener_free (l);

  /* 1:... is full range: the same bytes mean other colours. */
  l = measure_colours ("2:3:5:1", "1:3:5:1", "metric=l2");
  assert_ended_well (l);
  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (l, "range 16-235 against 0-255");
  fail_unless (distance_at (l, 0) > .001);
  listener_free (l);

  l = measure_colours ("bt709", "bt709", "metric=l2");
  assert_ended_well (l);
  assert_equals_int (l->warnings->len, 0);
  fail_unless (distance_at (l, 0) == 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_hdr_is_refused_unless_allowed)
{
  Listener *l = measure_colours ("bt2100-pq", "bt2100-pq", "metric=l2");

  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "is HDR",
      "allow-hdr=true", NULL);
  listener_free (l);
  l = measure_colours ("bt2100-hlg", "bt2100-hlg", "metric=l2 allow-hdr=true");
  assert_ended_well (l);
  assert_counts (l, 3, 0, 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_interlaced_video_is_measured_and_warned_about_once)
{
  Listener *l = RUN (
      "videotestsrc num-buffers=4 ! video/x-raw,format=I420,width=64,"
      "height=48 ! capssetter caps=video/x-raw,interlace-mode=interleaved ! "
      "tee name=t ! queue ! d.ref_sink t. ! queue ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 4, 0, 0);
  fail_unless (summary_double (l, "max") == 0);
  assert_one_warning (l, "Interlaced");
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_every_format_on_offer_is_measured)
{
  g_autoptr (GstElement) d =
      gst_element_factory_make ("perceptualdistance", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (d, "dist_sink");
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);
  const GValue *formats =
      gst_structure_get_value (gst_caps_get_structure (caps, 0), "format");
  guint n = gst_value_list_get_size (formats);

  fail_unless (n > 90);
  for (guint i = 0; i < n; i++) {
    const gchar *format =
        g_value_get_string (gst_value_list_get_value (formats, i));
    Listener *l =
        RUN ("videotestsrc num-buffers=1 pattern=gradient ! "
             "video/x-raw,format=I420,width=64,"
             "height=32 ! tee name=t ! queue ! d.ref_sink t. ! queue ! "
             "videoconvert dither=none ! video/x-raw,format=%s ! d.dist_sink "
             "perceptualdistance name=d metric=l2 threads=1 ! fakesink",
            format);
    /* It has a palette of few colours. */
    gdouble limit = g_str_equal (format, "RGB8P") ? .1 : .01;

    assert_ended_well (l);
    assert_counts (l, 1, 0, 0);
    fail_unless (
        distance_at (l, 0) < limit, "%s: %g", format, distance_at (l, 0));
    listener_free (l);
  }
}
GST_END_TEST;

static Suite *
formats_suite (void)
{
  Suite *s = suite_create ("formats");
  TCase *tc = tcase_create ("formats");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_ten_bit_difference_in_the_right_half_is_seen);
  tcase_add_test (tc, test_the_element_measures_what_the_library_measures);
  tcase_add_test (tc, test_different_sizes_are_an_error_that_names_both);
  tcase_add_test (tc, test_scaling_brings_the_distorted_frame_to_the_reference);
  tcase_add_test (tc, test_both_inputs_may_change_size_together);
  tcase_add_test (tc, test_a_tee_with_shifted_times_survives_a_change_of_size);
  tcase_add_test (tc, test_sizes_may_change_while_frames_of_the_old_size_wait);
  tcase_add_test (
      tc, test_one_input_changing_size_alone_is_an_error_that_names_both);
  tcase_add_test (tc, test_size_changes_with_scaling_are_measured);
  tcase_add_test (
      tc, test_differing_colorimetry_gives_one_warning_that_names_both);
  tcase_add_test (tc, test_hdr_is_refused_unless_allowed);
  tcase_add_test (tc, test_interlaced_video_is_measured_and_warned_about_once);
  tcase_add_test (tc, test_every_format_on_offer_is_measured);
  return s;
}

GST_CHECK_MAIN (formats);
