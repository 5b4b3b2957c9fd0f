/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the names that a log's files get: whatever lies in the folder,
 * nothing but files of the log itself is removed, none is written over, and
 * numbers rise.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 *
 * A line for each: the name of the log; then those of other files.  One that
 * begins with + has a log in it.
 */
#include "log/file.h"

#include "place.h"
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A log is told by so much of its beginning. */
#define LOG "{\"type\":\"header\",\"schema\":1}\n"
#define OTHER "a film, whose name looks like that of a log\n"

static gboolean
is_name (const gchar *name)
{
  return *name != '\0' && strlen (name) < 100 && strchr (name, '/') == NULL
      && strcmp (name, ".") != 0 && strcmp (name, "..") != 0
      && strcmp (name, "-") != 0;
}

/* Returns: how many files of the folder begin as a log does; other ones must
 * be @others. */
static guint
count_logs (const gchar *own_name, guint others)
{
  g_autoptr (GDir) dir = g_dir_open (place_folder, 0, NULL);
  const gchar *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = place_path (name);
    g_autofree gchar *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    if (strcmp (name, own_name) == 0)
      continue;
    if (g_str_has_prefix (text, OTHER))
      others--;
    else
      n++;
  }
  g_assert_cmpuint (others, ==, 0);
  return n;
}

/* Returns: how many that are no logs there are beside the log. */
static guint
make_files (gchar **names)
{
  g_autoptr (GHashTable) others = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 1; names[i] != NULL && i < 20; i++) {
    gboolean is_log = names[i][0] == '+';
    const gchar *name = names[i] + is_log;

    /* What is at the log's own place gets a number, whatever it is. */
    if (!is_name (name) || (!is_log && strcmp (name, names[0]) == 0))
      continue;
    g_free (is_log ? place_write (name, LOG, strlen (LOG))
                   : place_write (name, OTHER, strlen (OTHER)));
    if (is_log)
      g_hash_table_remove (others, name);
    else
      g_hash_table_add (others, (gpointer) name);
  }
  return g_hash_table_size (others);
}

static gboolean
write_log (const gchar *path, guint max_files)
{
  GError *error = NULL;
  PerceptualLogFile *file =
      perceptual_log_file_open (path, TRUE, max_files, NULL, &error);
  gboolean done = file != NULL;

  for (guint i = 0; done && i < 4; i++)
    done = perceptual_log_file_write (file, LOG, NULL, &error)
        && (i == 3 || perceptual_log_file_next (file, &error));
  if (file != NULL)
    done = perceptual_log_file_close (file, done ? &error : NULL) && done;
  check_said (done, error);
  return done;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  g_auto (GStrv) names = g_strsplit (text, "\n", -1);
  guint max_files = (guint) (size % 3);
  g_autofree gchar *path = NULL;
  guint others, before, after;

  if (names[0] == NULL || !is_name (names[0]))
    return 0;
  path = place_path (names[0]);
  place_empty ();
  others = make_files (names);
  before = count_logs (names[0], others);
  if (write_log (path, max_files)) {
    after = count_logs (names[0], others);
    g_assert_cmpuint (after, <=, before + 4);
    if (max_files == 0)
      g_assert_cmpuint (after, >=, before + 3);
  }
  return 0;
}
