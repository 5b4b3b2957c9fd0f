/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the pipeline of run.c for one pair: of each input nothing but the frame
 * at the logged timestamp gets to the measuring element, at time 0, whatever
 * brought the two together before.
 */
#include "measure/moment.h"

#include "measure/crop.h"
#include "measure/loop.h"
#include "measure/photo.h"
#include "measure/source.h"

#include <gst/video/video.h>
#include <string.h>

/* Nearer to the beginning it is quicker to read on than to seek. */
#define NEAR (2 * GST_SECOND)

/* How far before the frame a second attempt seeks, and how far beyond it the
 * frame is still looked for, as timestamps may not rise. */
#define EARLIER (5 * GST_SECOND)
#define BEYOND GST_SECOND

typedef struct _Attempt Attempt;

/* One input. */
typedef struct
{
  Attempt *attempt;
  MeasureSource source;
  GstPad *target;
  GstClockTime wanted;
  GstClockTime start; /* when the file's first frame comes */
  gulong block;       /* 0 where the pad is not blocked; main thread */
  GstSegment segment; /* as it came; streaming thread */
  gboolean waits;     /* for the seek; main thread */
  gboolean ended;     /* the end went on; streaming thread */
  GstSample *sample;  /* the frame; streaming thread, until the end */
} Feed;

struct _Attempt
{
  const MeasureMomentOrder *order;
  GstElement *pipeline;
  GstElement *measure;
  Feed feeds[2];
  guint64 back; /* how far before the frame to seek */
  gboolean seek;
  GstSample *map; /* streaming thread, until the end */
  gboolean measured;
  gdouble distance;
  gchar *error;
};

/* --- one frame of each input --------------------------------------------- */

static GstPadProbeReturn
take_frame (Feed *feed, GstPad *pad, GstPadProbeInfo *info)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  measure_activity_note (feed->attempt->order->activity);
  if (feed->sample == NULL && pts == feed->wanted) {
    feed->sample = gst_sample_new (buffer, caps, NULL, NULL);
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = 0;
    GST_PAD_PROBE_INFO_DATA (info) = buffer;
    return GST_PAD_PROBE_OK;
  }
  if (feed->sample == NULL && pts < feed->wanted + BEYOND)
    return GST_PAD_PROBE_DROP;
  if (!feed->ended)
    gst_pad_send_event (feed->target, gst_event_new_eos ());
  gst_buffer_unref (buffer);
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_EOS;
  return GST_PAD_PROBE_HANDLED;
}

/* The frame is at time 0 whatever the segment was. */
static GstPadProbeReturn
take_segment (Feed *feed, GstPadProbeInfo *info, GstEvent *event)
{
  GstSegment plain;

  gst_event_copy_segment (event, &feed->segment);
  gst_segment_init (&plain, GST_FORMAT_TIME);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&plain);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
take_event (Feed *feed, GstPadProbeInfo *info, GstEvent *event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      return take_segment (feed, info, event);
    case GST_EVENT_GAP:
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
      /* Nothing has gone on that would have to be flushed. */
      return GST_PAD_PROBE_DROP;
    case GST_EVENT_EOS:
      if (feed->ended)
        return GST_PAD_PROBE_DROP;
      feed->ended = TRUE;
      return GST_PAD_PROBE_OK;
    default:
      return GST_PAD_PROBE_OK;
  }
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return take_frame (user, pad, info);
  return take_event (user, info, GST_PAD_PROBE_INFO_EVENT (info));
}

static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Feed *feed = user;

  gst_element_post_message (feed->attempt->pipeline,
      gst_message_new_application (GST_OBJECT (feed->attempt->pipeline),
          gst_structure_new ("waits", "feed", G_TYPE_POINTER, feed, NULL)));
  return GST_PAD_PROBE_OK;
}

/* --- seeking ------------------------------------------------------------- */

/* Goes to the key frame before the frame.  What a segment calls the frame's
 * time may be off by when the first frame comes. */
static gboolean
seek (Feed *feed)
{
  guint64 back = feed->attempt->back;
  guint64 time = feed->wanted;

  if (feed->segment.format == GST_FORMAT_TIME)
    time = gst_segment_to_stream_time (
        &feed->segment, GST_FORMAT_TIME, feed->wanted);
  if (!GST_CLOCK_TIME_IS_VALID (time))
    time = feed->wanted;
  if (GST_CLOCK_TIME_IS_VALID (feed->start))
    back += feed->start;
  if (time <= back + NEAR)
    return TRUE;
  return gst_pad_push_event (feed->target,
      gst_event_new_seek (1, GST_FORMAT_TIME,
          GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT
              | GST_SEEK_FLAG_SNAP_BEFORE,
          GST_SEEK_TYPE_SET, (gint64) (time - back), GST_SEEK_TYPE_NONE, -1));
}

/* Once both wait.  Returns: FALSE where that does not work. */
static gboolean
seek_both (Attempt *self)
{
  gboolean done = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (self->feeds); i++) {
    if (!self->feeds[i].waits)
      return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (self->feeds); i++) {
    Feed *feed = &self->feeds[i];

    if (feed->block == 0)
      continue;
    done &= seek (feed);
    gst_pad_remove_probe (feed->target, feed->block);
    feed->block = 0;
  }
  return done;
}

/* --- the pipeline -------------------------------------------------------- */

static void
add_measure (Attempt *self)
{
  const MeasureSettings *settings = self->order->settings;

  self->measure = g_object_new (G_OBJECT_CLASS_TYPE (settings->element), NULL);
  measure_settings_apply_to_pair (settings, G_OBJECT (self->measure));
  g_object_set (self->measure, "heatmap-legend", FALSE, NULL);
  if (self->order->map)
    gst_util_set_object_arg (G_OBJECT (self->measure), "output", "heatmap");
  gst_bin_add (GST_BIN (self->pipeline), self->measure);
}

static void
add_feed (Attempt *self, guint which, const MeasureInput *input,
    GstClockTime wanted, const gchar *name)
{
  Feed *feed = &self->feeds[which];
  GstElement *queue = gst_element_factory_make ("queue", NULL);

  feed->attempt = self;
  feed->wanted = input->is_image ? 0 : wanted;
  feed->start = input->start;
  feed->target = gst_element_get_static_pad (queue, "sink");
  gst_segment_init (&feed->segment, GST_FORMAT_UNDEFINED);
  gst_bin_add (GST_BIN (self->pipeline), queue);
  gst_element_link_pads (queue, "src", self->measure, name);
  measure_crop_apply (input, self->measure, name);
  gst_pad_add_probe (feed->target,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_data, feed, NULL);
  if (self->seek)
    feed->block = gst_pad_add_probe (feed->target,
        GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, on_blocked, feed,
        NULL);
  measure_source_init (
      &feed->source, self->pipeline, input, feed->target, self->order->turn);
  measure_activity_watch_input (
      self->order->activity, which, input->uri, feed->source.bin, feed->target);
}

static GstPadProbeReturn
keep_map (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Attempt *self = user;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (self->map == NULL)
    self->map =
        gst_sample_new (GST_PAD_PROBE_INFO_BUFFER (info), caps, NULL, NULL);
  return GST_PAD_PROBE_OK;
}

static void
add_output (Attempt *self)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_link_pads (self->measure, "src", sink, "sink");
  if (self->order->map)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, keep_map, self, NULL);
}

static gboolean
on_message (GstMessage *message, gpointer user)
{
  Attempt *self = user;
  const GstStructure *fields = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;
  Feed *feed = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      return FALSE;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      if (self->error == NULL && !self->measured)
        self->error = g_strdup (error->message);
      return FALSE;
    case GST_MESSAGE_APPLICATION:
      gst_structure_get (fields, "feed", G_TYPE_POINTER, &feed, NULL);
      feed->waits = TRUE;
      return seek_both (self);
    case GST_MESSAGE_ELEMENT:
      if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->measure)
          && gst_structure_has_name (fields, "perceptual-distance"))
        self->measured =
            gst_structure_get_double (fields, "distance", &self->distance);
      return TRUE;
    default:
      return TRUE;
  }
}

static void
run (Attempt *self)
{
  const MeasureMomentOrder *order = self->order;

  self->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  add_measure (self);
  add_feed (self, 0, order->reference, order->pair.reference_pts, "ref_sink");
  add_feed (self, 1, order->distorted, order->pair.distorted_pts, "dist_sink");
  add_output (self);
  measure_activity_watch_measure (order->activity, self->measure);
  measure_loop_run (self->pipeline, on_message, self, order->interrupted);
  for (guint i = 0; i < G_N_ELEMENTS (self->feeds); i++) {
    measure_source_clear (&self->feeds[i].source);
    gst_object_unref (self->feeds[i].target);
  }
  measure_activity_forget (order->activity);
  gst_object_unref (self->pipeline);
}

static void
clear (Attempt *self)
{
  g_clear_pointer (&self->map, gst_sample_unref);
  g_clear_pointer (&self->error, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->feeds); i++)
    g_clear_pointer (&self->feeds[i].sample, gst_sample_unref);
}

/* --- what follows -------------------------------------------------------- */

static gboolean
is_proved (const Attempt *self)
{
  return self->measured
      && memcmp (&self->distance, &self->order->pair.distance, sizeof (gdouble))
      == 0
      && self->feeds[0].sample != NULL && self->feeds[1].sample != NULL
      && (self->map != NULL || !self->order->map);
}

static gchar *
describe_failure (const Attempt *self)
{
  gchar first[G_ASCII_DTOSTR_BUF_SIZE], second[G_ASCII_DTOSTR_BUF_SIZE];

  if (g_atomic_int_get (self->order->interrupted))
    return g_strdup ("the run was interrupted");
  if (self->error != NULL)
    return g_strdup_printf (
        "the frames could not be decoded once more (%s)", self->error);
  if (self->feeds[0].sample == NULL || self->feeds[1].sample == NULL)
    return g_strdup_printf (
        "the %s did not give the frame of this time once more",
        self->feeds[0].sample == NULL ? "reference" : "distorted file");
  if (!self->measured)
    return g_strdup ("the frames of this time could not be measured once more");
  return g_strdup_printf (
      "measured once more, the frames of this time are %s apart, not %s",
      g_ascii_dtostr (second, sizeof second, self->distance),
      g_ascii_dtostr (first, sizeof first, self->order->pair.distance));
}

static void
draw (const Attempt *self, MeasureMoment *moment)
{
  const MeasureMomentOrder *order = self->order;

  measure_activity_set_busy (self->order->activity, TRUE);
  moment->problem = measure_photo_make (moment,
      &(MeasurePhotoOrder){
          .reference = self->feeds[0].sample,
          .distorted = self->feeds[1].sample,
          .map = self->map,
          .reference_crop =
              measure_crop_of (order->settings, order->reference, TRUE),
          .distorted_crop =
              measure_crop_of (order->settings, order->distorted, FALSE),
          .size = order->lossless ? 0 : order->size,
      });
  measure_activity_set_busy (self->order->activity, FALSE);
}

static gboolean
attempt (const MeasureMomentOrder *order, gboolean seeks, guint64 back,
    MeasureMoment *moment)
{
  Attempt self = { .order = order, .seek = seeks, .back = back };
  gboolean proved;

  run (&self);
  proved = is_proved (&self);
  g_clear_pointer (&moment->problem, g_free);
  if (proved)
    draw (&self, moment);
  else
    moment->problem = describe_failure (&self);
  clear (&self);
  return proved || g_atomic_int_get (order->interrupted);
}

MeasureMoment *
measure_moment_new (const MeasureMomentOrder *order)
{
  MeasureMoment *self = g_new0 (MeasureMoment, 1);
  gboolean once = order->reference->is_pipe || order->distorted->is_pipe;
  guint64 latest = MAX (order->pair.reference_pts, order->pair.distorted_pts);
  gboolean far = !order->reference->is_image && latest > NEAR;

  if (once) {
    self->problem = g_strdup ("a pipe cannot be read again");
    return self;
  }
  if (far
      && (attempt (order, TRUE, 0, self)
          || attempt (order, TRUE, EARLIER, self)))
    return self;
  attempt (order, FALSE, 0, self);
  return self;
}

void
measure_moment_free (MeasureMoment *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < MEASURE_N_VIEWS; i++)
    g_clear_pointer (&self->photos[i].file, g_bytes_unref);
  g_free (self->problem);
  g_free (self);
}
