/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a sink pad up to the decoder: elements with one way through them, bins
 * included.  The caps that a parser or demuxer gave the decoder have the
 * colorimetry that the stream is tagged with, or none.  And to its source.
 */
#include "upstream.h"

#include "frames/colour.h"

/* Elements between the decoder and the pad, at most. */
#define MOST_ELEMENTS 64

/* Returns: (transfer full) (nullable): the source pad of an element, no bin,
 * that feeds @sink. */
static GstPad *
find_source (GstPad *sink)
{
  GstPad *pad = gst_pad_get_peer (sink);

  while (pad != NULL && GST_IS_PROXY_PAD (pad)) {
    GstPad *next = NULL;

    if (GST_IS_GHOST_PAD (pad)) {
      /* Of a bin, from outside. */
      next = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
    } else {
      /* From inside, the other half of the bin's own sink pad. */
      GstProxyPad *outer = gst_proxy_pad_get_internal (GST_PROXY_PAD (pad));

      next = outer != NULL ? gst_pad_get_peer (GST_PAD (outer)) : NULL;
      g_clear_pointer (&outer, gst_object_unref);
    }
    gst_object_unref (pad);
    pad = next;
  }
  return pad;
}

/* Returns: (transfer full) (nullable): the one sink pad that @source gets its
 * data from. */
static GstPad *
find_sink (GstPad *source)
{
  GstIterator *links = gst_pad_iterate_internal_links (source);
  GValue item = G_VALUE_INIT;
  GstPad *sink = NULL;
  guint n = 0;

  while (links != NULL && gst_iterator_next (links, &item) == GST_ITERATOR_OK) {
    gst_object_replace (
        (GstObject **) &sink, GST_OBJECT (g_value_get_object (&item)));
    g_value_reset (&item);
    n++;
  }
  if (G_IS_VALUE (&item))
    g_value_unset (&item);
  g_clear_pointer (&links, gst_iterator_free);
  if (n != 1)
    gst_clear_object (&sink);
  return sink;
}

/* Returns: (transfer full) (nullable): what comes in at @sink.  A sink pad
 * knows its caps only after its element has taken them, and the thread behind
 * a queue may be here before that. */
static GstCaps *
caps_at (GstPad *sink)
{
  GstCaps *caps = gst_pad_get_current_caps (sink);
  g_autoptr (GstPad) peer = NULL;

  if (caps != NULL)
    return caps;
  peer = gst_pad_get_peer (sink);
  return peer != NULL ? gst_pad_get_current_caps (peer) : NULL;
}

static const GstStructure *
first_of (const GstCaps *caps)
{
  return caps != NULL && gst_caps_get_size (caps) > 0
      ? gst_caps_get_structure (caps, 0)
      : NULL;
}

static gboolean
are_raw (const GstCaps *caps)
{
  return gst_structure_has_name (first_of (caps), "video/x-raw");
}

static gboolean
same_colour (const GstCaps *a, const GstCaps *b)
{
  return g_strcmp0 (gst_structure_get_string (first_of (a), "colorimetry"),
             gst_structure_get_string (first_of (b), "colorimetry"))
      == 0;
}

/* @coded: what the decoder got, @raw: what it made of it */
static gboolean
judge (const GstCaps *coded, const GstCaps *raw, GstVideoColorimetry *said)
{
  GstVideoColorimetry tagged, all, usual;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, raw))
    return FALSE;
  tagged = perceptual_colour_in_caps (coded, &info);
  all = perceptual_colour_in_caps (raw, &info);
  usual = perceptual_colour_usual (&info);
  *said = perceptual_colour_without_guess (&all, &usual);
  if (tagged.range != 0)
    said->range = all.range;
  if (tagged.matrix != 0)
    said->matrix = all.matrix;
  if (tagged.transfer != 0)
    said->transfer = all.transfer;
  if (tagged.primaries != 0)
    said->primaries = all.primaries;
  return TRUE;
}

gboolean
perceptual_upstream_colour (
    GstPad *pad, const GstCaps *caps, GstVideoColorimetry *said)
{
  GstPad *sink = gst_object_ref (pad);
  gboolean found = FALSE, go_on = TRUE;

  for (guint i = 0; i < MOST_ELEMENTS && go_on; i++) {
    g_autoptr (GstPad) source = find_source (sink);
    g_autoptr (GstPad) before = source != NULL ? find_sink (source) : NULL;
    g_autoptr (GstCaps) raw =
        source != NULL ? gst_pad_get_current_caps (source) : NULL;
    g_autoptr (GstCaps) from = before != NULL ? caps_at (before) : NULL;

    go_on = FALSE;
    if (first_of (raw) == NULL || first_of (from) == NULL || !are_raw (raw)
        || !same_colour (raw, caps))
      break;
    if (are_raw (from)) {
      gst_object_replace ((GstObject **) &sink, GST_OBJECT (before));
      go_on = TRUE;
    } else {
      found = judge (from, raw, said);
    }
  }
  gst_object_unref (sink);
  return found;
}

gchar *
perceptual_upstream_file (GstPad *pad)
{
  GstQuery *query = gst_query_new_uri ();
  g_autofree gchar *uri = NULL;
  g_autofree gchar *path = NULL;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_uri (query, &uri);
  gst_query_unref (query);
  if (uri != NULL)
    path = g_filename_from_uri (uri, NULL, NULL);
  return path != NULL ? g_filename_display_name (path) : NULL;
}
