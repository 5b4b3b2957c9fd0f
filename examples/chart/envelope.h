/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Series with more points than the picture has columns.  Pure arithmetic.
 */
#ifndef CHART_ENVELOPE_H
#define CHART_ENVELOPE_H

#include "chart/axis.h"

G_BEGIN_DECLS

/**
 * chart_envelope:
 * @x: @n numbers
 * @y: @n numbers
 * @x_axis: finished
 * @y_axis: finished
 * @columns: how many the axis is divided into, at least 1
 * @kept: (out): room for @n: indices of the points to draw, ascending
 *
 * Of consecutive points in one column keeps the first, the lowest, the highest
 * and the last, so that a line through what is kept covers the same pixels.
 * Of consecutive points without a place on the axes keeps one, which stands
 * for the gap.  Up to two points for each column are all kept.
 *
 * Returns: how many are kept
 */
guint chart_envelope (const gdouble *x, const gdouble *y, guint n,
    const ChartAxis *x_axis, const ChartAxis *y_axis, guint columns,
    guint *kept);

G_END_DECLS

#endif /* CHART_ENVELOPE_H */
