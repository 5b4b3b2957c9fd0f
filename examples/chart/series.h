/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is between the axes of a panel: its series.
 */
#ifndef CHART_SERIES_H
#define CHART_SERIES_H

#include "chart/area.h"

G_BEGIN_DECLS

/* Draws the series of @area's panel.  @styles: one for each. */
void chart_series_draw (const ChartArea *area, const guint *styles);

G_END_DECLS

#endif /* CHART_SERIES_H */
