/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The option --help of a program, and others that are answered at once.
 */
#ifndef HELP_OPTION_H
#define HELP_OPTION_H

#include "console/help-layout.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * help_option_add:
 * @context: gets no help of its own
 * @group: its main group
 * @wanted: (out): whether the user asked for help, if @context was parsed
 *   without an error
 *
 * Adds -h and --help, and -? and --help-all, which GLib's help has too.
 * GLib's own options end the program with 0 even when the text could not be
 * written.
 */
void help_option_add (
    GOptionContext *context, GOptionGroup *group, gboolean *wanted);

/**
 * HelpAnswers:
 * @version: the user asked for the version
 * @list_metrics: the user asked for the metrics
 *
 * What is printed in place of doing anything.
 */
typedef struct
{
  gboolean version;
  gboolean list_metrics;
} HelpAnswers;

/* Adds --list-metrics and --version to a program without subcommands, whose
 * --help comes from help_option_add(). */
void help_option_add_answers (GOptionGroup *group, HelpAnswers *wanted);

/* Returns: (transfer full) (nullable): what @wanted asks for, as
 * subcommand_answer() has it. */
gchar *help_option_answer (const HelpAnswers *wanted, const gchar *program);

/**
 * help_option_suggest:
 * @context: with all options
 * @error: what parsing them gave
 *
 * Adds to the message of an unknown option which one may have been meant.
 */
void help_option_suggest (GOptionContext *context, GError *error);

/**
 * help_option_print:
 * @context: what to describe
 * @program: as messages begin
 * @sections: see help_layout()
 *
 * Prints the help on standard output and ends the program: with EXIT_SUCCESS,
 * or a message and EXIT_FAILURE when not all of it was written.
 */
void help_option_print (GOptionContext *context, const gchar *program,
    const HelpSection *sections) G_GNUC_NORETURN;

G_END_DECLS

#endif /* HELP_OPTION_H */
