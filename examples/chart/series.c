/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws points, lines, bars, steps and intervals.
 */
#include "chart/series.h"

#include "chart/envelope.h"
#include "chart/sign.h"

#include <math.h>

#define CLUSTER .8
#define INTERVAL 1.2
#define EDGE 1.

/* Radius of a point that is not joined to others. */
#define LONE 1.8

static gboolean
has_place (const ChartArea *area, const ChartSeries *series, guint i)
{
  return isfinite (series->x[i]) && chart_axis_takes (&area->x, series->x[i])
      && chart_axis_takes (&area->y, series->y[i]);
}

/* Has a light edge on a bar, since the dark line could not be seen on a dark
 * one; the edge is thin enough to leave something of a narrow bar. */
static void
draw_interval (const ChartArea *area, gdouble x, gdouble low, gdouble high,
    gdouble cap, gboolean on_bar)
{
  cairo_t *cr = area->cr;

  if (!chart_axis_takes (&area->y, low) || !chart_axis_takes (&area->y, high))
    return;
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_move_to (cr, x, chart_area_y (area, low));
  cairo_line_to (cr, x, chart_area_y (area, high));
  for (guint i = 0; i < 2; i++) {
    gdouble y = chart_area_y (area, i == 0 ? low : high);

    cairo_move_to (cr, x - cap, y);
    cairo_line_to (cr, x + cap, y);
  }
  if (on_bar) {
    cairo_set_source_rgb (cr, 1, 1, 1);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_SQUARE);
    cairo_set_line_width (cr, INTERVAL + 2 * MIN (EDGE, cap / 2));
    cairo_stroke_preserve (cr);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
    cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
  }
  cairo_set_line_width (cr, INTERVAL);
  cairo_stroke (cr);
}

static guint
columns_of (const ChartArea *area)
{
  return (guint) MAX (1, area->plot.width);
}

static gboolean
is_crowded (const ChartArea *area, const ChartSeries *series)
{
  return series->n > 2 * columns_of (area);
}

/* Corners that stick out would make peaks look higher than they are. */
static void
make_fine (const ChartArea *area, const ChartSeries *series)
{
  cairo_set_line_join (area->cr, CAIRO_LINE_JOIN_ROUND);
  if (is_crowded (area, series))
    cairo_set_line_width (area->cr, 1);
  else if (series->n > columns_of (area) / 2)
    cairo_set_line_width (area->cr, 1.3);
}

/* Dots for points between gaps, which no line leads to.  @kept: what is
 * drawn. */
static void
draw_lone_points (const ChartArea *area, const ChartSeries *series,
    const guint *kept, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (!has_place (area, series, kept[i])
        || (i > 0 && has_place (area, series, kept[i - 1]))
        || (i + 1 < n && has_place (area, series, kept[i + 1])))
      continue;
    cairo_new_path (area->cr);
    cairo_arc (area->cr, chart_area_x (area, series->x[kept[i]]),
        chart_area_y (area, series->y[kept[i]]), LONE, 0, 2 * G_PI);
    cairo_fill (area->cr);
  }
}

static void
trace_line (const ChartArea *area, const ChartSeries *series, const guint *kept,
    guint n)
{
  gboolean joined = FALSE;

  cairo_new_path (area->cr);
  for (guint i = 0; i < n; i++) {
    guint at = kept[i];
    gboolean shown = has_place (area, series, at);

    if (shown && joined)
      cairo_line_to (area->cr, chart_area_x (area, series->x[at]),
          chart_area_y (area, series->y[at]));
    else if (shown)
      cairo_move_to (area->cr, chart_area_x (area, series->x[at]),
          chart_area_y (area, series->y[at]));
    joined = shown;
  }
}

static void
draw_line (const ChartArea *area, const ChartSeries *series, guint style)
{
  g_autofree guint *kept = g_new (guint, MAX (series->n, 1));
  guint n = chart_envelope (series->x, series->y, series->n, &area->x, &area->y,
      columns_of (area), kept);
  gboolean fine = area->panel->kind == CHART_LINES && !series->broad
      && (series->smooth || is_crowded (area, series));

  chart_sign_set_line (area->cr, series->broad, style);
  if (fine)
    make_fine (area, series);
  trace_line (area, series, kept, n);
  cairo_stroke (area->cr);
  cairo_set_line_join (area->cr, CAIRO_LINE_JOIN_MITER);
  if (fine)
    draw_lone_points (area, series, kept, n);
}

/* Adds to the path the upper edge of the steps, from foot to foot. */
static void
trace_steps (const ChartArea *area, const ChartSeries *series)
{
  gdouble foot = chart_area_y (area, 0);
  gboolean open = FALSE;

  for (guint i = 0; i < series->n; i++) {
    gboolean shown = chart_axis_takes (&area->x, series->x[i])
        && chart_axis_takes (&area->x, series->x[i + 1])
        && chart_axis_takes (&area->y, series->y[i]) && series->y[i] > 0;

    if (open && !shown)
      cairo_line_to (area->cr, chart_area_x (area, series->x[i]), foot);
    else if (!open && shown)
      cairo_move_to (area->cr, chart_area_x (area, series->x[i]), foot);
    open = shown;
    if (!shown)
      continue;
    cairo_line_to (area->cr, chart_area_x (area, series->x[i]),
        chart_area_y (area, series->y[i]));
    cairo_line_to (area->cr, chart_area_x (area, series->x[i + 1]),
        chart_area_y (area, series->y[i]));
  }
  if (open)
    cairo_line_to (area->cr, chart_area_x (area, series->x[series->n]), foot);
}

/* Surfaces that others can be seen through, with an edge that cannot. */
static void
draw_steps (const ChartArea *area, const ChartSeries *series, guint style)
{
  cairo_new_path (area->cr);
  trace_steps (area, series);
  chart_sign_set (area->cr, style, .25);
  cairo_fill_preserve (area->cr);
  chart_sign_set (area->cr, style, 1);
  cairo_set_line_width (area->cr, 1.4);
  cairo_stroke (area->cr);
}

static void
draw_points (const ChartArea *area, const ChartSeries *series, guint style,
    gdouble opacity)
{
  for (guint i = 0; i < series->n; i++) {
    gdouble x;

    if (!has_place (area, series, i))
      continue;
    x = chart_area_x (area, series->x[i]);
    chart_sign_set (area->cr, style, opacity);
    chart_sign_point (area->cr, style, x, chart_area_y (area, series->y[i]));
    if (series->low != NULL)
      draw_interval (area, x, series->low[i], series->high[i], 3, FALSE);
  }
}

static void
draw_bars (const ChartArea *area, guint index, guint style)
{
  const ChartSeries *series = &area->panel->series[index];
  gdouble slot = area->plot.width / area->panel->n_groups;
  gdouble width = slot * CLUSTER / area->panel->n_series;
  gdouble foot = chart_area_y (area, area->panel->foot);

  for (guint i = 0; i < MIN (series->n, area->panel->n_groups); i++) {
    gdouble x = area->plot.x + slot * (i + (1 - CLUSTER) / 2) + width * index;

    if (!chart_axis_takes (&area->y, series->y[i]))
      continue;
    chart_sign_bar (area->cr, style,
        (ChartBox){ x + width * .04, foot, width * .92,
            chart_area_y (area, series->y[i]) - foot });
    if (series->low != NULL)
      draw_interval (area, x + width / 2, series->low[i], series->high[i],
          MIN (4, width / 4), TRUE);
  }
}

void
chart_series_draw (const ChartArea *area, const guint *styles)
{
  const ChartPanel *panel = area->panel;

  cairo_save (area->cr);
  cairo_rectangle (area->cr, area->plot.x - 2 * CHART_POINT,
      area->plot.y - 2 * CHART_POINT, area->plot.width + 4 * CHART_POINT,
      area->plot.height + 4 * CHART_POINT);
  cairo_clip (area->cr);
  for (guint i = 0; i < panel->n_series; i++) {
    const ChartSeries *series = &panel->series[i];

    if (panel->kind == CHART_BARS) {
      draw_bars (area, i, styles[i]);
      continue;
    }
    if (panel->kind == CHART_STEPS) {
      draw_steps (area, series, styles[i]);
      continue;
    }
    if (panel->kind == CHART_LINES || series->smooth)
      draw_line (area, series, styles[i]);
    if (series->smooth
        || (panel->kind == CHART_LINES && is_crowded (area, series)))
      continue;
    draw_points (
        area, series, styles[i], panel->kind == CHART_SCATTER ? .75 : 1);
  }
  cairo_restore (area->cr);
}
