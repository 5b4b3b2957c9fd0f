/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a monitor knows, as JSON: docs/monitor-metrics.md names the keys.
 */
#ifndef MONITOR_STATE_JSON_H
#define MONITOR_STATE_JSON_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* @points: (nullable): @n_points of the history, or NULL for none of its
 * member.  Returns: (transfer full): one object. */
gchar *monitor_state_json (const MonitorSnapshot *snapshot,
    const MonitorPoint *points, guint n_points);

G_END_DECLS

#endif /* MONITOR_STATE_JSON_H */
