/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the labels of a chart stand for.
 */
#ifndef CHART_LEGEND_H
#define CHART_LEGEND_H

#include "chart/panel.h"

G_BEGIN_DECLS

/* The labels of a chart, each once. */
typedef struct _ChartLegend ChartLegend;

/* @plot stays the caller's, and must outlive the legend. */
ChartLegend *chart_legend_new (const Chart *plot);
void chart_legend_free (ChartLegend *self);

/* Returns: how many labels there are. */
guint chart_legend_count (const ChartLegend *self);

/* Returns: the @i-th label. */
const gchar *chart_legend_label (const ChartLegend *self, guint i);

/* Finds the numbers of what @panel shows; to be cleared. */
void chart_legend_find_styles (
    const ChartLegend *self, const ChartPanel *panel, ChartStyles *styles);
void chart_styles_clear (ChartStyles *styles);

/**
 * chart_legend_walk:
 * @left: where rows begin
 * @top: where the first row begins
 * @room: how wide rows may be
 * @draw: whether to draw them
 *
 * Returns: the height of the legend; 0 where it says nothing
 */
gdouble chart_legend_walk (const ChartLegend *self, cairo_t *cr, gdouble left,
    gdouble top, gdouble room, gboolean draw);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChartLegend, chart_legend_free)

G_END_DECLS

#endif /* CHART_LEGEND_H */
