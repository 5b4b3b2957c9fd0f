/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A monitor that measures nothing: snapshots whose every number is known.
 */
#ifndef TEST_MADE_UP_H
#define TEST_MADE_UP_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* @n_streams: 1, or several encoders'.  Returns: (transfer full): a monitor
 * that measures. */
MonitorSnapshot *made_up_snapshot (guint n_streams);

/* Makes it one that waits for its reference, with all that is still known. */
void made_up_lose (MonitorSnapshot *snapshot);

/* Returns: (transfer full): @n steps of a second of each of @n_streams, the
 * last of them before the snapshot's time. */
MonitorPoint *made_up_history (guint n_streams, guint n, guint *n_points);

G_END_DECLS

#endif /* TEST_MADE_UP_H */
