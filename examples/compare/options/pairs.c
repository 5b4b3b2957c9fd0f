/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pairs of files: from the command line, from two folders, from a list.
 */
#include "compare/options/pairs.h"

#include "console/program-error.h"
#include "measure/reader/pipe.h"
#include "table/csv.h"

#include <string.h>

static void
add_pair (ComparePairs *self, const gchar *reference, const gchar *distorted)
{
  g_ptr_array_add (self->references, g_strdup (reference));
  g_ptr_array_add (self->distorted, g_strdup (distorted));
}

/* --- two folders --------------------------------------------------------- */

static gint
by_name (gconstpointer one, gconstpointer other)
{
  return strcmp (*(gchar *const *) one, *(gchar *const *) other);
}

/* Adds the files in @folder, which is @within the one that is walked: NULL for
 * that itself.  What is hidden is left out. */
static gboolean
walk (const gchar *root, const gchar *within, GPtrArray *names, GError **error)
{
  g_autofree gchar *folder =
      within != NULL ? g_build_filename (root, within, NULL) : g_strdup (root);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const gchar *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *own = within != NULL
        ? g_build_filename (within, name, NULL)
        : g_strdup (name);
    g_autofree gchar *path = g_build_filename (root, own, NULL);
    gboolean link = g_file_test (path, G_FILE_TEST_IS_SYMLINK);

    if (name[0] == '.')
      continue;
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add (names, g_steal_pointer (&own));
    else if (!link && g_file_test (path, G_FILE_TEST_IS_DIR)
        && !walk (root, own, names, error))
      return FALSE;
  }
  return TRUE;
}

static GPtrArray *
list_folder (const gchar *folder, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (!walk (folder, NULL, names, error))
    return NULL;
  g_ptr_array_sort (names, by_name);
  return g_steal_pointer (&names);
}

/* @name without its ending.  Returns: (transfer full). */
static gchar *
stem_of (const gchar *name)
{
  const gchar *slash = strrchr (name, G_DIR_SEPARATOR);
  const gchar *dot = strrchr (slash != NULL ? slash : name, '.');

  return dot != NULL ? g_strndup (name, (gsize) (dot - name)) : g_strdup (name);
}

/* Returns: (transfer full): the places in @names by name, or by stem.  A stem
 * that two have leads nowhere: G_MAXUINT. */
static GHashTable *
index_names (const GPtrArray *names, gboolean by_stem)
{
  GHashTable *places =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < names->len; i++) {
    gchar *key =
        by_stem ? stem_of (names->pdata[i]) : g_strdup (names->pdata[i]);
    gboolean known = g_hash_table_contains (places, key);

    g_hash_table_insert (
        places, key, GUINT_TO_POINTER (known ? G_MAXUINT : i + 1));
  }
  return places;
}

/* One of the two sides. */
typedef struct
{
  const gchar *folder;
  GPtrArray *names;
  gboolean *paired;
} Side;

/* Finds partners for what has none yet. */
static void
find_partners (const Side *reference, const Side *distorted, guint *partners,
    gboolean stem)
{
  g_autoptr (GHashTable) there = index_names (reference->names, stem);
  g_autoptr (GHashTable) here = index_names (distorted->names, stem);

  for (guint i = 0; i < distorted->names->len; i++) {
    g_autofree gchar *key = stem ? stem_of (distorted->names->pdata[i])
                                 : g_strdup (distorted->names->pdata[i]);
    guint place = GPOINTER_TO_UINT (g_hash_table_lookup (there, key));

    if (distorted->paired[i] || place == 0 || place == G_MAXUINT
        || GPOINTER_TO_UINT (g_hash_table_lookup (here, key)) == G_MAXUINT
        || reference->paired[place - 1])
      continue;
    partners[i] = place - 1;
    distorted->paired[i] = reference->paired[place - 1] = TRUE;
  }
}

static void
list_alone (ComparePairs *self, const Side *side)
{
  for (guint i = 0; i < side->names->len; i++) {
    if (!side->paired[i])
      g_ptr_array_add (self->alone,
          g_build_filename (side->folder, side->names->pdata[i], NULL));
  }
}

static gboolean
pair_folders (ComparePairs *self, const gchar *references,
    const gchar *distorted, GError **error)
{
  Side sides[2] = { { .folder = references }, { .folder = distorted } };
  g_autofree guint *partners = NULL;

  for (guint i = 0; i < 2; i++) {
    sides[i].names = list_folder (sides[i].folder, error);
    if (sides[i].names != NULL)
      sides[i].paired = g_new0 (gboolean, sides[i].names->len + 1);
  }
  if (sides[0].names != NULL && sides[1].names != NULL) {
    partners = g_new0 (guint, sides[1].names->len + 1);
    find_partners (&sides[0], &sides[1], partners, FALSE);
    find_partners (&sides[0], &sides[1], partners, TRUE);
    for (guint i = 0; i < sides[1].names->len; i++) {
      g_autofree gchar *one = g_build_filename (
          references, sides[0].names->pdata[partners[i]], NULL);
      g_autofree gchar *other =
          g_build_filename (distorted, sides[1].names->pdata[i], NULL);

      if (sides[1].paired[i])
        add_pair (self, one, other);
    }
    list_alone (self, &sides[0]);
    list_alone (self, &sides[1]);
    if (self->distorted->len == 0)
      program_refuse (error, "no file in %s has a partner of its name in %s",
          references, distorted);
  } else if (error != NULL && *error != NULL) {
    (*error)->domain = G_OPTION_ERROR;
  }
  for (guint i = 0; i < 2; i++) {
    g_clear_pointer (&sides[i].names, g_ptr_array_unref);
    g_free (sides[i].paired);
  }
  return self->distorted->len > 0;
}

/* --- a list -------------------------------------------------------------- */

/* Names are relative to the list; URIs and standard input are none. */
static gchar *
resolve (const gchar *folder, const gchar *name)
{
  if (g_path_is_absolute (name) || g_uri_peek_scheme (name) != NULL
      || strcmp (folder, ".") == 0 || strcmp (name, MEASURE_PIPE_STDIN) == 0)
    return g_strdup (name);
  return g_build_filename (folder, name, NULL);
}

static gboolean
read_list (ComparePairs *self, const gchar *path, GError **error)
{
  g_autoptr (Csv) csv = csv_read (path, error);
  g_autofree gchar *folder = g_path_get_dirname (path);
  gint reference, distorted;

  if (csv == NULL)
    return FALSE;
  reference = csv_find (csv, "reference");
  distorted = csv_find (csv, "distorted");
  if (reference < 0 || distorted < 0)
    return program_fail (error, path,
        "line 1: there is no column \"%s\"; the first line names the columns, "
        "reference and distorted among them",
        reference < 0 ? "reference" : "distorted");
  for (guint i = 0; i < csv->rows->len; i++) {
    g_autofree gchar *one = resolve (folder, csv_get (csv, i, reference));
    g_autofree gchar *other = resolve (folder, csv_get (csv, i, distorted));

    if (*csv_get (csv, i, reference) == '\0'
        || *csv_get (csv, i, distorted) == '\0')
      return program_fail (
          error, path, "line %u: a name is missing", csv_line (csv, i));
    add_pair (self, one, other);
  }
  return self->distorted->len > 0
      || program_fail (error, path, "there are no pairs in it");
}

/* --- the whole ----------------------------------------------------------- */

static gboolean
is_folder (const gchar *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

static gboolean
take_files (ComparePairs *self, gchar **files, guint n, GError **error)
{
  if (is_folder (files[0]) && n == 2 && is_folder (files[1])) {
    self->several = TRUE;
    self->source = g_strdup (files[0]);
    return pair_folders (self, files[0], files[1], error);
  }
  /* A folder among files is reported with all else that is wrong with them. */
  if (n > 2 && is_folder (files[0]) && is_folder (files[1]))
    return program_refuse (error,
        "folders are compared two at a time: %s with %s, or with another one",
        files[0], files[1]);
  for (guint i = 1; i < n; i++)
    add_pair (self, files[0], files[i]);
  return TRUE;
}

gboolean
compare_pairs_find (
    ComparePairs *self, gchar **files, const gchar *list, GError **error)
{
  guint n = files != NULL ? g_strv_length (files) : 0;

  self->references = g_ptr_array_new_with_free_func (g_free);
  self->distorted = g_ptr_array_new_with_free_func (g_free);
  self->alone = g_ptr_array_new_with_free_func (g_free);
  if (list != NULL) {
    self->several = self->is_list = TRUE;
    self->source = g_strdup (list);
    if (*list == '\0')
      return program_refuse (error, "--pairs needs the name of a file");
    if (n > 0)
      return program_refuse (error,
          "--pairs %s names the files; leave %s and what follows it out", list,
          files[0]);
    return read_list (self, list, error);
  }
  if (n < 2)
    return program_refuse (error,
        "%s; usage: perceptual-compare [OPTIONS] REFERENCE DISTORTED...",
        n == 0 ? "no files given" : "no distorted file given");
  return take_files (self, files, n, error);
}

void
compare_pairs_clear (ComparePairs *self)
{
  g_clear_pointer (&self->references, g_ptr_array_unref);
  g_clear_pointer (&self->distorted, g_ptr_array_unref);
  g_clear_pointer (&self->alone, g_ptr_array_unref);
  g_clear_pointer (&self->source, g_free);
}
