/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of results and its three forms, so that all output looks alike and
 * all forms carry the same numbers.
 */
#include "table/table.h"

#include "console/printable.h"

#include <math.h>
#include <string.h>

/* Between two columns of the text. */
#define GAP 2

/* What a cell can hold; NULL, NaN and @counted FALSE are nothing. */
typedef struct
{
  gchar *text;
  guint64 count;
  gboolean counted;
  gdouble number;
  Interval interval;
  GPtrArray *list;
} Cell;

struct _JudgeTable
{
  const TableColumn *columns;
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

Table *
table_new (const TableColumn *columns)
{
  Table *self = g_new0 (Table, 1);

  self->columns = columns;
  while (columns[self->n_columns].name != NULL)
    self->n_columns++;
  self->cells = g_array_new (FALSE, TRUE, sizeof (Cell));
  g_array_set_clear_func (self->cells, clear_cell);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
table_free (Table *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->cells);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

void
table_add_row (Table *self)
{
  for (guint i = 0; i < self->n_columns; i++) {
    Cell cell = { .number = NAN, .interval = { NAN, NAN } };

    g_array_append_val (self->cells, cell);
  }
}

guint
table_count_rows (const Table *self)
{
  return self->cells->len / self->n_columns;
}

static Cell *
cell_at (const Table *self, guint row, guint column)
{
  return &g_array_index (self->cells, Cell, row * self->n_columns + column);
}

/* The cell of @row under @name. */
static Cell *
find_cell (const Table *self, guint row, const gchar *name, TableCell kind)
{
  for (guint i = 0; i < self->n_columns; i++) {
    if (strcmp (self->columns[i].name, name) == 0) {
      g_assert (self->columns[i].cell == kind && row < table_count_rows (self));
      return cell_at (self, row, i);
    }
  }
  g_assert_not_reached ();
}

static Cell *
find_last (Table *self, const gchar *name, TableCell kind)
{
  return find_cell (self, table_count_rows (self) - 1, name, kind);
}

const gchar *
table_get_text (const Table *self, guint row, const gchar *column)
{
  return find_cell (self, row, column, TABLE_CELL_TEXT)->text;
}

gdouble
table_get_estimate (
    const Table *self, guint row, const gchar *column, Interval *interval)
{
  const Cell *cell = find_cell (self, row, column, TABLE_CELL_ESTIMATE);

  *interval = cell->interval;
  return cell->number;
}

static void
set_text (Table *self, const gchar *column, gchar *text)
{
  Cell *cell = find_last (self, column, TABLE_CELL_TEXT);

  g_free (cell->text);
  cell->text = text;
}

void
table_text (Table *self, const gchar *column, const gchar *text)
{
  set_text (self, column, printable_exact (text));
}

void
table_words (Table *self, const gchar *column, const gchar *words)
{
  set_text (self, column, printable_text (words));
}

void
table_count (Table *self, const gchar *column, guint64 count)
{
  Cell *cell = find_last (self, column, TABLE_CELL_COUNT);

  cell->count = count;
  cell->counted = TRUE;
}

void
table_number (Table *self, const gchar *column, gdouble number)
{
  find_last (self, column, TABLE_CELL_NUMBER)->number = number;
}

void
table_estimate (
    Table *self, const gchar *column, gdouble number, Interval interval)
{
  Cell *cell = find_last (self, column, TABLE_CELL_ESTIMATE);

  cell->number = number;
  cell->interval = interval;
}

void
table_list (Table *self, const gchar *column, const GPtrArray *strings)
{
  Cell *cell = find_last (self, column, TABLE_CELL_LIST);

  g_clear_pointer (&cell->list, g_ptr_array_unref);
  cell->list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < strings->len; i++)
    g_ptr_array_add (cell->list, printable_text (strings->pdata[i]));
}

void
table_note (Table *self, const gchar *format, ...)
{
  g_autofree gchar *note = NULL;
  va_list arguments;

  va_start (arguments, format);
  note = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (self->notes, printable_text (note));
}

const GPtrArray *
table_get_notes (const Table *self)
{
  return self->notes;
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
print_cell (const TableColumn *column, const Cell *cell)
{
  GString *text;

  if (column->cell == TABLE_CELL_TEXT)
    return printable_text (cell->text != NULL ? cell->text : "-");
  text = g_string_new (NULL);
  switch (column->cell) {
    case TABLE_CELL_TEXT:
      break;
    case TABLE_CELL_COUNT:
      if (cell->counted)
        g_string_append_printf (text, "%" G_GUINT64_FORMAT, cell->count);
      else
        g_string_append_c (text, '-');
      break;
    case TABLE_CELL_NUMBER:
    case TABLE_CELL_ESTIMATE:
      append_rounded (text, cell->number, column->decimals);
      if (isnan (cell->interval.low))
        break;
      g_string_append (text, " [");
      append_rounded (text, cell->interval.low, column->decimals);
      g_string_append (text, ", ");
      append_rounded (text, cell->interval.high, column->decimals);
      g_string_append_c (text, ']');
      break;
    case TABLE_CELL_LIST:
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
append_lists (const Table *self, GString *text)
{
  for (guint row = 0; row < table_count_rows (self); row++) {
    for (guint i = 0; i < self->n_columns; i++) {
      const Cell *cell = cell_at (self, row, i);

      for (guint j = 0; cell->list != NULL && j < cell->list->len; j++)
        g_string_append_printf (text, "%s: %s\n", self->columns[i].name,
            (gchar *) cell->list->pdata[j]);
    }
  }
}

gchar *
table_format_text (const Table *self)
{
  guint rows = table_count_rows (self);
  g_autofree glong *widths = g_new0 (glong, self->n_columns);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  for (guint row = 0; row <= rows; row++) {
    for (guint i = 0; i < self->n_columns; i++) {
      const TableColumn *column = &self->columns[i];
      gchar *word = row == 0 ? g_strdup (column->name)
                             : print_cell (column, cell_at (self, row - 1, i));

      widths[i] = MAX (widths[i], g_utf8_strlen (word, -1));
      g_ptr_array_add (words, word);
    }
  }
  for (guint row = 0; row <= rows; row++) {
    for (guint i = 0, shown = 0; i < self->n_columns; i++) {
      if (self->columns[i].cell == TABLE_CELL_LIST)
        continue;
      if (shown++ > 0)
        g_string_append_printf (text, "%*s", GAP, "");
      append_padded (text, words->pdata[row * self->n_columns + i], widths[i],
          self->columns[i].cell != TABLE_CELL_TEXT);
    }
    end_line (text);
  }
  for (guint i = 0; i < self->notes->len; i++)
    g_string_append_printf (text, "%s\n", (gchar *) self->notes->pdata[i]);
  append_lists (self, text);
  return g_string_free (text, FALSE);
}

/* --- HTML ---------------------------------------------------------------- */

static void
append_html_cell (
    GString *html, const gchar *element, gboolean number, const gchar *text)
{
  g_autofree gchar *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (html, "<%s%s>%s</%s>", element,
      number ? " class=\"number\"" : "", escaped, element);
}

void
table_append_html (const Table *self, GString *html)
{
  guint rows = table_count_rows (self);

  g_string_append (html, "<table>\n");
  for (guint row = 0; row <= rows; row++) {
    g_string_append (html, "<tr>");
    for (guint i = 0; i < self->n_columns; i++) {
      const TableColumn *column = &self->columns[i];
      g_autofree gchar *word = row == 0
          ? g_strdup (column->name)
          : print_cell (column, cell_at (self, row - 1, i));

      if (column->cell != TABLE_CELL_LIST)
        append_html_cell (html, row == 0 ? "th" : "td",
            column->cell != TABLE_CELL_TEXT, word);
    }
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</table>\n");
}

/* --- CSV ----------------------------------------------------------------- */

static void
append_quoted (GString *text, const gchar *field)
{
  g_autofree gchar *shown = printable_text (field);

  if (strpbrk (shown, ",\"") == NULL) {
    g_string_append (text, shown);
    return;
  }
  g_string_append_c (text, '"');
  for (const gchar *at = shown; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (text, '"');
    g_string_append_c (text, *at);
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
append_csv_cell (GString *text, const TableColumn *column, const Cell *cell)
{
  switch (column->cell) {
    case TABLE_CELL_TEXT:
      append_quoted (text, cell->text != NULL ? cell->text : "");
      break;
    case TABLE_CELL_COUNT:
      if (cell->counted)
        g_string_append_printf (text, "%" G_GUINT64_FORMAT, cell->count);
      break;
    case TABLE_CELL_NUMBER:
      append_exact (text, cell->number);
      break;
    case TABLE_CELL_ESTIMATE:
      append_exact (text, cell->number);
      g_string_append_c (text, ',');
      append_exact (text, cell->interval.low);
      g_string_append_c (text, ',');
      append_exact (text, cell->interval.high);
      break;
    case TABLE_CELL_LIST:
      append_joined (text, cell->list);
      break;
  }
}

static void
append_csv_head (GString *text, const TableColumn *column)
{
  g_string_append (text, column->name);
  if (column->cell == TABLE_CELL_ESTIMATE)
    g_string_append_printf (
        text, ",%s_low,%s_high", column->name, column->name);
}

gchar *
table_format_csv (const Table *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_columns; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    append_csv_head (text, &self->columns[i]);
  }
  g_string_append_c (text, '\n');
  for (guint row = 0; row < table_count_rows (self); row++) {
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
add_interval (JsonBuilder *builder, const gchar *name, const Interval *interval)
{
  g_autofree gchar *low = g_strconcat (name, "_low", NULL);
  g_autofree gchar *high = g_strconcat (name, "_high", NULL);

  json_builder_set_member_name (builder, low);
  add_number (builder, interval->low);
  json_builder_set_member_name (builder, high);
  add_number (builder, interval->high);
}

static void
add_cell (JsonBuilder *builder, const TableColumn *column, const Cell *cell)
{
  json_builder_set_member_name (builder, column->name);
  switch (column->cell) {
    case TABLE_CELL_TEXT:
      if (cell->text != NULL)
        json_builder_add_string_value (builder, cell->text);
      else
        json_builder_add_null_value (builder);
      break;
    case TABLE_CELL_COUNT:
      if (cell->counted)
        json_builder_add_int_value (builder, (gint64) cell->count);
      else
        json_builder_add_null_value (builder);
      break;
    case TABLE_CELL_NUMBER:
      add_number (builder, cell->number);
      break;
    case TABLE_CELL_ESTIMATE:
      add_number (builder, cell->number);
      add_interval (builder, column->name, &cell->interval);
      break;
    case TABLE_CELL_LIST:
      add_strings (builder, cell->list);
      break;
  }
}

void
table_add_json (const Table *self, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint row = 0; row < table_count_rows (self); row++) {
    json_builder_begin_object (builder);
    for (guint i = 0; i < self->n_columns; i++)
      add_cell (builder, &self->columns[i], cell_at (self, row, i));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "notes");
  add_strings (builder, self->notes);
}
