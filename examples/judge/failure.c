/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What --skip-broken leaves out, and how to report it.
 */
#include "judge/failure.h"

#include "console/printable.h"

#include "perceptual.h"

/* How many broken items an error names. */
#define NAMED_ITEMS 5

gboolean
judge_is_broken (const GError *error)
{
  return g_error_matches (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA)
      || g_error_matches (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE);
}

gboolean
judge_fail_broken (GError **error, const GPtrArray *broken, const gchar *label,
    gboolean skipping)
{
  guint named = MIN (broken->len, NAMED_ITEMS);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < named; i++) {
    g_autofree gchar *line = printable_text (broken->pdata[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
  }
  if (broken->len > named)
    g_string_append_printf (
        text, "\nand %u more in %s", broken->len - named, label);
  g_set_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA, "%s\n%s", text->str,
      skipping ? "nothing is left to be measured"
               : "--skip-broken leaves out what is broken");
  return FALSE;
}
