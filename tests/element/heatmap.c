/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * output=heatmap: formats, times and gaps of what goes out, and that it is
 * bright where a pair differs.
 */
#include "listener.h"

#define SIZE 256
#define CAPS                                                                   \
  "video/x-raw,format=GRAY8,width=256,height=256,framerate=25/1,"              \
  "pixel-aspect-ratio=4/3"

/* What went out at the source pad. */
typedef struct
{
  GstPad *pad;
  GstCaps *caps;
  GPtrArray *buffers; /* of GstBuffer */
  GArray *gaps;       /* of GstClockTime, their timestamps */
} Outgoing;

static GstPadProbeReturn
collect (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Outgoing *self = data;
  GstClockTime time;
  GstEvent *event;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) {
    g_ptr_array_add (
        self->buffers, gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info)));
    gst_clear_caps (&self->caps);
    self->caps = gst_pad_get_current_caps (pad);
    return GST_PAD_PROBE_OK;
  }
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_GAP) {
    gst_event_parse_gap (event, &time, NULL);
    g_array_append_val (self->gaps, time);
  }
  return GST_PAD_PROBE_OK;
}

static void
outgoing_init (Outgoing *self, const Listener *l)
{
  g_autoptr (GstElement) d = gst_bin_get_by_name (GST_BIN (l->pipeline), "d");

  *self = (Outgoing){ .pad = gst_element_get_static_pad (d, "src"),
    .buffers =
        g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref),
    .gaps = g_array_new (FALSE, FALSE, sizeof (GstClockTime)) };
  gst_pad_add_probe (self->pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, collect,
      self, NULL);
}

static void
outgoing_clear (Outgoing *self)
{
  gst_clear_object (&self->pad);
  gst_clear_caps (&self->caps);
  g_ptr_array_unref (self->buffers);
  g_array_unref (self->gaps);
}

/* Sum of R, G and B. */
static guint
light_at (const Outgoing *self, guint n, guint x, guint y)
{
  guint8 pixel[4];

  fail_unless (n < self->buffers->len);
  gst_buffer_extract (
      g_ptr_array_index (self->buffers, n), (y * SIZE + x) * 4, pixel, 4);
  return pixel[0] + pixel[1] + pixel[2];
}

static void
fill_waves (GstVideoFrame *frame, gpointer user)
{
  for (guint y = 0; y < SIZE; y++) {
    guint8 *row = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0)
        + y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

    for (guint x = 0; x < SIZE; x++)
      row[x] = 90 + (x * 3 ^ y * 5) % 70;
  }
}

/* The same, but for 24x24 pixels around (92, 28). */
static void
fill_flawed (GstVideoFrame *frame, gpointer user)
{
  fill_waves (frame, user);
  for (guint y = 16; y < 40; y++) {
    guint8 *row = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0)
        + y * GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

    for (guint x = 80; x < 104; x++)
      row[x] = 60;
  }
}

/* One pair with a flaw. */
static Listener *
measure_flaw (const gchar *properties, Outgoing *out)
{
  Listener *l = listener_of_frames (properties);

  outgoing_init (out, l);
  send_frame (l, "ref", CAPS, 0, fill_waves, NULL);
  send_frame (l, "dist", CAPS, 0, fill_flawed, NULL);
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_int (out->buffers->len, 1);
  return l;
}

GST_START_TEST (test_a_heatmap_is_bright_at_the_flaw_and_dark_elsewhere)
{
  Outgoing out;
  Listener *l = measure_flaw ("output=heatmap heatmap-legend=false", &out);
  guint inside = light_at (&out, 0, 92, 28);

  fail_unless (inside > 450, "%u", inside);
  fail_unless (light_at (&out, 0, 10, 250) < 15);
  fail_unless (light_at (&out, 0, 250, 250) < 15);
  fail_unless (light_at (&out, 0, 10, 28) < inside / 3);
  outgoing_clear (&out);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_the_maximum_and_the_blend_change_the_picture)
{
  Outgoing plain, high, low, grey;
  Listener *l = measure_flaw ("output=heatmap heatmap-legend=false", &plain);
  Listener *h = measure_flaw (
      "output=heatmap heatmap-legend=false heatmap-max=40", &high);
  Listener *m = measure_flaw (
      "output=heatmap heatmap-legend=false heatmap-max=.01", &low);
  Listener *g = measure_flaw (
      "output=heatmap heatmap-legend=false heatmap-blend=1", &grey);

  /* .4 is the default. */
  fail_unless (light_at (&high, 0, 92, 28) < light_at (&plain, 0, 92, 28) / 2);
  /* The last colour, and the reference. */
  assert_equals_int (light_at (&low, 0, 92, 28), 255 + 242 + 209);
  assert_equals_int (light_at (&grey, 0, 0, 0) / 3, 90);
  outgoing_clear (&plain);
  outgoing_clear (&high);
  outgoing_clear (&low);
  outgoing_clear (&grey);
  listener_free (l);
  listener_free (h);
  listener_free (m);
  listener_free (g);
}
GST_END_TEST;

/* The distorted stream comes 5 ms late, in another format. */
GST_START_TEST (test_heatmaps_have_format_and_times_of_the_reference)
{
  Listener *l = listener_of_frames ("output=heatmap");
  g_autoptr (GstCaps) expected = gst_caps_from_string (
      "video/x-raw,format=BGRx,width=256,height=256,framerate=25/1,"
      "pixel-aspect-ratio=4/3");
  Outgoing out;

  outgoing_init (&out, l);
  for (gint i = 0; i < 4; i++) {
    send_frame (l, "ref", CAPS, 40 * i, fill_waves, NULL);
    send_frame (l, "dist",
        "video/x-raw,format=GRAY8,width=256,height=256,framerate=50/1",
        40 * i + 5, fill_flawed, NULL);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_equals_int (out.buffers->len, 4);
  fail_unless (gst_caps_is_subset (out.caps, expected), "%s",
      gst_caps_to_string (out.caps));
  for (guint i = 0; i < 4; i++) {
    GstBuffer *buffer = g_ptr_array_index (out.buffers, i);

    assert_equals_uint64 (GST_BUFFER_PTS (buffer), i * 40 * GST_MSECOND);
    assert_equals_uint64 (GST_BUFFER_DURATION (buffer), 40 * GST_MSECOND);
    assert_equals_int (gst_buffer_get_size (buffer), SIZE * SIZE * 4);
    fail_unless (
        gst_buffer_get_custom_meta (buffer, "GstPerceptualDistanceMeta")
        != NULL);
  }
  outgoing_clear (&out);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_pairs_that_are_not_measured_leave_gaps)
{
  Listener *l = listener_of_frames ("output=heatmap");
  Outgoing out;

  outgoing_init (&out, l);
  for (gint i = 0; i < 6; i++)
    send_frame (l, "ref", CAPS, 40 * i, fill_waves, NULL);
  for (gint i = 0; i < 6; i++) {
    if (i != 2 && i != 3)
      send_frame (l, "dist", CAPS, 40 * i, fill_waves, NULL);
  }
  send_end (l, "ref");
  send_end (l, "dist");
  listener_wait (l, G_MAXUINT);
  assert_ended_well (l);
  assert_counts (l, 4, 2, 0);
  assert_equals_int (out.buffers->len, 4);
  assert_equals_int (out.gaps->len, 2);
  for (guint i = 0; i < 2; i++)
    assert_equals_uint64 (
        g_array_index (out.gaps, GstClockTime, i), (2 + i) * 40 * GST_MSECOND);
  /* Nothing differs, so everything but the legend is black. */
  assert_equals_int (light_at (&out, 0, 100, 20), 0);
  outgoing_clear (&out);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_an_interval_thins_heatmaps)
{
  Listener *l =
      listener_new ("videotestsrc num-buffers=9 ! "
                    "video/x-raw,width=64,height=64,framerate=25/1 ! tee "
                    "name=t t. ! queue ! d.ref_sink t. ! queue ! d.dist_sink "
                    "perceptualdistance name=d output=heatmap interval=3 ! "
                    "videoconvert ! fakesink");
  Outgoing out;

  outgoing_init (&out, l);
  listener_run (l);
  assert_ended_well (l);
  assert_equals_int (out.buffers->len, 3);
  assert_equals_int (out.gaps->len, 6);
  outgoing_clear (&out);
  listener_free (l);
}
GST_END_TEST;

/* The second stream differs, the first does not. */
GST_START_TEST (test_heatmaps_show_the_first_of_several_streams)
{
  Listener *l =
      listener_new ("videotestsrc num-buffers=2 ! "
                    "video/x-raw,width=256,height=256,format=I420 ! tee "
                    "name=t t. ! queue ! d.ref_sink t. ! queue ! d.dist_sink "
                    "t. ! queue ! videobalance contrast=.5 ! d.dist_sink_1 "
                    "perceptualdistance name=d output=heatmap ! fakesink");
  Outgoing out;

  outgoing_init (&out, l);
  listener_run (l);
  assert_ended_well (l);
  assert_equals_int (out.buffers->len, 2);
  for (guint x = 0; x < SIZE; x += 5)
    assert_equals_int (light_at (&out, 0, x, x / 4), 0);
  outgoing_clear (&out);
  listener_free (l);
}
GST_END_TEST;

static void
assert_refused (const gchar *properties, const gchar *one, const gchar *other)
{
  Listener *l = listener_new ("videotestsrc ! d.ref_sink "
                              "videotestsrc ! d.dist_sink "
                              "perceptualdistance name=d %s ! fakesink",
      properties);

  assert_equals_int (gst_element_set_state (l->pipeline, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  listener_drain (l);
  assert_error (
      l, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, one, other, NULL);
  listener_free (l);
}

GST_START_TEST (test_what_makes_no_heatmap_fails_the_way_to_ready)
{
  assert_refused ("output=heatmap metric=psnr",
      "The metric psnr makes no heat map", "mmd-ssim, lpips");
  assert_refused ("output=heatmap metric=dps", "The metric dps", "lpips");
  assert_refused (
      "output=heatmap measure=real-time", "output=heatmap", "every-pair");
}
GST_END_TEST;

static Suite *
heatmap_suite (void)
{
  Suite *suite = suite_create ("heatmap");
  TCase *chain = tcase_create ("output");

  suite_add_tcase (suite, chain);
  tcase_add_test (
      chain, test_a_heatmap_is_bright_at_the_flaw_and_dark_elsewhere);
  tcase_add_test (chain, test_the_maximum_and_the_blend_change_the_picture);
  tcase_add_test (chain, test_heatmaps_have_format_and_times_of_the_reference);
  tcase_add_test (chain, test_pairs_that_are_not_measured_leave_gaps);
  tcase_add_test (chain, test_an_interval_thins_heatmaps);
  tcase_add_test (chain, test_heatmaps_show_the_first_of_several_streams);
  tcase_add_test (chain, test_what_makes_no_heatmap_fails_the_way_to_ready);
  return suite;
}

GST_CHECK_MAIN (heatmap);
