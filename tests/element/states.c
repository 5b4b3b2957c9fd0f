/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Starting, stopping, starting again; seeking and flushing; settings; what
 * passes upstream through the element.
 */
#include "listener.h"
#include "perceptual.h"

#include <math.h>
#include <string.h>

static gchar *
read_log (const gchar *path)
{
  GError *error = NULL;
  gchar *text = NULL;

  fail_unless (g_file_get_contents (path, &text, NULL, &error), "%s",
      error ? error->message : "");
  return text;
}

GST_START_TEST (test_runs_after_ready_and_after_null_write_the_same_log)
{
  gchar *path = new_file ();
  g_autofree gchar *first = NULL;
  Listener *l = listener_new (
      "videotestsrc num-buffers=8 pattern=ball ! "
      "video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! d.ref_sink "
      "videotestsrc num-buffers=7 pattern=checkers-8 ! "
      "video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! "
      "d.dist_sink perceptualdistance name=d log-location=%s ! fakesink",
      path);

  for (guint i = 0; i < 5; i++) {
    listener_run (l);
    assert_ended_well (l);
    assert_counts (l, 7, 1, 0);
    assert_equals_uint64 (time_at (l, 0, "index"), 0);
    if (first == NULL) {
      first = read_log (path);
      fail_unless (strstr (first, "\"type\":\"summary\"") != NULL);
    } else {
      g_autofree gchar *again = read_log (path);

      fail_unless (g_str_equal (first, again), "the logs differ");
    }
    gst_element_set_state (
        l->pipeline, i % 2 ? GST_STATE_NULL : GST_STATE_READY);
    listener_drain (l);
    /* The summary came at the end and does not come again. */
    assert_equals_int (l->n_summaries, 1);
    listener_clear (l);
  }
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

#define ENDLESS                                                                \
  "videotestsrc pattern=ball ! video/x-raw,format=I420,width=160,height=120 "  \
  "! tee name=t ! queue ! d.ref_sink t. ! queue ! d.dist_sink "                \
  "perceptualdistance name=d "

/* A queue that is stopped refuses the events before the first frame, and the
 * source that sends them then takes that for an error.  Once frames have come
 * (@begun) no error has an excuse. */
static void
assert_no_error_of_a_stop (const Listener *l, gboolean begun)
{
  if (l->error == NULL || (!begun && strstr (l->debug, "GstVideoTestSrc")))
    return;
  ck_abort_msg ("%s (%s)", l->error->message, l->debug);
}

GST_START_TEST (test_ready_in_mid_stream_never_deadlocks)
{
  Listener *l = listener_new (ENDLESS "! fakesink");

  for (guint i = 0; i < 50; i++) {
    gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
    /* At different points: before, at and after the first pairs. */
    if (i % 5 > 0)
      listener_wait (l, i % 5);
    g_usleep (g_random_int_range (0, 3000));
    assert_equals_int (gst_element_set_state (l->pipeline, GST_STATE_READY),
        GST_STATE_CHANGE_SUCCESS);
    listener_drain (l);
    assert_no_error_of_a_stop (l, i % 5 > 0);
    if (l->distances->len > 0) {
      gboolean final = TRUE;

      assert_equals_int (l->n_summaries, 1);
      gst_structure_get_boolean (l->summary, "final", &final);
      fail_if (final);
      assert_equals_uint64 (summary_uint (l, "measured"), l->distances->len);
      /* The pair in work is given up. */
      assert_equals_uint64 (summary_uint (l, "pairs"),
          l->distances->len + summary_uint (l, "skipped"));
      fail_unless (summary_uint (l, "skipped") <= 1);
    }
    listener_clear (l);
  }
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_run_that_is_stopped_early_still_has_a_summary_in_its_log)
{
  gchar *path = new_file ();
  g_autofree gchar *text = NULL;
  Listener *l = listener_new (ENDLESS "log-location=%s ! fakesink", path);

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  listener_wait (l, 5);
  gst_element_set_state (l->pipeline, GST_STATE_NULL);
  text = read_log (path);
  fail_unless (strstr (text, "\"final\":false,\"pairs\":") != NULL);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

/* --- quality of service -------------------------------------------------- */

static GstPadProbeReturn
count_qos (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_QOS)
    g_atomic_int_inc ((gint *) user);
  return GST_PAD_PROBE_OK;
}

static void
count_qos_at (Listener *l, const gchar *pad_name, gint *count)
{
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (d, pad_name);

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, count_qos, count, NULL);
}

GST_START_TEST (test_a_late_display_loses_no_measurement)
{
  gint at_src = 0, at_ref = 0, at_dist = 0;
  Listener *l = listener_new (
      "videotestsrc num-buffers=30 ! tee name=t ! queue ! d.ref_sink "
      "t. ! queue ! d.dist_sink "
      "perceptualdistance name=d metric=l2 ! "
      "video/x-raw,width=64,height=48,framerate=100/1 ! "
      "identity sleep-time=25000 ! fakesink sync=true qos=true");

  count_qos_at (l, "src", &at_src);
  count_qos_at (l, "ref_sink", &at_ref);
  count_qos_at (l, "dist_sink", &at_dist);
  listener_run (l);
  assert_ended_well (l);
  fail_unless (g_atomic_int_get (&at_src) > 0); /* the display did complain */
  assert_equals_int (g_atomic_int_get (&at_ref), 0);
  assert_equals_int (g_atomic_int_get (&at_dist), 0);
  assert_counts (l, 30, 0, 0);
  listener_free (l);
}
GST_END_TEST;

/* --- seeking ------------------------------------------------------------- */

#define SEEKABLE                                                               \
  "videotestsrc pattern=ball ! "                                               \
  "video/x-raw,format=I420,width=64,height=48,framerate=10/1 ! d.ref_sink "    \
  "videotestsrc pattern=ball ! "                                               \
  "video/x-raw,format=I420,width=64,height=48,framerate=10/1 ! d.dist_sink "   \
  "perceptualdistance name=d metric=l2 ! fakesink"

static void
seek (Listener *l, guint64 start, guint64 stop)
{
  fail_unless (
      gst_element_seek (l->pipeline, 1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
          GST_SEEK_TYPE_SET, (gint64) start, GST_SEEK_TYPE_SET, (gint64) stop));
}

GST_START_TEST (test_after_a_flushing_seek_the_segment_is_measured)
{
  Listener *l = listener_new (SEEKABLE);
  guint at;

  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (l->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  seek (l, 5 * GST_SECOND, 7 * GST_SECOND);
  listener_run (l);
  assert_ended_well (l);
  /* The frame that was shown in PAUSED, and two seconds. */
  assert_counts (l, 21, 0, 0);
  fail_unless (summary_double (l, "max") == 0);
  at = 1;
  assert_equals_uint64 (time_at (l, 0, "reference-pts"), 0);
  for (guint i = 0; i < 20; i++, at++) {
    assert_equals_uint64 (time_at (l, at, "reference-pts"),
        5 * GST_SECOND + i * 100 * GST_MSECOND);
    assert_equals_uint64 (
        time_at (l, at, "running-time"), i * 100 * GST_MSECOND);
    assert_equals_uint64 (
        time_at (l, at, "stream-time"), 5 * GST_SECOND + i * 100 * GST_MSECOND);
  }
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_seek_after_the_end_begins_a_new_run)
{
  Listener *l = listener_new (SEEKABLE);

  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (l->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  seek (l, 0, GST_SECOND);
  listener_run (l);
  assert_ended_well (l);
  listener_clear (l);
  seek (l, 2 * GST_SECOND, 3 * GST_SECOND);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 10, 0, 0);
  assert_equals_uint64 (time_at (l, 0, "index"), 0);
  assert_equals_uint64 (time_at (l, 0, "reference-pts"), 2 * GST_SECOND);
  listener_free (l);
}
GST_END_TEST;

/* No run may get there between two seeks, however slow the machine is: that
 * would be an end, and another run would begin. */
#define FAR_OFF (10000 * GST_SECOND)

GST_START_TEST (test_random_seeks_in_mid_stream_never_deadlock)
{
  Listener *l = listener_new (SEEKABLE);

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  gst_element_get_state (l->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < 20; i++) {
    seek (l, (guint64) g_random_int_range (0, 100) * 37 * GST_MSECOND, FAR_OFF);
    g_usleep (g_random_int_range (0, 3000));
  }
  seek (l, FAR_OFF - GST_SECOND, FAR_OFF);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_uint64 (summary_uint (l, "pairs"), l->distances->len);
  fail_unless (summary_double (l, "max") == 0);
  listener_free (l);
}
GST_END_TEST;

/* --- settings ------------------------------------------------------------ */

static Listener *
fail_to_start (const gchar *properties)
{
  Listener *l =
      listener_new ("videotestsrc ! d.ref_sink videotestsrc ! d.dist_sink "
                    "perceptualdistance name=d %s ! fakesink",
          properties);

  assert_equals_int (gst_element_set_state (l->pipeline, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  listener_drain (l);
  return l;
}

GST_START_TEST (test_bad_settings_fail_the_way_to_ready_and_list_the_valid_ones)
{
  Listener *l = fail_to_start ("also=l2,nope");

  assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "also",
      "nope", "mmd-ssim", NULL);
  listener_free (l);

  l = fail_to_start ("metric=l2 also=mmd-ssim,l2");
  assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "l2 is named twice", NULL);
  listener_free (l);

  l = fail_to_start ("metric=l2 seed=7");
  assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "l2 has no option seed", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_options_of_the_metric_alone_go_before_those_of_all)
{
  Listener *l = RUN ("videotestsrc num-buffers=1 ! d.ref_sink "
                     "videotestsrc num-buffers=1 pattern=snow ! d.dist_sink "
                     "perceptualdistance name=d metric=mmd seed=3 "
                     "metric-options=seed=5 also=mmd ! fakesink");
  const GstStructure *distance;
  const GValue *also;
  gdouble own = 0, of_all = 0, same = 0;

  assert_ended_well (l);
  ck_assert_str_eq (
      gst_structure_get_string (l->summary, "metric"), "mmd:seed=5");
  distance = g_ptr_array_index (l->distances, 0);
  also = gst_structure_get_value (distance, "also");
  gst_structure_get_double (distance, "distance", &own);
  gst_structure_get_double (gst_value_get_structure (also), "mmd", &of_all);
  fail_unless (own > 0 && of_all > 0 && own != of_all);
  listener_free (l);

  l = RUN ("videotestsrc num-buffers=1 ! d.ref_sink "
           "videotestsrc num-buffers=1 pattern=snow ! d.dist_sink "
           "perceptualdistance name=d metric=mmd seed=5 ! fakesink");
  assert_ended_well (l);
  gst_structure_get_double (
      g_ptr_array_index (l->distances, 0), "distance", &same);
  fail_unless (same == own);
  listener_free (l);

  l = fail_to_start ("metric=l2 metric-options=seed=5");
  assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      "l2 has no option", "seed", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_an_option_may_be_for_a_metric_of_also)
{
  static const guint seeds[] = { 0, 5 };
  gdouble values[2];

  for (guint i = 0; i < 2; i++) {
    Listener *l =
        RUN ("videotestsrc num-buffers=1 ! d.ref_sink "
             "videotestsrc num-buffers=1 pattern=snow ! d.dist_sink "
             "perceptualdistance name=d metric=l2 also=mmd seed=%u ! fakesink",
            seeds[i]);
    const GValue *also;
    guint64 seed = 99;

    assert_ended_well (l);
    also =
        gst_structure_get_value (g_ptr_array_index (l->distances, 0), "also");
    gst_structure_get_double (
        gst_value_get_structure (also), "mmd", &values[i]);
    gst_structure_get_uint64 (gst_value_get_structure (gst_structure_get_value (
                                  l->summary, "options")),
        "seed", &seed);
    assert_equals_uint64 (seed, seeds[i]);
    listener_free (l);
  }
  fail_unless (values[0] > 0 && values[1] > 0);
  fail_unless (values[0] != values[1]);
}
GST_END_TEST;

GST_START_TEST (test_settings_of_ready_hold_at_the_next_start)
{
  Listener *l = listener_new ("videotestsrc num-buffers=2 ! d.ref_sink "
                              "videotestsrc num-buffers=2 ! d.dist_sink "
                              "perceptualdistance name=d metric=l2 ! fakesink");
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");

  gst_element_set_state (l->pipeline, GST_STATE_READY);
  gst_util_set_object_arg (G_OBJECT (d), "metric", "mmd-ssim");
  listener_run (l);
  assert_ended_well (l);
  ck_assert_str_eq (
      gst_structure_get_string (l->summary, "metric"), "mmd-ssim");
  listener_free (l);
}
GST_END_TEST;

/* A line with a word that there is not is no pipeline at all. */
GST_START_TEST (test_what_there_is_not_is_refused_when_it_is_set)
{
  static const gchar *const words[] = { "metric=nope", "metric=2",
    "backbone=resnet", "heads=1.0", "comparison=none" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autofree gchar *line =
        g_strconcat ("perceptualdistance name=d ", words[i], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GstElement) d =
        gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);

    if (strcmp (words[i], "metric=2") == 0) {
      gint metric = -1;

      /* Enums can be set by number in gst-launch lines. */
      g_object_get (d, "metric", &metric, NULL);
      ck_assert_int_eq (metric, 2);
      continue;
    }
    fail_unless (g_error_matches (
        error, GST_PARSE_ERROR, GST_PARSE_ERROR_COULD_NOT_SET_PROPERTY));
  }
}
GST_END_TEST;

/* What is off is a value that people can read, and has a unit otherwise. */
GST_START_TEST (test_no_number_is_beyond_what_people_read)
{
  g_autoptr (GstElement) d =
      gst_element_factory_make ("perceptualdistance", NULL);
  guint n_specs, n_doubles = 0;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (d), &n_specs);

  for (guint i = 0; i < n_specs; i++) {
    if (!G_IS_PARAM_SPEC_DOUBLE (specs[i]))
      continue;
    n_doubles++;
    fail_unless (fabs (G_PARAM_SPEC_DOUBLE (specs[i])->minimum) <= 1e6);
    fail_unless (fabs (G_PARAM_SPEC_DOUBLE (specs[i])->maximum) <= 1e6);
  }
  ck_assert_uint_ge (n_doubles, 5);
}
GST_END_TEST;

GST_START_TEST (test_properties_read_back_as_they_were_set)
{
  g_autoptr (GstElement) d =
      gst_element_factory_make ("perceptualdistance", NULL);
  g_autofree gchar *also = NULL;
  g_autofree gchar *location = NULL;
  gint64 tolerance = 0, offset = 0;
  guint64 seed = 0;
  guint threads = 0;

  gint metric = -1, backbone = -1;

  g_object_get (d, "metric", &metric, "tolerance", &tolerance, "seed", &seed,
      "backbone", &backbone, NULL);
  assert_equals_int (metric, 0);
  assert_equals_int (backbone, 0);
  assert_equals_int64 (tolerance, -1);
  assert_equals_uint64 (seed, 0);
  g_object_set (d, "also", "l2", "tolerance", G_GINT64_CONSTANT (7),
      "sync-offset", G_GINT64_CONSTANT (-9), "threads", 3, "log-location", "/x",
      "seed", G_GUINT64_CONSTANT (5), NULL);
  g_object_get (d, "also", &also, "tolerance", &tolerance, "sync-offset",
      &offset, "threads", &threads, "log-location", &location, "seed", &seed,
      NULL);
  gst_util_set_object_arg (G_OBJECT (d), "metric", "lpips");
  gst_util_set_object_arg (G_OBJECT (d), "backbone", "vgg");
  g_object_get (d, "metric", &metric, "backbone", &backbone, NULL);
  ck_assert_str_eq (perceptual_metrics ()[metric]->name, "lpips");
  assert_equals_int (backbone, 2);
  ck_assert_str_eq (also, "l2");
  ck_assert_str_eq (location, "/x");
  assert_equals_int64 (tolerance, 7);
  assert_equals_int64 (offset, -9);
  assert_equals_int (threads, 3);
  assert_equals_uint64 (seed, 5);
}
GST_END_TEST;

static gboolean
refuse_to_activate (GstPad *pad, GstObject *parent)
{
  return FALSE;
}

/* The base class does not stop what it started: its thread asked for what the
 * next start had not made yet. */
GST_START_TEST (test_a_start_that_fails_halfway_leaves_nothing_behind)
{
  GstElement *d = gst_element_factory_make ("perceptualdistance", NULL);
  GstPad *pad = gst_element_get_static_pad (d, "ref_sink");
  GstPad *src = gst_element_get_static_pad (d, "src");

  gst_object_ref_sink (d);
  gst_pad_set_activate_function (pad, refuse_to_activate);
  for (guint i = 0; i < 2; i++) {
    assert_equals_int (
        gst_element_set_state (d, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
    fail_if (gst_pad_is_active (src));
  }
  gst_object_unref (src);
  assert_equals_int (
      gst_element_set_state (d, GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (pad);
  ASSERT_OBJECT_REFCOUNT (d, "d", 1);
  gst_object_unref (d);
}
GST_END_TEST;

static Suite *
states_suite (void)
{
  Suite *s = suite_create ("states");
  TCase *tc = tcase_create ("states");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_runs_after_ready_and_after_null_write_the_same_log);
  tcase_add_test (tc, test_ready_in_mid_stream_never_deadlocks);
  tcase_add_test (
      tc, test_a_run_that_is_stopped_early_still_has_a_summary_in_its_log);
  tcase_add_test (tc, test_a_late_display_loses_no_measurement);
  tcase_add_test (tc, test_after_a_flushing_seek_the_segment_is_measured);
  tcase_add_test (tc, test_a_seek_after_the_end_begins_a_new_run);
  tcase_add_test (tc, test_random_seeks_in_mid_stream_never_deadlock);
  tcase_add_test (
      tc, test_bad_settings_fail_the_way_to_ready_and_list_the_valid_ones);
  tcase_add_test (tc, test_options_of_the_metric_alone_go_before_those_of_all);
  tcase_add_test (tc, test_an_option_may_be_for_a_metric_of_also);
  tcase_add_test (tc, test_settings_of_ready_hold_at_the_next_start);
  tcase_add_test (tc, test_what_there_is_not_is_refused_when_it_is_set);
  tcase_add_test (tc, test_no_number_is_beyond_what_people_read);
  tcase_add_test (tc, test_properties_read_back_as_they_were_set);
  tcase_add_test (tc, test_a_start_that_fails_halfway_leaves_nothing_behind);
  return s;
}

GST_CHECK_MAIN (states);
