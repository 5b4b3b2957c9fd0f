/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as tables for people: one file in full, several side by side.
 */
#include "compare/report/report.h"

#include "compare/report/columns.h"
#include "console/duration.h"
#include "console/printable.h"
#include "perceptual.h"

#include <math.h>
#include <string.h>

#define NAME_CELLS 10
#define NUMBER_CELLS 10

static void
append_cell (GString *text, const gchar *cell, guint cells)
{
  g_string_append_printf (text, "  %*s", (gint) cells, cell);
}

/* Six digits are more than anyone reads; --format json has them all.  @column:
 * what is above the cell */
static void
append_number (GString *text, const GstStructure *fields, const gchar *name,
    const gchar *column)
{
  gdouble number = 0;
  gchar cell[G_ASCII_DTOSTR_BUF_SIZE] = "-";
  guint64 infinite = 0;

  if (compare_statistic_get (fields, name, &number))
    g_ascii_formatd (cell, sizeof cell, "%.6g", number);
  else if (fields != NULL
      && gst_structure_get_uint64 (fields, "infinite", &infinite)
      && infinite > 0 && strcmp (name, "stdev") != 0)
    g_strlcpy (cell, "inf", sizeof cell);
  append_cell (text, cell, MAX (NUMBER_CELLS, strlen (column)));
}

/* 0:01:02.345 of nanoseconds */
static void
append_time (GString *text, guint64 time)
{
  guint64 ms = (time + GST_MSECOND / 2) / GST_MSECOND;

  if (!GST_CLOCK_TIME_IS_VALID (time))
    g_string_append (text, "an unknown time");
  else
    g_string_append_printf (text, "%u:%02u:%02u.%03u", (guint) (ms / 3600000),
        (guint) (ms / 60000 % 60), (guint) (ms / 1000 % 60),
        (guint) (ms % 1000));
}

/* Appends a line for each count but that of pairs which is not 0, after what
 * @begin says. */
static void
append_other_counts (
    GString *text, const GstStructure *summary, const gchar *begin)
{
  static const struct
  {
    const gchar *name;
    const gchar *words;
    const gchar *one;
  } counts[] = {
    { "unselected", "of them left out, as asked for", NULL },
    { "skipped", "of them given up on", NULL },
    { "unmatched-reference", "reference frames without a partner",
        "reference frame without a partner" },
    { "unmatched-distorted", "distorted frames without a partner",
        "distorted frame without a partner" },
    { "late", "distorted frames too late for their reference frame",
        "distorted frame too late for its reference frame" },
    { "gaps", "gaps where a frame should have been",
        "gap where a frame should have been" },
    { "frozen", "pictures that stood still while the reference moved",
        "picture that stood still while the reference moved" },
    { "black", "pictures that were black while the reference was not",
        "picture that was black while the reference was not" },
    { "misaligned", "pairs that seem to be of the wrong frames",
        "pair that seems to be of the wrong frames" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    guint64 count = 0;

    gst_structure_get_uint64 (summary, counts[i].name, &count);
    if (count > 0)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s\n", begin,
          count,
          count == 1 && counts[i].one != NULL ? counts[i].one
                                              : counts[i].words);
  }
}

static void
append_counts (GString *text, const GstStructure *summary)
{
  guint64 count = 0;

  gst_structure_get_uint64 (summary, "pairs", &count);
  g_string_append_printf (text, "%-10s  %" G_GUINT64_FORMAT "%s\n", "pairs",
      count, gst_structure_has_field (summary, "pair") ? ", by number" : "");
  append_other_counts (text, summary, "            ");
}

/* How the frames were brought together; nothing where it was by their times as
 * they are. */
static gboolean
is_aligned (const GstStructure *summary)
{
  gint64 offset = 0;

  return summary != NULL
      && gst_structure_get_int64 (summary, "align-offset", &offset)
      && (offset != 0 || gst_structure_has_field (summary, "align-confidence"));
}

/* With a sign, for an offset. */
static void
append_shift (GString *text, gint64 offset)
{
  g_autofree gchar *time = duration_print_rounded (offset);

  g_string_append_printf (text, "%s%s", offset < 0 ? "" : "+", time);
}

static void
append_alignment (GString *text, const GstStructure *summary, const gchar *name)
{
  const gchar *by = gst_structure_get_string (summary, "align");
  const gchar *reason = gst_structure_get_string (summary, "align-reason");
  gdouble confidence;
  gint64 offset = 0;

  if (!is_aligned (summary))
    return;
  gst_structure_get_int64 (summary, "align-offset", &offset);
  g_string_append_printf (text, "%s%s, ", name,
      g_str_equal (by, "start")      ? "first frame to first frame"
          : g_str_equal (by, "time") ? "by time"
                                     : "by what they show");
  append_shift (text, offset);
  if (reason != NULL)
    g_string_append_printf (text, " (a guess: %s)\n", reason);
  else if (gst_structure_get_double (summary, "align-confidence", &confidence))
    g_string_append_printf (text, " (confidence %.2f)\n", confidence);
  else
    g_string_append_c (text, '\n');
}

/* What sync=auto found; nothing without it. */
static void
append_offset (GString *text, const GstStructure *summary, const gchar *name)
{
  gdouble confidence;
  gint64 offset;

  if (!gst_structure_get_double (summary, "sync-confidence", &confidence))
    return;
  g_string_append (text, name);
  if (gst_structure_get_int64 (summary, "sync-offset-found", &offset))
    append_shift (text, offset);
  else
    g_string_append (text, "not found");
  g_string_append_printf (text, " (confidence %.2f)\n", confidence);
}

static void
append_worst (GString *text, const GstStructure *summary)
{
  GstStructure *worst = NULL;
  guint64 index = 0, time = GST_CLOCK_TIME_NONE;
  gdouble distance = NAN;
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  gst_structure_get (summary, "worst", GST_TYPE_STRUCTURE, &worst, NULL);
  if (worst == NULL)
    return;
  gst_structure_get_uint64 (worst, "index", &index);
  gst_structure_get_uint64 (worst, "stream-time", &time);
  gst_structure_get_double (worst, "distance", &distance);
  g_string_append_printf (
      text, "%-10s  pair %" G_GUINT64_FORMAT " at ", "worst", index);
  append_time (text, time);
  g_ascii_formatd (number, sizeof number, "%.6g", distance);
  g_string_append_printf (text, ": %s\n", number);
  gst_structure_free (worst);
}

static void
append_taps (GString *text, const GstStructure *summary)
{
  const GValue *taps = gst_structure_get_value (summary, "taps");
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];

  if (taps == NULL || gst_value_array_get_size (taps) < 2)
    return;
  g_string_append_printf (text, "%-10s  ", "parts");
  for (guint i = 0; i < gst_value_array_get_size (taps); i++) {
    const gchar *name = compare_part_name (summary, i);

    g_ascii_formatd (number, sizeof number, "%.6g",
        g_value_get_double (gst_value_array_get_value (taps, i)));
    g_string_append_printf (text, "%s%s%s%s", i > 0 ? ", " : "",
        name != NULL ? name : "", name != NULL ? " " : "", number);
  }
  g_string_append_c (text, '\n');
}

static gboolean
append_column_name (GQuark name, const GValue *value, gpointer text)
{
  g_autofree gchar *column = measure_column_name (g_quark_to_string (name));

  append_cell (text, column, NUMBER_CELLS);
  return TRUE;
}

typedef struct
{
  GString *text;
  const gchar *statistic;
} Row;

static gboolean
append_column_number (GQuark name, const GValue *value, gpointer user)
{
  Row *row = user;
  g_autofree gchar *column = measure_column_name (g_quark_to_string (name));

  append_number (
      row->text, gst_value_get_structure (value), row->statistic, column);
  return TRUE;
}

/* Statistics leave out infinite values, which has to be noted with them. */
typedef struct
{
  GString *text;
  const gchar *file; /* (nullable): where there are several */
  gboolean begun;    /* there is such a line already */
} Infinite;

static void
append_infinite (Infinite *self, const gchar *name, const GstStructure *fields)
{
  guint64 count = 0;

  if (!gst_structure_get_uint64 (fields, "infinite", &count) || count == 0)
    return;
  if (self->file != NULL)
    g_string_append_printf (
        self->text, "%s%s: ", self->begun ? "" : "\n", self->file);
  g_string_append_printf (self->text,
      "%s leaves out %" G_GUINT64_FORMAT " %s of infinite %s\n", name, count,
      count == 1 ? "pair" : "pairs", name);
  self->begun = TRUE;
}

static gboolean
append_column_infinite (GQuark name, const GValue *value, gpointer user)
{
  g_autofree gchar *column = measure_column_name (g_quark_to_string (name));

  append_infinite (user, column, gst_value_get_structure (value));
  return TRUE;
}

static gboolean
note_similarity (GQuark name, const GValue *value, gpointer found)
{
  *(gboolean *) found |= compare_is_similarity (g_quark_to_string (name));
  return TRUE;
}

static gboolean
has_similarity (const gchar *metric, const GstStructure *also)
{
  gboolean found = compare_is_similarity (metric);

  gst_structure_foreach (also, note_similarity, &found);
  return found;
}

static const gchar *
words_of (const gchar *statistic)
{
  return strcmp (statistic, "harmonic_mean") == 0 ? "harmonic" : statistic;
}

/* One column per metric, one row per statistic; a single pair has no
 * statistics, only its numbers. */
static void
append_table (GString *text, const GstStructure *summary, const gchar *metric,
    const GstStructure *also)
{
  Infinite infinite = { .text = text };
  gboolean single = FALSE;
  guint64 measured = 0;

  gst_structure_get_uint64 (summary, "measured", &measured);
  single = measured == 1;
  g_string_append_printf (text, "\n%-*s", NAME_CELLS, "");
  append_cell (text, metric, NUMBER_CELLS);
  gst_structure_foreach (also, append_column_name, text);
  g_string_append_c (text, '\n');
  for (guint i = 0; compare_statistics[i] != NULL && !(single && i > 0); i++) {
    Row row = { text, compare_statistics[i] };

    if (compare_statistic_is_of_similarities (row.statistic)
        && !has_similarity (metric, also))
      continue;
    g_string_append_printf (
        text, "%-*s", NAME_CELLS, single ? "" : words_of (row.statistic));
    append_number (text, summary, row.statistic, metric);
    gst_structure_foreach (also, append_column_number, &row);
    g_string_append_c (text, '\n');
  }
  append_infinite (&infinite, metric, summary);
  gst_structure_foreach (also, append_column_infinite, &infinite);
}

static GstStructure *
columns_of (const GstStructure *summary)
{
  GstStructure *also = NULL;

  gst_structure_get (summary, "also", GST_TYPE_STRUCTURE, &also, NULL);
  return also != NULL ? also : gst_structure_new_empty ("also");
}

/* What the column of the metric is called for this file. */
static const gchar *
name_metric (const GstStructure *summary, const gchar *asked_for)
{
  const gchar *name =
      summary != NULL ? gst_structure_get_string (summary, "metric") : NULL;

  return name != NULL ? name : asked_for;
}

static gboolean
is_of_rgb (GQuark name, const GValue *value, gpointer found)
{
  *(gboolean *) found |= measure_column_is_of_rgb (g_quark_to_string (name));
  return TRUE;
}

/* Why columns are of luma from RGB.  Returns: FALSE if none is. */
static gboolean
append_luma (GString *text, const GstStructure *summary, const gchar *file)
{
  const gchar *reason = gst_structure_get_string (summary, "luma-reason");
  gboolean found = measure_column_is_of_rgb (name_metric (summary, ""));
  GstStructure *also = columns_of (summary);

  gst_structure_foreach (also, is_of_rgb, &found);
  gst_structure_free (also);
  if (!found || reason == NULL)
    return FALSE;
  g_string_append_printf (text, "%s%s(rgb) is luma made of RGB, since %s\n",
      file != NULL ? file : "\n", file != NULL ? ": " : "", reason);
  return TRUE;
}

static void
append_all_luma (GString *text, GPtrArray *results)
{
  gboolean begun = FALSE;

  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];
    gsize before = text->len;

    if (result->summary != NULL
        && append_luma (text, result->summary, result->distorted->label)
        && !begun) {
      g_string_insert_c (text, (gssize) before, '\n');
      begun = TRUE;
    }
  }
}

static void
append_one (GString *text, const MeasureResult *result, const gchar *metric)
{
  const GstStructure *summary = result->summary;
  GstStructure *also = columns_of (summary);

  g_string_append_printf (
      text, "%-10s  %s\n", "distorted", result->distorted->label);
  append_counts (text, summary);
  append_alignment (text, summary, "aligned     ");
  append_offset (text, summary, "offset      ");
  if (measure_result_count (result, "measured") > 1)
    append_worst (text, summary);
  append_taps (text, summary);
  if (measure_result_count (result, "measured") > 0)
    append_table (text, summary, name_metric (summary, metric), also);
  gst_structure_free (also);
  append_luma (text, summary, NULL);
}

/* Frames.  Gaps are not frames: if one was lost, its partner is counted
 * already. */
static guint64
count_lost (const GstStructure *summary)
{
  static const gchar *const names[] = { "unmatched-reference",
    "unmatched-distorted", "late" };
  guint64 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    guint64 count = 0;

    gst_structure_get_uint64 (summary, names[i], &count);
    sum += count;
  }
  return sum;
}

/* The statistics next to the mean: the bad end of the scale.  Returns: NULL
 * after the last. */
static const gchar *const *
bad_statistics (const gchar *metric)
{
  static const gchar *const of_distances[] = { "p95", "max", NULL };
  static const gchar *const of_similarities[] = { "p5", "min", NULL };

  return compare_is_similarity (metric) ? of_similarities : of_distances;
}

static void
append_comparison_head (GString *text, const gchar *metric,
    const MeasureResult *result, gint name_cells)
{
  const gchar *const *names = bad_statistics (metric);
  GstStructure *also = columns_of (result->summary);

  g_string_append_printf (text, "\n%-*s", name_cells, "distorted");
  append_cell (text, "measured", 8);
  append_cell (text, "unpaired", 8);
  append_cell (text, name_metric (result->summary, metric), NUMBER_CELLS);
  for (; *names != NULL; names++)
    append_cell (text, *names, NUMBER_CELLS);
  gst_structure_foreach (also, append_column_name, text);
  gst_structure_free (also);
  g_string_append_c (text, '\n');
}

static void
append_comparison_row (GString *text, const gchar *metric,
    const MeasureResult *result, gint name_cells)
{
  const gchar *const *names = bad_statistics (metric);
  const GstStructure *summary = result->summary;
  g_autofree gchar *measured = g_strdup_printf (
      "%" G_GUINT64_FORMAT, measure_result_count (result, "measured"));
  g_autofree gchar *lost = NULL;
  GstStructure *also;
  Row means = { text, "mean" };

  /* printf counts bytes, tables count characters. */
  name_cells += (gint) (strlen (result->distorted->label)
      - g_utf8_strlen (result->distorted->label, -1));
  g_string_append_printf (text, "%-*s", name_cells, result->distorted->label);
  if (summary == NULL) {
    g_string_append (text, "  not measured\n");
    return;
  }
  lost = g_strdup_printf ("%" G_GUINT64_FORMAT, count_lost (summary));
  append_cell (text, measured, 8);
  append_cell (text, lost, 8);
  append_number (text, summary, "mean", name_metric (summary, metric));
  for (; *names != NULL; names++)
    append_number (text, summary, *names, *names);
  also = columns_of (summary);
  gst_structure_foreach (also, append_column_number, &means);
  gst_structure_free (also);
  g_string_append (text, result->incomplete ? "  incomplete\n" : "\n");
}

static void
append_offsets (GString *text, GPtrArray *results)
{
  gboolean first = TRUE;

  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    if (result->summary == NULL
        || (!gst_structure_has_field (result->summary, "sync-confidence")
            && !is_aligned (result->summary)))
      continue;
    g_string_append_printf (
        text, "%s%s: ", first ? "\n" : "", result->distorted->label);
    append_alignment (text, result->summary, "aligned ");
    append_offset (text, result->summary, "offset ");
    first = FALSE;
  }
}

static void
append_all_infinite (GString *text, GPtrArray *results, const gchar *metric)
{
  Infinite infinite = { .text = text };

  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];
    GstStructure *also;

    if (result->summary == NULL)
      continue;
    infinite.file = result->distorted->label;
    append_infinite (
        &infinite, name_metric (result->summary, metric), result->summary);
    also = columns_of (result->summary);
    gst_structure_foreach (also, append_column_infinite, &infinite);
    gst_structure_free (also);
  }
}

/* Files without a single pair: a table of counts. */
static void
append_without_columns (
    GString *text, GPtrArray *results, const gchar *metric, gint cells)
{
  const MeasureResult *leader = NULL;

  for (guint i = 0; i < results->len && leader == NULL; i++) {
    const MeasureResult *result = results->pdata[i];

    leader = result->summary != NULL ? result : NULL;
  }
  if (leader == NULL)
    return;
  append_comparison_head (text, metric, leader, cells);
  for (guint i = 0; i < results->len; i++)
    append_comparison_row (text, metric, results->pdata[i], cells);
}

static gboolean
append_name (GQuark name, const GValue *value, gpointer text)
{
  g_string_append_printf (text, " %s", g_quark_to_string (name));
  return TRUE;
}

/* Returns: (transfer full) (nullable): the columns of @result, NULL for a file
 * without a pair. */
static gchar *
list_columns (const MeasureResult *result, const gchar *metric)
{
  GString *text;
  GstStructure *also;

  if (result->summary == NULL || measure_result_count (result, "measured") == 0)
    return NULL;
  text = g_string_new (name_metric (result->summary, metric));
  also = columns_of (result->summary);
  gst_structure_foreach (also, append_name, text);
  gst_structure_free (also);
  return g_string_free (text, FALSE);
}

/* A table of the files that have the columns of file @first, and, in the first
 * table, of those without any.  A column means one thing in it. */
static void
append_alike (GString *text, GPtrArray *results, guint first,
    const gchar *metric, gboolean *done, gint cells)
{
  const MeasureResult *leader = results->pdata[first];
  g_autofree gchar *columns = list_columns (leader, metric);
  gboolean is_first = TRUE;

  for (guint i = 0; i < results->len; i++)
    is_first &= !done[i];
  append_comparison_head (text, metric, leader, cells);
  for (guint i = 0; i < results->len; i++) {
    g_autofree gchar *own = list_columns (results->pdata[i], metric);

    if (done[i] || (own == NULL ? !is_first : strcmp (own, columns) != 0))
      continue;
    append_comparison_row (text, metric, results->pdata[i], cells);
    done[i] = TRUE;
  }
}

static void
append_comparison (GString *text, GPtrArray *results, const gchar *metric)
{
  g_autofree gboolean *done = g_new0 (gboolean, results->len);
  gint cells = NAME_CELLS;
  guint first = results->len;

  for (guint i = results->len; i > 0; i--) {
    const MeasureResult *result = results->pdata[i - 1];
    g_autofree gchar *columns = list_columns (result, metric);

    cells = MAX (cells, (gint) g_utf8_strlen (result->distorted->label, -1));
    if (columns != NULL)
      first = i - 1;
  }
  if (first == results->len) {
    append_without_columns (text, results, metric, cells);
    return;
  }
  for (guint i = first; i < results->len; i++) {
    g_autofree gchar *columns = list_columns (results->pdata[i], metric);

    if (columns != NULL && !done[i])
      append_alike (text, results, i, metric, done, cells);
  }
  append_all_infinite (text, results, metric);
  append_offsets (text, results);
  append_all_luma (text, results);
}

gchar *
compare_report_notes (GPtrArray *results, const gchar *metric)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];
    g_autofree gchar *begin =
        g_strconcat (result->distorted->label, ": ", NULL);

    if (result->summary != NULL)
      append_other_counts (text, result->summary, begin);
  }
  append_all_infinite (text, results, metric);
  append_all_luma (text, results);
  return g_string_free (text, FALSE);
}

gboolean
compare_is_measured (GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];

    if (result->summary != NULL)
      return TRUE;
  }
  return FALSE;
}

/* Of many pairs, each of which counts alike. */
static void
append_average (GString *text, GPtrArray *results, const gchar *metric)
{
  g_auto (GStrv) columns = compare_columns_list (results, metric);

  for (guint c = 0; columns[c] != NULL; c++) {
    gchar number[G_ASCII_DTOSTR_BUF_SIZE];
    gdouble sum = 0;
    guint n = 0;

    for (guint i = 0; i < results->len; i++) {
      g_autoptr (GstStructure) fields =
          compare_columns_get (results->pdata[i], metric, columns[c]);
      gdouble mean;

      if (!measure_result_number (fields, "mean", &mean))
        continue;
      sum += mean;
      n++;
    }
    if (n == 0)
      continue;
    g_ascii_formatd (number, sizeof number, "%.6g", sum / n);
    g_string_append_printf (text,
        "%s%s: %s in the mean of %u pair%s of files\n", c == 0 ? "\n" : "",
        columns[c], number, n, n == 1 ? "" : "s");
  }
}

static void
append_reference (
    GString *text, const CompareOptions *options, const MeasureInput *reference)
{
  const ComparePairs *pairs = &options->pairs;
  g_autofree gchar *source =
      pairs->source != NULL ? printable_text (pairs->source) : NULL;

  if (!pairs->several)
    g_string_append_printf (text, "%-10s  %s\n", "reference", reference->label);
  else
    g_string_append_printf (text, "%-10s  %s (%u pair%s of files)\n",
        pairs->is_list ? "pairs" : "reference", source, pairs->distorted->len,
        pairs->distorted->len == 1 ? "" : "s");
}

gchar *
compare_report_text (const CompareOptions *options,
    const MeasureInput *reference, GPtrArray *results)
{
  g_autofree gchar *section = compare_section_describe (&options->section);
  GString *text = g_string_new (NULL);

  if (!compare_is_measured (results))
    return g_string_free (text, FALSE);
  append_reference (text, options, reference);
  if (section != NULL)
    g_string_append_printf (text, "%-10s  %s\n", "section", section);
  g_string_append_printf (text, "%-10s  %s (%s)\n", "metric", options->metric,
      compare_is_similarity (options->metric)
          ? "higher means more alike"
          : "0 means identical, higher means more different");
  if (results->len > 1) {
    append_comparison (text, results, options->metric);
    if (options->pairs.several)
      append_average (text, results, options->metric);
  } else {
    const MeasureResult *result = results->pdata[0];
    g_autofree gchar *crop = compare_crop_describe (
        &options->settings, reference, result->distorted);

    if (crop != NULL)
      g_string_append_printf (text, "%-10s  %s\n", "crop", crop);
    append_one (text, result, options->metric);
    if (result->incomplete)
      g_string_append (
          text, "\nincomplete: the measurement stopped before the end\n");
  }
  return g_string_free (text, FALSE);
}

gchar *
compare_report_numbers (GPtrArray *results)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++) {
    const MeasureResult *result = results->pdata[i];
    gdouble mean;
    guint64 infinite = 0;
    gchar number[G_ASCII_DTOSTR_BUF_SIZE] = "-";

    if (measure_result_number (result->summary, "mean", &mean))
      g_ascii_dtostr (number, sizeof number, mean);
    else if (result->summary != NULL
        && gst_structure_get_uint64 (result->summary, "infinite", &infinite)
        && infinite > 0)
      g_strlcpy (number, "inf", sizeof number);
    g_string_append_printf (text, "%s\n", number);
  }
  return g_string_free (text, FALSE);
}
