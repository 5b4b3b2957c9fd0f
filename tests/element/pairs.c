/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which frames are compared and what becomes of the others.
 */
#include "listener.h"

#include <math.h>
#include <string.h>

/* Noise is different in every frame, so a frame compared with any other than
 * itself has a distance above zero. */
#define NOISE "videotestsrc pattern=snow "
#define SMALL "video/x-raw,format=I420,width=64,height=48,"

static void
assert_all_zero (const Listener *listener)
{
  for (guint i = 0; i < listener->distances->len; i++)
    fail_unless (distance_at (listener, i) == 0, "distance %g of pair %u",
        distance_at (listener, i), i);
}

GST_START_TEST (test_identical_streams_have_distance_zero)
{
  Listener *l = RUN (NOISE "num-buffers=12 ! " SMALL "framerate=30/1 ! "
                           "tee name=t ! queue ! d.ref_sink "
                           "t. ! queue ! d.dist_sink "
                           "perceptualdistance name=d ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 12, 0, 0);
  assert_equals_int (l->distances->len, 12);
  assert_all_zero (l);
  fail_unless (summary_double (l, "mean") == 0);
  fail_unless (summary_double (l, "max") == 0);
  for (guint i = 0; i < 12; i++) {
    guint64 pts = gst_util_uint64_scale (i, GST_SECOND, 30);

    assert_equals_uint64 (time_at (l, i, "index"), i);
    assert_equals_uint64 (time_at (l, i, "reference-pts"), pts);
    assert_equals_uint64 (time_at (l, i, "distorted-pts"), pts);
    assert_equals_uint64 (time_at (l, i, "running-time"), pts);
    assert_equals_uint64 (time_at (l, i, "stream-time"), pts);
    fail_unless (time_at (l, i, "duration") / GST_MSECOND == 33);
    assert_equals_int64 (delta_at (l, i), 0);
  }
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_two_flat_colours_have_the_distance_of_their_difference)
{
  Listener *l =
      RUN ("videotestsrc num-buffers=3 pattern=solid-color "
           "foreground-color=0xff204060 ! video/x-raw,format=RGBx,width=33,"
           "height=17 ! d.ref_sink "
           "videotestsrc num-buffers=3 pattern=solid-color "
           "foreground-color=0xff2a40c4 ! video/x-raw,format=BGRx,width=33,"
           "height=17 ! d.dist_sink "
           "perceptualdistance name=d metric=l2 ! fakesink");
  gdouble expected = (10 * 10 + 0 + 100 * 100) / (127.5 * 127.5) / 3;

  assert_ended_well (l);
  assert_counts (l, 3, 0, 0);
  for (guint i = 0; i < 3; i++)
    fail_unless (fabs (distance_at (l, i) - expected) < 1e-12);
  fail_unless (fabs (summary_double (l, "mean") - expected) < 1e-12);
  fail_unless (summary_double (l, "stdev") < 1e-12);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_matroska_timestamps_pair_every_frame_with_itself)
{
  static const gchar *const rates[] = { "24000/1001", "25/1", "30000/1001",
    "60000/1001" };
  const guint frames = 60;
  const gchar *rate = rates[__i__];
  Listener *l = RUN (NOISE
      "num-buffers=%u ! " SMALL "framerate=%s ! tee name=t ! "
      "queue max-size-buffers=0 max-size-time=0 ! d.ref_sink "
      "t. ! queue ! matroskamux streamable=true ! matroskademux ! queue ! "
      "d.dist_sink perceptualdistance name=d metric=l2 ! fakesink",
      frames, rate);
  gint64 largest = 0;

  assert_ended_well (l);
  assert_counts (l, frames, 0, 0);
  assert_all_zero (l);
  for (guint i = 0; i < frames; i++)
    largest = MAX (largest, ABS (delta_at (l, i)));
  fail_unless (largest <= GST_MSECOND, "%s: %" G_GINT64_FORMAT, rate, largest);
  /* At 25 frames a second milliseconds are exact. */
  fail_unless (largest > 0 || g_str_equal (rate, "25/1"));
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_half_the_rate_leaves_every_second_frame_unmatched)
{
  Listener *l = RUN (
      "videotestsrc num-buffers=30 ! " SMALL "framerate=30/1 ! d.ref_sink "
      "videotestsrc num-buffers=15 ! " SMALL "framerate=15/1 ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 15, 15, 0);
  for (guint i = 0; i < 15; i++) {
    assert_equals_uint64 (
        time_at (l, i, "reference-pts"), time_at (l, i, "distorted-pts"));
    /* No distorted frame is used again. */
    fail_unless (i == 0
        || time_at (l, i, "distorted-pts")
            > time_at (l, i - 1, "distorted-pts"));
  }
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_twice_the_rate_leaves_distorted_frames_unmatched)
{
  Listener *l = RUN (
      "videotestsrc num-buffers=15 ! " SMALL "framerate=15/1 ! d.ref_sink "
      "videotestsrc num-buffers=30 ! " SMALL "framerate=30/1 ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 15, 0, 15);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_shorter_distorted_stream_is_counted_and_warned_about)
{
  Listener *l = RUN (
      "videotestsrc num-buffers=20 ! " SMALL "framerate=30/1 ! d.ref_sink "
      "videotestsrc num-buffers=10 ! " SMALL "framerate=30/1 ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 10, 10, 0);
  assert_one_warning (l,
      "The distorted video ended before the reference one: 10 reference "
      "frames were left, 10 pairs were found");
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_shorter_reference_is_counted_and_warned_about)
{
  Listener *l = RUN (
      "videotestsrc num-buffers=10 ! " SMALL "framerate=30/1 ! d.ref_sink "
      "videotestsrc num-buffers=20 ! " SMALL "framerate=30/1 ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 10, 0, 10);
  assert_one_warning (l, "The reference video ended before the distorted one");
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_unequal_ends_can_be_an_error_after_the_summary)
{
  Listener *l =
      RUN ("videotestsrc num-buffers=4 ! " SMALL "framerate=30/1 ! d.ref_sink "
           "videotestsrc num-buffers=3 ! " SMALL "framerate=30/1 ! d.dist_sink "
           "perceptualdistance name=d metric=l2 unequal-ends=error ! fakesink");

  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "distorted video ended before", "1 reference frame was left", NULL);
  assert_counts (l, 3, 1, 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_lost_distorted_frames_are_counted_not_fatal)
{
  const guint frames = 100;
  Listener *l = RUN (NOISE
      "num-buffers=%u ! " SMALL "framerate=30/1 ! tee name=t ! queue ! "
      "d.ref_sink t. ! queue ! identity drop-probability=0.2 ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! fakesink",
      frames);
  guint64 lost;

  assert_ended_well (l);
  lost = summary_uint (l, "unmatched-reference");
  fail_unless (lost > 0 && lost < frames);
  assert_counts (l, frames - lost, lost, 0);
  assert_equals_int (l->distances->len, frames - lost);
  assert_all_zero (l);
  /* identity announces each frame that it drops. */
  assert_equals_uint64 (summary_uint (l, "gaps"), lost);
  assert_equals_uint64 (summary_uint (l, "late"), 0);
  listener_free (l);
}
GST_END_TEST;

#define GRAY "video/x-raw,format=GRAY8,width=16,height=16,framerate=25/1"

static void
send_at (Listener *l, const gchar *source, const gint *times)
{
  for (; *times >= 0; times++)
    send_frame (l, source, GRAY, *times, fill_bytes, GUINT_TO_POINTER (9));
  send_end (l, source);
}

GST_START_TEST (test_a_missing_frame_can_be_an_error_that_names_the_time)
{
  Listener *l = listener_of_frames ("metric=l2 missing-frames=error");

  send_at (l, "ref", (const gint[]){ 0, 40, 80, 120, -1 });
  send_at (l, "dist", (const gint[]){ 0, 40, 120, -1 });
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
      "No distorted frame", "0:00:00.080", NULL);
  assert_equals_int (l->distances->len, 2);
  gst_element_set_state (l->pipeline, GST_STATE_READY);
  listener_drain (l);
  assert_equals_uint64 (summary_uint (l, "pairs"), 2);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_pairs_of_a_run_that_failed_add_up)
{
  const gchar *wide =
      "video/x-raw,format=GRAY8,width=32,height=16,framerate=25/1";
  Listener *l = listener_of_frames ("metric=l2");

  send_at (l, "ref", (const gint[]){ 0, 40, 80, -1 });
  for (gint i = 0; i < 3; i++)
    send_frame (l, "dist", i < 2 ? GRAY : wide, 40 * i, fill_bytes,
        GUINT_TO_POINTER (9));
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_error (
      l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION, "16x16", "32x16", NULL);
  gst_element_set_state (l->pipeline, GST_STATE_READY);
  listener_drain (l);
  assert_equals_uint64 (summary_uint (l, "pairs"), 3);
  assert_equals_uint64 (summary_uint (l, "measured"), 2);
  assert_equals_uint64 (summary_uint (l, "skipped"), 1);
  assert_equals_uint64 (summary_uint (l, "unselected"), 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_frames_without_timestamps_are_an_error_that_names_the_pad)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_at (l, "ref", (const gint[]){ 0, 40, 80, -1 });
  send_frame (l, "dist", GRAY, 0, fill_bytes, NULL);
  send_frame (l, "dist", GRAY, -1, fill_bytes, NULL);
  send_frame (l, "dist", GRAY, -1, fill_bytes, NULL);
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "dist_sink have no timestamps", "videorate", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_times_that_do_not_rise_are_said_once)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_at (l, "ref", (const gint[]){ 0, 40, 80, 120, -1 });
  send_at (l, "dist", (const gint[]){ 0, 80, 40, 40, 120, -1 });
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 3, 1, 2);
  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (l,
      "timestamps of the distorted video do not rise: a frame at 0.040 s comes "
      "after one at 0.080 s");
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_tolerance_bounds_the_difference_of_a_pair)
{
  Listener *l = listener_of_frames ("metric=l2 tolerance=5000000");

  send_at (l, "ref", (const gint[]){ 0, 40, 80, 120, -1 });
  send_at (l, "dist", (const gint[]){ 5, 46, 75, 120, -1 });
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 3, 1, 1);
  assert_equals_int64 (delta_at (l, 0), 5 * GST_MSECOND);
  assert_equals_int64 (delta_at (l, 1), -5 * GST_MSECOND);
  assert_equals_uint64 (time_at (l, 1, "distorted-pts"), 75 * GST_MSECOND);
  assert_equals_int64 (delta_at (l, 2), 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_sync_offset_shifts_the_distorted_stream)
{
  Listener *l = listener_of_frames ("metric=l2 sync-offset=-1000000000");

  send_at (l, "ref", (const gint[]){ 0, 40, 80, -1 });
  send_at (l, "dist", (const gint[]){ 960, 1000, 1041, 1080, -1 });
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 3, 0, 1);
  assert_equals_uint64 (time_at (l, 1, "reference-pts"), 40 * GST_MSECOND);
  assert_equals_uint64 (time_at (l, 1, "distorted-pts"), 1041 * GST_MSECOND);
  assert_equals_int64 (delta_at (l, 1), GST_MSECOND);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_streams_that_never_meet_give_a_warning_and_no_statistics)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_at (l, "ref", (const gint[]){ 0, 40, 80, -1 });
  send_at (l, "dist", (const gint[]){ 5000, 5040, -1 });
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 0, 3, 2);
  assert_one_warning (l, "No pair was found");
  fail_if (gst_structure_has_field (l->summary, "mean"));
  listener_free (l);
}
GST_END_TEST;

static Suite *
pairs_suite (void)
{
  Suite *s = suite_create ("pairs");
  TCase *tc = tcase_create ("pairs");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_identical_streams_have_distance_zero);
  tcase_add_test (
      tc, test_two_flat_colours_have_the_distance_of_their_difference);
  tcase_add_loop_test (
      tc, test_matroska_timestamps_pair_every_frame_with_itself, 0, 4);
  tcase_add_test (tc, test_half_the_rate_leaves_every_second_frame_unmatched);
  tcase_add_test (tc, test_twice_the_rate_leaves_distorted_frames_unmatched);
  tcase_add_test (
      tc, test_a_shorter_distorted_stream_is_counted_and_warned_about);
  tcase_add_test (tc, test_a_shorter_reference_is_counted_and_warned_about);
  tcase_add_test (tc, test_unequal_ends_can_be_an_error_after_the_summary);
  tcase_add_test (tc, test_lost_distorted_frames_are_counted_not_fatal);
  tcase_add_test (tc, test_a_missing_frame_can_be_an_error_that_names_the_time);
  tcase_add_test (tc, test_pairs_of_a_run_that_failed_add_up);
  tcase_add_test (
      tc, test_frames_without_timestamps_are_an_error_that_names_the_pad);
  tcase_add_test (tc, test_times_that_do_not_rise_are_said_once);
  tcase_add_test (tc, test_tolerance_bounds_the_difference_of_a_pair);
  tcase_add_test (tc, test_sync_offset_shifts_the_distorted_stream);
  tcase_add_test (
      tc, test_streams_that_never_meet_give_a_warning_and_no_statistics);
  return s;
}

GST_CHECK_MAIN (pairs);
