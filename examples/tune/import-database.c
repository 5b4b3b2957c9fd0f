/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads another store, which is left as it is.
 */
#include "tune/campaign.h"
#include "tune/import.h"
#include "tune/store/store-query.h"
#include "tune/store/store-sql.h"

#include "console/printable.h"
#include "console/program-error.h"

#include <stdio.h>
#include <string.h>

#define MAGIC "SQLite format 3"

/* PRAGMA user_version of the tables that are read. */
#define VERSION 1

static const gchar probes[] =
    "SELECT s.sha256, s.path, s.frames, s.duration_ns, s.caps,"
    " w.start_ns, w.stop_ns, w.lead_ns,"
    " t.encoder, t.value, t.extra, t.versions,"
    " m.metric, m.options, m.weights_sha256, m.library,"
    " p.measured, p.reason, p.bytes, p.frames, p.unmatched, p.encode_seconds,"
    " p.seconds, p.distances"
    " FROM probe p JOIN window w ON w.id = p.window"
    " JOIN source s ON s.id = w.source JOIN setting t ON t.id = p.setting"
    " JOIN metric m ON m.id = p.metric"
    " WHERE p.measured = 1 OR p.reason IS NOT NULL ORDER BY p.id";

gboolean
tune_import_is_database (const gchar *path)
{
  FILE *file = fopen (path, "rbe");
  gchar head[sizeof MAGIC] = { 0 };
  gsize n;

  if (file == NULL)
    return FALSE;
  n = fread (head, 1, sizeof head, file);
  fclose (file);
  return n == sizeof head && memcmp (head, MAGIC, sizeof head) == 0;
}

static gboolean
refuse (GError **error, const gchar *path, const GError *fault)
{
  return program_fail (error, path,
      "it is no database of this program that can be read%s%s",
      fault != NULL ? ": " : "", fault != NULL ? fault->message : "");
}

/* Who may only read leaves the files behind by which readers and writers agree;
 * who may write takes them away at the end. */
static gint
open_either (const gchar *path, sqlite3 **database)
{
  gint result = sqlite3_open_v2 (
      path, database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

  if (result == SQLITE_OK)
    return result;
  sqlite3_close (*database);
  return sqlite3_open_v2 (
      path, database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
}

static TuneStore *
open_other (const gchar *path, GError **error)
{
  TuneStore *self = g_new0 (TuneStore, 1);
  g_autoptr (GError) fault = NULL;
  gint64 version = -1;

  self->name = printable_text (path);
  if (open_either (path, &self->database) == SQLITE_OK) {
    sqlite3_busy_timeout (self->database, TUNE_STORE_PATIENCE * 1000);
    version = tune_sql_get_number (self,
        tune_sql_prepare (self, &fault, "PRAGMA user_version", ""), &fault);
  }
  if (version == VERSION)
    return self;
  if (version > VERSION)
    program_fail (error, path,
        "it was written by a later version of this program, which knows more "
        "tables");
  else
    refuse (error, path, fault);
  tune_store_close (self);
  return NULL;
}

static const gchar *
text_of (sqlite3_stmt *row, gint column)
{
  const gchar *text = (const gchar *) sqlite3_column_text (row, column);

  return text != NULL ? text : "";
}

/* @measurement: its distances belong to @row. */
static TuneImportItem
read_item (sqlite3_stmt *row, TuneMeasurement *measurement)
{
  gboolean measured = sqlite3_column_int (row, 16);
  gsize size = (gsize) sqlite3_column_bytes (row, 23);
  TuneImportItem item = {
    .source = { .sha256 = text_of (row, 0),
        .path = text_of (row, 1),
        .frames = (guint64) sqlite3_column_int64 (row, 2),
        .duration_ns = sqlite3_column_int64 (row, 3),
        .caps = text_of (row, 4) },
    .window = { sqlite3_column_int64 (row, 5), sqlite3_column_int64 (row, 6),
        sqlite3_column_int64 (row, 7) },
    .setting = { .encoder = text_of (row, 8),
        .value = sqlite3_column_double (row, 9),
        .extra = text_of (row, 10),
        .versions = text_of (row, 11) },
    .metric = { .metric = text_of (row, 12),
        .options = text_of (row, 13),
        .weights_sha256 = text_of (row, 14),
        .library = text_of (row, 15) },
    .measurement = measurement,
    .fault = measured ? NULL : text_of (row, 17),
  };

  *measurement = (TuneMeasurement){
    .bytes = (guint64) sqlite3_column_int64 (row, 18),
    .frames = (guint64) sqlite3_column_int64 (row, 19),
    .unmatched = (guint64) sqlite3_column_int64 (row, 20),
    .encode_seconds = sqlite3_column_double (row, 21),
    .seconds = sqlite3_column_double (row, 22),
    .distances = (gfloat *) (gsize) sqlite3_column_blob (row, 23),
  };
  /* A number that is too large must not look like a small one. */
  if (measured
      && (measurement->frames > G_MAXINT / sizeof (gfloat)
          || size != measurement->frames * sizeof (gfloat)))
    item.fault = "its distances are damaged";
  return item;
}

/* SQLite takes any bytes for text; what is in the store is shown and written as
 * JSON. */
static gboolean
is_text (sqlite3_stmt *row)
{
  for (gint i = 0; i < sqlite3_column_count (row); i++) {
    if (sqlite3_column_type (row, i) == SQLITE_TEXT
        && !g_utf8_validate (text_of (row, i), -1, NULL))
      return FALSE;
  }
  return TRUE;
}

static gboolean
copy_probe (TuneStore *store, sqlite3_stmt *row, const gchar *path,
    TuneImport *counts, GError **error)
{
  TuneMeasurement measurement;
  TuneImportItem item;
  g_autofree gchar *fault = NULL;

  if (!is_text (row))
    return program_fail (error, path, "it holds text that is not UTF-8");
  item = read_item (row, &measurement);
  if (item.fault == NULL)
    item.fault = fault = tune_campaign_find_fault (&measurement);
  return tune_import_item (store, &item, counts, error);
}

static gboolean
copy_probes (TuneStore *store, TuneStore *other, const gchar *path,
    TuneImport *counts, GError **error)
{
  g_autoptr (GError) fault = NULL;
  sqlite3_stmt *row = tune_sql_prepare (other, &fault, probes, "");
  gint result = SQLITE_ERROR;
  gboolean ok = TRUE;

  if (row == NULL)
    return refuse (error, path, fault);
  while (ok && (result = sqlite3_step (row)) == SQLITE_ROW)
    ok = copy_probe (store, row, path, counts, error);
  if (ok && result != SQLITE_DONE) {
    tune_sql_fail (other, &fault);
    ok = refuse (error, path, fault);
  }
  sqlite3_finalize (row);
  return ok;
}

/* What was found of a source decides which windows of it are measured. */
static gboolean
copy_scouts (TuneStore *store, TuneStore *other, GError **error)
{
  sqlite3_stmt *row =
      tune_sql_prepare (other, NULL, "SELECT sha256, found FROM scout", "");
  GError *fault = NULL;

  while (row != NULL && fault == NULL && sqlite3_step (row) == SQLITE_ROW) {
    g_autofree gchar *known =
        tune_store_find_scout (store, text_of (row, 0), &fault);

    if (known == NULL && fault == NULL)
      tune_store_note_scout (store, text_of (row, 0), text_of (row, 1), &fault);
  }
  sqlite3_finalize (row);
  if (fault == NULL)
    return TRUE;
  g_propagate_error (error, fault);
  return FALSE;
}

gboolean
tune_import_database (
    TuneStore *store, const gchar *path, TuneImport *counts, GError **error)
{
  g_autoptr (TuneStore) other = open_other (path, error);

  return other != NULL && copy_probes (store, other, path, counts, error)
      && copy_scouts (store, other, error);
}
