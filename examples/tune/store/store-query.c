/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statements that look through several tables.
 */
#include "tune/store/store-query.h"

#include "tune/store/store-sql.h"

#include <math.h>

#define SAME_METRIC                                                            \
  " m.metric = ? AND m.options = ? AND m.weights_sha256 = ?"                   \
  " AND m.library = ?"

static const gchar *
weights_of (const TuneMetric *metric)
{
  return metric->weights_sha256 != NULL ? metric->weights_sha256 : "";
}

gint64
tune_store_find (TuneStore *self, const gchar *sha256, const TuneWindow *window,
    const TuneSetting *setting, const TuneMetric *metric, GError **error)
{
  return tune_sql_find_number (self,
      tune_sql_prepare (self, error,
          "SELECT p.id FROM source s JOIN window w ON w.source = s.id"
          " JOIN probe p ON p.window = w.id JOIN setting t ON t.id = p.setting"
          " JOIN metric m ON m.id = p.metric WHERE s.sha256 = ?"
          " AND w.start_ns = ? AND w.stop_ns = ? AND w.lead_ns = ?"
          " AND t.encoder = ? AND t.value = ? AND t.extra = ?"
          " AND t.versions = ? AND p.measured = 1 AND" SAME_METRIC,
          "tiiitdtttttt", sha256, window->start_ns, window->stop_ns,
          window->lead_ns, setting->encoder, setting->value, setting->extra,
          setting->versions, metric->metric, metric->options,
          weights_of (metric), metric->library),
      error);
}

/* Frees @query (nullable).  Returns: whether it came to its end. */
static gboolean
finish (const TuneStore *self, sqlite3_stmt *query, gint result, GError **error)
{
  gboolean ok = result == SQLITE_DONE || tune_sql_fail (self, error);

  sqlite3_finalize (query);
  return ok;
}

GArray *
tune_store_list_values (
    TuneStore *self, const TuneSetting *setting, GError **error)
{
  sqlite3_stmt *query = tune_sql_prepare (self, error,
      "SELECT value FROM setting WHERE encoder = ? AND extra = ?"
      " AND versions = ? ORDER BY value",
      "ttt", setting->encoder, setting->extra, setting->versions);
  GArray *values;
  gint result;

  if (query == NULL)
    return NULL;
  values = g_array_new (FALSE, FALSE, sizeof (gdouble));
  while ((result = sqlite3_step (query)) == SQLITE_ROW) {
    gdouble value = sqlite3_column_double (query, 0);

    g_array_append_val (values, value);
  }
  if (!finish (self, query, result, error))
    g_clear_pointer (&values, g_array_unref);
  return values;
}

gdouble
tune_store_find_value (
    TuneStore *self, const gchar *encoder, const gchar *extra, GError **error)
{
  sqlite3_stmt *query = tune_sql_prepare (self, error,
      "SELECT min(value) FROM setting WHERE encoder = ? AND extra = ?", "tt",
      encoder, extra);
  gdouble value = NAN;
  gint result;

  if (query == NULL)
    return NAN;
  result = sqlite3_step (query);
  if (result == SQLITE_ROW && sqlite3_column_type (query, 0) != SQLITE_NULL)
    value = sqlite3_column_double (query, 0);
  if (result == SQLITE_ROW)
    result = SQLITE_DONE;
  return finish (self, query, result, error) ? value : NAN;
}

GArray *
tune_store_list_siblings (TuneStore *self, const gchar *sha256,
    const TuneSetting *setting, const TuneMetric *metric, guint most,
    GError **error)
{
  sqlite3_stmt *query = tune_sql_prepare (self, error,
      "SELECT window, value, id FROM (SELECT p.window, t.value, p.id"
      " FROM setting t JOIN probe p ON p.setting = t.id"
      " JOIN metric m ON m.id = p.metric JOIN window w ON w.id = p.window"
      " JOIN source s ON s.id = w.source"
      " WHERE t.encoder = ? AND t.extra = ? AND p.measured = 1"
      " AND s.sha256 <> ? AND" SAME_METRIC " ORDER BY p.id DESC LIMIT ?)"
      " ORDER BY window, value",
      "ttttttti", setting->encoder, setting->extra, sha256, metric->metric,
      metric->options, weights_of (metric), metric->library, (gint64) most);
  GArray *siblings;
  gint result;

  if (query == NULL)
    return NULL;
  siblings = g_array_new (FALSE, FALSE, sizeof (TuneSibling));
  while ((result = sqlite3_step (query)) == SQLITE_ROW) {
    TuneSibling sibling = {
      .window = sqlite3_column_int64 (query, 0),
      .value = sqlite3_column_double (query, 1),
      .probe = sqlite3_column_int64 (query, 2),
    };

    g_array_append_val (siblings, sibling);
  }
  if (!finish (self, query, result, error))
    g_clear_pointer (&siblings, g_array_unref);
  return siblings;
}

gint64
tune_store_find_source (TuneStore *self, const gchar *sha256, GError **error)
{
  return tune_sql_find_number (self,
      tune_sql_prepare (
          self, error, "SELECT id FROM source WHERE sha256 = ?", "t", sha256),
      error);
}

/* --- the scout ----------------------------------------------------------- */

gchar *
tune_store_find_scout (TuneStore *self, const gchar *sha256, GError **error)
{
  return tune_sql_get_text (self,
      tune_sql_prepare (
          self, error, "SELECT found FROM scout WHERE sha256 = ?", "t", sha256),
      error);
}

gboolean
tune_store_note_scout (
    TuneStore *self, const gchar *sha256, const gchar *found, GError **error)
{
  return tune_sql_run (self,
      tune_sql_prepare (self, error,
          "INSERT OR REPLACE INTO scout VALUES (?, ?)", "tt", sha256, found),
      error);
}

/* --- curves -------------------------------------------------------------- */

static gchar *read_text (sqlite3_stmt *query, gint column);

static void
free_stored (gpointer data)
{
  TuneStored *stored = data;

  g_free (stored->sha256);
  g_free (stored->path);
  g_free (stored->versions);
  g_free (stored);
}

static TuneStored *
read_stored (sqlite3_stmt *query)
{
  TuneStored *stored = g_new0 (TuneStored, 1);

  stored->sha256 = read_text (query, 0);
  stored->path = read_text (query, 1);
  stored->versions = read_text (query, 2);
  stored->value = sqlite3_column_double (query, 3);
  stored->probe = sqlite3_column_int64 (query, 4);
  return stored;
}

GPtrArray *
tune_store_list_whole (TuneStore *self, const gchar *encoder,
    const gchar *extra, const TuneMetric *metric, GError **error)
{
  sqlite3_stmt *query = tune_sql_prepare (self, error,
      "SELECT s.sha256, s.path, t.versions, t.value, p.id"
      " FROM source s JOIN window w ON w.source = s.id"
      " JOIN probe p ON p.window = w.id JOIN setting t ON t.id = p.setting"
      " JOIN metric m ON m.id = p.metric WHERE w.start_ns = 0"
      " AND w.stop_ns = ? AND t.encoder = ? AND t.extra = ?"
      " AND p.measured = 1 AND" SAME_METRIC
      " ORDER BY s.path, s.id, t.versions, t.value",
      "itttttt", (gint64) G_MAXINT64, encoder, extra, metric->metric,
      metric->options, weights_of (metric), metric->library);
  GPtrArray *all;
  gint result;

  if (query == NULL)
    return NULL;
  all = g_ptr_array_new_with_free_func (free_stored);
  while ((result = sqlite3_step (query)) == SQLITE_ROW)
    g_ptr_array_add (all, read_stored (query));
  if (!finish (self, query, result, error))
    g_clear_pointer (&all, g_ptr_array_unref);
  return all;
}

/* --- all of it ----------------------------------------------------------- */

static void
free_holding (gpointer data)
{
  TuneHolding *holding = data;

  g_free (holding->path);
  g_free (holding->sha256);
  g_free (holding->encoder);
  g_free (holding->extra);
  g_free (holding->versions);
  g_free (holding->metric);
  g_free (holding->options);
  g_free (holding);
}

static gchar *
read_text (sqlite3_stmt *query, gint column)
{
  return g_strdup ((const gchar *) sqlite3_column_text (query, column));
}

static TuneHolding *
read_holding (sqlite3_stmt *query)
{
  TuneHolding *holding = g_new0 (TuneHolding, 1);

  holding->path = read_text (query, 0);
  holding->sha256 = read_text (query, 1);
  holding->encoder = read_text (query, 2);
  holding->extra = read_text (query, 3);
  holding->versions = read_text (query, 4);
  holding->metric = read_text (query, 5);
  holding->options = read_text (query, 6);
  holding->values = (guint64) sqlite3_column_int64 (query, 7);
  holding->low = sqlite3_column_double (query, 8);
  holding->high = sqlite3_column_double (query, 9);
  holding->windows = (guint64) sqlite3_column_int64 (query, 10);
  holding->probes = (guint64) sqlite3_column_int64 (query, 11);
  holding->failed = (guint64) sqlite3_column_int64 (query, 12);
  holding->pairs = (guint64) sqlite3_column_int64 (query, 13);
  holding->encode_seconds = sqlite3_column_double (query, 14);
  return holding;
}

GPtrArray *
tune_store_list_holdings (TuneStore *self, GError **error)
{
  sqlite3_stmt *query = tune_sql_prepare (self, error,
      "SELECT s.path, s.sha256, t.encoder, t.extra, t.versions, m.metric,"
      " m.options,"
      " count(DISTINCT CASE WHEN p.measured THEN t.value END),"
      " min(CASE WHEN p.measured THEN t.value END),"
      " max(CASE WHEN p.measured THEN t.value END),"
      " count(DISTINCT w.id), sum(p.measured),"
      " sum(p.measured = 0 AND p.reason IS NOT NULL),"
      " total(p.frames), total(p.encode_seconds)"
      " FROM probe p JOIN window w ON w.id = p.window"
      " JOIN source s ON s.id = w.source JOIN setting t ON t.id = p.setting"
      " JOIN metric m ON m.id = p.metric"
      " GROUP BY s.id, t.encoder, t.extra, t.versions, m.id"
      " ORDER BY s.path, s.id, t.encoder, t.extra, m.metric, m.id",
      "");
  GPtrArray *holdings;
  gint result;

  if (query == NULL)
    return NULL;
  holdings = g_ptr_array_new_with_free_func (free_holding);
  while ((result = sqlite3_step (query)) == SQLITE_ROW)
    g_ptr_array_add (holdings, read_holding (query));
  if (!finish (self, query, result, error))
    g_clear_pointer (&holdings, g_ptr_array_unref);
  return holdings;
}
