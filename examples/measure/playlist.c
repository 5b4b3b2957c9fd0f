/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Knows playlists by what is to read them, before that is made.
 */
#include "measure/playlist.h"

#include <string.h>

/* Of uridecodebin's signal autoplug-select. */
enum
{
  SELECT_TRY,
  SELECT_EXPOSE,
  SELECT_SKIP,
};

gboolean
measure_playlist_is_named (const gchar *uri)
{
  static const gchar *const endings[] = { ".m3u8", ".m3u", ".mpd", ".ism",
    ".isml", "/manifest", ".sdp" };
  gsize length =
      gst_uri_has_protocol (uri, "file") ? strlen (uri) : strcspn (uri, "?#");
  g_autofree gchar *name = g_ascii_strdown (uri, (gssize) length);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    if (g_str_has_suffix (name, endings[i]))
      return TRUE;
  }
  return FALSE;
}

/* Elements of these classes open what they find named. */
static gboolean
reads_others (GstElementFactory *factory)
{
  const gchar *klass =
      gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);

  return klass != NULL
      && (strstr (klass, "Adaptive") != NULL
          || strstr (klass, "Network") != NULL
          || strstr (klass, "Editing") != NULL);
}

static const gchar *
kind_of (const GstCaps *caps)
{
  static const struct
  {
    const gchar *type;
    const gchar *kind;
  } kinds[] = {
    { "application/x-hls", "an HLS playlist" },
    { "application/dash+xml", "a DASH playlist" },
    { "application/vnd.ms-sstr+xml", "a playlist of Smooth Streaming" },
    { "application/sdp", "a session description" },
  };
  const gchar *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_str_equal (name, kinds[i].type))
      return kinds[i].kind;
  }
  return "a playlist";
}

static gint
select_factory (GstElement *bin, GstPad *pad, GstCaps *caps,
    GstElementFactory *factory, gpointer user)
{
  if (!reads_others (factory))
    return SELECT_TRY;
  GST_ELEMENT_ERROR (bin, RESOURCE, NOT_AUTHORIZED,
      ("it is %s under the name of something else, and would have other files "
       "or addresses read",
          kind_of (caps)),
      (NULL));
  return SELECT_SKIP;
}

void
measure_playlist_guard (GstElement *bin, const gchar *uri)
{
  if (!measure_playlist_is_named (uri))
    g_signal_connect (
        bin, "autoplug-select", G_CALLBACK (select_factory), NULL);
}

gboolean
measure_playlist_is_refusal (GstElement *bin, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (bin == NULL || GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR
      || GST_MESSAGE_SRC (message) != GST_OBJECT (bin))
    return FALSE;
  gst_message_parse_error (message, &error, NULL);
  return g_error_matches (
      error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED);
}
