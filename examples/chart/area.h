/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A panel while it is drawn, as the files of this room hand it on.
 */
#ifndef CHART_AREA_H
#define CHART_AREA_H

#include "chart/axis.h"
#include "chart/chart.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Greys, 0 black: of words and edges, of axes, of the grid. */
#define CHART_INK .13
#define CHART_PALE .55
#define CHART_GRID .88

/* Radius of a point. */
#define CHART_POINT 3.2

/* Where to draw, in the picture's units. */
typedef struct
{
  gdouble x;
  gdouble y;
  gdouble width;
  gdouble height;
} ChartBox;

/**
 * ChartArea:
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
} ChartArea;

static inline gdouble
chart_area_x (const ChartArea *self, gdouble value)
{
  return self->plot.x + chart_axis_place (&self->x, value) * self->plot.width;
}

static inline gdouble
chart_area_y (const ChartArea *self, gdouble value)
{
  return self->plot.y
      + (1 - chart_axis_place (&self->y, value)) * self->plot.height;
}

G_END_DECLS

#endif /* CHART_AREA_H */
