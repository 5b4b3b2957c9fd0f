/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * queue - videoconvert - what the user describes - decodebin, with bytes
 * counted before the decoder.
 */
#include "monitor/connection/encode.h"

#include "console/program-error.h"

static GstPadProbeReturn
on_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  gsize *bytes = user;

  g_atomic_pointer_add (
      bytes, (gssize) gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static void
on_pad (GstElement *decoder, GstPad *pad, gpointer user)
{
  gst_ghost_pad_set_target (user, pad);
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

static void
add_pads (GstElement *bin, GstElement *entrance, GstElement *decoder)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (entrance, "sink");
  GstPad *exit = gst_ghost_pad_new_no_target ("src", GST_PAD_SRC);

  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", sink));
  gst_pad_set_active (exit, TRUE);
  gst_element_add_pad (bin, exit);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad), exit);
}

GstElement *
monitor_encode_new (
    const gchar *text, const gchar *name, gsize *bytes, GError **error)
{
  g_autoptr (GstElement) bin = gst_object_ref_sink (gst_bin_new (name));
  GstElement *queue = add (GST_BIN (bin), "queue", error);
  GstElement *convert = add (GST_BIN (bin), "videoconvert", error);
  GstElement *decoder = add (GST_BIN (bin), "decodebin", error);
  GstElement *encoder;

  if (queue == NULL || convert == NULL || decoder == NULL)
    return NULL;
  encoder = add_encoder (GST_BIN (bin), text, bytes, error);
  if (encoder == NULL)
    return NULL;
  if (!gst_element_link_many (queue, convert, encoder, decoder, NULL)) {
    program_fail_unnamed (
        error, "the encoder %s does not take video and give a stream", text);
    return NULL;
  }
  limit (queue);
  add_pads (bin, queue, decoder);
  return g_steal_pointer (&bin);
}
