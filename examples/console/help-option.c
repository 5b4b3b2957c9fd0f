/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Prints GLib's help for command lines, and checks that all of it is written.
 */
#include "console/help-option.h"

#include "console/terminal.h"

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
help_option_print (GOptionContext *context, const gchar *program)
{
  g_autofree gchar *text = g_option_context_get_help (context, TRUE, NULL);
  g_autoptr (GError) error = NULL;
  Console console;

  console_init (&console, program, "", FALSE);
  if (console_print (&console, text, &error))
    exit (EXIT_SUCCESS);
  console_say (&console, "%s", error->message);
  exit (EXIT_FAILURE);
}
