/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors about data, which begin with the name of the file.  Knows nothing of
 * what the files hold.
 */
#include "failure.h"

/* How many broken items an error names. */
#define NAMED_ITEMS 5

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

gboolean
judge_fail_broken (GError **error, const GPtrArray *broken, const gchar *label)
{
  guint named = MIN (broken->len, NAMED_ITEMS);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < named; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? "\n" : "", (gchar *) broken->pdata[i]);
  if (broken->len > named)
    g_string_append_printf (
        text, "\nand %u more in %s", broken->len - named, label);
  g_set_error (error, JUDGE_ERROR, JUDGE_ERROR_DATA,
      "%s\n--skip-broken leaves out what is broken", text->str);
  return FALSE;
}

gboolean
judge_fail_interrupted (GError **error)
{
  g_set_error_literal (error, JUDGE_ERROR, JUDGE_ERROR_INTERRUPTED,
      "interrupted before anything was measured");
  return FALSE;
}
