/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors and answers of programs with subcommands.
 */
#include "console/subcommand.h"

#include "console/metric-tables.h"
#include "console/terminal.h"

#include "perceptual.h"

#include <stdlib.h>

gboolean
subcommand_check_arguments (const gchar *usage, const gchar *name,
    gchar **arguments, guint least, guint most, GError **error)
{
  guint n = arguments != NULL ? g_strv_length (arguments) : 0;

  if (n >= least && n <= most)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
      "%s: %s given; usage: %s", name,
      n < least ? "not enough arguments" : "too many arguments", usage);
  return FALSE;
}

gboolean
subcommand_is_wrong_usage (const GError *error)
{
  return error->domain == G_OPTION_ERROR
      || g_error_matches (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC)
      || g_error_matches (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
}

int
subcommand_print (const gchar *program, const gchar *text)
{
  g_autoptr (GError) error = NULL;
  Console console;

  console_init (&console, program, "", FALSE);
  if (console_print (&console, text, &error))
    return EXIT_SUCCESS;
  console_say (&console, "%s", error->message);
  return EXIT_FAILURE;
}

gchar *
subcommand_answer (const gchar *program, const gchar *word, const gchar *prefix)
{
  if (g_strcmp0 (word, "--version") == 0)
    return g_strdup_printf ("%s %s\n", program, perceptual_version ());
  if (g_strcmp0 (word, "--list-metrics") == 0)
    return metric_tables_print (prefix);
  return NULL;
}

gboolean
subcommand_asks_for_help (const gchar *word)
{
  return g_strcmp0 (word, "--help") == 0 || g_strcmp0 (word, "-h") == 0;
}
