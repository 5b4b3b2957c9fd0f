/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds for every row of the table of log formats.
 */
#include "log/log.h"
#include "measuring/record.h"

#include <glib/gstdio.h>
#include <math.h>
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

/* --- CSV ------------------------------------------------------------------ */

/* A header whose metric has these parts. */
static GstStructure *
new_header (const gchar *stream, const gchar *first, const gchar *second)
{
  GstStructure *header =
      gst_structure_new ("header", "stream", G_TYPE_STRING, stream, NULL);
  GValue names = G_VALUE_INIT;
  const gchar *const all[] = { first, second };

  g_value_init (&names, GST_TYPE_ARRAY);
  for (guint i = 0; i < 2 && all[i] != NULL; i++) {
    GValue name = G_VALUE_INIT;

    g_value_init (&name, G_TYPE_STRING);
    g_value_set_string (&name, all[i]);
    gst_value_array_append_and_take_value (&names, &name);
  }
  gst_structure_take_value (header, "tap-names", &names);
  return header;
}

static GstStructure *
new_pair (const gchar *stream, gdouble first, gdouble second)
{
  const gdouble taps[] = { first, second };
  GstStructure *pair = gst_structure_new ("distance", "stream", G_TYPE_STRING,
      stream, "metric", G_TYPE_STRING, "l2", NULL);

  perceptual_structure_set_doubles (pair, "taps", taps, 2);
  return pair;
}

/* Each stream has its own parts, and those of its latest header; what has no
 * name has no column. */
static void
test_columns_of_csv_are_those_of_the_stream (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("log-formats-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "log.csv", NULL);
  PerceptualLog *log =
      perceptual_log_open (path, &perceptual_log_csv, NULL, NULL, NULL);
  g_autofree gchar *text = NULL;

  write_one (log, "header", new_header ("a", "Y", "U"));
  write_one (log, "header", new_header ("b", "R", NULL));
  write_one (log, "distance", new_pair ("a", 1, 2));
  write_one (log, "distance", new_pair ("a", 3, 4));
  write_one (log, "distance", new_pair ("b", 5, 6));
  write_one (log, "distance", new_pair ("a", 7, 8));
  write_one (log, "header", new_header ("a", "V", "W"));
  write_one (log, "distance", new_pair ("a", 9, .1));
  g_assert_true (perceptual_log_close (log, NULL));
  text = read_file (path);
  g_assert_cmpstr (text, ==,
      "# type: header\n# stream: a\n# tap_names: Y U\n"
      "# type: header\n# stream: b\n# tap_names: R\n"
      "stream,metric,taps,l2.Y,l2.U\na,l2,1 2,1,2\na,l2,3 4,3,4\n"
      "stream,metric,taps,l2.R\nb,l2,5 6,5\n"
      "stream,metric,taps,l2.Y,l2.U\na,l2,7 8,7,8\n"
      "# type: header\n# stream: a\n# tap_names: V W\n"
      "stream,metric,taps,l2.V,l2.W\n"
      "a,l2,9 0.10000000000000001,9,0.10000000000000001\n");
  g_rmdir (folder);
}

/* Each of the characters that would break a row or a cell, by itself; those
 * that end lines are told by their numbers. */
static void
test_cells_of_csv_are_quoted_where_they_must_be (void)
{
  static const gchar *const table[][3] = {
    { "a,b", "\"a,b\"", "a,b" },
    { "a\"b", "\"a\"\"b\"", "a\"b" },
    { "a\nb", "a\\u000ab", "a\\u000ab" },
    { "a\rb", "a\\u000db", "a\\u000db" },
    { "a b;'", "a b;'", "a b;'" },
    { "", "", "" },
  };
  g_autofree gchar *folder = g_dir_make_tmp ("log-formats-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "log.csv", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    PerceptualLog *log =
        perceptual_log_open (path, &perceptual_log_csv, NULL, NULL, NULL);
    g_autofree gchar *text = NULL, *expected = NULL;

    write_one (log, "alert",
        gst_structure_new ("x", "note", G_TYPE_STRING, table[i][0], NULL));
    write_one (log, "distance",
        gst_structure_new ("x", "n", G_TYPE_INT64, G_GINT64_CONSTANT (-3),
            "note", G_TYPE_STRING, table[i][0], "on", G_TYPE_BOOLEAN, TRUE, "u",
            G_TYPE_UINT, 7u, NULL));
    g_assert_true (perceptual_log_close (log, NULL));
    text = read_file (path);
    expected = g_strdup_printf ("# type: alert\n# note: %s\nn,note,on,u\n"
                                "-3,%s,true,7\n",
        table[i][2], table[i][1]);
    g_assert_cmpstr (text, ==, expected);
  }
  g_rmdir (folder);
}

/* --- JSON ----------------------------------------------------------------- */

static void
test_numbers_of_json_read_back_as_they_were (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("log-formats-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "log.jsonl", NULL);
  PerceptualLog *log =
      perceptual_log_open (path, &perceptual_log_jsonl, NULL, NULL, NULL);
  g_autofree gchar *text = NULL;

  write_one (log, "alert",
      gst_structure_new ("x", "d", G_TYPE_DOUBLE, 1. / 3, "big", G_TYPE_UINT64,
          G_GUINT64_CONSTANT (9007199254740993), "i", G_TYPE_INT64,
          G_MININT64 + 1, "u", G_TYPE_UINT, G_MAXUINT, "inf", G_TYPE_DOUBLE,
          (gdouble) INFINITY, "nan", G_TYPE_DOUBLE, (gdouble) NAN, "time",
          G_TYPE_UINT64, GST_CLOCK_TIME_NONE, "off", G_TYPE_BOOLEAN, FALSE,
          NULL));
  g_assert_true (perceptual_log_close (log, NULL));
  text = read_file (path);
  g_assert_cmpstr (text, ==,
      "{\"type\":\"alert\",\"d\":0.33333333333333331,"
      "\"big\":9007199254740993,\"i\":-9223372036854775807,"
      "\"u\":4294967295,\"inf\":null,\"nan\":null,\"time\":null,"
      "\"off\":false}\n");
  g_rmdir (folder);
}

/* --- all ------------------------------------------------------------------ */

static void
test_no_format_lets_through_what_terminals_obey (void)
{
  static const gchar *const nasty[] = { "\033", "\177", "\302\233",
    "\342\200\256", "fake\n", NULL };
  g_autofree gchar *folder = g_dir_make_tmp ("log-formats-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "log", NULL);
  g_autofree gchar *name = g_strjoinv ("|", (gchar **) nasty);

  for (guint i = 0; perceptual_log_formats[i] != NULL; i++) {
    PerceptualLog *log =
        perceptual_log_open (path, perceptual_log_formats[i], NULL, NULL, NULL);
    g_autofree gchar *text = NULL;

    g_assert_nonnull (log);
    write_one (log, "header",
        gst_structure_new (
            "header", "weights-name", G_TYPE_STRING, name, NULL));
    write_one (log, "distance", new_distance (0));
    write_one (log, "summary",
        gst_structure_new (
            "summary", "weights-name", G_TYPE_STRING, name, NULL));
    g_assert_true (perceptual_log_close (log, NULL));
    text = read_file (path);
    g_assert_nonnull (strstr (text, "\\u202e"));
    for (guint j = 0; nasty[j] != NULL; j++)
      g_assert_null (strstr (text, nasty[j]));
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
  g_test_add_func ("/log-formats/columns-of-csv-are-those-of-the-stream",
      test_columns_of_csv_are_those_of_the_stream);
  g_test_add_func ("/log-formats/cells-of-csv-are-quoted-where-they-must-be",
      test_cells_of_csv_are_quoted_where_they_must_be);
  g_test_add_func ("/log-formats/numbers-of-json-read-back-as-they-were",
      test_numbers_of_json_read_back_as_they_were);
  g_test_add_func ("/log-formats/no-format-lets-through-what-terminals-obey",
      test_no_format_lets_through_what_terminals_obey);
  return g_test_run ();
}
