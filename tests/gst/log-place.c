/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes logs of made-up pairs and reads them back.
 */
#include "log-place.h"

#include <glib/gstdio.h>

/* --- what is written ----------------------------------------------------- */

GstStructure *
log_new_header (const gchar *stream, const gchar *luma)
{
  return gst_structure_new ("header", "schema", G_TYPE_UINT, 1, "stream",
      G_TYPE_STRING, stream, "luma", G_TYPE_STRING, luma, NULL);
}

GstStructure *
log_new_distance (guint64 index, gdouble distance, gdouble psnr)
{
  g_autoptr (GstStructure) also =
      gst_structure_new ("also", "psnr", G_TYPE_DOUBLE, psnr, NULL);

  return gst_structure_new ("perceptual-distance", "index", G_TYPE_UINT64,
      index, "metric", G_TYPE_STRING, "mmd-ssim", "running-time", G_TYPE_UINT64,
      index * 40 * GST_MSECOND, "distance", G_TYPE_DOUBLE, distance, "also",
      GST_TYPE_STRUCTURE, also, NULL);
}

void
log_write (PerceptualLog *log, const gchar *type, GstStructure *fields)
{
  g_autoptr (GError) error = NULL;

  perceptual_log_write (log, type, fields, &error);
  g_assert_no_error (error);
  gst_structure_free (fields);
}

void
log_close (PerceptualLog *log)
{
  g_autoptr (GError) error = NULL;

  perceptual_log_close (log, &error);
  g_assert_no_error (error);
}

/* --- files --------------------------------------------------------------- */

LogPlace
log_place_new (void)
{
  gchar *folder = g_dir_make_tmp ("perceptual-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return (LogPlace){ folder, g_build_filename (folder, "log.jsonl", NULL) };
}

void
log_place_clear (LogPlace *place)
{
  g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (place->folder, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
}

gchar *
log_place_read (const LogPlace *place, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (place->folder, name, NULL);
  gchar *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

guint
log_place_count (const LogPlace *place)
{
  g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

JsonObject *
log_parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  return json_object_ref (json_node_get_object (node));
}
