/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The log as a user finds it: after a run, after a full disk, after kill -9.
 */
#include "listener.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUTS(n, m)                                                           \
  "videotestsrc pattern=ball num-buffers=" #n " ! "                            \
  "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! d.ref_sink "    \
  "videotestsrc pattern=checkers-8 num-buffers=" #m " ! "                      \
  "video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! d.dist_sink "   \
  "perceptualdistance name=d "

static gchar **
read_lines (const gchar *path)
{
  g_autofree gchar *text = NULL;
  gchar **lines;
  guint n;

  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  fail_unless (g_str_has_suffix (text, "\n"));
  lines = g_strsplit (text, "\n", -1);
  n = g_strv_length (lines);
  g_clear_pointer (&lines[n - 1], g_free); /* what follows the last newline */
  return lines;
}

static JsonObject *
parse_line (const gchar *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (line, &error);

  fail_unless (node != NULL, "%s: %s", error ? error->message : "", line);
  fail_unless (JSON_NODE_HOLDS_OBJECT (node));
  return json_object_ref (json_node_get_object (node));
}

static void
assert_header (JsonObject *header)
{
  ck_assert_str_eq (json_object_get_string_member (header, "type"), "header");
  assert_equals_int (json_object_get_int_member (header, "schema"), 2);
  ck_assert_str_eq (
      json_object_get_string_member (header, "metric"), "mmd-ssim");
  /* That of l2. */
  assert_equals_int (
      json_object_get_size (json_object_get_object_member (header, "options")),
      1);
  fail_unless (strstr (json_object_get_string_member (header, "reference_caps"),
      "width=(int)64"));
  fail_unless (strstr (
      json_object_get_string_member (header, "distorted_caps"), "I420"));
  ck_assert_str_eq (
      json_object_get_string_member (header, "reference_colorimetry"), "bt601");
  ck_assert_str_eq (json_object_get_string_member (header, "luma"), "stream");
  fail_unless (strlen (json_object_get_string_member (header, "kernels")) > 0);
  fail_unless (
      strlen (json_object_get_string_member (header, "library_version")) > 0);
  fail_unless (strstr (json_object_get_string_member (header, "converter"),
      "GstVideoConverter"));
  assert_equals_int (json_object_get_int_member (header, "tolerance"), -1);
  assert_equals_int (json_object_get_int_member (header, "sync_offset"), 0);
}

GST_START_TEST (test_json_log_says_what_the_messages_say)
{
  gchar *path = new_file ();
  Listener *l = RUN (INPUTS (4, 3) "also=l2 log-location=%s ! fakesink", path);
  g_auto (GStrv) lines = read_lines (path);

  assert_ended_well (l);
  assert_equals_int (g_strv_length (lines), 5);
  for (guint i = 0; i < 5; i++) {
    g_autoptr (JsonObject) object = parse_line (lines[i]);

    if (i == 0) {
      assert_header (object);
    } else if (i < 4) {
      JsonObject *also = json_object_get_object_member (object, "also");
      JsonArray *taps = json_object_get_array_member (object, "taps");

      ck_assert_str_eq (
          json_object_get_string_member (object, "type"), "distance");
      assert_equals_int (json_object_get_int_member (object, "index"), i - 1);
      assert_equals_int (json_object_get_int_member (object, "reference_pts"),
          (i - 1) * 40 * GST_MSECOND);
      assert_equals_int (json_object_get_int_member (object, "delta"), 0);
      /* Numbers read back exactly. */
      fail_unless (json_object_get_double_member (object, "distance")
          == distance_at (l, i - 1));
      fail_unless (json_object_get_double_member (also, "l2") > 0);
      fail_unless (json_array_get_length (taps) > 0);
    } else {
      ck_assert_str_eq (
          json_object_get_string_member (object, "type"), "summary");
      assert_equals_int (json_object_get_int_member (object, "pairs"), 3);
      assert_equals_int (
          json_object_get_int_member (object, "unmatched_reference"), 1);
      fail_unless (json_object_get_boolean_member (object, "final"));
      fail_unless (json_object_get_double_member (object, "p95")
          == summary_double (l, "p95"));
      fail_unless (json_object_has_member (
          json_object_get_object_member (
              json_object_get_object_member (object, "also"), "l2"),
          "worst"));
    }
  }
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

#define FRAME_SIZE (64 * 48 * 3 / 2)
#define READ(file)                                                             \
  "filesrc location=" file " ! rawvideoparse format=i420 width=64 height=48 "

/* Some frames of one grey. */
static gchar *
new_video (guint8 level)
{
  gchar *path = new_file ();
  g_autofree gchar *bytes = g_malloc (5 * FRAME_SIZE);

  memset (bytes, level, 5 * FRAME_SIZE);
  fail_unless (g_file_set_contents (path, bytes, 5 * FRAME_SIZE, NULL));
  return path;
}

/* Of the header and the summary. */
static void
assert_names (const gchar *log, const gchar *reference, const gchar *distorted)
{
  g_auto (GStrv) lines = read_lines (log);
  guint n = g_strv_length (lines);

  for (guint i = 0; i < n; i += n - 1) {
    g_autoptr (JsonObject) object = parse_line (lines[i]);

    ck_assert_str_eq (
        json_object_get_string_member (object, "reference"), reference);
    if (distorted != NULL)
      ck_assert_str_eq (
          json_object_get_string_member (object, "distorted"), distorted);
    else
      fail_if (json_object_has_member (object, "distorted"));
  }
}

GST_START_TEST (test_a_log_names_the_files_that_its_streams_are_read_from)
{
  gchar *one = new_video (60), *other = new_video (90), *log = new_file ();
  Listener *l = RUN (READ ("%s") "! queue ! d.ref_sink " READ (
                         "%s") "! videoconvert ! d.dist_sink "
                               "perceptualdistance name=d log-location=%s ! "
                               "fakesink",
      one, other, log);

  assert_ended_well (l);
  assert_names (log, one, other);
  listener_free (l);
  /* What is made of the reference is no file. */
  l = RUN (READ ("%s") "! tee name=t ! queue ! d.ref_sink t. ! queue ! "
                       "d.dist_sink perceptualdistance name=d "
                       "log-location=%s ! fakesink",
      one, log);
  assert_ended_well (l);
  assert_names (log, one, NULL);
  listener_free (l);
  remove_file (one);
  remove_file (other);
  remove_file (log);
}
GST_END_TEST;

GST_START_TEST (test_csv_log_has_a_line_for_each_pair_under_its_columns)
{
  gchar *path = new_file ();
  Listener *l = RUN (
      INPUTS (3, 3) "also=l2 log-location=%s log-format=csv ! fakesink", path);
  g_auto (GStrv) lines = read_lines (path);
  guint pairs = 0, columns = 0;

  assert_ended_well (l);
  ck_assert_str_eq (lines[0], "# type: header");
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);

    if (lines[i][0] == '#')
      continue;
    if (columns == 0) {
      columns = g_strv_length (cells);
      ck_assert_str_eq (lines[i],
          "index,metric,reference_pts,distorted_pts,running_time,stream_time,"
          "duration,delta,distance,taps,l2,also_taps.l2,stream,frozen,"
          "black,mmd-ssim.level.0,mmd-ssim.level.1");
      continue;
    }
    assert_equals_int (g_strv_length (cells), columns);
    fail_unless (g_ascii_strtod (cells[8], NULL) == distance_at (l, pairs));
    pairs++;
  }
  assert_equals_int (pairs, 3);
  fail_unless (g_strv_contains ((const gchar *const *) lines, "# pairs: 3"));
  fail_unless (g_strv_contains ((const gchar *const *) lines, "# final: true"));
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

/* What a line that is about metric=psnr scale=.5 says of it. */
static void
assert_scale (JsonObject *line)
{
  JsonObject *options = json_object_get_object_member (line, "options");
  JsonObject *others = json_object_get_object_member (line, "also_metrics");
  JsonObject *ssim = json_object_get_object_member (others, "ssim");

  assert_equals_float (json_object_get_double_member (line, "scale"), .5);
  ck_assert_str_eq (json_object_get_string_member (options, "scale"), "0.5");
  fail_if (json_object_has_member (ssim, "scale"));
  ck_assert_str_eq (
      json_object_get_string_member (
          json_object_get_object_member (ssim, "options"), "scale"),
      "1");
}

GST_START_TEST (test_a_scale_is_told_of_the_metric_that_has_it)
{
  gchar *path = new_file ();
  Listener *l =
      RUN (INPUTS (2, 2) "metric=psnr also=ssim,psnr:scale=auto scale=.5 "
                         "log-location=%s ! fakesink",
          path);
  g_auto (GStrv) lines = read_lines (path);

  assert_ended_well (l);
  assert_equals_int (g_strv_length (lines), 4);
  for (guint i = 0; i < 4; i++) {
    g_autoptr (JsonObject) line = parse_line (lines[i]);

    if (i == 0 || i == 3)
      assert_scale (line);
    else
      assert_equals_float (json_object_get_double_member (line, "scale"), .5);
  }
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_a_full_disk_is_an_error_that_names_the_log)
{
  Listener *l;

  if (access ("/dev/full", W_OK) != 0)
    return;
  l = RUN (INPUTS (4, 4) "metric=l2 log-location=/dev/full ! fakesink");
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT,
      "/dev/full", "log-location", NULL);
  listener_free (l);
}
GST_END_TEST;

GST_START_TEST (test_a_log_that_cannot_be_opened_fails_the_start)
{
  g_autofree gchar *folder = g_dir_make_tmp ("perceptual-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "none", "x.jsonl", NULL);
  Listener *l =
      listener_new (INPUTS (4, 4) "metric=l2 log-location=%s ! fakesink", path);

  assert_equals_int (gst_element_set_state (l->pipeline, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  listener_drain (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE, path,
      "No such file", NULL);
  listener_free (l);
  rmdir (folder);
}
GST_END_TEST;

GST_START_TEST (test_a_second_element_on_a_log_is_told_who_writes_it)
{
  gchar *path = new_file ();
  g_autofree gchar *own = g_strdup_printf ("process %d", (int) getpid ());
  Listener *first =
      listener_new (INPUTS (4, 4) "metric=l2 log-location=%s ! fakesink", path);
  Listener *second =
      listener_new (INPUTS (4, 4) "metric=l2 log-location=%s ! fakesink", path);
  g_auto (GStrv) lines = NULL;

  fail_unless (gst_element_set_state (first->pipeline, GST_STATE_PAUSED)
      != GST_STATE_CHANGE_FAILURE);
  assert_equals_int (
      gst_element_set_state (second->pipeline, GST_STATE_PLAYING),
      GST_STATE_CHANGE_FAILURE);
  listener_drain (second);
  assert_error (
      second, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY, path, own, NULL);
  listener_free (second);
  listener_run (first);
  assert_ended_well (first);
  listener_free (first);
  lines = read_lines (path);
  assert_equals_int (g_strv_length (lines), 1 + 4 + 1);
  remove_file (path);
}
GST_END_TEST;

static gchar *
new_pipe (int *reader)
{
  gchar *path = new_file ();

  fail_unless (mkfifo (path, 0600) == 0);
  *reader = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  return path;
}

/* The signal would end this program. */
GST_START_TEST (test_a_reader_who_leaves_is_an_error)
{
  int reader;
  gchar *path = new_pipe (&reader);
  Listener *l = listener_new (
      INPUTS (100, 100) "metric=l2 log-location=%s ! fakesink", path);
  gchar byte;

  fail_unless (gst_element_set_state (l->pipeline, GST_STATE_PAUSED)
      != GST_STATE_CHANGE_FAILURE);
  while (read (reader, &byte, 1) != 1)
    g_usleep (1000);
  close (reader);
  listener_run (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, path,
      "its reader has gone", NULL);
  listener_free (l);
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_a_reader_who_takes_nothing_does_not_hold_up_the_end)
{
  int reader;
  gchar *path = new_pipe (&reader);
  Listener *l = listener_new (
      INPUTS (1000, 1000) "metric=l2 log-location=%s ! fakesink", path);
  int size = 0, before = -1;

  gst_element_set_state (l->pipeline, GST_STATE_PLAYING);
  /* Until the pipe takes no more. */
  while (size == 0 || size != before) {
    before = size;
    g_usleep (50000);
    fail_unless (ioctl (reader, FIONREAD, &size) == 0);
  }
  assert_equals_int (gst_element_set_state (l->pipeline, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  listener_drain (l);
  assert_error (l, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, path,
      "its reader takes nothing", NULL);
  listener_free (l);
  close (reader);
  remove_file (path);
}
GST_END_TEST;

/* --- kill -9 ------------------------------------------------------------- */

static gchar *own_path;

/* Run by the child: measures without end into @path. */
static int
measure_forever (const gchar *format, const gchar *path)
{
  g_autofree gchar *text = g_strdup_printf (
      "videotestsrc pattern=ball ! video/x-raw,format=I420,width=64,height=48 "
      "! tee name=t ! queue ! d.ref_sink t. ! queue ! d.dist_sink "
      "perceptualdistance name=d metric=l2 log-format=%s log-location=%s ! "
      "fakesink",
      format, path);
  GstElement *pipeline = gst_parse_launch (text, NULL);

  alarm (120); /* should the parent be gone */
  if (pipeline == NULL)
    return 1;
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (;;)
    g_usleep (G_USEC_PER_SEC);
}

static guint
count_lines (const gchar *path)
{
  g_autofree gchar *text = NULL;
  guint n = 0;

  if (g_file_get_contents (path, &text, NULL, NULL)) {
    for (const gchar *c = text; *c != '\0'; c++)
      n += *c == '\n';
  }
  return n;
}

/* Has a child write into @path until it has 50 lines, and kills it.  The
 * kernel may cut what it is writing just then where that goes over from one
 * page to the next, so with @whole the child is stopped before. */
static void
write_and_kill (const gchar *format, gchar *path, gboolean whole)
{
  gchar *argv[] = { own_path, (gchar *) "--measure-forever", (gchar *) format,
    path, NULL };
  GPid child = 0;
  int status = 0;

  fail_unless (g_spawn_async (
      NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, NULL));
  for (guint i = 0; i < 6000 && count_lines (path) < 60; i++) {
    /* It does not end by itself. */
    fail_unless (waitpid (child, &status, WNOHANG) == 0);
    g_usleep (10000);
  }
  if (whole) {
    fail_unless (kill (child, SIGSTOP) == 0);
    fail_unless (waitpid (child, &status, WUNTRACED) == child);
    fail_unless (WIFSTOPPED (status));
  }
  fail_unless (kill (child, SIGKILL) == 0);
  fail_unless (waitpid (child, &status, 0) == child);
  fail_unless (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

GST_START_TEST (test_kill_9_leaves_a_log_whose_every_line_parses)
{
  gchar *path = new_file ();
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  gchar *end;

  write_and_kill ("jsonl", path, FALSE);
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  end = strrchr (text, '\n');
  fail_unless (end != NULL);
  *end = '\0'; /* what follows is no line */
  lines = g_strsplit (text, "\n", -1);
  fail_unless (g_strv_length (lines) >= 50);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (JsonObject) object = parse_line (lines[i]);

    ck_assert_str_eq (json_object_get_string_member (object, "type"),
        i == 0 ? "header" : "distance");
    fail_unless (
        i == 0 || json_object_get_int_member (object, "index") == i - 1);
  }
  remove_file (path);
}
GST_END_TEST;

GST_START_TEST (test_kill_9_leaves_a_complete_log_in_the_layout_of_libvmaf)
{
  gchar *path = new_file ();
  g_autofree gchar *text = NULL;
  g_autoptr (JsonObject) document = NULL;

  write_and_kill ("vmaf-json", path, TRUE);
  fail_unless (g_file_get_contents (path, &text, NULL, NULL));
  document = parse_line (text);
  fail_unless (
      json_array_get_length (json_object_get_array_member (document, "frames"))
      >= 40);
  fail_unless (json_object_has_member (
      json_object_get_object_member (document, "pooled_metrics"), "l2"));
  remove_file (path);
}
GST_END_TEST;

static Suite *
logs_suite (void)
{
  Suite *s = suite_create ("logs");
  TCase *tc = tcase_create ("logs");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_json_log_says_what_the_messages_say);
  tcase_add_test (
      tc, test_a_log_names_the_files_that_its_streams_are_read_from);
  tcase_add_test (tc, test_csv_log_has_a_line_for_each_pair_under_its_columns);
  tcase_add_test (tc, test_a_scale_is_told_of_the_metric_that_has_it);
  tcase_add_test (tc, test_a_full_disk_is_an_error_that_names_the_log);
  tcase_add_test (tc, test_a_log_that_cannot_be_opened_fails_the_start);
  tcase_add_test (tc, test_a_second_element_on_a_log_is_told_who_writes_it);
  tcase_add_test (tc, test_a_reader_who_leaves_is_an_error);
  tcase_add_test (tc, test_a_reader_who_takes_nothing_does_not_hold_up_the_end);
  tcase_add_test (tc, test_kill_9_leaves_a_log_whose_every_line_parses);
  tcase_add_test (
      tc, test_kill_9_leaves_a_complete_log_in_the_layout_of_libvmaf);
  return s;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--measure-forever")) {
    gst_init (NULL, NULL);
    return measure_forever (argv[2], argv[3]);
  }
  own_path = argv[0];
  gst_check_init (&argc, &argv);
  return gst_check_run_suite (logs_suite (), "logs", __FILE__);
}
