/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A subcommand's result on standard output.
 */
#ifndef JUDGE_REPORT_H
#define JUDGE_REPORT_H

#include "judge/command.h"
#include "table/table.h"

G_BEGIN_DECLS

/**
 * judge_report_format:
 * @session: its command, options and metrics are in the JSON object
 * @table: the result
 *
 * Text and CSV: the table's.  JSON: one object, {"schema": 1, "command": NAME,
 * "version": LIBRARY, "metrics": [{"label", "name", "options", "weights"}],
 * "bootstrap", "seed", "results", "notes"}; "bootstrap" and "seed" where the
 * command offers them.
 *
 * Returns: (transfer full): the text, with a line feed at its end.
 */
gchar *judge_report_format (const JudgeSession *session, const Table *table);

/* Prints @table in the format that the user chose, and with CSV its notes on
 * standard error; adds it to the page where there is one.
 * Returns: FALSE with a G_FILE_ERROR set. */
gboolean judge_report_print (
    JudgeSession *session, const Table *table, GError **error);

/* The same, but people, in text and on the page, get @shown. */
gboolean judge_report_print_both (JudgeSession *session, const Table *table,
    const Table *shown, GError **error);

G_END_DECLS

#endif /* JUDGE_REPORT_H */
