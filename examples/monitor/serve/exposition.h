/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a monitor knows, as series for Prometheus: its text format 0.0.4 and
 * OpenMetrics 1.0.0.
 *
 * Counters are always there.  Gauges of the present are absent while a stream
 * gives no pairs, since a last value that stays for ever looks like a stream
 * that is well.
 */
#ifndef MONITOR_EXPOSITION_H
#define MONITOR_EXPOSITION_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/**
 * MonitorExposition:
 * @MONITOR_TEXT: the text format 0.0.4
 * @MONITOR_OPEN_METRICS: OpenMetrics 1.0.0
 * @MONITOR_OPEN_METRICS_EARLY: the same under its earlier number, 0.0.1
 */
typedef enum
{
  MONITOR_TEXT,
  MONITOR_OPEN_METRICS,
  MONITOR_OPEN_METRICS_EARLY,
} MonitorExposition;

/* @accept: (nullable): the Accept header of a request.  Returns: what it likes
 * best; the text format where it likes neither. */
MonitorExposition monitor_exposition_negotiate (const gchar *accept);

/* Returns: (transfer none): its media type. */
const gchar *monitor_exposition_type (MonitorExposition exposition);

/* Returns: (transfer full): all series. */
gchar *monitor_exposition_format (
    const MonitorSnapshot *snapshot, MonitorExposition exposition);

G_END_DECLS

#endif /* MONITOR_EXPOSITION_H */
