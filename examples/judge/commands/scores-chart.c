/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From measured pairs to panels of points with curves and correlations.
 */
#include "judge/commands/scores-chart.h"

#include "judge/arithmetic/logistic.h"
#include "judge/report-page.h"

#include <math.h>
#include <string.h>

/* Points of the curve. */
#define CURVE_POINTS 200

/**
 * Panel:
 * @x: the metric's values, group by group
 * @y: the scores, group by group
 * @curves: of each curve CURVE_POINTS values across the finite ones, and the
 *   scores that it predicts
 * @names: of the pairs, group by group: the distorted files
 * @series: the groups, each with its curve, then those without a group, then
 *   the curve of all
 * @n_series: how many there are
 * @notes: the correlations of all, NULL-terminated
 */
typedef struct
{
  gdouble *x;
  gdouble *y;
  GPtrArray *curves;
  const gchar **names;
  ChartSeries *series;
  guint n_series;
  gchar **notes;
} Panel;

static void
clear_panel (gpointer data)
{
  Panel *panel = data;

  g_free (panel->x);
  g_free (panel->y);
  g_ptr_array_unref (panel->curves);
  g_strfreev (panel->notes);
  g_free (panel->names);
  g_free (panel->series);
}

/* Pairs of one group, or, for NULL, those without; appended from @at on.
 * Returns: where the next group begins. */
static guint
add_points (Panel *panel, const JudgeScoredPairs *pairs, const gdouble *values,
    guint step, const gchar *group, guint at)
{
  guint first = at;

  for (guint i = 0; i < pairs->pairs->len; i++) {
    const JudgeScoredPair *pair = judge_scored_pairs_get (pairs, i);

    if (g_strcmp0 (pair->group, group) == 0) {
      panel->x[at] = values[(gsize) i * step];
      panel->names[at] = pair->distorted;
      panel->y[at++] = pair->score;
    }
  }
  if (at > first)
    panel->series[panel->n_series++] = (ChartSeries){
      .label = group != NULL ? group : "score",
      .x = panel->x + first,
      .y = panel->y + first,
      .n = at - first,
      .names = panel->names + first,
    };
  return at;
}

/* The curve of the @n pairs from @first on; fitted to likeness, as for the
 * correlation.  @label: NULL for the colour of the series before. */
static void
add_curve (Panel *panel, const JudgeMetric *metric, guint first, guint n,
    const gchar *label)
{
  const gdouble *values = panel->x + first;
  g_autofree gdouble *alike = g_new (gdouble, n);
  gdouble low = INFINITY, high = -INFINITY, *x, *y;
  JudgeLogistic curve;

  for (guint i = 0; i < n; i++) {
    alike[i] = -judge_metric_as_distance (metric, values[i]);
    if (isfinite (values[i])) {
      low = MIN (low, values[i]);
      high = MAX (high, values[i]);
    }
  }
  if (!judge_logistic_fit (&curve, alike, panel->y + first, n, NULL))
    return;
  x = g_new (gdouble, 2 * CURVE_POINTS);
  y = x + CURVE_POINTS;
  g_ptr_array_add (panel->curves, x);
  for (guint i = 0; i < CURVE_POINTS; i++) {
    x[i] = low + (high - low) * i / (CURVE_POINTS - 1);
    y[i] = judge_logistic_at (&curve, -judge_metric_as_distance (metric, x[i]));
  }
  panel->series[panel->n_series++] = (ChartSeries){
    .label = label, .x = x, .y = y, .n = CURVE_POINTS, .smooth = TRUE
  };
}

/* Returns: (transfer full): such as "Spearman  .931 [.901 .952]" */
static gchar *
describe (const gchar *name, gdouble value, const Interval *interval)
{
  if (isnan (interval->low))
    return g_strdup_printf ("%s  %.3f", name, value);
  return g_strdup_printf (
      "%s  %.3f [%.3f %.3f]", name, value, interval->low, interval->high);
}

/* The correlations of all pairs by the metric called @label. */
static gchar **
list_correlations (const Table *table, const gchar *label)
{
  static const gchar *const columns[][2] = { { "spearman", "Spearman" },
    { "kendall", "Kendall" }, { "pearson", "Pearson" } };
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  for (guint i = 0; i < table_count_rows (table); i++) {
    if (strcmp (table_get_text (table, i, "metric"), label) != 0
        || strcmp (table_get_text (table, i, "group"), "total") != 0)
      continue;
    for (guint j = 0; j < G_N_ELEMENTS (columns); j++) {
      Interval interval;
      gdouble value = table_get_estimate (table, i, columns[j][0], &interval);

      if (isfinite (value))
        g_ptr_array_add (lines, describe (columns[j][1], value, &interval));
    }
  }
  g_ptr_array_add (lines, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}

static void
init_panel (Panel *panel, const JudgeScoredPairs *pairs,
    const JudgeMetricList *metrics, guint index, const gdouble *values,
    const Table *table)
{
  const JudgeMetric *metric = judge_metric_list_get (metrics, index);
  guint step = metrics->metrics->len;
  guint n = pairs->pairs->len, at = 0;

  panel->x = g_new (gdouble, n);
  panel->y = g_new (gdouble, n);
  panel->names = g_new (const gchar *, n);
  panel->curves = g_ptr_array_new_with_free_func (g_free);
  panel->notes = list_correlations (table, metric->label);
  panel->series = g_new0 (ChartSeries, 2 * pairs->groups->len + 2);
  for (guint i = 0; i < pairs->groups->len; i++) {
    guint first = at;

    at = add_points (
        panel, pairs, values + index, step, pairs->groups->pdata[i], at);
    /* That of one group with all pairs is the curve of all. */
    if (at > first && at - first < n)
      add_curve (panel, metric, first, at - first, NULL);
  }
  add_points (panel, pairs, values + index, step, NULL, at);
  add_curve (panel, metric, 0, n, "logistic curve of all");
}

gboolean
judge_scores_chart (JudgeSession *session, const JudgeScoredPairs *pairs,
    const gdouble *values, const Table *table, GError **error)
{
  const JudgeMetricList *metrics = session->metrics;
  guint n = metrics->metrics->len;
  g_autofree ChartPanel *drawn = g_new0 (ChartPanel, n);
  g_autoptr (GArray) panels =
      g_array_sized_new (FALSE, TRUE, sizeof (Panel), n);
  g_autofree gchar *title =
      g_strdup_printf ("Scores of people over distances: %s%s", pairs->label,
          session->options.bootstrap > 0 ? " (correlations with 95 % intervals)"
                                         : "");
  const Chart plot = { .title = title,
    .panels = drawn,
    .n_panels = n,
    .columns = (guint) ceil (sqrt (n)),
    .same_y = TRUE };

  g_array_set_clear_func (panels, clear_panel);
  g_array_set_size (panels, n);
  for (guint i = 0; i < n; i++) {
    Panel *panel = &g_array_index (panels, Panel, i);

    init_panel (panel, pairs, metrics, i, values, table);
    drawn[i] = (ChartPanel){ .kind = CHART_SCATTER,
      .x_title = judge_metric_list_get (metrics, i)->label,
      .y_title = "score",
      .notes = (const gchar *const *) panel->notes,
      .series = panel->series,
      .n_series = panel->n_series };
  }
  return judge_report_chart (session, &plot, session->options.plot, error);
}
