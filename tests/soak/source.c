/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames of a script as buffers, gaps as events or empty buffers; a part of
 * the script for each seek.
 */
#include "source.h"

#define FRAME_BYTES (32 * 32 * 3 / 2)
#define N_PICTURES 7

struct _SoakSource
{
  GstPushSrc parent;
  guint side;
  const Script *script;
  GstMemory *pictures[N_PICTURES];

  /* Used by the streaming thread, and by a seek while that is stopped. */
  guint part;
  guint next;
  gboolean again; /* the last frame is sent a second time */

  guint64 sent; /* atomic */

  GMutex mutex;
  GCond woken;
  /* Protected by the mutex. */
  gboolean flushing;
  gboolean held; /* nothing of the current part has been sent yet */
};

G_DEFINE_TYPE (SoakSource, soak_source, GST_TYPE_PUSH_SRC)

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (SOURCE_CAPS));

static GstFlowReturn
wait_for_seek (SoakSource *self)
{
  g_mutex_lock (&self->mutex);
  while (!self->flushing)
    g_cond_wait (&self->woken, &self->mutex);
  g_mutex_unlock (&self->mutex);
  return GST_FLOW_FLUSHING;
}

/* Returns: FALSE if the source has to stop. */
static gboolean
wait_for_release (SoakSource *self)
{
  gboolean released;

  g_mutex_lock (&self->mutex);
  while (self->held && !self->flushing)
    g_cond_wait (&self->woken, &self->mutex);
  released = !self->held;
  g_mutex_unlock (&self->mutex);
  return released;
}

void
soak_source_release (SoakSource *self)
{
  g_mutex_lock (&self->mutex);
  self->held = FALSE;
  g_cond_broadcast (&self->woken);
  g_mutex_unlock (&self->mutex);
}

static GstBuffer *
make_buffer (SoakSource *self, guint i, gint64 time)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (
      buffer, gst_memory_ref (self->pictures[i % N_PICTURES]));
  GST_BUFFER_PTS (buffer) = (GstClockTime) (self->part * SCRIPT_STRIDE + time);
  GST_BUFFER_DURATION (buffer) = SCRIPT_PERIOD;
  return buffer;
}

/* Returns: (nullable): a buffer that is to be sent in place of the event. */
static GstBuffer *
say_gap (SoakSource *self, const ScriptFrame *frame)
{
  GstClockTime pts = (GstClockTime) (self->part * SCRIPT_STRIDE + frame->time);
  GstBuffer *buffer;

  if (!frame->gap_as_buffer) {
    gst_pad_push_event (
        GST_BASE_SRC_PAD (self), gst_event_new_gap (pts, SCRIPT_PERIOD / 2));
    return NULL;
  }
  buffer = gst_buffer_new ();
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = SCRIPT_PERIOD / 2;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  return buffer;
}

static GstFlowReturn
soak_source_create (GstPushSrc *source, GstBuffer **buffer)
{
  SoakSource *self = SOAK_SOURCE (source);
  const ScriptPart *part = &self->script->parts[self->part];

  *buffer = NULL;
  if (!wait_for_release (self))
    return GST_FLOW_FLUSHING;
  while (*buffer == NULL && self->next < part->n[self->side]) {
    guint i = self->next;
    ScriptFrame frame = script_frame (self->script, self->part, self->side, i);

    if (frame.doubled && !self->again) {
      self->again = TRUE;
    } else {
      self->again = FALSE;
      self->next++;
    }
    if (frame.sent) {
      *buffer = make_buffer (self, i, frame.time);
      __atomic_fetch_add (&self->sent, 1, __ATOMIC_SEQ_CST);
    } else if (frame.gap) {
      *buffer = say_gap (self, &frame);
    }
  }
  if (*buffer != NULL)
    return GST_FLOW_OK;
  return part->ending == SCRIPT_END || part->ending == SCRIPT_END_AND_SEEK
      ? GST_FLOW_EOS
      : wait_for_seek (self);
}

static gboolean
soak_source_start (GstBaseSrc *source)
{
  SoakSource *self = SOAK_SOURCE (source);

  gst_base_src_set_format (source, GST_FORMAT_TIME);
  self->part = self->next = 0;
  self->again = FALSE;
  return TRUE;
}

static gboolean
soak_source_do_seek (GstBaseSrc *source, GstSegment *segment)
{
  SoakSource *self = SOAK_SOURCE (source);

  self->part = (guint) (segment->start / SCRIPT_STRIDE);
  self->next = 0;
  g_mutex_lock (&self->mutex);
  self->held = self->part > 0;
  g_mutex_unlock (&self->mutex);
  self->again = FALSE;
  segment->time = segment->position = segment->start;
  return TRUE;
}

static gboolean
soak_source_is_seekable (GstBaseSrc *source)
{
  return TRUE;
}

static void
set_flushing (SoakSource *self, gboolean flushing)
{
  g_mutex_lock (&self->mutex);
  self->flushing = flushing;
  g_cond_broadcast (&self->woken);
  g_mutex_unlock (&self->mutex);
}

static gboolean
soak_source_unlock (GstBaseSrc *source)
{
  set_flushing (SOAK_SOURCE (source), TRUE);
  return TRUE;
}

static gboolean
soak_source_unlock_stop (GstBaseSrc *source)
{
  set_flushing (SOAK_SOURCE (source), FALSE);
  return TRUE;
}

static void
soak_source_finalize (GObject *object)
{
  SoakSource *self = SOAK_SOURCE (object);

  for (guint i = 0; i < N_PICTURES; i++)
    gst_memory_unref (self->pictures[i]);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->woken);
  G_OBJECT_CLASS (soak_source_parent_class)->finalize (object);
}

static void
soak_source_init (SoakSource *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->woken);
  for (guint i = 0; i < N_PICTURES; i++) {
    GstMapInfo map;

    self->pictures[i] = gst_allocator_alloc (NULL, FRAME_BYTES, NULL);
    gst_memory_map (self->pictures[i], &map, GST_MAP_WRITE);
    for (gsize at = 0; at < map.size; at++)
      map.data[at] = (guint8) (16 + (at * (i + 3) + at / 32) % 220);
    gst_memory_unmap (self->pictures[i], &map);
    GST_MINI_OBJECT_FLAG_SET (self->pictures[i], GST_MEMORY_FLAG_READONLY);
  }
}

static void
soak_source_class_init (SoakSourceClass *klass)
{
  GstBaseSrcClass *base = GST_BASE_SRC_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = soak_source_finalize;
  gst_element_class_add_static_pad_template (
      GST_ELEMENT_CLASS (klass), &src_template);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Soak source", "Source/Video", "Sends one side of a script",
      "gst-perceptual");
  base->start = soak_source_start;
  base->do_seek = soak_source_do_seek;
  base->is_seekable = soak_source_is_seekable;
  base->unlock = soak_source_unlock;
  base->unlock_stop = soak_source_unlock_stop;
  GST_PUSH_SRC_CLASS (klass)->create = soak_source_create;
}

GstElement *
soak_source_new (guint side)
{
  SoakSource *self = g_object_new (SOAK_TYPE_SOURCE, NULL);

  self->side = side;
  return GST_ELEMENT (self);
}

void
soak_source_set_script (SoakSource *self, const Script *script)
{
  self->script = script;
  __atomic_store_n (&self->sent, 0, __ATOMIC_SEQ_CST);
}

guint64
soak_source_get_sent (SoakSource *self)
{
  return __atomic_load_n (&self->sent, __ATOMIC_SEQ_CST);
}
