/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command line of a subcommand.
 */
#ifndef TUNE_OPTIONS_H
#define TUNE_OPTIONS_H

#include "tune/command.h"

G_BEGIN_DECLS

/**
 * tune_options_parse:
 * @session: with @command, @console and zeroed @options; @own is filled too
 * @argv: (array zero-terminated): the program's name first; emptied
 * @help: (out): the user wants help, and nothing else
 * @error: G_OPTION_ERROR: what is wrong and what is valid
 *
 * Returns: TRUE, or FALSE with @error set; clear @session's options in any
 * case.
 */
gboolean tune_options_parse (
    TuneSession *session, gchar ***argv, gboolean *help, GError **error);
void tune_options_clear (TuneSession *session);

/* Returns: (transfer full): the help of @session's command, whose options were
 * parsed; lines of up to 80 columns. */
gchar *tune_options_describe (const TuneSession *session);

/* Whether a file can be written to @path, the value of --@option, as far as can
 * be told before: it is written last, when much would be lost. */
gboolean tune_options_check_file (
    const gchar *path, const gchar *option, GError **error);

/* For TuneCommand.add_options: callbacks get the session. */
void tune_options_add (
    TuneSession *session, GOptionGroup *group, GOptionEntry entry);

G_END_DECLS

#endif /* TUNE_OPTIONS_H */
