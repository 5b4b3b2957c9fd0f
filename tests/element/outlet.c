/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What goes out at the source pad, and the message when it cannot.
 */
#include "listener.h"

#include <gst/check/gstharness.h>
#include <gst/check/gsttestclock.h>
#include <string.h>

#define GRAY "video/x-raw,format=GRAY8,width=16,height=16,framerate=25/1"

/* --- frames and gaps ----------------------------------------------------- */

typedef struct
{
  guint buffers;
  guint gaps;
  GstClockTime last_pts;
  GstClockTime gap_at;
  guint first_byte;
} Passed;

static GstPadProbeReturn
note_passed (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Passed *passed = user;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
    guint8 byte = 0;

    gst_buffer_extract (buffer, 0, &byte, 1);
    passed->first_byte = byte;
    passed->buffers++;
    passed->last_pts = GST_BUFFER_PTS (buffer);
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_GAP) {
    gst_event_parse_gap (
        GST_PAD_PROBE_INFO_EVENT (info), &passed->gap_at, NULL);
    passed->gaps++;
  }
  return GST_PAD_PROBE_OK;
}

static void
run_with_a_lost_frame (const gchar *properties, Passed *passed)
{
  Listener *l = listener_of_frames (properties);

  listener_watch_output (l,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      note_passed, passed);
  for (gint t = 0; t < 200; t += 40)
    send_frame (l, "ref", GRAY, t, fill_bytes, GUINT_TO_POINTER (7));
  for (gint t = 0; t < 200; t += 40) {
    if (t != 80)
      send_frame (l, "dist", GRAY, t + 1, fill_bytes, GUINT_TO_POINTER (8));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 4, 1, 0);
  listener_free (l);
}

GST_START_TEST (test_every_reference_frame_is_passed_on)
{
  Passed passed = { 0 };

  run_with_a_lost_frame ("metric=l2", &passed);
  assert_equals_int (passed.buffers, 5);
  assert_equals_int (passed.gaps, 0);
  assert_equals_int (passed.first_byte, 7);
  assert_equals_uint64 (passed.last_pts, 160 * GST_MSECOND);
}
GST_END_TEST;

GST_START_TEST (test_output_distorted_has_a_gap_where_a_frame_was_lost)
{
  Passed passed = { 0 };

  run_with_a_lost_frame ("metric=l2 output=distorted", &passed);
  assert_equals_int (passed.buffers, 4);
  assert_equals_int (passed.gaps, 1);
  assert_equals_int (passed.first_byte, 8);
  assert_equals_uint64 (passed.last_pts, 161 * GST_MSECOND);
  assert_equals_uint64 (passed.gap_at, 80 * GST_MSECOND);
}
GST_END_TEST;

/* videorate marks the frames that it repeats as gaps. */
GST_START_TEST (test_repeated_frames_are_frames)
{
  Passed passed = { 0 };
  Listener *l = listener_new (
      "videotestsrc pattern=ball num-buffers=10 ! video/x-raw,format=GRAY8,"
      "width=64,height=64,framerate=10/1 ! tee name=t "
      "t. ! queue ! videorate ! video/x-raw,framerate=20/1 ! tee name=u "
      "u. ! queue ! d.ref_sink u. ! queue ! d.dist_sink "
      "perceptualdistance name=d metric=l2 missing-frames=error ! fakesink");
  guint64 frames;

  listener_watch_output (l,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      note_passed, &passed);
  listener_run (l);
  assert_ended_well (l);
  frames = summary_uint (l, "pairs");
  fail_unless (frames >= 19);
  assert_counts (l, frames, 0, 0);
  assert_equals_uint64 (summary_uint (l, "gaps"), 0);
  assert_equals_int (passed.buffers, frames);
  assert_equals_int (passed.gaps, 0);
  listener_free (l);
}
GST_END_TEST;

/* A harness of d, to be run by pushing at both. */
static void
make_rig (GstHarness **ref, GstHarness **dist)
{
  GstElement *d = gst_element_factory_make ("perceptualdistance", NULL);

  gst_util_set_object_arg (G_OBJECT (d), "metric", "l2");
  *ref = gst_harness_new_with_element (d, "ref_sink", "src");
  *dist = gst_harness_new_with_element (d, "dist_sink", NULL);
  gst_harness_set_src_caps_str (*ref, GRAY);
  gst_harness_set_src_caps_str (*dist, GRAY);
  gst_object_unref (d);
}

static GstBuffer *
new_frame (guint n)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 16 * 16, NULL);

  gst_buffer_memset (buffer, 0, 77, 16 * 16);
  GST_BUFFER_PTS (buffer) = n * 40 * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;
  return buffer;
}

static void
end_rig (GstHarness *ref, GstHarness *dist)
{
  gst_harness_push_event (ref, gst_event_new_eos ());
  gst_harness_push_event (dist, gst_event_new_eos ());
}

/* What goes out, in words: "frame 0 gap 80 ...". */
static GstPadProbeReturn
note_order (GstPad *pad, GstPadProbeInfo *info, gpointer order)
{
  GstClockTime at = 0, duration = 0;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    at = GST_BUFFER_PTS (GST_PAD_PROBE_INFO_BUFFER (info));
    g_string_append_printf (order, "frame %u ", (guint) (at / GST_MSECOND));
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_GAP) {
    gst_event_parse_gap (GST_PAD_PROBE_INFO_EVENT (info), &at, &duration);
    g_string_append_printf (order, "gap %u+%u ", (guint) (at / GST_MSECOND),
        (guint) (duration / GST_MSECOND));
  }
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_gaps_of_the_reference_go_on_in_their_place)
{
  GstHarness *ref, *dist;
  g_autoptr (GString) order = g_string_new (NULL);
  GstBuffer *frame = NULL;
  GstPad *pad;

  make_rig (&ref, &dist);
  pad = gst_element_get_static_pad (ref->element, "src");
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      note_order, order, NULL);
  for (guint n = 0; n < 5; n++) {
    GstHarness *pads[] = { ref, dist };

    for (guint i = 0; i < 2; i++) {
      if (n == 2)
        gst_harness_push_event (
            pads[i], gst_event_new_gap (80 * GST_MSECOND, 40 * GST_MSECOND));
      else
        gst_harness_push (pads[i], new_frame (n));
    }
  }
  end_rig (ref, dist);
  while (gst_harness_pull_until_eos (ref, &frame) && frame != NULL)
    gst_buffer_unref (frame);
  ck_assert_str_eq (
      order->str, "frame 0 frame 40 gap 80+40 frame 120 frame 160 ");
  gst_object_unref (pad);
  gst_harness_teardown (dist);
  gst_harness_teardown (ref);
}
GST_END_TEST;

GST_START_TEST (test_all_tags_of_what_is_passed_on_come_through)
{
  GstHarness *ref, *dist;
  GstEvent *event;
  guint titles = 0, turns = 0, encoders = 0;

  make_rig (&ref, &dist);
  gst_harness_push (ref, new_frame (0));
  gst_harness_push (dist, new_frame (0));
  gst_harness_push_event (ref,
      gst_event_new_tag (gst_tag_list_new (
          GST_TAG_IMAGE_ORIENTATION, "rotate-90", GST_TAG_TITLE, "a", NULL)));
  gst_harness_push_event (
      ref, gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, "b", NULL)));
  gst_harness_push_event (
      dist, gst_event_new_tag (gst_tag_list_new (GST_TAG_ENCODER, "x", NULL)));
  gst_harness_push (ref, new_frame (1));
  gst_harness_push (dist, new_frame (1));
  end_rig (ref, dist);
  while ((event = gst_harness_pull_event (ref)) != NULL) {
    GstEventType type = GST_EVENT_TYPE (event);
    GstTagList *tags;

    if (type == GST_EVENT_TAG) {
      gst_event_parse_tag (event, &tags);
      turns += gst_tag_list_get_tag_size (tags, GST_TAG_IMAGE_ORIENTATION);
      titles += gst_tag_list_get_tag_size (tags, GST_TAG_TITLE);
      encoders += gst_tag_list_get_tag_size (tags, GST_TAG_ENCODER);
    }
    gst_event_unref (event);
    if (type == GST_EVENT_EOS)
      break;
  }
  assert_equals_int (turns, 1);
  assert_equals_int (titles, 2);
  assert_equals_int (encoders, 0);
  gst_harness_teardown (dist);
  gst_harness_teardown (ref);
}
GST_END_TEST;

/* --- layouts ------------------------------------------------------------- */

#define CLOCK "timestamp/x-test"
#define WIDE "video/x-raw,format=I420,width=20,height=6,framerate=25/1"

/* Rows of 32 and 16 bytes, padding 0xee, samples 1, 2 and 3. */
static GstBuffer *
new_padded_frame (void)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, 192, 240 };
  gint stride[GST_VIDEO_MAX_PLANES] = { 32, 16, 16 };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 288, NULL);
  g_autoptr (GstCaps) clock_caps = gst_caps_from_string (CLOCK);

  gst_buffer_memset (buffer, 0, 0xee, 288);
  for (gsize y = 0; y < 12; y++)
    gst_buffer_memset (buffer, y < 6 ? 32 * y : 192 + 16 * (y - 6),
        y < 6       ? 1
            : y < 9 ? 2
                    : 3,
        y < 6 ? 20 : 10);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_FORMAT_I420, 20, 6, 3, offset, stride);
  GST_BUFFER_DURATION (buffer) = 40 * GST_MSECOND;
  gst_buffer_add_reference_timestamp_meta (buffer, clock_caps, 77, 40);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  return buffer;
}

/* What was on the frame that came in, and the distances. */
static void
assert_has_metas (GstBuffer *buffer)
{
  g_autoptr (GstCaps) clock_caps = gst_caps_from_string (CLOCK);
  GstReferenceTimestampMeta *clock =
      gst_buffer_get_reference_timestamp_meta (buffer, clock_caps);
  GstCustomMeta *found =
      gst_buffer_get_custom_meta (buffer, "GstPerceptualDistanceMeta");
  gdouble distance = -1;

  fail_unless (clock != NULL);
  assert_equals_uint64 (clock->timestamp, 77);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER));
  fail_unless (found != NULL);
  fail_unless (gst_structure_get_double (
      gst_custom_meta_get_structure (found), "distance", &distance));
  fail_unless (distance == 0);
}

static GstPadProbeReturn
take_video_meta (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return GST_PAD_PROBE_HANDLED;
}

static GstPadProbeReturn
keep_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  gst_buffer_replace ((GstBuffer **) user, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

/* What comes out for a padded frame, to a sink that knows GstVideoMeta or
 * not. */
static GstBuffer *
pass_padded_frame (gboolean knows_meta)
{
  Listener *l = listener_of_frames ("metric=l2");
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (l->pipeline), "sink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  GstBuffer *out = NULL;

  if (knows_meta)
    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, take_video_meta, NULL, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, keep_buffer, &out, NULL);
  send_buffer (l, "ref", WIDE, 0, new_padded_frame ());
  send_buffer (l, "dist", WIDE, 0, new_padded_frame ());
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 1, 0, 0);
  listener_free (l);
  fail_unless (out != NULL);
  return out;
}

GST_START_TEST (test_who_knows_no_video_meta_gets_rows_where_caps_put_them)
{
  GstBuffer *buffer = pass_padded_frame (FALSE);
  guint8 found[192];

  /* Rows of chroma are 10 samples in 12 bytes. */
  assert_equals_int (gst_buffer_get_size (buffer), 120 + 2 * 36);
  fail_unless (gst_buffer_get_video_meta (buffer) == NULL);
  gst_buffer_extract (buffer, 0, found, sizeof found);
  for (guint i = 0; i < 120; i++)
    assert_equals_int (found[i], 1);
  for (guint y = 0; y < 6; y++) {
    for (guint x = 0; x < 10; x++)
      assert_equals_int (found[120 + 12 * y + x], y < 3 ? 2 : 3);
  }
  assert_has_metas (buffer);
  assert_equals_uint64 (GST_BUFFER_PTS (buffer), 0);
  assert_equals_uint64 (GST_BUFFER_DURATION (buffer), 40 * GST_MSECOND);
  gst_buffer_unref (buffer);
}
GST_END_TEST;

GST_START_TEST (test_who_knows_video_meta_gets_the_frame_itself)
{
  GstBuffer *buffer = pass_padded_frame (TRUE);

  assert_equals_int (gst_buffer_get_size (buffer), 288);
  fail_unless (gst_buffer_get_video_meta (buffer) != NULL);
  assert_has_metas (buffer);
  gst_buffer_unref (buffer);
}
GST_END_TEST;

/* --- nobody there -------------------------------------------------------- */

#define ONE_FRAME                                                              \
  "videotestsrc num-buffers=1 ! video/x-raw,format=GRAY8,width=64,height=64 "  \
  "! tee name=t ! queue ! d.ref_sink t. ! queue ! d.dist_sink "                \
  "perceptualdistance name=d "

/* The sources have ended by then, and say nothing. */
GST_START_TEST (test_a_format_that_the_next_element_does_not_take_is_an_error)
{
  Listener *l =
      RUN (ONE_FRAME "output=heatmap ! capsfilter caps=video/x-raw,format=I420 "
                     "! fakesink");

  assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION, "BGRx",
      "videoconvert", NULL);
  /* Nothing that was measured is lost. */
  assert_equals_int (l->distances->len, 1);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_source_pad_without_a_peer_is_an_error)
{
  Listener *l = RUN (ONE_FRAME "metric=l2");

  assert_error (l, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
      "Nothing is linked to "
      "src",
      NULL);
  assert_equals_int (l->distances->len, 1);
  listener_free (l);
}
GST_END_TEST;

/* A forgotten branch.  The clock is the test's own. */
GST_START_TEST (test_a_sink_pad_without_a_peer_is_warned_about_after_a_while)
{
  GstClock *clock = gst_test_clock_new ();
  Listener *l;

  gst_system_clock_set_default (clock);
  l = listener_new ("videotestsrc num-buffers=1 ! perceptualdistance name=d "
                    "! fakesink");
  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  fail_unless (gst_test_clock_crank (GST_TEST_CLOCK (clock)));
  listener_drain (l);
  assert_one_warning (l, "Nothing is linked to dist_sink yet");
  listener_free (l);
  gst_system_clock_set_default (NULL);
  gst_object_unref (clock);
}
GST_END_TEST;

static Suite *
outlet_suite (void)
{
  Suite *s = suite_create ("outlet");
  TCase *tc = tcase_create ("outlet");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_every_reference_frame_is_passed_on);
  tcase_add_test (tc, test_output_distorted_has_a_gap_where_a_frame_was_lost);
  tcase_add_test (tc, test_repeated_frames_are_frames);
  tcase_add_test (tc, test_gaps_of_the_reference_go_on_in_their_place);
  tcase_add_test (tc, test_all_tags_of_what_is_passed_on_come_through);
  tcase_add_test (
      tc, test_who_knows_no_video_meta_gets_rows_where_caps_put_them);
  tcase_add_test (tc, test_who_knows_video_meta_gets_the_frame_itself);
  tcase_add_test (
      tc, test_a_format_that_the_next_element_does_not_take_is_an_error);
  tcase_add_test (tc, test_a_source_pad_without_a_peer_is_an_error);
  tcase_add_test (
      tc, test_a_sink_pad_without_a_peer_is_warned_about_after_a_while);
  return s;
}

GST_CHECK_MAIN (outlet);
