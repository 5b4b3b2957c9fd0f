/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune list: what the database holds, or which encoders are known.
 */
#include "tune/options.h"
#include "tune/arithmetic/quantity.h"
#include "tune/store/store-query.h"

#include "table/json.h"
#include "table/table.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>

#define SCHEMA 1

typedef struct
{
  gboolean encoders;
} List;

static const TableColumn encoder_columns[] = {
  { "name", TABLE_CELL_TEXT, 0 },
  { "values", TABLE_CELL_TEXT, 0 },
  { "step", TABLE_CELL_TEXT, 0 },
  { "installed", TABLE_CELL_TEXT, 0 },
  { "encoder", TABLE_CELL_TEXT, 0 },
  { NULL, 0, 0 },
};

static const TableColumn holding_columns[] = {
  { "source", TABLE_CELL_TEXT, 0 },
  { "encoder", TABLE_CELL_TEXT, 0 },
  { "metric", TABLE_CELL_TEXT, 0 },
  { "options", TABLE_CELL_TEXT, 0 },
  { "values", TABLE_CELL_COUNT, 0 },
  { "from", TABLE_CELL_TEXT, 0 },
  { "to", TABLE_CELL_TEXT, 0 },
  { "windows", TABLE_CELL_COUNT, 0 },
  { "probes", TABLE_CELL_COUNT, 0 },
  { "failed", TABLE_CELL_COUNT, 0 },
  { "pairs", TABLE_CELL_COUNT, 0 },
  { "seconds", TABLE_CELL_NUMBER, 0 },
  { NULL, 0, 0 },
};

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  List *self = session->own;

  tune_options_add (session, group,
      (GOptionEntry){ "encoders", 0, 0, G_OPTION_ARG_NONE, &self->encoders,
          "The encoders that are known by name, instead", NULL });
}

/* --- encoders ------------------------------------------------------------ */

/* @line: of gst-launch, or an element's name. */
static gboolean
is_installed (const gchar *line)
{
  g_autofree gchar *element = g_strndup (line, strcspn (line, " "));
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);

  return factory != NULL;
}

static Table *
make_encoders (void)
{
  Table *table = table_new (encoder_columns);

  for (const TuneEncoder *row = tune_encoders; row->name != NULL; row++) {
    g_autofree gchar *low = tune_encoding_format (row->low);
    g_autofree gchar *high = tune_encoding_format (row->high);
    g_autofree gchar *range = row->ascending
        ? g_strdup_printf ("%s:%s", high, low)
        : g_strdup_printf ("%s:%s", low, high);
    g_autofree gchar *step =
        row->step > 0 ? tune_encoding_format (row->step) : g_strdup ("1 %");

    table_add_row (table);
    table_text (table, "name", row->name);
    table_text (table, "values", range);
    table_text (table, "step", step);
    table_text (table, "installed",
        is_installed (row->element) && is_installed (row->parser)
                && is_installed (row->decoder)
            ? "yes"
            : "no");
    table_text (table, "encoder", row->summary);
  }
  table_note (table, "values: from the finest to the coarsest");
  return table;
}

/* --- the database -------------------------------------------------------- */

static guint64
size_of (const gchar *database)
{
  GStatBuf status;

  return g_stat (database, &status) == 0 ? (guint64) status.st_size : 0;
}

static Table *
make_holdings (const GPtrArray *holdings)
{
  Table *table = table_new (holding_columns);

  for (guint i = 0; i < holdings->len; i++) {
    const TuneHolding *holding = holdings->pdata[i];
    g_autofree gchar *encoder =
        tune_encoding_name (holding->encoder, holding->extra);
    g_autofree gchar *low = tune_encoding_format (holding->low);
    g_autofree gchar *high = tune_encoding_format (holding->high);

    table_add_row (table);
    table_text (table, "source", holding->path);
    table_text (table, "encoder", encoder);
    table_text (table, "metric", holding->metric);
    if (strcmp (holding->options, "{}") != 0)
      table_text (table, "options", holding->options);
    table_count (table, "values", holding->values);
    if (holding->values > 0) {
      table_text (table, "from", low);
      table_text (table, "to", high);
    }
    table_count (table, "windows", holding->windows);
    table_count (table, "probes", holding->probes);
    table_count (table, "failed", holding->failed);
    table_count (table, "pairs", holding->pairs);
    table_number (table, "seconds", holding->encode_seconds);
  }
  return table;
}

static Table *
look_into_store (TuneSession *session, gint64 *probes, GError **error)
{
  g_autoptr (GPtrArray) holdings =
      tune_store_list_holdings (session->store, error);
  g_autofree gchar *size =
      tune_quantity_bytes (size_of (session->options.database));
  Table *table;

  if (holdings == NULL)
    return NULL;
  *probes = tune_store_count (session->store, error);
  if (*probes < 0)
    return NULL;
  table = make_holdings (holdings);
  table_note (table, "%" G_GINT64_FORMAT " probes in %s, %s", *probes,
      session->options.database, size);
  return table;
}

/* --- printing ------------------------------------------------------------ */

static gchar *
write_json (const Table *table, const gchar *database, gint64 probes)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  table_json_count (builder, "schema", SCHEMA);
  table_json_text (builder, "command", "list");
  if (database != NULL) {
    table_json_path (builder, "database", database);
    table_json_count (builder, "bytes", size_of (database));
    table_json_count (builder, "probes", probes);
  }
  table_add_json (table, builder);
  json_builder_end_object (builder);
  return table_json_print (builder);
}

static gboolean
run (TuneSession *session, GError **error)
{
  const List *self = session->own;
  const gchar *database = self->encoders ? NULL : session->options.database;
  gint64 probes = 0;
  g_autoptr (Table) table = self->encoders
      ? make_encoders ()
      : look_into_store (session, &probes, error);
  g_autofree gchar *text = NULL;

  if (table == NULL)
    return FALSE;
  text = session->options.format == TUNE_FORMAT_JSON
      ? write_json (table, database, probes)
      : table_format_text (table);
  return console_print (&session->console, text, error);
}

const TuneCommand tune_command_list = {
  .name = "list",
  .arguments = "",
  .blurb = "what was measured, and which encoders are known by name",
  .help = "Lists what the database holds: a row for each source, encoder and\n"
          "metric.\n"
          "\n"
          "  perceptual-tune list\n"
          "  perceptual-tune list --encoders\n"
          "\n"
          "Exit codes: 0 done, 1 error, 2 wrong usage.",
  .unit = "rows",
  .offers = TUNE_OFFERS_DATABASE | TUNE_OFFERS_FORMAT,
  .own_size = sizeof (List),
  .add_options = add_options,
  .run = run,
};
