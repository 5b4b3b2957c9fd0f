/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The log's files: full files, earlier files, full disks, other programs.
 */
#include "log-place.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Appends the indices of a jsonl file; asserts that a header comes first. */
static void
collect_indices (const gchar *text, GArray *indices)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_true (g_str_has_suffix (text, "\n"));
  for (guint i = 0; lines[i + 1] != NULL; i++) {
    g_autoptr (JsonObject) object = log_parse (lines[i]);
    const gchar *type = json_object_get_string_member (object, "type");

    if (i == 0)
      g_assert_cmpstr (type, ==, "header");
    if (g_str_equal (type, "distance")) {
      guint64 index = (guint64) json_object_get_int_member (object, "index");

      g_array_append_val (indices, index);
    }
  }
}

/* --- full files ---------------------------------------------------------- */

/* Writes @n pairs; asserts that each is in one of the files, in order.
 * Returns: the number of files */
static guint
write_and_collect (const PerceptualLogLimits *limits, guint n)
{
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_jsonl, limits, NULL, NULL);
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint files;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  for (guint i = 0; i < n; i++)
    log_write (log, "distance", log_new_distance (i, 1. / (i + 1), 30));
  log_close (log);

  files = log_place_count (&place);
  for (guint i = 1; i <= files; i++) {
    g_autofree gchar *name = i < files ? g_strdup_printf ("log-%05u.jsonl", i)
                                       : g_strdup ("log.jsonl");
    g_autofree gchar *text = log_place_read (&place, name);
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
  log_place_clear (&place);
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
test_every_csv_file_names_its_columns (void)
{
  const PerceptualLogLimits limits = { .max_time = 80 * GST_MSECOND };
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_csv, &limits, NULL, NULL);
  g_autofree gchar *first = NULL, *second = NULL;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  for (guint i = 0; i < 3; i++)
    log_write (log, "distance", log_new_distance (i, 1, 30));
  log_close (log);
  first = log_place_read (&place, "log-00001.jsonl");
  second = log_place_read (&place, "log.jsonl");
  g_assert_cmpstr (first, ==,
      "# type: header\n# schema: 1\n# stream: dist_sink\n# luma: stream\n"
      "index,metric,running_time,distance,psnr\n"
      "0,mmd-ssim,0,1,30\n1,mmd-ssim,40000000,1,30\n");
  g_assert_cmpstr (second, ==,
      "# type: header\n# schema: 1\n# stream: dist_sink\n# luma: stream\n"
      "index,metric,running_time,distance,psnr\n2,mmd-ssim,80000000,1,30\n");
  log_place_clear (&place);
}

static void
test_every_file_has_the_headers_of_all_streams (void)
{
  const PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND };
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_jsonl, &limits, NULL, NULL);
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  log_write (log, "header", log_new_header ("dist_1", "rgb"));
  log_write (log, "distance", log_new_distance (0, 1, 30));
  log_write (log, "distance", log_new_distance (1, 1, 30));
  log_close (log);
  text = log_place_read (&place, "log.jsonl");
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_nonnull (strstr (lines[0], "\"stream\":\"dist_sink\""));
  g_assert_nonnull (strstr (lines[1], "\"stream\":\"dist_1\""));
  g_assert_nonnull (strstr (lines[2], "\"index\":1"));
  log_place_clear (&place);
}

static void
write_run (const LogPlace *place, const PerceptualLogLimits *limits, guint n)
{
  PerceptualLog *log = perceptual_log_open (
      place->path, &perceptual_log_jsonl, limits, NULL, NULL);

  g_assert_nonnull (log);
  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  for (guint i = 0; i < n; i++)
    log_write (log, "distance", log_new_distance (i, 1, 30));
  log_close (log);
}

static void
assert_exists (const LogPlace *place, const gchar *name, gboolean exists)
{
  g_autofree gchar *path = g_build_filename (place->folder, name, NULL);

  g_test_message ("%s", name);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS) == exists);
}

static void
test_files_of_an_earlier_run_are_kept_up_to_the_number_asked_for (void)
{
  PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND };
  LogPlace place = log_place_new ();
  g_autofree gchar *other =
      g_build_filename (place.folder, "log-00000x.jsonl", NULL);
  g_autofree gchar *current = NULL;

  g_assert_true (g_file_set_contents (other, "", 0, NULL));
  write_run (&place, &limits, 3);
  g_assert_cmpuint (log_place_count (&place), ==, 1 + 3);
  /* The file that the first run left at the location becomes number 3. */
  write_run (&place, &limits, 2);
  g_assert_cmpuint (log_place_count (&place), ==, 1 + 5);
  limits.max_files = 2;
  write_run (&place, &limits, 5);
  g_assert_cmpuint (log_place_count (&place), ==, 1 + 3);
  for (guint i = 8; i <= 9; i++) {
    g_autofree gchar *name = g_strdup_printf ("log-%05u.jsonl", i);
    g_autofree gchar *text = log_place_read (&place, name);
    g_autofree gchar *index = g_strdup_printf ("\"index\":%u", i - 6);

    g_assert_nonnull (text);
    g_assert_nonnull (strstr (text, index));
  }
  current = log_place_read (&place, "log.jsonl");
  g_assert_nonnull (strstr (current, "\"index\":4"));
  log_place_clear (&place);
}

/* Numbers have five digits or more; what has fewer, or something behind them,
 * is not ours, though it begins like a log. */
static void
test_numbers_of_other_widths_are_told_apart (void)
{
  static const gchar *const others[] = { "log-0007.jsonl", "log-9.jsonl",
    "log-000x8.jsonl", "log-00009.jsonl.old", "log-000011", "log_00012.jsonl",
    "log--00013.jsonl", "lo-00014.jsonl" };
  PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND };
  LogPlace place = log_place_new ();
  g_autofree gchar *text = NULL;

  write_run (&place, NULL, 1);
  text = log_place_read (&place, "log.jsonl");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree gchar *path = g_build_filename (place.folder, others[i], NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  }
  write_run (&place, &limits, 1);
  assert_exists (&place, "log-00001.jsonl", TRUE);

  /* A wide one is, and the next has its width. */
  {
    g_autofree gchar *path =
        g_build_filename (place.folder, "log-100001.jsonl", NULL);

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  }
  write_run (&place, &limits, 1);
  assert_exists (&place, "log-100002.jsonl", TRUE);
  assert_exists (&place, "log-00002.jsonl", FALSE);

  limits.max_files = 1;
  write_run (&place, &limits, 1);
  assert_exists (&place, "log-100003.jsonl", TRUE);
  assert_exists (&place, "log-100002.jsonl", FALSE);
  assert_exists (&place, "log-100001.jsonl", FALSE);
  assert_exists (&place, "log-00001.jsonl", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    assert_exists (&place, others[i], TRUE);
  log_place_clear (&place);
}

/* A folder of videos: film-00001.mkv is nothing that a log named film.mkv
 * left there. */
static void
test_files_that_are_no_logs_are_not_removed (void)
{
  static const gchar *const texts[] = { "RIFF, not JSON", "",
    "{\"type\":\"other\",\"long enough\":1}" };
  PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND, .max_files = 1 };
  LogPlace place = log_place_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *name = g_strdup_printf ("log-%05u.jsonl", 1 + i);
    g_autofree gchar *path = g_build_filename (place.folder, name, NULL);

    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
  }
  write_run (&place, &limits, 5);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *name = g_strdup_printf ("log-%05u.jsonl", 1 + i);
    g_autofree gchar *text = log_place_read (&place, name);

    g_assert_cmpstr (text, ==, texts[i]);
  }
  g_assert_cmpuint (log_place_count (&place), ==,
      G_N_ELEMENTS (texts) + limits.max_files + 1);
  log_place_clear (&place);
}

/* A pipe is not even opened: nobody writes to it. */
static void
test_files_that_are_no_logs_are_not_counted (void)
{
  PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND, .max_files = 2 };
  LogPlace place = log_place_new ();
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
  log_place_clear (&place);
}

static void
test_without_limits_an_earlier_log_is_emptied (void)
{
  LogPlace place = log_place_new ();

  write_run (&place, NULL, 3);
  write_run (&place, NULL, 2);
  g_assert_cmpuint (log_place_count (&place), ==, 1);
  log_place_clear (&place);
}

static void
test_what_cannot_be_moved_is_not_split (void)
{
  const PerceptualLogLimits limits = { .max_bytes = 1000 };
  static const gchar *const places[] = { "-", "/dev/null", "/" };
  LogPlace place = log_place_new ();
  g_autofree gchar *link = g_build_filename (place.folder, "link", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (perceptual_log_open (
        places[i], &perceptual_log_jsonl, &limits, NULL, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_nonnull (strstr (error->message, "cannot be split into files"));
  }
  write_run (&place, NULL, 1);
  g_assert_cmpint (symlink (place.path, link), ==, 0);
  g_assert_null (
      perceptual_log_open (link, &perceptual_log_jsonl, &limits, NULL, NULL));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  log_place_clear (&place);
}

/* A file may be as large and as long as it is said, and no more. */
static void
test_limits_are_exact (void)
{
  PerceptualLogLimits limits = { .max_time = 80 * GST_MSECOND };
  LogPlace place = log_place_new ();
  g_autofree gchar *text = NULL;
  gsize length;

  write_run (&place, NULL, 2);
  text = log_place_read (&place, "log.jsonl");
  length = strlen (text);
  log_place_clear (&place);
  for (guint more = 0; more < 2; more++) {
    PerceptualLogLimits bytes = { .max_bytes = length - more };

    g_assert_cmpuint (write_and_collect (&bytes, 2), ==, 1 + more);
  }
  /* At 0 and 40 ms, then at 80. */
  g_assert_cmpuint (write_and_collect (&limits, 2), ==, 1);
  g_assert_cmpuint (write_and_collect (&limits, 3), ==, 2);
}

/* Times that begin anew, as after a seek, begin a file. */
static void
test_a_step_back_in_time_begins_a_file (void)
{
  const PerceptualLogLimits limits = { .max_time = 3600 * GST_SECOND };
  LogPlace place = log_place_new ();
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_jsonl, &limits, NULL, NULL);

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  for (guint i = 10; i-- > 8;)
    log_write (log, "distance", log_new_distance (i, 1, 30));
  log_close (log);
  g_assert_cmpuint (log_place_count (&place), ==, 2);
  log_place_clear (&place);
}

/* --- full disks ---------------------------------------------------------- */

/* Writes until the file cannot grow any more; asserts that it is then as it
 * was after the last write that succeeded. */
static void
fill_up (const PerceptualLogFormat *format)
{
  LogPlace place = log_place_new ();
  PerceptualLog *log =
      perceptual_log_open (place.path, format, NULL, NULL, NULL);
  struct rlimit old, small;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *before = NULL, *after = NULL;
  guint i;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 1000;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  for (i = 0; i < 100 && error == NULL; i++) {
    g_autoptr (GstStructure) fields = log_new_distance (i, 1. / (i + 3), 30);

    g_free (before);
    before = log_place_read (&place, "log.jsonl");
    perceptual_log_write (log, "distance", fields, &error);
  }
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_nonnull (error);
  g_assert_cmpint (error->domain, ==, (gint) G_FILE_ERROR);
  g_assert_nonnull (strstr (error->message, place.path));
  g_assert_cmpuint (i, >, 2);
  perceptual_log_free (log);
  after = log_place_read (&place, "log.jsonl");
  /* Padding behind the end may be gone. */
  g_strchomp (before);
  g_strchomp (after);
  g_assert_cmpstr (after, ==, before);
  log_place_clear (&place);
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
    g_autoptr (GstStructure) header = log_new_header ("dist_sink", "rgb");
    g_autoptr (GError) error = NULL;
    PerceptualLog *log = perceptual_log_open (
        "/dev/full", perceptual_log_formats[i], NULL, NULL, NULL);

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
  PerceptualLog *log = perceptual_log_open (
      "/dev/full", &perceptual_log_vmaf_json, NULL, NULL, NULL);

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
  LogPlace place = log_place_new ();
  /* With a number behind it the name is too long. */
  g_autofree gchar *name = g_strnfill (252, 'x');
  g_autofree gchar *path = g_build_filename (place.folder, name, NULL);
  PerceptualLog *log =
      perceptual_log_open (path, &perceptual_log_jsonl, &limits, NULL, NULL);
  g_autoptr (GstStructure) second = log_new_distance (1, 1, 30);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  log_write (log, "distance", log_new_distance (0, 1, 30));
  g_assert_false (perceptual_log_write (log, "distance", second, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG);
  g_assert_nonnull (strstr (error->message, "move aside"));
  perceptual_log_free (log);
  text = log_place_read (&place, name);
  g_assert_nonnull (strstr (text, "\"index\":0"));
  log_place_clear (&place);
}

/* --- what other programs do ---------------------------------------------- */

/* Asserts that the file is a whole one of @format, with a header and with
 * nothing but pair @index. */
static void
assert_begins_anew (
    const LogPlace *place, const PerceptualLogFormat *format, guint index)
{
  g_autofree gchar *path = g_build_filename (place->folder, "log.jsonl", NULL);
  g_autofree gchar *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  g_assert_cmpuint (strlen (text), ==, size); /* no hole */
  g_assert_nonnull (strstr (text, "dist_sink"));
  if (format == &perceptual_log_jsonl) {
    g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint64));

    collect_indices (text, indices);
    g_assert_cmpuint (indices->len, ==, 1);
    g_assert_cmpuint (g_array_index (indices, guint64, 0), ==, index);
  } else if (format == &perceptual_log_csv) {
    g_autofree gchar *row = g_strdup_printf ("psnr\n%u,", index);

    g_assert_nonnull (strstr (text, row));
  } else {
    g_autoptr (JsonObject) document = log_parse (text);

    g_assert_cmpuint (json_array_get_length (
                          json_object_get_array_member (document, "frames")),
        ==, 1);
  }
}

static PerceptualLog *
open_and_write (
    const LogPlace *place, const PerceptualLogFormat *format, guint n)
{
  g_autoptr (GError) error = NULL;
  PerceptualLog *log =
      perceptual_log_open (place->path, format, NULL, NULL, &error);

  g_assert_no_error (error);
  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  for (guint i = 0; i < n; i++)
    log_write (log, "distance", log_new_distance (i, 1, 30));
  return log;
}

/* As logrotate's copytruncate does. */
static void
test_a_file_that_was_emptied_begins_anew_without_a_hole (void)
{
  for (guint i = 0; perceptual_log_formats[i] != NULL; i++) {
    LogPlace place = log_place_new ();
    PerceptualLog *log = open_and_write (&place, perceptual_log_formats[i], 3);

    g_assert_cmpint (truncate (place.path, 0), ==, 0);
    log_write (log, "distance", log_new_distance (3, 1, 30));
    log_close (log);
    assert_begins_anew (&place, perceptual_log_formats[i], 3);
    log_place_clear (&place);
  }
}

static void
test_a_file_that_was_removed_is_made_again (void)
{
  for (guint i = 0; perceptual_log_formats[i] != NULL; i++) {
    LogPlace place = log_place_new ();
    PerceptualLog *log = open_and_write (&place, perceptual_log_formats[i], 3);

    g_assert_cmpint (g_unlink (place.path), ==, 0);
    log_write (log, "distance", log_new_distance (3, 1, 30));
    log_close (log);
    assert_begins_anew (&place, perceptual_log_formats[i], 3);
    log_place_clear (&place);
  }
}

static void
test_a_folder_that_was_removed_is_an_error (void)
{
  LogPlace place = log_place_new ();
  PerceptualLog *log = open_and_write (&place, &perceptual_log_jsonl, 3);
  g_autoptr (GstStructure) next = log_new_distance (3, 1, 30);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (place.path), ==, 0);
  g_assert_cmpint (g_rmdir (place.folder), ==, 0);
  g_assert_false (perceptual_log_write (log, "distance", next, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "was removed"));
  g_assert_nonnull (strstr (error->message, place.path));
  perceptual_log_free (log);
  g_assert_cmpint (g_mkdir (place.folder, 0700), ==, 0);
  log_place_clear (&place);
}

/* As logrotate does where it knows nothing better. */
static void
test_a_file_that_others_moved_keeps_its_lines_and_another_follows (void)
{
  const PerceptualLogLimits limits = { .max_time = 40 * GST_MSECOND };
  LogPlace place = log_place_new ();
  g_autofree gchar *moved = g_build_filename (place.folder, "moved", NULL);
  PerceptualLog *log = perceptual_log_open (
      place.path, &perceptual_log_jsonl, &limits, NULL, NULL);
  g_autofree gchar *text = NULL;

  log_write (log, "header", log_new_header ("dist_sink", "stream"));
  log_write (log, "distance", log_new_distance (0, 1, 30));
  g_assert_cmpint (g_rename (place.path, moved), ==, 0);
  log_write (log, "distance", log_new_distance (1, 1, 30));
  log_close (log);
  text = log_place_read (&place, "moved");
  g_assert_nonnull (strstr (text, "\"index\":0"));
  assert_begins_anew (&place, &perceptual_log_jsonl, 1);
  log_place_clear (&place);
}

/* What is moved aside, or emptied, is never a log that is being written. */
static void
test_a_second_log_at_the_place_is_refused_and_the_first_is_whole (void)
{
  const PerceptualLogLimits limits = { .max_time = GST_SECOND };
  LogPlace place = log_place_new ();
  PerceptualLog *log = open_and_write (&place, &perceptual_log_jsonl, 2);
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree gchar *text = NULL;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (perceptual_log_open (place.path, &perceptual_log_csv,
        i == 0 ? NULL : &limits, NULL, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
    g_assert_nonnull (strstr (error->message, place.path));
  }
  log_write (log, "distance", log_new_distance (2, 1, 30));
  log_close (log);
  g_assert_cmpuint (log_place_count (&place), ==, 1);
  text = log_place_read (&place, "log.jsonl");
  collect_indices (text, indices);
  g_assert_cmpuint (indices->len, ==, 3);
  log_place_clear (&place);
}

#define TEST(name, function) g_test_add_func ("/log/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  TEST ("files-of-limited-time-hold-every-pair-once",
      test_files_of_limited_time_hold_every_pair_once);
  TEST ("files-of-limited-size-hold-every-pair-once",
      test_files_of_limited_size_hold_every_pair_once);
  TEST ("limits-are-exact", test_limits_are_exact);
  TEST ("a-step-back-in-time-begins-a-file",
      test_a_step_back_in_time_begins_a_file);
  TEST ("every-csv-file-names-its-columns",
      test_every_csv_file_names_its_columns);
  TEST ("every-file-has-the-headers-of-all-streams",
      test_every_file_has_the_headers_of_all_streams);
  TEST ("files-of-an-earlier-run-are-kept-up-to-the-number-asked-for",
      test_files_of_an_earlier_run_are_kept_up_to_the_number_asked_for);
  TEST ("without-limits-an-earlier-log-is-emptied",
      test_without_limits_an_earlier_log_is_emptied);
  TEST ("numbers-of-other-widths-are-told-apart",
      test_numbers_of_other_widths_are_told_apart);
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
  TEST ("a-file-that-was-emptied-begins-anew-without-a-hole",
      test_a_file_that_was_emptied_begins_anew_without_a_hole);
  TEST ("a-file-that-was-removed-is-made-again",
      test_a_file_that_was_removed_is_made_again);
  TEST ("a-folder-that-was-removed-is-an-error",
      test_a_folder_that_was_removed_is_an_error);
  TEST ("a-file-that-others-moved-keeps-its-lines-and-another-follows",
      test_a_file_that_others_moved_keeps_its_lines_and_another_follows);
  TEST ("a-second-log-at-the-place-is-refused-and-the-first-is-whole",
      test_a_second_log_at_the_place_is_refused_and_the_first_is_whole);
  return g_test_run ();
}
