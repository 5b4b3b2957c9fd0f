/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune ladder: sizes and settings for streams of several rates, from
 * the convex hull of encodes at all sizes, brought back to the clip's size.
 */
#include "tune/commands/grid.h"
#include "tune/encoding-grid.h"
#include "tune/options.h"
#include "tune/arithmetic/quantity.h"
#include "tune/commands/rd-report.h"

#include "measure/value.h"
#include "table/json.h"
#include "table/table.h"
#include "console/program-error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA 1
#define DEFAULT_RUNGS 6
#define MOST_RUNGS 100
#define LEAST_SIDE 16
#define MOST_SIDE 16384

typedef struct
{
  guint width; /* 0 for the clip's own size */
  guint height;
} Size;

typedef struct
{
  GArray *sizes;
  guint rungs;
  GPtrArray *statistics;
  GPtrArray *encodings;
} Ladder;

static const TableColumn columns[] = {
  { "clip", TABLE_CELL_TEXT, 0 },
  { "rung", TABLE_CELL_COUNT, 0 },
  { "encoder", TABLE_CELL_TEXT, 0 },
  { "value", TABLE_CELL_NUMBER, 1 },
  { "rate", TABLE_CELL_NUMBER, 1 },
  { "distance", TABLE_CELL_NUMBER, 6 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

/* --- options ------------------------------------------------------------- */

/* One that is there already is not added. */
static void
add_size (GArray *sizes, const Size *size)
{
  for (guint i = 0; i < sizes->len; i++) {
    const Size *other = &g_array_index (sizes, Size, i);

    if (other->width == size->width && other->height == size->height)
      return;
  }
  g_array_append_vals (sizes, size, 1);
}

static gboolean
is_side (guint side)
{
  return side >= LEAST_SIDE && side <= MOST_SIDE && side % 2 == 0;
}

static gboolean
take_sizes (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Ladder *self = ((TuneSession *) user)->own;
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (guint i = 0; words[i] != NULL; i++) {
    Size size = { 0, 0 };
    gchar rest;

    if (strcmp (words[i], "source") != 0
        && (sscanf (words[i], "%5ux%5u%c", &size.width, &size.height, &rest)
                != 2
            || !is_side (size.width) || !is_side (size.height)))
      return measure_value_refuse (words[i], "size",
          "WIDTHxHEIGHT, even numbers from 16 to 16384, or source", error);
    add_size (self->sizes, &size);
  }
  return TRUE;
}

static gboolean
take_rungs (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Ladder *self = ((TuneSession *) user)->own;

  return tune_quantity_count (
      text, "rungs", 2, MOST_RUNGS, &self->rungs, error);
}

static gboolean
take_statistic (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  Ladder *self = ((TuneSession *) user)->own;

  g_ptr_array_set_size (self->statistics, 0);
  g_ptr_array_add (self->statistics, g_strdup (text));
  return TRUE;
}

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  Ladder *self = session->own;

  self->sizes = g_array_new (FALSE, FALSE, sizeof (Size));
  self->statistics = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->statistics, g_strdup ("mean"));
  self->encodings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_encoding_free);
  self->rungs = DEFAULT_RUNGS;
  tune_options_add (session, group,
      (GOptionEntry){ "size", 0, 0, G_OPTION_ARG_CALLBACK, take_sizes,
          "Sizes to encode at; source is the clip's own.  May be repeated",
          "WIDTHxHEIGHT,..." });
  tune_options_add (session, group,
      (GOptionEntry){ "rungs", 0, 0, G_OPTION_ARG_CALLBACK, take_rungs,
          "How many streams there are to be, at most (default: 6)", "N" });
  tune_options_add (session, group,
      (GOptionEntry){ "statistic", 0, 0, G_OPTION_ARG_CALLBACK, take_statistic,
          "What the rungs are evenly spaced in (default: mean)", "STATISTIC" });
}

static void
add_encodings (Ladder *self, const TuneEncoding *encoding)
{
  for (guint i = 0; i < self->sizes->len; i++) {
    const Size *size = &g_array_index (self->sizes, Size, i);

    g_ptr_array_add (self->encodings,
        size->width == 0
            ? tune_encoding_copy (encoding)
            : tune_encoding_scaled (encoding, size->width, size->height));
  }
}

static gboolean
check_options (TuneSession *session, GError **error)
{
  Ladder *self = session->own;
  const GPtrArray *encodings = session->options.encodings;

  if (encodings->len == 0)
    return program_refuse (error,
        "no encoder is named: add --encoder x264 (perceptual-tune list "
        "--encoders)");
  if (self->sizes->len < 2)
    return program_refuse (
        error, "a ladder is of several sizes: --size source,640x360");
  for (guint i = 0; i < encodings->len; i++) {
    const TuneEncoding *encoding = encodings->pdata[i];

    if (encoding->how == TUNE_HOW_COMMAND)
      return program_refuse (error,
          "a ladder scales pictures before an --encoder; a --command would "
          "have to do that itself");
    add_encodings (self, encoding);
  }
  g_hash_table_insert (session->options.settings, g_strdup ("scaling"),
      g_strdup ("to-reference"));
  return tune_grid_check_statistics (session, self->statistics, error);
}

static void
clear_options (gpointer own)
{
  Ladder *self = own;

  g_clear_pointer (&self->sizes, g_array_unref);
  g_clear_pointer (&self->statistics, g_ptr_array_unref);
  g_clear_pointer (&self->encodings, g_ptr_array_unref);
}

/* --- rungs --------------------------------------------------------------- */

static guint
statistic_of (const TuneGrid *grid)
{
  return g_array_index (grid->statistics, guint, 0);
}

static gdouble
quality_of (const TuneGrid *grid, const TuneRdEntry *entry)
{
  gdouble value = entry->statistics[statistic_of (grid)];

  return grid->set->similarity ? value : tune_quality_of_distance (value);
}

static gint
by_rate (gconstpointer a, gconstpointer b)
{
  gdouble one = (*(const TuneRdEntry *const *) a)->rate;
  gdouble other = (*(const TuneRdEntry *const *) b)->rate;

  return (one > other) - (one < other);
}

/* Returns: (transfer container) (element-type TuneRdEntry): those of @clip on
 * the hull, by their rate. */
static GPtrArray *
list_hull (const TuneGrid *grid, const gchar *clip)
{
  g_autofree gboolean *on_hull =
      tune_rd_set_hull (grid->set, statistic_of (grid));
  GPtrArray *hull = g_ptr_array_new ();

  for (guint i = 0; i < grid->set->entries->len; i++) {
    TuneRdEntry *entry = grid->set->entries->pdata[i];

    if (on_hull[i] && strcmp (entry->clip, clip) == 0)
      g_ptr_array_add (hull, entry);
  }
  g_ptr_array_sort (hull, by_rate);
  return hull;
}

/* Returns: the place in @hull that is nearest to @quality. */
static guint
find_nearest (const TuneGrid *grid, const GPtrArray *hull, gdouble quality)
{
  guint best = 0;

  for (guint i = 1; i < hull->len; i++) {
    if (fabs (quality_of (grid, hull->pdata[i]) - quality)
        < fabs (quality_of (grid, hull->pdata[best]) - quality))
      best = i;
  }
  return best;
}

static void
add_rung (
    Table *table, const TuneGrid *grid, const TuneRdEntry *entry, guint rung)
{
  table_add_row (table);
  table_words (table, "clip", entry->clip);
  table_count (table, "rung", rung);
  table_words (table, "encoder", entry->label);
  table_number (table, "value", entry->value);
  table_number (table, "rate", entry->rate);
  table_number (table, "distance", entry->statistics[statistic_of (grid)]);
}

static void
add_clip (Table *table, const TuneGrid *grid, const gchar *clip, guint rungs)
{
  g_autoptr (GPtrArray) hull = list_hull (grid, clip);
  guint last = G_MAXUINT, n = 0;
  gdouble low, high;

  if (hull->len == 0)
    return;
  low = quality_of (grid, hull->pdata[0]);
  high = quality_of (grid, hull->pdata[hull->len - 1]);
  for (guint i = 0; i < rungs; i++) {
    guint at = find_nearest (
        grid, hull, low + (high - low) * i / (gdouble) (rungs - 1));

    if (at != last)
      add_rung (table, grid, hull->pdata[at], ++n);
    last = at;
  }
}

static Table *
make_table (const TuneSession *session, const TuneGrid *grid)
{
  const Ladder *self = session->own;
  g_autoptr (GPtrArray) clips = tune_rd_set_list_clips (grid->set);
  Table *table = table_new (columns);

  for (guint i = 0; i < clips->len; i++)
    add_clip (table, grid, clips->pdata[i], self->rungs);
  table_note (table,
      "distance: %s by %s, at the clip's size; rungs are on the hull of all "
      "sizes, at steps as even as the values allow",
      (const gchar *) self->statistics->pdata[0], grid->set->metric);
  for (guint i = 0; i < grid->set->entries->len; i++) {
    const TuneRdEntry *entry = grid->set->entries->pdata[i];

    if (entry->error != NULL)
      table_note (table, "failed: %s, %s %.9g: %s", entry->clip, entry->label,
          entry->value, entry->error);
  }
  for (guint i = 0; i < grid->troubles->len; i++)
    table_note (table, "%s", (const gchar *) grid->troubles->pdata[i]);
  return table;
}

/* --- output -------------------------------------------------------------- */

static gchar *
write_json (const Table *table)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  table_json_count (builder, "schema", SCHEMA);
  table_json_text (builder, "command", "ladder");
  table_add_json (table, builder);
  json_builder_end_object (builder);
  return table_json_print (builder);
}

static gboolean
print (TuneSession *session, const TuneGrid *grid, GError **error)
{
  g_autoptr (Table) table = make_table (session, grid);
  const TuneRdTable rungs = { "The ladder", table };
  g_autofree gchar *json = write_json (table);
  g_autofree gchar *text = session->options.format == TUNE_FORMAT_JSON
      ? g_strdup (json)
      : session->options.format == TUNE_FORMAT_CSV ? table_format_csv (table)
                                                   : table_format_text (table);
  const TuneRdView view = { .set = grid->set,
    .title = "Ladder",
    .metric = grid->set->metric,
    .statistics = grid->statistics,
    .tables = &rungs,
    .n_tables = 1,
    .json = json };

  if (tune_grid_count_failed (grid) > 0 || grid->troubles->len > 0)
    session->code = TUNE_EXIT_ERROR;
  return console_print (&session->console, text, error)
      && (session->options.report == NULL
          || tune_rd_report_write (&view, session->options.report, error));
}

static gboolean
run (TuneSession *session, GError **error)
{
  const Ladder *self = session->own;
  TuneGrid grid;
  gboolean ok;

  tune_grid_init (&grid, session, self->statistics);
  ok = tune_grid_measure (&grid, session, self->encodings, FALSE, error)
      && print (session, &grid, error);
  tune_grid_clear (&grid);
  return ok;
}

const TuneCommand tune_command_ladder = {
  .name = "ladder",
  .arguments = "CLIP...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "sizes and settings for streams of several rates",
  .help =
      "Encodes each CLIP at several sizes and all values, measures what comes\n"
      "back scaled to the clip's size, and takes rungs from the convex hull\n"
      "of all: sizes and values that nothing else beats at their rates.\n"
      "\n"
      "  perceptual-tune ladder clip.mkv --encoder x264 --value 20:44:4 \\\n"
      "      --size source,1280x720,640x360 --rungs 5\n"
      "\n"
      "Exit codes: 0 all was measured, 1 something failed, 2 wrong usage.",
  .unit = "probes",
  .offers = TUNE_OFFERS_ENCODERS | TUNE_OFFERS_METRIC | TUNE_OFFERS_PROBES
      | TUNE_OFFERS_DATABASE | TUNE_OFFERS_FORMAT | TUNE_OFFERS_REPORT
      | TUNE_OFFERS_CSV,
  .own_size = sizeof (Ladder),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
