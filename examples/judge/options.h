/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The command line of a subcommand.
 */
#ifndef JUDGE_OPTIONS_H
#define JUDGE_OPTIONS_H

#include "judge/command.h"

G_BEGIN_DECLS

/**
 * judge_options_parse:
 * @session: with @command, @console and zeroed @options; @own is filled too
 * @argv: (array zero-terminated): the command's name first; emptied
 * @error: G_OPTION_ERROR: what is wrong and what is valid
 *
 * --help prints and exits.
 *
 * Returns: TRUE, or FALSE with @error set; clear @session's options in any
 * case.
 */
gboolean judge_options_parse (
    JudgeSession *session, gchar ***argv, GError **error);
void judge_options_clear (JudgeSession *session);

/* Sets G_OPTION_ERROR_BAD_VALUE that lists @valid.  Returns: FALSE. */
gboolean judge_options_refuse (
    const gchar *text, const gchar *option, const gchar *valid, GError **error);

G_END_DECLS

#endif /* JUDGE_OPTIONS_H */
