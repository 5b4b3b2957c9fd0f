/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws axes, grid, points, lines, bars and intervals of one panel.
 */
#include "chart/panel.h"

#include "chart/text.h"

#include <math.h>

/* Colours that colour-blind people can tell apart (Okabe & Ito 2008), the
 * pale yellow last. */
static const guint32 palette[] = { 0x0072b2, 0xd55e00, 0x009e73, 0xe69f00,
  0xcc79a7, 0x56b4e9, 0x000000, 0xf0e442 };

/* After so many series the forms of points and lines and the hatches of bars
 * change with them. */
#define N_COLOURS G_N_ELEMENTS (palette)
#define N_FORMS 4

#define INK .13
#define PALE .55
#define GRID .88
#define TICK 4.
#define GAP 5.
#define POINT 3.2
#define LONGEST_LABEL 150.
#define SLANT (G_PI / 4)
#define CLUSTER .8
#define HATCH 5.
#define INTERVAL 1.2
#define EDGE 1.

/**
 * Area:
 * @plot: between the axes
 * @x: finished; unused for bars
 * @y: finished
 * @groups: the bars' labels
 * @slanted: whether these are
 *
 * A panel being drawn.
 */
typedef struct
{
  cairo_t *cr;
  const ChartPanel *panel;
  ChartBox plot;
  ChartAxis x;
  ChartAxis y;
  gchar **groups;
  gboolean slanted;
} Area;

/* --- ranges -------------------------------------------------------------- */

void
chart_panel_add_range (const ChartPanel *panel, ChartAxis *x, ChartAxis *y)
{
  for (guint i = 0; i < panel->n_series; i++) {
    const ChartSeries *series = &panel->series[i];

    for (guint j = 0; j < series->n; j++) {
      if (panel->kind == CHART_BARS)
        chart_axis_add (y, 0);
      else if (!isfinite (series->x[j]) || !chart_axis_takes (y, series->y[j]))
        continue;
      else if (x != NULL)
        chart_axis_add (x, series->x[j]);
      chart_axis_add (y, series->y[j]);
      if (series->low != NULL && chart_axis_takes (y, series->y[j])) {
        chart_axis_add (y, series->low[j]);
        chart_axis_add (y, series->high[j]);
      }
    }
  }
}

static gdouble
at_x (const Area *area, gdouble value)
{
  return area->plot.x + chart_axis_place (&area->x, value) * area->plot.width;
}

static gdouble
at_y (const Area *area, gdouble value)
{
  return area->plot.y
      + (1 - chart_axis_place (&area->y, value)) * area->plot.height;
}

static gboolean
has_place (const Area *area, const ChartSeries *series, guint i)
{
  return isfinite (series->x[i]) && chart_axis_takes (&area->x, series->x[i])
      && chart_axis_takes (&area->y, series->y[i]);
}

/* --- signs --------------------------------------------------------------- */

static void
set_style (cairo_t *cr, guint style, gdouble opacity)
{
  static const gdouble dashes[N_FORMS][4] = { { 0 }, { 7, 3 }, { 2, 2.5 },
    { 8, 2.5, 2, 2.5 } };
  guint form = style / N_COLOURS % N_FORMS;
  guint32 colour = palette[style % N_COLOURS];

  cairo_set_source_rgba (cr, (colour >> 16) / 255., (colour >> 8 & 255) / 255.,
      (colour & 255) / 255., opacity);
  cairo_set_dash (cr, dashes[form], form == 0 ? 0 : form == 3 ? 4 : 2, 0);
  cairo_set_line_width (cr, 1.8);
}

static void
draw_point (cairo_t *cr, guint style, gdouble x, gdouble y)
{
  static const gint corners[] = { 0, 4, 3, 4 };
  static const gdouble turns[] = { 0, G_PI / 4, -G_PI / 2, 0 };
  guint form = (style % N_COLOURS + style / N_COLOURS) % N_FORMS;

  cairo_new_path (cr);
  if (corners[form] == 0)
    cairo_arc (cr, x, y, POINT, 0, 2 * G_PI);
  for (gint i = 0; i < corners[form]; i++) {
    gdouble angle = turns[form] + 2 * G_PI * i / corners[form];

    cairo_line_to (
        cr, x + 1.3 * POINT * cos (angle), y + 1.3 * POINT * sin (angle));
  }
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* Hatches the path, and ends it, with light lines on dark colours and dark
 * lines on light ones: rising for the second form, then falling, then both. */
static void
draw_hatch (cairo_t *cr, guint style)
{
  guint form = style / N_COLOURS % N_FORMS;
  guint32 colour = palette[style % N_COLOURS];
  guint luma = 2 * (colour >> 16) + 7 * (colour >> 8 & 255) + (colour & 255);
  gdouble grey = luma > 10 * 140 ? INK : 1;
  gdouble left, top, right, bottom;

  cairo_save (cr);
  cairo_clip (cr);
  cairo_clip_extents (cr, &left, &top, &right, &bottom);
  for (gdouble x = left - (bottom - top); x < right; x += HATCH) {
    if (form != 2) {
      cairo_move_to (cr, x, bottom);
      cairo_line_to (cr, x + bottom - top, top);
    }
    if (form != 1) {
      cairo_move_to (cr, x, top);
      cairo_line_to (cr, x + bottom - top, bottom);
    }
  }
  cairo_set_source_rgb (cr, grey, grey, grey);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1.3);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_bar (cairo_t *cr, guint style, ChartBox box)
{
  set_style (cr, style, 1);
  cairo_rectangle (cr, box.x, box.y, box.width, box.height);
  cairo_fill_preserve (cr);
  if (style / N_COLOURS % N_FORMS == 0)
    cairo_new_path (cr);
  else
    draw_hatch (cr, style);
}

void
chart_panel_draw_sign (cairo_t *cr, ChartKind kind, gboolean smooth,
    guint style, gdouble x, gdouble y)
{
  if (kind == CHART_BARS) {
    draw_bar (cr, style, (ChartBox){ x - 6, y - 6, 12, 12 });
    return;
  }
  set_style (cr, style, 1);
  if (kind == CHART_LINES || smooth) {
    cairo_move_to (cr, x - 11, y);
    cairo_line_to (cr, x + 11, y);
    cairo_stroke (cr);
  }
  if (!smooth)
    draw_point (cr, style, x, y);
}

/* --- series -------------------------------------------------------------- */

/* Has a light edge on a bar, since the dark line could not be seen on a dark
 * one; the edge is thin enough to leave something of a narrow bar. */
static void
draw_interval (const Area *area, gdouble x, gdouble low, gdouble high,
    gdouble cap, gboolean on_bar)
{
  cairo_t *cr = area->cr;

  if (!chart_axis_takes (&area->y, low) || !chart_axis_takes (&area->y, high))
    return;
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_move_to (cr, x, at_y (area, low));
  cairo_line_to (cr, x, at_y (area, high));
  for (guint i = 0; i < 2; i++) {
    gdouble y = at_y (area, i == 0 ? low : high);

    cairo_move_to (cr, x - cap, y);
    cairo_line_to (cr, x + cap, y);
  }
  if (on_bar) {
    cairo_set_source_rgb (cr, 1, 1, 1);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_SQUARE);
    cairo_set_line_width (cr, INTERVAL + 2 * MIN (EDGE, cap / 2));
    cairo_stroke_preserve (cr);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
    cairo_set_source_rgb (cr, INK, INK, INK);
  }
  cairo_set_line_width (cr, INTERVAL);
  cairo_stroke (cr);
}

static void
draw_line (const Area *area, const ChartSeries *series, guint style)
{
  gboolean joined = FALSE;

  set_style (area->cr, style, 1);
  cairo_new_path (area->cr);
  for (guint i = 0; i < series->n; i++) {
    gboolean shown = has_place (area, series, i);

    if (shown && joined)
      cairo_line_to (
          area->cr, at_x (area, series->x[i]), at_y (area, series->y[i]));
    else if (shown)
      cairo_move_to (
          area->cr, at_x (area, series->x[i]), at_y (area, series->y[i]));
    joined = shown;
  }
  cairo_stroke (area->cr);
}

static void
draw_points (
    const Area *area, const ChartSeries *series, guint style, gdouble opacity)
{
  for (guint i = 0; i < series->n; i++) {
    gdouble x;

    if (!has_place (area, series, i))
      continue;
    x = at_x (area, series->x[i]);
    set_style (area->cr, style, opacity);
    draw_point (area->cr, style, x, at_y (area, series->y[i]));
    if (series->low != NULL)
      draw_interval (area, x, series->low[i], series->high[i], 3, FALSE);
  }
}

static void
draw_bars (const Area *area, guint index, guint style)
{
  const ChartSeries *series = &area->panel->series[index];
  gdouble slot = area->plot.width / area->panel->n_groups;
  gdouble width = slot * CLUSTER / area->panel->n_series;
  gdouble foot = at_y (area, 0);

  for (guint i = 0; i < MIN (series->n, area->panel->n_groups); i++) {
    gdouble x = area->plot.x + slot * (i + (1 - CLUSTER) / 2) + width * index;

    if (!chart_axis_takes (&area->y, series->y[i]))
      continue;
    draw_bar (area->cr, style,
        (ChartBox){ x + width * .04, foot, width * .92,
            at_y (area, series->y[i]) - foot });
    if (series->low != NULL)
      draw_interval (area, x + width / 2, series->low[i], series->high[i],
          MIN (4, width / 4), TRUE);
  }
}

static void
draw_series (const Area *area, const guint *styles)
{
  const ChartPanel *panel = area->panel;

  cairo_save (area->cr);
  cairo_rectangle (area->cr, area->plot.x - 2 * POINT, area->plot.y - 2 * POINT,
      area->plot.width + 4 * POINT, area->plot.height + 4 * POINT);
  cairo_clip (area->cr);
  for (guint i = 0; i < panel->n_series; i++) {
    const ChartSeries *series = &panel->series[i];

    if (panel->kind == CHART_BARS) {
      draw_bars (area, i, styles[i]);
      continue;
    }
    if (panel->kind == CHART_LINES || series->smooth)
      draw_line (area, series, styles[i]);
    if (!series->smooth)
      draw_points (
          area, series, styles[i], panel->kind == CHART_SCATTER ? .75 : 1);
  }
  cairo_restore (area->cr);
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
widest_group (const Area *area)
{
  gdouble widest = 0;

  for (guint i = 0; i < area->panel->n_groups; i++)
    widest = MAX (
        widest, chart_text_width (area->cr, CHART_TEXT_SMALL, area->groups[i]));
  return widest;
}

/* As many ticks as their labels leave room for. */
static void
finish_x (Area *area)
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

/* Takes from @box what titles and labels need; what is left is the plot. */
static void
lay_out (Area *area, ChartBox box)
{
  const ChartPanel *panel = area->panel;
  gdouble left = GAP, top = GAP + CHART_TEXT_SMALL / 2, widest;
  gdouble bottom = TICK + GAP + CHART_TEXT_SMALL * CHART_TEXT_LINE;

  if (panel->title != NULL)
    top += CHART_TEXT_NORMAL * CHART_TEXT_LINE + GAP;
  if (panel->x_title != NULL)
    bottom += CHART_TEXT_NORMAL * CHART_TEXT_LINE + GAP;
  if (panel->y_title != NULL)
    left += CHART_TEXT_NORMAL * CHART_TEXT_LINE;
  left += widest_tick (area->cr, &area->y) + TICK + GAP;
  area->plot = (ChartBox){ box.x + left, box.y + top,
    box.width - left - 3 * GAP, box.height - top - bottom };
  if (panel->kind != CHART_BARS || panel->n_groups == 0)
    return;
  widest = widest_group (area);
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

static void
draw_y_axis (const Area *area)
{
  const ChartBox *plot = &area->plot;
  cairo_t *cr = area->cr;

  for (guint i = 0; i < area->y.n_ticks; i++) {
    gdouble y = at_y (area, area->y.ticks[i]);
    g_autofree gchar *label = chart_axis_label (&area->y, area->y.ticks[i]);

    stroke_line (cr, GRID, plot->x, y, plot->x + plot->width, y);
    stroke_line (cr, PALE, plot->x - TICK, y, plot->x, y);
    cairo_set_source_rgb (cr, INK, INK, INK);
    chart_text_draw (
        cr, CHART_TEXT_SMALL, label, plot->x - TICK - GAP, y, 1, 0);
  }
  stroke_line (cr, PALE, plot->x, plot->y, plot->x, plot->y + plot->height);
}

static void
draw_groups (const Area *area)
{
  const ChartBox *plot = &area->plot;
  gdouble slot = plot->width / MAX (area->panel->n_groups, 1);
  gdouble y = plot->y + plot->height + TICK + CHART_TEXT_SMALL * .7;

  cairo_set_source_rgb (area->cr, INK, INK, INK);
  for (guint i = 0; i < area->panel->n_groups; i++) {
    g_autofree gchar *label = chart_text_fit_end (
        area->cr, CHART_TEXT_SMALL, area->groups[i], LONGEST_LABEL);

    chart_text_draw (area->cr, CHART_TEXT_SMALL, label,
        plot->x + slot * (i + .5), y, area->slanted ? 1 : .5,
        area->slanted ? SLANT : 0);
  }
}

static void
draw_x_axis (const Area *area)
{
  const ChartBox *plot = &area->plot;
  gdouble foot = plot->y + plot->height;
  cairo_t *cr = area->cr;

  if (area->panel->kind == CHART_BARS) {
    draw_groups (area);
    return;
  }
  for (guint i = 0; i < area->x.n_ticks; i++) {
    gdouble x = at_x (area, area->x.ticks[i]);
    g_autofree gchar *label = chart_axis_label (&area->x, area->x.ticks[i]);

    stroke_line (cr, GRID, x, plot->y, x, foot);
    stroke_line (cr, PALE, x, foot, x, foot + TICK);
    cairo_set_source_rgb (cr, INK, INK, INK);
    chart_text_draw (cr, CHART_TEXT_SMALL, label, x,
        foot + TICK + CHART_TEXT_SMALL * .8, .5, 0);
  }
}

static void
draw_titles (const Area *area, ChartBox box)
{
  const ChartPanel *panel = area->panel;
  gdouble middle = area->plot.x + area->plot.width / 2;
  cairo_t *cr = area->cr;

  cairo_set_source_rgb (cr, INK, INK, INK);
  if (panel->title != NULL) {
    g_autofree gchar *title =
        chart_text_fit (cr, CHART_TEXT_NORMAL, panel->title, area->plot.width);

    chart_text_draw (cr, CHART_TEXT_NORMAL, title, middle,
        box.y + GAP + CHART_TEXT_NORMAL / 2, .5, 0);
  }
  if (panel->x_title != NULL) {
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

void
chart_panel_draw (cairo_t *cr, const ChartPanel *panel, ChartAxis y,
    const guint *styles, ChartBox box)
{
  gboolean bars = panel->kind == CHART_BARS;
  Area area = { .cr = cr, .panel = panel, .y = y };
  ChartAxis unused;

  area.groups = chart_text_drop_folder (panel->groups, panel->n_groups);
  chart_axis_init (&area.x, FALSE);
  chart_axis_init (&unused, panel->log_y && !bars);
  chart_panel_add_range (panel, &area.x, &unused);
  chart_axis_finish (&area.y,
      (guint) CLAMP (box.height / 45, 3, CHART_AXIS_MAX_TICKS), !y.log);
  lay_out (&area, box);
  finish_x (&area);
  draw_y_axis (&area);
  draw_x_axis (&area);
  draw_series (&area, styles);
  if (bars && panel->n_groups > 0) {
    gdouble foot = at_y (&area, 0);

    stroke_line (
        cr, PALE, area.plot.x, foot, area.plot.x + area.plot.width, foot);
  } else {
    stroke_line (cr, PALE, area.plot.x, area.plot.y + area.plot.height,
        area.plot.x + area.plot.width, area.plot.y + area.plot.height);
  }
  draw_titles (&area, box);
  g_strfreev (area.groups);
}
