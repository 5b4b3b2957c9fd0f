/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors about data, which begin with the name of the file.  Knows nothing of
 * what the files hold.
 */
#include "failure.h"

#include "perceptual.h"

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
judge_is_broken (const GError *error)
{
  return g_error_matches (error, JUDGE_ERROR, JUDGE_ERROR_DATA)
      || g_error_matches (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE);
}

gboolean
judge_fail_broken (GError **error, const GPtrArray *broken, const gchar *label,
    gboolean skipping)
{
  guint named = MIN (broken->len, NAMED_ITEMS);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < named; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? "\n" : "", (gchar *) broken->pdata[i]);
  if (broken->len > named)
    g_string_append_printf (
        text, "\nand %u more in %s", broken->len - named, label);
  g_set_error (error, JUDGE_ERROR, JUDGE_ERROR_DATA, "%s\n%s", text->str,
      skipping ? "nothing is left to be measured"
               : "--skip-broken leaves out what is broken");
  return FALSE;
}

gboolean
judge_fail_interrupted (GError **error, const gchar *before)
{
  g_set_error (error, JUDGE_ERROR, JUDGE_ERROR_INTERRUPTED,
      "interrupted before %s", before);
  return FALSE;
}
