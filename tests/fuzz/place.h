/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder for what is read from files; it is made once, and goes when the
 * program ends.
 */
#ifndef FUZZ_PLACE_H
#define FUZZ_PLACE_H

#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
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

/* Puts bytes into a file of the folder.  Not by g_file_set_contents_full(),
 * which may leave what a longer file had behind them.  Returns: (transfer
 * full): its path. */
static inline gchar *
place_write (const gchar *name, gconstpointer data, gsize size)
{
  gchar *path = place_path (name);
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  if (size > 0)
    g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
  return path;
}

#endif /* FUZZ_PLACE_H */
