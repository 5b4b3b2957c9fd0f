/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Making and removing the folder of a test.
 */
#include "folder.h"

#include <glib/gstdio.h>

void
test_folder_set_up (TestFolder *self, gconstpointer name)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("perceptual-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, name, NULL);
}

static void
remove_all (const gchar *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *inside = g_build_filename (path, name, NULL);

    remove_all (inside);
  }
  g_remove (path);
}

void
test_folder_tear_down (TestFolder *self, gconstpointer name)
{
  remove_all (self->folder);
  g_free (self->folder);
  g_free (self->path);
}
