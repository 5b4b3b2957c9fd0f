/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * queue - videoconvert - what the user describes - parser - decoder, with bytes
 * counted before the parser.  There is no decodebin, which would keep the
 * pipeline from playing until an encoder gives something.
 */
#include "monitor/connection/encode.h"

#include "console/program-error.h"
#include "measure/codec.h"

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  gsize *bytes = user;

  g_atomic_pointer_add (
      bytes, (gssize) gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static GstElement *
add (GstBin *bin, const gchar *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL)
    program_fail_unnamed (
        error, "GStreamer's element %s is not installed", factory);
  else
    gst_bin_add (bin, element);
  return element;
}

/* The encoder gets few frames ahead, since they are large. */
static void
limit (GstElement *queue)
{
  g_object_set (queue, "max-size-buffers", 5, "max-size-bytes", 0,
      "max-size-time", G_GUINT64_CONSTANT (0), NULL);
}

static GstElement *
add_encoder (GstBin *bin, const gchar *text, gsize *bytes, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GstPad) pad = NULL;
  GstElement *encoder = gst_parse_bin_from_description_full (
      text, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &cause);

  if (encoder == NULL) {
    program_fail_unnamed (error, "the encoder %s: %s", text, cause->message);
    return NULL;
  }
  gst_bin_add (bin, encoder);
  pad = gst_element_get_static_pad (encoder, "src");
  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_packet, bytes, NULL);
  return encoder;
}

/* Returns: (nullable): the element of this type that takes what @before gives;
 * @before where no parser does. */
static GstElement *
add_taker (GstBin *bin, GstElement *before, GstElementFactoryListType type,
    GError **error)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (before, "src");
  g_autoptr (GstElementFactory) factory =
      pad != NULL ? measure_codec_find (pad, type) : NULL;
  GstElement *taker;

  if (factory == NULL && type == GST_ELEMENT_FACTORY_TYPE_PARSER)
    return before;
  if (factory == NULL) {
    program_fail_unnamed (
        error, "no decoder is installed for what the encoder gives");
    return NULL;
  }
  taker = gst_element_factory_create (factory, NULL);
  gst_bin_add (bin, taker);
  if (gst_element_link (before, taker))
    return taker;
  program_fail_unnamed (error, "its stream cannot be decoded");
  return NULL;
}

static GstElement *
add_decoder (GstBin *bin, GstElement *encoder, GError **error)
{
  GstElement *parser =
      add_taker (bin, encoder, GST_ELEMENT_FACTORY_TYPE_PARSER, error);
  GstElement *decoder = parser != NULL
      ? add_taker (bin, parser, GST_ELEMENT_FACTORY_TYPE_DECODER, error)
      : NULL;

  if (decoder != NULL)
    measure_codec_set_up_decoder (decoder);
  return decoder;
}

static void
add_ghost (GstElement *bin, GstElement *element, const gchar *name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  gst_element_add_pad (bin, gst_ghost_pad_new (name, pad));
}

GstElement *
monitor_encode_new (
    const gchar *text, const gchar *name, gsize *bytes, GError **error)
{
  g_autoptr (GstElement) bin = gst_object_ref_sink (gst_bin_new (name));
  GstElement *queue = add (GST_BIN (bin), "queue", error);
  GstElement *convert = add (GST_BIN (bin), "videoconvert", error);
  GstElement *encoder, *decoder;

  if (queue == NULL || convert == NULL)
    return NULL;
  encoder = add_encoder (GST_BIN (bin), text, bytes, error);
  if (encoder == NULL)
    return NULL;
  if (!gst_element_link_many (queue, convert, encoder, NULL)) {
    program_fail_unnamed (
        error, "the encoder %s does not take raw video", text);
    return NULL;
  }
  decoder = add_decoder (GST_BIN (bin), encoder, error);
  if (decoder == NULL) {
    g_prefix_error (error, "the encoder %s: ", text);
    return NULL;
  }
  limit (queue);
  add_ghost (bin, queue, "sink");
  add_ghost (bin, decoder, "src");
  return g_steal_pointer (&bin);
}
