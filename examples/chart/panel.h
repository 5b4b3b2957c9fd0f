/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pair of axes of a chart and what is between them.
 */
#ifndef CHART_PANEL_H
#define CHART_PANEL_H

#include "chart/area.h"

G_BEGIN_DECLS

/**
 * ChartStyles:
 * @series: of each, the number of its label in the picture
 * @spans: of each, the number of its label among those of spans
 * @levels: of each, the number of its label among those of levels
 *
 * What chooses colours and forms.
 */
typedef struct
{
  guint *series;
  guint *spans;
  guint *levels;
} ChartStyles;

/**
 * ChartFrame:
 * @x: with all that is to be on it, not finished
 * @y: the same
 * @left: the least room left of the plot
 * @bare: whether the x axis has neither values nor title, since a panel below
 *   shows them
 *
 * What a panel may share with others.
 */
typedef struct
{
  ChartAxis x;
  ChartAxis y;
  gdouble left;
  gboolean bare;
} ChartFrame;

/* Makes the axes that @panel asks for, without values. */
void chart_panel_init_axes (
    const ChartPanel *panel, ChartAxis *x, ChartAxis *y);

/* Makes room on @y, and on @x unless it is NULL, for all that @panel shows. */
void chart_panel_add_range (
    const ChartPanel *panel, ChartAxis *x, ChartAxis *y);

/* Returns: the room that @panel needs left of its plot, with the y axis of
 * @frame and in a box of @height. */
gdouble chart_panel_left (cairo_t *cr, const ChartPanel *panel,
    const ChartFrame *frame, gdouble height);

/* Draws @panel into @box, with titles and labels.  @place: (out): where what
 * is. */
void chart_panel_draw (cairo_t *cr, const ChartPanel *panel,
    const ChartFrame *frame, const ChartStyles *styles, ChartBox box,
    ChartPlace *place);

G_END_DECLS

#endif /* CHART_PANEL_H */
