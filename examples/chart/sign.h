/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How series are told apart: colours, then forms of lines and points and
 * hatches of bars.
 */
#ifndef CHART_SIGN_H
#define CHART_SIGN_H

#include "chart/area.h"

G_BEGIN_DECLS

/* Sets colour, dashes and width of lines.  @style: number of a series' label
 * in the picture; @opacity: 0..1. */
void chart_sign_set (cairo_t *cr, guint style, gdouble opacity);

/* Sets the same for a line, which may be @broad. */
void chart_sign_set_line (cairo_t *cr, gboolean broad, guint style);

/* Draws a point of the form of @style in the colour that is set. */
void chart_sign_point (cairo_t *cr, guint style, gdouble x, gdouble y);

/* Draws a bar; its height may be below 0. */
void chart_sign_bar (cairo_t *cr, guint style, ChartBox box);

/* Draws what @series of a panel of @kind looks like in the legend, centred at
 * @x, @y. */
void chart_sign_draw (cairo_t *cr, ChartKind kind, const ChartSeries *series,
    guint style, gdouble x, gdouble y);

G_END_DECLS

#endif /* CHART_SIGN_H */
