/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors about data, which begin with the name of the file.
 */
#include "console/program-error.h"

#include "console/printable.h"

/* The macro makes a string of its first argument, spaces and all. */
/* clang-format off */
G_DEFINE_QUARK (program-error-quark, program_error)
/* clang-format on */

gboolean
program_fail (GError **error, const gchar *file, const gchar *format, ...)
{
  g_autofree gchar *name = printable_text (file);
  g_autofree gchar *text = NULL, *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = printable_text (text);
  g_set_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA, "%s: %s", name, shown);
  return FALSE;
}

gboolean
program_fail_unnamed (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL, *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = printable_text (text);
  g_set_error_literal (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA, shown);
  return FALSE;
}

gboolean
program_fail_interrupted (GError **error, const gchar *before)
{
  g_set_error (error, PROGRAM_ERROR, PROGRAM_ERROR_INTERRUPTED,
      "interrupted before %s", before);
  return FALSE;
}

gboolean
program_refuse (GError **error, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, text);
  return FALSE;
}

gboolean
program_refuse_value (
    const gchar *text, const gchar *option, const gchar *valid, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "\"%s\" is not a value%s%s; valid: %s", text,
      option != NULL ? " for --" : "", option != NULL ? option : "", valid);
  return FALSE;
}
