/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings that change in PLAYING: from which pair on they count, also where
 * another thread sets them.
 */
#include "listener.h"

#include <math.h>

#define FRAME (40 * GST_MSECOND)
#define CAPS "video/x-raw,format=GRAY8,width=32,height=24,framerate=25/1"

/* Sends pairs @from to @to, whose distorted frames are off by @error in every
 * sample, and waits for the distances of @measured pairs in all. */
static void
send_pairs (Listener *l, guint from, guint to, guint error, guint measured)
{
  for (guint i = from; i <= to; i++) {
    send_frame (
        l, "ref", CAPS, (gint) i * 40, fill_bytes, GUINT_TO_POINTER (100));
    send_frame (l, "dist", CAPS, (gint) i * 40, fill_bytes,
        GUINT_TO_POINTER (100 + error));
  }
  listener_wait (l, measured);
}

static void
send_ends (Listener *l)
{
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
}

static void
set (Listener *l, const gchar *name, const gchar *value)
{
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");

  gst_util_set_object_arg (G_OBJECT (d), name, value);
}

/* psnr of frames that are off by @error. */
static gdouble
psnr_of (guint error)
{
  return 20 * log10 (255. / error);
}

/* --- alerts -------------------------------------------------------------- */

static void
assert_alert (const Listener *l, guint n, const gchar *kind, const gchar *state,
    guint64 since, guint64 running_time, gdouble threshold)
{
  const GstStructure *alert;
  guint64 begun = 0, now = 0;
  gdouble told = NAN;

  fail_unless (n < l->alerts->len, "only %u alerts", l->alerts->len);
  alert = g_ptr_array_index (l->alerts, n);
  ck_assert_str_eq (gst_structure_get_string (alert, "kind"), kind);
  ck_assert_str_eq (gst_structure_get_string (alert, "state"), state);
  gst_structure_get (alert, "since", G_TYPE_UINT64, &begun, "running-time",
      G_TYPE_UINT64, &now, NULL);
  gst_structure_get_double (alert, "threshold", &told);
  assert_equals_uint64 (begun, since);
  assert_equals_uint64 (now, running_time);
  fail_unless (
      isnan (threshold) ? isnan (told) : told == threshold, "%g", told);
}

GST_START_TEST (test_a_threshold_counts_from_the_next_pair_on)
{
  Listener *l = listener_of_frames ("metric=psnr");

  send_pairs (l, 0, 2, 20, 3);
  set (l, "alert-below", "25");
  send_pairs (l, 3, 4, 20, 5);
  /* It looks better now, since less is asked for. */
  set (l, "alert-below", "20");
  send_pairs (l, 5, 6, 20, 7);
  set (l, "alert-below", "25");
  send_pairs (l, 7, 7, 20, 8);
  set (l, "alert-hysteresis", "10");
  send_pairs (l, 8, 8, 10, 9);
  set (l, "alert-below", "-1");
  send_pairs (l, 9, 10, 20, 11);
  send_ends (l);
  assert_equals_int (l->alerts->len, 4);
  assert_alert (l, 0, "below", "begin", 3 * FRAME, 3 * FRAME, 25);
  assert_alert (l, 1, "below", "end", 3 * FRAME, 5 * FRAME, 20);
  assert_alert (l, 2, "below", "begin", 7 * FRAME, 7 * FRAME, 25);
  /* By the threshold that it had until then. */
  assert_alert (l, 3, "below", "end", 7 * FRAME, 9 * FRAME, 25);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_another_window_begins_empty)
{
  Listener *l = listener_of_frames ("metric=psnr alert-below=20");
  gdouble value = 0;

  send_pairs (l, 0, 1, 40, 2);
  set (l, "alert-window", "120000000");
  set (l, "alert-min-duration", "80000000");
  /* The alert is open while the window fills with good pairs, whose mean then
   * ends it. */
  send_pairs (l, 2, 4, 10, 5);
  /* (28.1 + 16.1 + 16.1) / 3 is bad, and bad for two frames with the next. */
  send_pairs (l, 5, 8, 40, 9);
  set (l, "alert-window", "0");
  set (l, "alert-min-duration", "0");
  send_pairs (l, 9, 9, 10, 10);
  send_ends (l);
  assert_equals_int (l->alerts->len, 4);
  assert_alert (l, 0, "below", "begin", 0, 0, 20);
  assert_alert (l, 1, "below", "end", 0, 4 * FRAME, 20);
  gst_structure_get_double (g_ptr_array_index (l->alerts, 1), "value", &value);
  assert_equals_float (value, psnr_of (10));
  assert_alert (l, 2, "below", "begin", 7 * FRAME, 8 * FRAME, 20);
  assert_alert (l, 3, "below", "end", 7 * FRAME, 9 * FRAME, 20);
  listener_free (l);
}
GST_END_TEST;

/* Black against grey. */
static void
send_black (Listener *l, guint from, guint to, guint measured)
{
  for (guint i = from; i <= to; i++) {
    send_frame (
        l, "ref", CAPS, (gint) i * 40, fill_bytes, GUINT_TO_POINTER (100));
    send_frame (
        l, "dist", CAPS, (gint) i * 40, fill_bytes, GUINT_TO_POINTER (0));
  }
  listener_wait (l, measured);
}

GST_START_TEST (test_alerts_of_black_pictures_are_switched_on_and_off)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_black (l, 0, 2, 3);
  set (l, "alert-black", "true");
  send_black (l, 3, 4, 5);
  set (l, "alert-black", "false");
  send_black (l, 5, 6, 7);
  send_ends (l);
  assert_equals_int (l->alerts->len, 2);
  assert_alert (l, 0, "black", "begin", 3 * FRAME, 3 * FRAME, NAN);
  assert_alert (l, 1, "black", "end", 3 * FRAME, 5 * FRAME, NAN);
  assert_equals_uint64 (summary_uint (l, "black"), 7);
  listener_free (l);
}
GST_END_TEST;

/* --- which pairs --------------------------------------------------------- */

static void
assert_measured (const Listener *l, const guint *indices, guint n)
{
  assert_equals_int (l->distances->len, n);
  for (guint i = 0; i < n; i++)
    assert_equals_uint64 (time_at (l, i, "running-time"), indices[i] * FRAME);
}

GST_START_TEST (test_interval_and_rate_choose_from_the_next_pair_on)
{
  static const guint measured[] = { 0, 5, 6, 7, 8, 9, 12, 15, 16, 20, 21, 22 };
  Listener *l = listener_of_frames ("metric=l2 interval=5");

  send_pairs (l, 0, 5, 1, 2);
  set (l, "interval", "1");
  send_pairs (l, 6, 8, 1, 5);
  set (l, "interval", "3");
  send_pairs (l, 9, 12, 1, 7);
  /* Both would contradict each other. */
  set (l, "rate", "5/1");
  send_pairs (l, 13, 15, 1, 8);
  assert_one_warning (l, "interval and rate are both set now");
  set (l, "interval", "1");
  send_pairs (l, 16, 20, 1, 10);
  set (l, "rate", "0/1");
  send_pairs (l, 21, 22, 1, 12);
  send_ends (l);
  assert_measured (l, measured, G_N_ELEMENTS (measured));
  assert_counts (l, 23, 0, 0);
  assert_equals_uint64 (summary_uint (l, "measured"), 12);
  assert_equals_uint64 (summary_uint (l, "unselected"), 11);
  assert_equals_int (l->warnings->len, 1);
  listener_free (l);
}
GST_END_TEST;

/* --- summaries ----------------------------------------------------------- */

static void
assert_window (
    const Listener *l, guint n, guint64 start, guint64 end, guint64 pairs)
{
  const GValue *value;
  const GstStructure *window;
  guint64 from = 0, to = 0, measured = 0;

  fail_unless (n < l->summaries->len, "only %u summaries", l->summaries->len);
  value =
      gst_structure_get_value (g_ptr_array_index (l->summaries, n), "window");
  fail_unless (value != NULL);
  window = gst_value_get_structure (value);
  gst_structure_get (window, "start", G_TYPE_UINT64, &from, "end",
      G_TYPE_UINT64, &to, "measured", G_TYPE_UINT64, &measured, NULL);
  assert_equals_uint64 (from, start * GST_MSECOND);
  assert_equals_uint64 (to, end * GST_MSECOND);
  assert_equals_uint64 (measured, pairs);
  gst_structure_get (window, "pairs", G_TYPE_UINT64, &measured, NULL);
  assert_equals_uint64 (measured, pairs);
}

GST_START_TEST (test_another_summary_interval_ends_the_window)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_pairs (l, 0, 2, 1, 3);
  set (l, "summary-interval", "400000000");
  send_pairs (l, 3, 24, 1, 25);
  set (l, "summary-interval", "200000000");
  send_pairs (l, 25, 32, 1, 33);
  set (l, "summary-interval", "0");
  send_pairs (l, 33, 35, 1, 36);
  send_ends (l);
  assert_equals_int (l->summaries->len, 6);
  assert_window (l, 0, 120, 400, 7);
  assert_window (l, 1, 400, 800, 10);
  assert_window (l, 2, 800, 1000, 5);
  assert_window (l, 3, 1000, 1200, 5);
  assert_window (l, 4, 1200, 1320, 3);
  fail_if (gst_structure_has_field (l->summary, "window"));
  assert_equals_uint64 (summary_uint (l, "measured"), 36);
  listener_free (l);
}
GST_END_TEST;

/* --- threads ------------------------------------------------------------- */

static gint stop; /* atomic */

static gpointer
change_all (gpointer d)
{
  guint n = 0;

  while (!g_atomic_int_get (&stop)) {
    n++;
    g_object_set (d, "interval", 1 + n % 3, "jitter", n % 2 == 0, NULL);
    g_object_set (d, "alert-above", n % 2 ? 0. : 1., "alert-below", -1.,
        "alert-hysteresis", .1 * (n % 5), "alert-window",
        (gint64) (n % 4 * 100 * GST_MSECOND), "alert-min-duration",
        (gint64) (n % 3 * FRAME), "alert-frozen", n % 2, "alert-black",
        (n + 1) % 2, "summary-interval", (gint64) (n % 5 * 130 * GST_MSECOND),
        NULL);
    if (n % 3 == 0)
      g_object_set (d, "rate", 5, 1, "rate", 0, 1, NULL);
    g_usleep (500);
  }
  return GUINT_TO_POINTER (n);
}

static guint
count_alerts (const Listener *l, const gchar *state)
{
  guint n = 0;

  for (guint i = 0; i < l->alerts->len; i++)
    n += g_str_equal (gst_structure_get_string (
                          g_ptr_array_index (l->alerts, i), "state"),
             state)
        ? 1
        : 0;
  return n;
}

/* Windows must hold what was measured in all, whenever they were cut, and each
 * alert must end. */
GST_START_TEST (test_another_thread_may_change_all_of_it)
{
  static const gchar *const modes[] = { "every-pair", "real-time" };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree gchar *settings =
        g_strdup_printf ("metric=l2 measure=%s", modes[i]);
    Listener *l = listener_of_frames (settings);
    g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
    GThread *thread;

    g_atomic_int_set (&stop, FALSE);
    thread = g_thread_new ("changes", change_all, d);
    for (guint n = 0; n < 40; n++) {
      send_pairs (l, 10 * n, 10 * n + 9, n % 3, 0);
      g_usleep (2000);
    }
    send_ends (l);
    g_atomic_int_set (&stop, TRUE);
    fail_unless (GPOINTER_TO_UINT (g_thread_join (thread)) > 5);
    assert_counts (l, 400, 0, 0);
    assert_equals_uint64 (summary_uint (l, "measured")
            + summary_uint (l, "unselected") + summary_uint (l, "skipped"),
        400);
    assert_equals_uint64 (summary_uint (l, "measured"), l->distances->len);
    assert_equals_int (count_alerts (l, "begin"), count_alerts (l, "end"));
    listener_free (l);
  }
}
GST_END_TEST;

/* --- the flag ------------------------------------------------------------ */

GST_START_TEST (test_properties_tell_when_they_may_change)
{
  static const gchar *const live[] = { "interval", "rate", "jitter",
    "summary-interval", "alert-above", "alert-below", "alert-hysteresis",
    "alert-window", "alert-min-duration", "alert-frozen", "alert-black" };
  g_autoptr (GstElement) d =
      gst_element_factory_make ("perceptualdistance", NULL);
  guint n_live = 0, n_specs;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (d), &n_specs);

  gst_object_ref_sink (d);
  for (guint i = 0; i < n_specs; i++) {
    if (specs[i]->owner_type != G_OBJECT_TYPE (d))
      continue;
    if (specs[i]->flags & GST_PARAM_MUTABLE_PLAYING)
      n_live++;
    else
      fail_unless (
          specs[i]->flags & GST_PARAM_MUTABLE_READY, "%s", specs[i]->name);
  }
  assert_equals_int (n_live, G_N_ELEMENTS (live));
  for (guint i = 0; i < G_N_ELEMENTS (live); i++)
    fail_unless (
        g_object_class_find_property (G_OBJECT_GET_CLASS (d), live[i])->flags
            & GST_PARAM_MUTABLE_PLAYING,
        "%s", live[i]);
}
GST_END_TEST;

static Suite *
changes_suite (void)
{
  Suite *suite = suite_create ("changes");
  TCase *tcase = tcase_create ("changes");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_a_threshold_counts_from_the_next_pair_on);
  tcase_add_test (tcase, test_another_window_begins_empty);
  tcase_add_test (tcase, test_alerts_of_black_pictures_are_switched_on_and_off);
  tcase_add_test (tcase, test_interval_and_rate_choose_from_the_next_pair_on);
  tcase_add_test (tcase, test_another_summary_interval_ends_the_window);
  tcase_add_test (tcase, test_another_thread_may_change_all_of_it);
  tcase_add_test (tcase, test_properties_tell_when_they_may_change);
  return suite;
}

GST_CHECK_MAIN (changes);
