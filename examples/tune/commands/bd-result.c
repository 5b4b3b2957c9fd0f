/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Differences of rate as a table, as JSON with all points, and as a page.
 */
#include "tune/commands/bd-result.h"

#include "tune/commands/rd-report.h"

#include "console/program-error.h"
#include "table/bootstrap.h"
#include "table/json.h"

#include <math.h>
#include <string.h>

#define SCHEMA 1
#define RESAMPLES 2000
#define SEED 1

static const TableColumn columns[] = {
  { "clip", TABLE_CELL_TEXT, 0 },
  { "test", TABLE_CELL_TEXT, 0 },
  { "bd_rate", TABLE_CELL_ESTIMATE, 2 },
  { "akima", TABLE_CELL_NUMBER, 2 },
  { "overlap", TABLE_CELL_NUMBER, 0 },
  { "low", TABLE_CELL_NUMBER, 1 },
  { "middle", TABLE_CELL_NUMBER, 1 },
  { "high", TABLE_CELL_NUMBER, 1 },
  { "remark", TABLE_CELL_TEXT, 0 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

/**
 * Draft:
 * @clips: of the set
 * @table: all that was found
 * @means: rows of @table that are means over clips; may be empty
 * @failed: how many curves could not be compared
 */
typedef struct
{
  const TuneBdResult *result;
  GPtrArray *clips;
  Table *table;
  Table *means;
  guint failed;
} Draft;

/* --- one clip ------------------------------------------------------------ */

static gchar *
remark_on (const TuneGain *gain)
{
  gboolean little = gain->overlap < TUNE_GAIN_LEAST_OVERLAP;
  gboolean apart = fabs (gain->rate - gain->akima) > TUNE_GAIN_MOST_SPREAD;

  if (!little && !apart)
    return NULL;
  return g_strdup_printf ("%s%s%s",
      little ? "little overlap: not to be relied on" : "",
      little && apart ? "; " : "",
      apart ? "the interpolations differ: more points are needed" : "");
}

static void
fill_row (Table *table, const TuneGain *gain)
{
  const Interval none = { NAN, NAN };
  g_autofree gchar *remark = remark_on (gain);

  table_estimate (table, "bd_rate", 100 * gain->rate, none);
  table_number (table, "akima", 100 * gain->akima);
  table_number (table, "overlap", 100 * gain->overlap);
  table_number (table, "low", 100 * gain->low);
  table_number (table, "middle", 100 * gain->middle);
  table_number (table, "high", 100 * gain->high);
  if (remark != NULL)
    table_text (table, "remark", remark);
}

/* Returns: whether the clip has both curves. */
static gboolean
has_both (const Draft *self, const gchar *clip, const gchar *test)
{
  const TuneBdResult *result = self->result;
  g_autoptr (GArray) one =
      tune_rd_set_points (result->set, clip, result->anchor, 0);
  g_autoptr (GArray) other = tune_rd_set_points (result->set, clip, test, 0);

  return one->len > 0 && other->len > 0;
}

/* Adds a row; appends to @gains what was found. */
static void
compare_clip (Draft *self, const gchar *clip, const gchar *test, GArray *gains)
{
  const TuneBdResult *result = self->result;
  g_autoptr (GError) fault = NULL;
  TuneGain gain;

  table_add_row (self->table);
  table_words (self->table, "clip", clip);
  table_words (self->table, "test", test);
  if (tune_rd_set_gain (result->set, clip, result->anchor, test, 0,
          result->hull, &gain, &fault)) {
    fill_row (self->table, &gain);
    g_array_append_val (gains, gain);
    return;
  }
  table_text (self->table, "remark", fault->message);
  self->failed++;
}

/* --- means --------------------------------------------------------------- */

static gdouble
mean_rate (const guint *units, guint n, gpointer user)
{
  const GArray *gains = user;
  gdouble sum = 0;

  for (guint i = 0; i < n; i++)
    sum += g_array_index (gains, TuneGain, units[i]).rate;
  return 100 * sum / n;
}

static void
add_mean (Table *table, const gchar *test, GArray *gains)
{
  g_autofree gchar *name = g_strdup_printf ("mean of %u clips", gains->len);
  Interval interval =
      bootstrap (gains->len, RESAMPLES, SEED, NULL, mean_rate, gains);
  g_autofree guint *all = g_new (guint, gains->len);
  TuneGain sum = { 0 };

  for (guint i = 0; i < gains->len; i++) {
    const TuneGain *gain = &g_array_index (gains, TuneGain, i);

    all[i] = i;
    sum.akima += gain->akima;
    sum.low += gain->low;
    sum.middle += gain->middle;
    sum.high += gain->high;
  }
  table_add_row (table);
  table_text (table, "clip", name);
  table_words (table, "test", test);
  table_estimate (
      table, "bd_rate", mean_rate (all, gains->len, gains), interval);
  table_number (table, "akima", 100 * sum.akima / gains->len);
  table_number (table, "low", 100 * sum.low / gains->len);
  table_number (table, "middle", 100 * sum.middle / gains->len);
  table_number (table, "high", 100 * sum.high / gains->len);
}

/* --- all of it ----------------------------------------------------------- */

static guint
compare_test (Draft *self, const gchar *test)
{
  g_autoptr (GArray) gains = g_array_new (FALSE, FALSE, sizeof (TuneGain));
  guint compared = 0;

  for (guint i = 0; i < self->clips->len; i++) {
    const gchar *clip = self->clips->pdata[i];

    if (!has_both (self, clip, test))
      continue;
    compared++;
    compare_clip (self, clip, test, gains);
  }
  if (gains->len > 1) {
    add_mean (self->table, test, gains);
    add_mean (self->means, test, gains);
  }
  return compared;
}

static void
add_notes (Draft *self)
{
  const TuneBdResult *result = self->result;

  table_note (self->table,
      "bd_rate: percent more rate than %s at the same %s%s, below 0 less, by "
      "PCHIP on %s; akima: the same by Akima's interpolation; overlap: percent "
      "of the range; low, middle, high: percent at the worst end of the common "
      "range, in its middle, at its best end",
      result->anchor, result->statistic, result->hull ? ", of the hulls" : "",
      result->set->similarity ? "the statistic as it is"
                              : "-10 log10 of the statistic");
  for (guint i = 0; i < result->notes->len; i++)
    table_note (
        self->table, "note: %s", (const gchar *) result->notes->pdata[i]);
}

static gboolean
compare (Draft *self, GError **error)
{
  const TuneBdResult *result = self->result;

  for (guint i = 0; i < result->tests->len; i++) {
    const gchar *test = result->tests->pdata[i];

    if (compare_test (self, test) == 0)
      return program_fail_unnamed (error,
          "there is no clip of which both %s and %s were measured by %s; "
          "perceptual-tune list shows what is in the database, and "
          "perceptual-tune grid measures",
          result->anchor, test, result->set->metric);
  }
  add_notes (self);
  return TRUE;
}

/* --- JSON ---------------------------------------------------------------- */

static void
add_points (JsonBuilder *builder, const TuneRdSet *set)
{
  json_builder_set_member_name (builder, "points");
  json_builder_begin_array (builder);
  for (guint i = 0; i < set->entries->len; i++) {
    const TuneRdEntry *entry = set->entries->pdata[i];

    json_builder_begin_object (builder);
    table_json_text (builder, "clip", entry->clip);
    table_json_text (builder, "label", entry->label);
    if (isfinite (entry->value))
      table_json_number (builder, "setting", entry->value);
    table_json_number (builder, "rate", entry->rate);
    table_json_number (builder, "value", entry->statistics[0]);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static gchar *
write_json (const Draft *self)
{
  const TuneBdResult *result = self->result;
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  table_json_count (builder, "schema", SCHEMA);
  table_json_text (builder, "command", "bd");
  table_json_text (builder, "metric", result->set->metric);
  table_json_text (builder, "statistic", result->statistic);
  table_json_text (builder, "axis",
      result->set->similarity ? "statistic" : "-10 log10 statistic");
  table_json_text (builder, "anchor", result->anchor);
  table_json_boolean (builder, "hull", result->hull);
  table_add_json (self->table, builder);
  add_points (builder, result->set);
  json_builder_end_object (builder);
  return table_json_print (builder);
}

/* --- output -------------------------------------------------------------- */

static gboolean
print (TuneSession *session, const Draft *self, GError **error)
{
  const GPtrArray *notes = table_get_notes (self->table);
  g_autofree gchar *text = NULL;

  switch (session->options.format) {
    case TUNE_FORMAT_JSON:
      text = write_json (self);
      break;
    case TUNE_FORMAT_CSV:
      text = table_format_csv (self->table);
      break;
    default:
      text = table_format_text (self->table);
      break;
  }
  if (!console_print (&session->console, text, error))
    return FALSE;
  for (guint i = 0; i < notes->len; i++) {
    if (session->options.format == TUNE_FORMAT_CSV)
      console_say (&session->console, "%s", (const gchar *) notes->pdata[i]);
  }
  return TRUE;
}

static gboolean
write_report (TuneSession *session, const Draft *self, GError **error)
{
  const TuneBdResult *result = self->result;
  g_autoptr (GArray) statistics = g_array_new (FALSE, FALSE, sizeof (guint));
  const TuneRdTable means = { "Means over clips", self->means };
  g_autofree gchar *json = write_json (self);
  const guint first = 0;
  const TuneRdView view = {
    .set = result->set,
    .title = "BD-rate",
    .metric = result->set->metric,
    .statistics = statistics,
    .anchor = result->anchor,
    .hull = result->hull,
    .tables = &means,
    .n_tables = table_count_rows (self->means) > 0,
    .json = json,
  };

  if (session->options.report == NULL)
    return TRUE;
  g_array_append_val (statistics, first);
  return tune_rd_report_write (&view, session->options.report, error);
}

gboolean
tune_bd_print (TuneSession *session, const TuneBdResult *self, GError **error)
{
  Draft draft = { .result = self,
    .clips = tune_rd_set_list_clips (self->set),
    .table = table_new (columns),
    .means = table_new (columns) };
  gboolean ok = compare (&draft, error) && print (session, &draft, error)
      && write_report (session, &draft, error);

  if (draft.failed > 0)
    session->code = TUNE_EXIT_ERROR;
  g_ptr_array_unref (draft.clips);
  table_free (draft.table);
  table_free (draft.means);
  return ok;
}
