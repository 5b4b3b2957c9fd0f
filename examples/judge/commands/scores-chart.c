/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From measured pairs to panels of points with a curve.
 */
#include "judge/commands/scores-chart.h"

#include "judge/arithmetic/logistic.h"
#include "judge/report-page.h"

#include <math.h>

/* Points of the curve. */
#define CURVE_POINTS 200

/**
 * Panel:
 * @x: the metric's values, group by group
 * @y: the scores, group by group
 * @curve_x: CURVE_POINTS values across the finite ones
 * @curve_y: the scores that the curve predicts
 * @names: of the pairs, group by group: the distorted files
 * @series: the groups, then those without a group, then the curve
 * @n_series: how many there are
 */
typedef struct
{
  gdouble *x;
  gdouble *y;
  gdouble *curve_x;
  gdouble *curve_y;
  const gchar **names;
  ChartSeries *series;
  guint n_series;
} Panel;

static void
clear_panel (gpointer data)
{
  Panel *panel = data;

  g_free (panel->x);
  g_free (panel->y);
  g_free (panel->curve_x);
  g_free (panel->curve_y);
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

/* The curve is fitted to likeness, as for the correlation. */
static void
add_curve (Panel *panel, const JudgeMetric *metric, guint n)
{
  g_autofree gdouble *alike = g_new (gdouble, n);
  gdouble low = INFINITY, high = -INFINITY;
  JudgeLogistic curve;

  for (guint i = 0; i < n; i++) {
    alike[i] = -judge_metric_as_distance (metric, panel->x[i]);
    if (isfinite (panel->x[i])) {
      low = MIN (low, panel->x[i]);
      high = MAX (high, panel->x[i]);
    }
  }
  if (!judge_logistic_fit (&curve, alike, panel->y, n, NULL))
    return;
  panel->curve_x = g_new (gdouble, CURVE_POINTS);
  panel->curve_y = g_new (gdouble, CURVE_POINTS);
  for (guint i = 0; i < CURVE_POINTS; i++) {
    gdouble x = low + (high - low) * i / (CURVE_POINTS - 1);

    panel->curve_x[i] = x;
    panel->curve_y[i] =
        judge_logistic_at (&curve, -judge_metric_as_distance (metric, x));
  }
  panel->series[panel->n_series++] = (ChartSeries){
    .label = "logistic curve",
    .x = panel->curve_x,
    .y = panel->curve_y,
    .n = CURVE_POINTS,
    .smooth = TRUE,
  };
}

static void
init_panel (Panel *panel, const JudgeScoredPairs *pairs,
    const JudgeMetricList *metrics, guint index, const gdouble *values)
{
  guint step = metrics->metrics->len;
  guint n = pairs->pairs->len, at = 0;

  panel->x = g_new (gdouble, n);
  panel->y = g_new (gdouble, n);
  panel->names = g_new (const gchar *, n);
  panel->series = g_new0 (ChartSeries, pairs->groups->len + 2);
  for (guint i = 0; i < pairs->groups->len; i++)
    at = add_points (
        panel, pairs, values + index, step, pairs->groups->pdata[i], at);
  add_points (panel, pairs, values + index, step, NULL, at);
  add_curve (panel, judge_metric_list_get (metrics, index), n);
}

gboolean
judge_scores_chart (JudgeSession *session, const JudgeScoredPairs *pairs,
    const gdouble *values, GError **error)
{
  const JudgeMetricList *metrics = session->metrics;
  guint n = metrics->metrics->len;
  g_autofree ChartPanel *drawn = g_new0 (ChartPanel, n);
  g_autoptr (GArray) panels =
      g_array_sized_new (FALSE, TRUE, sizeof (Panel), n);
  const Chart plot = { .title = pairs->label,
    .panels = drawn,
    .n_panels = n,
    .columns = (guint) ceil (sqrt (n)),
    .same_y = TRUE };

  g_array_set_clear_func (panels, clear_panel);
  g_array_set_size (panels, n);
  for (guint i = 0; i < n; i++) {
    Panel *panel = &g_array_index (panels, Panel, i);

    init_panel (panel, pairs, metrics, i, values);
    drawn[i] = (ChartPanel){ .kind = CHART_SCATTER,
      .x_title = judge_metric_list_get (metrics, i)->label,
      .y_title = "score",
      .series = panel->series,
      .n_series = panel->n_series };
  }
  return judge_report_chart (session, &plot, session->options.plot, error);
}
