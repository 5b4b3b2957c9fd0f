/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The last minutes as a chart, with the times of alerts as stripes.
 */
#ifndef MONITOR_HISTORY_CHART_H
#define MONITOR_HISTORY_CHART_H

#include "chart/chart.h"
#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* For telephones, and for everything else; in pixels. */
#define MONITOR_CHART_NARROW 360
#define MONITOR_CHART_WIDE 1040

/* @points: (nullable): @n_points, oldest first.  Returns: (transfer full): an
 * SVG file @width pixels wide, or NULL with @error set. */
GBytes *monitor_history_chart (const MonitorSnapshot *snapshot,
    const MonitorPoint *points, guint n_points, guint width, GError **error);

G_END_DECLS

#endif /* MONITOR_HISTORY_CHART_H */
