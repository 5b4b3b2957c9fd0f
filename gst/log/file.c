/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the bytes of a log to a file, a device or a pipe.
 */
#include "log/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A log is told from other files of such a name by this many first bytes: more
 * than those that all JSON has in common, and none of those that differ from
 * run to run. */
#define HEAD 24

struct _PerceptualLogFile
{
  gchar *location;
  gchar *shown; /* in messages */
  int fd;
  gboolean own_fd;
  gboolean plain;   /* a file with offsets, not a pipe or a device */
  gboolean failed;  /* the last write did */
  guint64 size;     /* without the end */
  gchar *end;       /* (nullable) */
  guint64 end_size; /* that it takes up, padding included */
  gboolean can_move;
  guint max_files;
  GQueue moved;     /* numbers of the files that were moved aside, rising */
  gchar head[HEAD]; /* what files written here begin with, once all is there */
  gsize head_size;
};

static void
set_error (GError **error, const gchar *what, const gchar *path, int code)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      "Cannot %s the log %s: %s", what, path, g_strerror (code));
}

/* --- files that were moved aside ----------------------------------------- */

/* Where the number goes: behind the name, before the extension. */
static gsize
stem_length (const gchar *path)
{
  const gchar *name = strrchr (path, G_DIR_SEPARATOR);
  const gchar *dot;

  name = name != NULL ? name + 1 : path;
  dot = strrchr (name, '.');
  return dot != NULL && dot != name ? (gsize) (dot - path) : strlen (path);
}

static gchar *
moved_path (const PerceptualLogFile *self, guint64 number)
{
  gsize stem = stem_length (self->location);

  return g_strdup_printf ("%.*s-%05" G_GUINT64_FORMAT "%s", (int) stem,
      self->location, number, self->location + stem);
}

static gint
compare_numbers (gconstpointer a, gconstpointer b, gpointer unused)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

/* Returns: 0 if @name is not that of a file that was moved aside. */
static guint64
number_of (const gchar *name, const gchar *own_name)
{
  gsize stem = stem_length (own_name);
  gchar *rest = NULL;
  guint64 number;

  if (strncmp (name, own_name, stem) != 0 || name[stem] != '-'
      || !g_ascii_isdigit (name[stem + 1]))
    return 0;
  number = g_ascii_strtoull (name + stem + 1, &rest, 10);
  return rest - (name + stem + 1) >= 5 && g_str_equal (rest, own_name + stem)
      ? number
      : 0;
}

static void
find_moved (PerceptualLogFile *self)
{
  g_autofree gchar *folder = g_path_get_dirname (self->location);
  g_autofree gchar *own_name = g_path_get_basename (self->location);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const gchar *name;

  /* A folder that cannot be read may still be written to; then a file of
   * the same number is in the way, and next_number() steps over it. */
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    guint64 number = number_of (name, own_name);

    if (number > 0 && number < G_MAXUINT64)
      g_queue_insert_sorted (&self->moved, g_memdup2 (&number, sizeof number),
          compare_numbers, NULL);
  }
}

static guint64
next_number (PerceptualLogFile *self)
{
  const guint64 *last = g_queue_peek_tail (&self->moved);
  guint64 number = last != NULL ? *last + 1 : 1;

  for (;; number++) {
    g_autofree gchar *path = moved_path (self, number);

    if (!g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
      return number;
  }
}

/* A video may have a name such as film-00001.mkv. */
static gboolean
is_log (const PerceptualLogFile *self, const gchar *path)
{
  gchar head[HEAD];
  FILE *file;
  gsize n;

  /* Opening a pipe could take for ever. */
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  file = g_fopen (path, "rbe");
  n = file != NULL ? fread (head, 1, HEAD, file) : 0;
  if (file != NULL)
    fclose (file);
  return n == HEAD && memcmp (head, self->head, HEAD) == 0;
}

/* A file that is not a log does not count as one of those that are kept. */
static void
forget_others (PerceptualLogFile *self)
{
  GList *next;

  for (GList *link = self->moved.head; link != NULL; link = next) {
    g_autofree gchar *path = moved_path (self, *(guint64 *) link->data);

    next = link->next;
    if (is_log (self, path))
      continue;
    g_free (link->data);
    g_queue_delete_link (&self->moved, link);
  }
}

/* Removes nothing before it is known how this log begins, and nothing that does
 * not begin like it. */
static gboolean
remove_oldest (PerceptualLogFile *self, GError **error)
{
  while (self->max_files > 0 && self->head_size == HEAD
      && self->moved.length > self->max_files) {
    g_autofree guint64 *number = g_queue_pop_head (&self->moved);
    g_autofree gchar *path = moved_path (self, *number);

    if (is_log (self, path) && g_unlink (path) != 0 && errno != ENOENT) {
      set_error (error, "remove", path, errno);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
move_aside (PerceptualLogFile *self, GError **error)
{
  guint64 number = next_number (self);
  g_autofree gchar *path = moved_path (self, number);

  if (g_rename (self->location, path) != 0) {
    set_error (error, "move aside", self->location, errno);
    return FALSE;
  }
  g_queue_push_tail (&self->moved, g_memdup2 (&number, sizeof number));
  return remove_oldest (self, error);
}

/* --- opening ------------------------------------------------------------- */

/* A link is not moved: what it names, a terminal perhaps, would stay. */
static gboolean
check_movable (const gchar *location, gboolean *exists, GError **error)
{
  GStatBuf info;

  *exists = FALSE;
  if (g_strcmp0 (location, "-") == 0) {
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "The log on standard output cannot be split into files");
    return FALSE;
  }
  if (g_lstat (location, &info) != 0)
    return TRUE; /* what is wrong shows when it is opened */
  if (!S_ISREG (info.st_mode)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "The log %s cannot be split into files: it is not a plain file",
        location);
    return FALSE;
  }
  *exists = info.st_size > 0;
  return TRUE;
}

static gboolean
open_fd (PerceptualLogFile *self, GError **error)
{
  struct stat info;
  int fd =
      g_open (self->location, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

  if (fd < 0) {
    set_error (error, "write", self->shown, errno);
    return FALSE;
  }
  self->fd = fd;
  self->plain = fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
  self->size = self->end_size = 0;
  g_clear_pointer (&self->end, g_free);
  return TRUE;
}

PerceptualLogFile *
perceptual_log_file_open (
    const gchar *location, gboolean keep, guint max_files, GError **error)
{
  PerceptualLogFile *self;
  gboolean own_fd = g_strcmp0 (location, "-") != 0;
  gboolean exists = FALSE;
  GStatBuf info;

  if (keep && !check_movable (location, &exists, error))
    return NULL;
  self = g_new0 (PerceptualLogFile, 1);
  self->location = g_strdup (location);
  self->shown = g_strdup (own_fd ? location : "on standard output");
  self->fd = own_fd ? -1 : STDOUT_FILENO;
  self->own_fd = own_fd;
  self->max_files = max_files;
  g_queue_init (&self->moved);
  if (keep)
    find_moved (self);
  if ((exists && !move_aside (self, error))
      || (own_fd && !open_fd (self, error))) {
    perceptual_log_file_close (self, NULL);
    return NULL;
  }
  self->can_move =
      self->plain && g_lstat (location, &info) == 0 && S_ISREG (info.st_mode);
  return self;
}

/* --- writing ------------------------------------------------------------- */

static void
wait_for_room (int fd)
{
  GPollFD poll = { .fd = fd, .events = G_IO_OUT };

  g_poll (&poll, 1, -1);
}

/* Returns: 0 or an error number. */
static int
write_all (PerceptualLogFile *self, const gchar *text, gsize length)
{
  gsize done = 0;

  while (done < length) {
    gssize written = self->plain ? pwrite (self->fd, text + done, length - done,
                         (off_t) (self->size + done))
                                 : write (self->fd, text + done, length - done);

    if (written < 0 && errno == EINTR)
      continue;
    /* Standard output may be shared with a program that made it so. */
    if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      wait_for_room (self->fd);
      continue;
    }
    if (written < 0)
      return errno;
    done += (gsize) written;
  }
  return 0;
}

/* Makes a plain file what it was before a write that failed midway.  Its
 * bytes have their place on the disk already. */
static void
restore (PerceptualLogFile *self)
{
  if (!self->plain)
    return;
  self->end_size = self->end != NULL ? strlen (self->end) : 0;
  write_all (self, self->end, self->end_size);
  if (ftruncate (self->fd, (off_t) (self->size + self->end_size)) != 0)
    return; /* some of the line stays; the error is reported all the same */
}

/* What earlier runs left can be told only once this run has written. */
static gboolean
note_head (PerceptualLogFile *self, const gchar *text, gsize n, GError **error)
{
  if (self->head_size == HEAD)
    return TRUE;
  n = MIN (n, HEAD - self->head_size);
  memcpy (self->head + self->head_size, text, n);
  self->head_size += n;
  if (self->head_size < HEAD || self->max_files == 0)
    return TRUE;
  forget_others (self);
  return remove_oldest (self, error);
}

gboolean
perceptual_log_file_write (PerceptualLogFile *self, const gchar *text,
    const gchar *end, GError **error)
{
  g_autoptr (GString) piece = g_string_new (text);
  gsize length = piece->len;
  int code;

  if (end != NULL && self->plain)
    g_string_append (piece, end);
  /* An end that was longer is covered, so that one write does all. */
  while (piece->len < self->end_size)
    g_string_append_c (piece, '\n');
  code = write_all (self, piece->str, piece->len);
  self->failed = code != 0;
  if (code != 0) {
    restore (self);
    set_error (error, "write", self->shown, code);
    return FALSE;
  }
  self->size += length;
  self->end_size = self->plain ? piece->len - length : 0;
  g_free (self->end);
  self->end = g_strdup (end);
  return note_head (self, text, length, error);
}

/* Files on other machines tell of a full disk when they are closed. */
static gboolean
close_fd (PerceptualLogFile *self, int fd, GError **error)
{
  if (close (fd) == 0 || errno == EINTR)
    return TRUE;
  set_error (error, "write", self->shown, errno);
  return FALSE;
}

gboolean
perceptual_log_file_close (PerceptualLogFile *self, GError **error)
{
  gboolean ok = TRUE;

  if (!self->plain && !self->failed && self->end != NULL) {
    int code = write_all (self, self->end, strlen (self->end));

    ok = code == 0;
    if (!ok)
      set_error (error, "write", self->shown, code);
  }
  if (self->own_fd && self->fd >= 0)
    ok &= close_fd (self, self->fd, ok ? error : NULL);
  g_queue_clear_full (&self->moved, g_free);
  g_free (self->end);
  g_free (self->shown);
  g_free (self->location);
  g_free (self);
  return ok;
}

guint64
perceptual_log_file_get_size (const PerceptualLogFile *self)
{
  return self->size;
}

gboolean
perceptual_log_file_can_move (const PerceptualLogFile *self)
{
  return self->can_move;
}

gboolean
perceptual_log_file_next (PerceptualLogFile *self, GError **error)
{
  int old = self->fd;

  return move_aside (self, error) && open_fd (self, error)
      && close_fd (self, old, error);
}
