/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Live input: deadlines on a clock that the test turns, gaps, flushes of one
 * pad, latency.
 */
#include "listener.h"

#include <gst/check/gstharness.h>

#define CAPS "video/x-raw,format=GRAY8,width=16,height=16,framerate=25/1"
#define FRAME (40 * GST_MSECOND)

/* The element between three harnessed pads, all on one test clock. */
typedef struct
{
  GstHarness *ref;
  GstHarness *dist;
  GstTestClock *clock;
  GstBus *bus;
} Rig;

/* Takes @d.  @watch sees every message, the first ones included: caps are
 * looked at as soon as they arrive. */
static Rig
rig_new_around (
    GstElement *d, gboolean live, GstBusSyncHandler watch, gpointer user)
{
  Rig rig = { 0 };

  gst_util_set_object_arg (G_OBJECT (d), "metric", "l2");
  rig.bus = gst_bus_new ();
  gst_bus_set_sync_handler (rig.bus, watch, user, NULL);
  gst_element_set_bus (d, rig.bus);
  rig.ref = gst_harness_new_with_element (d, "ref_sink", "src");
  rig.dist = gst_harness_new_with_element (d, "dist_sink", NULL);
  gst_harness_set_live (rig.ref, live);
  gst_harness_set_live (rig.dist, live);
  gst_harness_set_src_caps_str (rig.ref, CAPS);
  gst_harness_set_src_caps_str (rig.dist, CAPS);
  rig.clock = gst_harness_get_testclock (rig.ref);
  gst_object_unref (d);
  return rig;
}

static Rig
rig_new_watched (gboolean live, GstBusSyncHandler watch, gpointer user)
{
  return rig_new_around (
      gst_element_factory_make ("perceptualdistance", NULL), live, watch, user);
}

static Rig
rig_new (gboolean live)
{
  return rig_new_watched (live, NULL, NULL);
}

static void
rig_free (Rig *rig)
{
  gst_object_unref (rig->clock);
  gst_harness_teardown (rig->dist);
  gst_harness_teardown (rig->ref);
  gst_object_unref (rig->bus);
}

static void
push (GstHarness *harness, guint n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 16 * 16, NULL);

  gst_buffer_memset (buffer, 0, 77, 16 * 16);
  GST_BUFFER_PTS (buffer) = n * FRAME;
  GST_BUFFER_DURATION (buffer) = FRAME;
  assert_equals_int (gst_harness_push (harness, buffer), GST_FLOW_OK);
}

static void
assert_pulls (Rig *rig, guint n)
{
  GstBuffer *buffer = gst_harness_pull (rig->ref);

  fail_unless (buffer != NULL, "frame %u was not passed on", n);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), n * FRAME);
  gst_buffer_unref (buffer);
}

static void
assert_summary (Rig *rig, guint64 pairs, guint64 unmatched_reference,
    guint64 unmatched_distorted, guint64 late, guint64 gaps)
{
  GstMessage *message;
  guint found = 0;

  while ((message = gst_bus_pop_filtered (rig->bus, GST_MESSAGE_ELEMENT))) {
    const GstStructure *s = gst_message_get_structure (message);

    if (gst_structure_has_name (s, "perceptual-summary")) {
      guint64 value[5] = { 0 };

      found++;
      gst_structure_get (s, "pairs", G_TYPE_UINT64, &value[0],
          "unmatched-reference", G_TYPE_UINT64, &value[1],
          "unmatched-distorted", G_TYPE_UINT64, &value[2], "late",
          G_TYPE_UINT64, &value[3], "gaps", G_TYPE_UINT64, &value[4], NULL);
      assert_equals_uint64 (value[0], pairs);
      assert_equals_uint64 (value[1], unmatched_reference);
      assert_equals_uint64 (value[2], unmatched_distorted);
      assert_equals_uint64 (value[3], late);
      assert_equals_uint64 (value[4], gaps);
    }
    gst_message_unref (message);
  }
  assert_equals_int (found, 1);
}

static void
end (Rig *rig)
{
  GstEvent *event;
  gboolean eos = FALSE;

  gst_harness_push_event (rig->ref, gst_event_new_eos ());
  gst_harness_push_event (rig->dist, gst_event_new_eos ());
  while (!eos && (event = gst_harness_pull_event (rig->ref)) != NULL) {
    eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    gst_event_unref (event);
  }
  fail_unless (eos);
}

GST_START_TEST (test_a_live_frame_that_misses_its_deadline_is_late_not_fatal)
{
  Rig rig = rig_new (TRUE);

  push (rig.ref, 0);
  push (rig.dist, 0);
  assert_pulls (&rig, 0);

  /* Frame 1 of the distorted stream does not come in time. */
  push (rig.ref, 1);
  fail_unless (gst_harness_crank_single_clock_wait (rig.ref));
  assert_pulls (&rig, 1);

  push (rig.dist, 1);
  push (rig.dist, 2);
  push (rig.ref, 2);
  assert_pulls (&rig, 2);
  end (&rig);
  assert_summary (&rig, 2, 1, 0, 1, 0);
  rig_free (&rig);
}
GST_END_TEST;

/* Returns: until when the reference frame waits for a partner, whose stream
 * has stopped, on an element with property @name. */
static GstClockTime
wait_of (const gchar *name, const gchar *value)
{
  GstElement *d = gst_element_factory_make ("perceptualdistance", NULL);
  GstClockTime time;
  GstClockID id;
  Rig rig;

  gst_util_set_object_arg (G_OBJECT (d), name, value);
  rig = rig_new_around (d, TRUE, NULL, NULL);
  push (rig.ref, 0);
  push (rig.dist, 0);
  assert_pulls (&rig, 0);
  push (rig.ref, 1);
  gst_test_clock_wait_for_next_pending_id (rig.clock, &id);
  time = gst_clock_id_get_time (id);
  gst_clock_id_unref (id);
  fail_unless (gst_harness_crank_single_clock_wait (rig.ref));
  assert_pulls (&rig, 1);
  end (&rig);
  rig_free (&rig);
  return time;
}

GST_START_TEST (test_a_frame_may_be_two_seconds_late_where_every_pair_counts)
{
  assert_equals_uint64 (
      wait_of ("measure", "every-pair"), FRAME + FRAME + 2 * GST_SECOND);
  assert_equals_uint64 (wait_of ("measure", "real-time"), FRAME + FRAME);
  assert_equals_uint64 (
      wait_of ("latency", "300000000"), FRAME + FRAME + 300 * GST_MSECOND);
}
GST_END_TEST;

GST_START_TEST (test_late_frames_are_said_at_the_end)
{
  Rig rig = rig_new (TRUE);
  GstMessage *message;
  GError *warning = NULL;
  gchar *advice = NULL;

  for (guint i = 0; i < 3; i++) {
    push (rig.ref, i);
    if (i == 1) {
      fail_unless (gst_harness_crank_single_clock_wait (rig.ref));
      assert_pulls (&rig, i);
    }
    /* The late frame has been taken, and the reference's has not: it would have
     * to wait for the one after it. */
    if (i == 2)
      gst_test_clock_wait_for_next_pending_id (rig.clock, NULL);
    push (rig.dist, i);
    if (i != 1)
      assert_pulls (&rig, i);
  }
  end (&rig);
  message = gst_bus_pop_filtered (rig.bus, GST_MESSAGE_WARNING);
  fail_unless (message != NULL);
  gst_message_parse_warning (message, &warning, &advice);
  fail_unless (
      strstr (warning->message, "1 of 3 distorted frames came too late"));
  fail_unless (strstr (advice, "latency=") != NULL);
  gst_message_unref (message);
  g_clear_error (&warning);
  g_free (advice);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_a_gap_is_counted_and_its_reference_frame_unmatched)
{
  Rig rig = rig_new (FALSE);

  for (guint i = 0; i < 4; i++) {
    push (rig.ref, i);
    if (i == 2)
      fail_unless (gst_harness_push_event (
          rig.dist, gst_event_new_gap (i * FRAME, FRAME)));
    else
      push (rig.dist, i);
    assert_pulls (&rig, i);
  }
  end (&rig);
  assert_summary (&rig, 3, 1, 0, 0, 1);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_latency_is_a_frame_to_wait_and_one_to_measure)
{
  Rig rig = rig_new (TRUE);

  gst_harness_set_upstream_latency (rig.ref, 7 * GST_MSECOND);
  push (rig.ref, 0);
  push (rig.dist, 0);
  assert_pulls (&rig, 0);
  assert_equals_uint64 (
      gst_harness_query_latency (rig.ref), 7 * GST_MSECOND + 2 * FRAME);
  end (&rig);
  rig_free (&rig);
}
GST_END_TEST;

/* Asks for the latency when a message says that it has changed. */
static GstBusSyncReply
ask_latency (GstBus *bus, GstMessage *message, gpointer user)
{
  GstClockTime *least = user;
  g_autoptr (GstQuery) query = gst_query_new_latency ();

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_LATENCY
      && gst_element_query (GST_ELEMENT (GST_MESSAGE_SRC (message)), query))
    gst_query_parse_latency (query, NULL, least, NULL);
  return GST_BUS_PASS;
}

GST_START_TEST (test_latency_is_right_when_its_message_comes)
{
  GstClockTime least = 0;
  Rig rig = rig_new_watched (TRUE, ask_latency, &least);

  push (rig.ref, 0);
  push (rig.dist, 0);
  assert_pulls (&rig, 0);
  assert_equals_uint64 (least, gst_harness_query_latency (rig.ref));
  assert_equals_uint64 (least, 2 * FRAME);
  end (&rig);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_settings_changed_in_a_run_do_not_change_its_latency)
{
  Rig rig = rig_new (TRUE);

  push (rig.ref, 0);
  push (rig.dist, 0);
  assert_pulls (&rig, 0);
  gst_util_set_object_arg (G_OBJECT (rig.ref->element), "measure", "real-time");
  assert_equals_uint64 (gst_harness_query_latency (rig.ref), 2 * FRAME);
  end (&rig);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_both_pads_flushed_start_over_in_time)
{
  Rig rig = rig_new (FALSE);
  GstHarness *pads[] = { rig.ref, rig.dist };
  GstSegment segment;

  for (guint i = 0; i < 3; i++) {
    push (rig.ref, i);
    push (rig.dist, i);
    assert_pulls (&rig, i);
  }
  gst_segment_init (&segment, GST_FORMAT_TIME);
  for (guint i = 0; i < 2; i++) {
    gst_harness_push_event (pads[i], gst_event_new_flush_start ());
    gst_harness_push_event (pads[i], gst_event_new_flush_stop (TRUE));
    gst_harness_push_event (pads[i], gst_event_new_segment (&segment));
  }
  for (guint i = 0; i < 3; i++) {
    push (rig.ref, i);
    push (rig.dist, i);
    assert_pulls (&rig, i);
  }
  end (&rig);
  assert_summary (&rig, 6, 0, 0, 0, 0);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_allocation_offers_video_meta_without_waiting)
{
  Rig rig = rig_new (FALSE);
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  g_autoptr (GstQuery) query = gst_query_new_allocation (caps, TRUE);

  push (rig.ref, 0); /* waits for its partner */
  fail_unless (gst_pad_peer_query (rig.ref->srcpad, query));
  fail_unless (
      gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  push (rig.dist, 0);
  assert_pulls (&rig, 0);
  end (&rig);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_a_live_stream_that_stops_and_comes_back_goes_on)
{
  Rig rig = rig_new (TRUE);

  push (rig.ref, 0);
  push (rig.dist, 0);
  assert_pulls (&rig, 0);
  for (guint i = 1; i < 4; i++) {
    push (rig.ref, i);
    fail_unless (gst_harness_crank_single_clock_wait (rig.ref));
    assert_pulls (&rig, i);
  }
  for (guint i = 4; i < 7; i++) {
    push (rig.ref, i);
    push (rig.dist, i);
    assert_pulls (&rig, i);
  }
  end (&rig);
  assert_summary (&rig, 4, 3, 0, 0, 0);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_a_live_stream_that_begins_late_costs_what_it_missed)
{
  Rig rig = rig_new (TRUE);

  for (guint i = 0; i < 3; i++) {
    push (rig.ref, i);
    fail_unless (gst_harness_crank_single_clock_wait (rig.ref));
    assert_pulls (&rig, i);
  }
  for (guint i = 3; i < 6; i++) {
    push (rig.ref, i);
    push (rig.dist, i);
    assert_pulls (&rig, i);
  }
  end (&rig);
  assert_summary (&rig, 3, 3, 0, 0, 0);
  rig_free (&rig);
}
GST_END_TEST;

GST_START_TEST (test_segments_of_different_bases_meet_in_running_time)
{
  Rig rig = rig_new (FALSE);
  GstSegment segment;

  /* What comes first in the reference begins at 1000 s in the other file. */
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 1000 * GST_SECOND;
  gst_harness_push_event (rig.dist, gst_event_new_segment (&segment));
  for (guint i = 0; i < 3; i++) {
    push (rig.ref, i);
    push (rig.dist, 25 * 1000 + i);
    assert_pulls (&rig, i);
  }
  /* And goes on elsewhere, with the time that has passed as its base. */
  segment.start = segment.time = 7 * GST_SECOND;
  segment.base = 3 * FRAME;
  gst_harness_push_event (rig.dist, gst_event_new_segment (&segment));
  for (guint i = 3; i < 6; i++) {
    push (rig.ref, i);
    push (rig.dist, 25 * 7 + i - 3);
    assert_pulls (&rig, i);
  }
  end (&rig);
  assert_summary (&rig, 6, 0, 0, 0, 0);
  rig_free (&rig);
}
GST_END_TEST;

/* A clock that is 2.5 % slow: frame n comes at 41 n ms instead of 40 n, and
 * every half frame of drift costs a reference frame. */
GST_START_TEST (test_clock_skew_costs_a_frame_where_it_adds_up_to_one)
{
  Listener *l = listener_of_frames ("metric=l2");

  for (guint i = 0; i < 100; i++) {
    send_frame (l, "ref", CAPS, 40 * i, fill_bytes, GUINT_TO_POINTER (9));
    send_frame (l, "dist", CAPS, 41 * i, fill_bytes, GUINT_TO_POINTER (9));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  /* Frames 98 and 99 lie after the end of the reference at 3980 ms. */
  assert_counts (l, 98, 2, 2);
  for (guint i = 0; i < l->distances->len; i++)
    fail_unless (ABS (delta_at (l, i)) <= (gint64) (20 * GST_MSECOND));
  listener_free (l);
}
GST_END_TEST;

static Suite *
live_suite (void)
{
  Suite *s = suite_create ("live");
  TCase *tc = tcase_create ("live");

  suite_add_tcase (s, tc);
  tcase_add_test (
      tc, test_a_live_frame_that_misses_its_deadline_is_late_not_fatal);
  tcase_add_test (tc, test_a_live_stream_that_stops_and_comes_back_goes_on);
  tcase_add_test (tc, test_a_live_stream_that_begins_late_costs_what_it_missed);
  tcase_add_test (tc, test_segments_of_different_bases_meet_in_running_time);
  tcase_add_test (tc, test_clock_skew_costs_a_frame_where_it_adds_up_to_one);
  tcase_add_test (
      tc, test_a_frame_may_be_two_seconds_late_where_every_pair_counts);
  tcase_add_test (tc, test_late_frames_are_said_at_the_end);
  tcase_add_test (tc, test_a_gap_is_counted_and_its_reference_frame_unmatched);
  tcase_add_test (tc, test_latency_is_a_frame_to_wait_and_one_to_measure);
  tcase_add_test (tc, test_latency_is_right_when_its_message_comes);
  tcase_add_test (tc, test_settings_changed_in_a_run_do_not_change_its_latency);
  tcase_add_test (tc, test_both_pads_flushed_start_over_in_time);
  tcase_add_test (tc, test_allocation_offers_video_meta_without_waiting);
  return s;
}

GST_CHECK_MAIN (live);
