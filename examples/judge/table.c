/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of results and its three forms, so that every subcommand's output
 * looks alike and all forms carry the same numbers.  Knows nothing of what the
 * columns mean.
 */
#include "table.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define SCHEMA 1

/* Between two columns of the text. */
#define GAP 2

/* What a cell can hold; NULL, NaN and @counted FALSE are nothing. */
typedef struct
{
  gchar *text;
  guint64 count;
  gboolean counted;
  gdouble number;
  JudgeInterval interval;
  GPtrArray *list;
} Cell;

struct _JudgeTable
{
  const JudgeColumn *columns;
  guint n_columns;
  GArray *cells; /* Cell, row by row */
  GPtrArray *notes;
};

static void
clear_cell (gpointer data)
{
  Cell *cell = data;

  g_free (cell->text);
  g_clear_pointer (&cell->list, g_ptr_array_unref);
}

JudgeTable *
judge_table_new (const JudgeColumn *columns)
{
  JudgeTable *self = g_new0 (JudgeTable, 1);

  self->columns = columns;
  while (columns[self->n_columns].name != NULL)
    self->n_columns++;
  self->cells = g_array_new (FALSE, TRUE, sizeof (Cell));
  g_array_set_clear_func (self->cells, clear_cell);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
judge_table_free (JudgeTable *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->cells);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

void
judge_table_add_row (JudgeTable *self)
{
  for (guint i = 0; i < self->n_columns; i++) {
    Cell cell = { .number = NAN, .interval = { NAN, NAN } };

    g_array_append_val (self->cells, cell);
  }
}

guint
judge_table_count_rows (const JudgeTable *self)
{
  return self->cells->len / self->n_columns;
}

static Cell *
cell_at (const JudgeTable *self, guint row, guint column)
{
  return &g_array_index (self->cells, Cell, row * self->n_columns + column);
}

/* The cell of @row under @name. */
static Cell *
find_cell (const JudgeTable *self, guint row, const gchar *name, JudgeCell kind)
{
  for (guint i = 0; i < self->n_columns; i++) {
    if (strcmp (self->columns[i].name, name) == 0) {
      g_assert (
          self->columns[i].cell == kind && row < judge_table_count_rows (self));
      return cell_at (self, row, i);
    }
  }
  g_assert_not_reached ();
}

static Cell *
find_last (JudgeTable *self, const gchar *name, JudgeCell kind)
{
  return find_cell (self, judge_table_count_rows (self) - 1, name, kind);
}

const gchar *
judge_table_get_text (const JudgeTable *self, guint row, const gchar *column)
{
  return find_cell (self, row, column, JUDGE_CELL_TEXT)->text;
}

gdouble
judge_table_get_estimate (const JudgeTable *self, guint row,
    const gchar *column, JudgeInterval *interval)
{
  const Cell *cell = find_cell (self, row, column, JUDGE_CELL_ESTIMATE);

  *interval = cell->interval;
  return cell->number;
}

void
judge_table_text (JudgeTable *self, const gchar *column, const gchar *text)
{
  Cell *cell = find_last (self, column, JUDGE_CELL_TEXT);

  g_free (cell->text);
  cell->text = g_utf8_make_valid (text, -1);
}

void
judge_table_count (JudgeTable *self, const gchar *column, guint64 count)
{
  Cell *cell = find_last (self, column, JUDGE_CELL_COUNT);

  cell->count = count;
  cell->counted = TRUE;
}

void
judge_table_number (JudgeTable *self, const gchar *column, gdouble number)
{
  find_last (self, column, JUDGE_CELL_NUMBER)->number = number;
}

void
judge_table_estimate (JudgeTable *self, const gchar *column, gdouble number,
    JudgeInterval interval)
{
  Cell *cell = find_last (self, column, JUDGE_CELL_ESTIMATE);

  cell->number = number;
  cell->interval = interval;
}

void
judge_table_list (
    JudgeTable *self, const gchar *column, const GPtrArray *strings)
{
  Cell *cell = find_last (self, column, JUDGE_CELL_LIST);

  g_clear_pointer (&cell->list, g_ptr_array_unref);
  cell->list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < strings->len; i++)
    g_ptr_array_add (cell->list, g_utf8_make_valid (strings->pdata[i], -1));
}

void
judge_table_note (JudgeTable *self, const gchar *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* --- text ---------------------------------------------------------------- */

/* "-" where there is none. */
static void
append_rounded (GString *text, gdouble number, guint decimals)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];
  gchar format[16];

  if (isnan (number)) {
    g_string_append_c (text, '-');
    return;
  }
  g_snprintf (format, sizeof format, "%%.%uf", decimals);
  g_string_append (
      text, g_ascii_formatd (digits, sizeof digits, format, number));
}

static gchar *
print_cell (const JudgeColumn *column, const Cell *cell)
{
  GString *text = g_string_new (NULL);

  switch (column->cell) {
    case JUDGE_CELL_TEXT:
      g_string_append (text, cell->text != NULL ? cell->text : "-");
      break;
    case JUDGE_CELL_COUNT:
      if (cell->counted)
        g_string_append_printf (text, "%" G_GUINT64_FORMAT, cell->count);
      else
        g_string_append_c (text, '-');
      break;
    case JUDGE_CELL_NUMBER:
    case JUDGE_CELL_ESTIMATE:
      append_rounded (text, cell->number, column->decimals);
      if (isnan (cell->interval.low))
        break;
      g_string_append (text, " [");
      append_rounded (text, cell->interval.low, column->decimals);
      g_string_append (text, ", ");
      append_rounded (text, cell->interval.high, column->decimals);
      g_string_append_c (text, ']');
      break;
    case JUDGE_CELL_LIST:
      break;
  }
  return g_string_free (text, FALSE);
}

static void
append_padded (GString *text, const gchar *word, glong width, gboolean right)
{
  glong missing = width - g_utf8_strlen (word, -1);

  for (glong i = 0; right && i < missing; i++)
    g_string_append_c (text, ' ');
  g_string_append (text, word);
  for (glong i = 0; !right && i < missing; i++)
    g_string_append_c (text, ' ');
}

/* Trailing spaces of a line are cut. */
static void
end_line (GString *text)
{
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
  g_string_append_c (text, '\n');
}

static void
append_lists (const JudgeTable *self, GString *text)
{
  for (guint row = 0; row < judge_table_count_rows (self); row++) {
    for (guint i = 0; i < self->n_columns; i++) {
      const Cell *cell = cell_at (self, row, i);

      for (guint j = 0; cell->list != NULL && j < cell->list->len; j++)
        g_string_append_printf (text, "%s: %s\n", self->columns[i].name,
            (gchar *) cell->list->pdata[j]);
    }
  }
}

static gchar *
format_text (const JudgeTable *self)
{
  guint rows = judge_table_count_rows (self);
  g_autofree glong *widths = g_new0 (glong, self->n_columns);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  for (guint row = 0; row <= rows; row++) {
    for (guint i = 0; i < self->n_columns; i++) {
      const JudgeColumn *column = &self->columns[i];
      gchar *word = row == 0 ? g_strdup (column->name)
                             : print_cell (column, cell_at (self, row - 1, i));

      widths[i] = MAX (widths[i], g_utf8_strlen (word, -1));
      g_ptr_array_add (words, word);
    }
  }
  for (guint row = 0; row <= rows; row++) {
    for (guint i = 0, shown = 0; i < self->n_columns; i++) {
      if (self->columns[i].cell == JUDGE_CELL_LIST)
        continue;
      if (shown++ > 0)
        g_string_append_printf (text, "%*s", GAP, "");
      append_padded (text, words->pdata[row * self->n_columns + i], widths[i],
          self->columns[i].cell != JUDGE_CELL_TEXT);
    }
    end_line (text);
  }
  for (guint i = 0; i < self->notes->len; i++)
    g_string_append_printf (text, "%s\n", (gchar *) self->notes->pdata[i]);
  append_lists (self, text);
  return g_string_free (text, FALSE);
}

/* --- CSV ----------------------------------------------------------------- */

static void
append_quoted (GString *text, const gchar *field)
{
  if (strpbrk (field, ",\"\r\n") == NULL) {
    g_string_append (text, field);
    return;
  }
  g_string_append_c (text, '"');
  for (; *field != '\0'; field++) {
    if (*field == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *field);
  }
  g_string_append_c (text, '"');
}

static void
append_exact (GString *text, gdouble number)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isnan (number))
    g_string_append (
        text, g_ascii_formatd (digits, sizeof digits, "%.17g", number));
}

static void
append_joined (GString *text, const GPtrArray *list)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; list != NULL && i < list->len; i++)
    g_string_append_printf (
        joined, "%s%s", i > 0 ? "; " : "", (gchar *) list->pdata[i]);
  append_quoted (text, joined->str);
}

static void
append_csv_cell (GString *text, const JudgeColumn *column, const Cell *cell)
{
  switch (column->cell) {
    case JUDGE_CELL_TEXT:
      append_quoted (text, cell->text != NULL ? cell->text : "");
      break;
    case JUDGE_CELL_COUNT:
      if (cell->counted)
        g_string_append_printf (text, "%" G_GUINT64_FORMAT, cell->count);
      break;
    case JUDGE_CELL_NUMBER:
      append_exact (text, cell->number);
      break;
    case JUDGE_CELL_ESTIMATE:
      append_exact (text, cell->number);
      g_string_append_c (text, ',');
      append_exact (text, cell->interval.low);
      g_string_append_c (text, ',');
      append_exact (text, cell->interval.high);
      break;
    case JUDGE_CELL_LIST:
      append_joined (text, cell->list);
      break;
  }
}

static void
append_csv_head (GString *text, const JudgeColumn *column)
{
  g_string_append (text, column->name);
  if (column->cell == JUDGE_CELL_ESTIMATE)
    g_string_append_printf (
        text, ",%s_low,%s_high", column->name, column->name);
}

static gchar *
format_csv (const JudgeTable *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_columns; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_csv_head (text, &self->columns[i]);
  }
  g_string_append_c (text, '\n');
  for (guint row = 0; row < judge_table_count_rows (self); row++) {
    for (guint i = 0; i < self->n_columns; i++) {
      if (i > 0)
        g_string_append_c (text, ',');
      append_csv_cell (text, &self->columns[i], cell_at (self, row, i));
    }
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* --- JSON ---------------------------------------------------------------- */

static void
add_strings (JsonBuilder *builder, const GPtrArray *strings)
{
  json_builder_begin_array (builder);
  for (guint i = 0; strings != NULL && i < strings->len; i++)
    json_builder_add_string_value (builder, strings->pdata[i]);
  json_builder_end_array (builder);
}

static void
add_number (JsonBuilder *builder, gdouble number)
{
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static void
add_interval (
    JsonBuilder *builder, const gchar *name, const JudgeInterval *interval)
{
  g_autofree gchar *low = g_strconcat (name, "_low", NULL);
  g_autofree gchar *high = g_strconcat (name, "_high", NULL);

  json_builder_set_member_name (builder, low);
  add_number (builder, interval->low);
  json_builder_set_member_name (builder, high);
  add_number (builder, interval->high);
}

static void
add_cell (JsonBuilder *builder, const JudgeColumn *column, const Cell *cell)
{
  json_builder_set_member_name (builder, column->name);
  switch (column->cell) {
    case JUDGE_CELL_TEXT:
      if (cell->text != NULL)
        json_builder_add_string_value (builder, cell->text);
      else
        json_builder_add_null_value (builder);
      break;
    case JUDGE_CELL_COUNT:
      if (cell->counted)
        json_builder_add_int_value (builder, (gint64) cell->count);
      else
        json_builder_add_null_value (builder);
      break;
    case JUDGE_CELL_NUMBER:
      add_number (builder, cell->number);
      break;
    case JUDGE_CELL_ESTIMATE:
      add_number (builder, cell->number);
      add_interval (builder, column->name, &cell->interval);
      break;
    case JUDGE_CELL_LIST:
      add_strings (builder, cell->list);
      break;
  }
}

static void
add_weights (JsonBuilder *builder, const PerceptualMetric *metric)
{
  const PerceptualWeightsInfo *weights = perceptual_metric_get_weights (metric);

  json_builder_set_member_name (builder, "weights");
  if (weights == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, weights->name);
  json_builder_set_member_name (builder, "sha256");
  json_builder_add_string_value (builder, weights->sha256);
  json_builder_end_object (builder);
}

static void
add_metric (JsonBuilder *builder, const JudgeMetric *metric)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "label");
  json_builder_add_string_value (builder, metric->label);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (
      builder, perceptual_metric_get_info (metric->metric)->name);
  json_builder_set_member_name (builder, "options");
  json_builder_add_value (builder,
      json_gvariant_serialize (perceptual_metric_get_options (metric->metric)));
  add_weights (builder, metric->metric);
  json_builder_end_object (builder);
}

static void
add_session (JsonBuilder *builder, const JudgeSession *session)
{
  json_builder_set_member_name (builder, "schema");
  json_builder_add_int_value (builder, SCHEMA);
  json_builder_set_member_name (builder, "command");
  json_builder_add_string_value (builder, session->command->name);
  json_builder_set_member_name (builder, "version");
  json_builder_add_string_value (builder, perceptual_version ());
  if (session->metrics != NULL) {
    json_builder_set_member_name (builder, "metrics");
    json_builder_begin_array (builder);
    for (guint i = 0; i < session->metrics->metrics->len; i++)
      add_metric (builder, judge_metric_list_get (session->metrics, i));
    json_builder_end_array (builder);
  }
  if (session->command->offers & JUDGE_OFFERS_BOOTSTRAP) {
    json_builder_set_member_name (builder, "bootstrap");
    json_builder_add_int_value (builder, session->options.bootstrap);
    json_builder_set_member_name (builder, "seed");
    json_builder_add_int_value (builder, session->options.seed);
  }
}

static gchar *
format_json (const JudgeTable *self, const JudgeSession *session)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree gchar *text = NULL;

  json_builder_begin_object (builder);
  add_session (builder, session);
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint row = 0; row < judge_table_count_rows (self); row++) {
    json_builder_begin_object (builder);
    for (guint i = 0; i < self->n_columns; i++)
      add_cell (builder, &self->columns[i], cell_at (self, row, i));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "notes");
  add_strings (builder, self->notes);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  return g_strconcat (text, "\n", NULL);
}

gchar *
judge_table_format (const JudgeTable *self, const JudgeSession *session)
{
  switch (session->options.format) {
    case JUDGE_FORMAT_JSON:
      return format_json (self, session);
    case JUDGE_FORMAT_CSV:
      return format_csv (self);
    default:
      return format_text (self);
  }
}

gboolean
judge_table_print (
    const JudgeTable *self, JudgeSession *session, GError **error)
{
  g_autofree gchar *text = judge_table_format (self, session);

  if (!console_print (&session->console, text, error))
    return FALSE;
  if (session->options.format != JUDGE_FORMAT_CSV)
    return TRUE;
  /* A line of a CSV that is no row would break it. */
  for (guint i = 0; i < self->notes->len; i++)
    console_say (
        &session->console, "%s", (const gchar *) self->notes->pdata[i]);
  return TRUE;
}
