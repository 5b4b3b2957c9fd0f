/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as comma separated values: a row for each pair of files, all
 * digits.
 */
#include "compare/report/table.h"

#include "compare/report/columns.h"
#include "console/printable.h"

#include <string.h>

static const gchar *const counts[] = { "pairs", "measured", "skipped",
  "unselected", "unmatched_reference", "unmatched_distorted", "late", "gaps",
  "frozen", "black", "misaligned" };

/* As RFC 4180 has it. */
static void
append_cell (GString *row, const gchar *text)
{
  g_autofree gchar *shown = printable_text (text);
  g_auto (GStrv) parts = NULL;
  g_autofree gchar *doubled = NULL;

  if (row->len > 0 && row->str[row->len - 1] != '\n')
    g_string_append_c (row, ',');
  if (strpbrk (shown, ",\"") == NULL) {
    g_string_append (row, shown);
    return;
  }
  parts = g_strsplit (shown, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (row, "\"%s\"", doubled);
}

static void
append_name (GString *row, const gchar *first, const gchar *second)
{
  g_autofree gchar *name = g_strconcat (first, ".", second, NULL);

  append_cell (row, name);
}

/* How many parts have a name in a column, in the file that has most. */
static guint
count_parts (const GPtrArray *results, const gchar *metric, const gchar *column)
{
  guint most = 0;

  for (guint i = 0; i < results->len; i++) {
    g_autoptr (GstStructure) fields =
        compare_columns_get (results->pdata[i], metric, column);
    const GValue *taps =
        fields != NULL ? gst_structure_get_value (fields, "taps") : NULL;

    if (taps != NULL)
      most = MAX (most, gst_value_array_get_size (taps));
  }
  return most;
}

/* What part @i of @column is called, by the first file that names it. */
static gchar *
name_part (
    const GPtrArray *results, const gchar *metric, const gchar *column, guint i)
{
  for (guint k = 0; k < results->len; k++) {
    g_autofree gchar *name =
        compare_columns_name_part (results->pdata[k], metric, column, i);

    if (name != NULL)
      return g_steal_pointer (&name);
  }
  return NULL;
}

static void
append_head (
    GString *text, const GPtrArray *results, const gchar *metric, GStrv columns)
{
  append_cell (text, "reference");
  append_cell (text, "distorted");
  append_cell (text, "metric");
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    append_cell (text, counts[i]);
  for (guint c = 0; columns[c] != NULL; c++) {
    for (guint i = 0; compare_statistics[i] != NULL; i++) {
      if (compare_columns_have (columns[c], compare_statistics[i]))
        append_name (text, columns[c], compare_statistics[i]);
    }
    append_name (text, columns[c], "infinite");
    for (guint i = 0; i < count_parts (results, metric, columns[c]); i++) {
      g_autofree gchar *part = name_part (results, metric, columns[c], i);

      if (part != NULL)
        append_name (text, columns[c], part);
    }
  }
  append_cell (text, "incomplete");
  append_cell (text, "error");
  g_string_append_c (text, '\n');
}

static void
append_count (GString *text, const GstStructure *fields, const gchar *name)
{
  g_autofree gchar *field = g_strdelimit (g_strdup (name), "_", '-');
  g_autofree gchar *digits = NULL;
  guint64 count = 0;

  if (fields == NULL) {
    append_cell (text, "");
    return;
  }
  gst_structure_get_uint64 (fields, field, &count);
  digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  append_cell (text, digits);
}

static void
append_parts (GString *text, const GstStructure *fields,
    const GPtrArray *results, const gchar *metric, const gchar *column)
{
  const GValue *taps =
      fields != NULL ? gst_structure_get_value (fields, "taps") : NULL;
  guint own = taps != NULL ? gst_value_array_get_size (taps) : 0;

  for (guint i = 0; i < count_parts (results, metric, column); i++) {
    g_autofree gchar *part = name_part (results, metric, column, i);
    gchar number[G_ASCII_DTOSTR_BUF_SIZE] = "";

    if (part == NULL)
      continue;
    if (i < own)
      g_ascii_formatd (number, sizeof number, "%.17g",
          g_value_get_double (gst_value_array_get_value (taps, i)));
    append_cell (text, number);
  }
}

static void
append_row (GString *text, const GPtrArray *results, guint number,
    const gchar *metric, GStrv columns)
{
  const MeasureResult *result = results->pdata[number];
  const gchar *error = result->error;

  append_cell (text, result->reference->label);
  append_cell (text, result->distorted->label);
  append_cell (text, metric);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    append_count (text, result->summary, counts[i]);
  for (guint c = 0; columns[c] != NULL; c++) {
    g_autoptr (GstStructure) fields =
        compare_columns_get (result, metric, columns[c]);

    for (guint i = 0; compare_statistics[i] != NULL; i++) {
      g_autofree gchar *cell =
          compare_columns_format (fields, compare_statistics[i], TRUE);

      if (compare_columns_have (columns[c], compare_statistics[i]))
        append_cell (text, cell);
    }
    append_count (text, fields, "infinite");
    append_parts (text, fields, results, metric, columns[c]);
  }
  append_cell (text, result->incomplete ? "true" : "false");
  append_cell (text, error != NULL ? error : "");
  g_string_append_c (text, '\n');
}

gchar *
compare_report_csv (const CompareOptions *options, const GPtrArray *results)
{
  g_auto (GStrv) columns = compare_columns_list (results, options->metric);
  GString *text = g_string_new (NULL);

  append_head (text, results, options->metric, columns);
  for (guint i = 0; i < results->len; i++)
    append_row (text, results, i, options->metric, columns);
  return g_string_free (text, FALSE);
}
