/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Help in lines that fit a terminal, options by what they are for.
 */
#ifndef HELP_LAYOUT_H
#define HELP_LAYOUT_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * HelpSection:
 * @title: above the options
 * @names: their long names in the order wanted, NULL-terminated; those that the
 *   program does not have are left out.  NULL for all that no other section
 *   names
 */
typedef struct
{
  const gchar *title;
  const gchar *const *names;
} HelpSection;

/**
 * help_layout:
 * @text: what g_option_context_get_help() says of the main group
 * @sections: (nullable): ends with a title that is NULL; NULL for one list
 *
 * Each option begins a line, and what it does follows below it, within 80
 * columns.  What is before and behind the options stays as it is.
 *
 * Returns: (transfer full): the help
 */
gchar *help_layout (const gchar *text, const HelpSection *sections);

/* Adds @words to @to, where @column columns of the line are taken, and ends the
 * line.  It is broken within 80 columns at spaces and behind bars; the lines
 * after the first begin with @indent spaces. */
void help_layout_wrap (
    GString *to, const gchar *words, guint indent, glong column);

/* Returns: (transfer full): the long names of the options in @text, which is
 * the same, NULL-terminated. */
gchar **help_layout_names (const gchar *text);

G_END_DECLS

#endif /* HELP_LAYOUT_H */
