/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds for every row of the table of log formats.
 */
#include "log/log.h"

#include <glib/gstdio.h>
#include <string.h>

static GstStructure *
new_distance (guint64 index)
{
  g_autoptr (GstStructure) also =
      gst_structure_new ("also", "psnr", G_TYPE_DOUBLE, 40.0, NULL);

  return gst_structure_new ("perceptual-distance", "index", G_TYPE_UINT64,
      index, "metric", G_TYPE_STRING, "l2", "running-time", G_TYPE_UINT64,
      index * GST_SECOND, "distance", G_TYPE_DOUBLE, .0625 * (gdouble) index,
      "also", GST_TYPE_STRUCTURE, also, NULL);
}

static void
write_one (PerceptualLog *log, const gchar *type, GstStructure *fields)
{
  g_autoptr (GError) error = NULL;

  if (!perceptual_log_write (log, type, fields, &error))
    g_error ("%s", error->message);
  gst_structure_free (fields);
}

/* A header, @n pairs, an alert and a summary. */
static void
write_log (const PerceptualLogFormat *format, const gchar *path, guint n,
    const PerceptualLogLimits *limits)
{
  PerceptualLog *log = perceptual_log_open (path, format, limits, NULL, NULL);

  g_assert_nonnull (log);
  write_one (log, "header",
      gst_structure_new ("header", "stream", G_TYPE_STRING, "dist_sink", "luma",
          G_TYPE_STRING, "rgb", NULL));
  for (guint i = 0; i < n; i++)
    write_one (log, "distance", new_distance (i));
  write_one (log, "alert",
      gst_structure_new ("alert", "kind", G_TYPE_STRING, "frozen", NULL));
  write_one (log, "summary",
      gst_structure_new (
          "summary", "pairs", G_TYPE_UINT64, (guint64) 77, NULL));
  g_assert_true (perceptual_log_close (log, NULL));
}

static gchar *
read_file (const gchar *path)
{
  gchar *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_unlink (path) == 0);
  return text;
}

static void
test_every_format_has_a_name_of_its_own_and_all_its_parts (void)
{
  for (guint i = 0; perceptual_log_formats[i] != NULL; i++) {
    const PerceptualLogFormat *format = perceptual_log_formats[i];

    g_assert_cmpuint (strlen (format->name), >, 0);
    g_assert_cmpuint (strlen (format->blurb), >, 0);
    g_assert_nonnull (format->begin);
    g_assert_nonnull (format->pair);
    g_assert_nonnull (format->summary);
    g_assert_true ((format->clear != NULL) == (format->state_size > 0));
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (format->name, !=, perceptual_log_formats[j]->name);
  }
}

static void
test_every_format_holds_header_pairs_and_summary (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("log-formats-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "log", NULL);

  for (guint i = 0; perceptual_log_formats[i] != NULL; i++) {
    const PerceptualLogFormat *format = perceptual_log_formats[i];
    g_autofree gchar *text = NULL, *again = NULL;

    write_log (format, path, 4, NULL);
    text = read_file (path);
    g_assert_nonnull (strstr (text, "dist_sink"));
    g_assert_nonnull (strstr (text, "0.0625"));
    g_assert_nonnull (strstr (text, "0.1875"));
    g_assert_nonnull (strstr (text, "77"));
    g_assert_true (
        (strstr (text, "frozen") != NULL) == (format->alert != NULL));
    write_log (format, path, 4, NULL);
    again = read_file (path);
    g_assert_cmpstr (again, ==, text);
  }
  g_rmdir (folder);
}

static void
test_every_format_begins_each_file_with_the_header (void)
{
  const PerceptualLogLimits limits = { .max_time = 2 * GST_SECOND };
  g_autofree gchar *folder = g_dir_make_tmp ("log-formats-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "log.txt", NULL);
  g_autofree gchar *moved = g_build_filename (folder, "log-00001.txt", NULL);

  for (guint i = 0; perceptual_log_formats[i] != NULL; i++) {
    g_autofree gchar *first = NULL, *second = NULL;
    gsize n = 0;

    write_log (perceptual_log_formats[i], path, 4, &limits);
    first = read_file (moved);
    second = read_file (path);
    g_assert_nonnull (strstr (first, "0.0625"));
    g_assert_null (strstr (first, "0.125"));
    g_assert_null (strstr (second, "0.0625"));
    g_assert_nonnull (strstr (second, "0.125"));
    while (first[n] != '\0' && first[n] == second[n])
      n++;
    first[n] = '\0';
    g_assert_nonnull (strstr (first, "dist_sink"));
    g_assert_nonnull (strstr (first, "rgb"));
  }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func (
      "/log-formats/every-format-has-a-name-of-its-own-and-all-its-parts",
      test_every_format_has_a_name_of_its_own_and_all_its_parts);
  g_test_add_func ("/log-formats/every-format-holds-header-pairs-and-summary",
      test_every_format_holds_header_pairs_and_summary);
  g_test_add_func ("/log-formats/every-format-begins-each-file-with-the-header",
      test_every_format_begins_each_file_with_the_header);
  return g_test_run ();
}
