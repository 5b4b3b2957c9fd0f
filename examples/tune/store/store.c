/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The database's tables and the statements that work on them.  Every change is
 * one transaction that is on the disk when the function returns.
 */
#include "tune/store/store-query.h"
#include "tune/store/store-sql.h"

#include "console/printable.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* PRAGMA user_version of the tables below. */
#define VERSION 1

/* File systems, by statfs(2), whose locks and shared memory work badly over a
 * network, or not at all. */
#define NFS_MAGIC 0x6969
#define SMB_MAGIC 0x517b
#define CIFS_MAGIC 0xff534d42
#define SMB2_MAGIC 0xfe534d42

/* clang-format off */
G_DEFINE_QUARK (tune-store-error-quark, tune_store_error)
/* clang-format on */

static const gchar tables[] =
    "CREATE TABLE source ("
    " id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, path TEXT,"
    " frames INTEGER, duration_ns INTEGER, caps TEXT);"
    "CREATE TABLE hash ("
    " device INTEGER, inode INTEGER, size INTEGER, mtime_ns INTEGER,"
    " sha256 TEXT NOT NULL, PRIMARY KEY (device, inode));"
    "CREATE TABLE scout (sha256 TEXT PRIMARY KEY, found TEXT NOT NULL);"
    "CREATE TABLE setting ("
    " id INTEGER PRIMARY KEY, encoder TEXT NOT NULL, value REAL NOT NULL,"
    " extra TEXT NOT NULL, versions TEXT NOT NULL,"
    " UNIQUE (encoder, value, extra, versions));"
    "CREATE TABLE window ("
    " id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source,"
    " start_ns INTEGER NOT NULL, stop_ns INTEGER NOT NULL,"
    " lead_ns INTEGER NOT NULL, UNIQUE (source, start_ns, stop_ns, lead_ns));"
    "CREATE TABLE metric ("
    " id INTEGER PRIMARY KEY, metric TEXT NOT NULL, options TEXT NOT NULL,"
    " weights_sha256 TEXT NOT NULL, library TEXT NOT NULL,"
    " UNIQUE (metric, options, weights_sha256, library));"
    "CREATE TABLE probe ("
    " id INTEGER PRIMARY KEY, window INTEGER NOT NULL REFERENCES window,"
    " setting INTEGER NOT NULL REFERENCES setting,"
    " metric INTEGER NOT NULL REFERENCES metric,"
    " host TEXT, boot TEXT, pid INTEGER, started TEXT, reason TEXT,"
    " measured INTEGER NOT NULL DEFAULT 0, bytes INTEGER, frames INTEGER,"
    " unmatched INTEGER, encode_seconds REAL, seconds REAL, distances BLOB,"
    " UNIQUE (window, setting, metric));";

/* Ends a transaction: by COMMIT if all of it went well. */
static gboolean
end (const TuneStore *self, gboolean ok, GError **error)
{
  if (ok && tune_sql_execute (self, "COMMIT", error))
    return TRUE;
  sqlite3_exec (self->database, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

/* --- opening ------------------------------------------------------------- */

static gboolean
is_on_network (const gchar *path)
{
  struct statfs info;

  if (statfs (path, &info) != 0)
    return FALSE;
  switch ((guint32) info.f_type) {
    case NFS_MAGIC:
    case SMB_MAGIC:
    case CIFS_MAGIC:
    case SMB2_MAGIC:
      return TRUE;
    default:
      return FALSE;
  }
}

static gchar *
read_line (const gchar *path)
{
  gchar *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");
  return g_strstrip (text);
}

/* Two processes may come here at once; the second one finds the tables. */
static gboolean
make_tables (TuneStore *self, GError **error)
{
  gboolean ok = tune_sql_execute (self, "BEGIN IMMEDIATE", error);
  gint64 version;

  if (!ok)
    return FALSE;
  version = tune_sql_get_number (
      self, tune_sql_prepare (self, error, "PRAGMA user_version", ""), error);
  ok = version >= 0;
  if (version > VERSION) {
    g_set_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_VERSION,
        "%s: the database was written by a later version of this program, "
        "which knows more tables; take that one, or another --database",
        self->name);
    ok = FALSE;
  }
  if (version == 0)
    ok = tune_sql_execute (self, tables, error)
        && tune_sql_execute (self, "PRAGMA user_version = 1", error);
  return end (self, ok, error);
}

static gboolean
set_up (TuneStore *self, const gchar *path, GError **error)
{
  sqlite3_busy_timeout (self->database, TUNE_STORE_PATIENCE * 1000);
  sqlite3_extended_result_codes (self->database, 1);
  return tune_sql_execute (self,
             is_on_network (path) ? "PRAGMA journal_mode = DELETE"
                                  : "PRAGMA journal_mode = WAL",
             error)
      && tune_sql_execute (self, "PRAGMA synchronous = FULL", error)
      && tune_sql_execute (self, "PRAGMA foreign_keys = ON", error)
      && make_tables (self, error);
}

/* Of a folder SQLite says only that it cannot open the file.  Readers need to
 * write there too, since those of one machine agree by a file beside it. */
static gboolean
is_ready (const TuneStore *self, const gchar *folder, GError **error)
{
  const gchar *fault = NULL;

  if (g_mkdir_with_parents (folder, 0777) != 0)
    fault = "its folder cannot be made";
  else if (g_access (folder, W_OK | X_OK) != 0)
    fault = "its folder cannot be written to";
  if (fault != NULL)
    g_set_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_OPEN, "%s: %s: %s",
        self->name, fault, g_strerror (errno));
  return fault == NULL;
}

TuneStore *
tune_store_open (const gchar *path, GError **error)
{
  TuneStore *self = g_new0 (TuneStore, 1);
  g_autofree gchar *folder = g_path_get_dirname (path);

  self->name = printable_text (path);
  self->host = g_strdup (g_get_host_name ());
  self->boot = read_line ("/proc/sys/kernel/random/boot_id");
  if (!is_ready (self, folder, error)) {
    g_clear_pointer (&self, tune_store_close);
    return NULL;
  }
  if (sqlite3_open_v2 (path, &self->database,
          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
          NULL)
          != SQLITE_OK
      || !set_up (self, path, error)) {
    if (error != NULL && *error == NULL)
      tune_sql_fail (self, error);
    g_clear_pointer (&self, tune_store_close);
  }
  return self;
}

void
tune_store_close (TuneStore *self)
{
  if (self == NULL)
    return;
  sqlite3_close (self->database);
  g_free (self->name);
  g_free (self->host);
  g_free (self->boot);
  g_free (self);
}

/* --- descriptions -------------------------------------------------------- */

gint64
tune_store_source (TuneStore *self, const TuneSource *source, GError **error)
{
  return tune_sql_get_number (self,
      tune_sql_prepare (self, error,
          "INSERT INTO source (sha256, path, frames, duration_ns, caps)"
          " VALUES (?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET"
          " path = excluded.path, frames = excluded.frames,"
          " duration_ns = excluded.duration_ns, caps = excluded.caps"
          " RETURNING id",
          "ttiit", source->sha256, source->path, (gint64) source->frames,
          source->duration_ns, source->caps),
      error);
}

/* What is there is only read: writing waits for the disk.  Where two processes
 * write the same at once, an update that changes nothing is how SQLite returns
 * the row that is there. */
gint64
tune_store_setting (TuneStore *self, const TuneSetting *setting, GError **error)
{
  gint64 id = tune_sql_find_number (self,
      tune_sql_prepare (self, error,
          "SELECT id FROM setting WHERE encoder = ? AND value = ? AND extra = ?"
          " AND versions = ?",
          "tdtt", setting->encoder, setting->value, setting->extra,
          setting->versions),
      error);

  if (id != 0)
    return id;
  return tune_sql_get_number (self,
      tune_sql_prepare (self, error,
          "INSERT INTO setting (encoder, value, extra, versions)"
          " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value"
          " RETURNING id",
          "tdtt", setting->encoder, setting->value, setting->extra,
          setting->versions),
      error);
}

gint64
tune_store_window (
    TuneStore *self, gint64 source, const TuneWindow *window, GError **error)
{
  gint64 id = tune_sql_find_number (self,
      tune_sql_prepare (self, error,
          "SELECT id FROM window WHERE source = ? AND start_ns = ?"
          " AND stop_ns = ? AND lead_ns = ?",
          "iiii", source, window->start_ns, window->stop_ns, window->lead_ns),
      error);

  if (id != 0)
    return id;
  return tune_sql_get_number (self,
      tune_sql_prepare (self, error,
          "INSERT INTO window (source, start_ns, stop_ns, lead_ns)"
          " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET lead_ns = lead_ns"
          " RETURNING id",
          "iiii", source, window->start_ns, window->stop_ns, window->lead_ns),
      error);
}

gint64
tune_store_metric (TuneStore *self, const TuneMetric *metric, GError **error)
{
  /* NULL is never equal to NULL. */
  const gchar *weights =
      metric->weights_sha256 != NULL ? metric->weights_sha256 : "";
  gint64 id = tune_sql_find_number (self,
      tune_sql_prepare (self, error,
          "SELECT id FROM metric WHERE metric = ? AND options = ?"
          " AND weights_sha256 = ? AND library = ?",
          "tttt", metric->metric, metric->options, weights, metric->library),
      error);

  if (id != 0)
    return id;
  return tune_sql_get_number (self,
      tune_sql_prepare (self, error,
          "INSERT INTO metric (metric, options, weights_sha256, library)"
          " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET library = library"
          " RETURNING id",
          "tttt", metric->metric, metric->options, weights, metric->library),
      error);
}

gchar *
tune_store_find_hash (TuneStore *self, guint64 device, guint64 inode,
    gint64 size, gint64 mtime_ns, GError **error)
{
  return tune_sql_get_text (self,
      tune_sql_prepare (self, error,
          "SELECT sha256 FROM hash WHERE device = ? AND inode = ? AND size = ?"
          " AND mtime_ns = ?",
          "iiii", (gint64) device, (gint64) inode, size, mtime_ns),
      error);
}

gboolean
tune_store_note_hash (TuneStore *self, guint64 device, guint64 inode,
    gint64 size, gint64 mtime_ns, const gchar *sha256, GError **error)
{
  return tune_sql_run (self,
      tune_sql_prepare (self, error,
          "INSERT OR REPLACE INTO hash VALUES (?, ?, ?, ?, ?)", "iiiit",
          (gint64) device, (gint64) inode, size, mtime_ns, sha256),
      error);
}

/* --- claims -------------------------------------------------------------- */

/* Returns: when a process began, in ticks of the kernel; "" without such a
 * process.  Process ids are used again, an id with a beginning is not. */
static gchar *
beginning_of (gint64 pid)
{
  g_autofree gchar *path =
      g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree gchar *line = read_line (path);
  /* The name, in brackets, may hold anything. */
  const gchar *rest = strrchr (line, ')');
  g_auto (GStrv) fields = NULL;

  if (rest == NULL)
    return g_strdup ("");
  fields = g_strsplit (rest + 2, " ", -1);
  return g_strdup (g_strv_length (fields) > 19 ? fields[19] : "");
}

/* Whether the claim in @row (host, boot, pid, started) is of a process that
 * may still work on it. */
static gboolean
is_alive (const TuneStore *self, sqlite3_stmt *row)
{
  const gchar *host = (const gchar *) sqlite3_column_text (row, 2);
  const gchar *boot = (const gchar *) sqlite3_column_text (row, 3);
  gint64 pid = sqlite3_column_int64 (row, 4);
  const gchar *started = (const gchar *) sqlite3_column_text (row, 5);
  g_autofree gchar *beginning = NULL;

  if (host == NULL)
    return FALSE;
  if (!g_str_equal (host, self->host))
    return TRUE;
  if (g_strcmp0 (boot, self->boot) != 0)
    return FALSE;
  beginning = beginning_of (pid);
  return *beginning != '\0' && g_strcmp0 (started, beginning) == 0;
}

static TuneClaim
look (const TuneStore *self, sqlite3_stmt *row, gint64 *probe)
{
  gboolean own;

  *probe = sqlite3_column_int64 (row, 0);
  if (sqlite3_column_int (row, 1))
    return TUNE_CLAIM_MEASURED;
  own =
      g_strcmp0 ((const gchar *) sqlite3_column_text (row, 2), self->host) == 0
      && sqlite3_column_int64 (row, 4) == (gint64) getpid ();
  return !own && is_alive (self, row) ? TUNE_CLAIM_OTHERS : TUNE_CLAIM_OURS;
}

static gboolean
take (TuneStore *self, gint64 probe, GError **error)
{
  g_autofree gchar *started = beginning_of (getpid ());

  return tune_sql_run (self,
      tune_sql_prepare (self, error,
          "UPDATE probe SET host = ?, boot = ?, pid = ?, started = ?"
          " WHERE id = ?",
          "ttiti", self->host, self->boot, (gint64) getpid (), started, probe),
      error);
}

/* Inside of a transaction. */
static TuneClaim
find_claim (TuneStore *self, gint64 window, gint64 setting, gint64 metric,
    gint64 *probe, GError **error)
{
  TuneClaim claim = TUNE_CLAIM_FAILED;
  sqlite3_stmt *row;

  if (!tune_sql_run (self,
          tune_sql_prepare (self, error,
              "INSERT OR IGNORE INTO probe (window, setting, metric)"
              " VALUES (?, ?, ?)",
              "iii", window, setting, metric),
          error))
    return TUNE_CLAIM_FAILED;
  row = tune_sql_prepare (self, error,
      "SELECT id, measured, host, boot, pid, started FROM probe"
      " WHERE window = ? AND setting = ? AND metric = ?",
      "iii", window, setting, metric);
  if (row == NULL)
    return TUNE_CLAIM_FAILED;
  if (sqlite3_step (row) == SQLITE_ROW)
    claim = look (self, row, probe);
  else
    tune_sql_fail (self, error);
  sqlite3_finalize (row);
  if (claim == TUNE_CLAIM_OURS && !take (self, *probe, error))
    claim = TUNE_CLAIM_FAILED;
  return claim;
}

TuneClaim
tune_store_claim (TuneStore *self, gint64 window, gint64 setting, gint64 metric,
    gint64 *probe, GError **error)
{
  TuneClaim claim;

  *probe = tune_sql_find_number (self,
      tune_sql_prepare (self, error,
          "SELECT id FROM probe WHERE window = ? AND setting = ?"
          " AND metric = ? AND measured = 1",
          "iii", window, setting, metric),
      error);
  if (*probe != 0)
    return *probe > 0 ? TUNE_CLAIM_MEASURED : TUNE_CLAIM_FAILED;
  if (!tune_sql_execute (self, "BEGIN IMMEDIATE", error))
    return TUNE_CLAIM_FAILED;
  claim = find_claim (self, window, setting, metric, probe, error);
  return end (self, claim != TUNE_CLAIM_FAILED, error) ? claim
                                                       : TUNE_CLAIM_FAILED;
}

gboolean
tune_store_take_over (TuneStore *self, gint64 probe, GError **error)
{
  return take (self, probe, error);
}

/* --- measurements -------------------------------------------------------- */

gboolean
tune_store_finish (TuneStore *self, gint64 probe,
    const TuneMeasurement *measurement, GError **error)
{
  return tune_sql_run (self,
      tune_sql_prepare (self, error,
          "UPDATE probe SET measured = 1, bytes = ?, frames = ?, unmatched = ?,"
          " encode_seconds = ?, seconds = ?, distances = ?, host = NULL,"
          " boot = NULL, pid = NULL, started = NULL, reason = NULL"
          " WHERE id = ?",
          "iiiddbi", (gint64) measurement->bytes, (gint64) measurement->frames,
          (gint64) measurement->unmatched, measurement->encode_seconds,
          measurement->seconds, (gconstpointer) measurement->distances,
          (gsize) measurement->frames * sizeof (gfloat), probe),
      error);
}

gboolean
tune_store_fail (
    TuneStore *self, gint64 probe, const gchar *reason, GError **error)
{
  return tune_sql_run (self,
      tune_sql_prepare (self, error,
          "UPDATE probe SET reason = ?, host = NULL, boot = NULL, pid = NULL,"
          " started = NULL WHERE id = ? AND measured = 0",
          "ti", reason, probe),
      error);
}

static gboolean
read_measurement (
    TuneStore *self, sqlite3_stmt *row, TuneMeasurement *m, GError **error)
{
  gsize size = (gsize) sqlite3_column_bytes (row, 5);

  m->bytes = (guint64) sqlite3_column_int64 (row, 0);
  m->frames = (guint64) sqlite3_column_int64 (row, 1);
  m->unmatched = (guint64) sqlite3_column_int64 (row, 2);
  m->encode_seconds = sqlite3_column_double (row, 3);
  m->seconds = sqlite3_column_double (row, 4);
  if (m->frames > G_MAXINT / sizeof (gfloat)
      || size != (gsize) m->frames * sizeof (gfloat)) {
    g_set_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_DATABASE,
        "%s: a probe of %" G_GUINT64_FORMAT
        " frames has distances of %" G_GSIZE_FORMAT " bytes",
        self->name, m->frames, size);
    return FALSE;
  }
  m->distances = g_memdup2 (sqlite3_column_blob (row, 5), size);
  return TRUE;
}

gboolean
tune_store_load (
    TuneStore *self, gint64 probe, TuneMeasurement *measurement, GError **error)
{
  sqlite3_stmt *row = tune_sql_prepare (self, error,
      "SELECT bytes, frames, unmatched, encode_seconds, seconds, distances"
      " FROM probe WHERE id = ? AND measured = 1",
      "i", probe);
  gboolean ok = FALSE;
  gint result;

  *measurement = (TuneMeasurement){ 0 };
  if (row == NULL)
    return FALSE;
  result = sqlite3_step (row);
  if (result == SQLITE_ROW)
    ok = read_measurement (self, row, measurement, error);
  else if (result == SQLITE_DONE)
    g_set_error (error, TUNE_STORE_ERROR, TUNE_STORE_ERROR_DATABASE,
        "%s: probe %" G_GINT64_FORMAT " was not measured", self->name, probe);
  else
    tune_sql_fail (self, error);
  sqlite3_finalize (row);
  return ok;
}

void
tune_measurement_clear (TuneMeasurement *self)
{
  g_clear_pointer (&self->distances, g_free);
}

gchar *
tune_store_get_reason (TuneStore *self, gint64 probe, GError **error)
{
  return tune_sql_get_text (self,
      tune_sql_prepare (
          self, error, "SELECT reason FROM probe WHERE id = ?", "i", probe),
      error);
}

gint64
tune_store_count (TuneStore *self, GError **error)
{
  return tune_sql_get_number (self,
      tune_sql_prepare (
          self, error, "SELECT count(*) FROM probe WHERE measured = 1", ""),
      error);
}
