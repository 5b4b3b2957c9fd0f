/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What goes wrong when video quality is measured in a pipeline, one test for
 * each.  Most are in the suite of their subject; the others are here.
 *
 *   a difference in half of a frame of more   formats: ten_bit_difference_in_
 *   than 8 bits is not seen                     the_right_half_is_seen
 *   streams of other rates are stretched      pairs: half_the_rate..., twice_
 *   over each other without a word              the_rate...; here:
 *                                               rates_that_do_not_divide...
 *   a shorter stream goes unnoticed           pairs: a_shorter_distorted...,
 *                                               a_shorter_reference...
 *   frames of other size: no result, no       formats: different_sizes_are_
 *   error, exit code 0                          an_error_that_names_both
 *   rounded timestamps lose partners          pairs: matroska_timestamps_...
 *   a late display thins the measurement      states: a_late_display_...
 *   no result from the second run on          states: runs_after_ready_...
 *   a model that is not there: no result,     weights: missing_weights_...;
 *   no error                                    states: bad_settings_...
 *   a frame's message has the next frame's    here: every_pair_is_reported_
 *   times, the last one has none                with_its_own_times
 *   a lost frame ends the pipeline            pairs: lost_distorted_frames_
 *                                               are_counted_not_fatal
 *   a change of size ends the pipeline        formats: both_inputs_may_
 *                                               change_size_together
 *   files of other length: exit code 0 and    cli, compare: unequal_ends_can_
 *   nothing to prevent it                       be_an_error_...
 *   a stream is not equal to itself           here: every_metric_finds_no_
 *                                               distance_of_a_stream_to_itself
 *   pairs by order of arrival                 here: pairs_do_not_depend_on_
 *                                               which_stream_comes_first
 *   settings touched while frames flow        here: settings_may_be_touched_
 *   tear or hang                                while_frames_flow
 */
#include "listener.h"

#include "perceptual.h"

#define GREY "video/x-raw,format=GRAY8,width=16,height=16,framerate=25/1"

static void
count_rates (guint ref_fps, guint dist_fps, guint seconds)
{
  guint n_ref = ref_fps * seconds, n_dist = dist_fps * seconds;
  guint slower = MIN (n_ref, n_dist);
  Listener *l =
      RUN ("videotestsrc num-buffers=%u ! video/x-raw,format=GRAY8,width=16,"
           "height=16,framerate=%u/1 ! d.ref_sink "
           "videotestsrc num-buffers=%u ! video/x-raw,format=GRAY8,width=16,"
           "height=16,framerate=%u/1 ! d.dist_sink "
           "perceptualdistance name=d metric=l2 ! fakesink",
          n_ref, ref_fps, n_dist, dist_fps);

  assert_ended_well (l);
  /* Each frame of the slower stream has one frame of the other within half a
   * reference frame, and no two have the same. */
  assert_counts (l, slower, n_ref - slower, n_dist - slower);
  for (guint i = 1; i < slower; i++) {
    fail_unless (
        time_at (l, i, "reference-pts") > time_at (l, i - 1, "reference-pts"));
    fail_unless (
        time_at (l, i, "distorted-pts") > time_at (l, i - 1, "distorted-pts"));
    fail_unless (ABS (delta_at (l, i)) <= (gint64) (GST_SECOND / ref_fps / 2));
  }
  listener_free (l);
}

GST_START_TEST (test_rates_that_do_not_divide_leave_the_right_number_unmatched)
{
  count_rates (30, 25, 2);
  count_rates (25, 30, 2);
  count_rates (60, 25, 1);
  count_rates (24, 25, 3);
}
GST_END_TEST;

/* A distance that tells which frames were compared: the reference is black,
 * and frame n has the value 10 * n. */
GST_START_TEST (test_every_pair_is_reported_with_its_own_times)
{
  Listener *l = listener_of_frames ("metric=l2");
  const guint n = 8;
  gdouble unit;

  for (guint i = 0; i < n; i++) {
    gint pts = 40 * (gint) i;

    send_frame (l, "ref", GREY, pts, fill_bytes, GUINT_TO_POINTER (0));
    send_frame (l, "dist", GREY, pts, fill_bytes, GUINT_TO_POINTER (10 * i));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_int (l->distances->len, n);
  unit = distance_at (l, 1);
  fail_unless (unit > 0);
  for (guint i = 0; i < n; i++) {
    assert_equals_uint64 (time_at (l, i, "index"), i);
    assert_equals_uint64 (
        time_at (l, i, "reference-pts"), i * 40 * GST_MSECOND);
    assert_equals_uint64 (
        time_at (l, i, "distorted-pts"), i * 40 * GST_MSECOND);
    fail_unless (ABS (distance_at (l, i) / unit - i * i) < 1e-4, "frame %u: %g",
        i, distance_at (l, i) / unit);
  }
  listener_free (l);
}
GST_END_TEST;

/* Networks of random numbers will do: no file is needed for them. */
static const gchar *
options_of (const PerceptualMetricInfo *info)
{
  if (!(info->flags & PERCEPTUAL_METRIC_WEIGHTS))
    return "";
  for (guint i = 0; info->options != NULL && info->options[i] != NULL; i++) {
    if (g_str_equal (info->options[i]->name, "heads"))
      return "weights=random heads=none";
  }
  return "weights=random";
}

GST_START_TEST (test_every_metric_finds_no_distance_of_a_stream_to_itself)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();
  guint tried = 0;

  for (guint i = 0; metrics[i] != NULL; i++) {
    const PerceptualMetricInfo *info = metrics[i];
    Listener *l;

    if (info->flags & PERCEPTUAL_METRIC_SIMILARITY)
      continue;
    l = RUN ("videotestsrc pattern=snow num-buffers=3 ! video/x-raw,"
             "format=I420,width=66,height=65,framerate=25/1 ! tee name=t ! "
             "queue ! d.ref_sink t. ! queue ! d.dist_sink "
             "perceptualdistance name=d metric=%s %s ! fakesink",
        info->name, options_of (info));
    assert_ended_well (l);
    assert_counts (l, 3, 0, 0);
    for (guint n = 0; n < 3; n++)
      fail_unless (
          distance_at (l, n) == 0, "%s: %g", info->name, distance_at (l, n));
    listener_free (l);
    tried++;
  }
  fail_unless (tried >= 8, "%u metrics", tried);
}
GST_END_TEST;

/* All of one stream, then all of the other; and by turns. */
GST_START_TEST (test_pairs_do_not_depend_on_which_stream_comes_first)
{
  static const gchar *const names[] = { "ref", "dist" };

  for (guint order = 0; order < 3; order++) {
    Listener *l = listener_of_frames ("metric=l2");

    for (guint i = 0; i < 12; i++) {
      guint which = order == 2 ? i % 2 : (i / 6 + order) % 2;
      guint n = order == 2 ? i / 2 : i % 6;

      /* The distorted stream has lost frame 2. */
      if (which == 0 || n != 2)
        send_frame (l, names[which], GREY, 40 * (gint) n, fill_bytes,
            GUINT_TO_POINTER (which * 5 * n));
    }
    send_end (l, "dist");
    send_end (l, "ref");
    listener_wait (l, G_MAXUINT);
    assert_ended_well (l);
    assert_counts (l, 5, 1, 0);
    for (guint i = 0; i < 5; i++) {
      guint n = i < 2 ? i : i + 1;

      assert_equals_uint64 (
          time_at (l, i, "reference-pts"), n * 40 * GST_MSECOND);
      fail_unless (
          ABS (distance_at (l, i) / distance_at (l, 1) - n * n) < 1e-4);
    }
    listener_free (l);
  }
}
GST_END_TEST;

typedef struct
{
  GstElement *element;
  gint stop; /* atomic */
} Meddler;

static gpointer
meddle (gpointer data)
{
  Meddler *self = data;

  for (guint i = 0; !g_atomic_int_get (&self->stop); i++) {
    g_object_set (self->element, "also", i % 2 ? "psnr" : "ssim,psnr",
        "sync-offset", (gint64) i, "threads", 1 + i % 3, NULL);
    gst_util_set_object_arg (
        G_OBJECT (self->element), "metric", i % 5 ? "l2" : "mmd-ssim");
    gst_util_set_object_arg (
        G_OBJECT (self->element), "output", i % 3 ? "reference" : "distorted");
    g_thread_yield ();
  }
  return NULL;
}

static gpointer
look (gpointer data)
{
  Meddler *self = data;

  while (!g_atomic_int_get (&self->stop)) {
    g_autofree gchar *also = NULL;

    g_object_get (self->element, "also", &also, NULL);
    fail_unless (also == NULL || g_str_has_suffix (also, "psnr"), "%s", also);
    g_thread_yield ();
  }
  return NULL;
}

/* They take effect at the next start, and until then change nothing. */
GST_START_TEST (test_settings_may_be_touched_while_frames_flow)
{
  Listener *l =
      listener_new ("videotestsrc num-buffers=300 ! " GREY " ! tee name=t ! "
                    "queue ! d.ref_sink t. ! queue ! d.dist_sink "
                    "perceptualdistance name=d metric=l2 threads=2 ! fakesink");
  Meddler meddler = { gst_bin_get_by_name (GST_BIN (l->pipeline), "d"), 0 };
  GThread *threads[2];

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  listener_wait (l, 1);
  threads[0] = g_thread_new ("meddler", meddle, &meddler);
  threads[1] = g_thread_new ("onlooker", look, &meddler);
  listener_wait (l, G_MAXUINT);
  g_atomic_int_set (&meddler.stop, TRUE);
  g_thread_join (threads[0]);
  g_thread_join (threads[1]);
  assert_ended_well (l);
  assert_counts (l, 300, 0, 0);
  ck_assert_str_eq (gst_structure_get_string (l->summary, "metric"), "l2");
  fail_unless (summary_double (l, "max") == 0);
  gst_object_unref (meddler.element);
  listener_free (l);
}
GST_END_TEST;

static Suite *
promises_suite (void)
{
  Suite *s = suite_create ("promises");
  TCase *tc = tcase_create ("promises");

  suite_add_tcase (s, tc);
  tcase_add_test (
      tc, test_rates_that_do_not_divide_leave_the_right_number_unmatched);
  tcase_add_test (tc, test_every_pair_is_reported_with_its_own_times);
  tcase_add_test (
      tc, test_every_metric_finds_no_distance_of_a_stream_to_itself);
  tcase_add_test (tc, test_pairs_do_not_depend_on_which_stream_comes_first);
  tcase_add_test (tc, test_settings_may_be_touched_while_frames_flow);
  return s;
}

GST_CHECK_MAIN (promises);
