/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Means over images, distances relative to noise, and how they are shown.
 */
#include "judge/commands/flaws-report.h"
#include "judge/report-page.h"
#include "judge/report.h"

#include "judge/data/flaw.h"

#include <math.h>
#include <string.h>

/* The smallest value that a chart shows: below it, the axis would be mostly
 * empty. */
#define FLOOR .001

#define PLOT_COLUMNS 4

/* For programs; people get a column for each metric instead. */
static const TableColumn long_columns[] = {
  { "metric", TABLE_CELL_TEXT, 0 },
  { "flaw", TABLE_CELL_TEXT, 0 },
  { "step", TABLE_CELL_COUNT, 0 },
  { "amount", TABLE_CELL_NUMBER, 3 },
  { "unit", TABLE_CELL_TEXT, 0 },
  { "image", TABLE_CELL_TEXT, 0 },
  { "images", TABLE_CELL_COUNT, 0 },
  { "value", TABLE_CELL_NUMBER, 6 },
  { "distance", TABLE_CELL_NUMBER, 6 },
  { "relative", TABLE_CELL_NUMBER, 3 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

/* --- numbers ------------------------------------------------------------- */

static guint
n_steps (const JudgeFlawValues *self, guint flaw)
{
  return judge_flaws[flaw].graded ? self->steps : 1;
}

JudgeFlawValues *
judge_flaw_values_new (const JudgeMetricList *metrics,
    const gchar *const *paths, guint steps, const guint *flaws, guint n_flaws)
{
  JudgeFlawValues *self = g_new0 (JudgeFlawValues, 1);
  gsize n = (gsize) g_strv_length ((gchar **) paths) * metrics->metrics->len
      * judge_flaw_count () * steps;

  self->metrics = metrics;
  self->paths = paths;
  self->steps = steps;
  self->flaws = flaws;
  self->n_flaws = n_flaws;
  self->values = g_new (gdouble, n);
  for (gsize i = 0; i < n; i++)
    self->values[i] = NAN;
  return self;
}

void
judge_flaw_values_free (JudgeFlawValues *self)
{
  if (self == NULL)
    return;
  g_free (self->values);
  g_free (self);
}

gdouble *
judge_flaw_values_at (const JudgeFlawValues *self, guint image, guint metric,
    guint flaw, guint step)
{
  gsize index = (gsize) image * self->metrics->metrics->len + metric;

  return &self->values[(index * judge_flaw_count () + flaw) * self->steps + step
      - 1];
}

gdouble
judge_flaw_distance (const JudgeMetric *metric, gdouble value)
{
  if (!metric->similarity)
    return value;
  if (strcmp (perceptual_metric_get_info (metric->metric)->name, "psnr") == 0)
    return pow (10, -value / 10);
  return 1 - value;
}

static gdouble
mean_value (const JudgeFlawValues *self, guint metric, guint flaw, guint step)
{
  gdouble sum = 0;

  for (guint i = 0; i < self->n_images; i++)
    sum += *judge_flaw_values_at (self, i, metric, flaw, step);
  return sum / self->n_images;
}

static gdouble
mean_distance (
    const JudgeFlawValues *self, guint metric, guint flaw, guint step)
{
  const JudgeMetric *who = judge_metric_list_get (self->metrics, metric);
  gdouble sum = 0;

  for (guint i = 0; i < self->n_images; i++)
    sum += judge_flaw_distance (
        who, *judge_flaw_values_at (self, i, metric, flaw, step));
  return sum / self->n_images;
}

guint
judge_flaw_yardstick (guint steps)
{
  return (steps + 1) / 2;
}

/* The metric's mean distance for noise of the middle step. */
static gdouble
yardstick (const JudgeFlawValues *self, guint metric)
{
  return mean_distance (self, metric, (guint) judge_flaw_find ("noise"),
      judge_flaw_yardstick (self->steps));
}

static gdouble
yardstick_amount (const JudgeFlawValues *self)
{
  return judge_flaws[judge_flaw_find ("noise")].amount (
      judge_flaw_yardstick (self->steps));
}

/* NaN where the metric does not see noise. */
static gdouble
relative (const JudgeFlawValues *self, guint metric, gdouble distance)
{
  gdouble unit = yardstick (self, metric);

  return unit > 0 ? distance / unit : NAN;
}

/* --- tables -------------------------------------------------------------- */

/* @image: NULL for the mean over all. */
static void
add_long_row (Table *table, const JudgeFlawValues *self, guint metric,
    guint flaw, guint step, const guint *image)
{
  const JudgeMetric *who = judge_metric_list_get (self->metrics, metric);
  gdouble value = image != NULL
      ? *judge_flaw_values_at (self, *image, metric, flaw, step)
      : mean_value (self, metric, flaw, step);
  gdouble distance = image != NULL ? judge_flaw_distance (who, value)
                                   : mean_distance (self, metric, flaw, step);

  table_add_row (table);
  table_text (table, "metric", who->label);
  table_text (table, "flaw", judge_flaws[flaw].name);
  table_count (table, "step", step);
  table_number (table, "amount", judge_flaws[flaw].amount (step));
  table_text (table, "unit", judge_flaws[flaw].unit);
  if (image != NULL)
    table_text (table, "image", self->paths[*image]);
  table_count (table, "images", image != NULL ? 1 : self->n_images);
  table_number (table, "value", value);
  table_number (table, "distance", distance);
  table_number (table, "relative", relative (self, metric, distance));
}

static Table *
make_long_table (const JudgeFlawValues *self)
{
  Table *table = table_new (long_columns);

  for (guint metric = 0; metric < self->metrics->metrics->len; metric++) {
    for (guint f = 0; f < self->n_flaws; f++) {
      guint flaw = self->flaws[f];

      for (guint step = 1; step <= n_steps (self, flaw); step++) {
        add_long_row (table, self, metric, flaw, step, NULL);
        for (guint i = 0; i < self->n_images; i++)
          add_long_row (table, self, metric, flaw, step, &i);
      }
    }
  }
  return table;
}

/* Returns: (transfer full): "flaw", "amount", and a column for each metric. */
static TableColumn *
make_wide_columns (const JudgeFlawValues *self)
{
  guint n = self->metrics->metrics->len;
  TableColumn *columns = g_new0 (TableColumn, n + 3);

  columns[0] = (TableColumn){ "flaw", TABLE_CELL_TEXT, 0 };
  columns[1] = (TableColumn){ "amount", TABLE_CELL_TEXT, 0 };
  for (guint i = 0; i < n; i++)
    columns[i + 2] =
        (TableColumn){ judge_metric_list_get (self->metrics, i)->label,
          TABLE_CELL_TEXT, 0 };
  return columns;
}

static void
add_wide_row (Table *table, const JudgeFlawValues *self, guint flaw, guint step)
{
  g_autofree gchar *amount = g_strdup_printf (
      "%.3g %s", judge_flaws[flaw].amount (step), judge_flaws[flaw].unit);

  table_add_row (table);
  table_text (table, "flaw", judge_flaws[flaw].name);
  table_text (table, "amount", amount);
  for (guint i = 0; i < self->metrics->metrics->len; i++) {
    gdouble distance = mean_distance (self, i, flaw, step);
    g_autofree gchar *cell = g_strdup_printf (
        "%#.3g (%.2f)", distance, relative (self, i, distance));

    table_text (table, judge_metric_list_get (self->metrics, i)->label, cell);
  }
}

static void
add_notes (Table *table, const JudgeFlawValues *self)
{
  gdouble noise = yardstick_amount (self);

  table_note (table,
      "Means over %u %s of the distance and, relative, of the distance as a "
      "multiple of that for noise of sigma %g, in brackets in the text.",
      self->n_images, self->n_images == 1 ? "image" : "images", noise);
  table_note (table,
      "The distance is 1 - value for ssim and ms-ssim, and the mean squared "
      "error for psnr.");
}

/* @columns: of make_wide_columns(); needed for as long as the table is. */
static Table *
make_wide_table (const JudgeFlawValues *self, const TableColumn *columns)
{
  Table *table = table_new (columns);

  for (guint f = 0; f < self->n_flaws; f++) {
    for (guint step = 1; step <= n_steps (self, self->flaws[f]); step++)
      add_wide_row (table, self, self->flaws[f], step);
  }
  return table;
}

gboolean
judge_flaw_values_print (
    const JudgeFlawValues *self, JudgeSession *session, GError **error)
{
  g_autofree TableColumn *columns = make_wide_columns (self);
  g_autoptr (Table) shown = make_wide_table (self, columns);
  g_autoptr (Table) whole = make_long_table (self);

  add_notes (shown, self);
  add_notes (whole, self);
  return judge_report_print_both (session, whole, shown, error);
}

/* --- the chart ----------------------------------------------------------- */

/* Such as patches, of which there are no halves. */
static gboolean
has_whole_amounts (const JudgeFlawValues *self, guint flaw)
{
  for (guint i = 0; i < n_steps (self, flaw); i++) {
    gdouble amount = judge_flaws[flaw].amount (i + 1);

    if (amount != round (amount))
      return FALSE;
  }
  return TRUE;
}

/* Fills @series, one a metric, whose numbers are kept in @numbers. */
static void
fill_panel (const JudgeFlawValues *self, guint flaw, ChartSeries *series,
    GPtrArray *numbers)
{
  guint n = n_steps (self, flaw);

  for (guint metric = 0; metric < self->metrics->metrics->len; metric++) {
    gdouble *x = g_new (gdouble, n), *y = g_new (gdouble, n);

    for (guint i = 0; i < n; i++) {
      gdouble ratio =
          relative (self, metric, mean_distance (self, metric, flaw, i + 1));

      x[i] = judge_flaws[flaw].amount (i + 1);
      y[i] = ratio < FLOOR ? FLOOR : ratio;
    }
    g_ptr_array_add (numbers, x);
    g_ptr_array_add (numbers, y);
    series[metric] = (ChartSeries){
      .label = judge_metric_list_get (self->metrics, metric)->label,
      .x = x,
      .y = y,
      .n = n,
    };
  }
}

gboolean
judge_flaw_values_plot (
    const JudgeFlawValues *self, JudgeSession *session, GError **error)
{
  guint n_metrics = self->metrics->metrics->len;
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);
  g_autofree ChartPanel *panels = g_new0 (ChartPanel, self->n_flaws);
  g_autofree ChartSeries *series =
      g_new0 (ChartSeries, (gsize) self->n_flaws * n_metrics);
  guint columns = MIN (self->n_flaws, PLOT_COLUMNS);
  g_autofree gchar *title = g_strdup_printf (
      "Distance of flawed images, as a multiple of that for noise of sigma %g "
      "(what is below %g is drawn there)",
      yardstick_amount (self), FLOOR);

  for (guint i = 0; i < self->n_flaws; i++) {
    const JudgeFlaw *flaw = &judge_flaws[self->flaws[i]];

    panels[i] = (ChartPanel){
      .kind = CHART_LINES,
      .title = flaw->name,
      .x_title = flaw->unit,
      .y_title = i % columns == 0 ? "relative distance" : NULL,
      .falling_x = flaw->amount (2) < flaw->amount (1),
      .counts_x = has_whole_amounts (self, self->flaws[i]),
      .log_y = TRUE,
      .series = series + i * n_metrics,
      .n_series = n_metrics,
    };
    fill_panel (self, self->flaws[i], series + i * n_metrics, numbers);
  }
  return judge_report_chart (session,
      &(Chart){ .title = title,
          .panels = panels,
          .n_panels = self->n_flaws,
          .columns = columns,
          .same_y = TRUE },
      session->options.plot, error);
}
