/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder for what is read from files; it is made once, and goes when the
 * program ends.
 */
#ifndef FUZZ_PLACE_H
#define FUZZ_PLACE_H

#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>

static gchar *place_folder;

static inline void
place_empty (void)
{
  g_autoptr (GDir) dir = g_dir_open (place_folder, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (place_folder, name, NULL);

    g_unlink (path);
  }
}

static inline void
place_remove (void)
{
  place_empty ();
  g_rmdir (place_folder);
  g_free (place_folder);
}

/* Returns: (transfer full): of a file called @name in the folder. */
static inline gchar *
place_path (const gchar *name)
{
  if (place_folder == NULL) {
    place_folder = g_dir_make_tmp ("fuzz-XXXXXX", NULL);
    g_assert_nonnull (place_folder);
    atexit (place_remove);
  }
  return g_build_filename (place_folder, name, NULL);
}

/* Puts bytes into a file of the folder.  Returns: (transfer full): its path. */
static inline gchar *
place_write (const gchar *name, gconstpointer data, gsize size)
{
  g_autoptr (GError) error = NULL;
  gchar *path = place_path (name);

  g_file_set_contents_full (path, size > 0 ? data : "", (gssize) size,
      G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  return path;
}

#endif /* FUZZ_PLACE_H */
