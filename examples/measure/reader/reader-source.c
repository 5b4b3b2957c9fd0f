/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source element that pushes the frames of a reader.
 */
#include "measure/reader/reader-source.h"

#include "measure/reader/sequence.h"

#include <gst/base/gstpushsrc.h>

#define READER_TYPE_SOURCE (reader_source_get_type ())
G_DECLARE_FINAL_TYPE (ReaderSource, reader_source, READER, SOURCE, GstPushSrc)

struct _ReaderSource
{
  GstPushSrc parent;
  gchar *path;
  gchar *raw;
  MeasurePipe *pipe;
  MeasureReaderKind kind;
  GPtrArray *list;       /* (nullable): images in place of the path */
  guint from, end;       /* of them */
  gint stopping;         /* atomic */
  MeasureReader *reader; /* between start and stop */
  GstCaps *caps;         /* (nullable): that went out; streaming thread */
  guint64 next;          /* frame; streaming thread */
};

G_DEFINE_TYPE (ReaderSource, reader_source, GST_TYPE_PUSH_SRC)

static gboolean
is_stopping (gpointer user)
{
  return g_atomic_int_get (&READER_SOURCE (user)->stopping);
}

/* Ends the wait for a pipe. */
static gboolean
unlock (GstBaseSrc *base)
{
  g_atomic_int_set (&READER_SOURCE (base)->stopping, TRUE);
  return TRUE;
}

static gboolean
unlock_stop (GstBaseSrc *base)
{
  g_atomic_int_set (&READER_SOURCE (base)->stopping, FALSE);
  return TRUE;
}

static gboolean
start (GstBaseSrc *base)
{
  ReaderSource *self = READER_SOURCE (base);
  const MeasurePlace place = { .path = self->path,
    .raw = self->raw,
    .pipe = self->pipe,
    .stop = is_stopping,
    .user = self };
  g_autoptr (GError) error = NULL;

  self->next = 0;
  self->reader = self->list != NULL
      ? measure_list_reader_open (self->list, self->from, self->end, &error)
      : measure_reader_open_place (&place, self->kind, &error);
  if (self->reader != NULL) {
    gst_caps_replace (&self->caps, self->reader->caps);
    return TRUE;
  }
  GST_ELEMENT_ERROR_WITH_DETAILS (self, RESOURCE, OPEN_READ,
      ("%s", error->message), (NULL),
      ("frame", G_TYPE_UINT64, G_GUINT64_CONSTANT (0), NULL));
  return FALSE;
}

static gboolean
stop (GstBaseSrc *base)
{
  gst_clear_caps (&READER_SOURCE (base)->caps);
  g_clear_pointer (&READER_SOURCE (base)->reader, measure_reader_free);
  return TRUE;
}

static GstCaps *
get_caps (GstBaseSrc *base, GstCaps *filter)
{
  const ReaderSource *self = READER_SOURCE (base);

  if (self->reader == NULL)
    return gst_pad_get_pad_template_caps (GST_BASE_SRC_PAD (base));
  return filter != NULL ? gst_caps_intersect_full (
             filter, self->reader->caps, GST_CAPS_INTERSECT_FIRST)
                        : gst_caps_ref (self->reader->caps);
}

static gboolean
is_seekable (GstBaseSrc *base)
{
  const ReaderSource *self = READER_SOURCE (base);

  return self->reader != NULL && self->reader->klass->find != NULL;
}

static gboolean
seek (GstBaseSrc *base, GstSegment *segment)
{
  ReaderSource *self = READER_SOURCE (base);

  if (segment->rate < 0)
    return FALSE;
  /* Also called for the start, where nothing need be found. */
  if (segment->position == 0) {
    self->next = 0;
    return TRUE;
  }
  if (self->reader->klass->find == NULL)
    return FALSE;
  self->next = self->reader->klass->find (self->reader, segment->position);
  return TRUE;
}

static gboolean
query (GstBaseSrc *base, GstQuery *asked)
{
  const ReaderSource *self = READER_SOURCE (base);
  GstFormat format;

  if (GST_QUERY_TYPE (asked) == GST_QUERY_DURATION) {
    gst_query_parse_duration (asked, &format, NULL);
    if (format == GST_FORMAT_TIME && self->reader != NULL
        && GST_CLOCK_TIME_IS_VALID (self->reader->duration)) {
      gst_query_set_duration (
          asked, GST_FORMAT_TIME, (gint64) self->reader->duration);
      return TRUE;
    }
  }
  return GST_BASE_SRC_CLASS (reader_source_parent_class)->query (base, asked);
}

/* Images of a list may have other sizes than the one before. */
static gboolean
follow_caps (ReaderSource *self)
{
  if (self->caps == self->reader->caps)
    return TRUE;
  gst_caps_replace (&self->caps, self->reader->caps);
  return gst_base_src_set_caps (GST_BASE_SRC (self), self->caps);
}

static GstFlowReturn
create (GstPushSrc *push, GstBuffer **buffer)
{
  ReaderSource *self = READER_SOURCE (push);
  g_autoptr (GError) error = NULL;

  *buffer = self->reader->klass->read (self->reader, self->next, &error);
  if (*buffer != NULL) {
    GST_BUFFER_OFFSET (*buffer) = self->next++;
    return follow_caps (self) ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED;
  }
  if (error != NULL && is_stopping (self))
    return GST_FLOW_FLUSHING;
  if (error != NULL) {
    GST_ELEMENT_ERROR_WITH_DETAILS (self, STREAM, DECODE,
        ("%s", error->message), (NULL),
        ("frame", G_TYPE_UINT64, self->next, NULL));
    return GST_FLOW_ERROR;
  }
  if (self->reader->cut)
    GST_ELEMENT_WARNING (self, RESOURCE, READ,
        ("the file is cut off; its %" G_GUINT64_FORMAT
         " whole frame%s measured",
            self->next, self->next == 1 ? " is" : "s are"),
        (NULL));
  return GST_FLOW_EOS;
}

static void
finalize (GObject *object)
{
  g_free (READER_SOURCE (object)->path);
  g_free (READER_SOURCE (object)->raw);
  g_clear_pointer (&READER_SOURCE (object)->list, g_ptr_array_unref);
  G_OBJECT_CLASS (reader_source_parent_class)->finalize (object);
}

static void
reader_source_class_init (ReaderSourceClass *klass)
{
  static GstStaticPadTemplate template = GST_STATIC_PAD_TEMPLATE (
      "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw"));
  GstBaseSrcClass *base = GST_BASE_SRC_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  base->start = start;
  base->stop = stop;
  base->unlock = unlock;
  base->unlock_stop = unlock_stop;
  base->get_caps = get_caps;
  base->is_seekable = is_seekable;
  base->do_seek = seek;
  base->query = query;
  GST_PUSH_SRC_CLASS (klass)->create = create;
  gst_element_class_add_static_pad_template (element, &template);
  gst_element_class_set_static_metadata (element, "Frames of a file",
      "Source/Video", "Pushes the frames that a reader gives",
      "gst-perceptual");
}

static void
reader_source_init (ReaderSource *self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

GstElement *
measure_reader_source_new (const MeasurePlace *place, MeasureReaderKind kind)
{
  ReaderSource *self = g_object_new (READER_TYPE_SOURCE, NULL);

  self->path = g_strdup (place->path);
  self->raw = g_strdup (place->raw);
  self->pipe = place->pipe;
  self->kind = kind;
  return GST_ELEMENT (self);
}

GstElement *
measure_list_source_new (const GPtrArray *paths, guint from, guint end)
{
  ReaderSource *self = g_object_new (READER_TYPE_SOURCE, NULL);

  self->list = g_ptr_array_copy (
      (GPtrArray *) paths, (GCopyFunc) (void *) g_strdup, NULL);
  g_ptr_array_set_free_func (self->list, g_free);
  self->from = from;
  self->end = end;
  return GST_ELEMENT (self);
}
