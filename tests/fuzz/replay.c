/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a fuzz target on the files of a folder, for builds without libFuzzer:
 * what the seeds find is a test of its own.  Then, if asked for, on as many
 * inputs as one likes that are made of these files by small changes: without
 * the sanitizers' help, and without their time.
 *
 * usage: replay-NAME FOLDER [INPUTS [SEED]]
 *
 * The same SEED (1) makes the same inputs.
 */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MOST_CHANGES 8
#define MOST_BYTES 65536

static gint
compare_names (gconstpointer one, gconstpointer other)
{
  return g_strcmp0 (*(gchar *const *) one, *(gchar *const *) other);
}

/* Returns: (transfer full): GBytes of the folder's files, in the
 * order of their names. */
static GPtrArray *
read_files (const gchar *path, GError **error)
{
  GPtrArray *files =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = g_dir_open (path, 0, error);
  const gchar *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; folder != NULL && i < names->len; i++) {
    gchar *data;
    gsize size;

    if (!g_file_get_contents (names->pdata[i], &data, &size, error))
      break;
    g_ptr_array_add (files, g_bytes_new_take (data, size));
  }
  return files;
}

static guint
below (GRand *random, guint n)
{
  return g_rand_int (random) % n;
}

static void
change (GByteArray *input, GRand *random)
{
  static const guint8 bounds[] = { 0, 1, 127, 128, 254, 255 };
  guint at = below (random, input->len + 1);
  guint n = 1 + below (random, 8);
  guint8 bytes[8];

  n = MIN (n, input->len - at);
  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    bytes[i] = below (random, 2) == 0
        ? bounds[below (random, G_N_ELEMENTS (bounds))]
        : (guint8) below (random, 256);
  switch (below (random, 4)) {
    case 0: /* others in their place */
      for (guint i = 0; i < n; i++)
        input->data[at + i] = bytes[i];
      break;
    case 1:
      if (at < input->len)
        input->data[at] ^= (guint8) (1 << below (random, 8));
      break;
    case 2:
      if (n > 0)
        g_byte_array_remove_range (input, at, n);
      break;
    default: /* more of them, or the same once more */
      if (below (random, 2) == 0)
        memcpy (bytes, input->data + at, n);
      else
        n = 1 + below (random, 8);
      g_byte_array_append (input, bytes, n);
  }
}

/* The beginning of one file and, sometimes, the end of another one, changed. */
static void
make_input (GByteArray *input, const GPtrArray *files, GRand *random)
{
  gsize size, rest;
  const guint8 *one =
      g_bytes_get_data (files->pdata[below (random, files->len)], &size);
  const guint8 *other =
      g_bytes_get_data (files->pdata[below (random, files->len)], &rest);

  g_byte_array_set_size (input, 0);
  size = MIN (size, MOST_BYTES);
  rest = MIN (rest, MOST_BYTES);
  if (below (random, 4) == 0) {
    guint begin = below (random, (guint) rest + 1);

    size = below (random, (guint) size + 1);
    g_byte_array_append (input, one, (guint) size);
    g_byte_array_append (input, other + begin, (guint) rest - begin);
  } else {
    g_byte_array_append (input, one, (guint) size);
  }
  for (guint n = 1 + below (random, MOST_CHANGES); n > 0; n--)
    change (input, random);
}

static void
run_changed (const GPtrArray *files, guint64 n, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (GByteArray) input = g_byte_array_new ();

  for (guint64 i = 0; i < n; i++) {
    guint8 *own;

    make_input (input, files, random);
    /* Of its own size, so that tools see what reads behind it. */
    own = g_malloc (MAX (input->len, 1));
    memcpy (own, input->data, input->len);
    LLVMFuzzerTestOneInput (own, input->len);
    g_free (own);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = NULL;

  if (argc < 2 || argc > 4) {
    g_printerr ("usage: %s FOLDER [INPUTS [SEED]]\n", argv[0]);
    return 2;
  }
  files = read_files (argv[1], &error);
  if (error != NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  for (guint i = 0; i < files->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (files->pdata[i], &size);

    LLVMFuzzerTestOneInput (data, size);
  }
  g_print ("%u files replayed\n", files->len);
  if (files->len > 0 && argc > 2)
    run_changed (files, g_ascii_strtoull (argv[2], NULL, 10),
        argc > 3 ? (guint32) g_ascii_strtoull (argv[3], NULL, 10) : 1);
  return files->len > 0 ? 0 : 1;
}
