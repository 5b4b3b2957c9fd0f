/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Results as a table that is printed as text, JSON or CSV.
 */
#ifndef TABLE_H
#define TABLE_H

#include "table/interval.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TableCell:
 * @TABLE_CELL_TEXT: a string, or nothing
 * @TABLE_CELL_COUNT: a whole number, or nothing
 * @TABLE_CELL_NUMBER: a double; NaN is nothing.  JSON and CSV have all its
 *   digits (%.17g), text the column's decimals
 * @TABLE_CELL_ESTIMATE: a number and its interval: "NAME", "NAME_low",
 *   "NAME_high" in JSON and CSV, "number [low, high]" in text
 * @TABLE_CELL_LIST: strings; an array in JSON, joined by "; " in CSV, lines
 *   below the table in text
 */
typedef enum
{
  TABLE_CELL_TEXT,
  TABLE_CELL_COUNT,
  TABLE_CELL_NUMBER,
  TABLE_CELL_ESTIMATE,
  TABLE_CELL_LIST,
} TableCell;

/**
 * TableColumn:
 * @name: the head in every format and the member's name in JSON; lower case
 *   with underscores
 * @cell: what is in its cells
 * @decimals: of numbers in text
 *
 * One column.
 */
typedef struct
{
  const gchar *name;
  TableCell cell;
  guint decimals;
} TableColumn;

typedef struct _JudgeTable Table;

/**
 * table_new:
 * @columns: ends with a row whose name is NULL; static memory
 *
 * Returns: (transfer full): a table without rows.
 */
Table *table_new (const TableColumn *columns);
void table_free (Table *self);

/* Adds a row with nothing in its cells; the functions below fill it. */
void table_add_row (Table *self);

/* Each fills a cell of the last row; @column is the name of a column of that
 * kind.  Strings are copied, and made valid UTF-8. */
void table_text (Table *self, const gchar *column, const gchar *text);

/* The same of what was made printable before, such as a label: a backslash in
 * it stays one. */
void table_words (Table *self, const gchar *column, const gchar *words);

void table_count (Table *self, const gchar *column, guint64 count);
void table_number (Table *self, const gchar *column, gdouble number);

/* NaN in @interval means that there is none. */
void table_estimate (
    Table *self, const gchar *column, gdouble number, Interval interval);

/* @strings: (element-type utf8). */
void table_list (Table *self, const gchar *column, const GPtrArray *strings);

/* Returns: how many rows there are. */
guint table_count_rows (const Table *self);

/* Returns: (transfer none) (nullable): the text of @row, from 0. */
const gchar *table_get_text (const Table *self, guint row, const gchar *column);

/* Returns: the estimate of @row, from 0, and its @interval. */
gdouble table_get_estimate (
    const Table *self, guint row, const gchar *column, Interval *interval);

/**
 * table_note:
 * @format: of a line for people, below the table in text
 *
 * A note about the whole table; CSV has no place for it.
 */
void table_note (Table *self, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/* Returns: (transfer none) (element-type utf8): the notes, in order. */
const GPtrArray *table_get_notes (const Table *self);

/* Returns: (transfer full): columns side by side, the notes, the lists. */
gchar *table_format_text (const Table *self);

/* Returns: (transfer full): a head and the rows (RFC 4180). */
gchar *table_format_csv (const Table *self);

/* Appends a table element with a head, the cells as the text format shows them;
 * lists and notes are left out. */
void table_append_html (const Table *self, GString *html);

/* Adds two members to the object that @builder is in: "results", [a row each,
 * column: value; nothing is null], and "notes".  An infinite number is null,
 * since JSON has no infinity; it is "inf" elsewhere. */
void table_add_json (const Table *self, JsonBuilder *builder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

G_END_DECLS

#endif /* TABLE_H */
