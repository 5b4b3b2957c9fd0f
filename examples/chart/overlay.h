/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is shown along with the series of a panel: spans, levels, marks.
 */
#ifndef CHART_OVERLAY_H
#define CHART_OVERLAY_H

#include "chart/area.h"

G_BEGIN_DECLS

/* So far above the plot there may be numbers of marks. */
#define CHART_OVERLAY_HEADROOM 18.

/* Each draws one.  @style: number of its label among those of its kind;
 * @number: of a mark, 0 for a ring. */
void chart_overlay_draw_span (cairo_t *cr, guint style, ChartBox box);
void chart_overlay_draw_level (
    cairo_t *cr, guint style, gdouble from, gdouble to, gdouble y);
void chart_overlay_draw_mark (cairo_t *cr, guint number, gdouble x, gdouble y);

/* Each draws those of @area's panel.  @styles: one for each.  Spans belong
 * below the grid, levels and marks above the series. */
void chart_overlay_draw_spans (const ChartArea *area, const guint *styles);
void chart_overlay_draw_levels (const ChartArea *area, const guint *styles);
void chart_overlay_draw_marks (const ChartArea *area);

G_END_DECLS

#endif /* CHART_OVERLAY_H */
