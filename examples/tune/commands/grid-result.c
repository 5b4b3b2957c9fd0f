/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A grid as a table for people, as JSON or CSV with all numbers, and as a page.
 */
#include "tune/commands/grid.h"
#include "tune/commands/rd-report.h"

#include "table/json.h"
#include "table/table.h"

#include <math.h>
#include <string.h>

#define SCHEMA 1

/* Columns besides the statistics, and the one at the end. */
#define MOST_OTHERS 12

/* Decimals of statistics for people. */
#define DECIMALS_DISTANCE 6
#define DECIMALS_SIMILARITY 4

/* A value needs no more digits than a line of a pipeline has. */
#define DECIMALS_VALUE 2

typedef struct
{
  const TuneGrid *grid;
  gboolean wide;
  gboolean clips;
  gboolean *hull;
  TableColumn *columns;
} Draft;

static gboolean
is_shown (const Draft *self, guint statistic)
{
  const GArray *shown = self->grid->statistics;

  for (guint i = 0; i < shown->len && !self->wide; i++) {
    if (g_array_index (shown, guint, i) == statistic)
      return TRUE;
  }
  return self->wide;
}

/* Returns: the decimals that @encodings' values need, or fewer. */
static guint
find_decimals (const TuneRdSet *set)
{
  guint decimals = 0;
  gdouble scale = 1;

  for (; decimals < DECIMALS_VALUE; decimals++, scale *= 10) {
    gboolean enough = TRUE;

    for (guint i = 0; i < set->entries->len; i++) {
      gdouble scaled = ((TuneRdEntry *) set->entries->pdata[i])->value * scale;

      enough &= fabs (scaled - round (scaled)) < 1e-6;
    }
    if (enough)
      break;
  }
  return decimals;
}

static void
set_columns (Draft *self)
{
  const TuneRdSet *set = self->grid->set;
  guint n = 0;

  self->columns = g_new0 (TableColumn, set->names->len + MOST_OTHERS);
  if (self->wide || self->clips)
    self->columns[n++] = (TableColumn){ "clip", TABLE_CELL_TEXT, 0 };
  self->columns[n++] = (TableColumn){ "encoder", TABLE_CELL_TEXT, 0 };
  self->columns[n++] =
      (TableColumn){ "value", TABLE_CELL_NUMBER, find_decimals (set) };
  self->columns[n++] = (TableColumn){ "rate", TABLE_CELL_NUMBER, 1 };
  for (guint i = 0; i < set->names->len; i++) {
    if (is_shown (self, i))
      self->columns[n++] =
          (TableColumn){ set->names->pdata[i], TABLE_CELL_NUMBER,
            set->similarity ? DECIMALS_SIMILARITY : DECIMALS_DISTANCE };
  }
  self->columns[n++] = (TableColumn){ "hull", TABLE_CELL_TEXT, 0 };
  if (self->wide) {
    self->columns[n++] = (TableColumn){ "pairs", TABLE_CELL_COUNT, 0 };
    self->columns[n++] = (TableColumn){ "bytes", TABLE_CELL_COUNT, 0 };
  }
  self->columns[n++] = (TableColumn){ "seconds", TABLE_CELL_NUMBER, 1 };
  self->columns[n++] = (TableColumn){ "remark", TABLE_CELL_TEXT, 0 };
}

static void
add_row (const Draft *self, Table *table, guint place)
{
  const TuneRdSet *set = self->grid->set;
  const TuneRdEntry *entry = set->entries->pdata[place];

  table_add_row (table);
  if (self->wide || self->clips)
    table_words (table, "clip", entry->clip);
  table_words (table, "encoder", entry->label);
  table_number (table, "value", entry->value);
  if (entry->error != NULL) {
    table_text (table, "remark",
        self->wide           ? entry->error
            : entry->missing ? "missing"
                             : "failed");
    return;
  }
  table_number (table, "rate", entry->rate);
  for (guint i = 0; i < set->names->len; i++) {
    if (is_shown (self, i))
      table_number (table, set->names->pdata[i], entry->statistics[i]);
  }
  if (self->hull[place])
    table_text (table, "hull", "yes");
  if (self->wide) {
    table_count (table, "pairs", entry->pairs);
    table_count (table, "bytes", entry->bytes);
  }
  table_number (table, "seconds", entry->seconds);
  if (entry->known)
    table_text (table, "remark", "stored");
}

/* One line for each curve. */
static void
note_missing (const Draft *self, Table *table)
{
  const TuneRdSet *set = self->grid->set;
  g_autoptr (GString) values = g_string_new (NULL);

  for (guint i = 0; i < set->entries->len; i++) {
    const TuneRdEntry *entry = set->entries->pdata[i];
    const TuneRdEntry *next =
        i + 1 < set->entries->len ? set->entries->pdata[i + 1] : NULL;

    if (entry->missing)
      g_string_append_printf (
          values, "%s%.9g", values->len > 0 ? ", " : "", entry->value);
    if (values->len == 0
        || (next != NULL && strcmp (next->clip, entry->clip) == 0
            && strcmp (next->label, entry->label) == 0))
      continue;
    table_note (table, "missing: %s%s%s: not in the database at %s",
        self->clips ? entry->clip : "", self->clips ? ", " : "", entry->label,
        values->str);
    g_string_truncate (values, 0);
  }
}

static void
add_notes (const Draft *self, Table *table)
{
  const TuneRdSet *set = self->grid->set;

  if (!self->wide && set->entries->len > 0)
    table_note (table,
        "rate: kbit/s of the stream without its container; %s by %s; hull: no "
        "mixture of two others is better in %s at its rate",
        set->similarity ? "similarities" : "distances", set->metric,
        (const gchar *) set->names
            ->pdata[g_array_index (self->grid->statistics, guint, 0)]);
  for (guint i = 0; i < set->entries->len; i++) {
    const TuneRdEntry *entry = set->entries->pdata[i];

    if (entry->error != NULL && !entry->missing)
      table_note (table, "failed: %s%s%s %.9g: %s",
          self->clips ? entry->clip : "", self->clips ? ", " : "", entry->label,
          entry->value, entry->error);
  }
  note_missing (self, table);
  for (guint i = 0; i < self->grid->troubles->len; i++)
    table_note (table, "%s", (const gchar *) self->grid->troubles->pdata[i]);
}

/* Returns: (transfer full): the table; *@columns has to live as long. */
static Table *
make_table (const TuneGrid *grid, gboolean wide, TableColumn **columns)
{
  g_autoptr (GPtrArray) clips = tune_rd_set_list_clips (grid->set);
  Draft draft = { .grid = grid, .wide = wide, .clips = clips->len > 1 };
  Table *table;

  draft.hull =
      tune_rd_set_hull (grid->set, g_array_index (grid->statistics, guint, 0));
  set_columns (&draft);
  table = table_new (draft.columns);
  for (guint i = 0; i < grid->set->entries->len; i++)
    add_row (&draft, table, i);
  add_notes (&draft, table);
  g_free (draft.hull);
  *columns = draft.columns;
  return table;
}

/* --- JSON ---------------------------------------------------------------- */

static void
add_metric (JsonBuilder *builder, const TuneGrid *grid)
{
  TuneMetric metric;

  table_json_text (builder, "metric", grid->set->metric);
  if (grid->identity == NULL)
    return;
  metric = tune_identity_metric (grid->identity);
  json_builder_set_member_name (builder, "options");
  json_builder_add_value (builder, json_from_string (metric.options, NULL));
  table_json_text (builder, "weights", metric.weights_sha256);
  table_json_text (builder, "library", metric.library);
}

guint
tune_grid_count_failed (const TuneGrid *self)
{
  const TuneRdSet *set = self->set;
  guint n = 0;

  for (guint i = 0; i < set->entries->len; i++)
    n += ((TuneRdEntry *) set->entries->pdata[i])->error != NULL;
  return n;
}

static gchar *
write_json (const TuneSession *session, const TuneGrid *grid)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree TableColumn *columns = NULL;
  g_autoptr (Table) table = make_table (grid, TRUE, &columns);

  json_builder_begin_object (builder);
  table_json_count (builder, "schema", SCHEMA);
  table_json_text (builder, "command", session->command->name);
  add_metric (builder, grid);
  table_json_count (builder, "failed", tune_grid_count_failed (grid));
  table_add_json (table, builder);
  json_builder_end_object (builder);
  return table_json_print (builder);
}

/* --- output -------------------------------------------------------------- */

static gchar *
format (const TuneSession *session, const TuneGrid *grid)
{
  gboolean csv = session->options.format == TUNE_FORMAT_CSV;
  g_autofree TableColumn *columns = NULL;
  g_autoptr (Table) table = NULL;

  if (session->options.format == TUNE_FORMAT_JSON)
    return write_json (session, grid);
  table = make_table (grid, csv, &columns);
  return csv ? table_format_csv (table) : table_format_text (table);
}

static gboolean
write_report (TuneSession *session, const TuneGrid *grid, GError **error)
{
  const TuneRdSet *set = grid->set;
  g_autoptr (GPtrArray) labels = tune_rd_set_list_labels (set);
  g_autoptr (GPtrArray) clips = tune_rd_set_list_clips (set);
  g_autofree gchar *json = write_json (session, grid);
  g_autofree gchar *title = NULL;
  TuneRdView view = { .set = set,
    .metric = set->metric,
    .statistics = grid->statistics,
    .json = json };

  if (session->options.report == NULL)
    return TRUE;
  title = clips->len == 1 ? g_path_get_basename (clips->pdata[0])
                          : g_strdup_printf ("%u clips", clips->len);
  view.title = title;
  if (labels->len > 1)
    view.anchor = labels->pdata[0];
  return tune_rd_report_write (&view, session->options.report, error);
}

/* What is wrong goes to standard error where a table has no place for it. */
gboolean
tune_grid_print (TuneSession *session, const TuneGrid *self, GError **error)
{
  g_autofree gchar *text = format (session, self);

  if (!console_print (&session->console, text, error))
    return FALSE;
  for (guint i = 0; i < self->troubles->len; i++) {
    if (session->options.format != TUNE_FORMAT_TEXT)
      console_say (
          &session->console, "%s", (const gchar *) self->troubles->pdata[i]);
  }
  if (!write_report (session, self, error))
    return FALSE;
  if (tune_grid_count_failed (self) > 0 || self->troubles->len > 0)
    session->code = TUNE_EXIT_ERROR;
  return TRUE;
}
