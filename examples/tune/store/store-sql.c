/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statements with values, and what SQLite's results mean.
 */
#include "tune/store/store-sql.h"

#include <errno.h>

/* @system: errno of what SQLite tried last. */
static TuneStoreError
code_of (gint result, gint system)
{
  if ((result & 0xff) == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT))
    return TUNE_STORE_ERROR_FULL;
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return TUNE_STORE_ERROR_BUSY;
    case SQLITE_FULL:
      return TUNE_STORE_ERROR_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return TUNE_STORE_ERROR_READ_ONLY;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return TUNE_STORE_ERROR_OPEN;
    default:
      return TUNE_STORE_ERROR_DATABASE;
  }
}

gboolean
tune_sql_fail (const TuneStore *self, GError **error)
{
  gint result = sqlite3_extended_errcode (self->database);
  TuneStoreError code = code_of (result, sqlite3_system_errno (self->database));

  if (code == TUNE_STORE_ERROR_BUSY)
    g_set_error (error, TUNE_STORE_ERROR, code,
        "%s: another process has held the database for %d seconds", self->name,
        TUNE_STORE_PATIENCE);
  else if (code == TUNE_STORE_ERROR_FULL)
    g_set_error (
        error, TUNE_STORE_ERROR, code, "%s: the disk is full", self->name);
  else
    g_set_error (error, TUNE_STORE_ERROR, code, "%s: %s", self->name,
        sqlite3_errmsg (self->database));
  return FALSE;
}

gboolean
tune_sql_execute (const TuneStore *self, const gchar *sql, GError **error)
{
  return sqlite3_exec (self->database, sql, NULL, NULL, NULL) == SQLITE_OK
      || tune_sql_fail (self, error);
}

/* Binds by @types, a letter for each parameter: i gint64, d gdouble, t text
 * (nullable), b a blob of gconstpointer and gsize. */
static void
bind (sqlite3_stmt *statement, const gchar *types, va_list values)
{
  for (gint i = 1; *types != '\0'; types++, i++) {
    gconstpointer data;
    gsize size;

    switch (*types) {
      case 'i':
        sqlite3_bind_int64 (statement, i, va_arg (values, gint64));
        break;
      case 'd':
        sqlite3_bind_double (statement, i, va_arg (values, gdouble));
        break;
      case 't':
        sqlite3_bind_text (
            statement, i, va_arg (values, const gchar *), -1, SQLITE_TRANSIENT);
        break;
      case 'b':
        data = va_arg (values, gconstpointer);
        size = va_arg (values, gsize);
        if (data == NULL)
          sqlite3_bind_zeroblob (statement, i, 0);
        else
          sqlite3_bind_blob64 (statement, i, data, size, SQLITE_TRANSIENT);
        break;
      default:
        g_assert_not_reached ();
    }
  }
}

sqlite3_stmt *
tune_sql_prepare (const TuneStore *self, GError **error, const gchar *sql,
    const gchar *types, ...)
{
  sqlite3_stmt *statement = NULL;
  va_list values;

  if (sqlite3_prepare_v2 (self->database, sql, -1, &statement, NULL)
      != SQLITE_OK) {
    tune_sql_fail (self, error);
    return NULL;
  }
  va_start (values, types);
  bind (statement, types, values);
  va_end (values);
  return statement;
}

gboolean
tune_sql_run (const TuneStore *self, sqlite3_stmt *statement, GError **error)
{
  gboolean ok = statement != NULL
      && (sqlite3_step (statement) == SQLITE_DONE
          || tune_sql_fail (self, error));

  sqlite3_finalize (statement);
  return ok;
}

gint64
tune_sql_get_number (
    const TuneStore *self, sqlite3_stmt *statement, GError **error)
{
  gint64 number = -1;
  gint result;

  if (statement == NULL)
    return -1;
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW) {
    number = sqlite3_column_int64 (statement, 0);
    /* What it writes is on the disk only once it has no more rows. */
    do
      result = sqlite3_step (statement);
    while (result == SQLITE_ROW);
    if (result != SQLITE_DONE)
      number = -1;
  }
  if (number < 0)
    tune_sql_fail (self, error);
  sqlite3_finalize (statement);
  return number;
}

gchar *
tune_sql_get_text (
    const TuneStore *self, sqlite3_stmt *statement, GError **error)
{
  gchar *text = NULL;
  gint result;

  if (statement == NULL)
    return NULL;
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    text = g_strdup ((const gchar *) sqlite3_column_text (statement, 0));
  else if (result != SQLITE_DONE)
    tune_sql_fail (self, error);
  sqlite3_finalize (statement);
  return text;
}

gint64
tune_sql_find_number (
    const TuneStore *self, sqlite3_stmt *query, GError **error)
{
  gint64 number = -1;
  gint result;

  if (query == NULL)
    return -1;
  result = sqlite3_step (query);
  if (result == SQLITE_ROW)
    number = sqlite3_column_int64 (query, 0);
  else if (result == SQLITE_DONE)
    number = 0;
  else
    tune_sql_fail (self, error);
  sqlite3_finalize (query);
  return number;
}
