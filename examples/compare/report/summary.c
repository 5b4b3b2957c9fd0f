/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of the page: a row for each file.
 */
#include "compare/report/parts.h"

#include <math.h>

static gboolean
is_similarity (const CompareContent *content)
{
  return compare_is_similarity (content->options->metric);
}

static const MeasureResult *
result_of (const CompareContent *content, guint file)
{
  return content->results->pdata[file];
}

/* Where a structure of statistics has none because all is infinite. */
static gdouble
number_of (const GstStructure *fields, const gchar *name)
{
  guint64 infinite = 0;
  gdouble number;

  if (measure_result_number (fields, name, &number))
    return number;
  if (fields != NULL)
    gst_structure_get_uint64 (fields, "infinite", &infinite);
  return infinite > 0 ? INFINITY : NAN;
}

static guint64
count_unmatched (const MeasureResult *result)
{
  return measure_result_count (result, "unmatched-reference")
      + measure_result_count (result, "unmatched-distorted")
      + measure_result_count (result, "late");
}

static const gchar *const *
statistics_of (const CompareContent *content)
{
  static const gchar *const of_distances[] = { "mean", "p95", "p99", "max",
    NULL };
  static const gchar *const of_similarities[] = { "mean", "p5", "p1", "min",
    NULL };
  static const gchar *const of_images[] = { "mean", NULL };

  if (compare_page_has_images (content))
    return of_images;
  return is_similarity (content) ? of_similarities : of_distances;
}

/* Four digits of the smallest. */
static guint
decimals_for (gdouble smallest)
{
  if (!isfinite (smallest))
    return 4;
  return (guint) CLAMP (3 - (gint) floor (log10 (smallest)), 0, 8);
}

static GstStructure *
columns_of (const MeasureResult *result)
{
  GstStructure *also = NULL;

  if (result->summary != NULL)
    gst_structure_get (
        result->summary, "also", GST_TYPE_STRUCTURE, &also, NULL);
  return also;
}

static gdouble
mean_of_column (const MeasureResult *result, const gchar *field)
{
  GstStructure *also = columns_of (result);
  GstStructure *statistics = NULL;
  gdouble mean = NAN;

  if (also != NULL)
    gst_structure_get (also, field, GST_TYPE_STRUCTURE, &statistics, NULL);
  if (statistics != NULL)
    mean = number_of (statistics, "mean");
  g_clear_pointer (&statistics, gst_structure_free);
  g_clear_pointer (&also, gst_structure_free);
  return mean;
}

static gboolean
collect_field (GQuark name, const GValue *value, gpointer fields)
{
  const gchar *text = g_quark_to_string (name);

  if (!g_ptr_array_find_with_equal_func (fields, text, g_str_equal, NULL))
    g_ptr_array_add (fields, (gpointer) text);
  return TRUE;
}

/* Returns: (transfer container): the fields of further metrics of all files. */
static GPtrArray *
list_columns (const CompareContent *content)
{
  GPtrArray *fields = g_ptr_array_new ();

  for (guint i = 0; i < content->results->len; i++) {
    GstStructure *also = columns_of (result_of (content, i));

    if (also != NULL)
      gst_structure_foreach (also, collect_field, fields);
    g_clear_pointer (&also, gst_structure_free);
  }
  return fields;
}

/* Makes @smallest that of a number and itself; nothing is not small. */
static void
note_small (gdouble *smallest, gdouble number)
{
  if (isfinite (number) && number != 0)
    *smallest = MIN (*smallest, fabs (number));
}

/* @field: (nullable): of a further metric.  Returns: the smallest mean. */
static gdouble
smallest_mean (const CompareContent *content, const gchar *field)
{
  gdouble smallest = INFINITY;

  for (guint i = 0; i < content->results->len; i++) {
    const MeasureResult *result = result_of (content, i);

    note_small (&smallest,
        field != NULL ? mean_of_column (result, field)
                      : number_of (result->summary, "mean"));
  }
  return smallest;
}

/* The encoded video's bits over its time. */
static gdouble
rate_of (const CompareContent *content, guint file)
{
  const MeasureTimeline *timeline = content->course->distorted->pdata[file];

  if (!GST_CLOCK_TIME_IS_VALID (timeline->coded_begin)
      || timeline->coded_end <= timeline->coded_begin)
    return NAN;
  return 8e6 * (gdouble) measure_timeline_count_bytes (timeline)
      / (gdouble) (timeline->coded_end - timeline->coded_begin);
}

static gboolean
has_rates (const CompareContent *content)
{
  for (guint i = 0; i < content->results->len; i++) {
    if (isfinite (rate_of (content, i)))
      return TRUE;
  }
  return FALSE;
}

static void
add_column (GArray *columns, const gchar *name, TableCell cell, guint decimals)
{
  const TableColumn column = { name, cell, decimals };

  g_array_append_val (columns, column);
}

/* One pair has no statistics, only its number. */
static const gchar *
head_of (const CompareContent *content, const gchar *statistic)
{
  return compare_page_has_images (content) ? content->options->metric
                                           : statistic;
}

static GArray *
make_columns (
    const CompareContent *content, const GPtrArray *fields, GPtrArray *texts)
{
  GArray *columns = g_array_new (TRUE, TRUE, sizeof (TableColumn));
  guint decimals = decimals_for (smallest_mean (content, NULL));

  add_column (columns, "distorted", TABLE_CELL_TEXT, 0);
  if (!compare_page_has_images (content))
    add_column (columns, "pairs", TABLE_CELL_COUNT, 0);
  for (const gchar *const *name = statistics_of (content); *name != NULL;
       name++)
    add_column (columns, head_of (content, *name), TABLE_CELL_NUMBER, decimals);
  if (!compare_page_has_images (content))
    add_column (columns, "unmatched", TABLE_CELL_COUNT, 0);
  if (has_rates (content))
    add_column (columns, "kbit/s", TABLE_CELL_NUMBER, 0);
  for (guint i = 0; i < fields->len; i++) {
    gchar *name = measure_column_name (fields->pdata[i]);

    g_ptr_array_add (texts, name);
    add_column (columns, name, TABLE_CELL_NUMBER,
        decimals_for (smallest_mean (content, fields->pdata[i])));
  }
  return columns;
}

static void
fill_row (const CompareContent *content, Table *table, guint file,
    const GPtrArray *fields, const GPtrArray *texts)
{
  const MeasureResult *result = result_of (content, file);

  table_add_row (table);
  table_words (table, "distorted", result->distorted->label);
  if (result->error != NULL)
    table_note (table, "%s", result->error);
  else if (result->incomplete)
    table_note (table, "%s: incomplete, the measurement stopped before the end",
        result->distorted->label);
  if (result->summary == NULL)
    return;
  if (!compare_page_has_images (content)) {
    table_count (table, "pairs", measure_result_count (result, "pairs"));
    table_count (table, "unmatched", count_unmatched (result));
  }
  for (const gchar *const *name = statistics_of (content); *name != NULL;
       name++)
    table_number (
        table, head_of (content, *name), number_of (result->summary, *name));
  if (has_rates (content))
    table_number (table, "kbit/s", rate_of (content, file));
  for (guint i = 0; i < fields->len; i++)
    table_number (
        table, texts->pdata[i], mean_of_column (result, fields->pdata[i]));
}

void
compare_page_add_summary (Page *page, const CompareContent *content)
{
  g_autoptr (GPtrArray) fields = list_columns (content);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) columns = make_columns (content, fields, texts);
  g_autoptr (Table) table = table_new ((const TableColumn *) columns->data);
  g_autofree gchar *notes = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < content->results->len; i++)
    fill_row (content, table, i, fields, texts);
  page_add_heading (page, "Summary");
  page_add_table (page, table);
  notes = compare_report_notes (content->results, content->options->metric);
  lines = g_strsplit (notes, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (*lines[i] != '\0')
      page_add_text (page, lines[i]);
  }
  for (guint i = 0; i < content->remarks->len; i++)
    page_add_text (page, content->remarks->pdata[i]);
}
