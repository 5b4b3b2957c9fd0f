/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A filter that lets frames pass until it does what it is told: crash, hang,
 * spin, drop what comes then, or slip: show each frame at the time of the next.
 */
#include "filter.h"

#include <signal.h>
#include <string.h>

typedef struct
{
  GstElement parent;
  GstPad *sink;
  GstPad *src;
  gchar *what;
  guint after;
  guint frames;
  GstBuffer *before;
} FaultyFilter;

typedef struct
{
  GstElementClass parent;
} FaultyFilterClass;

enum
{
  PROP_WHAT = 1,
  PROP_AFTER,
};

G_DEFINE_TYPE (FaultyFilter, faulty_filter, GST_TYPE_ELEMENT)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw"));

/* Takes @buffer.  Returns: (transfer full): the frame before at its time. */
static GstBuffer *
slip (FaultyFilter *self, GstBuffer *buffer)
{
  GstBuffer *late =
      gst_buffer_copy (self->before != NULL ? self->before : buffer);

  gst_buffer_copy_into (late, buffer, GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  gst_clear_buffer (&self->before);
  self->before = buffer;
  return late;
}

static GstFlowReturn
faulty_filter_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  FaultyFilter *self = (FaultyFilter *) parent;

  if (self->frames++ < self->after)
    return gst_pad_push (self->src, buffer);
  if (strcmp (self->what, "crash") == 0)
    raise (SIGSEGV);
  while (strcmp (self->what, "hang") == 0)
    g_usleep (G_USEC_PER_SEC);
  while (strcmp (self->what, "spin") == 0)
    ;
  if (strcmp (self->what, "slip") == 0)
    return gst_pad_push (self->src, slip (self, buffer));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
faulty_filter_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  FaultyFilter *self = (FaultyFilter *) object;

  if (id == PROP_AFTER) {
    self->after = g_value_get_uint (value);
    return;
  }
  g_free (self->what);
  self->what = g_value_dup_string (value);
}

static void
faulty_filter_finalize (GObject *object)
{
  FaultyFilter *self = (FaultyFilter *) object;

  g_free (self->what);
  gst_clear_buffer (&self->before);
  G_OBJECT_CLASS (faulty_filter_parent_class)->finalize (object);
}

static void
faulty_filter_init (FaultyFilter *self)
{
  self->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  self->src = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_chain_function (self->sink, faulty_filter_chain);
  GST_PAD_SET_PROXY_CAPS (self->sink);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);
  gst_element_add_pad (GST_ELEMENT (self), self->src);
  self->what = g_strdup ("drop");
}

static void
faulty_filter_class_init (FaultyFilterClass *klass)
{
  GObjectClass *object = G_OBJECT_CLASS (klass);
  GstElementClass *element = GST_ELEMENT_CLASS (klass);

  object->set_property = faulty_filter_set_property;
  object->finalize = faulty_filter_finalize;
  g_object_class_install_property (object, PROP_WHAT,
      g_param_spec_string (
          "what", "What", "What happens", "drop", G_PARAM_WRITABLE));
  g_object_class_install_property (object, PROP_AFTER,
      g_param_spec_uint ("after", "After", "Frames before that", 0, G_MAXUINT,
          0, G_PARAM_WRITABLE));
  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "Faulty filter",
      "Filter/Video", "Fails when it is asked to", "gst-perceptual");
}
