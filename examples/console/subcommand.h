/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What programs with subcommands have in common.
 */
#ifndef SUBCOMMAND_H
#define SUBCOMMAND_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * subcommand_check_arguments:
 * @usage: the line that says how to call it
 * @name: of the subcommand
 * @arguments: (nullable): what follows the options, NULL-terminated
 * @least: fewest of them
 * @most: most of them
 * @error: G_OPTION_ERROR_FAILED
 *
 * Returns: FALSE with @error set where there are too few or too many
 */
gboolean subcommand_check_arguments (const gchar *usage, const gchar *name,
    gchar **arguments, guint least, guint most, GError **error);

/* Whether @error is about the command line, a metric's name or its options. */
gboolean subcommand_is_wrong_usage (const GError *error);

/* Prints @text on standard output.  Returns: the exit code, after a message
 * where not all of it was written. */
int subcommand_print (const gchar *program, const gchar *text);

/* Returns: (transfer full) (nullable): what @word, the first on the command
 * line, asks of @program itself besides its help; NULL where it does not.
 * @prefix: before the names of options in --list-metrics */
gchar *subcommand_answer (
    const gchar *program, const gchar *word, const gchar *prefix);

/* Whether @word asks for the program's own help. */
gboolean subcommand_asks_for_help (const gchar *word);

G_END_DECLS

#endif /* SUBCOMMAND_H */
