/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What applications and machines do to a pipeline: clocks that jump, latencies
 * without bounds, changes of state from threads that carry frames, layouts that
 * no allocator makes, streams that last for a day.
 */
#include "listener.h"

#include <math.h>
#include <string.h>

#define TWO                                                                    \
  "videotestsrc name=src num-buffers=40 pattern=ball %s ! "                    \
  "video/x-raw,format=I420,width=64,height=48,framerate=160/1 ! tee name=t ! " \
  "queue ! d.ref_sink t. ! queue ! d.dist_sink "                               \
  "perceptualdistance name=d metric=psnr %s ! fakesink name=end %s"

/* That each of @n frames a side is in one of the counts. */
static void
assert_all_counted (const Listener *l, guint n)
{
  guint64 pairs = summary_uint (l, "pairs");

  assert_equals_uint64 (pairs + summary_uint (l, "unmatched-reference"), n);
  assert_equals_uint64 (pairs + summary_uint (l, "unmatched-distorted")
          + summary_uint (l, "late"),
      n);
}

/* --- time ---------------------------------------------------------------- */

GST_START_TEST (test_a_stream_of_a_day_is_measured_to_its_end)
{
  Listener *l =
      RUN ("videotestsrc num-buffers=1440 pattern=ball ! "
           "video/x-raw,format=GRAY8,width=16,height=16,framerate=1/60 ! "
           "tee name=t ! queue ! d.ref_sink t. ! queue ! d.dist_sink "
           "perceptualdistance name=d metric=psnr "
           "summary-interval=14400000000000 ! fakesink");

  assert_ended_well (l);
  assert_counts (l, 1440, 0, 0);
  assert_equals_uint64 (
      time_at (l, 1439, "running-time"), 1439 * 60 * GST_SECOND);
  /* One every four hours, the last of which is that of the end. */
  assert_equals_int (l->n_summaries, 6);
  listener_free (l);
}
GST_END_TEST;

/* A clock that the test sets. */
typedef struct
{
  GstSystemClock parent;
} JumpingClock;

typedef struct
{
  GstSystemClockClass parent;
} JumpingClockClass;

static gint64 jump; /* ns, of all such clocks; under jump_lock */
static GMutex jump_lock;

static GType jumping_clock_get_type (void);
G_DEFINE_TYPE (JumpingClock, jumping_clock, GST_TYPE_SYSTEM_CLOCK)

static GstClockTime
get_time (GstClock *clock)
{
  GstClockTime now =
      GST_CLOCK_CLASS (jumping_clock_parent_class)->get_internal_time (clock);

  g_mutex_lock (&jump_lock);
  now = (GstClockTime) ((gint64) now + jump);
  g_mutex_unlock (&jump_lock);
  return now;
}

static void
jumping_clock_class_init (JumpingClockClass *klass)
{
  GST_CLOCK_CLASS (klass)->get_internal_time = get_time;
}

static void
jumping_clock_init (JumpingClock *self)
{
}

/* An hour ahead and back again, while live frames are on their way. */
static GstPadProbeReturn
jump_clock (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  guint *n = user;

  g_mutex_lock (&jump_lock);
  if (++*n == 10)
    jump = 3600 * GST_SECOND;
  else if (*n == 20)
    jump = 0;
  g_mutex_unlock (&jump_lock);
  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_a_clock_that_jumps_loses_no_frame_without_a_count)
{
  static const gchar *const modes[] = { "measure=every-pair",
    "measure=real-time" };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    Listener *l = listener_new (TWO, "is-live=true", modes[i], "sync=false");
    g_autoptr (GstClock) clock = g_object_new (jumping_clock_get_type (), NULL);
    g_autoptr (GstElement) source =
        gst_bin_get_by_name (GST_BIN (l->pipeline), "src");
    g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
    guint n = 0;

    gst_object_ref_sink (clock);
    jump = 0;
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, jump_clock, &n, NULL);
    gst_pipeline_use_clock (GST_PIPELINE (l->pipeline), clock);
    listener_run (l);
    assert_ended_well (l);
    assert_all_counted (l, n);
    listener_free (l);
  }
}
GST_END_TEST;

/* --- latency ------------------------------------------------------------- */

typedef struct
{
  GstClockTime min;
  GstClockTime max;
} Latency;

static GstPadProbeReturn
answer_latency (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  const Latency *latency = user;
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return GST_PAD_PROBE_OK;
  gst_query_set_latency (query, TRUE, latency->min, latency->max);
  return GST_PAD_PROBE_HANDLED;
}

/* Of a source that is broken, or of many elements one after the other. */
GST_START_TEST (test_a_latency_without_bounds_ends_no_run)
{
  static Latency latencies[] = {
    { G_MAXUINT64 - 1, G_MAXUINT64 },
    { G_MAXINT64, G_MAXUINT64 },
    { G_MAXUINT64 / 2, 0 },
    { 0, 0 },
    { 1000 * 3600 * GST_SECOND, GST_SECOND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (latencies); i++) {
    Listener *l = listener_new (TWO, "", "", "sync=false");
    g_autoptr (GstElement) source =
        gst_bin_get_by_name (GST_BIN (l->pipeline), "src");
    g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_UPSTREAM, answer_latency,
        &latencies[i], NULL);
    listener_run (l);
    fail_unless (l->eos);
    assert_all_counted (l, 40);
    listener_free (l);
  }
}
GST_END_TEST;

/* --- states -------------------------------------------------------------- */

typedef struct
{
  GstElement *pipeline;
  GstState state;
  gint left; /* distances before the change */
} Change;

/* In whatever thread posts the message. */
static GstBusSyncReply
change_state (GstBus *bus, GstMessage *message, gpointer user)
{
  Change *change = user;

  if (gst_message_has_name (message, "perceptual-distance")
      && g_atomic_int_dec_and_test (&change->left))
    gst_element_set_state (change->pipeline, change->state);
  return GST_BUS_PASS;
}

/* NULL and READY wait for the thread that asks, in any element. */
GST_START_TEST (test_who_hears_a_distance_may_pause_at_once)
{
  static const gchar *const modes[] = { "measure=every-pair",
    "measure=real-time" };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    Listener *l = listener_new (TWO, "", modes[i], "sync=true");
    g_autoptr (GstBus) bus = gst_element_get_bus (l->pipeline);
    Change change = { l->pipeline, GST_STATE_PAUSED, 7 };

    gst_bus_set_sync_handler (bus, change_state, &change, NULL);
    gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
    listener_wait (l, 7);
    fail_if (l->eos);
    listener_run (l);
    assert_ended_well (l);
    assert_counts (l, 40, 0, 0);
    gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
    listener_free (l);
  }
}
GST_END_TEST;

/* --- layouts ------------------------------------------------------------- */

#define DEEP_CAPS                                                              \
  "video/x-raw,format=I420_10LE,width=17,height=9,framerate=25/1"

/* The same samples in rows that are @more bytes longer than they need be, and
 * planes as far apart. */
static GstBuffer *
make_frame (gsize more, guint seed)
{
  static const guint widths[] = { 17, 9, 9 }, heights[] = { 9, 5, 5 };
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0 };
  gint stride[GST_VIDEO_MAX_PLANES] = { 0 };
  gsize size = more;
  GstBuffer *buffer;
  GstMapInfo map;

  for (guint p = 0; p < 3; p++) {
    offset[p] = size;
    stride[p] = (gint) (widths[p] * 2 + more);
    size += (gsize) stride[p] * heights[p] + more;
  }
  buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  memset (map.data, 0xff, size);
  for (guint p = 0; p < 3; p++) {
    for (guint y = 0; y < heights[p]; y++) {
      for (guint x = 0; x < widths[p]; x++) {
        guint value = (x * 37 + y * 101 + p * 300 + seed) % 1024;
        guint8 *at = map.data + offset[p] + y * (gsize) stride[p] + 2 * x;

        at[0] = (guint8) value;
        at[1] = (guint8) (value >> 8);
      }
    }
  }
  gst_buffer_unmap (buffer, &map);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_FORMAT_I420_10LE, 17, 9, 3, offset, stride);
  return buffer;
}

GST_START_TEST (test_ten_bits_in_rows_of_any_length_are_the_same_numbers)
{
  static const gchar *const metrics[] = { "psnr", "ssim", "l2", "mmd-ssim" };
  static const gsize more[] = { 0, 1, 2, 3, 5, 13, 64, 101 };

  for (guint m = 0; m < G_N_ELEMENTS (metrics); m++) {
    g_autofree gchar *metric = g_strdup_printf ("metric=%s", metrics[m]);
    Listener *l = listener_of_frames (metric);

    for (guint i = 0; i < G_N_ELEMENTS (more); i++) {
      gint time = (gint) i * 40;

      send_buffer (l, "ref", DEEP_CAPS, time, make_frame (more[i], 0));
      send_buffer (l, "dist", DEEP_CAPS, time,
          make_frame (more[G_N_ELEMENTS (more) - 1 - i], 3));
    }
    send_end (l, "ref");
    send_end (l, "dist");
    listener_run (l);
    assert_ended_well (l);
    assert_counts (l, G_N_ELEMENTS (more), 0, 0);
    for (guint i = 0; i < G_N_ELEMENTS (more); i++) {
      fail_unless (isfinite (distance_at (l, i)));
      fail_unless (distance_at (l, i) == distance_at (l, 0), "%s: %.17g %.17g",
          metrics[m], distance_at (l, i), distance_at (l, 0));
    }
    listener_free (l);
  }
}
GST_END_TEST;

static Suite *
hosts_suite (void)
{
  Suite *suite = suite_create ("hosts");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_a_stream_of_a_day_is_measured_to_its_end);
  tcase_add_test (tc, test_a_clock_that_jumps_loses_no_frame_without_a_count);
  tcase_add_test (tc, test_a_latency_without_bounds_ends_no_run);
  tcase_add_test (tc, test_who_hears_a_distance_may_pause_at_once);
  tcase_add_test (tc, test_ten_bits_in_rows_of_any_length_are_the_same_numbers);
  return suite;
}

GST_CHECK_MAIN (hosts);
