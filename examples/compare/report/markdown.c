/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as a table of GitHub's and GitLab's Markdown.
 */
#include "compare/report/table.h"

#include "compare/report/columns.h"
#include "console/printable.h"

#include <string.h>

/* What would be taken for the table's, or for markup. */
static void
append_text (GString *text, const gchar *words)
{
  g_autofree gchar *shown = printable_text (words);

  for (const gchar *at = shown; *at != '\0'; at++) {
    if (strchr ("\\`*_{}[]<>|#~", *at) != NULL)
      g_string_append_c (text, '\\');
    g_string_append_c (text, *at);
  }
}

static void
append_cell (GString *text, const gchar *words)
{
  g_string_append (text, " ");
  append_text (text, words);
  g_string_append (text, " |");
}

/* The statistics of the metric: its mean, and the bad end of its scale. */
static const gchar *const *
own_statistics (const gchar *metric, const GPtrArray *results)
{
  static const gchar *const of_distances[] = { "mean", "p95", "max", NULL };
  static const gchar *const of_similarities[] = { "mean", "p5", "min", NULL };
  static const gchar *const of_images[] = { "mean", NULL };
  gboolean single = TRUE;

  for (guint i = 0; i < results->len; i++)
    single &= measure_result_count (results->pdata[i], "measured") <= 1;
  return single                        ? of_images
      : compare_is_similarity (metric) ? of_similarities
                                       : of_distances;
}

static gboolean
has_references (const GPtrArray *results)
{
  for (guint i = 1; i < results->len; i++) {
    const MeasureResult *first = results->pdata[0], *other = results->pdata[i];

    if (strcmp (first->reference->label, other->reference->label) != 0)
      return TRUE;
  }
  return FALSE;
}

static void
append_head (GString *text, GStrv columns, const gchar *const *statistics,
    gboolean references, gboolean checked)
{
  guint cells = 3;

  g_string_append (text,
      references ? "| reference | distorted | pairs "
                   "| unpaired |"
                 : "| distorted | pairs | unpaired |");
  append_cell (text, columns[0]);
  for (guint i = 1; statistics[i] != NULL; i++, cells++)
    append_cell (text, statistics[i]);
  for (guint c = 1; columns[c] != NULL; c++, cells++)
    append_cell (text, columns[c]);
  g_string_append_printf (text, "%s\n|---|%s", checked ? " limits |" : "",
      references ? "---|" : "");
  for (guint i = 0; i < cells; i++)
    g_string_append (text, "---:|");
  g_string_append (text, checked ? "---|\n" : "\n");
}

static const gchar *
verdict_on (const MeasureResult *result, const GPtrArray *checks, guint file)
{
  if (result->error != NULL || result->incomplete)
    return "error";
  for (guint i = 0; i < checks->len; i++) {
    const CompareCheck *check = checks->pdata[i];

    if (check->file == file && check->failed)
      return "**failed**";
  }
  return "passed";
}

static guint64
count_unpaired (const MeasureResult *result)
{
  return measure_result_count (result, "unmatched-reference")
      + measure_result_count (result, "unmatched-distorted")
      + measure_result_count (result, "late");
}

static void
append_row (GString *text, const MeasureResult *result, const gchar *metric,
    GStrv columns, const gchar *const *statistics, gboolean references)
{
  g_string_append (text, "|");
  if (references)
    append_cell (text, result->reference->label);
  append_cell (text, result->distorted->label);
  g_string_append_printf (text,
      " %" G_GUINT64_FORMAT " | %" G_GUINT64_FORMAT " |",
      measure_result_count (result, "measured"), count_unpaired (result));
  for (guint c = 0; columns[c] != NULL; c++) {
    g_autoptr (GstStructure) fields =
        compare_columns_get (result, metric, columns[c]);

    for (guint i = 0; statistics[i] != NULL && (c == 0 || i == 0); i++) {
      g_autofree gchar *cell =
          compare_columns_format (fields, statistics[i], FALSE);

      append_cell (text, cell);
    }
  }
}

static void
append_notes (GString *text, const GPtrArray *results, const GPtrArray *checks)
{
  gsize before = text->len;

  for (guint i = 0; i < checks->len; i++) {
    const CompareCheck *check = checks->pdata[i];
    const MeasureResult *result = results->pdata[check->file];
    g_autofree gchar *words = NULL;

    if (!check->failed)
      continue;
    words = compare_check_describe (check);
    g_string_append (text, "- failed: ");
    append_text (text, result->distorted->label);
    g_string_append (text, ": ");
    append_text (text, words);
    g_string_append_c (text, '\n');
  }
  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    if (result->error == NULL)
      continue;
    g_string_append (text, "- error: ");
    append_text (text, result->error);
    g_string_append_c (text, '\n');
  }
  if (text->len > before)
    g_string_insert_c (text, (gssize) before, '\n');
}

gchar *
compare_report_markdown (const CompareOptions *options,
    const GPtrArray *results, const GPtrArray *checks)
{
  g_auto (GStrv) columns = compare_columns_list (results, options->metric);
  const gchar *const *statistics = own_statistics (options->metric, results);
  gboolean references = has_references (results);
  gboolean checked = compare_gates_exist (&options->gates);
  g_autofree gchar *section = compare_section_describe (&options->section);
  GString *text = g_string_new (NULL);

  if (!references) {
    const MeasureResult *first = results->pdata[0];

    g_string_append (text, "reference: ");
    append_text (text, first->reference->label);
    g_string_append (text, "\n\n");
  }
  if (section != NULL)
    g_string_append_printf (text, "section: %s\n\n", section);
  append_head (text, columns, statistics, references, checked);
  for (guint i = 0; i < results->len; i++) {
    append_row (text, results->pdata[i], options->metric, columns, statistics,
        references);
    if (checked)
      g_string_append_printf (
          text, " %s |", verdict_on (results->pdata[i], checks, i));
    g_string_append_c (text, '\n');
  }
  append_notes (text, results, checks);
  return g_string_free (text, FALSE);
}
