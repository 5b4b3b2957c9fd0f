/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Holds limits against what was measured.
 */
#include "compare/gates/checks.h"

#include <math.h>
#include <string.h>

static void
free_check (gpointer data)
{
  CompareCheck *check = data;

  g_free (check->column);
  g_free (check->statistic);
  g_free (check);
}

/* --- before anything is measured ----------------------------------------- */

static gboolean
refuse (GError **error, const CompareGate *gate, const gchar *format, ...)
{
  va_list arguments;
  g_autofree gchar *why = NULL;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s %s: %s",
      gate->below ? "--fail-below" : "--fail-above", gate->text, why);
  return FALSE;
}

/* A plain number is of the mean; where it is meant the other way round, it
 * would pass everything that is bad. */
static gboolean
check_gate (CompareOptions *options, const CompareGate *gate, GError **error)
{
  const gchar *metric = gate->metric != NULL ? gate->metric : options->metric;
  gboolean similarity = compare_is_similarity (metric);

  if (compare_statistic_is_of_similarities (gate->statistic) && !similarity)
    return refuse (error, gate,
        "%s is not computed for %s, whose higher values are the bad ones; take "
        "p90, p95, p99 or max",
        gate->statistic, metric);
  if (gate->plain && similarity && !gate->below)
    return refuse (error, gate,
        "--fail-above works with distances, and %s is not one: its higher "
        "values mean more alike; --fail-below sets a limit to it",
        metric);
  if (gate->plain && !similarity && gate->below)
    return refuse (error, gate,
        "--fail-below works with similarities, and %s is a distance: its lower "
        "values mean more alike; --fail-above sets a limit to it",
        metric);
  return gate->metric == NULL
      || compare_metrics_add (options, gate->metric, error);
}

gboolean
compare_checks_prepare (CompareOptions *options, GError **error)
{
  const CompareGates *gates = &options->gates;

  for (guint i = 0; gates->all != NULL && i < gates->all->len; i++) {
    if (!check_gate (options, gates->all->pdata[i], error))
      return FALSE;
  }
  if (gates->has_tolerance && gates->baseline == NULL) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "--baseline-tolerance says how much worse than --baseline FILE a file "
        "may be; name that file");
    return FALSE;
  }
  return TRUE;
}

/* --- numbers ------------------------------------------------------------- */

/* What a limit is about: the fields of a column, and its name. */
typedef struct
{
  GstStructure *fields; /* (owned) (nullable) */
  gchar *name;          /* (owned): as reports call it */
} Column;

static void
clear_column (Column *self)
{
  g_clear_pointer (&self->fields, gst_structure_free);
  g_clear_pointer (&self->name, g_free);
}

typedef struct
{
  const gchar *wanted;
  Column *column;
} Search;

/* psnr is psnr(rgb) where it was made of that. */
static gboolean
look_at (GQuark field, const GValue *value, gpointer user)
{
  Search *search = user;
  g_autofree gchar *name = measure_column_name (g_quark_to_string (field));
  g_autofree gchar *of_rgb = g_strconcat (search->wanted, "(rgb)", NULL);

  if (strcmp (name, search->wanted) != 0 && strcmp (name, of_rgb) != 0)
    return TRUE;
  search->column->fields = gst_structure_copy (gst_value_get_structure (value));
  search->column->name = g_steal_pointer (&name);
  return FALSE;
}

/* @metric: (nullable): as typed */
static void
find_column (const MeasureResult *result, const CompareOptions *options,
    const gchar *metric, Column *column)
{
  const gchar *own = gst_structure_get_string (result->summary, "metric");
  const GValue *also = gst_structure_get_value (result->summary, "also");
  Search search = { metric, column };

  if (metric == NULL || strcmp (metric, options->metric) == 0) {
    column->fields = gst_structure_copy (result->summary);
    column->name = g_strdup (own != NULL ? own : options->metric);
    return;
  }
  if (also != NULL)
    gst_structure_foreach (gst_value_get_structure (also), look_at, &search);
  if (column->name == NULL)
    column->name = g_strdup (metric);
}

/* Infinite values are left out of statistics; where there are no others, each
 * of these is infinite. */
static gdouble
number_of (const GstStructure *fields, const gchar *statistic)
{
  guint64 infinite = 0;
  gdouble number;

  if (fields == NULL)
    return NAN;
  if (compare_statistic_get (fields, statistic, &number))
    return number;
  gst_structure_get_uint64 (fields, "infinite", &infinite);
  return infinite > 0 && !gst_structure_has_field (fields, "mean") ? INFINITY
                                                                   : NAN;
}

static gboolean
is_beyond (const CompareCheck *check)
{
  if (isnan (check->value))
    return TRUE;
  if (check->value == check->limit)
    return check->strict;
  return check->below ? check->value < check->limit
                      : check->value > check->limit;
}

/* --- checks -------------------------------------------------------------- */

static void
add_gate (GPtrArray *checks, const CompareOptions *options,
    const CompareGate *gate, const MeasureResult *result, guint file)
{
  CompareCheck *check = g_new0 (CompareCheck, 1);
  Column column = { NULL, NULL };

  find_column (result, options, gate->metric, &column);
  check->file = file;
  check->column = g_steal_pointer (&column.name);
  check->statistic = g_strdup (gate->statistic);
  check->value = number_of (column.fields, gate->statistic);
  check->limit = gate->limit;
  check->below = gate->below;
  check->strict = gate->strict;
  check->failed = is_beyond (check);
  g_ptr_array_add (checks, check);
  clear_column (&column);
}

static gdouble
limit_of (const CompareGates *gates, gdouble baseline, gboolean below)
{
  gdouble room =
      gates->relative ? fabs (baseline) * gates->tolerance : gates->tolerance;

  if (isinf (baseline))
    return baseline;
  return below ? baseline - room : baseline + room;
}

/* @metric: (nullable): NULL for the metric itself */
static void
add_baseline (GPtrArray *checks, const CompareOptions *options,
    const CompareBaseline *baseline, const MeasureResult *result, guint file,
    const gchar *metric)
{
  Column column = { NULL, NULL };
  gboolean below, single = measure_result_count (result, "measured") == 1;
  gdouble then;

  find_column (result, options, metric, &column);
  below = compare_is_similarity (column.name);
  for (guint i = 0; i < (single ? 1u : 2u); i++) {
    const gchar *statistic = i == 0 ? "mean" : below ? "p5" : "p95";
    CompareCheck *check;

    if (!compare_baseline_get (baseline, file,
            metric != NULL ? column.name : NULL, statistic, &then))
      continue;
    check = g_new0 (CompareCheck, 1);
    check->file = file;
    check->column = g_strdup (column.name);
    check->statistic = g_strdup (statistic);
    check->value = number_of (column.fields, statistic);
    check->limit = limit_of (&options->gates, then, below);
    check->below = below;
    check->is_baseline = TRUE;
    check->baseline = then;
    check->failed = is_beyond (check);
    g_ptr_array_add (checks, check);
  }
  clear_column (&column);
}

GPtrArray *
compare_checks_make (const CompareOptions *options,
    const CompareBaseline *baseline, const GPtrArray *results)
{
  const GPtrArray *gates = options->gates.all;
  g_auto (GStrv) metrics = compare_metrics_list (options);
  GPtrArray *checks = g_ptr_array_new_with_free_func (free_check);

  for (guint file = 0; file < results->len; file++) {
    const MeasureResult *result = results->pdata[file];

    if (result->summary == NULL || result->error != NULL || result->incomplete)
      continue;
    for (guint i = 0; gates != NULL && i < gates->len; i++)
      add_gate (checks, options, gates->pdata[i], result, file);
    for (guint i = 0; baseline != NULL && metrics[i] != NULL; i++)
      add_baseline (
          checks, options, baseline, result, file, i > 0 ? metrics[i] : NULL);
  }
  return checks;
}

guint
compare_checks_count_failed (const GPtrArray *checks)
{
  guint failed = 0;

  for (guint i = 0; i < checks->len; i++)
    failed += ((const CompareCheck *) checks->pdata[i])->failed ? 1 : 0;
  return failed;
}

/* --- in words ------------------------------------------------------------ */

static const gchar *
format (gdouble number, gchar *text)
{
  if (isinf (number))
    return "infinite";
  return g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.6g", number);
}

gchar *
compare_check_describe (const CompareCheck *check)
{
  gchar value[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];
  gchar then[G_ASCII_DTOSTR_BUF_SIZE];
  const gchar *side = check->value == check->limit ? "at"
      : check->value > check->limit                ? "above"
                                                   : "below";
  g_autofree gchar *rest = check->is_baseline
      ? g_strdup_printf (
          " (%s in the baseline)", format (check->baseline, then))
      : g_strdup ("");

  if (isnan (check->value))
    return g_strdup_printf (
        "there is no %s of %s", check->statistic, check->column);
  return g_strdup_printf ("%s %s is %s, %s the limit %s%s", check->column,
      check->statistic, format (check->value, value), side,
      format (check->limit, limit), rest);
}

gchar *
compare_check_condition (const CompareCheck *check)
{
  gchar limit[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup_printf ("%s %s %s%s %s%s", check->column, check->statistic,
      check->below ? ">" : "<", check->strict ? "" : "=",
      format (check->limit, limit), check->is_baseline ? " (baseline)" : "");
}
