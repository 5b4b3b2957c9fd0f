/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measures the pair once more, by itself, with a heat map for output.
 */
#include "monitor/connection/picture.h"

#include "measure/crop.h"
#include "measure/photo.h"

#define LONGEST (20 * GST_SECOND)

static GstElement *
add_frame (
    GstElement *pipeline, GstElement *measure, const gchar *pad, GstSample *of)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;

  if (source == NULL)
    return NULL;
  gst_bin_add (GST_BIN (pipeline), source);
  g_object_set (source, "caps", gst_sample_get_caps (of), "format",
      GST_FORMAT_TIME, NULL);
  gst_element_link_pads (source, "src", measure, pad);
  buffer = gst_buffer_copy (gst_sample_get_buffer (of));
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  return source;
}

static GstPadProbeReturn
keep_map (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  GstSample **map = user;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (*map == NULL)
    *map = gst_sample_new (GST_PAD_PROBE_INFO_BUFFER (info), caps, NULL, NULL);
  return GST_PAD_PROBE_OK;
}

static GstElement *
add_measure (GstElement *pipeline, const MeasureSettings *settings)
{
  GstElement *measure =
      g_object_new (G_OBJECT_CLASS_TYPE (settings->element), NULL);

  gst_bin_add (GST_BIN (pipeline), measure);
  measure_settings_apply_to_pair (settings, G_OBJECT (measure));
  g_object_set (measure, "heatmap-legend", FALSE, NULL);
  gst_util_set_object_arg (G_OBJECT (measure), "output", "heatmap");
  return measure;
}

/* Returns: (transfer full) (nullable). */
static GstSample *
draw_map (const MeasureSettings *settings, const MonitorPair *pair)
{
  g_autoptr (GstElement) pipeline =
      gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstElement *measure = add_measure (pipeline, settings);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  GstSample *map = NULL;
  GstMessage *end = NULL;

  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (pipeline), sink);
  gst_element_link (measure, sink);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, keep_map, &map, NULL);
  if (add_frame (pipeline, measure, "ref_sink", pair->reference) != NULL
      && add_frame (pipeline, measure, "dist_sink", pair->distorted) != NULL
      && gst_element_set_state (pipeline, GST_STATE_PLAYING)
          != GST_STATE_CHANGE_FAILURE)
    end = gst_bus_timed_pop_filtered (
        bus, LONGEST, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_clear_pointer (&end, gst_message_unref);
  return map;
}

MeasureMoment *
monitor_picture_make (const MeasureSettings *settings, const MonitorPair *pair,
    gboolean map, guint size)
{
  MeasureMoment *moment = g_new0 (MeasureMoment, 1);
  g_autoptr (GstSample) drawn = map ? draw_map (settings, pair) : NULL;

  moment->problem = measure_photo_make (moment,
      &(MeasurePhotoOrder){ .reference = pair->reference,
          .distorted = pair->distorted,
          .map = drawn,
          .reference_crop = measure_crop_of (settings, NULL, TRUE),
          .distorted_crop = measure_crop_of (settings, NULL, FALSE),
          .size = size });
  return moment;
}
