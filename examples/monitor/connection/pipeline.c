/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two inputs into the measuring element; or one, which goes there by itself
 * and through each of the encoders.
 */
#include "monitor/connection/pipeline.h"

#include "monitor/connection/encode.h"
#include "monitor/connection/feed.h"
#include "monitor/connection/gate.h"

#include "console/program-error.h"
#include "perceptual.h"

#include <string.h>

/* Decoded frames that may wait for those of the other input. */
#define MOST_WAITING (256u << 20)
/* And for encoders. */
#define MOST_ENCODING (512u << 20)

/* Nobody looks at what comes out, so that frames may wait for partners that a
 * busy machine or a network delays. */
#define PATIENCE (GST_SECOND)
/* What is encoded here comes in the end; until then frames wait in memory. */
#define PATIENCE_ENCODING (10 * GST_SECOND)

struct _MonitorPipeline
{
  const MonitorOrder *order;
  GstElement *pipeline;
  GstElement *measure;
  GstElement *sink;
  MonitorGate *gate;
  MonitorWorst *worst;
  guint streams;
  gsize *bytes; /* atomic; by stream */
};

typedef struct
{
  MonitorWorst *worst;
  guint input;
} Watch;

static gchar *
pad_of (guint stream)
{
  return stream == 0 ? g_strdup ("dist_sink")
                     : g_strdup_printf ("dist_sink_%u", stream);
}

guint
monitor_stream_of_pad (const gchar *pad)
{
  guint64 number = 0;

  if (pad == NULL || !g_str_has_prefix (pad, "dist_sink_"))
    return 0;
  g_ascii_string_to_unsigned (
      pad + strlen ("dist_sink_"), 10, 0, G_MAXUINT16, &number, NULL);
  return (guint) number;
}

/* --- building ------------------------------------------------------------ */

static GstElement *
add_queue (MonitorPipeline *self, guint bytes)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);

  g_object_set (queue, "max-size-buffers", 0, "max-size-bytes", bytes,
      "max-size-time", G_GUINT64_CONSTANT (0), NULL);
  gst_bin_add (GST_BIN (self->pipeline), queue);
  return queue;
}

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Watch *watch = user;

  monitor_worst_add_frame (
      watch->worst, watch->input, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

/* @input: as of monitor_worst_add_frame() */
static void
link_to_measure (
    MonitorPipeline *self, GstElement *queue, const gchar *name, guint input)
{
  Watch *watch = g_new (Watch, 1);
  g_autoptr (GstPad) pad = NULL;

  gst_element_link_pads (queue, "src", self->measure, name);
  pad = gst_element_get_static_pad (self->measure, name);
  *watch = (Watch){ .worst = self->worst, .input = input };
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, watch, g_free);
}

static gboolean
add_input (MonitorPipeline *self, const MonitorPlace *place, const gchar *name,
    guint input, GstElement *queue, GError **error)
{
  g_autoptr (GstPad) target = gst_element_get_static_pad (queue, "sink");

  monitor_gate_watch (self->gate, input, target);
  return monitor_feed_add (self->pipeline, place, name, target, error) != NULL;
}

static gboolean
build_two (MonitorPipeline *self, GError **error)
{
  GstElement *reference = add_queue (self, MOST_WAITING);
  GstElement *distorted = add_queue (self, MOST_WAITING);

  self->gate = monitor_gate_new (2);
  link_to_measure (self, reference, "ref_sink", 0);
  link_to_measure (self, distorted, "dist_sink", 1);
  return add_input (
             self, &self->order->reference, "reference", 0, reference, error)
      && add_input (
          self, &self->order->distorted, "distorted", 1, distorted, error);
}

static gboolean
add_encoder (
    MonitorPipeline *self, guint stream, GstElement *tee, GError **error)
{
  g_autofree gchar *name = g_strdup_printf ("encoder %u", stream + 1);
  g_autofree gchar *pad = pad_of (stream);
  GstElement *queue = add_queue (self, MOST_WAITING);
  GstElement *encode = monitor_encode_new (
      self->order->encoders[stream], name, &self->bytes[stream], error);

  if (encode == NULL)
    return FALSE;
  gst_bin_add (GST_BIN (self->pipeline), encode);
  gst_object_unref (encode);
  if (stream > 0) {
    GstPad *made = gst_element_request_pad_simple (self->measure, pad);

    if (made == NULL)
      return program_fail_unnamed (error, "there are too many encoders");
    gst_object_unref (made);
  }
  gst_element_link_many (tee, encode, queue, NULL);
  link_to_measure (self, queue, pad, 1 + stream);
  return TRUE;
}

static gboolean
build_encoders (MonitorPipeline *self, GError **error)
{
  GstElement *entrance = add_queue (self, MOST_WAITING);
  GstElement *tee = gst_element_factory_make ("tee", NULL);
  GstElement *reference = add_queue (self, MOST_ENCODING);

  self->gate = monitor_gate_new (1);
  gst_bin_add (GST_BIN (self->pipeline), tee);
  gst_element_link_many (entrance, tee, reference, NULL);
  link_to_measure (self, reference, "ref_sink", 0);
  for (guint i = 0; i < self->streams; i++) {
    if (!add_encoder (self, i, tee, error))
      return FALSE;
  }
  return add_input (
      self, &self->order->reference, "reference", 0, entrance, error);
}

static void
add_measure (
    MonitorPipeline *self, const MeasureSettings *settings, const gchar *log)
{
  const MeasureSetting *metric = measure_settings_find (settings, "metric");
  const MeasureSetting *sync = measure_settings_find (settings, "sync");
  const PerceptualMetricInfo *info = perceptual_specification_parse (
      metric != NULL ? metric->text : PERCEPTUAL_DEFAULT_METRIC, NULL, NULL);

  self->measure = g_object_new (G_OBJECT_CLASS_TYPE (settings->element), NULL);
  measure_settings_apply (settings, G_OBJECT (self->measure));
  g_object_set (self->measure, "log-location", log, NULL);
  /* With track it is patient by itself. */
  if (sync == NULL || strcmp (sync->text, "track") != 0)
    g_object_set (self->measure, "latency",
        self->order->encoders != NULL ? PATIENCE_ENCODING : PATIENCE, NULL);
  self->sink = gst_element_factory_make ("fakesink", NULL);
  /* It has nothing to prepare, and must not hold up inputs that do. */
  g_object_set (self->sink, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (self->pipeline), self->measure, self->sink, NULL);
  gst_element_link (self->measure, self->sink);
  self->worst = monitor_worst_new (self->streams,
      info != NULL && (info->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0,
      self->order->size > 0);
}

MonitorPipeline *
monitor_pipeline_new (const MonitorOrder *order,
    const MeasureSettings *settings, const gchar *log, GError **error)
{
  MonitorPipeline *self = g_new0 (MonitorPipeline, 1);

  self->order = order;
  self->streams = monitor_order_count_streams (order);
  self->bytes = g_new0 (gsize, self->streams);
  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  add_measure (self, settings, log);
  if (order->encoders != NULL ? build_encoders (self, error)
                              : build_two (self, error))
    return self;
  monitor_pipeline_free (self);
  return NULL;
}

void
monitor_pipeline_free (MonitorPipeline *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  monitor_gate_free (self->gate);
  monitor_worst_free (self->worst);
  g_free (self->bytes);
  g_free (self);
}

/* --- running ------------------------------------------------------------- */

/* Files go no faster than they would be watched; live streams are never held
 * up. */
gboolean
monitor_pipeline_start (MonitorPipeline *self)
{
  GstStateChangeReturn change =
      gst_element_set_state (self->pipeline, GST_STATE_PAUSED);

  g_object_set (
      self->sink, "sync", change != GST_STATE_CHANGE_NO_PREROLL, NULL);
  return change != GST_STATE_CHANGE_FAILURE
      && gst_element_set_state (self->pipeline, GST_STATE_PLAYING)
      != GST_STATE_CHANGE_FAILURE;
}

/* A demuxer that is ended hands on the part of a frame that it has, and the
 * decoder makes a damaged picture of it. */
void
monitor_pipeline_end (MonitorPipeline *self)
{
  monitor_gate_close (self->gate);
  gst_element_send_event (self->pipeline, gst_event_new_eos ());
}

GstElement *
monitor_pipeline_get_element (MonitorPipeline *self)
{
  return self->pipeline;
}

GstElement *
monitor_pipeline_get_measure (MonitorPipeline *self)
{
  return self->measure;
}

MonitorWorst *
monitor_pipeline_get_worst (MonitorPipeline *self)
{
  return self->worst;
}

gchar *
monitor_pipeline_name_sender (MonitorPipeline *self, GstMessage *message)
{
  GstObject *at = GST_MESSAGE_SRC (message);

  while (at != NULL && GST_OBJECT_PARENT (at) != NULL
      && GST_OBJECT_PARENT (at) != GST_OBJECT (self->pipeline))
    at = GST_OBJECT_PARENT (at);
  if (at == NULL || at == GST_OBJECT (self->measure))
    return g_strdup ("");
  return gst_object_get_name (at);
}

gboolean
monitor_pipeline_get_totals (
    MonitorPipeline *self, guint stream, MonitorTotals *totals)
{
  g_autofree gchar *pad = pad_of (stream);
  g_autoptr (GstStructure) summary = NULL;
  gint64 offset = 0;

  g_signal_emit_by_name (self->measure, "get-summary", pad, &summary);
  if (summary == NULL)
    return FALSE;
  *totals = (MonitorTotals){
    .stream = stream,
    .bytes = (gsize) g_atomic_pointer_get (&self->bytes[stream]),
    .lag = monitor_worst_get_lag (self->worst, stream),
    .sync_confidence = -1,
  };
  gst_structure_get_uint64 (summary, "pairs", &totals->pairs);
  gst_structure_get_uint64 (summary, "skipped", &totals->skipped);
  gst_structure_get_uint64 (summary, "unselected", &totals->unselected);
  gst_structure_get_uint64 (summary, "misaligned", &totals->misaligned);
  /* Where offsets are followed. */
  gst_structure_get_uint64 (summary, "unsure", &totals->unsure);
  gst_structure_get_uint64 (
      summary, "unmatched-reference", &totals->unmatched_reference);
  gst_structure_get_uint64 (
      summary, "unmatched-distorted", &totals->unmatched_distorted);
  gst_structure_get_uint64 (summary, "late", &totals->late);
  gst_structure_get_uint64 (summary, "gaps", &totals->gaps);
  gst_structure_get_double (
      summary, "sync-confidence", &totals->sync_confidence);
  totals->synced =
      gst_structure_get_int64 (summary, "sync-offset-found", &offset);
  totals->sync_offset = (gdouble) offset / GST_SECOND;
  return TRUE;
}

guint64
monitor_pipeline_count_frames (MonitorPipeline *self, guint input)
{
  /* What encoders give is of the reference. */
  return monitor_gate_count (
      self->gate, self->order->encoders != NULL ? 0 : input);
}
