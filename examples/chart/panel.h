/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pair of axes of a chart and what is between them.
 */
#ifndef CHART_PANEL_H
#define CHART_PANEL_H

#include "chart/axis.h"
#include "chart/chart.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Where to draw, in the picture's units. */
typedef struct
{
  gdouble x;
  gdouble y;
  gdouble width;
  gdouble height;
} ChartBox;

/* Makes room on @y, and on @x unless it is NULL, for all that @panel shows. */
void chart_panel_add_range (
    const ChartPanel *panel, ChartAxis *x, ChartAxis *y);

/* Draws the sign of a series in the legend, centred at @x, @y.  @style: number
 * of the series' label in the picture; chooses colour and form. */
void chart_panel_draw_sign (cairo_t *cr, ChartKind kind, gboolean smooth,
    guint style, gdouble x, gdouble y);

/* Draws @panel into @box, with titles and labels.  @y: made by
 * chart_panel_add_range(), not finished; @styles: one for each series. */
void chart_panel_draw (cairo_t *cr, const ChartPanel *panel, ChartAxis y,
    const guint *styles, ChartBox box);

G_END_DECLS

#endif /* CHART_PANEL_H */
