/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds a backbone's weights file in the file system.
 */
#include "locate.h"

#include "safetensors.h"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

typedef enum
{
  PLACE_ABSENT,
  PLACE_FORBIDDEN,
  PLACE_FOLDER,
  PLACE_FILE,
} Place;

static Place
look_at (const gchar *path)
{
  struct stat info;

  if (stat (path, &info) == 0)
    return S_ISDIR (info.st_mode) ? PLACE_FOLDER : PLACE_FILE;
  return errno == ENOENT || errno == ENOTDIR ? PLACE_ABSENT : PLACE_FORBIDDEN;
}

/* The folders to search, best first, NULL-terminated. */
static gchar **
list_folders (void)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  const gchar *variable = g_getenv ("PERCEPTUAL_WEIGHTS_PATH");

  if (variable != NULL) {
    g_auto (GStrv) parts = g_strsplit (variable, G_SEARCHPATH_SEPARATOR_S, -1);

    for (guint i = 0; parts[i] != NULL; i++)
      if (parts[i][0] != '\0')
        g_strv_builder_add (folders, parts[i]);
  }
  {
    g_autofree gchar *user = g_build_filename (
        g_get_user_data_dir (), "gst-perceptual", "weights", NULL);
    g_autofree gchar *installed =
        g_build_filename (PERCEPTUAL_DATADIR, "weights", NULL);

    g_strv_builder_add (folders, user);
    g_strv_builder_add (folders, installed);
  }
  return g_strv_builder_end (folders);
}

static void
set_not_found (GError **error, const gchar *backbone, const gchar *places)
{
  g_set_error (error, PERCEPTUAL_WEIGHTS_ERROR,
      PERCEPTUAL_WEIGHTS_ERROR_NOT_FOUND,
      "no weights for backbone '%s': %s. Get them with: "
      "perceptual-fetch-weights %s (in the source tree: weights/fetch.py %s), "
      "or set weights to a file or folder that has them",
      backbone, places, backbone, backbone);
}

static gchar *
search (const gchar *backbone, const gchar *name, GError **error)
{
  g_auto (GStrv) folders = list_folders ();
  g_autoptr (GString) places = g_string_new ("looked for ");

  g_string_append_printf (places, "%s in ", name);
  for (guint i = 0; folders[i] != NULL; i++) {
    g_autofree gchar *path = g_build_filename (folders[i], name, NULL);
    g_autofree gchar *shown = g_filename_display_name (folders[i]);
    const Place place = look_at (path);

    if (place == PLACE_FILE || place == PLACE_FOLDER)
      return g_steal_pointer (&path);
    g_string_append_printf (places, "%s%s", i ? ", " : "", shown);
    if (place == PLACE_FORBIDDEN)
      g_string_append (places, " (no permission)");
    else if (look_at (folders[i]) == PLACE_ABSENT)
      g_string_append (places, " (no such folder)");
    else if (look_at (folders[i]) == PLACE_FILE)
      g_string_append (places, " (not a folder)");
  }
  set_not_found (error, backbone, places->str);
  return NULL;
}

gchar *
perceptual_weights_locate (
    const gchar *wish, const gchar *backbone, GError **error)
{
  g_autofree gchar *name = NULL;
  g_autofree gchar *shown = NULL;
  g_autofree gchar *path = NULL;
  g_autofree gchar *places = NULL;

  g_return_val_if_fail (backbone != NULL, NULL);
  g_return_val_if_fail (strchr (backbone, '/') == NULL, NULL);

  name = g_strconcat (backbone, ".safetensors", NULL);
  if (wish == NULL || wish[0] == '\0')
    return search (backbone, name, error);

  shown = g_filename_display_name (wish);
  switch (look_at (wish)) {
    case PLACE_ABSENT:
      places = g_strdup_printf ("there is no file or folder '%s'", shown);
      set_not_found (error, backbone, places);
      return NULL;
    case PLACE_FOLDER:
      break;
    case PLACE_FORBIDDEN: /* opening it will say so */
    case PLACE_FILE:
      return g_strdup (wish);
  }
  path = g_build_filename (wish, name, NULL);
  if (look_at (path) != PLACE_ABSENT)
    return g_steal_pointer (&path);
  places = g_strdup_printf ("folder '%s' has no %s in it", shown, name);
  set_not_found (error, backbone, places);
  return NULL;
}
