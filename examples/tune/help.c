/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The help of a subcommand, in lines that fit a terminal; GLib's own puts all
 * explanations behind the longest option.
 */
#include "tune/measuring.h"
#include "tune/options.h"

#include <string.h>

#define COLUMNS 80
#define INDENT 6

/* Appends @text as a paragraph. */
static void
wrap (GString *help, const gchar *text, guint indent)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gsize column = COLUMNS;

  for (guint i = 0; words[i] != NULL; i++) {
    gsize width = strlen (words[i]);

    if (column + 1 + width > COLUMNS) {
      g_string_append_printf (
          help, "%s%*s", i > 0 ? "\n" : "", (int) indent, "");
      column = indent;
    } else {
      g_string_append_c (help, ' ');
      column++;
    }
    g_string_append (help, words[i]);
    column += width;
  }
  g_string_append_c (help, '\n');
}

static void
append_option (GString *help, const GOptionEntry *entry)
{
  g_string_append (help, "  ");
  if (entry->short_name != 0)
    g_string_append_printf (help, "-%c, ", entry->short_name);
  g_string_append_printf (help, "--%s", entry->long_name);
  if (entry->arg_description != NULL)
    g_string_append_printf (help, " %s", entry->arg_description);
  g_string_append_c (help, '\n');
  wrap (help, entry->description, INDENT);
}

static void
append_measuring (GString *help, const TuneSession *session)
{
  g_autofree gchar *names = tune_measuring_names (session);

  if (*names == '\0')
    return;
  g_string_append (help,
      "\nHow a pair is measured, as by perceptual-compare "
      "(see its --help):\n");
  wrap (help, names, 2);
}

gchar *
tune_options_describe (const TuneSession *session)
{
  const TuneCommand *command = session->command;
  GString *help = g_string_new (NULL);

  g_string_append_printf (help,
      "Usage:\n  perceptual-tune %s [OPTIONS]%s%s\n\n%s\n\nOptions:\n",
      command->name, *command->arguments != '\0' ? " " : "", command->arguments,
      command->help);
  for (guint i = 0; i < session->help->len; i++)
    append_option (help, &g_array_index (session->help, GOptionEntry, i));
  g_string_append (help, "  -h, --help\n      Print this help and exit\n");
  append_measuring (help, session);
  return g_string_free (help, FALSE);
}
