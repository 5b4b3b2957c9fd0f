/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses the elements that write a file by its ending.
 */
#include "measure/picture.h"

/**
 * Kind:
 * @ending: of the file's name
 * @image: whether it holds one picture
 * @description: what converts, encodes and wraps
 *
 * Lossless in .mkv; the others are for players that take nothing else, at a
 * quality that leaves the colours of the scale where they are.
 */
typedef struct
{
  const gchar *ending;
  gboolean image;
  const gchar *description;
} Kind;

static const Kind kinds[] = {
  { ".png", TRUE, "videoconvert ! video/x-raw,format=RGB ! pngenc" },
  { ".mkv", FALSE, "videoconvert ! avenc_ffv1 ! matroskamux" },
  /* H.264 with halved chroma needs even sizes. */
  { ".mp4", FALSE,
      "videoscale ! videoconvert ! "
      "video/x-raw,format=I420,width=[2,16384,2],height=[2,16384,2] ! "
      "x264enc pass=quant quantizer=16 bframes=0 speed-preset=veryfast ! "
      "mp4mux" },
  { ".webm", FALSE,
      "videoconvert ! vp8enc deadline=1 end-usage=cq cq-level=6 "
      "target-bitrate=50000000 ! webmmux" },
};

static const Kind *
find_kind (const gchar *path)
{
  g_autofree gchar *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_str_has_suffix (lower, kinds[i].ending))
      return &kinds[i];
  }
  return NULL;
}

gboolean
measure_picture_fits (const gchar *path, gboolean image)
{
  const Kind *kind = find_kind (path);

  return kind != NULL && kind->image == image;
}

gchar *
measure_picture_endings (gboolean image)
{
  g_autoptr (GPtrArray) endings = g_ptr_array_new ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].image == image)
      g_ptr_array_add (endings, (gpointer) kinds[i].ending);
  }
  for (guint i = 0; i < endings->len; i++)
    g_string_append_printf (text, "%s%s",
        i == 0                      ? ""
            : i + 1 == endings->len ? " or "
                                    : ", ",
        (const gchar *) endings->pdata[i]);
  return g_string_free (text, FALSE);
}

GstElement *
measure_picture_new (const gchar *path, const gchar *place, GError **error)
{
  const Kind *kind = find_kind (path);
  g_autofree gchar *description =
      g_strdup_printf ("%s ! filesink name=file", kind->description);
  g_auto (GStrv) missing = NULL;
  GstParseContext *context = gst_parse_context_new ();
  GstElement *bin =
      gst_parse_bin_from_description_full (description, TRUE, context,
          GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS,
          error);
  g_autoptr (GstElement) file = NULL;

  missing = gst_parse_context_get_missing_elements (context);
  gst_parse_context_free (context);
  if (bin == NULL) {
    if (missing != NULL) {
      g_autofree gchar *names = g_strjoinv (", ", missing);

      g_clear_error (error);
      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
          "%s cannot be written without GStreamer's %s, of the plugin packages "
          "good, ugly and libav",
          path, names);
    }
    return NULL;
  }
  file = gst_bin_get_by_name (GST_BIN (bin), "file");
  g_object_set (file, "location", place, "sync", FALSE, NULL);
  return bin;
}
