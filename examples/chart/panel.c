/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lays one panel out and draws its axes, grid, labels and titles.
 */
#include "chart/panel.h"

#include "chart/notes.h"
#include "chart/overlay.h"
#include "chart/series.h"
#include "chart/text.h"

#include <math.h>

#define TICK 4.
#define GAP 5.
#define LONGEST_LABEL 150.
#define SLANT (G_PI / 4)

/* --- ranges -------------------------------------------------------------- */

static gboolean
has_log_y (const ChartPanel *panel)
{
  return panel->log_y && panel->kind != CHART_BARS
      && panel->kind != CHART_STEPS;
}

void
chart_panel_init_axes (const ChartPanel *panel, ChartAxis *x, ChartAxis *y)
{
  chart_axis_init (x, panel->log_x && panel->kind != CHART_BARS);
  x->dense = TRUE;
  x->times = panel->times && !x->log;
  x->falling = panel->falling_x;
  x->counts = panel->counts_x && !x->log;
  chart_axis_init (y, has_log_y (panel));
  y->dense = panel->log_x;
}

static void
add_point (const ChartPanel *panel, const ChartSeries *series, guint i,
    ChartAxis *x, ChartAxis *y)
{
  if (panel->kind == CHART_BARS)
    chart_axis_add (y, panel->foot);
  else if (panel->kind == CHART_STEPS)
    chart_axis_add (y, 0);
  else if (!isfinite (series->x[i]) || (panel->log_x && series->x[i] <= 0)
      || !chart_axis_takes (y, series->y[i]))
    return;
  if (x != NULL && panel->kind != CHART_BARS)
    chart_axis_add (x, series->x[i]);
  if (x != NULL && panel->kind == CHART_STEPS)
    chart_axis_add (x, series->x[i + 1]);
  chart_axis_add (y, series->y[i]);
  if (series->low != NULL && chart_axis_takes (y, series->y[i])) {
    chart_axis_add (y, series->low[i]);
    chart_axis_add (y, series->high[i]);
  }
}

void
chart_panel_add_range (const ChartPanel *panel, ChartAxis *x, ChartAxis *y)
{
  for (guint i = 0; i < panel->n_series; i++) {
    for (guint j = 0; j < panel->series[i].n; j++)
      add_point (panel, &panel->series[i], j, x, y);
  }
  for (guint i = 0; i < panel->n_levels; i++)
    chart_axis_add (y, panel->levels[i].y);
  if (panel->from_zero)
    chart_axis_add (y, 0);
  if (x != NULL && panel->kind != CHART_BARS && panel->x_from < panel->x_to) {
    chart_axis_add (x, panel->x_from);
    chart_axis_add (x, panel->x_to);
  }
  if (panel->reach != 0)
    chart_axis_add (y, panel->reach);
}

/* --- axes ---------------------------------------------------------------- */

static void
stroke_line (
    cairo_t *cr, gdouble grey, gdouble x0, gdouble y0, gdouble x1, gdouble y1)
{
  cairo_set_source_rgb (cr, grey, grey, grey);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, x0, y0);
  cairo_line_to (cr, x1, y1);
  cairo_stroke (cr);
}

static gdouble
widest_tick (cairo_t *cr, const ChartAxis *axis)
{
  gdouble widest = 0;

  for (guint i = 0; i < axis->n_ticks; i++) {
    g_autofree gchar *label = chart_axis_label (axis, axis->ticks[i]);

    widest = MAX (widest, chart_text_width (cr, CHART_TEXT_SMALL, label));
  }
  return widest;
}

static gdouble
widest_group (const ChartArea *area)
{
  gdouble widest = 0;

  for (guint i = 0; i < area->panel->n_groups; i++)
    widest = MAX (
        widest, chart_text_width (area->cr, CHART_TEXT_SMALL, area->groups[i]));
  return widest;
}

/* As many ticks as their labels leave room for. */
static void
finish_x (ChartArea *area)
{
  for (guint most = 10; most >= 3; most--) {
    ChartAxis axis = area->x;

    chart_axis_finish (&axis, most, FALSE);
    if (most == 3
        || (widest_tick (area->cr, &axis) + 12) * axis.n_ticks
            <= area->plot.width) {
      area->x = axis;
      return;
    }
  }
}

static gboolean
has_numbers (const ChartPanel *panel)
{
  for (guint i = 0; i < panel->n_marks; i++) {
    if (panel->marks[i].number > 0)
      return TRUE;
  }
  return FALSE;
}

static void
finish_y (ChartAxis *axis, gdouble height)
{
  chart_axis_finish (
      axis, (guint) CLAMP (height / 45, 3, CHART_AXIS_MAX_TICKS), !axis->log);
}

static gdouble
left_of_plot (cairo_t *cr, const ChartPanel *panel, const ChartAxis *y)
{
  gdouble left = GAP;

  if (panel->y_title != NULL)
    left += CHART_TEXT_NORMAL * CHART_TEXT_LINE;
  left += widest_tick (cr, y) + TICK + GAP;
  return left;
}

gdouble
chart_panel_left (cairo_t *cr, const ChartPanel *panel, const ChartFrame *frame,
    gdouble height)
{
  ChartAxis y = frame->y;

  finish_y (&y, height);
  return left_of_plot (cr, panel, &y);
}

/* Makes room for slanted labels of groups, where they need to be. */
static void
slant_groups (ChartArea *area, gdouble left)
{
  const ChartPanel *panel = area->panel;
  gdouble widest = widest_group (area);

  area->slanted = widest > area->plot.width / panel->n_groups - GAP;
  if (!area->slanted)
    return;
  widest = MIN (widest, LONGEST_LABEL) * sin (SLANT);
  area->plot.height -= widest;
  /* The first label's beginning lies to the left of its bars. */
  widest -= left + area->plot.width / panel->n_groups / 2 - GAP;
  if (widest > 0) {
    area->plot.x += widest;
    area->plot.width -= widest;
  }
}

/* Takes from @box what titles and labels need; what is left is the plot. */
static void
lay_out (ChartArea *area, const ChartFrame *frame, ChartBox box)
{
  const ChartPanel *panel = area->panel;
  gdouble left = MAX (frame->left, left_of_plot (area->cr, panel, &area->y));
  gdouble top = GAP + CHART_TEXT_SMALL / 2;
  gdouble bottom = TICK + GAP;

  if (panel->title != NULL)
    top += CHART_TEXT_NORMAL * CHART_TEXT_LINE + GAP;
  if (has_numbers (panel))
    top += CHART_OVERLAY_HEADROOM;
  if (!frame->bare)
    bottom += CHART_TEXT_SMALL * CHART_TEXT_LINE;
  if (!frame->bare && panel->x_title != NULL)
    bottom += CHART_TEXT_NORMAL * CHART_TEXT_LINE + GAP;
  area->plot = (ChartBox){ box.x + left, box.y + top,
    box.width - left - 3 * GAP, box.height - top - bottom };
  if (panel->kind == CHART_BARS && panel->n_groups > 0)
    slant_groups (area, left);
}

static void
draw_y_axis (const ChartArea *area)
{
  const ChartBox *plot = &area->plot;
  cairo_t *cr = area->cr;

  for (guint i = 0; i < area->y.n_ticks; i++) {
    gdouble y = chart_area_y (area, area->y.ticks[i]);
    g_autofree gchar *label = chart_axis_label (&area->y, area->y.ticks[i]);

    stroke_line (cr, CHART_GRID, plot->x, y, plot->x + plot->width, y);
    stroke_line (cr, CHART_PALE, plot->x - TICK, y, plot->x, y);
    cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
    chart_text_draw (
        cr, CHART_TEXT_SMALL, label, plot->x - TICK - GAP, y, 1, 0);
  }
  stroke_line (
      cr, CHART_PALE, plot->x, plot->y, plot->x, plot->y + plot->height);
}

static void
draw_groups (const ChartArea *area)
{
  const ChartBox *plot = &area->plot;
  gdouble slot = plot->width / MAX (area->panel->n_groups, 1);
  gdouble y = plot->y + plot->height + TICK + CHART_TEXT_SMALL * .7;

  cairo_set_source_rgb (area->cr, CHART_INK, CHART_INK, CHART_INK);
  for (guint i = 0; i < area->panel->n_groups; i++) {
    g_autofree gchar *label = chart_text_fit_end (
        area->cr, CHART_TEXT_SMALL, area->groups[i], LONGEST_LABEL);

    chart_text_draw (area->cr, CHART_TEXT_SMALL, label,
        plot->x + slot * (i + .5), y, area->slanted ? 1 : .5,
        area->slanted ? SLANT : 0);
  }
}

static void
draw_x_axis (const ChartArea *area, gboolean bare)
{
  const ChartBox *plot = &area->plot;
  gdouble foot = plot->y + plot->height;
  cairo_t *cr = area->cr;

  if (area->panel->kind == CHART_BARS) {
    draw_groups (area);
    return;
  }
  for (guint i = 0; i < area->x.n_ticks; i++) {
    gdouble x = chart_area_x (area, area->x.ticks[i]);
    g_autofree gchar *label = chart_axis_label (&area->x, area->x.ticks[i]);

    stroke_line (cr, CHART_GRID, x, plot->y, x, foot);
    stroke_line (cr, CHART_PALE, x, foot, x, foot + TICK);
    if (bare)
      continue;
    cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
    chart_text_draw (cr, CHART_TEXT_SMALL, label, x,
        foot + TICK + CHART_TEXT_SMALL * .8, .5, 0);
  }
}

static void
draw_titles (const ChartArea *area, ChartBox box, gboolean bare)
{
  const ChartPanel *panel = area->panel;
  gdouble middle = area->plot.x + area->plot.width / 2;
  cairo_t *cr = area->cr;

  cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
  if (panel->title != NULL) {
    g_autofree gchar *title =
        chart_text_fit (cr, CHART_TEXT_NORMAL, panel->title, area->plot.width);

    chart_text_draw (cr, CHART_TEXT_NORMAL, title, middle,
        box.y + GAP + CHART_TEXT_NORMAL / 2, .5, 0);
  }
  if (panel->x_title != NULL && !bare) {
    g_autofree gchar *title = chart_text_fit (
        cr, CHART_TEXT_NORMAL, panel->x_title, area->plot.width);

    chart_text_draw (cr, CHART_TEXT_NORMAL, title, middle,
        box.y + box.height - CHART_TEXT_NORMAL * CHART_TEXT_LINE / 2, .5, 0);
  }
  if (panel->y_title != NULL) {
    g_autofree gchar *title = chart_text_fit (
        cr, CHART_TEXT_NORMAL, panel->y_title, area->plot.height);

    chart_text_draw (cr, CHART_TEXT_NORMAL, title,
        box.x + GAP + CHART_TEXT_NORMAL / 2,
        area->plot.y + area->plot.height / 2, .5, G_PI / 2);
  }
}

static void
draw_foot (const ChartArea *area)
{
  const ChartBox *plot = &area->plot;
  gboolean bars = area->panel->kind == CHART_BARS && area->panel->n_groups > 0;
  gdouble foot =
      bars ? chart_area_y (area, area->panel->foot) : plot->y + plot->height;

  stroke_line (
      area->cr, CHART_PALE, plot->x, foot, plot->x + plot->width, foot);
}

void
chart_panel_draw (cairo_t *cr, const ChartPanel *panel, const ChartFrame *frame,
    const ChartStyles *styles, ChartBox box, ChartPlace *place)
{
  ChartArea area = { .cr = cr, .panel = panel, .x = frame->x, .y = frame->y };

  area.groups = chart_text_drop_folder (panel->groups, panel->n_groups);
  finish_y (&area.y, box.height);
  lay_out (&area, frame, box);
  finish_x (&area);
  if (panel->kind != CHART_BARS)
    chart_overlay_draw_spans (&area, styles->spans);
  draw_y_axis (&area);
  draw_x_axis (&area, frame->bare);
  /* Below what they are about, so that no point is hidden. */
  chart_notes_draw (&area);
  chart_series_draw (&area, styles->series);
  draw_foot (&area);
  chart_overlay_draw_levels (&area, styles->levels);
  draw_titles (&area, box, frame->bare);
  if (panel->kind != CHART_BARS)
    chart_overlay_draw_marks (&area);
  g_strfreev (area.groups);
  *place = (ChartPlace){ .left = area.plot.x,
    .top = area.plot.y,
    .width = area.plot.width,
    .height = area.plot.height,
    .x = area.x,
    .y = area.y };
}
