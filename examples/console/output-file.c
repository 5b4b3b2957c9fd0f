/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes beside a file and renames, which leaves the old one or the new one,
 * whatever happens meanwhile.  Opens pipes without waiting, again and again.
 */
#include "console/output-file.h"

#include "console/signals.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_MS 10
/* Symbolic links on the way to a file; more lead in a circle. */
#define MOST_LINKS 40

#define ENDING ".part"

/* --- where to ------------------------------------------------------------- */

/* Where the system keeps a process's open files, as links to them. */
static gboolean
is_open_file (const gchar *path)
{
  return g_str_has_prefix (path, "/proc/") && strstr (path, "/fd/") != NULL;
}

/* Returns: (transfer full): the file that @path leads to, which need not be
 * there; @path itself where links lead in a circle.  What is open already, as
 * /dev/stdout, has no other name: whoever reads it knows the open file. */
static gchar *
follow_links (const gchar *path)
{
  gchar *file = g_strdup (path);

  for (guint i = 0; i < MOST_LINKS; i++) {
    g_autofree gchar *folder = g_path_get_dirname (file);
    g_autofree gchar *real = realpath (folder, NULL);
    g_autofree gchar *name = g_path_get_basename (file);
    g_autofree gchar *target = NULL;

    if (real != NULL) {
      g_free (file);
      file = g_build_filename (real, name, NULL);
    }
    target = is_open_file (file) ? NULL : g_file_read_link (file, NULL);
    if (target == NULL)
      return file;
    g_free (file);
    file = g_path_is_absolute (target)
        ? g_steal_pointer (&target)
        : g_build_filename (real != NULL ? real : folder, target, NULL);
  }
  g_free (file);
  return g_strdup (path);
}

/* Whether @file, which no link is, may be replaced: pipes and devices stay what
 * they are. */
static gboolean
is_replaced (const gchar *file)
{
  GStatBuf info;

  return !is_open_file (file)
      && (g_lstat (file, &info) != 0 || S_ISREG (info.st_mode));
}

/* Another program that writes the same file has a part of its own. */
static gchar *
part_of (const gchar *file)
{
  return g_strdup_printf ("%s.%d" ENDING, file, (gint) getpid ());
}

/* Whether @reason keeps a file from being written beside @file, but perhaps not
 * in it: its folder belongs to somebody else, or it is a mount of its own. */
static gboolean
only_in_place (const gchar *file, gint reason)
{
  return reason == ENAMETOOLONG
      || ((reason == EACCES || reason == EPERM || reason == EROFS
              || reason == EBUSY || reason == EXDEV)
          && g_access (file, W_OK) == 0);
}

/* --- writing -------------------------------------------------------------- */

/* Returns: a descriptor, or -1 with errno set. */
static int
open_in_place (const gchar *path)
{
  gint64 deadline =
      g_get_monotonic_time () + (gint64) OUTPUT_FILE_READER_MS * 1000;
  GStatBuf info;
  int fd, reason;

  /* As they are: what was written to them before stays. */
  if (is_open_file (path)) {
    const gchar *number = strrchr (path, '/') + 1;
    g_autofree gchar *own = g_strdup_printf ("/proc/%d/fd/", (gint) getpid ());

    if (g_str_has_prefix (path, own))
      return fcntl ((int) g_ascii_strtoull (number, NULL, 10), F_DUPFD_CLOEXEC,
          STDERR_FILENO + 1);
  }
  for (;;) {
    fd = g_open (path,
        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
    if (fd >= 0)
      break;
    reason = errno;
    if (reason != ENXIO || g_stat (path, &info) != 0 || !S_ISFIFO (info.st_mode)
        || g_get_monotonic_time () >= deadline) {
      errno = reason;
      return -1;
    }
    if (poll (NULL, 0, STEP_MS) < 0)
      return -1;
  }
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

/* Returns: 0, or errno.  Closes @fd. */
static gint
write_all (int fd, const gchar *data, gsize size)
{
  gint reason = 0;

  while (size > 0 && reason == 0) {
    gssize n = write (fd, data, size);

    if (n < 0) {
      reason = errno;
      continue;
    }
    data += n;
    size -= (gsize) n;
  }
  /* Pipes know nothing of a disk. */
  if (reason == 0 && fsync (fd) != 0 && errno != EINVAL && errno != EROFS
      && errno != ENOTSUP)
    reason = errno;
  if (close (fd) != 0 && reason == 0)
    reason = errno;
  return reason;
}

static gint
write_in_place (const gchar *file, gconstpointer data, gsize size)
{
  int fd = open_in_place (file);

  return fd < 0 ? errno : write_all (fd, data, size);
}

/* Returns: a descriptor of @part, which is to become @file; -1 with errno
 * set */
static int
open_part (const gchar *part, const gchar *file)
{
  GStatBuf old;
  int fd = g_open (part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

  /* Who may read it stays as it was; where that cannot be, as for new files. */
  if (fd >= 0 && g_stat (file, &old) == 0
      && fchmod (fd, old.st_mode & 0777) != 0)
    errno = 0;
  return fd;
}

static gint
replace (const gchar *file, gconstpointer data, gsize size)
{
  g_autofree gchar *part = part_of (file);
  gint reason;
  int fd = open_part (part, file);

  if (fd < 0)
    return errno;
  reason = write_all (fd, data, size);
  if (reason == 0 && g_rename (part, file) != 0)
    reason = errno;
  if (reason != 0)
    g_unlink (part);
  return reason;
}

gint
output_file_put (const gchar *path, gconstpointer data, gsize size)
{
  g_autofree gchar *file = follow_links (path);
  gint reason;

  if (!is_replaced (file))
    return write_in_place (file, data, size);
  reason = replace (file, data, size);
  return only_in_place (file, reason) ? write_in_place (file, data, size)
                                      : reason;
}

gint
output_file_can (const gchar *path)
{
  g_autofree gchar *file = follow_links (path);
  g_autofree gchar *part = part_of (file);
  gint reason;
  int fd;

  if (g_file_test (file, G_FILE_TEST_IS_DIR))
    return EISDIR;
  if (!is_replaced (file))
    return g_access (file, W_OK) == 0 ? 0 : errno;
  fd = g_open (part, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) {
    reason = errno;
    return only_in_place (file, reason) ? 0 : reason;
  }
  close (fd);
  g_unlink (part);
  return 0;
}

/* --- piece by piece ------------------------------------------------------- */

/* Whether @name is that of somebody's part of the file @whole. */
static gboolean
is_part_of (const gchar *name, const gchar *whole)
{
  gsize length = strlen (whole);
  gsize digits;

  if (strncmp (name, whole, length) != 0 || name[length] != '.')
    return FALSE;
  name += length + 1;
  digits = strspn (name, "0123456789");
  return digits > 0 && strcmp (name + digits, ENDING) == 0;
}

/* The lock of a part ends with the process that writes it. */
static void
remove_if_left (const gchar *part)
{
  int fd = g_open (part, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);

  if (fd < 0)
    return;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    g_unlink (part);
  close (fd);
}

static void
remove_left (const gchar *file)
{
  g_autofree gchar *folder = g_path_get_dirname (file);
  g_autofree gchar *whole = g_path_get_basename (file);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *part = g_build_filename (folder, name, NULL);

    if (is_part_of (name, whole))
      remove_if_left (part);
  }
  g_clear_pointer (&dir, g_dir_close);
}

/* Returns: whether @fd is still that of a file with a name: another process may
 * have taken it for one that was left. */
static gboolean
hold (int fd)
{
  GStatBuf info;

  /* Where there are no locks, nobody takes it for that. */
  if (flock (fd, LOCK_EX) != 0)
    return TRUE;
  return fstat (fd, &info) != 0 || info.st_nlink > 0;
}

/* Like open_part(); it has its lock. */
static int
open_held (const gchar *part, const gchar *file)
{
  for (;;) {
    int fd = open_part (part, file);

    if (fd < 0 || hold (fd))
      return fd;
    close (fd);
  }
}

void
output_part_begin (OutputPart *self, const gchar *path)
{
  g_autofree gchar *file = follow_links (path);
  g_autofree gchar *part = part_of (file);
  int fd;

  *self = (OutputPart){ NULL, NULL, -1 };
  if (is_replaced (file)) {
    remove_left (file);
    fd = open_held (part, file);
    if (fd >= 0 || !only_in_place (file, errno)) {
      self->place = g_steal_pointer (&part);
      self->file = g_steal_pointer (&file);
      self->lock = fd;
      stop_signal_remove (self->place);
      return;
    }
  }
  self->place = g_strdup (path);
}

/* Has what was written to a file come to the disk.  Returns: 0, or errno. */
static gint
settle (const gchar *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  return fd < 0 ? errno : write_all (fd, NULL, 0);
}

gint
output_part_end (OutputPart *self, gboolean whole)
{
  gint reason = 0;

  if (self->file != NULL) {
    stop_signal_remove (NULL);
    reason = whole ? settle (self->place) : 0;
    if (whole && reason == 0 && g_rename (self->place, self->file) != 0)
      reason = errno;
    if (!whole || reason != 0)
      g_unlink (self->place);
    if (self->lock >= 0)
      close (self->lock);
  }
  g_clear_pointer (&self->place, g_free);
  g_clear_pointer (&self->file, g_free);
  return reason;
}
