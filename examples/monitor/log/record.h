/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the monitor itself has to say, as lines of JSON for its log and for
 * hooks.
 */
#ifndef MONITOR_RECORD_H
#define MONITOR_RECORD_H

#include "monitor/state/state.h"

G_BEGIN_DECLS

/* Returns: (transfer full): seconds since 1970 as 2026-11-29T23:20:01.123Z. */
gchar *monitor_record_time (gdouble seconds);

/* Returns: (transfer full): an alert that begins or ends. */
gchar *monitor_record_alert (const gchar *monitor, const MonitorNews *news);

/**
 * monitor_record_connection:
 * @known: number, end and offset are of its present
 * @end: (nullable): why it ended; NULL where it begins
 * @text: (nullable): the same in words
 *
 * Returns: (transfer full): a connection begins or ends.
 */
gchar *monitor_record_connection (
    const MonitorSnapshot *known, const gchar *end, const gchar *text);

G_END_DECLS

#endif /* MONITOR_RECORD_H */
