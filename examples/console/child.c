/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The program's second process, joined by a socket that keeps messages apart.
 * It is started by fork and exec where a thread of the first could be missing
 * in it.
 */
#include "console/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first argument of a child.  It is followed by the role, the socket and
 * the parent's process id. */
#define MARK "--child"
#define ARGUMENTS 5

/* What a crash writes before the number of its signal, which has two digits,
 * and the name of its thread. */
#define CRASH "crash 00 "
#define CRASH_DIGITS 6

#define POLL_MS 10

struct _Child
{
  pid_t pid; /* 0 once it is reaped */
  int fd;
  int status;
  int crash;      /* number of the signal, 0 where none was told */
  gchar *crashed; /* (nullable): the thread */
};

struct _ChildLink
{
  int fd;
};

/* --- messages ------------------------------------------------------------ */

static gboolean
send_text (int fd, const gchar *text)
{
  gssize sent;

  do
    sent = send (fd, text, strlen (text), MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

static ChildNews
receive_text (int fd, guint milliseconds, gchar **text)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  gssize size;

  *text = NULL;
  if (poll (&poll_fd, 1, (int) milliseconds) <= 0)
    return CHILD_SILENT;
  size = recv (fd, NULL, 0, MSG_PEEK | MSG_TRUNC);
  if (size < 0)
    return errno == EINTR || errno == EAGAIN ? CHILD_SILENT : CHILD_ENDED;
  if (size == 0)
    return CHILD_ENDED;
  *text = g_malloc0 ((gsize) size + 1);
  if (recv (fd, *text, (gsize) size, 0) == size)
    return CHILD_SAID;
  g_clear_pointer (text, g_free);
  return CHILD_ENDED;
}

/* --- becoming a child ---------------------------------------------------- */

static int crash_fd = -1;

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
  SIGABRT };
static struct sigaction before_crash[G_N_ELEMENTS (crash_signals)];

/* Tells the parent which thread it was, and lets happen what would have
 * happened: the fault comes again where it was one. */
static void
on_crash (int number, siginfo_t *info, void *context)
{
  gchar text[sizeof CRASH + 16] = CRASH;

  (void) context;
  text[CRASH_DIGITS] = (gchar) ('0' + number / 10);
  text[CRASH_DIGITS + 1] = (gchar) ('0' + number % 10);
  prctl (PR_GET_NAME, text + sizeof CRASH - 1);
  send (crash_fd, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT);
  for (guint i = 0; i < G_N_ELEMENTS (crash_signals); i++) {
    if (crash_signals[i] == number)
      sigaction (number, &before_crash[i], NULL);
  }
  if (info->si_code <= 0)
    raise (number);
}

static void
watch_crashes (int fd)
{
  struct sigaction action = { .sa_sigaction = on_crash,
    .sa_flags = SA_SIGINFO };

  crash_fd = fd;
  for (guint i = 0; i < G_N_ELEMENTS (crash_signals); i++)
    sigaction (crash_signals[i], &action, &before_crash[i]);
}

/* Of a process that has just become a child. */
static ChildLink *
open_link (int fd, pid_t parent)
{
  ChildLink *self;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  /* It may have died before. */
  if (getppid () != parent)
    _exit (1);
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  /* A reader of the output that has gone is no crash. */
  signal (SIGPIPE, SIG_IGN);
  watch_crashes (fd);
  self = g_new0 (ChildLink, 1);
  self->fd = fd;
  return self;
}

/* --- the parent's side --------------------------------------------------- */

/* Of the file itself, so that the process has its name; where the file was
 * replaced while it runs, what runs. */
static gchar *
find_program (void)
{
  g_autofree gchar *path = g_file_read_link ("/proc/self/exe", NULL);

  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&path);
  return g_strdup ("/proc/self/exe");
}

static Child *
new_child (pid_t pid, int fd)
{
  Child *self = g_new0 (Child, 1);

  self->pid = pid;
  self->fd = fd;
  return self;
}

static gboolean
open_pair (int *ends)
{
  return socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

static Child *
fork_child (int ours, int theirs, const gchar *role, GError **error)
{
  g_autofree gchar *program = find_program ();
  g_autofree gchar *name = g_path_get_basename (program);
  g_autofree gchar *socket_text = g_strdup_printf ("%d", theirs);
  g_autofree gchar *parent_text = g_strdup_printf ("%d", (int) getpid ());
  gchar *argv[] = { name, (gchar *) MARK, (gchar *) role, socket_text,
    parent_text, NULL };
  pid_t pid = fork ();

  /* Between fork and exec only what may be called in a signal handler. */
  if (pid == 0) {
    if (fcntl (theirs, F_SETFD, 0) == 0)
      execv (program, argv);
    _exit (127);
  }
  if (pid < 0) {
    g_set_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK,
        "the process that measures cannot be started: %s", g_strerror (errno));
    return NULL;
  }
  return new_child (pid, ours);
}

Child *
child_start (const gchar *role, GError **error)
{
  Child *self;
  int ends[2];

  if (!open_pair (ends)) {
    g_set_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED,
        "the process that measures cannot be joined: %s", g_strerror (errno));
    return NULL;
  }
  self = fork_child (ends[0], ends[1], role, error);
  close (ends[1]);
  if (self == NULL)
    close (ends[0]);
  return self;
}

guint
child_count_threads (void)
{
  GDir *tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint count = 0;

  if (tasks == NULL)
    return 0;
  while (g_dir_read_name (tasks) != NULL)
    count++;
  g_dir_close (tasks);
  return count;
}

Child *
child_fork (guint threads, ChildLink **link)
{
  pid_t parent = getpid (), pid;
  int ends[2];

  *link = NULL;
  /* Those of OpenBLAS are there before main(), and care for themselves. */
  if (child_count_threads () > threads || !open_pair (ends))
    return NULL;
  pid = fork ();
  close (ends[pid == 0 ? 0 : 1]);
  if (pid == 0)
    *link = open_link (ends[1], parent);
  else if (pid < 0)
    close (ends[0]);
  return pid > 0 ? new_child (pid, ends[0]) : NULL;
}

/* Returns: whether it has ended. */
static gboolean
reap (Child *self, gboolean wait)
{
  pid_t pid;

  if (self->pid == 0)
    return TRUE;
  do
    pid = waitpid (self->pid, &self->status, wait ? 0 : WNOHANG);
  while (pid < 0 && errno == EINTR);
  /* A program that reaps all children may have come before. */
  if (pid == 0)
    return FALSE;
  self->pid = 0;
  return TRUE;
}

static void
kill_child (Child *self)
{
  if (reap (self, FALSE))
    return;
  kill (self->pid, SIGKILL);
  reap (self, TRUE);
}

void
child_end (Child *self, guint milliseconds)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) milliseconds * 1000;

  if (self == NULL)
    return;
  shutdown (self->fd, SHUT_WR);
  while (!reap (self, FALSE) && g_get_monotonic_time () < deadline) {
    gchar *message;

    /* It may be about to say something yet. */
    if (child_hear (self, POLL_MS, &message) == CHILD_ENDED)
      g_usleep (1000);
    g_free (message);
  }
  kill_child (self);
  close (self->fd);
  g_free (self->crashed);
  g_free (self);
}

gboolean
child_tell (Child *self, const gchar *message)
{
  return send_text (self->fd, message);
}

int
child_get_fd (const Child *self)
{
  return self->fd;
}

gint
child_get_pid (const Child *self)
{
  return self->pid;
}

ChildNews
child_hear (Child *self, guint milliseconds, gchar **message)
{
  ChildNews news = receive_text (self->fd, milliseconds, message);

  if (news == CHILD_SAID && strncmp (*message, CRASH, CRASH_DIGITS) == 0
      && strlen (*message) >= strlen (CRASH)) {
    g_free (self->crashed);
    self->crash = atoi (*message + CRASH_DIGITS);
    self->crashed = g_strdup (*message + strlen (CRASH));
    g_clear_pointer (message, g_free);
    return CHILD_SILENT;
  }
  return news;
}

gchar *
child_describe_end (Child *self, gchar **thread)
{
  gint64 deadline = g_get_monotonic_time () + G_USEC_PER_SEC;

  if (thread != NULL)
    *thread = g_strdup (self->crashed);
  /* The socket is closed a little before the process is gone, and a core file
   * may have to be written. */
  while (!reap (self, FALSE) && g_get_monotonic_time () < deadline)
    g_usleep (POLL_MS * 1000);
  kill_child (self);
  if (WIFSIGNALED (self->status) && WTERMSIG (self->status) == SIGKILL)
    return g_strdup ("was killed, perhaps for want of memory");
  /* Sanitizers make an exit of it. */
  if (WIFSIGNALED (self->status) || self->crash != 0)
    return g_strdup_printf ("crashed (%s)",
        strsignal (self->crash != 0 ? self->crash : WTERMSIG (self->status)));
  return g_strdup_printf ("ended by itself (%d)", WEXITSTATUS (self->status));
}

/* --- the child's side ---------------------------------------------------- */

ChildLink *
child_link_open (int argc, char **argv, const gchar *role)
{
  int fd, kind = 0;
  socklen_t size = sizeof kind;

  if (argc != ARGUMENTS || strcmp (argv[1], MARK) != 0
      || strcmp (argv[2], role) != 0)
    return NULL;
  fd = atoi (argv[3]);
  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &kind, &size) != 0
      || kind != SOCK_SEQPACKET)
    return NULL;
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  return open_link (fd, (pid_t) atoi (argv[4]));
}

void
child_link_close (ChildLink *self)
{
  crash_fd = -1;
  close (self->fd);
  g_free (self);
}

void
child_link_say (ChildLink *self, const gchar *message)
{
  if (!send_text (self->fd, message))
    _exit (1);
}

int
child_link_get_fd (const ChildLink *self)
{
  return self->fd;
}

ChildNews
child_link_hear (ChildLink *self, guint milliseconds, gchar **message)
{
  return receive_text (self->fd, milliseconds, message);
}
