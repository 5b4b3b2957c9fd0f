/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each folder has a file that is locked as long as its owner lives, so what
 * is left of one that was killed is recognized.
 */
#include "tune/probe/temp.h"

#include "console/printable.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "perceptual-tune-"
#define LOCK "lock"

/* A folder without a lock may be about to get it. */
#define YOUNG_S 60

/* Symbolic links are removed, not followed. */
static void
remove_all (const gchar *path)
{
  GDir *folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK)
      ? NULL
      : g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *inner = g_build_filename (path, name, NULL);

    remove_all (inner);
  }
  g_clear_pointer (&folder, g_dir_close);
  g_remove (path);
}

static void
remove_if_left (const gchar *path)
{
  g_autofree gchar *name = g_build_filename (path, LOCK, NULL);
  GStatBuf status;
  int lock;

  if (g_stat (name, &status) != 0 || status.st_uid != getuid ()
      || time (NULL) - status.st_mtime < YOUNG_S)
    return;
  lock = g_open (name, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
  if (lock < 0)
    return;
  if (flock (lock, LOCK_EX | LOCK_NB) == 0)
    remove_all (path);
  close (lock);
}

/* Once is enough: what is left later is found by the next one. */
static void
remove_left (const gchar *parent)
{
  static gboolean done = FALSE;
  GDir *folder = done ? NULL : g_dir_open (parent, 0, NULL);
  const gchar *name;

  done = TRUE;
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *path = g_build_filename (parent, name, NULL);

    if (g_str_has_prefix (name, PREFIX))
      remove_if_left (path);
  }
  g_clear_pointer (&folder, g_dir_close);
}

TuneTemp *
tune_temp_new (const gchar *parent, GError **error)
{
  const gchar *where = parent != NULL ? parent : g_get_tmp_dir ();
  g_autofree gchar *path = g_build_filename (where, PREFIX "XXXXXX", NULL);
  g_autofree gchar *name = NULL;
  TuneTemp *self;

  remove_left (where);
  if (g_mkdtemp (path) == NULL) {
    int code = errno;
    g_autofree gchar *label = printable_text (where);

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
        "%s: no folder for temporary files can be made there: %s", label,
        g_strerror (code));
    return NULL;
  }
  self = g_new0 (TuneTemp, 1);
  name = g_build_filename (path, LOCK, NULL);
  self->lock = g_open (name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (self->lock >= 0)
    flock (self->lock, LOCK_EX | LOCK_NB);
  self->path = g_steal_pointer (&path);
  return self;
}

void
tune_temp_free (TuneTemp *self)
{
  if (self == NULL)
    return;
  remove_all (self->path);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->path);
  g_free (self);
}
