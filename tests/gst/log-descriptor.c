/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a log is written to: files that two want, pipes without a reader.
 */
#include "log-place.h"

#include "log/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void
open_well (PerceptualDescriptor *self, const gchar *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (perceptual_descriptor_open (self, path, 0, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_refused (const gchar *path, gint code, const gchar *text)
{
  PerceptualDescriptor other;
  g_autoptr (GError) error = NULL;

  g_assert_false (perceptual_descriptor_open (&other, path, 50, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, code);
  if (strstr (error->message, text) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, text);
  g_assert_cmpint (other.fd, ==, -1);
}

/* Waits for the end of @child, which must be of itself and with 0. */
static void
assert_ends_well (pid_t child)
{
  int status = -1;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

/* --- one writer ---------------------------------------------------------- */

static void
test_a_second_writer_in_the_program_is_refused (void)
{
  LogPlace place = log_place_new ();
  g_autofree gchar *link = g_build_filename (place.folder, "link", NULL);
  g_autofree gchar *own = g_strdup_printf ("(process %d)", (int) getpid ());
  g_autofree gchar *text = NULL;
  PerceptualDescriptor first;

  open_well (&first, place.path);
  g_assert_cmpint (perceptual_descriptor_write (&first, "x\n", 2, -1), ==, 0);
  g_assert_cmpint (symlink (place.path, link), ==, 0);
  assert_refused (place.path, G_FILE_ERROR_AGAIN, own);
  assert_refused (link, G_FILE_ERROR_AGAIN, own);
  g_assert_cmpint (perceptual_descriptor_write (&first, "y\n", 2, -1), ==, 0);
  g_assert_cmpint (perceptual_descriptor_close (&first), ==, 0);
  text = log_place_read (&place, "log.jsonl");
  g_assert_cmpstr (text, ==, "x\ny\n");
  open_well (&first, place.path);
  perceptual_descriptor_close (&first);
  log_place_clear (&place);
}

static void
test_a_second_writer_elsewhere_is_told_the_process_of_the_first (void)
{
  LogPlace place = log_place_new ();
  g_autofree gchar *holder = NULL;
  int ready[2], end[2];
  pid_t child;
  gchar byte;

  g_assert_cmpint (pipe (ready), ==, 0);
  g_assert_cmpint (pipe (end), ==, 0);
  child = fork ();
  if (child == 0) {
    PerceptualDescriptor first;

    close (end[1]);
    _exit (!perceptual_descriptor_open (&first, place.path, 0, NULL, NULL)
        || write (ready[1], "r", 1) != 1 || read (end[0], &byte, 1) != 0);
  }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  holder = g_strdup_printf ("process %d writes to it already", (int) child);
  assert_refused (place.path, G_FILE_ERROR_AGAIN, holder);
  close (end[1]);
  assert_ends_well (child);
  close (end[0]);
  close (ready[0]);
  close (ready[1]);
  log_place_clear (&place);
}

/* As a host that forks without exec does: the child has what was open. */
static void
test_a_log_that_was_closed_is_free_though_a_forked_process_has_it (void)
{
  LogPlace place = log_place_new ();
  PerceptualDescriptor first, second;
  int end[2];
  pid_t child;
  gchar byte;

  g_assert_cmpint (pipe (end), ==, 0);
  open_well (&first, place.path);
  child = fork ();
  if (child == 0) {
    close (end[1]);
    _exit (read (end[0], &byte, 1) != 0);
  }
  perceptual_descriptor_close (&first);
  open_well (&second, place.path);
  perceptual_descriptor_close (&second);
  close (end[1]);
  assert_ends_well (child);
  close (end[0]);
  log_place_clear (&place);
}

/* The program prints at its own place in the file, before and after. */
static void
test_a_log_in_the_file_of_standard_output_overwrites_nothing (void)
{
  LogPlace place = log_place_new ();
  g_autofree gchar *text = NULL;
  pid_t child = fork ();

  if (child == 0) {
    int fd = open (place.path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    PerceptualDescriptor log;

    dup2 (fd, STDOUT_FILENO);
    _exit (write (STDOUT_FILENO, "before\n", 7) != 7
        || !perceptual_descriptor_open (&log, "/dev/stdout", 0, NULL, NULL)
        || perceptual_descriptor_write (&log, "log\n", 4, -1) != 0
        || write (STDOUT_FILENO, "after\n", 6) != 6);
  }
  assert_ends_well (child);
  text = log_place_read (&place, "log.jsonl");
  g_assert_cmpstr (text, ==, "before\nlog\nafter\n");
  log_place_clear (&place);
}

/* --- pipes --------------------------------------------------------------- */

static void
test_a_pipe_without_reader_is_an_error_after_a_while (void)
{
  LogPlace place = log_place_new ();
  gint64 begin = g_get_monotonic_time ();

  g_assert_cmpint (mkfifo (place.path, 0600), ==, 0);
  assert_refused (place.path, G_FILE_ERROR_NXIO,
      "a pipe that no program has opened for reading (waited for 0.05 s)");
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 50000);
  log_place_clear (&place);
}

static gpointer
read_later (gpointer path)
{
  g_usleep (20000);
  return GINT_TO_POINTER (open (path, O_RDONLY | O_CLOEXEC));
}

static void
test_a_pipe_waits_for_its_reader (void)
{
  LogPlace place = log_place_new ();
  PerceptualDescriptor log;
  GThread *thread;
  int reader;

  g_assert_cmpint (mkfifo (place.path, 0600), ==, 0);
  thread = g_thread_new ("reader", read_later, place.path);
  g_assert_true (
      perceptual_descriptor_open (&log, place.path, 60000, NULL, NULL));
  reader = GPOINTER_TO_INT (g_thread_join (thread));
  perceptual_descriptor_close (&log);
  close (reader);
  log_place_clear (&place);
}

static void
test_a_socket_is_no_place_for_a_log (void)
{
  LogPlace place = log_place_new ();
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, place.path, sizeof address.sun_path);
  g_assert_cmpint (
      bind (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  assert_refused (place.path, G_FILE_ERROR_NXIO, "it is a socket");
  close (fd);
  log_place_clear (&place);
}

/* The signal would end this test. */
static void
test_a_reader_who_leaves_is_an_error_and_no_signal (void)
{
  LogPlace place = log_place_new ();
  PerceptualDescriptor log;
  sigset_t pending;
  int reader;

  g_assert_cmpint (mkfifo (place.path, 0600), ==, 0);
  reader = open (place.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  open_well (&log, place.path);
  g_assert_cmpint (perceptual_descriptor_write (&log, "x\n", 2, -1), ==, 0);
  close (reader);
  g_assert_cmpint (perceptual_descriptor_write (&log, "y\n", 2, -1), ==, EPIPE);
  sigemptyset (&pending);
  g_assert_cmpint (sigpending (&pending), ==, 0);
  g_assert_false (sigismember (&pending, SIGPIPE));
  perceptual_descriptor_close (&log);
  log_place_clear (&place);
}

static void
test_a_reader_who_takes_nothing_is_left_in_the_end (void)
{
  LogPlace place = log_place_new ();
  g_autofree gchar *much = g_strnfill (1 << 20, 'x');
  PerceptualDescriptor log;
  gint leaving = TRUE;
  int reader;

  g_assert_cmpint (mkfifo (place.path, 0600), ==, 0);
  reader = open (place.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_assert_true (
      perceptual_descriptor_open (&log, place.path, 0, &leaving, NULL));
  log.deadline = g_get_monotonic_time () + 50000;
  g_assert_cmpint (
      perceptual_descriptor_write (&log, much, 1 << 20, -1), ==, ETIMEDOUT);
  perceptual_descriptor_close (&log);
  close (reader);
  log_place_clear (&place);
}

#define TEST(name, function) g_test_add_func ("/log-descriptor/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_DFL);
  TEST ("a-second-writer-in-the-program-is-refused",
      test_a_second_writer_in_the_program_is_refused);
  TEST ("a-second-writer-elsewhere-is-told-the-process-of-the-first",
      test_a_second_writer_elsewhere_is_told_the_process_of_the_first);
  TEST ("a-log-that-was-closed-is-free-though-a-forked-process-has-it",
      test_a_log_that_was_closed_is_free_though_a_forked_process_has_it);
  TEST ("a-log-in-the-file-of-standard-output-overwrites-nothing",
      test_a_log_in_the_file_of_standard_output_overwrites_nothing);
  TEST ("a-pipe-without-reader-is-an-error-after-a-while",
      test_a_pipe_without_reader_is_an_error_after_a_while);
  TEST ("a-pipe-waits-for-its-reader", test_a_pipe_waits_for_its_reader);
  TEST ("a-socket-is-no-place-for-a-log", test_a_socket_is_no_place_for_a_log);
  TEST ("a-reader-who-leaves-is-an-error-and-no-signal",
      test_a_reader_who_leaves_is_an_error_and_no_signal);
  TEST ("a-reader-who-takes-nothing-is-left-in-the-end",
      test_a_reader_who_takes_nothing_is_left_in_the_end);
  return g_test_run ();
}
