/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * sync, and pair=index: streams whose timestamps do not say which frames belong
 * together.
 */
#include "listener.h"

#include <math.h>
#include <string.h>

#define CAPS "video/x-raw,format=GRAY8,width=96,height=54,framerate=25/1"
#define FRAME 40 /* ms */

/* A picture of moving waves that never repeats: number @user of its film. */
static void
fill_waves (GstVideoFrame *frame, gpointer user)
{
  gdouble i = GPOINTER_TO_INT (user);
  guint8 *data = frame->data[0];

  for (gint y = 0; y < frame->info.height; y++) {
    for (gint x = 0; x < frame->info.width; x++)
      data[y * frame->info.stride[0] + x] =
          (guint8) (128 + 60 * sin ((x + 2 * i + 9 * sin (.37 * i)) / 7)
              + 50 * sin ((y + 8 * cos (.23 * i)) / 5));
  }
}

static gboolean
is_lost (gint frame, const gint *lost)
{
  for (guint i = 0; lost != NULL && lost[i] >= 0; i++) {
    if (lost[i] == frame)
      return TRUE;
  }
  return FALSE;
}

/* @n frames with timestamps from @begin ms on; the first shows picture
 * @first, those of @lost (ended by -1) are left out. */
static void
send_film (Listener *l, const gchar *source, gint first, gint n, gint begin,
    const gint *lost)
{
  for (gint i = 0; i < n; i++) {
    if (!is_lost (i, lost))
      send_frame (l, source, CAPS, begin + i * FRAME, fill_waves,
          GINT_TO_POINTER (first + i));
  }
  send_end (l, source);
}

static const GstStructure *
sync_of (const Listener *l, const gchar *stream)
{
  for (guint i = 0; i < l->syncs->len; i++) {
    const GstStructure *s = g_ptr_array_index (l->syncs, i);

    if (g_str_equal (gst_structure_get_string (s, "stream"), stream))
      return s;
  }
  ck_abort_msg ("no perceptual-sync of %s", stream);
  return NULL;
}

static void
assert_sync (const Listener *l, const gchar *stream, gboolean decided,
    gint64 offset_ms, const gchar *verdict)
{
  const GstStructure *s = sync_of (l, stream);
  gboolean is_decided = FALSE;
  gint64 offset = 0;
  gdouble confidence = -1;

  fail_unless (gst_structure_get_boolean (s, "decided", &is_decided));
  fail_unless (gst_structure_get_int64 (s, "offset", &offset));
  fail_unless (gst_structure_get_double (s, "confidence", &confidence));
  ck_assert_str_eq (gst_structure_get_string (s, "verdict"), verdict);
  assert_equals_int (is_decided, decided);
  assert_equals_int64 (offset, offset_ms * (gint64) GST_MSECOND);
  if (decided)
    fail_unless (confidence > .5, "confidence %g", confidence);
}

static void
assert_identical_pairs (const Listener *l)
{
  for (guint i = 0; i < l->distances->len; i++) {
    fail_unless (distance_at (l, i) == 0, "distance %g of pair %u",
        distance_at (l, i), i);
    assert_equals_int64 (delta_at (l, i), 0);
  }
}

GST_START_TEST (test_a_stream_cut_by_seven_frames_is_measured_from_the_first)
{
  static const gint lost[] = { 20, 41, 80, -1 };
  gchar *path = new_file (), *log = NULL;
  g_autofree gchar *properties =
      g_strdup_printf ("metric=l2 sync=auto log-location=%s", path);
  Listener *l = listener_of_frames (properties);

  send_film (l, "ref", 0, 110, 0, NULL);
  send_film (l, "dist", 7, 103, 0, lost);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_int (l->syncs->len, 1);
  assert_sync (l, "dist_sink", TRUE, 7 * FRAME, "found");
  assert_counts (l, 100, 10, 0);
  assert_equals_int (l->distances->len, 100);
  assert_equals_uint64 (
      time_at (l, 0, "reference-pts"), 7 * FRAME * GST_MSECOND);
  assert_identical_pairs (l);
  assert_equals_int (l->warnings->len, 0);

  fail_unless (g_file_get_contents (path, &log, NULL, NULL));
  /* In the header and in the summary. */
  fail_unless (strstr (log, "\"sync_offset\":0"));
  fail_unless (strstr (log, "\"sync_offset_found\":280000000"));
  fail_unless (
      strstr (strstr (log, "\"summary\""), "\"sync_offset_found\":280000000"));
  g_free (log);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_a_late_stream_and_its_timestamps_are_brought_together)
{
  Listener *l = listener_of_frames ("metric=l2 sync=auto");

  /* 5 frames of something else before it, 13 ms between the clocks. */
  send_film (l, "ref", 0, 90, 0, NULL);
  send_film (l, "dist", -5, 90, 13, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_sync (l, "dist_sink", TRUE, -5 * FRAME - 13, "found");
  assert_counts (l, 85, 5, 5);
  assert_identical_pairs (l);
  assert_one_warning (l, "ended before the reference one: 5 reference");
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_each_stream_gets_an_offset_of_its_own)
{
  Listener *l =
      listener_new ("appsrc name=ref format=time ! d.ref_sink "
                    "appsrc name=a format=time ! d.dist_sink "
                    "appsrc name=b format=time ! d.dist_sink_1 "
                    "perceptualdistance name=d metric=l2 sync=auto ! fakesink");

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  send_film (l, "ref", 10, 80, 0, NULL);
  send_film (l, "a", 14, 76, 0, NULL);
  send_film (l, "b", 8, 82, 0, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_sync (l, "dist_sink", TRUE, 4 * FRAME, "found");
  assert_sync (l, "dist_sink_1", TRUE, -2 * FRAME, "found");
  assert_equals_int (l->distances->len, 76 + 80);
  assert_identical_pairs (l);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_sync_offset_says_where_to_look)
{
  Listener *l = listener_of_frames (
      "metric=l2 sync=auto sync-window=100000000 sync-offset=2000000000");

  send_film (l, "ref", 0, 120, 0, NULL);
  send_film (l, "dist", 49, 71, 0, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_sync (l, "dist_sink", TRUE, 49 * FRAME, "found");
  assert_counts (l, 71, 49, 0);
  assert_identical_pairs (l);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_pictures_that_stand_still_are_measured_with_a_warning)
{
  Listener *l =
      listener_of_frames ("metric=l2 sync=auto sync-offset=-40000000");

  for (gint i = 0; i < 70; i++) {
    send_frame (l, "ref", CAPS, i * FRAME, fill_waves, NULL);
    send_frame (l, "dist", CAPS, i * FRAME, fill_waves, NULL);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_sync (l, "dist_sink", FALSE, -FRAME, "still");
  assert_one_warning (l,
      "not found, since the pictures do not move; it is measured with "
      "sync-offset=-40000000");
  assert_counts (l, 69, 1, 1);
  fail_if (gst_structure_has_field (l->summary, "sync-offset-found"));
  fail_unless (summary_double (l, "sync-confidence") == 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_clip_shorter_than_the_search_is_measured_whole)
{
  Listener *l = listener_of_frames ("metric=l2 sync=auto");

  send_film (l, "ref", 0, 20, 0, NULL);
  send_film (l, "dist", 3, 17, 0, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_sync (l, "dist_sink", TRUE, 3 * FRAME, "found");
  assert_counts (l, 17, 3, 0);
  assert_identical_pairs (l);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_an_empty_stream_does_not_hang_the_search)
{
  Listener *l = listener_of_frames ("metric=l2 sync=auto");

  send_film (l, "ref", 0, 5, 0, NULL);
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_sync (l, "dist_sink", FALSE, 0, "short");
  assert_counts (l, 0, 5, 0);
  listener_free (l);
}
GST_END_TEST;

/* A clock that stands still never covers the window. */
GST_START_TEST (test_a_clock_that_stands_still_does_not_fill_the_memory)
{
  Listener *l = listener_of_frames ("metric=l2 sync=auto");

  for (gint i = 0; i < 400; i++)
    send_frame (l, "dist", CAPS, 0, fill_waves, GINT_TO_POINTER (i));
  send_film (l, "ref", 0, 80, 0, NULL);
  /* Without an end of the other stream. */
  listener_wait (l, 1);
  assert_sync (l, "dist_sink", FALSE, 0, "short");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 1, 79, 399);
  listener_free (l);
}
GST_END_TEST;

static GstBufferPool *
new_pool (guint most)
{
  GstBufferPool *pool = gst_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);

  gst_buffer_pool_config_set_params (config, caps, 96 * 56, 0, most);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  return pool;
}

/* Waits while all buffers of @pool are in use. */
static void
send_pooled (Listener *l, GstBufferPool *pool, const gchar *source, gint pts_ms,
    gint picture)
{
  g_autoptr (GstElement) appsrc =
      gst_bin_get_by_name (GST_BIN (l->pipeline), source);
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  g_autoptr (GstSample) sample = NULL;
  GstFlowReturn ret = GST_FLOW_ERROR;
  GstBuffer *buffer = NULL;
  GstVideoFrame frame;
  GstVideoInfo info;

  fail_unless (gst_video_info_from_caps (&info, caps));
  assert_equals_int (
      gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  fill_waves (&frame, GINT_TO_POINTER (picture));
  gst_video_frame_unmap (&frame);
  GST_BUFFER_PTS (buffer) = (GstClockTime) pts_ms * GST_MSECOND;
  sample = gst_sample_new (buffer, caps, NULL, NULL);
  g_signal_emit_by_name (appsrc, "push-sample", sample, &ret);
  gst_buffer_unref (buffer);
  assert_equals_int (ret, GST_FLOW_OK);
}

/* As those of hardware decoders are. */
GST_START_TEST (test_pools_of_few_buffers_do_not_run_dry_in_the_search)
{
  Listener *l = listener_of_frames ("metric=l2 sync=auto");
  GstBufferPool *pool = new_pool (12);

  for (gint i = 0; i < 80; i++) {
    send_pooled (l, pool, "ref", i * FRAME, i);
    send_pooled (l, pool, "dist", i * FRAME, i + 1);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_sync (l, "dist_sink", TRUE, FRAME, "found");
  assert_counts (l, 79, 1, 1);
  assert_identical_pairs (l);
  listener_free (l);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
}
GST_END_TEST;

GST_START_TEST (test_the_offset_outlives_a_flushing_seek)
{
  Listener *l = listener_new (
      "videotestsrc pattern=ball name=s ! "
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! d.ref_sink "
      "videotestsrc pattern=ball timestamp-offset=120000000 ! "
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! d.dist_sink "
      "perceptualdistance name=d metric=l2 sync=auto ! fakesink");

  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  assert_equals_int (
      gst_element_get_state (l->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE),
      GST_STATE_CHANGE_SUCCESS);
  listener_drain (l);
  assert_sync (l, "dist_sink", TRUE, -120, "found");
  listener_clear (l);
  fail_unless (gst_element_seek (l->pipeline, 1, GST_FORMAT_TIME,
      GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE, GST_SEEK_TYPE_SET,
      2 * GST_SECOND, GST_SEEK_TYPE_SET, 3 * GST_SECOND));
  listener_run (l);
  assert_ended_well (l);
  assert_equals_int (l->syncs->len, 0);
  fail_unless (summary_uint (l, "pairs") >= 22);
  for (guint i = 0; i < l->distances->len; i++)
    fail_unless (distance_at (l, i) == 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_flush_in_the_search_begins_it_anew)
{
  Listener *l = listener_of_frames ("metric=l2 sync=auto");

  for (gint i = 0; i < 10; i++) {
    send_frame (l, "ref", CAPS, i * FRAME, fill_waves, GINT_TO_POINTER (i));
    send_frame (
        l, "dist", CAPS, i * FRAME, fill_waves, GINT_TO_POINTER (50 - i));
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstElement) source =
        gst_bin_get_by_name (GST_BIN (l->pipeline), i == 0 ? "ref" : "dist");

    gst_element_send_event (source, gst_event_new_flush_start ());
    gst_element_send_event (source, gst_event_new_flush_stop (TRUE));
  }
  send_film (l, "ref", 0, 80, 0, NULL);
  send_film (l, "dist", 2, 78, 0, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_int (l->syncs->len, 1);
  assert_sync (l, "dist_sink", TRUE, 2 * FRAME, "found");
  assert_identical_pairs (l);
  listener_free (l);
}
GST_END_TEST;

/* --- files --------------------------------------------------------------- */

static void
assert_basis (const Listener *l, const gchar *basis, gint64 offset_ms)
{
  const GstStructure *s = sync_of (l, "dist_sink");
  gint64 offset = 0;

  ck_assert_str_eq (gst_structure_get_string (s, "basis"), basis);
  fail_unless (gst_structure_get_int64 (s, "offset", &offset));
  assert_equals_int64 (offset, offset_ms * (gint64) GST_MSECOND);
}

/* A film of 80 frames from @begin ms on that lacks its @first pictures. */
static Listener *
run_files (const gchar *properties, gint first, gint begin)
{
  Listener *l = listener_of_frames (properties);

  send_film (l, "ref", 0, 80, 0, NULL);
  send_film (l, "dist", first, 80 - first, begin, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  return l;
}

GST_START_TEST (test_start_takes_first_frames_for_the_same)
{
  Listener *l = run_files ("metric=l2 sync=start", 0, 1473);

  assert_basis (l, "start", -1473);
  fail_if (gst_structure_has_field (sync_of (l, "dist_sink"), "confidence"));
  assert_counts (l, 80, 0, 0);
  assert_identical_pairs (l);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_files_are_left_alone_where_their_starts_agree)
{
  /* Even where the pictures say something else. */
  Listener *l = run_files ("metric=l2 sync=files", 3, 9);

  assert_basis (l, "time", 0);
  assert_counts (l, 77, 3, 0);
  fail_unless (distance_at (l, 0) > 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_files_that_start_apart_are_met_by_what_they_show)
{
  static const struct
  {
    gint first;
    gint begin; /* ms */
    const gchar *basis;
    gint offset; /* ms */
  } cases[] = {
    { 0, 23, "start", -23 },
    { 0, 1480, "start", -1480 },
    { 5, 200, "time", 0 },
    { 4, 263, "content", 160 - 263 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint first = cases[i].first;
    Listener *l = run_files ("metric=l2 sync=files", first, cases[i].begin);

    assert_basis (l, cases[i].basis, cases[i].offset);
    assert_counts (l, (guint) (80 - first), (guint) first, 0);
    assert_identical_pairs (l);
    assert_equals_int (l->warnings->len, 0);
    listener_free (l);
  }
}
GST_END_TEST;

GST_START_TEST (test_files_that_stand_still_begin_together)
{
  Listener *l = listener_of_frames ("metric=l2 sync=files");

  for (gint i = 0; i < 70; i++) {
    send_frame (l, "ref", CAPS, i * FRAME, fill_waves, NULL);
    send_frame (l, "dist", CAPS, 100 + i * FRAME, fill_waves, NULL);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_basis (l, "start", -100);
  assert_counts (l, 70, 0, 0);
  assert_equals_int (l->warnings->len, 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_pad_has_an_offset_and_notes_of_its_own)
{
  Listener *l =
      listener_new ("appsrc name=ref format=time ! d.ref_sink "
                    "appsrc name=dist format=time ! d.dist_sink "
                    "perceptualdistance name=d metric=l2 sync-offset=-3000000 "
                    "! fakesink");
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (d, "dist_sink");
  g_autoptr (GstStructure) notes =
      gst_structure_new ("notes", "take", G_TYPE_INT, 7, NULL);
  gint take = 0;

  g_object_set (
      pad, "sync-offset", -20 * (gint64) GST_MSECOND, "notes", notes, NULL);
  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  send_film (l, "ref", 0, 10, 0, NULL);
  send_film (l, "dist", 0, 10, 23, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 10, 0, 0);
  assert_identical_pairs (l);
  fail_unless (gst_structure_get_int (
      g_ptr_array_index (l->summaries, 0), "take", &take));
  assert_equals_int (take, 7);
  listener_free (l);
}
GST_END_TEST;

/* --- numbers ------------------------------------------------------------- */

GST_START_TEST (test_numbers_pair_whatever_the_times)
{
  Listener *l = listener_of_frames ("metric=l2 pair=index");

  for (gint i = 0; i < 20; i++) {
    send_frame (l, "ref", CAPS, i * FRAME, fill_waves, GINT_TO_POINTER (i));
    send_frame (
        l, "dist", CAPS, 5000 + i * 33, fill_waves, GINT_TO_POINTER (i));
  }
  send_frame (l, "dist", CAPS, 5000, fill_waves, NULL);
  send_frame (l, "dist", CAPS, 5000, fill_waves, NULL);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 20, 0, 2);
  for (guint i = 0; i < l->distances->len; i++)
    fail_unless (distance_at (l, i) == 0);
  assert_one_warning (l, "2 distorted frames were left");
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_numbers_need_no_timestamps)
{
  Listener *l = listener_of_frames ("metric=l2 pair=index");

  for (gint i = 0; i < 20; i++) {
    send_frame (l, "ref", CAPS, -1, fill_waves, GINT_TO_POINTER (i));
    send_frame (l, "dist", CAPS, -1, fill_waves, GINT_TO_POINTER (i));
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 20, 0, 0);
  for (guint i = 0; i < l->distances->len; i++) {
    fail_unless (distance_at (l, i) == 0);
    assert_equals_uint64 (
        time_at (l, i, "reference-pts"), i * FRAME * GST_MSECOND);
  }
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_numbers_begin_anew_after_a_flush)
{
  Listener *l = listener_of_frames ("metric=l2 pair=index");

  for (gint i = 0; i < 4; i++)
    send_frame (l, "ref", CAPS, i * FRAME, fill_waves, GINT_TO_POINTER (i));
  send_frame (l, "dist", CAPS, 0, fill_waves, NULL);
  listener_wait (l, 1);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstElement) source =
        gst_bin_get_by_name (GST_BIN (l->pipeline), i == 0 ? "ref" : "dist");

    gst_element_send_event (source, gst_event_new_flush_start ());
    gst_element_send_event (source, gst_event_new_flush_stop (TRUE));
  }
  send_film (l, "ref", 20, 10, 0, NULL);
  send_film (l, "dist", 20, 10, 400, NULL);
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_int (l->distances->len, 11);
  for (guint i = 0; i < l->distances->len; i++)
    fail_unless (distance_at (l, i) == 0);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_numbers_and_times_contradict_each_other)
{
  static const gchar *const settings[] = { "sync=auto", "sync-offset=1",
    "tolerance=5" };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autofree gchar *text = g_strdup_printf ("pair=index %s", settings[i]);
    Listener *l = listener_of_frames (text);

    listener_drain (l);
    fail_unless (l->error != NULL);
    fail_unless (strstr (l->error->message, "pair=index") != NULL);
    listener_free (l);
  }
}
GST_END_TEST;

static Suite *
sync_suite (void)
{
  Suite *suite = suite_create ("sync");
  TCase *tcase = tcase_create ("sync");

  suite_add_tcase (suite, tcase);
  tcase_add_test (
      tcase, test_a_stream_cut_by_seven_frames_is_measured_from_the_first);
  tcase_add_test (
      tcase, test_a_late_stream_and_its_timestamps_are_brought_together);
  tcase_add_test (tcase, test_each_stream_gets_an_offset_of_its_own);
  tcase_add_test (tcase, test_sync_offset_says_where_to_look);
  tcase_add_test (
      tcase, test_pictures_that_stand_still_are_measured_with_a_warning);
  tcase_add_test (tcase, test_a_clip_shorter_than_the_search_is_measured_whole);
  tcase_add_test (tcase, test_an_empty_stream_does_not_hang_the_search);
  tcase_add_test (
      tcase, test_a_clock_that_stands_still_does_not_fill_the_memory);
  tcase_add_test (
      tcase, test_pools_of_few_buffers_do_not_run_dry_in_the_search);
  tcase_add_test (tcase, test_the_offset_outlives_a_flushing_seek);
  tcase_add_test (tcase, test_a_flush_in_the_search_begins_it_anew);
  tcase_add_test (tcase, test_start_takes_first_frames_for_the_same);
  tcase_add_test (tcase, test_files_are_left_alone_where_their_starts_agree);
  tcase_add_test (tcase, test_files_that_start_apart_are_met_by_what_they_show);
  tcase_add_test (tcase, test_files_that_stand_still_begin_together);
  tcase_add_test (tcase, test_a_pad_has_an_offset_and_notes_of_its_own);
  tcase_add_test (tcase, test_numbers_pair_whatever_the_times);
  tcase_add_test (tcase, test_numbers_need_no_timestamps);
  tcase_add_test (tcase, test_numbers_begin_anew_after_a_flush);
  tcase_add_test (tcase, test_numbers_and_times_contradict_each_other);
  return suite;
}

GST_CHECK_MAIN (sync);
