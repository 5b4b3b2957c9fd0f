/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Several encodes of one reference, frames that do not wait for the metric,
 * distances on buffers, and segments that cannot be measured.
 */
#include "listener.h"

#include <gst/check/gstharness.h>
#include <string.h>

#define SOURCE                                                                 \
  "videotestsrc num-buffers=6 pattern=ball ! "                                 \
  "video/x-raw,format=I420,width=96,height=80,framerate=25/1 ! tee name=t "    \
  "t. ! queue ! d.ref_sink "
#define DARK "t. ! queue ! videobalance brightness=-.2 ! "
#define PALE "t. ! queue ! videobalance contrast=.5 ! "
#define DEEP "t. ! queue ! videoconvert ! video/x-raw,format=I420_10LE ! "
#define ELEMENT "perceptualdistance name=d also=psnr,l2 "

/* --- several encodes ----------------------------------------------------- */

static void
assert_same_as_alone (
    const Listener *together, const gchar *stream, const gchar *branch)
{
  Listener *alone = RUN (SOURCE "%s d.dist_sink " ELEMENT "! fakesink", branch);
  g_autoptr (GArray) expected = distances_of (alone, "dist_sink");
  g_autoptr (GArray) found = distances_of (together, stream);
  const GstStructure *a = summary_of (together, stream);
  const GstStructure *b = summary_of (alone, "dist_sink");
  gdouble x, y;

  assert_ended_well (alone);
  assert_equals_int (expected->len, 6);
  assert_equals_int (found->len, 6);
  fail_unless (memcmp (found->data, expected->data, 6 * sizeof (gdouble)) == 0);
  fail_unless (gst_structure_get_double (a, "mean", &x));
  fail_unless (gst_structure_get_double (b, "mean", &y));
  fail_unless (x == y);
  fail_unless (gst_value_compare (gst_structure_get_value (a, "taps"),
                   gst_structure_get_value (b, "taps"))
      == GST_VALUE_EQUAL);
  listener_free (alone);
}

/* The last one is converted at 16 bits and read without the stream's own luma,
 * whatever the others are. */
GST_START_TEST (test_each_encode_gets_the_distances_it_would_get_alone)
{
  Listener *l = RUN (SOURCE DARK "d.dist_sink " PALE "d.dist_sink_1 " DEEP
                                 "d.dist_sink_2 " ELEMENT "! fakesink");

  assert_ended_well (l);
  assert_equals_int (l->summaries->len, 3);
  assert_equals_int (l->distances->len, 18);
  assert_same_as_alone (l, "dist_sink", DARK);
  assert_same_as_alone (l, "dist_sink_1", PALE);
  assert_same_as_alone (l, "dist_sink_2", DEEP);
  listener_free (l);
}
GST_END_TEST;

static guint64
count_of (const Listener *l, const gchar *stream, const gchar *field)
{
  guint64 value = G_MAXUINT64;

  fail_unless (
      gst_structure_get_uint64 (summary_of (l, stream), field, &value));
  return value;
}

GST_START_TEST (test_each_stream_has_its_own_counts_and_its_own_end)
{
  Listener *l =
      RUN ("videotestsrc num-buffers=12 ! video/x-raw,framerate=30/1 ! "
           "d.ref_sink "
           "videotestsrc num-buffers=7 ! video/x-raw,framerate=30/1 ! "
           "d.dist_sink "
           "videotestsrc num-buffers=6 ! video/x-raw,framerate=15/1 ! "
           "d.dist_sink_5 "
           "perceptualdistance name=d metric=l2 ! fakesink");

  assert_ended_well (l);
  assert_equals_uint64 (count_of (l, "dist_sink", "pairs"), 7);
  assert_equals_uint64 (count_of (l, "dist_sink", "unmatched-reference"), 5);
  assert_equals_uint64 (count_of (l, "dist_sink_5", "pairs"), 6);
  assert_equals_uint64 (count_of (l, "dist_sink_5", "unmatched-reference"), 6);
  assert_one_warning (l, "ended before the reference one: 5 reference frames");
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_the_log_tells_the_streams_apart)
{
  gchar *path = new_file (), *text = NULL;
  Listener *l = RUN (SOURCE DARK "d.dist_sink " PALE "d.dist_sink_1 " ELEMENT
                                 "log-location=%s ! fakesink",
      path);
  g_auto (GStrv) lines = NULL;
  guint headers = 0, first = 0, second = 0, summaries = 0;

  assert_ended_well (l);
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    gboolean distance = g_str_has_prefix (lines[i], "{\"type\":\"distance\"");
    gboolean more = strstr (lines[i], "\"stream\":\"dist_sink_1\"") != NULL;

    headers += g_str_has_prefix (lines[i], "{\"type\":\"header\"") ? 1 : 0;
    summaries += g_str_has_prefix (lines[i], "{\"type\":\"summary\"") ? 1 : 0;
    first += distance && !more ? 1 : 0;
    second += distance && more ? 1 : 0;
  }
  assert_equals_int (headers, 2);
  fail_unless (first == 6, "%s", text);
  assert_equals_int (second, 6);
  assert_equals_int (summaries, 2);
  g_free (text);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_of_several_streams_the_one_with_a_bad_frame_is_named)
{
  const gchar *caps = "video/x-raw,format=GRAY8,width=16,height=16,"
                      "framerate=25/1";
  Listener *l = listener_new ("appsrc name=ref format=time ! d.ref_sink "
                              "appsrc name=a format=time ! d.dist_sink "
                              "appsrc name=b format=time ! d.dist_sink_1 "
                              "perceptualdistance name=d metric=l2 ! fakesink");

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  send_frame (l, "ref", caps, 0, fill_bytes, GUINT_TO_POINTER (9));
  send_frame (l, "a", caps, 0, fill_bytes, GUINT_TO_POINTER (5));
  send_buffer (l, "b", caps, 0, gst_buffer_new_allocate (NULL, 100, NULL));
  send_end (l, "ref");
  send_end (l, "a");
  send_end (l, "b");
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "dist_sink_1",
      "100 bytes", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_pads_are_asked_for_before_the_start_and_released_any_time)
{
  Listener *l = listener_of_frames ("metric=l2");
  GstElement *d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  GstPad *more, *named;
  const gchar *caps = "video/x-raw,format=GRAY8,width=16,height=16,"
                      "framerate=25/1";

  gst_element_set_state (l->pipeline, GST_STATE_READY);
  more = gst_element_request_pad_simple (d, "dist_sink_%u");
  named = gst_element_request_pad_simple (d, "dist_sink_9");
  ck_assert_str_eq (GST_PAD_NAME (more), "dist_sink_1");
  ck_assert_str_eq (GST_PAD_NAME (named), "dist_sink_9");
  gst_element_release_request_pad (d, more);
  gst_object_unref (more);
  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  fail_unless (gst_element_request_pad_simple (d, "dist_sink_%u") == NULL);

  /* Nothing ever comes in at the remaining pad, which then is released. */
  send_frame (l, "ref", caps, 0, fill_bytes, GUINT_TO_POINTER (9));
  send_frame (l, "dist", caps, 0, fill_bytes, GUINT_TO_POINTER (5));
  send_frame (l, "ref", caps, 40, fill_bytes, GUINT_TO_POINTER (9));
  send_frame (l, "dist", caps, 40, fill_bytes, GUINT_TO_POINTER (5));
  gst_element_release_request_pad (d, named);
  gst_object_unref (named);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_uint64 (count_of (l, "dist_sink", "pairs"), 2);
  assert_equals_uint64 (count_of (l, "dist_sink_9", "pairs"), 0);
  gst_object_unref (d);
  listener_free (l);
}
GST_END_TEST;

static gboolean
is_final (const Listener *l, const gchar *stream)
{
  gboolean final;

  fail_unless (
      gst_structure_get_boolean (summary_of (l, stream), "final", &final));
  return final;
}

GST_START_TEST (test_a_stream_whose_pad_was_released_is_not_final_and_no_fault)
{
  Listener *l = listener_of_frames ("metric=l2 unequal-ends=error");
  GstElement *d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  GstPad *more;
  const gchar *caps = "video/x-raw,format=GRAY8,width=16,height=16,"
                      "framerate=25/1";

  gst_element_set_state (l->pipeline, GST_STATE_READY);
  more = gst_element_request_pad_simple (d, "dist_sink_%u");
  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  for (gint i = 0; i < 2; i++) {
    send_frame (l, "ref", caps, 40 * i, fill_bytes, GUINT_TO_POINTER (9));
    send_frame (l, "dist", caps, 40 * i, fill_bytes, GUINT_TO_POINTER (5));
  }
  gst_element_release_request_pad (d, more);
  gst_object_unref (more);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_int (l->warnings->len, 0);
  fail_unless (is_final (l, "dist_sink"));
  fail_unless (!is_final (l, "dist_sink_1"));
  assert_equals_uint64 (count_of (l, "dist_sink_1", "unmatched-reference"), 2);
  gst_object_unref (d);
  listener_free (l);
}
GST_END_TEST;

/* --- distances on buffers ------------------------------------------------ */

typedef struct
{
  guint buffers;
  GArray *first;
  GArray *second;
} Metas;

static GstPadProbeReturn
collect_metas (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GArray *values[2] = { ((Metas *) data)->first, ((Metas *) data)->second };
  const gchar *names[2] = { "dist_sink", "dist_sink_1" };
  gpointer state = NULL;
  GstMeta *meta;
  guint n = 0;

  ((Metas *) data)->buffers++;
  while ((meta = gst_buffer_iterate_meta (buffer, &state)) != NULL) {
    GstStructure *s;
    gdouble distance;

    if (!gst_meta_info_is_custom (meta->info))
      continue;
    fail_unless (gst_custom_meta_has_name (
        (GstCustomMeta *) meta, "GstPerceptualDistanceMeta"));
    s = gst_custom_meta_get_structure ((GstCustomMeta *) meta);
    fail_unless (n < 2);
    ck_assert_str_eq (gst_structure_get_string (s, "stream"), names[n]);
    fail_unless (gst_structure_get_double (s, "distance", &distance));
    g_array_append_val (values[n], distance);
    n++;
  }
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_buffers_that_go_out_carry_their_distances)
{
  Listener *l = listener_new (
      SOURCE DARK "d.dist_sink " PALE "d.dist_sink_1 " ELEMENT
                  "! videoconvert ! video/x-raw,format=RGB ! fakesink "
                  "name=out");
  GstElement *out = gst_bin_get_by_name (GST_BIN (l->pipeline), "out");
  GstPad *pad = gst_element_get_static_pad (out, "sink");
  Metas metas = { 0, g_array_new (FALSE, FALSE, sizeof (gdouble)),
    g_array_new (FALSE, FALSE, sizeof (gdouble)) };
  g_autoptr (GArray) first = NULL;
  g_autoptr (GArray) second = NULL;

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, collect_metas, &metas, NULL);
  listener_run (l);
  assert_ended_well (l);
  first = distances_of (l, "dist_sink");
  second = distances_of (l, "dist_sink_1");
  assert_equals_int (metas.buffers, 6);
  assert_equals_int (metas.first->len, 6);
  assert_equals_int (metas.second->len, 6);
  fail_unless (memcmp (first->data, metas.first->data, 48) == 0);
  fail_unless (memcmp (second->data, metas.second->data, 48) == 0);
  g_array_unref (metas.first);
  g_array_unref (metas.second);
  gst_object_unref (pad);
  gst_object_unref (out);
  listener_free (l);
}
GST_END_TEST;

/* --- real time ----------------------------------------------------------- */

/* Frames that went out, and what waits for them. */
typedef struct
{
  GMutex mutex;
  GCond changed;
  guint passed;
} Passing;

static GstPadProbeReturn
count_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Passing *passing = data;

  g_mutex_lock (&passing->mutex);
  passing->passed++;
  g_cond_broadcast (&passing->changed);
  g_mutex_unlock (&passing->mutex);
  return GST_PAD_PROBE_OK;
}

#define MANY 80

/* Makes the metric as slow as possible: no distance is reported before all
 * frames went out. */
static GstBusSyncReply
hold_distances (GstBus *bus, GstMessage *message, gpointer data)
{
  Passing *passing = data;

  if (!gst_message_has_name (message, "perceptual-distance"))
    return GST_BUS_PASS;
  g_mutex_lock (&passing->mutex);
  while (passing->passed < MANY)
    g_cond_wait (&passing->changed, &passing->mutex);
  g_mutex_unlock (&passing->mutex);
  return GST_BUS_PASS;
}

GST_START_TEST (test_real_time_passes_every_frame_and_counts_what_it_skips)
{
  Passing passing = { .passed = 0 };
  Listener *l =
      listener_new ("videotestsrc num-buffers=%u pattern=black ! "
                    "video/x-raw,format=I420,width=64,height=48 ! tee name=t "
                    "t. ! queue ! d.ref_sink t. ! queue ! d.dist_sink "
                    "perceptualdistance name=d measure=real-time ! "
                    "fakesink name=out",
          MANY);
  GstElement *out = gst_bin_get_by_name (GST_BIN (l->pipeline), "out");
  GstPad *pad = gst_element_get_static_pad (out, "sink");
  GstBus *bus = gst_element_get_bus (l->pipeline);
  guint64 last = 0;

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, count_buffer, &passing, NULL);
  gst_bus_set_sync_handler (bus, hold_distances, &passing, NULL);
  listener_run (l);
  assert_ended_well (l);
  assert_equals_int (passing.passed, MANY);
  assert_counts (l, MANY, 0, 0);
  /* Except for the one that was held up, and one or two after it. */
  fail_unless (summary_uint (l, "skipped") >= MANY - 3);
  fail_unless (summary_uint (l, "measured") > 0);
  assert_equals_uint64 (
      summary_uint (l, "measured") + summary_uint (l, "skipped"), MANY);
  assert_equals_uint64 (l->distances->len, summary_uint (l, "measured"));
  for (guint i = 0; i < l->distances->len; i++) {
    guint64 index = time_at (l, i, "index");

    fail_unless (i == 0 || index > last);
    last = index;
  }
  /* The newest pair is always measured in the end. */
  assert_equals_uint64 (last, MANY - 1);
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (out);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_an_error_of_the_metric_ends_real_time_too)
{
  Listener *l = listener_of_frames ("measure=real-time");
  const gchar *small = "video/x-raw,format=GRAY8,width=16,height=16,"
                       "framerate=25/1";
  const gchar *large = "video/x-raw,format=GRAY8,width=32,height=16,"
                       "framerate=25/1";

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  send_frame (l, "ref", small, 0, fill_bytes, NULL);
  send_frame (l, "dist", large, 0, fill_bytes, NULL);
  listener_wait (l, G_MAXUINT);
  assert_error (
      l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION, "16x16", "32x16", NULL);
  listener_free (l);
}
GST_END_TEST;

/* --- a choice of pairs --------------------------------------------------- */

#define FORTY(properties)                                                      \
  RUN ("videotestsrc num-buffers=40 pattern=snow ! "                           \
       "video/x-raw,width=32,height=32,framerate=25/1 ! tee name=t "           \
       "t. ! queue ! d.ref_sink t. ! queue ! d.dist_sink "                     \
       "perceptualdistance name=d metric=l2 " properties " ! fakesink")

GST_START_TEST (test_an_interval_measures_some_pairs_and_counts_the_others)
{
  Listener *l = FORTY ("interval=7");

  assert_ended_well (l);
  assert_counts (l, 40, 0, 0);
  assert_equals_uint64 (summary_uint (l, "measured"), 6);
  assert_equals_uint64 (summary_uint (l, "unselected"), 34);
  assert_equals_uint64 (summary_uint (l, "skipped"), 0);
  for (guint i = 0; i < 6; i++)
    assert_equals_uint64 (time_at (l, i, "index"), 7 * i);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_rate_measures_so_many_pairs_a_second)
{
  Listener *l = FORTY ("rate=5/1");

  assert_ended_well (l);
  assert_equals_uint64 (summary_uint (l, "measured"), 8);
  for (guint i = 0; i < 8; i++)
    assert_equals_uint64 (
        time_at (l, i, "running-time"), i * 200 * GST_MSECOND);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_jitter_chooses_the_same_pairs_in_every_run)
{
  Listener *a = FORTY ("interval=10 jitter=true");
  Listener *b = FORTY ("interval=10 jitter=true");
  gboolean even = TRUE;

  assert_equals_uint64 (summary_uint (a, "measured"), 4);
  assert_equals_uint64 (summary_uint (b, "measured"), 4);
  for (guint i = 0; i < 4; i++) {
    guint64 index = time_at (a, i, "index");

    assert_equals_uint64 (index / 10, i);
    assert_equals_uint64 (time_at (b, i, "index"), index);
    even &= index % 10 == 0;
  }
  fail_if (even);
  listener_free (a);
  listener_free (b);
}
GST_END_TEST;

GST_START_TEST (test_an_exact_metric_refuses_a_long_video_after_its_first_pair)
{
  /* So long that a fast machine needs hours too. */
  Listener *l =
      RUN ("videotestsrc num-buffers=2000000000 ! video/x-raw,format=I420,"
           "width=128,height=128,framerate=25/1 ! "
           "tee name=t t. ! queue ! d.ref_sink "
           "t. ! queue ! videobalance contrast=.5 ! d.dist_sink "
           "perceptualdistance name=d metric=cnn-kernel exact=true threads=1 ! "
           "fakesink");

  assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "exact=true",
      "seconds", "all of it", "hours", "interval", NULL);
  assert_equals_int (l->distances->len, 1);
  listener_free (l);

  /* A few pairs are a matter of seconds. */
  l = RUN ("videotestsrc num-buffers=2 ! video/x-raw,format=I420,"
           "width=128,height=128,framerate=25/1 ! "
           "tee name=t t. ! queue ! d.ref_sink "
           "t. ! queue ! videobalance contrast=.5 ! d.dist_sink "
           "perceptualdistance name=d metric=mmd exact=true ! fakesink");
  assert_ended_well (l);
  assert_equals_int (l->distances->len, 2);
  listener_free (l);
}
GST_END_TEST;

static GstBusSyncReply
read_the_first_slowly (GstBus *bus, GstMessage *message, gpointer data)
{
  gboolean *read = data;

  if (gst_message_has_name (message, "perceptual-distance") && !*read) {
    *read = TRUE;
    g_usleep (3200 * 1000);
  }
  return GST_BUS_PASS;
}

GST_START_TEST (test_an_exact_metric_is_not_slow_because_its_reader_is)
{
  const gchar *caps = "video/x-raw,format=GRAY8,width=32,height=32,"
                      "framerate=25/1";
  Listener *l = listener_of_frames ("metric=mmd exact=true");
  GstElement *ref = gst_bin_get_by_name (GST_BIN (l->pipeline), "ref");
  GstBus *bus = gst_element_get_bus (l->pipeline);
  gboolean read = FALSE;

  /* 200 frames in 600 seconds are allowed: 3 seconds each. */
  g_object_set (ref, "duration", 200 * 40 * GST_MSECOND, NULL);
  gst_bus_set_sync_handler (bus, read_the_first_slowly, &read, NULL);
  for (gint i = 0; i < 2; i++) {
    send_frame (l, "ref", caps, 40 * i, fill_bytes, GUINT_TO_POINTER (9));
    send_frame (l, "dist", caps, 40 * i, fill_bytes, GUINT_TO_POINTER (5));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 2, 0, 0);
  gst_object_unref (bus);
  gst_object_unref (ref);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_interval_and_rate_together_are_an_error)
{
  Listener *l = FORTY ("interval=2 rate=5/1");

  assert_error (l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "interval",
      "rate", NULL);
  listener_free (l);
}
GST_END_TEST;

/* --- segments ------------------------------------------------------------ */

static void
assert_segment_is_refused (const GstSegment *segment, const gchar *text)
{
  GstElement *d = gst_element_factory_make ("perceptualdistance", NULL);
  GstBus *bus = gst_bus_new ();
  GstHarness *ref, *dist;
  GstMessage *message;
  GError *error = NULL;

  gst_element_set_bus (d, bus);
  ref = gst_harness_new_with_element (d, "ref_sink", "src");
  dist = gst_harness_new_with_element (d, "dist_sink", NULL);
  gst_harness_set_src_caps_str (
      ref, "video/x-raw,format=GRAY8,width=16,height=16,framerate=25/1");
  gst_harness_push_event (ref, gst_event_new_segment (segment));
  if (segment->format != GST_FORMAT_TIME) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, 256, NULL);

    GST_BUFFER_PTS (buffer) = 0;
    gst_harness_push (ref, buffer);
  }
  /* The event is handled in its turn, before the next frame. */
  message =
      gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "%s: no error", text);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, text) != NULL, "%s", error->message);
  fail_unless (strstr (error->message, "ref_sink") != NULL);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (d, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (dist);
  gst_harness_teardown (ref);
  gst_object_unref (d);
}

GST_START_TEST (test_streams_that_run_backward_or_fast_or_untimed_are_refused)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.rate = -1;
  segment.stop = 10 * GST_SECOND;
  assert_segment_is_refused (&segment, "not played forward at its own speed");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.rate = 2;
  assert_segment_is_refused (&segment, "(rate 2)");
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.applied_rate = -1;
  assert_segment_is_refused (&segment, "(rate -1)");
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  assert_segment_is_refused (&segment, "is not timed");
}
GST_END_TEST;

/* GStreamer itself warns of it, which is no reason to end the test. */
static void
ignore_warning (
    const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer user)
{
  fail_unless ((level & G_LOG_LEVEL_WARNING) != 0, "%s", text);
}

GST_START_TEST (test_a_frame_before_its_segment_is_an_error)
{
  Listener *l = listener_new (
      "perceptualdistance name=d ! fakesink "
      "videotestsrc num-buffers=3 ! video/x-raw,width=16,height=16 ! "
      "d.dist_sink");
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstPad) sink = gst_element_get_static_pad (d, "ref_sink");
  g_autoptr (GstPad) pad = gst_pad_new ("src", GST_PAD_SRC);
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "video/x-raw,format=GRAY8,width=16,height=16,framerate=25/1");
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 256, NULL);
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  guint handler = g_log_set_handler (
      "GStreamer", G_LOG_LEVEL_WARNING, ignore_warning, NULL);

  GST_BUFFER_PTS (buffer) = 0;
  gst_object_ref (pad);
  fail_unless (gst_pad_link (pad, sink) == GST_PAD_LINK_OK);
  gst_pad_set_active (pad, TRUE);
  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  gst_pad_push_event (pad, gst_event_new_stream_start ("x"));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push (pad, buffer);
  listener_wait (l, G_MAXUINT);
  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "ref_sink",
      "before its segment", NULL);
  g_log_remove_handler ("GStreamer", handler);
  g_log_set_always_fatal (fatal);
  gst_element_set_state (l->pipeline, GST_STATE_NULL);
  gst_pad_unlink (pad, sink);
  gst_object_unref (pad);
  listener_free (l);
}
GST_END_TEST;

#define VIEWS(more)                                                            \
  "videotestsrc num-buffers=3 ! tee name=t ! capssetter "                      \
  "caps=\"video/x-raw" more "\" ! d.ref_sink t. ! queue ! d.dist_sink "        \
  "perceptualdistance name=d ! fakesink"

GST_START_TEST (test_views_apart_are_refused_and_packed_ones_are_measured)
{
  static const gchar *const apart[] = { VIEWS (",views=2"),
    VIEWS (",views=2,multiview-mode=separated"),
    VIEWS (",multiview-mode=frame-by-frame") };
  Listener *l;

  for (guint i = 0; i < G_N_ELEMENTS (apart); i++) {
    l = RUN ("%s", apart[i]);
    assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, "ref_sink",
        "several views", NULL);
    listener_free (l);
  }
  l = RUN (VIEWS (",views=2,multiview-mode=side-by-side"));
  assert_ended_well (l);
  assert_counts (l, 3, 0, 0);
  listener_free (l);
}
GST_END_TEST;

static Suite *
streams_suite (void)
{
  Suite *s = suite_create ("streams");
  TCase *tc = tcase_create ("streams");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_a_frame_before_its_segment_is_an_error);
  tcase_add_test (
      tc, test_views_apart_are_refused_and_packed_ones_are_measured);
  tcase_add_test (tc, test_each_encode_gets_the_distances_it_would_get_alone);
  tcase_add_test (tc, test_each_stream_has_its_own_counts_and_its_own_end);
  tcase_add_test (tc, test_the_log_tells_the_streams_apart);
  tcase_add_test (
      tc, test_of_several_streams_the_one_with_a_bad_frame_is_named);
  tcase_add_test (
      tc, test_pads_are_asked_for_before_the_start_and_released_any_time);
  tcase_add_test (
      tc, test_a_stream_whose_pad_was_released_is_not_final_and_no_fault);
  tcase_add_test (tc, test_buffers_that_go_out_carry_their_distances);
  tcase_add_test (
      tc, test_real_time_passes_every_frame_and_counts_what_it_skips);
  tcase_add_test (tc, test_an_error_of_the_metric_ends_real_time_too);
  tcase_add_test (
      tc, test_an_interval_measures_some_pairs_and_counts_the_others);
  tcase_add_test (tc, test_a_rate_measures_so_many_pairs_a_second);
  tcase_add_test (tc, test_jitter_chooses_the_same_pairs_in_every_run);
  /* Seconds of arithmetic are minutes where each step of it is watched. */
  if (g_getenv ("PERCEPTUAL_TEST_SANITIZED") == NULL) {
    tcase_add_test (
        tc, test_an_exact_metric_refuses_a_long_video_after_its_first_pair);
    tcase_add_test (tc, test_an_exact_metric_is_not_slow_because_its_reader_is);
  }
  tcase_add_test (tc, test_interval_and_rate_together_are_an_error);
  tcase_add_test (
      tc, test_streams_that_run_backward_or_fast_or_untimed_are_refused);
  return s;
}

GST_CHECK_MAIN (streams);
