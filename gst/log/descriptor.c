/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opens without waiting for ever, locks, and writes without a signal.
 */
#include "log/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define READER_STEP_MS 10
#define ROOM_STEP_MS 50

/* How often a file is opened again that others move aside meanwhile. */
#define MOST_TRIES 20

static gboolean
fail (int code, GError **error)
{
  g_set_error_literal (
      error, G_FILE_ERROR, g_file_error_from_errno (code), g_strerror (code));
  return FALSE;
}

/* --- one writer ---------------------------------------------------------- */

/* Of a line of /proc/locks, such as
 * "1: FLOCK  ADVISORY  WRITE 716 fe:00:1234 0 EOF". */
static pid_t
holder_in_line (const gchar *line, const struct stat *info, gboolean *certain)
{
  unsigned long long inode;
  unsigned major_number, minor_number;
  int pid;

  if (sscanf (line, "%*s FLOCK %*s WRITE %d %x:%x:%llu", &pid, &major_number,
          &minor_number, &inode)
          != 4
      || inode != info->st_ino)
    return 0;
  *certain = major_number == major (info->st_dev)
      && minor_number == minor (info->st_dev);
  return pid;
}

/* Returns: 0 where the system does not tell.  Some file systems have devices of
 * their own in stat(), so the number of the file alone counts too. */
static pid_t
find_holder (const struct stat *info)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  pid_t likely = 0;

  if (!g_file_get_contents ("/proc/locks", &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    gboolean certain = FALSE;
    pid_t pid = holder_in_line (lines[i], info, &certain);

    if (pid > 0 && certain)
      return pid;
    likely = pid > 0 ? pid : likely;
  }
  return likely;
}

static gboolean
refuse_second (const struct stat *info, GError **error)
{
  pid_t holder = find_holder (info);

  if (holder == getpid ())
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
        "this program (process %d) writes another log to it already",
        (int) holder);
  else if (holder > 0 && kill (holder, 0) != 0 && errno == ESRCH)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
        "a process that process %d started, which has ended itself, still has "
        "it open",
        (int) holder);
  else if (holder > 0)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
        "process %d writes to it already", (int) holder);
  else
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
        "another program writes to it already");
  return FALSE;
}

/* The lock belongs to what was opened, not to the process, so that it holds
 * among elements of one program too. */
static gboolean
lock (int fd, const struct stat *info, GError **error)
{
  int done;

  do
    done = flock (fd, LOCK_EX | LOCK_NB);
  while (done != 0 && errno == EINTR);
  if (done != 0 && errno == EWOULDBLOCK)
    return refuse_second (info, error);
  return TRUE; /* or there are no locks in this file system */
}

/* --- opening ------------------------------------------------------------- */

static gboolean
is_leaving (const gint *leaving)
{
  return leaving != NULL && g_atomic_int_get (leaving);
}

/* A signal ends the wait, so that a program which handles it can end too.
 * Returns: a descriptor, or negative with errno set. */
static int
open_path (const gchar *path, guint reader_ms, const gint *leaving)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) reader_ms * 1000;
  GStatBuf info;
  int fd;

  for (;;) {
    fd = g_open (path,
        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
        0666);
    if (fd >= 0 || errno != ENXIO)
      return fd;
    if (g_stat (path, &info) != 0 || !S_ISFIFO (info.st_mode)
        || is_leaving (leaving) || g_get_monotonic_time () >= deadline) {
      errno = ENXIO;
      return -1;
    }
    if (poll (NULL, 0, READER_STEP_MS) < 0)
      return -1;
  }
}

static gboolean
fail_to_open (const gchar *path, guint reader_ms, int code, GError **error)
{
  GStatBuf info;

  if (code != ENXIO || g_stat (path, &info) != 0)
    return fail (code, error);
  if (S_ISFIFO (info.st_mode))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NXIO,
        "it is a pipe that no program has opened for reading (waited for %g s)",
        reader_ms / 1000.);
  else if (S_ISSOCK (info.st_mode))
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NXIO,
        "it is a socket, and a log goes to a file or a pipe");
  else
    return fail (code, error);
  return FALSE;
}

static gboolean
is_file_at (const gchar *path, const struct stat *info)
{
  GStatBuf there;

  return g_stat (path, &there) == 0 && there.st_dev == info->st_dev
      && there.st_ino == info->st_ino;
}

/* Returns: a copy of standard output or standard error where they go to that
 * file; negative otherwise. */
static int
copy_standard (const struct stat *info)
{
  for (int i = STDOUT_FILENO; i <= STDERR_FILENO; i++) {
    struct stat standard;

    if (fstat (i, &standard) == 0 && standard.st_dev == info->st_dev
        && standard.st_ino == info->st_ino)
      return fcntl (i, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  }
  return -1;
}

/* @self has a plain file open.  Returns: FALSE with @error set, or with
 * @moved. */
static gboolean
make_sole (PerceptualDescriptor *self, const gchar *path,
    const struct stat *info, gboolean *moved, GError **error)
{
  int standard = copy_standard (info);

  *moved = FALSE;
  if (standard >= 0) {
    close (self->fd);
    self->fd = standard;
    return TRUE;
  }
  self->plain = lock (self->fd, info, error);
  if (!self->plain)
    return FALSE;
  /* Who had it locked may have moved it aside. */
  *moved = !is_file_at (path, info);
  return !*moved;
}

gboolean
perceptual_descriptor_open (PerceptualDescriptor *self, const gchar *location,
    guint reader_ms, const gint *leaving, GError **error)
{
  struct stat info;
  gboolean moved = TRUE;

  *self = (PerceptualDescriptor){ .fd = -1, .leaving = leaving };
  if (g_strcmp0 (location, "-") == 0) {
    self->fd = STDOUT_FILENO;
    self->paced = fstat (self->fd, &info) == 0 && !S_ISREG (info.st_mode);
    return TRUE;
  }
  self->own = TRUE;
  for (guint i = 0; i < MOST_TRIES && moved; i++) {
    self->fd = open_path (location, reader_ms, leaving);
    if (self->fd < 0)
      return fail_to_open (location, reader_ms, errno, error);
    self->paced = fstat (self->fd, &info) == 0 && !S_ISREG (info.st_mode);
    if (self->paced || make_sole (self, location, &info, &moved, error))
      return TRUE;
    perceptual_descriptor_close (self);
  }
  if (moved)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
        "other programs move it all the time");
  return FALSE;
}

/* Files on other machines tell of a full disk when they are closed. */
int
perceptual_descriptor_close (PerceptualDescriptor *self)
{
  int fd = self->fd;

  self->fd = -1;
  if (!self->own || fd < 0)
    return 0;
  if (self->plain)
    flock (fd, LOCK_UN);
  return close (fd) == 0 || errno == EINTR ? 0 : errno;
}

/* --- writing ------------------------------------------------------------- */

/* Returns: FALSE where the log is to end and its reader takes nothing. */
static gboolean
wait_for_room (PerceptualDescriptor *self)
{
  struct pollfd room = { .fd = self->fd, .events = POLLOUT };

  for (;;) {
    if (poll (&room, 1, ROOM_STEP_MS) > 0)
      return TRUE;
    if (!is_leaving (self->leaving))
      continue;
    if (self->deadline == 0)
      self->deadline =
          g_get_monotonic_time () + (gint64) PERCEPTUAL_LOG_LEAVE_MS * 1000;
    if (g_get_monotonic_time () >= self->deadline)
      return FALSE;
  }
}

/* The signal for a pipe without reader goes to the thread that writes, which
 * is the host program's: it is taken away before the program sees it. */
static gssize
write_quietly (int fd, const gchar *text, gsize length)
{
  const struct timespec now = { .tv_sec = 0 };
  sigset_t broken, before, pending;
  gssize written;
  int code;

  sigemptyset (&broken);
  sigaddset (&broken, SIGPIPE);
  sigemptyset (&pending);
  sigpending (&pending);
  pthread_sigmask (SIG_BLOCK, &broken, &before);
  written = write (fd, text, length);
  code = errno;
  if (written < 0 && code == EPIPE && !sigismember (&pending, SIGPIPE)) {
    while (sigtimedwait (&broken, NULL, &now) < 0 && errno == EINTR)
      ;
  }
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = code;
  return written;
}

/* What a pipe has room for is not known, but that it takes PIPE_BUF once it
 * takes anything. */
static gssize
write_some (
    PerceptualDescriptor *self, const gchar *text, gsize length, goffset place)
{
  if (self->plain)
    return place >= 0 ? pwrite (self->fd, text, length, (off_t) place)
                      : write (self->fd, text, length);
  if (!self->paced)
    return write_quietly (self->fd, text, length);
  if (wait_for_room (self))
    return write_quietly (self->fd, text, MIN (length, PIPE_BUF));
  errno = ETIMEDOUT;
  return -1;
}

int
perceptual_descriptor_write (
    PerceptualDescriptor *self, const gchar *text, gsize length, goffset place)
{
  gsize done = 0;

  while (done < length) {
    gssize written = write_some (self, text + done, length - done,
        place >= 0 ? place + (goffset) done : place);

    if (written > 0)
      done += (gsize) written;
    /* Standard output may be shared with a program that made it so. */
    else if (written < 0 && errno != EINTR && errno != EAGAIN
        && errno != EWOULDBLOCK)
      return errno;
  }
  return 0;
}
