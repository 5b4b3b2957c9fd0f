/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names the option where a file cannot be written.
 */
#include "measure/written.h"

#include "console/output-file.h"
#include "console/printable.h"

#include <glib/gstdio.h>
#include <errno.h>

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
  gint reason = output_file_can (path);

  return reason == 0 || fail (path, option, reason, error);
}

gboolean
measure_written_put (const gchar *path, const gchar *option, const gchar *data,
    gsize length, GError **error)
{
  gint reason = output_file_put (path, data, length);

  return reason == 0 || fail (path, option, reason, error);
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
