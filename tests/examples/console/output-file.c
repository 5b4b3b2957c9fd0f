/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is left of a file when what is to replace it cannot be written, and what
 * is written to instead of being replaced.
 */
#include "console/output-file.h"
#include "console/signals.h"
#include "folder.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLD "what was there before"
#define FULL 4096 /* bytes that the disk is made to take */

static void
put (const gchar *path, const gchar *text)
{
  g_assert_cmpint (output_file_put (path, text, strlen (text)), ==, 0);
}

static void
assert_text (const gchar *path, const gchar *expected)
{
  g_autofree gchar *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

/* Nothing else is in the folder. */
static void
assert_files (const gchar *folder, guint n)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  while (g_dir_read_name (dir) != NULL)
    n--;
  g_assert_cmpuint (n, ==, 0);
}

static void
test_a_file_is_replaced_and_who_reads_the_old_one_keeps_it (
    TestFolder *self, gconstpointer name)
{
  gchar text[sizeof OLD] = "";
  int reader;

  put (self->path, OLD);
  g_assert_cmpint (g_chmod (self->path, 0640), ==, 0);
  reader = g_open (self->path, O_RDONLY | O_CLOEXEC, 0);
  put (self->path, "new");
  assert_text (self->path, "new");
  g_assert_cmpint (read (reader, text, sizeof text), ==, strlen (OLD));
  g_assert_cmpstr (text, ==, OLD);
  close (reader);
  {
    GStatBuf info;

    g_assert_cmpint (g_stat (self->path, &info), ==, 0);
    g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  }
  assert_files (self->folder, 1);
}

static void
test_links_stay_links (TestFolder *self, gconstpointer name)
{
  g_autofree gchar *link = g_build_filename (self->folder, "link", NULL);
  g_autofree gchar *far = g_build_filename (self->folder, "far", NULL);
  g_autofree gchar *circle = g_build_filename (self->folder, "circle", NULL);

  g_assert_cmpint (symlink ("file", link), ==, 0);
  g_assert_cmpint (symlink (link, far), ==, 0);
  g_assert_cmpint (symlink ("circle", circle), ==, 0);
  put (far, "new");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_test (far, G_FILE_TEST_IS_SYMLINK));
  g_assert_false (g_file_test (self->path, G_FILE_TEST_IS_SYMLINK));
  assert_text (self->path, "new");
  g_assert_cmpint (output_file_put (circle, "new", 3), ==, ELOOP);
}

static void
limit_files (void)
{
  struct rlimit limit = { FULL, FULL };

  setrlimit (RLIMIT_FSIZE, &limit);
}

/* Runs output_file_put() on a disk that takes FULL bytes.  @killed: the process
 * is ended in the middle of it.  Returns: its state. */
static int
put_on_full_disk (const gchar *path, gboolean killed)
{
  g_autofree gchar *data = g_strnfill (10 * FULL, 'x');
  pid_t child = fork ();
  int state;

  if (child == 0) {
    limit_files ();
    signal (SIGXFSZ, killed ? SIG_DFL : SIG_IGN);
    _exit (output_file_put (path, data, 10 * FULL) == EFBIG ? 7 : 8);
  }
  g_assert_cmpint (waitpid (child, &state, 0), ==, child);
  return state;
}

static void
test_a_full_disk_leaves_the_old_file (TestFolder *self, gconstpointer name)
{
  int state;

  put (self->path, OLD);
  state = put_on_full_disk (self->path, FALSE);
  g_assert_true (WIFEXITED (state));
  g_assert_cmpint (WEXITSTATUS (state), ==, 7);
  assert_text (self->path, OLD);
  assert_files (self->folder, 1);
}

static void
test_a_kill_leaves_the_old_file (TestFolder *self, gconstpointer name)
{
  int state;

  put (self->path, OLD);
  state = put_on_full_disk (self->path, TRUE);
  g_assert_true (WIFSIGNALED (state));
  g_assert_cmpint (WTERMSIG (state), ==, SIGXFSZ);
  assert_text (self->path, OLD);
  assert_files (self->folder, 2); /* and what it had written */
}

/* As an element of GStreamer does. */
static void
write_down (const gchar *path, const gchar *text)
{
  FILE *file = g_fopen (path, "wbe");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
test_what_is_written_piece_by_piece_is_there_at_the_end (
    TestFolder *self, gconstpointer name)
{
  OutputPart part;
  GStatBuf info;

  put (self->path, OLD);
  g_assert_cmpint (g_chmod (self->path, 0640), ==, 0);
  output_part_begin (&part, self->path);
  g_assert_cmpstr (part.place, !=, self->path);
  write_down (part.place, "new");
  assert_text (self->path, OLD);
  g_assert_cmpint (output_part_end (&part, TRUE), ==, 0);
  g_assert_null (part.place);
  assert_text (self->path, "new");
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  assert_files (self->folder, 1);
}

static void
test_what_is_broken_off_leaves_the_old_file (
    TestFolder *self, gconstpointer name)
{
  OutputPart part;

  put (self->path, OLD);
  output_part_begin (&part, self->path);
  write_down (part.place, "half");
  g_assert_cmpint (output_part_end (&part, FALSE), ==, 0);
  assert_text (self->path, OLD);
  assert_files (self->folder, 1);
  /* What was taken away meanwhile is an error. */
  output_part_begin (&part, self->path);
  g_assert_cmpint (g_unlink (part.place), ==, 0);
  g_assert_cmpint (output_part_end (&part, TRUE), ==, ENOENT);
  assert_text (self->path, OLD);
}

static void
on_signal (int number)
{
  stop_signal_is_first (number);
}

/* Returns: the state of a process that is ended while it writes a part. */
static int
be_ended_while_writing (const gchar *path, gboolean killed)
{
  pid_t child = fork ();
  int state;

  if (child == 0) {
    OutputPart part;

    stop_signal_handle (on_signal);
    output_part_begin (&part, path);
    write_down (part.place, "half");
    raise (killed ? SIGKILL : SIGINT);
    g_usleep (G_USEC_PER_SEC / 2);
    raise (SIGINT);
    _exit (0);
  }
  g_assert_cmpint (waitpid (child, &state, 0), ==, child);
  return state;
}

static void
test_a_second_signal_leaves_no_part (TestFolder *self, gconstpointer name)
{
  int state;

  put (self->path, OLD);
  state = be_ended_while_writing (self->path, FALSE);
  g_assert_true (WIFSIGNALED (state));
  g_assert_cmpint (WTERMSIG (state), ==, SIGINT);
  assert_text (self->path, OLD);
  assert_files (self->folder, 1);
}

static void
test_what_a_kill_has_left_is_removed_by_the_next_one (
    TestFolder *self, gconstpointer name)
{
  static const gchar *const others[] = { ".part", "..part", ".1x.part",
    ".1.part.mkv", "2.1.part", NULL };
  OutputPart part;

  for (guint i = 0; others[i] != NULL; i++) {
    g_autofree gchar *other = g_strconcat (self->path, others[i], NULL);

    put (other, "another's");
  }
  be_ended_while_writing (self->path, TRUE);
  assert_files (self->folder, g_strv_length ((gchar **) others) + 1);
  output_part_begin (&part, self->path);
  assert_files (self->folder, g_strv_length ((gchar **) others) + 1);
  write_down (part.place, "new");
  g_assert_cmpint (output_part_end (&part, TRUE), ==, 0);
  assert_text (self->path, "new");
  assert_files (self->folder, g_strv_length ((gchar **) others) + 1);
}

static void
test_a_part_that_is_being_written_stays (TestFolder *self, gconstpointer name)
{
  OutputPart part;
  pid_t child;
  int state;

  output_part_begin (&part, self->path);
  child = fork ();
  if (child == 0) {
    OutputPart other;

    output_part_begin (&other, self->path);
    _exit (output_part_end (&other, FALSE));
  }
  g_assert_cmpint (waitpid (child, &state, 0), ==, child);
  g_assert_cmpint (state, ==, 0);
  write_down (part.place, "new");
  g_assert_cmpint (output_part_end (&part, TRUE), ==, 0);
  assert_text (self->path, "new");
  assert_files (self->folder, 1);
}

static void
test_a_pipe_has_no_part (TestFolder *self, gconstpointer name)
{
  OutputPart part;

  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  output_part_begin (&part, self->path);
  g_assert_cmpstr (part.place, ==, self->path);
  assert_files (self->folder, 1);
  g_assert_cmpint (output_part_end (&part, FALSE), ==, 0);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_a_long_name_is_written_in_place (TestFolder *self, gconstpointer name)
{
  g_autofree gchar *long_name = g_strnfill (253, 'n');
  g_autofree gchar *longer = g_strnfill (256, 'n');
  g_autofree gchar *path = g_build_filename (self->folder, long_name, NULL);
  g_autofree gchar *never = g_build_filename (self->folder, longer, NULL);

  g_assert_cmpint (output_file_can (path), ==, 0);
  put (path, OLD);
  put (path, "new");
  assert_text (path, "new");
  g_assert_cmpint (output_file_put (never, "new", 3), ==, ENAMETOOLONG);
}

static void
test_a_file_in_a_folder_of_others_is_written_in_place (
    TestFolder *self, gconstpointer name)
{
  g_autofree gchar *absent = g_build_filename (self->folder, "absent", NULL);

  put (self->path, OLD);
  g_assert_cmpint (g_chmod (self->folder, 0500), ==, 0);
  if (g_access (self->folder, W_OK) == 0) {
    g_test_skip ("this user may write everywhere");
  } else {
    g_assert_cmpint (output_file_can (self->path), ==, 0);
    put (self->path, "new");
    assert_text (self->path, "new");
    g_assert_cmpint (output_file_can (absent), ==, EACCES);
    g_assert_cmpint (output_file_put (absent, "new", 3), ==, EACCES);
  }
  g_assert_cmpint (g_chmod (self->folder, 0700), ==, 0);
}

/* Between what the program writes there itself. */
static void
test_an_open_file_is_added_to (TestFolder *self, gconstpointer name)
{
  g_autofree gchar *link = g_build_filename (self->folder, "link", NULL);
  g_autofree gchar *number = NULL;
  int fd = g_open (self->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (write (fd, "before ", 7), ==, 7);
  number = g_strdup_printf ("/dev/fd/%d", fd);
  g_assert_cmpint (symlink (number, link), ==, 0);
  g_assert_cmpint (output_file_can (number), ==, 0);
  put (number, "this ");
  put (link, "that ");
  g_assert_cmpint (write (fd, "after", 5), ==, 5);
  close (fd);
  assert_text (self->path, "before this that after");
  assert_files (self->folder, 2);
}

static void
test_devices_and_pipes_stay_what_they_are (TestFolder *self, gconstpointer name)
{
  g_autofree gchar *pipe = g_build_filename (self->folder, "pipe", NULL);
  gchar text[8] = "";
  int reader;

  g_assert_cmpint (output_file_can ("/dev/null"), ==, 0);
  put ("/dev/null", "new");
  if (g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    g_assert_cmpint (output_file_put ("/dev/full", "new", 3), ==, ENOSPC);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (output_file_can (pipe), ==, 0);
  reader = g_open (pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  put (pipe, "new");
  g_assert_cmpint (read (reader, text, sizeof text), ==, 3);
  g_assert_cmpstr (text, ==, "new");
  close (reader);
  assert_files (self->folder, 1);
}

static void
test_what_cannot_be_is_known_before (TestFolder *self, gconstpointer name)
{
  g_autofree gchar *absent =
      g_build_filename (self->folder, "none", "file", NULL);
  g_autofree gchar *fresh = g_build_filename (self->folder, "fresh", NULL);

  g_assert_cmpint (output_file_can (self->folder), ==, EISDIR);
  g_assert_cmpint (output_file_can (absent), ==, ENOENT);
  g_assert_cmpint (output_file_can (fresh), ==, 0);
  assert_files (self->folder, 0);
  g_assert_cmpint (output_file_put (absent, "new", 3), ==, ENOENT);
  g_assert_cmpint (output_file_put (self->folder, "new", 3), ==, EISDIR);
}

#define ADD(test)                                                              \
  g_test_add ("/output-file/" #test, TestFolder, "file", test_folder_set_up,   \
      test_##test, test_folder_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (a_file_is_replaced_and_who_reads_the_old_one_keeps_it);
  ADD (links_stay_links);
  ADD (a_full_disk_leaves_the_old_file);
  ADD (a_kill_leaves_the_old_file);
  ADD (what_is_written_piece_by_piece_is_there_at_the_end);
  ADD (what_is_broken_off_leaves_the_old_file);
  ADD (a_second_signal_leaves_no_part);
  ADD (what_a_kill_has_left_is_removed_by_the_next_one);
  ADD (a_part_that_is_being_written_stays);
  ADD (a_pipe_has_no_part);
  ADD (a_long_name_is_written_in_place);
  ADD (a_file_in_a_folder_of_others_is_written_in_place);
  ADD (an_open_file_is_added_to);
  ADD (devices_and_pipes_stay_what_they_are);
  ADD (what_cannot_be_is_known_before);
  return g_test_run ();
}
