/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tries with files of other names, so that what is there stays until there is
 * something to put in its place.
 */
#include "measure/written.h"

#include "console/output-file.h"

#include "console/printable.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define PART ".part"

static gboolean
fail (const gchar *path, const gchar *option, gint reason, GError **error)
{
  g_autofree gchar *name = printable_text (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (reason),
      "%s %s: it cannot be written: %s", option, name, g_strerror (reason));
  return FALSE;
}

gboolean
measure_written_can (const gchar *path, const gchar *option, GError **error)
{
  g_autofree gchar *part = g_strconcat (path, PART, NULL);
  FILE *file;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return fail (path, option, EISDIR, error);
  /* A pipe or a device is written to, not replaced. */
  if (g_file_test (path, G_FILE_TEST_EXISTS)
      && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return g_access (path, W_OK) == 0 || fail (path, option, errno, error);
  file = g_fopen (part, "wb");
  if (file == NULL)
    return fail (path, option, errno, error);
  fclose (file);
  g_unlink (part);
  return TRUE;
}

gboolean
measure_written_put (const gchar *path, const gchar *option, const gchar *data,
    gsize length, GError **error)
{
  FILE *file = output_file_open (path);
  gboolean whole;
  gint reason;

  if (file == NULL)
    return fail (path, option, errno, error);
  whole = fwrite (data, 1, length, file) == length;
  reason = errno;
  if (fclose (file) != 0 && whole) {
    whole = FALSE;
    reason = errno;
  }
  return whole || fail (path, option, reason, error);
}

gboolean
measure_written_folder (const gchar *path, const gchar *option, GError **error)
{
  g_autofree gchar *file = g_build_filename (path, "picture", NULL);

  if (g_mkdir (path, 0777) != 0 && errno != EEXIST)
    return fail (path, option, errno, error);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return fail (path, option, ENOTDIR, error);
  return measure_written_can (file, option, error);
}
