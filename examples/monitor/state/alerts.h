/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which alerts last, how many there were, and the latest of them.
 */
#ifndef MONITOR_ALERTS_H
#define MONITOR_ALERTS_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* How many are remembered. */
#define MONITOR_LATEST_ALERTS 50

typedef struct _MonitorAlerts MonitorAlerts;

MonitorAlerts *monitor_alerts_new (guint streams);
void monitor_alerts_free (MonitorAlerts *self);

/**
 * monitor_alerts_begin:
 * @since: when it was first wrong, s since 1970
 * @value: what it was judged by, NaN where it has none
 * @alert: (out): the alert
 *
 * Returns: FALSE where it lasts already
 */
gboolean monitor_alerts_begin (MonitorAlerts *self, MonitorAlertKind kind,
    guint stream, gdouble since, gdouble value, MonitorAlert *alert);

/* @value: the worst one, NaN for that of the beginning.  Returns: FALSE where
 * it does not last. */
gboolean monitor_alerts_end (MonitorAlerts *self, MonitorAlertKind kind,
    guint stream, gdouble now, gdouble value, MonitorAlert *alert);

gboolean monitor_alerts_lasts (
    const MonitorAlerts *self, MonitorAlertKind kind, guint stream);

/* Returns: how many began. */
guint64 monitor_alerts_count (
    const MonitorAlerts *self, MonitorAlertKind kind, guint stream);

/* Returns: (transfer full) (nullable): the latest, the last one first. */
MonitorAlert *monitor_alerts_list (const MonitorAlerts *self, guint *n);

G_END_DECLS

#endif /* MONITOR_ALERTS_H */
