/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Caps, segment, tags, buffers and gaps in the order in which they have to
 * leave the source pad, in layouts that the next element takes.
 */
#include "output/outlet.h"

#include "frames/layout.h"

/* A gap that has to wait for the frames before it. */
typedef struct
{
  gint64 running_time;
  GstClockTime duration;
} Gap;

struct _PerceptualOutlet
{
  GstAggregator *element;
  GstCaps *caps;       /* last put on the pad */
  GstVideoInfo info;   /* the same, parsed */
  GstSegment segment;  /* likewise; undefined format before */
  gboolean started;    /* a buffer went out since */
  gboolean asked;      /* what the next element takes is known: */
  gboolean takes_meta; /* any layout, if a GstVideoMeta says it */
  gboolean complained; /* an ERROR told why nothing can go out */
  GQueue tags;         /* of GstEvent that go out after the next buffer */
  GQueue gaps;         /* of Gap */
};

PerceptualOutlet *
perceptual_outlet_new (GstAggregator *element)
{
  PerceptualOutlet *self = g_new0 (PerceptualOutlet, 1);

  self->element = element;
  g_queue_init (&self->tags);
  g_queue_init (&self->gaps);
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
  g_queue_clear_full (&self->tags, (GDestroyNotify) gst_event_unref);
  g_queue_clear_full (&self->gaps, g_free);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  self->started = FALSE;
}

void
perceptual_outlet_renegotiate (PerceptualOutlet *self)
{
  self->asked = FALSE;
}

/* --- layouts -------------------------------------------------------------- */

/* Whether an element that knows only the caps finds the samples of @buffer. */
static gboolean
is_plain (const PerceptualOutlet *self, GstBuffer *buffer)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  const GstVideoInfo *info = &self->info;

  if (meta == NULL || info->finfo == NULL)
    return TRUE;
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    if (i >= meta->n_planes
        || meta->stride[i] != GST_VIDEO_INFO_PLANE_STRIDE (info, i)
        || meta->offset[i] != GST_VIDEO_INFO_PLANE_OFFSET (info, i))
      return FALSE;
  }
  return TRUE;
}

static void
ask_next_element (PerceptualOutlet *self)
{
  GstQuery *query = gst_query_new_allocation (self->caps, FALSE);

  self->takes_meta = gst_pad_peer_query (self->element->srcpad, query)
      && gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  self->asked = TRUE;
  gst_query_unref (query);
}

/* Takes @buffer.  Returns: a copy in the layout that the caps promise, or
 * @buffer itself if it cannot be copied. */
static GstBuffer *
straighten (PerceptualOutlet *self, GstBuffer *buffer)
{
  GstBuffer *copy = perceptual_layout_allocate (&self->info);
  GstVideoFrame from, to;
  gboolean ok = FALSE;

  if (copy == NULL)
    return buffer;
  gst_buffer_copy_into (copy, buffer,
      GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META,
      0, -1);
  if (gst_video_frame_map (&from, &self->info, buffer, GST_MAP_READ)) {
    from.info.width = self->info.width;
    from.info.height = self->info.height;
    ok = perceptual_layout_fits (&from)
        && gst_video_frame_map (&to, &self->info, copy, GST_MAP_WRITE);
    if (ok) {
      perceptual_layout_copy (&to, &from);
      gst_video_frame_unmap (&to);
    }
    gst_video_frame_unmap (&from);
  }
  gst_buffer_unref (ok ? buffer : copy);
  return ok ? copy : buffer;
}

/* --- what goes out -------------------------------------------------------- */

/* The sources, which would report it, may have ended before. */
static void
complain (PerceptualOutlet *self, GstFlowReturn ret)
{
  GstElement *element = GST_ELEMENT (self->element);

  if (self->complained || ret == GST_FLOW_FLUSHING || ret == GST_FLOW_EOS)
    return;
  self->complained = TRUE;
  if (ret == GST_FLOW_NOT_LINKED)
    GST_ELEMENT_ERROR (element, CORE, PAD,
        ("Nothing is linked to src, where the frames go out"),
        ("Put a fakesink behind it if they are not needed."));
  else if (ret == GST_FLOW_NOT_NEGOTIATED)
    GST_ELEMENT_ERROR (element, CORE, NEGOTIATION,
        ("The element behind src does not take video of format %s; put a "
         "videoconvert before it",
            self->info.finfo != NULL ? GST_VIDEO_INFO_NAME (&self->info)
                                     : "unknown"),
        ("Caps: %" GST_PTR_FORMAT, self->caps));
  else
    GST_ELEMENT_FLOW_ERROR (element, ret);
}

static void
push_gap (PerceptualOutlet *self, gint64 running_time, GstClockTime duration)
{
  guint64 position;

  /* There is no segment yet for a gap before the first buffer. */
  if (!self->started || running_time < 0)
    return;
  position = gst_segment_position_from_running_time (
      &self->segment, GST_FORMAT_TIME, (guint64) running_time);
  if (position != GST_CLOCK_TIME_NONE)
    gst_pad_push_event (
        self->element->srcpad, gst_event_new_gap (position, duration));
}

void
perceptual_outlet_note_gap (
    PerceptualOutlet *self, gint64 running_time, GstClockTime duration)
{
  Gap *gap = g_new (Gap, 1);

  gap->running_time = running_time;
  gap->duration = duration;
  g_queue_push_tail (&self->gaps, gap);
}

void
perceptual_outlet_push_gaps (PerceptualOutlet *self, gint64 until)
{
  const Gap *next;

  while ((next = g_queue_peek_head (&self->gaps)) != NULL
      && next->running_time <= until) {
    g_autofree Gap *gap = g_queue_pop_head (&self->gaps);

    push_gap (self, gap->running_time, gap->duration);
  }
}

void
perceptual_outlet_gap (
    PerceptualOutlet *self, gint64 running_time, GstClockTime duration)
{
  perceptual_outlet_push_gaps (self, running_time);
  push_gap (self, running_time, duration);
}

static void
follow_caps (PerceptualOutlet *self, GstCaps *caps)
{
  if (self->caps != NULL && gst_caps_is_equal (self->caps, caps))
    return;
  gst_caps_replace (&self->caps, caps);
  if (!gst_video_info_from_caps (&self->info, caps))
    self->info.finfo = NULL;
  self->asked = FALSE;
  gst_aggregator_set_src_caps (self->element, caps);
}

GstFlowReturn
perceptual_outlet_push (
    PerceptualOutlet *self, GstBuffer *buffer, const PerceptualFrame *frame)
{
  GstAggregator *agg = self->element;
  GstSegment *position = &GST_AGGREGATOR_PAD (agg->srcpad)->segment;
  GstFlowReturn ret;
  GstEvent *tags;

  perceptual_outlet_push_gaps (self, (gint64) frame->running_time);
  follow_caps (self, frame->format->caps);
  if (!gst_segment_is_equal (&self->segment, &frame->segment)) {
    self->segment = frame->segment;
    gst_aggregator_update_segment (agg, &frame->segment);
  }
  if (!is_plain (self, buffer)) {
    if (!self->asked)
      ask_next_element (self);
    if (!self->takes_meta)
      buffer = straighten (self, buffer);
  }
  GST_OBJECT_LOCK (agg->srcpad);
  position->position = GST_BUFFER_PTS (buffer);
  GST_OBJECT_UNLOCK (agg->srcpad);
  self->started = TRUE;
  ret = gst_aggregator_finish_buffer (agg, buffer);
  if (ret != GST_FLOW_OK) {
    complain (self, ret);
    return ret;
  }
  /* After the buffer, since the base class sends caps and segment with it. */
  while ((tags = g_queue_pop_head (&self->tags)) != NULL)
    gst_pad_push_event (agg->srcpad, tags);
  return ret;
}

void
perceptual_outlet_add_tags (PerceptualOutlet *self, GstEvent *tags)
{
  g_queue_push_tail (&self->tags, gst_event_ref (tags));
}

void
perceptual_outlet_forget_tags (PerceptualOutlet *self)
{
  g_queue_clear_full (&self->tags, (GDestroyNotify) gst_event_unref);
}
