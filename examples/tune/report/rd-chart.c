/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From curves to charts: rates over statistics, differences of rates.
 */
#include "tune/report/rd-chart.h"

#include "tune/report/rd-hull.h"

#include <math.h>

#define WIDTH 1040.
#define HEIGHT 430.

/* Points of a line of differences. */
#define SAMPLES 101

/* --- rates over statistics ----------------------------------------------- */

/**
 * Rates:
 * @numbers: (element-type gdouble*): what series point to
 * @names: (element-type gchar**): the same
 * @series: (element-type ChartSeries): of one panel
 * @marks: (element-type ChartMark): likewise
 * @levels: (element-type ChartLevel): likewise
 *
 * A panel of one statistic.
 */
typedef struct
{
  GPtrArray *numbers;
  GPtrArray *names;
  GArray *series;
  GArray *marks;
  GArray *levels;
} Rates;

static void
init_rates (Rates *self)
{
  self->numbers = g_ptr_array_new_with_free_func (g_free);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->series = g_array_new (FALSE, FALSE, sizeof (ChartSeries));
  self->marks = g_array_new (FALSE, FALSE, sizeof (ChartMark));
  self->levels = g_array_new (FALSE, FALSE, sizeof (ChartLevel));
}

static void
clear_rates (gpointer data)
{
  Rates *self = data;

  g_ptr_array_unref (self->numbers);
  g_ptr_array_unref (self->names);
  g_array_unref (self->series);
  g_array_unref (self->marks);
  g_array_unref (self->levels);
}

static gint
compare_rates (gconstpointer a, gconstpointer b)
{
  const TuneRdPoint *one = *(const TuneRdPoint *const *) a;
  const TuneRdPoint *other = *(const TuneRdPoint *const *) b;

  return one->rate < other->rate ? -1 : one->rate > other->rate;
}

/* @points: (element-type TuneRdPoint): become a line from the lowest rate to
 * the highest. */
static void
add_line (Rates *self, GPtrArray *points, guint statistic, ChartSeries series)
{
  gdouble *x = g_new (gdouble, MAX (points->len, 1));
  gdouble *y = g_new (gdouble, MAX (points->len, 1));
  const gchar **names = g_new (const gchar *, MAX (points->len, 1));

  g_ptr_array_sort (points, compare_rates);
  for (guint i = 0; i < points->len; i++) {
    const TuneRdPoint *point = points->pdata[i];

    x[i] = point->rate;
    y[i] = point->values[statistic];
    names[i] = point->setting;
  }
  series.x = x;
  series.y = y;
  series.n = points->len;
  series.names = names;
  g_array_append_val (self->series, series);
  g_ptr_array_add (self->numbers, x);
  g_ptr_array_add (self->numbers, y);
  g_ptr_array_add (self->names, names);
}

/* Returns: (transfer container) (element-type TuneRdPoint): those of @curve
 * with a place. */
static GPtrArray *
choose (const TuneRdReport *report, const TuneRdCurve *curve, guint statistic)
{
  GPtrArray *points = g_ptr_array_new ();

  for (guint i = 0; i < curve->n; i++) {
    const TuneRdPoint *point = &curve->points[i];

    if (tune_rd_has_place (report, point, statistic))
      g_ptr_array_add (points, (gpointer) point);
  }
  return points;
}

/* Returns: (transfer container) (element-type TuneRdPoint) (nullable): those of
 * @clip that are on its hull, @on_hull of all points; NULL where all are, since
 * such a hull would say nothing. */
static GPtrArray *
choose_hull (const TuneRdReport *report, guint clip, guint statistic,
    const gboolean *on_hull)
{
  g_autoptr (GPtrArray) points = g_ptr_array_new ();
  gboolean all = TRUE;

  for (guint i = 0; i < report->n_curves; i++) {
    const TuneRdCurve *curve = &report->curves[i];

    for (guint j = 0; j < curve->n; j++, on_hull++) {
      if (curve->clip != clip
          || !tune_rd_has_place (report, &curve->points[j], statistic))
        continue;
      all &= *on_hull;
      if (*on_hull)
        g_ptr_array_add (points, (gpointer) &curve->points[j]);
    }
  }
  return all || points->len < 2 ? NULL : g_steal_pointer (&points);
}

static void
add_hulls (Rates *self, const TuneRdReport *report, guint statistic)
{
  g_autofree gboolean *on_hull = tune_rd_find_hull (report, statistic);
  const gchar *label = "hull";
  guint clips = tune_rd_count_clips (report);

  for (guint clip = 0; clip < clips; clip++) {
    g_autoptr (GPtrArray) points =
        choose_hull (report, clip, statistic, on_hull);

    if (points == NULL)
      continue;
    add_line (self, points, statistic,
        (ChartSeries){ .label = label, .smooth = TRUE, .broad = TRUE });
    label = NULL;
  }
}

static void
add_answers (Rates *self, const TuneRdReport *report, guint statistic)
{
  for (guint i = 0; i < report->n_curves; i++) {
    for (guint j = 0; j < report->curves[i].n; j++) {
      const TuneRdPoint *point = &report->curves[i].points[j];
      const ChartMark mark = { self->marks->len == 0 ? "answer" : NULL, 0,
        point->rate, point->values[statistic] };

      if (point->answer && tune_rd_has_place (report, point, statistic))
        g_array_append_val (self->marks, mark);
    }
  }
}

static void
fill_rates (Rates *self, const TuneRdReport *report, guint statistic)
{
  static const gdouble none[1];
  const TuneRdStatistic *shown = &report->statistics[statistic];

  /* The curves come first in the legend, and lie on the hull. */
  for (guint i = 0; i < report->n_curves; i++) {
    const ChartSeries empty = {
      .label = report->curves[i].label, .x = none, .y = none
    };

    g_array_append_val (self->series, empty);
  }
  add_hulls (self, report, statistic);
  for (guint i = 0; i < report->n_curves; i++) {
    g_autoptr (GPtrArray) points =
        choose (report, &report->curves[i], statistic);

    add_line (self, points, statistic,
        (ChartSeries){ .label = report->curves[i].label });
  }
  add_answers (self, report, statistic);
  for (guint i = 0; i < shown->n_targets; i++) {
    const ChartLevel level = { shown->targets[i].label,
      shown->targets[i].bound };

    g_array_append_val (self->levels, level);
  }
}

/* Returns: (transfer full): what a statistic is of. */
static gchar *
name_statistic (const TuneRdReport *report, guint statistic)
{
  return g_strdup_printf (
      "%s of %s", report->statistics[statistic].name, report->metric);
}

gboolean
tune_rd_chart_add_rates (Page *page, const TuneRdReport *report, GError **error)
{
  guint n = report->n_statistics;
  g_autofree Rates *rates = g_new0 (Rates, n);
  g_autofree ChartPanel *panels = g_new0 (ChartPanel, n);
  g_auto (GStrv) titles = g_new0 (gchar *, n + 1);
  Chart chart = { .panels = panels,
    .n_panels = n,
    .columns = n > 1 ? 2 : 1,
    .width = n > 1 ? WIDTH / 2 : WIDTH };
  gboolean done;

  for (guint i = 0; i < n; i++) {
    init_rates (&rates[i]);
    fill_rates (&rates[i], report, i);
    titles[i] = name_statistic (report, i);
    panels[i] = (ChartPanel){ .kind = CHART_LINES,
      .x_title = "rate, kbit/s",
      .y_title = titles[i],
      .log_x = TRUE,
      .log_y = !report->similarity,
      .height = HEIGHT,
      .series = (const ChartSeries *) (gpointer) rates[i].series->data,
      .n_series = rates[i].series->len,
      .marks = (const ChartMark *) (gpointer) rates[i].marks->data,
      .n_marks = rates[i].marks->len,
      .levels = (const ChartLevel *) (gpointer) rates[i].levels->data,
      .n_levels = rates[i].levels->len };
  }
  done = page_add_chart (page, "rates", &chart, error);
  for (guint i = 0; i < n; i++)
    clear_rates (&rates[i]);
  return done;
}

/* --- differences of rates ------------------------------------------------ */

/**
 * Difference:
 * @label: names both curves
 * @x: SAMPLES values of the statistic
 * @y: percent
 * @n: 0 where there is nothing to draw
 */
typedef struct
{
  gchar *label;
  gdouble x[SAMPLES];
  gdouble y[SAMPLES];
  guint n;
} Difference;

/* Returns: (transfer full) (nullable): @curve over the first statistic. */
static TuneCurve *
interpolate (const TuneRdReport *report, const TuneRdCurve *curve)
{
  g_autofree TunePoint *points = g_new (TunePoint, MAX (curve->n, 1));
  guint n = 0;

  for (guint i = 0; i < curve->n; i++) {
    const TuneRdPoint *point = &curve->points[i];

    if (tune_rd_has_place (report, point, 0))
      points[n++] = (TunePoint){ point->rate,
        report->similarity ? point->values[0]
                           : tune_quality_of_distance (point->values[0]) };
  }
  return tune_curve_new (points, n, TUNE_INTERPOLATION_PCHIP, NULL);
}

static void
subtract (Difference *self, const TuneRdReport *report, const TuneCurve *anchor,
    const TuneCurve *test)
{
  gdouble low = MAX (tune_curve_get_low (anchor), tune_curve_get_low (test));
  gdouble high = MIN (tune_curve_get_high (anchor), tune_curve_get_high (test));

  if (low >= high)
    return;
  for (guint i = 0; i < SAMPLES; i++) {
    gdouble quality =
        i == SAMPLES - 1 ? high : low + (high - low) * i / (SAMPLES - 1);

    self->x[i] = report->similarity ? quality : pow (10, -quality / 10);
    self->y[i] = 100
        * (tune_curve_rate (test, quality) / tune_curve_rate (anchor, quality)
            - 1);
  }
  self->n = SAMPLES;
}

static void
fill_difference (
    Difference *self, const TuneRdReport *report, const TuneRdGain *gain)
{
  const TuneRdCurve *anchor = &report->curves[gain->anchor];
  const TuneRdCurve *test = &report->curves[gain->test];
  g_autoptr (TuneCurve) first = interpolate (report, anchor);
  g_autoptr (TuneCurve) second = interpolate (report, test);

  self->label = g_strdup_printf ("%s against %s", test->label, anchor->label);
  if (gain->gain != NULL && first != NULL && second != NULL)
    subtract (self, report, first, second);
}

static void
clear_difference (gpointer data)
{
  g_free (((Difference *) data)->label);
}

gboolean
tune_rd_chart_add_gains (Page *page, const TuneRdReport *report, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (Difference));
  g_autofree ChartSeries *series = g_new0 (ChartSeries, report->n_gains + 1);
  g_autofree gchar *title = name_statistic (report, 0);
  const ChartLevel level = { "the same rate", 0 };
  ChartPanel panel = { .kind = CHART_LINES,
    .x_title = title,
    .y_title = "difference of rate, %",
    .log_x = !report->similarity,
    .height = HEIGHT * .8,
    .series = series,
    .levels = &level,
    .n_levels = 1 };
  const Chart chart = { .panels = &panel, .n_panels = 1, .width = WIDTH };

  g_array_set_clear_func (all, clear_difference);
  g_array_set_size (all, report->n_gains);
  for (guint i = 0; i < report->n_gains; i++) {
    Difference *difference = &g_array_index (all, Difference, i);

    fill_difference (difference, report, &report->gains[i]);
    if (difference->n > 0)
      series[panel.n_series++] = (ChartSeries){ .label = difference->label,
        .x = difference->x,
        .y = difference->y,
        .n = difference->n,
        .smooth = TRUE };
  }
  return panel.n_series == 0 || page_add_chart (page, "gains", &chart, error);
}
