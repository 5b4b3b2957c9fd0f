/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws stripes, lines across, and points to be found again.
 */
#include "chart/overlay.h"

#include "chart/text.h"

#include <math.h>

/* Pale enough for everything that is drawn over them. */
static const guint32 tints[] = { 0xf7c6bd, 0xd4d9de, 0xfbe6a2, 0xc4e2f3,
  0xc9e8c2, 0xe3cdf0, 0xf5d3a9, 0xb9e4dd };
/* Of one span over another, so that both are seen. */
#define TINT_ALPHA .7
/* Height of a foot. */
#define FOOT 4.

/* The narrowest that a span is drawn. */
#define NARROWEST 1.5
#define RADIUS 7.
#define RING 6.

/* --- spans --------------------------------------------------------------- */

static void
set_tint (cairo_t *cr, guint style, gdouble part, gdouble alpha)
{
  guint32 tint = tints[style % G_N_ELEMENTS (tints)];

  cairo_set_source_rgba (cr, (tint >> 16) / 255. * part,
      (tint >> 8 & 255) / 255. * part, (tint & 255) / 255. * part, alpha);
}

void
chart_overlay_draw_span (cairo_t *cr, guint style, ChartBox box)
{
  gdouble row = MIN (style * FOOT, MAX (box.height - FOOT, 0));

  set_tint (cr, style, 1, TINT_ALPHA);
  cairo_new_path (cr);
  cairo_rectangle (cr, box.x, box.y, box.width, box.height);
  cairo_fill (cr);
  /* A foot in a row of its own, for what lies over each other and for those who
   * cannot tell the tints apart. */
  set_tint (cr, style, .6, 1);
  cairo_rectangle (cr, box.x, box.y + box.height - FOOT - row, box.width,
      MIN (FOOT, box.height));
  cairo_fill (cr);
}

void
chart_overlay_draw_spans (const ChartArea *area, const guint *styles)
{
  const ChartBox *plot = &area->plot;

  for (guint i = 0; i < area->panel->n_spans; i++) {
    const ChartSpan *span = &area->panel->spans[i];
    gdouble from = MAX (span->from, area->x.low);
    gdouble to = MIN (span->to, area->x.high);
    gdouble left, width;

    if (isnan (span->from) || isnan (span->to) || from > to)
      continue;
    left = chart_area_x (area, from);
    width = MAX (chart_area_x (area, to) - left, NARROWEST);
    left = MIN (left, plot->x + plot->width - width);
    chart_overlay_draw_span (
        area->cr, styles[i], (ChartBox){ left, plot->y, width, plot->height });
  }
}

/* --- levels -------------------------------------------------------------- */

void
chart_overlay_draw_level (
    cairo_t *cr, guint style, gdouble from, gdouble to, gdouble y)
{
  static const gdouble dashes[][4] = { { 6, 3, 6, 3 }, { 2, 2, 2, 2 },
    { 8, 2, 2, 2 } };

  cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
  cairo_set_dash (cr, dashes[style % G_N_ELEMENTS (dashes)], 4, 0);
  cairo_set_line_width (cr, 1.2);
  cairo_new_path (cr);
  cairo_move_to (cr, from, y);
  cairo_line_to (cr, to, y);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

void
chart_overlay_draw_levels (const ChartArea *area, const guint *styles)
{
  for (guint i = 0; i < area->panel->n_levels; i++) {
    gdouble level = area->panel->levels[i].y;

    if (chart_axis_takes (&area->y, level) && level >= area->y.low
        && level <= area->y.high)
      chart_overlay_draw_level (area->cr, styles[i], area->plot.x,
          area->plot.x + area->plot.width, chart_area_y (area, level));
  }
}

/* --- marks --------------------------------------------------------------- */

void
chart_overlay_draw_mark (cairo_t *cr, guint number, gdouble x, gdouble y)
{
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, number > 0 ? 1.2 : 1.8);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, number > 0 ? RADIUS : RING, 0, 2 * G_PI);
  if (number > 0) {
    cairo_set_source_rgb (cr, 1, 1, 1);
    cairo_fill_preserve (cr);
  }
  cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
  cairo_stroke (cr);
  if (number > 0) {
    g_autofree gchar *text = g_strdup_printf ("%u", number);
    gdouble size = number < 100 ? CHART_TEXT_SMALL - 1 : 7;

    chart_text_draw (cr, size, text, x, y, .5, 0);
  }
}

static gboolean
is_shown (const ChartArea *area, const ChartMark *mark)
{
  return chart_axis_takes (&area->x, mark->x)
      && chart_axis_takes (&area->y, mark->y) && mark->x >= area->x.low
      && mark->x <= area->x.high && mark->y >= area->y.low
      && mark->y <= area->y.high;
}

/* Where the circle of a mark may be beside its point, the best place first. */
static const gdouble beside[][2] = { { 0, -13 }, { -10, -13 }, { 10, -13 },
  { -17, -9 }, { 17, -9 }, { 0, -29 }, { -16, -27 }, { 16, -27 }, { -28, -20 },
  { 28, -20 }, { -22, 6 }, { 22, 6 }, { 0, 16 }, { -16, 18 }, { 16, 18 },
  { 0, -45 }, { -34, -4 }, { 34, -4 }, { 0, 32 } };

static gboolean
is_free (
    const ChartArea *area, gdouble x, gdouble y, const gdouble *taken, guint n)
{
  const ChartBox *plot = &area->plot;

  if (x < plot->x || x > plot->x + plot->width
      || y < plot->y - CHART_OVERLAY_HEADROOM + RADIUS
      || y > plot->y + plot->height - RADIUS)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (hypot (x - taken[2 * i], y - taken[2 * i + 1]) < 2 * RADIUS + 1)
      return FALSE;
  }
  return TRUE;
}

/* Finds a place for the circle of a mark at @x, @y; where all are taken, the
 * first. */
static void
find_place (
    const ChartArea *area, gdouble x, gdouble y, gdouble *taken, guint n)
{
  for (guint i = 0; i < G_N_ELEMENTS (beside); i++) {
    taken[2 * n] = x + beside[i][0];
    taken[2 * n + 1] = y + beside[i][1];
    if (is_free (area, taken[2 * n], taken[2 * n + 1], taken, n))
      return;
  }
  taken[2 * n] = x + beside[0][0];
  taken[2 * n + 1] = y + beside[0][1];
}

static void
draw_pointer (cairo_t *cr, const gdouble from[2], gdouble x, gdouble y)
{
  cairo_set_source_rgb (cr, CHART_INK, CHART_INK, CHART_INK);
  cairo_set_line_width (cr, 1);
  cairo_new_path (cr);
  cairo_move_to (cr, from[0], from[1]);
  cairo_line_to (cr, x, y);
  cairo_stroke (cr);
  cairo_arc (cr, x, y, 2, 0, 2 * G_PI);
  cairo_fill (cr);
}

void
chart_overlay_draw_marks (const ChartArea *area)
{
  const ChartPanel *panel = area->panel;
  g_autofree gdouble *taken = g_new (gdouble, 2 * (gsize) panel->n_marks + 2);
  guint n = 0;

  for (guint i = 0; i < panel->n_marks; i++) {
    const ChartMark *mark = &panel->marks[i];
    gdouble x, y;

    if (!is_shown (area, mark))
      continue;
    x = chart_area_x (area, mark->x);
    y = chart_area_y (area, mark->y);
    if (mark->number == 0) {
      chart_overlay_draw_mark (area->cr, 0, x, y);
      continue;
    }
    find_place (area, x, y, taken, n);
    draw_pointer (area->cr, &taken[2 * n], x, y);
    n++;
  }
  /* Circles are above all the lines that lead to them. */
  n = 0;
  for (guint i = 0; i < panel->n_marks; i++) {
    if (!is_shown (area, &panel->marks[i]) || panel->marks[i].number == 0)
      continue;
    chart_overlay_draw_mark (
        area->cr, panel->marks[i].number, taken[2 * n], taken[2 * n + 1]);
    n++;
  }
}
