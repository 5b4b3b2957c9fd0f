/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Small pairs that wait are measured together: that this changes neither
 * numbers nor order, and that none is waited for.
 */
#include "listener.h"

#include <stdio.h>
#include <string.h>

#define PAIRS 40
#define SMALL "video/x-raw,format=RGB,width=32,height=32,framerate=10/1"
#define OTHER "video/x-raw,format=RGB,width=40,height=36,framerate=10/1"
#define NETWORK "metric=lpips backbone=squeeze weights=random heads=none "

/* What the element logs of pairs that it measures together. */
static gint most_together; /* atomic */

static void
note_log (GstDebugCategory *category, GstDebugLevel level, const gchar *file,
    const gchar *function, gint line, GObject *object, GstDebugMessage *message,
    gpointer user)
{
  guint together;

  if (sscanf (gst_debug_message_get (message), "pairs measured together: %u",
          &together)
          == 1
      && (gint) together > g_atomic_int_get (&most_together))
    g_atomic_int_set (&most_together, (gint) together);
}

static void
watch_log (void)
{
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (note_log, NULL, NULL);
  gst_debug_set_threshold_for_name ("perceptualdistance", GST_LEVEL_LOG);
}

static void
setup (void)
{
  g_atomic_int_set (&most_together, 0);
}

static void
fill_noise (GstVideoFrame *frame, gpointer seed)
{
  guint32 x = GPOINTER_TO_UINT (seed);
  guint8 *data = frame->map[0].data;

  for (gsize i = 0; i < frame->map[0].size; i++) {
    x = x * 1664525 + 1013904223;
    data[i] = (guint8) (x >> 24);
  }
}

/* A few pairs have another size, alone and in a row. */
static const gchar *
caps_of (guint pair)
{
  return pair == 20 || (pair >= 30 && pair < 34) ? OTHER : SMALL;
}

static void
send_pair (Listener *l, guint pair)
{
  send_frame (l, "ref", caps_of (pair), (gint) pair * 100, fill_noise,
      GUINT_TO_POINTER (pair));
  send_frame (l, "dist", caps_of (pair), (gint) pair * 100, fill_noise,
      GUINT_TO_POINTER (1000 + pair));
}

static Listener *
new_run (const gchar *properties)
{
  return listener_new ("appsrc name=ref format=time ! d.ref_sink "
                       "appsrc name=dist format=time ! d.dist_sink "
                       "perceptualdistance name=d " NETWORK
                       "%s ! fakesink name=sink",
      properties);
}

/* Every pair is sent once the one before it was measured. */
static Listener *
run_one_by_one (const gchar *properties)
{
  Listener *l = new_run (properties);

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < PAIRS; i++) {
    send_pair (l, i);
    listener_wait (l, i + 1);
    assert_equals_int (l->distances->len, i + 1);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  return l;
}

/* All of them are there while the first still is on its way out. */
static Listener *
begin_with_backlog (const gchar *properties)
{
  Listener *l = new_run (properties);

  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  for (guint i = 0; i < PAIRS; i++)
    send_pair (l, i);
  gst_element_get_state (l->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  return l;
}

typedef struct
{
  guint buffers;
  guint out_of_order;
  guint with_distance;
  GstClockTime last;
} Passed;

static GstPadProbeReturn
note_passed (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Passed *passed = user;

  passed->out_of_order += passed->buffers > 0
          && GST_BUFFER_PTS (buffer) != passed->last + 100 * GST_MSECOND
      ? 1
      : 0;
  passed->with_distance +=
      gst_buffer_get_custom_meta (buffer, "GstPerceptualDistanceMeta") != NULL
      ? 1
      : 0;
  passed->last = GST_BUFFER_PTS (buffer);
  passed->buffers++;
  return GST_PAD_PROBE_OK;
}

static void
assert_same_structures (const GPtrArray *a, const GPtrArray *b)
{
  assert_equals_int (a->len, b->len);
  for (guint i = 0; i < a->len; i++) {
    g_autofree gchar *one = gst_structure_to_string (a->pdata[i]);
    g_autofree gchar *other = gst_structure_to_string (b->pdata[i]);

    ck_assert_str_eq (one, other);
    fail_unless (gst_structure_is_equal (a->pdata[i], b->pdata[i]), "%s", one);
  }
}

/* Every field: numbers to the bit, indices, times, what is known of pictures;
 * and summaries in between, which tell of what came before them. */
GST_START_TEST (test_pairs_that_wait_are_measured_together_to_the_same_bits)
{
  const gchar *properties = "also=psnr summary-interval=700000000";
  Listener *alone = run_one_by_one (properties);
  Listener *together;
  Passed passed = { 0 };

  assert_ended_well (alone);
  assert_counts (alone, PAIRS, 0, 0);
  fail_unless (distance_at (alone, 0) > .01);
  assert_equals_int (alone->n_summaries, 6);
  fail_unless (g_atomic_int_get (&most_together) <= 1);

  together = begin_with_backlog (properties);
  listener_watch_output (
      together, GST_PAD_PROBE_TYPE_BUFFER, note_passed, &passed);
  send_end (together, "ref");
  send_end (together, "dist");
  listener_run (together);
  assert_ended_well (together);
  fail_unless (g_atomic_int_get (&most_together) > 1);
  assert_same_structures (together->distances, alone->distances);
  assert_same_structures (together->summaries, alone->summaries);
  /* The first was already waiting at the sink. */
  assert_equals_int (passed.buffers, PAIRS - 1);
  assert_equals_int (passed.with_distance, PAIRS - 1);
  assert_equals_int (passed.out_of_order, 0);
  listener_free (together);
  listener_free (alone);
}
GST_END_TEST;

/* Frames that cannot be read are told of after those before them. */
GST_START_TEST (test_a_bad_frame_costs_no_pair_before_it)
{
  Listener *l = new_run ("");
  GstBuffer *cut = gst_buffer_new_allocate (NULL, 32 * 32, NULL);

  gst_element_set_state (l->pipeline, GST_STATE_PAUSED);
  for (guint i = 0; i < 15; i++)
    send_pair (l, i);
  send_frame (l, "ref", SMALL, 1500, fill_noise, GUINT_TO_POINTER (15));
  send_buffer (l, "dist", SMALL, 1500, cut);
  for (guint i = 16; i < 20; i++)
    send_pair (l, i);
  listener_run (l);
  assert_error (l, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "1024 bytes",
      "32x32", NULL);
  assert_equals_int (l->distances->len, 15);
  fail_unless (g_atomic_int_get (&most_together) > 1);
  for (guint i = 0; i < 15; i++)
    assert_equals_uint64 (time_at (l, i, "index"), i);
  listener_free (l);
}
GST_END_TEST;

/* A heat map is of one pair, and several streams share a reference. */
GST_START_TEST (test_heat_maps_are_made_one_by_one)
{
  Listener *l = begin_with_backlog ("output=heatmap");
  Passed passed = { 0 };

  listener_watch_output (l, GST_PAD_PROBE_TYPE_BUFFER, note_passed, &passed);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_run (l);
  assert_ended_well (l);
  assert_counts (l, PAIRS, 0, 0);
  assert_equals_int (passed.buffers, PAIRS - 1);
  assert_equals_int (g_atomic_int_get (&most_together), 0);
  listener_free (l);
}
GST_END_TEST;

#define ENDLESS                                                                \
  "videotestsrc pattern=ball ! "                                               \
  "video/x-raw,format=I420,width=32,height=32,framerate=10/1 ! tee name=t "    \
  "t. ! queue ! d.ref_sink t. ! queue ! d.dist_sink "                          \
  "perceptualdistance name=d " NETWORK "! fakesink"

GST_START_TEST (test_seeks_lose_no_pair_that_was_taken)
{
  Listener *l = listener_new (ENDLESS);
  guint64 far_off = 10000 * GST_SECOND;

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  gst_element_get_state (l->pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  for (guint i = 0; i < 21; i++) {
    guint64 start = i < 20 ? i * 37 * GST_MSECOND : far_off - 3 * GST_SECOND;

    fail_unless (gst_element_seek (l->pipeline, 1, GST_FORMAT_TIME,
        GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, (gint64) start,
        GST_SEEK_TYPE_SET, (gint64) far_off));
    if (i < 20)
      g_usleep (g_random_int_range (0, 20000));
  }
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  fail_unless (l->distances->len >= 30);
  assert_counts (l, l->distances->len, 0, 0);
  assert_equals_uint64 (summary_uint (l, "measured"), l->distances->len);
  fail_unless (g_atomic_int_get (&most_together) > 1);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_stop_counts_the_pairs_that_it_gives_up)
{
  Listener *l = listener_new (ENDLESS);

  for (guint i = 0; i < 10; i++) {
    gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
    listener_wait (l, 3);
    g_usleep (g_random_int_range (0, 20000));
    assert_equals_int (gst_element_set_state (l->pipeline, GST_STATE_READY),
        GST_STATE_CHANGE_SUCCESS);
    listener_drain (l);
    fail_unless (l->error == NULL);
    assert_equals_uint64 (summary_uint (l, "measured"), l->distances->len);
    assert_equals_uint64 (summary_uint (l, "pairs"),
        l->distances->len + summary_uint (l, "skipped"));
    for (guint k = 0; k < l->distances->len; k++)
      assert_equals_uint64 (time_at (l, k, "index"), k);
    listener_clear (l);
  }
  listener_free (l);
}
GST_END_TEST;

static Suite *
backlog_suite (void)
{
  Suite *s = suite_create ("backlog");
  TCase *tc = tcase_create ("backlog");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_checked_fixture (tc, setup, NULL);
  tcase_add_unchecked_fixture (tc, watch_log, NULL);
  tcase_add_test (
      tc, test_pairs_that_wait_are_measured_together_to_the_same_bits);
  tcase_add_test (tc, test_a_bad_frame_costs_no_pair_before_it);
  tcase_add_test (tc, test_heat_maps_are_made_one_by_one);
  tcase_add_test (tc, test_seeks_lose_no_pair_that_was_taken);
  tcase_add_test (tc, test_a_stop_counts_the_pairs_that_it_gives_up);
  return s;
}

GST_CHECK_MAIN (backlog);
