/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses elements by what the user typed.  RTP gets a jitter buffer of its
 * own, whose times come from the packets alone, but for the first one, which
 * counts from its arrival as in the other input; GStreamer finds the rest.
 */
#include "monitor/connection/feed.h"

#include "measure/playlist.h"

#include "console/program-error.h"

#include <string.h>

#define VIDEO "video/x-raw(ANY)"

/* The last element of a description for gst-launch. */
#define LAUNCH_END "perceptual-end"

/* What may arrive while the machine is busy, bytes; the kernel gives what it
 * may (net.core.rmem_max). */
#define SOCKET_BYTES 4000000

/* The largest number of a kind of payload. */
#define MOST_PAYLOAD 127

/* How long packets may be on their way around each other, ms. */
#define JITTER 200

/* --- the first video of a decoder ---------------------------------------- */

/* What nobody wants is thrown away, so that it does not stop the others. */
static void
throw_away (GstElement *decoder, GstPad *pad)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");
  g_autoptr (GstObject) bin = gst_object_get_parent (GST_OBJECT (decoder));

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (bin), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sink_pad);
}

/* @user: the pad of the bin, which has no target yet */
static void
on_pad (GstElement *decoder, GstPad *pad, gpointer user)
{
  g_autoptr (GstPad) taken = gst_ghost_pad_get_target (user);

  if (taken != NULL || !gst_ghost_pad_set_target (user, pad))
    throw_away (decoder, pad);
}

static void
on_no_more_pads (GstElement *decoder, gpointer user)
{
  g_autoptr (GstPad) taken = gst_ghost_pad_get_target (user);

  if (taken == NULL)
    GST_ELEMENT_ERROR (
        decoder, STREAM, WRONG_TYPE, ("there is no video in it"), (NULL));
}

/* Sound is not decoded, so that a missing decoder for it is no trouble. */
static void
set_up_decoder (GstElement *decoder, GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (VIDEO);

  g_object_set (decoder, "caps", caps, "expose-all-streams", FALSE, NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad), pad);
  g_signal_connect (decoder, "no-more-pads", G_CALLBACK (on_no_more_pads), pad);
}

/* --- RTP ----------------------------------------------------------------- */

/* What RTP itself says by the number of the payload, and the commonest. */
static const gchar *
name_payload (const gchar *number)
{
  if (g_strcmp0 (number, "26") == 0)
    return "JPEG";
  if (g_strcmp0 (number, "32") == 0)
    return "MPV";
  return number == NULL || strcmp (number, "33") == 0 ? "MP2T" : "H264";
}

/* Sets a number of RTP's caps.  Returns: FALSE where it is none. */
static gboolean
set_number (GstStructure *fields, const gchar *name, const gchar *text,
    guint64 most, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, most, &number, NULL))
    return program_fail_unnamed (error,
        "%s=%s: not a number from 0 to %" G_GUINT64_FORMAT, name, text, most);
  gst_structure_set (fields, name, G_TYPE_INT, (gint) number, NULL);
  return TRUE;
}

/* The packets' caps, from what follows the ? in the URI: encoding-name,
 * payload, clock-rate, and whatever else such caps may have. */
static GstCaps *
make_rtp_caps (const GstUri *uri, GError **error)
{
  g_autoptr (GHashTable) query = gst_uri_get_query_table (uri);
  const gchar *payload =
      query != NULL ? g_hash_table_lookup (query, "payload") : NULL;
  GstStructure *fields = gst_structure_new ("application/x-rtp", "media",
      G_TYPE_STRING, "video", "clock-rate", G_TYPE_INT, 90000, "encoding-name",
      G_TYPE_STRING, name_payload (payload), NULL);
  g_autoptr (GstCaps) caps = gst_caps_new_empty ();
  gboolean ok = TRUE;
  GHashTableIter iter;
  gpointer name, text;

  gst_caps_append_structure (caps, fields);
  if (query == NULL)
    return g_steal_pointer (&caps);
  g_hash_table_iter_init (&iter, query);
  while (ok && g_hash_table_iter_next (&iter, &name, &text)) {
    if (text == NULL)
      continue;
    if (strcmp (name, "payload") == 0)
      ok = set_number (fields, name, text, MOST_PAYLOAD, error);
    else if (strcmp (name, "clock-rate") == 0)
      ok = set_number (fields, name, text, G_MAXINT, error);
    else
      gst_structure_set (fields, name, G_TYPE_STRING, (gchar *) text, NULL);
  }
  return ok ? g_steal_pointer (&caps) : NULL;
}

static GstElement *
make_element (const gchar *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL)
    program_fail_unnamed (
        error, "GStreamer's element %s is not installed", factory);
  return element;
}

/* Adds @names, which end with NULL, to @bin, one after the other.  Returns:
 * FALSE where one is missing.  @made: (out): them */
static gboolean
add_chain (
    GstBin *bin, const gchar *const *names, GstElement **made, GError **error)
{
  for (guint i = 0; names[i] != NULL; i++) {
    made[i] = make_element (names[i], error);
    if (made[i] == NULL)
      return FALSE;
    gst_bin_add (bin, made[i]);
    if (i > 0)
      gst_element_link (made[i - 1], made[i]);
  }
  return TRUE;
}

/* Without it the first packet has the time 0, whenever it comes. */
static GstPadProbeReturn
on_first_packet (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  const GstBuffer *packet = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autoptr (GstPad) exit = gst_element_get_static_pad (user, "src");

  if (GST_BUFFER_DTS_OR_PTS (packet) != GST_CLOCK_TIME_NONE)
    gst_pad_set_offset (exit, (gint64) GST_BUFFER_DTS_OR_PTS (packet));
  return GST_PAD_PROBE_REMOVE;
}

static void
count_from_arrival (GstElement *source, GstElement *jitter)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, on_first_packet, jitter, NULL);
}

static gboolean
fill_rtp (GstBin *bin, const gchar *text, GstElement **decoder, GError **error)
{
  static const gchar *const names[] = { "udpsrc", "rtpjitterbuffer",
    "decodebin", NULL };
  g_autoptr (GstUri) uri = gst_uri_from_string (text);
  GstElement *made[G_N_ELEMENTS (names)];
  g_autoptr (GstCaps) caps = NULL;

  if (uri == NULL || gst_uri_get_port (uri) == GST_URI_NO_PORT)
    return program_fail (error, text,
        "a port is missing; write rtp://ADDRESS:PORT?encoding-name=H264");
  if (!add_chain (bin, names, made, error))
    return FALSE;
  caps = make_rtp_caps (uri, error);
  if (caps == NULL)
    return FALSE;
  g_object_set (made[0], "port", (gint) gst_uri_get_port (uri), "caps", caps,
      "buffer-size", SOCKET_BYTES, NULL);
  if (gst_uri_get_host (uri) != NULL)
    g_object_set (made[0], "address", gst_uri_get_host (uri), NULL);
  g_object_set (made[1], "latency", JITTER, NULL);
  gst_util_set_object_arg (G_OBJECT (made[1]), "mode", "none");
  count_from_arrival (made[0], made[1]);
  *decoder = made[2];
  return TRUE;
}

static gboolean
fill_udp (GstBin *bin, const gchar *text, GstElement **decoder, GError **error)
{
  static const gchar *const names[] = { "udpsrc", "decodebin", NULL };
  GstElement *made[G_N_ELEMENTS (names)];

  if (!add_chain (bin, names, made, error))
    return FALSE;
  if (!gst_uri_handler_set_uri (GST_URI_HANDLER (made[0]), text, error))
    return FALSE;
  g_object_set (made[0], "buffer-size", SOCKET_BYTES, NULL);
  *decoder = made[1];
  return TRUE;
}

/* --- all of them --------------------------------------------------------- */

static gboolean
fill_any (GstBin *bin, const gchar *text, GstElement **decoder, GError **error)
{
  g_autofree gchar *uri = NULL;
  g_autofree gchar *protocol = gst_uri_get_protocol (text);

  if (gst_uri_is_valid (text)
      && !gst_uri_protocol_is_supported (GST_URI_SRC, protocol))
    return program_fail (
        error, text, "no element that is installed reads such addresses");
  if (gst_uri_is_valid (text))
    uri = g_strdup (text);
  else
    uri = gst_filename_to_uri (text, error);
  if (uri == NULL)
    return FALSE;
  *decoder = make_element ("uridecodebin", error);
  if (*decoder == NULL)
    return FALSE;
  gst_bin_add (bin, *decoder);
  g_object_set (*decoder, "uri", uri, NULL);
  /* An address may be a playlist's whatever its name is; a file may not. */
  if (gst_uri_has_protocol (uri, "file"))
    measure_playlist_guard (*decoder, uri);
  return TRUE;
}

/* Left alone, tsdemux bends the times of a stream from a network towards the
 * arrival of its packets, each input's in its own way; the steps between the
 * stream's own times are the same in both. */
static void
on_deep_element (GstBin *bin, GstBin *inner, GstElement *element, gpointer user)
{
  const GstElementFactory *factory = gst_element_get_factory (element);

  if (factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "tsdemux"))
    g_object_set (element, "ignore-pcr", TRUE, NULL);
}

static gboolean
comes_in_packets (const gchar *uri)
{
  return g_str_has_prefix (uri, "udp://") || g_str_has_prefix (uri, "srt://")
      || g_str_has_prefix (uri, "rtp://");
}

/* Returns: (transfer full) (nullable): a bin with a pad "src". */
static GstElement *
make_of_uri (const gchar *text, GError **error)
{
  g_autoptr (GstElement) bin = gst_object_ref_sink (gst_bin_new (NULL));
  GstElement *decoder = NULL;
  GstPad *pad;
  gboolean filled;

  if (comes_in_packets (text))
    g_signal_connect (
        bin, "deep-element-added", G_CALLBACK (on_deep_element), NULL);
  if (g_str_has_prefix (text, "rtp://"))
    filled = fill_rtp (GST_BIN (bin), text, &decoder, error);
  else if (g_str_has_prefix (text, "udp://"))
    filled = fill_udp (GST_BIN (bin), text, &decoder, error);
  else
    filled = fill_any (GST_BIN (bin), text, &decoder, error);
  if (!filled)
    return NULL;
  pad = gst_ghost_pad_new_no_target ("src", GST_PAD_SRC);
  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (bin, pad);
  set_up_decoder (decoder, pad);
  return g_steal_pointer (&bin);
}

/* Lets what comes out of the capsfilter be what comes out of @bin. */
static void
expose_end (GstElement *bin)
{
  g_autoptr (GstElement) end = gst_bin_get_by_name (GST_BIN (bin), LAUNCH_END);
  g_autoptr (GstPad) pad =
      end != NULL ? gst_element_get_static_pad (end, "src") : NULL;

  if (pad != NULL)
    gst_element_add_pad (bin, gst_ghost_pad_new ("src", pad));
}

/* Likewise. */
static GstElement *
make_of_launch (const gchar *text, GError **error)
{
  /* Decoders have their pads later, and perhaps one for sound. */
  g_autofree gchar *whole = g_strdup_printf (
      "%s ! capsfilter name=" LAUNCH_END " caps=\"" VIDEO "\"", text);
  g_autoptr (GError) cause = NULL;
  /* Pads without a partner are left alone: what comes after a demuxer has none
   * until the demuxer has found something. */
  GstElement *bin = gst_parse_bin_from_description_full (
      whole, FALSE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &cause);

  if (bin == NULL) {
    program_fail_unnamed (error, "the description: %s%s", cause->message,
        strstr (cause->message, LAUNCH_END) != NULL
            ? ", which is what comes after it: it has to end in video"
            : "");
    return NULL;
  }
  gst_object_ref_sink (bin);
  expose_end (bin);
  return bin;
}

GstElement *
monitor_feed_add (GstElement *pipeline, const MonitorPlace *place,
    const gchar *name, GstPad *target, GError **error)
{
  g_autoptr (GstElement) bin = place->launch
      ? make_of_launch (place->text, error)
      : make_of_uri (place->text, error);
  g_autoptr (GstPad) pad = NULL;

  if (bin == NULL) {
    g_prefix_error (error, "%s: ", name);
    return NULL;
  }
  gst_object_set_name (GST_OBJECT (bin), name);
  gst_bin_add (GST_BIN (pipeline), bin);
  pad = gst_element_get_static_pad (bin, "src");
  if (pad != NULL && gst_pad_link (pad, target) == GST_PAD_LINK_OK)
    return bin;
  program_fail_unnamed (
      error, "%s: the description does not end in decoded video", name);
  return NULL;
}
