/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Prints the help of command lines, and checks that all of it is written.
 */
#include "console/help-option.h"

#include "console/subcommand.h"
#include "console/terminal.h"
#include "nearest.h"

#include <stdlib.h>

void
help_option_add (GOptionContext *context, GOptionGroup *group, gboolean *wanted)
{
  const GOptionEntry entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, wanted, "Print this help and exit",
        NULL },
    { "help-all", '?', G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, wanted, NULL,
        NULL },
    G_OPTION_ENTRY_NULL,
  };

  *wanted = FALSE;
  g_option_context_set_help_enabled (context, FALSE);
  g_option_group_add_entries (group, entries);
}

void
help_option_add_answers (GOptionGroup *group, HelpAnswers *wanted)
{
  const GOptionEntry entries[] = {
    { "list-metrics", 0, 0, G_OPTION_ARG_NONE, &wanted->list_metrics,
        "Print the metrics and their options, and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &wanted->version,
        "Print the version and exit", NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

gchar *
help_option_answer (const HelpAnswers *wanted, const gchar *program)
{
  return subcommand_answer (program,
      wanted->version            ? "--version"
          : wanted->list_metrics ? "--list-metrics"
                                 : NULL,
      "--");
}

void
help_option_suggest (GOptionContext *context, GError *error)
{
  g_autofree gchar *text = NULL, *word = NULL;
  g_auto (GStrv) names = NULL;
  const gchar *option, *best = NULL;
  guint distance = 0;

  if (!g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
    return;
  option = strstr (error->message, "--");
  if (option == NULL)
    return;
  option += 2;
  word = g_strndup (option, strcspn (option, "="));
  text = g_option_context_get_help (context, TRUE, NULL);
  names = help_layout_names (text);
  for (guint i = 0; names[i] != NULL; i++)
    perceptual_nearest_add (word, names[i], &best, &distance);
  if (best != NULL) {
    gchar *message =
        g_strdup_printf ("%s; did you mean --%s?", error->message, best);

    g_free (error->message);
    error->message = message;
  }
}

void
help_option_print (
    GOptionContext *context, const gchar *program, const HelpSection *sections)
{
  g_autofree gchar *whole = g_option_context_get_help (context, TRUE, NULL);
  g_autofree gchar *text = help_layout (whole, sections);
  g_autoptr (GError) error = NULL;
  Console console;

  console_init (&console, program, "", FALSE);
  if (console_print (&console, text, &error))
    exit (EXIT_SUCCESS);
  console_say (&console, "%s", error->message);
  exit (EXIT_FAILURE);
}
