/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The log's files: the libvmaf layout after each write, full files, full
 * disks.
 */
#include "log/log.h"
#include "measuring/record.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* --- what is written ----------------------------------------------------- */

static GstStructure *
new_header (const gchar *stream, const gchar *luma)
{
  return gst_structure_new ("header", "schema", G_TYPE_UINT, 1, "stream",
      G_TYPE_STRING, stream, "luma", G_TYPE_STRING, luma, NULL);
}

static GstStructure *
new_distance (guint64 index, gdouble distance, gdouble psnr)
{
  g_autoptr (GstStructure) also =
      gst_structure_new ("also", "psnr", G_TYPE_DOUBLE, psnr, NULL);

  return gst_structure_new ("perceptual-distance", "index", G_TYPE_UINT64,
      index, "metric", G_TYPE_STRING, "mmd-ssim", "running-time", G_TYPE_UINT64,
      index * 40 * GST_MSECOND, "distance", G_TYPE_DOUBLE, distance, "also",
      GST_TYPE_STRUCTURE, also, NULL);
}

/* The same with psnr of each plane. */
static GstStructure *
new_distance_with_planes (guint64 index, gdouble y, gdouble cb, gdouble cr)
{
  const gdouble planes[] = { y, cb, cr };
  g_autoptr (GstStructure) taps = gst_structure_new_empty ("also-taps");
  GstStructure *distance = new_distance (index, 1, y);

  perceptual_structure_set_doubles (taps, "psnr", planes, 3);
  gst_structure_set (distance, "also-taps", GST_TYPE_STRUCTURE, taps, NULL);
  return distance;
}

static void
write_and_free (PerceptualLog *log, const gchar *type, GstStructure *fields)
{
  g_autoptr (GError) error = NULL;

  perceptual_log_write (log, type, fields, &error);
  g_assert_no_error (error);
  gst_structure_free (fields);
}

static void
close_log (PerceptualLog *log)
{
  g_autoptr (GError) error = NULL;

  perceptual_log_close (log, &error);
  g_assert_no_error (error);
}

/* --- files --------------------------------------------------------------- */

typedef struct
{
  gchar *folder;
  gchar *path; /* log.jsonl in it */
} Place;

static Place
new_place (void)
{
  gchar *folder = g_dir_make_tmp ("perceptual-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return (Place){ folder, g_build_filename (folder, "log.jsonl", NULL) };
}

static void
clear_place (Place *place)
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

/* The file called @name, or NULL. */
static gchar *
read_file (const Place *place, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (place->folder, name, NULL);
  gchar *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static guint
count_files (const Place *place)
{
  g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static JsonObject *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  return json_object_ref (json_node_get_object (node));
}

/* Appends the indices of a jsonl file; asserts that a header comes first. */
static void
collect_indices (const gchar *text, GArray *indices)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_true (g_str_has_suffix (text, "\n"));
  for (guint i = 0; lines[i + 1] != NULL; i++) {
    g_autoptr (JsonObject) object = parse (lines[i]);
    const gchar *type = json_object_get_string_member (object, "type");

    if (i == 0)
      g_assert_cmpstr (type, ==, "header");
    if (g_str_equal (type, "distance")) {
      guint64 index = (guint64) json_object_get_int_member (object, "index");

      g_array_append_val (indices, index);
    }
  }
}

/* --- the layout of libvmaf ----------------------------------------------- */

static void
assert_pool (JsonObject *document, const gchar *name, gdouble min, gdouble max,
    gdouble mean, gdouble harmonic_mean)
{
  JsonObject *workers = json_object_get_object_member (
      json_object_get_object_member (document, "pooled_metrics"), name);

  g_assert_nonnull (workers);
  g_assert_cmpfloat (json_object_get_double_member (workers, "min"), ==, min);
  g_assert_cmpfloat (json_object_get_double_member (workers, "max"), ==, max);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (workers, "mean"), mean, 1e-12);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (workers, "harmonic_mean"), harmonic_mean,
      1e-9);
}

static JsonObject *
metrics_of (JsonObject *document, guint frame, gint64 number)
{
  JsonObject *object = json_array_get_object_element (
      json_object_get_array_member (document, "frames"), frame);

  g_assert_cmpint (json_object_get_int_member (object, "frameNum"), ==, number);
  return json_object_get_object_member (object, "metrics");
}

static void
test_libvmaf_layout_holds_frames_and_pools (void)
{
  Place place = new_place ();
  PerceptualLog *log =
      perceptual_log_open (place.path, &perceptual_log_vmaf_json, NULL, NULL);
  g_autofree gchar *text = NULL;
  g_autoptr (JsonObject) document = NULL;

  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  write_and_free (log, "distance", new_distance (0, .25, 30));
  write_and_free (log, "distance", new_distance (1, .5, INFINITY));
  write_and_free (log, "distance", new_distance (3, 1, 40));
  write_and_free (log, "alert", gst_structure_new_empty ("alert"));
  write_and_free (log, "summary",
      gst_structure_new ("summary", "unmatched-reference", G_TYPE_UINT64,
          G_GUINT64_CONSTANT (1), NULL));
  close_log (log);

  text = read_file (&place, "log.jsonl");
  document = parse (text);
  g_assert_true (g_str_has_prefix (
      json_object_get_string_member (document, "version"), "gst-perceptual "));
  g_assert_cmpstr (
      json_object_get_string_member (
          json_object_get_object_member (document, "params"), "luma"),
      ==, "stream");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (document, "frames")),
      ==, 3);
  g_assert_cmpfloat (
      json_object_get_double_member (metrics_of (document, 0, 0), "mmd-ssim"),
      ==, .25);
  g_assert_cmpfloat (
      json_object_get_double_member (metrics_of (document, 0, 0), "psnr_y"), ==,
      30);
  g_assert_true (
      json_object_get_null_member (metrics_of (document, 1, 1), "psnr_y"));
  metrics_of (document, 2, 3);
  assert_pool (document, "mmd-ssim", .25, 1, 1.75 / 3,
      3 / (1 / 1.25 + 1 / 1.5 + 1 / 2.) - 1);
  assert_pool (document, "psnr_y", 30, 40, 35, 2 / (1 / 31. + 1 / 41.) - 1);
  g_assert_cmpuint (json_object_get_size (json_object_get_object_member (
                        document, "aggregate_metrics")),
      ==, 0);
  g_assert_cmpint (json_object_get_int_member (
                       json_object_get_object_member (document, "summary"),
                       "unmatched_reference"),
      ==, 1);
  clear_place (&place);
}

static void
test_libvmaf_layout_names_psnr_of_each_plane_as_libvmaf_does (void)
{
  static const gchar *const lumas[] = { "stream", "rgb" };

  for (guint i = 0; i < 2; i++) {
    Place place = new_place ();
    PerceptualLog *log =
        perceptual_log_open (place.path, &perceptual_log_vmaf_json, NULL, NULL);
    g_autofree gchar *text = NULL;
    g_autoptr (JsonObject) document = NULL;
    JsonObject *metrics;

    write_and_free (log, "header", new_header ("dist_sink", lumas[i]));
    write_and_free (log, "distance", new_distance_with_planes (0, 30, 40, 42));
    close_log (log);
    text = read_file (&place, "log.jsonl");
    document = parse (text);
    metrics = metrics_of (document, 0, 0);
    if (i == 0) {
      g_assert_cmpuint (json_object_get_size (metrics), ==, 4);
      g_assert_cmpfloat (
          json_object_get_double_member (metrics, "psnr_y"), ==, 30);
      g_assert_cmpfloat (
          json_object_get_double_member (metrics, "psnr_cb"), ==, 40);
      assert_pool (document, "psnr_cr", 42, 42, 42, 42);
    } else {
      g_assert_cmpuint (json_object_get_size (metrics), ==, 2);
      g_assert_cmpfloat (
          json_object_get_double_member (metrics, "psnr"), ==, 30);
    }
    clear_place (&place);
  }
}

static void
test_libvmaf_layout_is_complete_after_every_write (void)
{
  /* Long numbers and short ones, so that ends shrink as well. */
  const gdouble values[] = { 1 / 3., .5, 1e-300, 123456789.123456789, 0, 1 };
  Place place = new_place ();
  PerceptualLog *log =
      perceptual_log_open (place.path, &perceptual_log_vmaf_json, NULL, NULL);

  for (guint i = 0; i <= 60; i++) {
    g_autofree gchar *text = read_file (&place, "log.jsonl");
    g_autoptr (JsonObject) document = parse (text);
    guint expected = i > 0 ? i - 1 : 0;

    g_assert_cmpuint (json_array_get_length (
                          json_object_get_array_member (document, "frames")),
        ==, expected);
    g_assert_cmpuint (json_object_get_size (json_object_get_object_member (
                          document, "pooled_metrics")),
        ==, expected > 0 ? 2 : 0);
    if (i == 0)
      write_and_free (log, "header", new_header ("dist_sink", "rgb"));
    else
      write_and_free (log, "distance",
          new_distance (i - 1, values[i % G_N_ELEMENTS (values)], 30 + 1. / i));
  }
  close_log (log);
  clear_place (&place);
}

static void
test_libvmaf_layout_on_a_pipe_ends_when_it_is_closed (void)
{
  PerceptualLog *log;
  g_autofree gchar *location = NULL, *mended = NULL;
  g_autoptr (JsonObject) document = NULL, cut = NULL;
  gchar text[8192];
  gssize length;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  location = g_strdup_printf ("/dev/fd/%d", fds[1]);
  log = perceptual_log_open (location, &perceptual_log_vmaf_json, NULL, NULL);
  if (log == NULL) {
    g_test_skip ("no /dev/fd here");
    return;
  }
  close (fds[1]);
  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  write_and_free (log, "distance", new_distance (0, .25, 30));
  length = read (fds[0], text, sizeof text - 1);
  g_assert_cmpint (length, >, 0);
  text[length] = '\0';
  g_assert_null (strstr (text, "pooled_metrics"));
  /* What a killed run leaves can be mended by hand. */
  mended = g_strconcat (text, "]}", NULL);
  cut = parse (mended);
  metrics_of (cut, 0, 0);
  close_log (log);
  length += read (fds[0], text + length, sizeof text - 1 - (gsize) length);
  text[length] = '\0';
  document = parse (text);
  assert_pool (document, "psnr_y", 30, 30, 30, 30);
  close (fds[0]);
}

static void
test_libvmaf_layout_begins_a_file_for_a_second_run (void)
{
  Place place = new_place ();
  PerceptualLog *log =
      perceptual_log_open (place.path, &perceptual_log_vmaf_json, NULL, NULL);

  for (guint run = 0; run < 2; run++) {
    write_and_free (log, "header", new_header ("dist_sink", "stream"));
    for (guint i = 0; i < 2 + run; i++)
      write_and_free (log, "distance", new_distance (i, .25, 30));
    write_and_free (log, "summary", gst_structure_new_empty ("summary"));
  }
  close_log (log);
  g_assert_cmpuint (count_files (&place), ==, 2);
  for (guint run = 0; run < 2; run++) {
    g_autofree gchar *text =
        read_file (&place, run == 0 ? "log-00001.jsonl" : "log.jsonl");
    g_autoptr (JsonObject) document = parse (text);

    g_assert_cmpuint (json_array_get_length (
                          json_object_get_array_member (document, "frames")),
        ==, 2 + run);
    g_assert_true (json_object_has_member (document, "summary"));
  }
  clear_place (&place);
}

/* --- full files ---------------------------------------------------------- */

/* Writes @n pairs; asserts that each is in one of the files, in order.
 * Returns: the number of files */
static guint
write_and_collect (const PerceptualLogLimits *limits, guint n)
{
  Place place = new_place ();
  PerceptualLog *log =
      perceptual_log_open (place.path, &perceptual_log_jsonl, limits, NULL);
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint files;

  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  for (guint i = 0; i < n; i++)
    write_and_free (log, "distance", new_distance (i, 1. / (i + 1), 30));
  close_log (log);

  files = count_files (&place);
  for (guint i = 1; i <= files; i++) {
    g_autofree gchar *name = i < files ? g_strdup_printf ("log-%05u.jsonl", i)
                                       : g_strdup ("log.jsonl");
    g_autofree gchar *text = read_file (&place, name);
    guint before = indices->len;

    g_assert_nonnull (text);
    collect_indices (text, indices);
    g_assert_cmpuint (indices->len, >, before);
    if (limits->max_bytes > 0 && indices->len - before > 1)
      g_assert_cmpuint (strlen (text), <=, limits->max_bytes);
  }
  g_assert_cmpuint (indices->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (g_array_index (indices, guint64, i), ==, i);
  clear_place (&place);
  return files;
}

static void
test_files_of_limited_time_hold_every_pair_once (void)
{
  const PerceptualLogLimits limits = { .max_time = 400 * GST_MSECOND };

  g_assert_cmpuint (write_and_collect (&limits, 35), ==, 4);
  g_assert_cmpuint (write_and_collect (&limits, 40), ==, 4);
  g_assert_cmpuint (write_and_collect (&limits, 41), ==, 5);
}

static void
test_files_of_limited_size_hold_every_pair_once (void)
{
  PerceptualLogLimits limits = { .max_bytes = 1000 };

  /* A line has more than a hundred bytes and less than two hundred. */
  g_assert_cmpuint (write_and_collect (&limits, 60), >, 6);
  g_assert_cmpuint (write_and_collect (&limits, 60), <, 15);
  /* A file holds one pair at least. */
  limits.max_bytes = 1;
  g_assert_cmpuint (write_and_collect (&limits, 5), ==, 5);
}

static void
test_every_file_of_the_libvmaf_layout_is_complete (void)
{
  const PerceptualLogLimits limits = { .max_bytes = 1500 };
  Place place = new_place ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_vmaf_json, &limits, NULL);
  guint files, frames = 0;

  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  for (guint i = 0; i < 100; i++)
    write_and_free (log, "distance", new_distance (i, i, 30));
  close_log (log);
  files = count_files (&place);
  g_assert_cmpuint (files, >, 3);
  for (guint i = 1; i <= files; i++) {
    g_autofree gchar *name = i < files ? g_strdup_printf ("log-%05u.jsonl", i)
                                       : g_strdup ("log.jsonl");
    g_autofree gchar *text = read_file (&place, name);
    g_autoptr (JsonObject) document = parse (text);
    guint n = json_array_get_length (
        json_object_get_array_member (document, "frames"));

    g_assert_cmpuint (strlen (text), <=, limits.max_bytes);
    g_assert_cmpstr (
        json_object_get_string_member (
            json_object_get_object_member (document, "params"), "stream"),
        ==, "dist_sink");
    g_assert_cmpuint (n, >, 0);
    for (guint k = 0; k < n; k++)
      metrics_of (document, k, frames + k);
    /* What is pooled is what the file holds. */
    g_assert_cmpfloat (
        json_object_get_double_member (
            json_object_get_object_member (
                json_object_get_object_member (document, "pooled_metrics"),
                "mmd-ssim"),
            "min"),
        ==, frames);
    frames += n;
  }
  g_assert_cmpuint (frames, ==, 100);
  clear_place (&place);
}

static void
test_every_csv_file_names_its_columns (void)
{
  const PerceptualLogLimits limits = { .max_time = 80 * GST_MSECOND };
  Place place = new_place ();
  PerceptualLog *log =
      perceptual_log_open (place.path, &perceptual_log_csv, &limits, NULL);
  g_autofree gchar *first = NULL, *second = NULL;

  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  for (guint i = 0; i < 3; i++)
    write_and_free (log, "distance", new_distance (i, 1, 30));
  close_log (log);
  first = read_file (&place, "log-00001.jsonl");
  second = read_file (&place, "log.jsonl");
  g_assert_cmpstr (first, ==,
      "# type: header\n# schema: 1\n# stream: dist_sink\n# luma: stream\n"
      "index,metric,running_time,distance,psnr\n"
      "0,mmd-ssim,0,1,30\n1,mmd-ssim,40000000,1,30\n");
  g_assert_cmpstr (second, ==,
      "# type: header\n# schema: 1\n# stream: dist_sink\n# luma: stream\n"
      "index,metric,running_time,distance,psnr\n2,mmd-ssim,80000000,1,30\n");
  clear_place (&place);
}

static void
test_the_headers_of_all_streams_stand_in_every_file (void)
{
  const PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND };
  Place place = new_place ();
  PerceptualLog *log =
      perceptual_log_open (place.path, &perceptual_log_jsonl, &limits, NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  write_and_free (log, "header", new_header ("dist_1", "rgb"));
  write_and_free (log, "distance", new_distance (0, 1, 30));
  write_and_free (log, "distance", new_distance (1, 1, 30));
  close_log (log);
  text = read_file (&place, "log.jsonl");
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_nonnull (strstr (lines[0], "\"stream\":\"dist_sink\""));
  g_assert_nonnull (strstr (lines[1], "\"stream\":\"dist_1\""));
  g_assert_nonnull (strstr (lines[2], "\"index\":1"));
  clear_place (&place);
}

static void
write_run (const Place *place, const PerceptualLogLimits *limits, guint n)
{
  PerceptualLog *log =
      perceptual_log_open (place->path, &perceptual_log_jsonl, limits, NULL);

  g_assert_nonnull (log);
  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  for (guint i = 0; i < n; i++)
    write_and_free (log, "distance", new_distance (i, 1, 30));
  close_log (log);
}

static void
test_files_of_an_earlier_run_are_kept_up_to_the_number_asked_for (void)
{
  PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND };
  Place place = new_place ();
  g_autofree gchar *other =
      g_build_filename (place.folder, "log-00000x.jsonl", NULL);
  g_autofree gchar *current = NULL;

  g_assert_true (g_file_set_contents (other, "", 0, NULL));
  write_run (&place, &limits, 3);
  g_assert_cmpuint (count_files (&place), ==, 1 + 3);
  /* The file that the first run left at the location becomes number 3. */
  write_run (&place, &limits, 2);
  g_assert_cmpuint (count_files (&place), ==, 1 + 5);
  limits.max_files = 2;
  write_run (&place, &limits, 5);
  g_assert_cmpuint (count_files (&place), ==, 1 + 3);
  for (guint i = 8; i <= 9; i++) {
    g_autofree gchar *name = g_strdup_printf ("log-%05u.jsonl", i);
    g_autofree gchar *text = read_file (&place, name);
    g_autofree gchar *index = g_strdup_printf ("\"index\":%u", i - 6);

    g_assert_nonnull (text);
    g_assert_nonnull (strstr (text, index));
  }
  current = read_file (&place, "log.jsonl");
  g_assert_nonnull (strstr (current, "\"index\":4"));
  clear_place (&place);
}

/* A folder of videos: film-00001.mkv is nothing that a log named film.mkv
 * left there. */
static void
test_files_that_are_no_logs_are_not_removed (void)
{
  static const gchar *const texts[] = { "RIFF, not JSON", "",
    "{\"type\":\"other\",\"long enough\":1}" };
  PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND, .max_files = 1 };
  Place place = new_place ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *name = g_strdup_printf ("log-%05u.jsonl", 1 + i);
    g_autofree gchar *path = g_build_filename (place.folder, name, NULL);

    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
  }
  write_run (&place, &limits, 5);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *name = g_strdup_printf ("log-%05u.jsonl", 1 + i);
    g_autofree gchar *text = read_file (&place, name);

    g_assert_cmpstr (text, ==, texts[i]);
  }
  g_assert_cmpuint (
      count_files (&place), ==, G_N_ELEMENTS (texts) + limits.max_files + 1);
  clear_place (&place);
}

/* A pipe is not even opened: nobody writes to it. */
static void
test_files_that_are_no_logs_are_not_counted (void)
{
  PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND, .max_files = 2 };
  Place place = new_place ();
  g_autofree gchar *pipe =
      g_build_filename (place.folder, "log-00003.jsonl", NULL);

  write_run (&place, &limits, 3);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  write_run (&place, &limits, 1);
  /* The newest two of the files that were moved aside: the second and the
   * last. */
  for (guint i = 1; i <= 4; i++) {
    g_autofree gchar *name = g_strdup_printf ("log-%05u.jsonl", i);
    g_autofree gchar *path = g_build_filename (place.folder, name, NULL);

    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS) == (i != 1));
  }
  clear_place (&place);
}

static void
test_without_limits_an_earlier_log_is_emptied (void)
{
  Place place = new_place ();

  write_run (&place, NULL, 3);
  write_run (&place, NULL, 2);
  g_assert_cmpuint (count_files (&place), ==, 1);
  clear_place (&place);
}

static void
test_what_cannot_be_moved_is_not_split (void)
{
  const PerceptualLogLimits limits = { .max_bytes = 1000 };
  static const gchar *const places[] = { "-", "/dev/null", "/" };
  Place place = new_place ();
  g_autofree gchar *link = g_build_filename (place.folder, "link", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (perceptual_log_open (
        places[i], &perceptual_log_jsonl, &limits, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_nonnull (strstr (error->message, "cannot be split into files"));
  }
  write_run (&place, NULL, 1);
  g_assert_cmpint (symlink (place.path, link), ==, 0);
  g_assert_null (
      perceptual_log_open (link, &perceptual_log_jsonl, &limits, NULL));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  clear_place (&place);
}

/* --- full disks ---------------------------------------------------------- */

/* Writes until the file cannot grow any more; asserts that it is then as it
 * was after the last write that succeeded. */
static void
fill_up (const PerceptualLogFormat *format)
{
  Place place = new_place ();
  PerceptualLog *log = perceptual_log_open (place.path, format, NULL, NULL);
  struct rlimit old, small;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *before = NULL, *after = NULL;
  guint i;

  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 1000;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  for (i = 0; i < 100 && error == NULL; i++) {
    g_autoptr (GstStructure) fields = new_distance (i, 1. / (i + 3), 30);

    g_free (before);
    before = read_file (&place, "log.jsonl");
    perceptual_log_write (log, "distance", fields, &error);
  }
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, (gint) G_FILE_ERROR);
  g_assert_nonnull (strstr (error->message, place.path));
  g_assert_cmpuint (i, >, 2);
  perceptual_log_free (log);
  after = read_file (&place, "log.jsonl");
  /* Padding behind the end may be gone. */
  g_strchomp (before);
  g_strchomp (after);
  g_assert_cmpstr (after, ==, before);
  clear_place (&place);
}

static void
test_a_write_that_fails_leaves_what_was_written_before (void)
{
  for (guint i = 0; perceptual_log_formats[i] != NULL; i++)
    fill_up (perceptual_log_formats[i]);
}

static void
test_a_full_device_is_an_error_in_every_format (void)
{
  for (guint i = 0; perceptual_log_formats[i] != NULL; i++) {
    g_autoptr (GstStructure) header = new_header ("dist_sink", "rgb");
    g_autoptr (GError) error = NULL;
    PerceptualLog *log = perceptual_log_open (
        "/dev/full", perceptual_log_formats[i], NULL, NULL);

    if (log == NULL) {
      g_test_skip ("no /dev/full here");
      return;
    }
    g_assert_false (perceptual_log_write (log, "header", header, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    perceptual_log_free (log);
  }
}

static void
test_an_end_that_does_not_fit_is_an_error (void)
{
  g_autoptr (GError) error = NULL;
  PerceptualLog *log =
      perceptual_log_open ("/dev/full", &perceptual_log_vmaf_json, NULL, NULL);

  if (log == NULL) {
    g_test_skip ("no /dev/full here");
    return;
  }
  g_assert_false (perceptual_log_close (log, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
}

static void
test_a_file_that_cannot_be_moved_aside_is_an_error_and_stays (void)
{
  const PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND };
  Place place = new_place ();
  PerceptualLog *log =
      perceptual_log_open (place.path, &perceptual_log_jsonl, &limits, NULL);
  g_autoptr (GstStructure) second = new_distance (1, 1, 30);
  g_autoptr (GError) error = NULL;

  write_and_free (log, "header", new_header ("dist_sink", "stream"));
  write_and_free (log, "distance", new_distance (0, 1, 30));
  g_assert_cmpint (g_unlink (place.path), ==, 0);
  g_assert_false (perceptual_log_write (log, "distance", second, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "move aside"));
  perceptual_log_free (log);
  clear_place (&place);
}

#define TEST(name, function) g_test_add_func ("/log/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  TEST ("libvmaf-layout-holds-frames-and-pools",
      test_libvmaf_layout_holds_frames_and_pools);
  TEST ("libvmaf-layout-names-psnr-of-each-plane-as-libvmaf-does",
      test_libvmaf_layout_names_psnr_of_each_plane_as_libvmaf_does);
  TEST ("libvmaf-layout-is-complete-after-every-write",
      test_libvmaf_layout_is_complete_after_every_write);
  TEST ("libvmaf-layout-on-a-pipe-ends-when-it-is-closed",
      test_libvmaf_layout_on_a_pipe_ends_when_it_is_closed);
  TEST ("libvmaf-layout-begins-a-file-for-a-second-run",
      test_libvmaf_layout_begins_a_file_for_a_second_run);
  TEST ("files-of-limited-time-hold-every-pair-once",
      test_files_of_limited_time_hold_every_pair_once);
  TEST ("files-of-limited-size-hold-every-pair-once",
      test_files_of_limited_size_hold_every_pair_once);
  TEST ("every-file-of-the-libvmaf-layout-is-complete",
      test_every_file_of_the_libvmaf_layout_is_complete);
  TEST ("every-csv-file-names-its-columns",
      test_every_csv_file_names_its_columns);
  TEST ("the-headers-of-all-streams-stand-in-every-file",
      test_the_headers_of_all_streams_stand_in_every_file);
  TEST ("files-of-an-earlier-run-are-kept-up-to-the-number-asked-for",
      test_files_of_an_earlier_run_are_kept_up_to_the_number_asked_for);
  TEST ("without-limits-an-earlier-log-is-emptied",
      test_without_limits_an_earlier_log_is_emptied);
  TEST ("files-that-are-no-logs-are-not-removed",
      test_files_that_are_no_logs_are_not_removed);
  TEST ("files-that-are-no-logs-are-not-counted",
      test_files_that_are_no_logs_are_not_counted);
  TEST ("what-cannot-be-moved-is-not-split",
      test_what_cannot_be_moved_is_not_split);
  TEST ("a-write-that-fails-leaves-what-was-written-before",
      test_a_write_that_fails_leaves_what_was_written_before);
  TEST ("a-full-device-is-an-error-in-every-format",
      test_a_full_device_is_an_error_in_every_format);
  TEST ("an-end-that-does-not-fit-is-an-error",
      test_an_end_that_does_not_fit_is_an_error);
  TEST ("a-file-that-cannot-be-moved-aside-is-an-error-and-stays",
      test_a_file_that_cannot_be_moved_aside_is_an_error_and_stays);
  return g_test_run ();
}
