/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Probes before decoders.  A decoder has had its first frames before it is
 * known that it is the one, so each keeps a list until then.
 */
#include "measure/byte-count.h"

typedef struct
{
  guint64 pts;
  gint64 time;
  guint64 duration;
  gsize bytes;
} Frame;

typedef struct
{
  MeasureByteCount *count;
  const GstElement *decoder; /* for comparison only */
  GArray *frames;            /* of Frame: the list */
} Tally;

struct _MeasureByteCount
{
  MeasureBytesFunc func;
  gpointer user;
  GMutex lock;
  GPtrArray *tallies;
  const Tally *chosen;
  gboolean plain;
  gboolean done; /* it is known which, or that it is none */
};

/* More frames than any decoder holds back. */
#define MOST_FRAMES 1000

static void
free_tally (gpointer data)
{
  Tally *tally = data;

  g_array_unref (tally->frames);
  g_free (tally);
}

static gint64
running_time_of (GstPad *pad, GstClockTime pts)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  guint64 time;
  gint sign;

  if (event == NULL)
    return (gint64) pts;
  gst_event_parse_segment (event, &segment);
  if (segment->format != GST_FORMAT_TIME)
    return (gint64) pts;
  sign =
      gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, pts, &time);
  return sign < 0 ? -(gint64) time : (gint64) time;
}

static void
tell (MeasureByteCount *self, const Frame *frame)
{
  self->func (self->plain ? (gint64) frame->pts : frame->time, frame->duration,
      frame->bytes, self->user);
}

static void
take_buffer (Tally *tally, GstPad *pad, const GstBuffer *buffer)
{
  MeasureByteCount *self = tally->count;
  GstClockTime pts = GST_BUFFER_PTS_IS_VALID (buffer) ? GST_BUFFER_PTS (buffer)
                                                      : GST_BUFFER_DTS (buffer);
  Frame frame = { .pts = pts,
    .duration = GST_BUFFER_DURATION_IS_VALID (buffer)
        ? GST_BUFFER_DURATION (buffer)
        : 0,
    .bytes = gst_buffer_get_size ((GstBuffer *) buffer) };

  /* Parts of a frame, and streams that are not packed, have no times. */
  if (!GST_CLOCK_TIME_IS_VALID (pts)) {
    const Frame *last = tally->frames->len > 0
        ? &g_array_index (tally->frames, Frame, tally->frames->len - 1)
        : NULL;

    frame.pts = last != NULL ? last->pts : 0;
    frame.time = last != NULL ? last->time : 0;
  } else {
    frame.time = running_time_of (pad, pts);
  }
  g_mutex_lock (&self->lock);
  if (self->chosen == tally)
    tell (self, &frame);
  if (self->done || tally->frames->len >= MOST_FRAMES)
    g_array_set_size (tally->frames, 0);
  g_array_append_val (tally->frames, frame);
  g_mutex_unlock (&self->lock);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Tally *tally = user;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      take_buffer (tally, pad, gst_buffer_list_get (list, i));
  } else {
    take_buffer (tally, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  }
  return GST_PAD_PROBE_OK;
}

static gboolean
is_decoder (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL
      && gst_element_factory_list_is_type (factory,
          GST_ELEMENT_FACTORY_TYPE_DECODER
              | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO
              | GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE);
}

static void
on_element_added (
    GstBin *bin, GstBin *parent, GstElement *element, gpointer user)
{
  MeasureByteCount *self = user;
  g_autoptr (GstPad) pad = NULL;
  Tally *tally;

  if (GST_IS_BIN (element) || !is_decoder (element))
    return;
  pad = gst_element_get_static_pad (element, "sink");
  if (pad == NULL)
    return;
  tally = g_new0 (Tally, 1);
  tally->count = self;
  tally->decoder = element;
  tally->frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->tallies, tally);
  g_mutex_unlock (&self->lock);
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_data,
      tally, NULL);
}

MeasureByteCount *
measure_byte_count_new (GstElement *bin, MeasureBytesFunc func, gpointer user)
{
  MeasureByteCount *self = g_new0 (MeasureByteCount, 1);

  self->func = func;
  self->user = user;
  self->tallies = g_ptr_array_new_with_free_func (free_tally);
  g_mutex_init (&self->lock);
  g_signal_connect (
      bin, "deep-element-added", G_CALLBACK (on_element_added), self);
  return self;
}

void
measure_byte_count_free (MeasureByteCount *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->tallies);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Returns: (transfer full) (nullable): the element, no bin, whose pad is seen
 * as @pad from outside. */
static GstElement *
find_owner (GstPad *pad)
{
  GstPad *inner = gst_object_ref (pad);
  GstElement *owner;

  while (GST_IS_GHOST_PAD (inner)) {
    GstPad *next = gst_ghost_pad_get_target (GST_GHOST_PAD (inner));

    gst_object_unref (inner);
    if (next == NULL)
      return NULL;
    inner = next;
  }
  owner = gst_pad_get_parent_element (inner);
  gst_object_unref (inner);
  return owner;
}

void
measure_byte_count_choose (MeasureByteCount *self, GstPad *pad, gboolean plain)
{
  g_autoptr (GstElement) owner = find_owner (pad);

  g_mutex_lock (&self->lock);
  self->plain = plain;
  for (guint i = 0; i < self->tallies->len && !self->done; i++) {
    const Tally *tally = self->tallies->pdata[i];

    if (tally->decoder != owner)
      continue;
    self->chosen = tally;
    for (guint k = 0; k < tally->frames->len; k++)
      tell (self, &g_array_index (tally->frames, Frame, k));
  }
  self->done = TRUE;
  g_mutex_unlock (&self->lock);
}
