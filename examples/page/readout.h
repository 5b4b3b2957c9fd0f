/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a page's script needs to know of a chart, to tell the values at the
 * place that is pointed at.
 */
#ifndef PAGE_READOUT_H
#define PAGE_READOUT_H

#include "chart/chart.h"

G_BEGIN_DECLS

/**
 * page_readout:
 * @places: of each of @chart's panels
 *
 * {"panels": [{"box": [LEFT, TOP, WIDTH, HEIGHT], "x": AXIS, "y": AXIS,
 * "across": BOOLEAN, "steps": BOOLEAN, "series": [{"label": STRING, "x": [...],
 * "y": [...], "names": [...]}]}]}, AXIS being {"title", "low", "high", "log",
 * "times"}.  "across": all series are told at the x that is pointed at, not
 * only the point nearest to it.  Panels of bars are left out.  A point without
 * a place is null; of long lines there are the points that are drawn.
 *
 * Returns: (transfer full) (nullable): JSON; NULL where there is nothing to
 *   tell
 */
gchar *page_readout (const Chart *chart, const ChartPlace *places);

G_END_DECLS

#endif /* PAGE_READOUT_H */
