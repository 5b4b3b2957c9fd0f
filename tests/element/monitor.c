/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Watching a stream for long: alerts, frozen and black pictures, summaries of
 * intervals and on demand, logs in the layout of libvmaf and in many files.
 */
#include "listener.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define FRAME (40 * GST_MSECOND)
#define CAPS "video/x-raw,format=I420,width=160,height=96,framerate=25/1"

/* --- frames made here ---------------------------------------------------- */

#define BLACK 1000

/* A bright square at so many pixels from the left; black for BLACK. */
static void
fill_square (GstVideoFrame *frame, gpointer user)
{
  gint at = GPOINTER_TO_INT (user);
  guint8 *y = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);

  memset (frame->map[0].data, 128, frame->map[0].size);
  for (gint j = 0; j < GST_VIDEO_FRAME_HEIGHT (frame); j++) {
    for (gint i = 0; i < GST_VIDEO_FRAME_WIDTH (frame); i++) {
      gboolean inside = j >= 32 && j < 64 && i >= at && i < at + 32;

      y[j * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0) + i] =
          at == BLACK ? 16 : (inside ? 200 : 90);
    }
  }
}

/* Sends a pair whose distorted frame is off by @error in every sample. */
static void
send_pair (Listener *l, guint index, guint error)
{
  send_frame (
      l, "ref", CAPS, (gint) index * 40, fill_bytes, GUINT_TO_POINTER (100));
  send_frame (l, "dist", CAPS, (gint) index * 40, fill_bytes,
      GUINT_TO_POINTER (100 + error));
}

static void
send_ends (Listener *l)
{
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
}

/* psnr of frames that are off by @error. */
static gdouble
psnr_of (guint error)
{
  return 20 * log10 (255. / error);
}

/* --- alerts -------------------------------------------------------------- */

static guint64
uint_of (const GstStructure *structure, const gchar *field)
{
  guint64 value = 0;

  fail_unless (gst_structure_get_uint64 (structure, field, &value),
      "no field %s", field);
  return value;
}

static gdouble
double_of (const GstStructure *structure, const gchar *field)
{
  gdouble value = 0;

  fail_unless (gst_structure_get_double (structure, field, &value),
      "no field %s", field);
  return value;
}

static const GstStructure *
part_of (const GstStructure *structure, const gchar *field)
{
  const GValue *value = gst_structure_get_value (structure, field);

  fail_unless (value != NULL && GST_VALUE_HOLDS_STRUCTURE (value),
      "no structure %s", field);
  return gst_value_get_structure (value);
}

static const GstStructure *
assert_alert (const Listener *l, guint n, const gchar *kind, const gchar *state,
    guint64 since, guint64 running_time, guint64 duration)
{
  const GstStructure *alert;

  fail_unless (n < l->alerts->len, "only %u alerts", l->alerts->len);
  alert = g_ptr_array_index (l->alerts, n);
  ck_assert_str_eq (gst_structure_get_string (alert, "stream"), "dist_sink");
  ck_assert_str_eq (gst_structure_get_string (alert, "kind"), kind);
  ck_assert_str_eq (gst_structure_get_string (alert, "state"), state);
  assert_equals_uint64 (uint_of (alert, "since"), since);
  assert_equals_uint64 (uint_of (alert, "running-time"), running_time);
  assert_equals_uint64 (uint_of (alert, "duration"), duration);
  return alert;
}

static gboolean
is_at_end (const GstStructure *alert)
{
  gboolean at_end = FALSE;

  fail_unless (gst_structure_get_boolean (alert, "at-end", &at_end));
  return at_end;
}

GST_START_TEST (test_alerts_begin_and_end_with_the_bad_frames)
{
  static const guint errors[] = { 0, 5, 20, 30, 20, 5, 0, 40, 40 };
  gchar *path = new_file ();
  g_autofree gchar *properties = g_strdup_printf (
      "metric=psnr alert-below=25 alert-hysteresis=2 log-location=%s", path);
  Listener *l = listener_of_frames (properties);
  const GstStructure *alert;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    send_pair (l, i, errors[i]);
  send_ends (l);
  assert_ended_well (l);
  assert_equals_int (l->alerts->len, 4);

  alert = assert_alert (l, 0, "below", "begin", 2 * FRAME, 2 * FRAME, FRAME);
  fail_unless (double_of (alert, "threshold") == 25);
  assert_equals_float (double_of (alert, "value"), psnr_of (20));
  alert = assert_alert (l, 1, "below", "end", 2 * FRAME, 5 * FRAME, 3 * FRAME);
  fail_if (is_at_end (alert));
  assert_equals_uint64 (uint_of (alert, "pairs"), 3);
  alert = part_of (alert, "worst");
  assert_equals_uint64 (uint_of (alert, "index"), 3);
  assert_equals_uint64 (uint_of (alert, "pts"), 3 * FRAME);
  assert_equals_float (double_of (alert, "distance"), psnr_of (30));

  assert_alert (l, 2, "below", "begin", 7 * FRAME, 7 * FRAME, FRAME);
  alert = assert_alert (l, 3, "below", "end", 7 * FRAME, 8 * FRAME, 2 * FRAME);
  fail_unless (is_at_end (alert));

  /* The log has them after the pairs that caused them. */
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  assert_equals_int (g_strv_length (lines), 1 + 9 + 4 + 1 + 1);
  fail_unless (g_str_has_prefix (lines[4],
      "{\"type\":\"alert\",\"stream\":\"dist_sink\",\"metric\":\"psnr\","
      "\"kind\":\"below\",\"state\":\"begin\",\"at_end\":false,"));
  fail_unless (g_str_has_prefix (lines[13], "{\"type\":\"alert\""));
  fail_unless (g_str_has_prefix (lines[14], "{\"type\":\"summary\""));
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_a_window_takes_the_mean)
{
  static const guint errors[] = { 10, 10, 10, 10, 40, 10, 10, 40, 40, 40, 10 };
  Listener *l =
      listener_of_frames ("metric=psnr alert-below=22 alert-window=120000000");
  const GstStructure *alert;
  gdouble mean = (psnr_of (10) + 2 * psnr_of (40)) / 3;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    send_pair (l, i, errors[i]);
  send_ends (l);
  assert_ended_well (l);
  /* One bad frame of three is not enough, two are. */
  assert_equals_int (l->alerts->len, 2);
  alert = assert_alert (l, 0, "below", "begin", 8 * FRAME, 8 * FRAME, FRAME);
  fail_unless (fabs (double_of (alert, "value") - mean) < 1e-9);
  assert_equals_uint64 (uint_of (part_of (alert, "worst"), "index"), 7);
  alert = assert_alert (l, 1, "below", "end", 8 * FRAME, 10 * FRAME, 3 * FRAME);
  fail_unless (is_at_end (alert));
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_each_stream_has_its_own_alerts)
{
  Listener *l =
      RUN ("videotestsrc num-buffers=6 ! " CAPS " ! tee name=t "
           "t. ! queue ! d.ref_sink "
           "t. ! queue ! d.dist_sink "
           "t. ! queue ! videobalance brightness=-.3 ! d.dist_sink_1 "
           "perceptualdistance name=d metric=l2 alert-above=0 ! fakesink");

  assert_ended_well (l);
  assert_equals_int (l->alerts->len, 2);
  for (guint i = 0; i < 2; i++) {
    const GstStructure *alert = g_ptr_array_index (l->alerts, i);

    ck_assert_str_eq (
        gst_structure_get_string (alert, "stream"), "dist_sink_1");
    fail_unless (is_at_end (alert) == (i == 1));
  }
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_flush_ends_an_alert)
{
  Listener *l =
      listener_new ("videotestsrc pattern=ball ! " CAPS " ! d.ref_sink "
                    "videotestsrc pattern=black ! " CAPS " ! d.dist_sink "
                    "perceptualdistance name=d metric=l2 alert-above=0 ! "
                    "fakesink");

  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  gst_element_get_state (l->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  fail_unless (gst_element_seek (l->pipeline, 1, GST_FORMAT_TIME,
      GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 5 * GST_SECOND, GST_SEEK_TYPE_SET,
      6 * GST_SECOND));
  listener_run (l);
  assert_ended_well (l);
  assert_equals_int (l->alerts->len, 4);
  assert_alert (l, 0, "above", "begin", 0, 0, FRAME);
  fail_unless (is_at_end (g_ptr_array_index (l->alerts, 1)));
  assert_alert (l, 2, "above", "begin", 0, 0, FRAME);
  fail_unless (is_at_end (
      assert_alert (l, 3, "above", "end", 0, 24 * FRAME, 25 * FRAME)));
  listener_free (l);
}
GST_END_TEST;

/* --- frozen and black ---------------------------------------------------- */

GST_START_TEST (test_frozen_and_black_pictures_are_counted_and_alerted)
{
  Listener *l =
      listener_of_frames ("metric=l2 alert-frozen=true alert-black=true "
                          "alert-min-duration=120000000");

  for (gint i = 0; i < 24; i++) {
    gint at = 4 * i;

    /* The two frozen frames at the end are too short for an alert. */
    if (i >= 5 && i <= 8)
      at = 4 * 4;
    else if (i >= 12 && i <= 14)
      at = BLACK;
    else if (i == 21 || i == 22)
      at = 4 * 20;
    send_frame (l, "ref", CAPS, i * 40, fill_square, GINT_TO_POINTER (4 * i));
    send_frame (l, "dist", CAPS, i * 40, fill_square, GINT_TO_POINTER (at));
  }
  send_ends (l);
  assert_ended_well (l);
  assert_equals_uint64 (summary_uint (l, "frozen"), 4 + 2);
  assert_equals_uint64 (summary_uint (l, "black"), 3);
  for (guint i = 0; i < 24; i++) {
    const GstStructure *s = g_ptr_array_index (l->distances, i);
    gboolean frozen, black;

    fail_unless (gst_structure_get_boolean (s, "frozen", &frozen));
    fail_unless (gst_structure_get_boolean (s, "black", &black));
    fail_unless (frozen == ((i >= 5 && i <= 8) || i == 21 || i == 22));
    fail_unless (black == (i >= 12 && i <= 14));
  }
  assert_equals_int (l->alerts->len, 4);
  assert_alert (l, 0, "frozen", "begin", 5 * FRAME, 7 * FRAME, 3 * FRAME);
  assert_alert (l, 1, "frozen", "end", 5 * FRAME, 9 * FRAME, 4 * FRAME);
  assert_alert (l, 2, "black", "begin", 12 * FRAME, 14 * FRAME, 3 * FRAME);
  assert_alert (l, 3, "black", "end", 12 * FRAME, 15 * FRAME, 3 * FRAME);
  fail_if (
      gst_structure_has_field (g_ptr_array_index (l->alerts, 0), "threshold"));
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_still_scene_is_neither_frozen_nor_black)
{
  Listener *l = RUN (
      "videotestsrc num-buffers=10 pattern=smpte75 ! " CAPS " ! d.ref_sink "
      "videotestsrc num-buffers=10 pattern=smpte75 ! " CAPS
      " ! videobalance brightness=-.1 ! d.dist_sink "
      "videotestsrc num-buffers=10 pattern=black ! " CAPS " ! d.dist_sink_1 "
      "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_equals_uint64 (uint_of (summary_of (l, "dist_sink"), "frozen"), 0);
  assert_equals_uint64 (uint_of (summary_of (l, "dist_sink"), "black"), 0);
  assert_equals_uint64 (uint_of (summary_of (l, "dist_sink_1"), "frozen"), 0);
  assert_equals_uint64 (uint_of (summary_of (l, "dist_sink_1"), "black"), 10);
  listener_free (l);
}
GST_END_TEST;

/* --- misaligned ---------------------------------------------------------- */

/* A picture that is another one at every time. */
static void
fill_moving (GstVideoFrame *frame, gpointer user)
{
  gdouble t = GPOINTER_TO_INT (user);
  guint8 *y = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);

  memset (frame->map[0].data, 128, frame->map[0].size);
  for (gint j = 0; j < GST_VIDEO_FRAME_HEIGHT (frame); j++) {
    for (gint i = 0; i < GST_VIDEO_FRAME_WIDTH (frame); i++)
      y[j * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0) + i] =
          (guint8) (128 + 60 * sin (i / 20. - t * .45) * cos (j / 30. + t * .1)
              + 30 * sin ((i + 2 * j) / 50. + t * .3));
  }
}

/* Sends @n pairs, of which the distorted pictures are one frame late from pair
 * @late on. */
static void
send_moving (Listener *l, gint n, gint late)
{
  for (gint i = 0; i < n; i++) {
    gint shown = i < late ? i : i - 1;

    send_frame (l, "ref", CAPS, i * 40, fill_moving, GINT_TO_POINTER (i));
    send_frame (l, "dist", CAPS, i * 40, fill_moving, GINT_TO_POINTER (shown));
  }
}

/* Pair 20 shows the picture of pair 19 once more; of the last three it is not
 * known. */
GST_START_TEST (test_misaligned_pairs_are_counted_and_said_once)
{
  Listener *l = listener_of_frames ("metric=l2 summary-interval=1000000000");
  guint64 in_windows = 0;

  send_moving (l, 80, 20);
  send_ends (l);
  assert_ended_well (l);
  assert_equals_uint64 (summary_uint (l, "pairs"), 80);
  assert_equals_uint64 (summary_uint (l, "misaligned"), 80 - 21 - 3);
  for (guint i = 0; i < l->summaries->len; i++)
    in_windows += uint_of (
        part_of (g_ptr_array_index (l->summaries, i), "window"), "misaligned");
  assert_equals_uint64 (in_windows, 80 - 21 - 3);
  assert_equals_int (l->warnings->len, 1);
  assert_one_warning (
      l, "From 0:00:00.840 on the distorted frames look 1 frame late");
  fail_unless (strstr (g_ptr_array_index (l->advice, 0), "sync=auto") != NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_pairs_in_order_are_not_misaligned)
{
  Listener *l = listener_of_frames ("metric=l2");

  send_moving (l, 80, 80);
  send_ends (l);
  assert_ended_well (l);
  assert_equals_uint64 (summary_uint (l, "misaligned"), 0);
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}
GST_END_TEST;

/* --- summaries ----------------------------------------------------------- */

#define MOVING(n)                                                              \
  "videotestsrc num-buffers=" #n " pattern=ball ! " CAPS " ! d.ref_sink "      \
  "videotestsrc num-buffers=" #n " pattern=snow ! " CAPS " ! d.dist_sink "

GST_START_TEST (test_summaries_come_every_interval)
{
  gchar *path = new_file ();
  Listener *l = RUN (MOVING (25) "perceptualdistance name=d metric=psnr "
                                 "summary-interval=400000000 "
                                 "log-location=%s ! fakesink",
      path);
  guint64 measured = 0;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  assert_ended_well (l);
  /* Ten pairs, ten pairs, and five at the end. */
  assert_equals_int (l->summaries->len, 3);
  for (guint i = 0; i < 3; i++) {
    const GstStructure *s = g_ptr_array_index (l->summaries, i);
    const GstStructure *window = part_of (s, "window");
    gdouble sum = 0, min = INFINITY;
    gboolean final;

    fail_unless (gst_structure_get_boolean (s, "final", &final));
    fail_unless (final == (i == 2));
    assert_equals_uint64 (uint_of (window, "start"), 10 * i * FRAME);
    assert_equals_uint64 (uint_of (window, "end"), 10 * (i + 1) * FRAME);
    assert_equals_uint64 (uint_of (window, "measured"), i < 2 ? 10 : 5);
    assert_equals_uint64 (uint_of (window, "pairs"), i < 2 ? 10 : 5);
    assert_equals_uint64 (uint_of (window, "skipped"), 0);
    assert_equals_uint64 (uint_of (window, "unselected"), 0);
    measured += uint_of (window, "measured");
    assert_equals_uint64 (uint_of (s, "measured"), measured);
    for (guint k = 10 * i; k < measured; k++) {
      sum += distance_at (l, k);
      min = MIN (min, distance_at (l, k));
    }
    fail_unless (
        fabs (double_of (window, "mean") - sum / (i < 2 ? 10 : 5)) < 1e-9);
    fail_unless (double_of (window, "min") == min);
  }
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  assert_equals_int (g_strv_length (lines), 1 + 25 + 3 + 1);
  fail_unless (g_str_has_prefix (lines[11], "{\"type\":\"summary\""));
  fail_unless (strstr (lines[11], "\"window\":{\"start\":0,") != NULL);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

static GstStructure *
get_summary (GstElement *element, const gchar *stream)
{
  GstStructure *summary = NULL;

  g_signal_emit_by_name (element, "get-summary", stream, &summary);
  return summary;
}

GST_START_TEST (test_a_summary_is_there_on_demand)
{
  Listener *l = listener_of_frames ("metric=psnr");
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstStructure) before = NULL, during = NULL, after = NULL;
  gboolean final = TRUE;

  fail_unless (get_summary (element, "dist_sink_7") == NULL);
  before = get_summary (element, NULL);
  fail_unless (before != NULL);
  assert_equals_uint64 (uint_of (before, "measured"), 0);
  for (guint i = 0; i < 6; i++)
    send_pair (l, i, 10 + i);
  listener_wait (l, 4);
  during = get_summary (element, "dist_sink");
  fail_unless (during != NULL);
  fail_unless (gst_structure_has_name (during, "perceptual-summary"));
  fail_unless (uint_of (during, "measured") >= 4);
  fail_unless (uint_of (during, "pairs") >= 4);
  assert_equals_float (double_of (during, "max"), psnr_of (10));
  fail_unless (gst_structure_get_boolean (during, "final", &final));
  fail_if (final);
  send_ends (l);
  after = get_summary (element, NULL);
  fail_unless (gst_structure_is_equal (after, l->summary));
  gst_element_set_state (l->pipeline, GST_STATE_READY);
  fail_unless (get_summary (element, NULL) == NULL);
  listener_free (l);
}
GST_END_TEST;

typedef struct
{
  GstElement *element;
  gint stop; /* atomic */
  guint64 last;
  gint answers; /* atomic */
} Asker;

static gpointer
ask_all_the_time (gpointer data)
{
  Asker *asker = data;

  while (!g_atomic_int_get (&asker->stop)) {
    g_autoptr (GstStructure) summary = get_summary (asker->element, NULL);
    guint64 measured;

    if (summary == NULL)
      continue;
    measured = uint_of (summary, "measured");
    fail_unless (measured >= asker->last);
    asker->last = measured;
    g_atomic_int_inc (&asker->answers);
  }
  return NULL;
}

GST_START_TEST (test_summaries_on_demand_race_with_the_run_and_its_end)
{
  Listener *l = listener_new (
      MOVING (200) "perceptualdistance name=d metric=psnr also=l2 "
                   "measure=real-time summary-interval=100000000 ! fakesink");
  Asker asker = { gst_bin_get_by_name (GST_BIN (l->pipeline), "d"), FALSE, 0,
    0 };
  GThread *thread = g_thread_new ("asker", ask_all_the_time, &asker);

  /* The run must not be over before the thread gets going. */
  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  while (g_atomic_int_get (&asker.answers) == 0)
    g_thread_yield ();
  listener_run (l);
  fail_unless (l->error == NULL);
  gst_element_set_state (l->pipeline, GST_STATE_NULL);
  g_atomic_int_set (&asker.stop, TRUE);
  g_thread_join (thread);
  fail_unless (asker.last <= summary_uint (l, "measured"));
  gst_object_unref (asker.element);
  listener_free (l);
}
GST_END_TEST;

/* --- logs ---------------------------------------------------------------- */

GST_START_TEST (test_a_log_in_the_layout_of_libvmaf_parses)
{
  gchar *path = new_file ();
  Listener *l =
      RUN (MOVING (7) "perceptualdistance name=d also=psnr,ssim "
                      "log-format=vmaf-json log-location=%s ! fakesink",
          path);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *document, *workers;
  JsonArray *frames;

  assert_ended_well (l);
  fail_unless (json_parser_load_from_file (parser, path, NULL));
  document = json_node_get_object (json_parser_get_root (parser));
  frames = json_object_get_array_member (document, "frames");
  assert_equals_int (json_array_get_length (frames), 7);
  for (guint i = 0; i < 7; i++) {
    JsonObject *frame = json_array_get_object_element (frames, i);
    JsonObject *metrics = json_object_get_object_member (frame, "metrics");

    assert_equals_int (json_object_get_int_member (frame, "frameNum"), i);
    fail_unless (json_object_get_double_member (metrics, "mmd-ssim")
        == distance_at (l, i));
    fail_unless (json_object_get_double_member (metrics, "psnr_y") > 0);
    fail_unless (json_object_has_member (metrics, "psnr_cr"));
    fail_unless (json_object_has_member (metrics, "ssim"));
  }
  workers = json_object_get_object_member (
      json_object_get_object_member (document, "pooled_metrics"), "mmd-ssim");
  fail_unless (fabs (json_object_get_double_member (workers, "mean")
                   - summary_double (l, "mean"))
      < 1e-12);
  fail_unless (json_object_get_double_member (workers, "max")
      == summary_double (l, "max"));
  fail_unless (json_object_get_boolean_member (
      json_object_get_object_member (document, "summary"), "final"));
  ck_assert_str_eq (
      json_object_get_string_member (
          json_object_get_object_member (document, "params"), "metric"),
      "mmd-ssim");
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

/* Appends the indices of the pairs in the file at @path. */
static void
collect_indices (const gchar *path, GArray *indices)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL), "no %s", path);
  fail_unless (g_str_has_prefix (text, "{\"type\":\"header\""));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    guint index;

    if (sscanf (lines[i], "{\"type\":\"distance\",\"index\":%u,", &index) == 1)
      g_array_append_val (indices, index);
  }
}

GST_START_TEST (test_a_log_in_many_files_loses_and_doubles_no_pair)
{
  gchar *path = new_file ();
  Listener *l = RUN (MOVING (25) "perceptualdistance name=d metric=l2 "
                                 "log-max-time=400000000 log-location=%s ! "
                                 "fakesink",
      path);
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint));

  assert_ended_well (l);
  for (guint i = 1; i <= 2; i++) {
    g_autofree gchar *full = g_strdup_printf ("%s-%05u", path, i);

    collect_indices (full, indices);
    assert_equals_int (indices->len, 10 * i);
    g_unlink (full);
  }
  collect_indices (path, indices);
  assert_equals_int (indices->len, 25);
  for (guint i = 0; i < 25; i++)
    assert_equals_int (g_array_index (indices, guint, i), i);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

static void
assert_refused (const gchar *properties, const gchar *text)
{
  Listener *l = listener_new (
      MOVING (5) "videotestsrc num-buffers=5 ! d.dist_sink_1 "
                 "perceptualdistance name=d metric=l2 %s ! fakesink",
      properties);

  assert_equals_int (gst_element_set_state (l->pipeline, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  listener_drain (l);
  assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, text, NULL);
  listener_free (l);
}

GST_START_TEST (test_logs_that_cannot_be_are_refused_before_the_start)
{
  gchar *path = new_file ();
  g_autofree gchar *two_streams =
      g_strdup_printf ("log-location=%s log-format=vmaf-json", path);

  assert_refused ("log-location=- log-max-bytes=1000", "standard output");
  assert_refused ("log-location=/dev/null log-max-time=1000", "/dev/null");
  assert_refused (two_streams, "one distorted stream");
  fail_if (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_a_pipe_that_is_gone_at_the_end_is_an_error)
{
  Listener *l;

  if (g_access ("/dev/full", 2) != 0)
    return;
  /* Nothing is measured, so nothing is written before the end. */
  l = listener_new ("appsrc name=ref format=time ! d.ref_sink "
                    "appsrc name=dist format=time ! d.dist_sink "
                    "perceptualdistance name=d log-format=vmaf-json "
                    "log-location=/dev/full ! fakesink");
  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  gst_element_set_state (l->pipeline, GST_STATE_READY);
  listener_drain (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
      "/dev/full", NULL);
  listener_free (l);
}
GST_END_TEST;

static Suite *
monitor_suite (void)
{
  Suite *s = suite_create ("monitor");
  TCase *tc = tcase_create ("monitor");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_alerts_begin_and_end_with_the_bad_frames);
  tcase_add_test (tc, test_a_window_takes_the_mean);
  tcase_add_test (tc, test_each_stream_has_its_own_alerts);
  tcase_add_test (tc, test_a_flush_ends_an_alert);
  tcase_add_test (tc, test_frozen_and_black_pictures_are_counted_and_alerted);
  tcase_add_test (tc, test_a_still_scene_is_neither_frozen_nor_black);
  tcase_add_test (tc, test_misaligned_pairs_are_counted_and_said_once);
  tcase_add_test (tc, test_pairs_in_order_are_not_misaligned);
  tcase_add_test (tc, test_summaries_come_every_interval);
  tcase_add_test (tc, test_a_summary_is_there_on_demand);
  tcase_add_test (tc, test_summaries_on_demand_race_with_the_run_and_its_end);
  tcase_add_test (tc, test_a_log_in_the_layout_of_libvmaf_parses);
  tcase_add_test (tc, test_a_log_in_many_files_loses_and_doubles_no_pair);
  tcase_add_test (tc, test_logs_that_cannot_be_are_refused_before_the_start);
  tcase_add_test (tc, test_a_pipe_that_is_gone_at_the_end_is_an_error);
  return s;
}

GST_CHECK_MAIN (monitor);
