/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables in CSV files.
 */
#ifndef TABLE_CSV_H
#define TABLE_CSV_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * Csv:
 * @label: the file's name as valid UTF-8, for messages
 * @head: the names of the columns, NULL-terminated
 * @n_columns: how many there are
 * @rows: (element-type GStrv): the fields of each row, @n_columns each
 * @lines: (element-type guint): where each row begins, from 1
 *
 * A table with a head, in memory.
 */
typedef struct
{
  gchar *label;
  gchar **head;
  guint n_columns;
  GPtrArray *rows;
  GArray *lines;
} Csv;

/**
 * csv_read:
 * @path: a UTF-8 file as RFC 4180 has it: commas, quotes around fields that
 *   hold commas, quotes or line feeds; lines end with LF or CRLF.  Spaces
 *   around unquoted fields are cut, empty lines left out
 * @error: PROGRAM_ERROR_DATA, naming the file and the line
 *
 * Returns: (transfer full): the table, which may have no rows; NULL with @error
 * set, also where a row has more or fewer fields than the head.
 */
Csv *csv_read (const gchar *path, GError **error);
void csv_free (Csv *self);

/* Returns: the number of the column called @name, or -1. */
gint csv_find (const Csv *self, const gchar *name);

/* The field of @row, from 0, in @column. */
const gchar *csv_get (const Csv *self, guint row, gint column);

/* The line where @row, from 0, begins, from 1. */
guint csv_line (const Csv *self, guint row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Csv, csv_free)

G_END_DECLS

#endif /* TABLE_CSV_H */
