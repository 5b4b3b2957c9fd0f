/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * In place of libFuzzer: runs a fuzz target once with every file of the folder
 * that it is given.
 */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  const gchar *name;
  guint n = 0;

  if (argc != 2) {
    g_printerr ("usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  folder = g_dir_open (argv[1], 0, &error);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree gchar *path = g_build_filename (argv[1], name, NULL);
    g_autofree gchar *data = NULL;
    gsize size;

    if (!g_file_get_contents (path, &data, &size, &error))
      break;
    LLVMFuzzerTestOneInput ((const uint8_t *) data, size);
    n++;
  }
  if (error != NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_print ("%u files replayed\n", n);
  return n > 0 ? 0 : 1;
}
