/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statements of SQL, for the files that work on the store's tables.
 */
#ifndef TUNE_STORE_SQL_H
#define TUNE_STORE_SQL_H

#include "tune/store/store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * TuneStore:
 * @database: the connection
 * @name: of the file, for messages
 * @host: name of this machine
 * @boot: changes whenever the machine starts
 */
struct _TuneStore
{
  sqlite3 *database;
  gchar *name;
  gchar *host;
  gchar *boot;
};

/* Sets @error to what went wrong last.  Returns: FALSE. */
gboolean tune_sql_fail (const TuneStore *self, GError **error);

/* Runs @sql, which has no values. */
gboolean tune_sql_execute (
    const TuneStore *self, const gchar *sql, GError **error);

/* @types: a letter for each value: i gint64, d gdouble, t text (nullable), b a
 * blob of gconstpointer and gsize.  Returns: (nullable): @sql with values, to
 * be stepped through and finalized; NULL with @error set. */
sqlite3_stmt *tune_sql_prepare (const TuneStore *self, GError **error,
    const gchar *sql, const gchar *types, ...);

/* Runs and frees a @statement (nullable) without rows. */
gboolean tune_sql_run (
    const TuneStore *self, sqlite3_stmt *statement, GError **error);

/* Returns: the number in the first row of @statement (nullable), which this
 * frees; -1 with @error set. */
gint64 tune_sql_get_number (
    const TuneStore *self, sqlite3_stmt *statement, GError **error);

/* The same, but 0 without a row. */
gint64 tune_sql_find_number (
    const TuneStore *self, sqlite3_stmt *query, GError **error);

/* Returns: (transfer full) (nullable): the text in the first row of @statement
 * (nullable), which this frees; NULL without one or with @error set. */
gchar *tune_sql_get_text (
    const TuneStore *self, sqlite3_stmt *statement, GError **error);

G_END_DECLS

#endif /* TUNE_STORE_SQL_H */
