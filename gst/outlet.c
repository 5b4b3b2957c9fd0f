/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Caps, segment, tags, buffers and gaps in the order in which they have to
 * leave the source pad.  Knows nothing of pairs and metrics.
 */
#include "outlet.h"

struct _PerceptualOutlet
{
  GstAggregator *element;
  GstCaps *caps;      /* last put on the pad */
  GstSegment segment; /* likewise; undefined format before */
  gboolean started;   /* a buffer went out since */
  GstEvent *tags;     /* that go out after the next buffer */
};

PerceptualOutlet *
perceptual_outlet_new (GstAggregator *element)
{
  PerceptualOutlet *self = g_new0 (PerceptualOutlet, 1);

  self->element = element;
  perceptual_outlet_reset (self);
  return self;
}

void
perceptual_outlet_free (PerceptualOutlet *self)
{
  if (self == NULL)
    return;
  perceptual_outlet_reset (self);
  g_free (self);
}

void
perceptual_outlet_reset (PerceptualOutlet *self)
{
  gst_clear_caps (&self->caps);
  gst_clear_event (&self->tags);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->started = FALSE;
}

GstFlowReturn
perceptual_outlet_push (
    PerceptualOutlet *self, GstBuffer *buffer, const PerceptualFrame *frame)
{
  GstAggregator *agg = self->element;
  GstSegment *position = &GST_AGGREGATOR_PAD (agg->srcpad)->segment;
  GstFlowReturn ret;

  if (self->caps == NULL
      || !gst_caps_is_equal (self->caps, frame->format->caps)) {
    gst_caps_replace (&self->caps, frame->format->caps);
    gst_aggregator_set_src_caps (agg, self->caps);
  }
  if (!gst_segment_is_equal (&self->segment, &frame->segment)) {
    self->segment = frame->segment;
    gst_aggregator_update_segment (agg, &frame->segment);
  }
  GST_OBJECT_LOCK (agg->srcpad);
  position->position = GST_BUFFER_PTS (buffer);
  GST_OBJECT_UNLOCK (agg->srcpad);
  self->started = TRUE;
  ret = gst_aggregator_finish_buffer (agg, buffer);
  /* After the buffer, since the base class sends caps and segment with it. */
  if (ret == GST_FLOW_OK && self->tags != NULL)
    gst_pad_push_event (agg->srcpad, g_steal_pointer (&self->tags));
  return ret;
}

void
perceptual_outlet_gap (
    PerceptualOutlet *self, gint64 running_time, GstClockTime duration)
{
  guint64 position;

  /* A gap before the first buffer has no segment that it could be in. */
  if (!self->started || running_time < 0)
    return;
  position = gst_segment_position_from_running_time (
      &self->segment, GST_FORMAT_TIME, (guint64) running_time);
  if (position != GST_CLOCK_TIME_NONE)
    gst_pad_push_event (
        self->element->srcpad, gst_event_new_gap (position, duration));
}

void
perceptual_outlet_set_tags (PerceptualOutlet *self, GstEvent *tags)
{
  gst_event_replace (&self->tags, tags);
}
