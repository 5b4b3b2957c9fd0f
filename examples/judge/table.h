/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Results as a table that is printed as text, JSON or CSV.
 */
#ifndef JUDGE_TABLE_H
#define JUDGE_TABLE_H

#include "bootstrap.h"
#include "command.h"

G_BEGIN_DECLS

/**
 * JudgeCell:
 * @JUDGE_CELL_TEXT: a string, or nothing
 * @JUDGE_CELL_COUNT: a whole number, or nothing
 * @JUDGE_CELL_NUMBER: a double; NaN is nothing.  JSON and CSV get all its
 *   digits (%.17g), text the column's decimals
 * @JUDGE_CELL_ESTIMATE: a number and its interval: "NAME", "NAME_low",
 *   "NAME_high" in JSON and CSV, "number [low, high]" in text
 * @JUDGE_CELL_LIST: strings; an array in JSON, joined by "; " in CSV, lines
 *   below the table in text
 */
typedef enum
{
  JUDGE_CELL_TEXT,
  JUDGE_CELL_COUNT,
  JUDGE_CELL_NUMBER,
  JUDGE_CELL_ESTIMATE,
  JUDGE_CELL_LIST,
} JudgeCell;

/**
 * JudgeColumn:
 * @name: the head in every format and the member's name in JSON; lower case
 *   with underscores
 * @cell: what stands in it
 * @decimals: of numbers in text
 *
 * One column.
 */
typedef struct
{
  const gchar *name;
  JudgeCell cell;
  guint decimals;
} JudgeColumn;

typedef struct _JudgeTable JudgeTable;

/**
 * judge_table_new:
 * @columns: ends with a row whose name is NULL; static memory
 *
 * Returns: (transfer full): a table without rows.
 */
JudgeTable *judge_table_new (const JudgeColumn *columns);
void judge_table_free (JudgeTable *self);

/* Adds a row with nothing in its cells; the functions below fill it. */
void judge_table_add_row (JudgeTable *self);

/* Each fills a cell of the last row; @column is the name of a column of that
 * kind.  Strings are copied, and made valid UTF-8. */
void judge_table_text (
    JudgeTable *self, const gchar *column, const gchar *text);
void judge_table_count (JudgeTable *self, const gchar *column, guint64 count);
void judge_table_number (JudgeTable *self, const gchar *column, gdouble number);

/* NaN in @interval: none. */
void judge_table_estimate (JudgeTable *self, const gchar *column,
    gdouble number, JudgeInterval interval);

/* @strings: (element-type utf8). */
void judge_table_list (
    JudgeTable *self, const gchar *column, const GPtrArray *strings);

/* Returns: how many rows there are. */
guint judge_table_count_rows (const JudgeTable *self);

/* Returns: (transfer none) (nullable): the text of @row, from 0. */
const gchar *judge_table_get_text (
    const JudgeTable *self, guint row, const gchar *column);

/* Returns: the estimate of @row, from 0, and its @interval. */
gdouble judge_table_get_estimate (const JudgeTable *self, guint row,
    const gchar *column, JudgeInterval *interval);

/**
 * judge_table_note:
 * @text: a line for people, below the table in text
 *
 * Says something about all of the table; JSON has it in "notes", CSV has no
 * place for it: judge_table_print() says it on standard error.
 */
void judge_table_note (JudgeTable *self, const gchar *format, ...)
    G_GNUC_PRINTF (2, 3);

/**
 * judge_table_format:
 * @session: its command, options and metrics stand in the JSON object
 *
 * Text: columns side by side, the notes, the lists.  CSV: a head and the rows
 * (RFC 4180).  JSON: one object, {"schema": 1, "command": NAME, "version":
 * LIBRARY, "metrics": [{"label", "name", "options", "weights"}], "bootstrap",
 * "seed", "results": [a row each, column: value; nothing is null], "notes"};
 * "bootstrap" and "seed" where the command offers them.  An infinite number is
 * null in JSON, which knows no infinity, and "inf" elsewhere.
 *
 * Returns: (transfer full): the text, with a line feed at its end.
 */
gchar *judge_table_format (const JudgeTable *self, const JudgeSession *session);

/* Prints the table in the format that the user chose, and with CSV its notes on
 * standard error.
 * Returns: FALSE with a G_FILE_ERROR set. */
gboolean judge_table_print (
    const JudgeTable *self, JudgeSession *session, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeTable, judge_table_free)

G_END_DECLS

#endif /* JUDGE_TABLE_H */
