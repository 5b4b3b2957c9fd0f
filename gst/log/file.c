/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes the bytes of a log to a file, a device or a pipe.
 */
#include "log/file.h"

#include "log/descriptor.h"

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
  PerceptualDescriptor out;
  const gint *leaving; /* (nullable) */
  gboolean appends;    /* until it has an end, which is to be replaced */
  gboolean failed;     /* the last write did */
  guint64 size;        /* without the end */
  gchar *end;          /* (nullable) */
  guint64 end_size;    /* that it takes up, padding included */
  gboolean can_move;
  guint max_files;
  GQueue moved;     /* numbers of the files that were moved aside, rising */
  gchar head[HEAD]; /* what files written here begin with, once all is there */
  gsize head_size;
};

static void
set_error (GError **error, const gchar *what, const gchar *path, int code)
{
  const gchar *reason = g_strerror (code);

  if (code == EPIPE)
    reason = "its reader has gone";
  else if (code == ETIMEDOUT)
    reason = "its reader takes nothing";
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      "Cannot %s the log %s: %s", what, path, reason);
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

static gboolean
refuse_to_split (const gchar *location, const gchar *reason, GError **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
      "The log %s cannot be split into files%s", location, reason);
  return FALSE;
}

/* A link is not moved: what it names, a terminal perhaps, would stay. */
static gboolean
check_movable (const gchar *location, GError **error)
{
  GStatBuf info;

  if (g_strcmp0 (location, "-") == 0)
    return refuse_to_split ("on standard output", "", error);
  /* What is wrong otherwise shows when it is opened. */
  return g_lstat (location, &info) != 0 || S_ISREG (info.st_mode)
      || refuse_to_split (location, ": it is not a plain file", error);
}

/* Returns: whether @new has room for a log: what was there has become one of
 * the files that are kept, or is gone.  FALSE without @error: it is to be
 * opened again. */
static gboolean
make_room (PerceptualLogFile *self, PerceptualDescriptor *new, gboolean keep,
    GError **error)
{
  struct stat info;

  if (!new->plain)
    return !keep
        || refuse_to_split (self->shown,
            ": it is what standard output or standard error go to", error);
  if (fstat (new->fd, &info) == 0 && info.st_size == 0)
    return TRUE;
  if (keep) {
    move_aside (self, error);
    return FALSE;
  }
  if (ftruncate (new->fd, 0) == 0)
    return TRUE;
  set_error (error, "empty", self->shown, errno);
  return FALSE;
}

/* @keep: what lies there is moved aside, by whoever holds its lock.  What is
 * open in @self stays so where this fails. */
static gboolean
open_place (PerceptualLogFile *self, gboolean keep, GError **error)
{
  PerceptualDescriptor new;
  GError *reason = NULL;
  gboolean ready = FALSE;

  while (!ready && reason == NULL) {
    if (!perceptual_descriptor_open (&new, self->location,
            PERCEPTUAL_LOG_READER_MS, self->leaving, &reason)) {
      g_propagate_prefixed_error (
          error, reason, "Cannot write the log %s: ", self->shown);
      return FALSE;
    }
    ready = make_room (self, &new, keep, &reason);
    if (!ready)
      perceptual_descriptor_close (&new);
  }
  if (!ready) {
    g_propagate_error (error, reason);
    return FALSE;
  }
  self->out = new;
  self->appends = TRUE;
  self->size = self->end_size = 0;
  g_clear_pointer (&self->end, g_free);
  return TRUE;
}

PerceptualLogFile *
perceptual_log_file_open (const gchar *location, gboolean keep, guint max_files,
    const gint *leaving, GError **error)
{
  PerceptualLogFile *self;
  GStatBuf info;

  if (keep && !check_movable (location, error))
    return NULL;
  self = g_new0 (PerceptualLogFile, 1);
  self->location = g_strdup (location);
  self->shown = g_strdup (
      g_strcmp0 (location, "-") != 0 ? location : "on standard output");
  self->out.fd = -1;
  self->leaving = leaving;
  self->max_files = max_files;
  g_queue_init (&self->moved);
  if (keep)
    find_moved (self);
  if (!open_place (self, keep, error)) {
    perceptual_log_file_close (self, NULL);
    return NULL;
  }
  self->can_move = self->out.plain && g_lstat (location, &info) == 0
      && S_ISREG (info.st_mode);
  return self;
}

/* --- files that others remove or empty ----------------------------------- */

gboolean
perceptual_log_file_look_after (
    PerceptualLogFile *self, gboolean *anew, GError **error)
{
  struct stat info;

  *anew = FALSE;
  if (!self->out.plain || fstat (self->out.fd, &info) != 0)
    return TRUE;
  if (info.st_nlink == 0) {
    PerceptualDescriptor old = self->out;

    *anew = TRUE;
    if (!open_place (self, self->can_move, error)) {
      g_prefix_error (error, "The log was removed while it was written. ");
      return FALSE;
    }
    perceptual_descriptor_close (&old);
    return TRUE;
  }
  *anew = (guint64) info.st_size < self->size + self->end_size;
  if (!*anew)
    return TRUE;
  /* A file without end goes on behind what was left. */
  self->size = self->appends ? (guint64) info.st_size : 0;
  self->end_size = 0;
  g_clear_pointer (&self->end, g_free);
  if (self->appends || ftruncate (self->out.fd, 0) == 0)
    return TRUE;
  set_error (error, "empty", self->shown, errno);
  return FALSE;
}

/* --- writing ------------------------------------------------------------- */

/* A file whose end is replaced is written at places that are known here; all
 * others take each line behind what is there, wherever that ends now.
 * Returns: 0 or an error number. */
static int
write_all (PerceptualLogFile *self, const gchar *text, gsize length)
{
  return perceptual_descriptor_write (
      &self->out, text, length, self->appends ? -1 : (goffset) self->size);
}

static void
stop_appending (PerceptualLogFile *self)
{
  int flags = fcntl (self->out.fd, F_GETFL);

  fcntl (self->out.fd, F_SETFL, flags & ~O_APPEND);
  self->appends = FALSE;
}

/* Makes a plain file what it was before a write that failed midway.  Its
 * bytes have their place on the disk already. */
static void
restore (PerceptualLogFile *self, off_t size)
{
  if (!self->out.plain)
    return;
  self->end_size = self->end != NULL ? strlen (self->end) : 0;
  write_all (self, self->end, self->end_size);
  if (ftruncate (self->out.fd, size + (off_t) self->end_size) != 0)
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
  struct stat info = { .st_size = (off_t) self->size };
  gsize length = piece->len;
  int code;

  if (end != NULL && self->out.plain) {
    g_string_append (piece, end);
    if (self->appends)
      stop_appending (self);
  }
  if (self->appends && self->out.plain)
    fstat (self->out.fd, &info);
  /* An end that was longer is covered, so that one write does all. */
  while (piece->len < self->end_size)
    g_string_append_c (piece, '\n');
  code = write_all (self, piece->str, piece->len);
  self->failed = code != 0;
  if (code != 0) {
    restore (self, info.st_size);
    set_error (error, "write", self->shown, code);
    return FALSE;
  }
  self->size += length;
  self->end_size = self->out.plain ? piece->len - length : 0;
  g_free (self->end);
  self->end = g_strdup (end);
  return note_head (self, text, length, error);
}

static gboolean
close_descriptor (
    PerceptualLogFile *self, PerceptualDescriptor *out, GError **error)
{
  int code = perceptual_descriptor_close (out);

  if (code != 0)
    set_error (error, "write", self->shown, code);
  return code == 0;
}

gboolean
perceptual_log_file_close (PerceptualLogFile *self, GError **error)
{
  gboolean ok = TRUE;

  if (!self->out.plain && !self->failed && self->end != NULL) {
    int code = write_all (self, self->end, strlen (self->end));

    ok = code == 0;
    if (!ok)
      set_error (error, "write", self->shown, code);
  }
  ok &= close_descriptor (self, &self->out, ok ? error : NULL);
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

/* Another program may have moved the file, and put another in its place. */
static gboolean
is_at_its_place (const PerceptualLogFile *self)
{
  struct stat own, there;

  return fstat (self->out.fd, &own) == 0 && lstat (self->location, &there) == 0
      && own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

gboolean
perceptual_log_file_next (PerceptualLogFile *self, GError **error)
{
  PerceptualDescriptor old = self->out;

  if (is_at_its_place (self) && !move_aside (self, error))
    return FALSE;
  return open_place (self, TRUE, error) && close_descriptor (self, &old, error);
}
