/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A decoder that crashes, hangs or never comes to an end when its file says
 * so, for tests of what programs make of that.  A file is one line: what
 * happens, and after how many frames.
 */
#include "filter.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define MAGIC "\x89NO GOOD "
#define TYPE "video/x-faulty"
#define WIDTH 32
#define HEIGHT 24
#define FRAME_TIME (GST_SECOND / 25)

typedef struct
{
  GstElement parent;
  GstPad *sink;
  GstPad *src;
  gchar what[16];
  guint frames;
  gboolean failed;
} FaultyDecoder;

typedef struct
{
  GstElementClass parent;
} FaultyDecoderClass;

static GType faulty_decoder_get_type (void);

G_DEFINE_TYPE (FaultyDecoder, faulty_decoder, GST_TYPE_ELEMENT)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (TYPE));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("video/x-raw,format=GRAY8,width=32,height=24,"
                         "framerate=25/1,colorimetry=1:4:0:0"));

/* Returns: how often this process has decoded such a file. */
static guint
count_times (const FaultyDecoder *self)
{
  static gint moody, tired;

  if (strcmp (self->what, "moody") == 0)
    return (guint) g_atomic_int_add (&moody, 1) + 1;
  if (strcmp (self->what, "tired") == 0)
    return (guint) g_atomic_int_add (&tired, 1) + 1;
  return 0;
}

static GstFlowReturn
push_frames (FaultyDecoder *self)
{
  GstFlowReturn ret = GST_FLOW_OK;
  guint times = count_times (self);

  /* It is looked at, measured, and then decoded once more. */
  if (strcmp (self->what, "tired") == 0 && times > 2)
    raise (SIGSEGV);

  for (guint i = 0; i < self->frames && ret == GST_FLOW_OK; i++) {
    GstBuffer *frame =
        gst_buffer_new_allocate (NULL, (gsize) WIDTH * HEIGHT, NULL);

    gst_buffer_memset (
        frame, 0, (guint8) (50 + (i + 3 * times) % 100), WIDTH * HEIGHT);
    GST_BUFFER_PTS (frame) = i * FRAME_TIME;
    GST_BUFFER_DURATION (frame) = FRAME_TIME;
    ret = gst_pad_push (self->src, frame);
  }
  return ret;
}

static void
fail (FaultyDecoder *self)
{
  if (self->failed)
    return;
  self->failed = TRUE;
  if (strcmp (self->what, "crash") == 0)
    raise (SIGSEGV);
  else if (strcmp (self->what, "abort") == 0)
    raise (SIGABRT);
  while (strcmp (self->what, "hang") == 0)
    g_usleep (G_USEC_PER_SEC);
  while (strcmp (self->what, "spin") == 0)
    ;
}

static GstFlowReturn
faulty_decoder_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  FaultyDecoder *self = (FaultyDecoder *) parent;
  GstFlowReturn ret = GST_FLOW_OK;
  GstSegment segment;
  GstMapInfo map;
  gchar line[64] = "";

  if (gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    memcpy (line, map.data, MIN (map.size, sizeof line - 1));
    gst_buffer_unmap (buffer, &map);
  }
  gst_buffer_unref (buffer);
  if (sscanf (line, MAGIC "%15s %u", self->what, &self->frames) == 2) {
    gst_pad_push_event (self->src,
        gst_event_new_caps (gst_pad_get_pad_template_caps (self->src)));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_pad_push_event (self->src, gst_event_new_segment (&segment));
    if (strcmp (self->what, "complain") == 0)
      g_critical ("assertion 'format != NULL' failed");
    ret = push_frames (self);
  }
  if (ret == GST_FLOW_OK)
    fail (self);
  return ret;
}

static gboolean
faulty_decoder_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  FaultyDecoder *self = (FaultyDecoder *) parent;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_EOS:
      if (strcmp (self->what, "endless") != 0)
        break;
      gst_event_unref (event);
      return TRUE;
    case GST_EVENT_CAPS:
    case GST_EVENT_SEGMENT:
      gst_event_unref (event);
      return TRUE;
    default:
      break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static void
faulty_decoder_init (FaultyDecoder *self)
{
  self->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  self->src = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_chain_function (self->sink, faulty_decoder_chain);
  gst_pad_set_event_function (self->sink, faulty_decoder_event);
  gst_pad_use_fixed_caps (self->src);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);
  gst_element_add_pad (GST_ELEMENT (self), self->src);
}

static void
faulty_decoder_class_init (FaultyDecoderClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);

  gst_element_class_add_static_pad_template (element, &sink_template);
  gst_element_class_add_static_pad_template (element, &src_template);
  gst_element_class_set_static_metadata (element, "Faulty decoder",
      "Codec/Decoder/Video", "Fails when it is asked to", "gst-perceptual");
}

static void
find_type (GstTypeFind *find, gpointer user)
{
  const guint8 *data = gst_type_find_peek (find, 0, strlen (MAGIC));

  if (data != NULL && memcmp (data, MAGIC, strlen (MAGIC)) == 0)
    gst_type_find_suggest_simple (
        find, GST_TYPE_FIND_MAXIMUM, TYPE, NULL, NULL);
}

static gboolean
plugin_init (GstPlugin *plugin)
{
  return gst_element_register (plugin, "faultydecoder", GST_RANK_PRIMARY + 1,
             faulty_decoder_get_type ())
      && gst_element_register (
          plugin, "faultyfilter", GST_RANK_NONE, faulty_filter_get_type ())
      && gst_type_find_register (plugin, TYPE, GST_RANK_PRIMARY, find_type,
          "faulty", NULL, NULL, NULL);
}

#ifndef PACKAGE
#define PACKAGE "gst-perceptual"
#endif
GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, faults,
    "Faults for tests", plugin_init, "1", "LGPL", "gst-perceptual",
    "gst-perceptual")
