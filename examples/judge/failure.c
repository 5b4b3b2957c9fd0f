/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors about data, which begin with the name of the file.  Knows nothing of
 * what the files hold.
 */
#include "failure.h"

G_DEFINE_QUARK (judge - error - quark, judge_error)

gboolean
judge_fail (GError **error, const gchar *file, const gchar *format, ...)
{
  g_autofree gchar *name = g_filename_display_name (file);
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, JUDGE_ERROR, JUDGE_ERROR_DATA, "%s: %s", name, text);
  return FALSE;
}
