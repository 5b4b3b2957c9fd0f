/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a live stream can be measured beside it: frames of 1920x1080 and
 * 3840x2160 at 30 a second, by the clock, against an encode of themselves.
 * What does not keep up shows in lag (how far the last pair was behind its
 * frame), late and skipped.  One JSON object a case and a line.
 *
 *   bench-live [--seconds N] [--threads N] [--real-time]
 *
 * Frames are made before; the source costs next to nothing.  Scaling to half
 * the size, where a case asks for it, happens in the pipeline and is part of
 * what is measured.  Cases with trained weights need PERCEPTUAL_TEST_DATA.
 */
#include "cpu-name.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <sys/resource.h>

#define FPS 30
#define N_FRAMES 24
#define CAPS "video/x-raw,format=I420,framerate=30/1"
#define HD ",width=1920,height=1080"
#define UHD ",width=3840,height=2160"

/* Moving stripes and edges, and what an encoder of 3 Mbit/s makes of them. */
#define CONTENT                                                                \
  "videotestsrc pattern=zone-plate kx2=10 ky2=8 kt=3 num-buffers=%d ! " CAPS   \
  "%s"
#define ENCODE                                                                 \
  " ! x264enc bitrate=3000 tune=zerolatency speed-preset=veryfast ! avdec_h264"

typedef struct
{
  const gchar *name;
  const gchar *size;
  const gchar *properties;
  const gchar *scale;
  gboolean weights;
} Case;

static const Case cases[] = {
  { "squeeze at half scale", HD, "metric=lpips backbone=squeeze",
      " ! videoscale ! video/x-raw,width=960,height=540", TRUE },
  { "mmd-ssim at full scale", HD, "metric=mmd-ssim", "", FALSE },
  { "squeeze at full scale", HD, "metric=lpips backbone=squeeze", "", TRUE },
  { "mmd-ssim at 3840x2160", UHD, "metric=mmd-ssim", "", FALSE },
};

static gint seconds = 10;
static gint threads = 2;
static gboolean real_time;

static const GOptionEntry entries[] = {
  { "seconds", 's', 0, G_OPTION_ARG_INT, &seconds, "Of each case (10)", "N" },
  { "threads", 't', 0, G_OPTION_ARG_INT, &threads, "Of the metric (2)", "N" },
  { "real-time", 'r', 0, G_OPTION_ARG_NONE, &real_time,
      "measure=real-time: a busy metric skips pairs", NULL },
  G_OPTION_ENTRY_NULL,
};

typedef struct
{
  GstBuffer *frames[2][N_FRAMES];
  const gchar *size; /* theirs */
  GstElement *pipeline;
  GstAppSrc *sources[2];
  guint n;
  GstClockTime worst_lag; /* of the bus's sync handler */
  GstClockTime last_lag;
} Bench;

/* --- frames -------------------------------------------------------------- */

static gboolean
make_frames (GstBuffer *frames[N_FRAMES], const gchar *size, const gchar *rest,
    GError **error)
{
  g_autofree gchar *text = g_strdup_printf (
      CONTENT "%s ! appsink name=sink sync=false", N_FRAMES, size, rest);
  g_autoptr (GstElement) pipeline = gst_parse_launch (text, error);
  g_autoptr (GstElement) sink = NULL;
  guint n = 0;

  if (pipeline == NULL)
    return FALSE;
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (n < N_FRAMES) {
    GstSample *sample = gst_app_sink_pull_sample (GST_APP_SINK (sink));

    if (sample == NULL)
      break;
    frames[n++] = gst_buffer_copy_deep (gst_sample_get_buffer (sample));
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (n < N_FRAMES)
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "only %u frames came out of: %s", n, text);
  return n == N_FRAMES;
}

static void
free_frames (Bench *bench)
{
  for (guint i = 0; i < 2 * N_FRAMES; i++)
    gst_clear_buffer (&bench->frames[i / N_FRAMES][i % N_FRAMES]);
}

static gboolean
have_frames (Bench *bench, const gchar *size, GError **error)
{
  if (g_strcmp0 (bench->size, size) == 0)
    return TRUE;
  free_frames (bench);
  bench->size = size;
  return make_frames (bench->frames[0], size, "", error)
      && make_frames (bench->frames[1], size, ENCODE, error);
}

/* --- the stream ---------------------------------------------------------- */

static void
send_frame (Bench *bench, guint which, guint i)
{
  GstBuffer *frame = bench->frames[which][i % N_FRAMES];
  GstBuffer *buffer = gst_buffer_copy (frame);

  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, FPS);
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = GST_SECOND / FPS;
  gst_app_src_push_buffer (bench->sources[which], buffer);
}

/* Each frame at its time by the pipeline's clock. */
static gpointer
feed (gpointer data)
{
  Bench *bench = data;
  g_autoptr (GstClock) clock = gst_element_get_clock (bench->pipeline);
  GstClockTime base = gst_element_get_base_time (bench->pipeline);

  for (guint i = 0; i < bench->n; i++) {
    GstClockID id = gst_clock_new_single_shot_id (
        clock, base + gst_util_uint64_scale (i, GST_SECOND, FPS));

    gst_clock_id_wait (id, NULL);
    gst_clock_id_unref (id);
    send_frame (bench, 0, i);
    send_frame (bench, 1, i);
  }
  gst_app_src_end_of_stream (bench->sources[0]);
  gst_app_src_end_of_stream (bench->sources[1]);
  return NULL;
}

static GstBusSyncReply
hear (GstBus *bus, GstMessage *message, gpointer data)
{
  Bench *bench = data;
  const GstStructure *structure = gst_message_get_structure (message);
  guint64 running_time;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT
      || !gst_structure_has_name (structure, "perceptual-distance"))
    return GST_BUS_PASS;
  if (gst_structure_get_uint64 (structure, "running-time", &running_time)) {
    GstClockTime now = gst_element_get_current_running_time (bench->pipeline);

    bench->last_lag = now > running_time ? now - running_time : 0;
    bench->worst_lag = MAX (bench->worst_lag, bench->last_lag);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* Returns: (transfer full): the summary, or NULL with @error set. */
static GstStructure *
listen (GstElement *pipeline, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstStructure *summary = NULL;

  for (;;) {
    g_autoptr (GstMessage) message =
        gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
            GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
      return summary;
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      gst_message_parse_error (message, error, NULL);
      return NULL;
    }
    if (gst_structure_has_name (
            gst_message_get_structure (message), "perceptual-summary"))
      summary = gst_structure_copy (gst_message_get_structure (message));
  }
}

static gdouble
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + 1e-6 * (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
print_result (const Bench *bench, const Case *self, const GstStructure *summary,
    gdouble cpu, gdouble wall)
{
  guint cores = g_get_num_processors ();
  guint64 value[6] = { 0 };

  gst_structure_get (summary, "measured", G_TYPE_UINT64, &value[0], "skipped",
      G_TYPE_UINT64, &value[1], "unmatched-reference", G_TYPE_UINT64, &value[2],
      "unmatched-distorted", G_TYPE_UINT64, &value[3], "late", G_TYPE_UINT64,
      &value[4], "gaps", G_TYPE_UINT64, &value[5], NULL);
  g_print ("{\"case\":\"%s\",\"measure\":\"%s\",\"threads\":%d,\"frames\":%u,"
           "\"measured\":%" G_GUINT64_FORMAT ",\"skipped\":%" G_GUINT64_FORMAT
           ",\"unmatched_reference\":%" G_GUINT64_FORMAT
           ",\"unmatched_distorted\":%" G_GUINT64_FORMAT
           ",\"late\":%" G_GUINT64_FORMAT
           ",\"last_lag_ms\":%.1f,\"worst_lag_ms\":%.1f,\"cpu_share\":%.3f,"
           "\"cores\":%u,\"cpu\":\"%s\"}\n",
      self->name, real_time ? "real-time" : "every-pair", threads, bench->n,
      value[0], value[1], value[2], value[3], value[4],
      (gdouble) bench->last_lag / GST_MSECOND,
      (gdouble) bench->worst_lag / GST_MSECOND, cpu / wall / cores, cores,
      bench_cpu_name ());
}

/* Returns: (transfer full): the pipeline of a case. */
static GstElement *
make_pipeline (const Case *self, const gchar *data, GError **error)
{
  g_autofree gchar *weights = NULL;
  g_autofree gchar *text = NULL;

  if (self->weights)
    weights = g_strdup_printf ("weights=\"%s/weights\"", data);
  text = g_strdup_printf (
      "appsrc name=ref is-live=true format=time caps=" CAPS
      "%s ! queue%s ! d.ref_sink "
      "appsrc name=dist is-live=true format=time caps=" CAPS
      "%s ! queue%s ! d.dist_sink "
      "perceptualdistance name=d %s threads=%d measure=%s %s ! "
      "fakesink sync=false",
      self->size, self->scale, self->size, self->scale, self->properties,
      threads, real_time ? "real-time" : "every-pair",
      weights != NULL ? weights : "");
  return gst_parse_launch (text, error);
}

static gboolean
run_case (Bench *bench, const Case *self, const gchar *data, GError **error)
{
  g_autoptr (GstElement) pipeline = make_pipeline (self, data, error);
  g_autoptr (GstStructure) summary = NULL;
  g_autoptr (GstBus) bus = NULL;
  GThread *feeder;
  gdouble cpu;
  gint64 started;

  if (pipeline == NULL)
    return FALSE;
  bench->pipeline = pipeline;
  bench->worst_lag = bench->last_lag = 0;
  bench->sources[0] =
      GST_APP_SRC (gst_bin_get_by_name (GST_BIN (pipeline), "ref"));
  bench->sources[1] =
      GST_APP_SRC (gst_bin_get_by_name (GST_BIN (pipeline), "dist"));
  bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, hear, bench, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_element_get_state (pipeline, NULL, NULL, GST_SECOND);
  started = g_get_monotonic_time ();
  cpu = cpu_seconds ();
  feeder = g_thread_new ("feed", feed, bench);
  summary = listen (pipeline, error);
  cpu = cpu_seconds () - cpu;
  if (summary != NULL)
    print_result (bench, self, summary, cpu,
        1e-6 * (gdouble) (g_get_monotonic_time () - started));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_thread_join (feeder);
  gst_object_unref (bench->sources[0]);
  gst_object_unref (bench->sources[1]);
  return summary != NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const gchar *data = g_getenv ("PERCEPTUAL_TEST_DATA");
  Bench bench = { 0 };
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  ok = g_option_context_parse (context, &argc, &argv, &error);
  bench.n = (guint) MAX (seconds, 1) * FPS;
  for (guint i = 0; ok && i < G_N_ELEMENTS (cases); i++) {
    if (cases[i].weights && data == NULL)
      g_print ("{\"case\":\"%s\",\"left_out\":\"PERCEPTUAL_TEST_DATA is not "
               "set\"}\n",
          cases[i].name);
    else
      ok = have_frames (&bench, cases[i].size, &error)
          && run_case (&bench, &cases[i], data, &error);
  }
  free_frames (&bench);
  if (!ok)
    g_printerr ("%s\n", error != NULL ? error->message : "no summary");
  return ok ? 0 : 1;
}
