/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A monitor's state in a person's words: the same on its page, in its JSON and
 * wherever else it is told.
 */
#ifndef MONITOR_WORDS_H
#define MONITOR_WORDS_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* Returns: (transfer full): "measuring", "waiting 8 s, reference lost". */
gchar *monitor_state_words (const MonitorSnapshot *snapshot);

/* Returns: (transfer none): what an alert is called: "frozen picture". */
const gchar *monitor_alert_words (MonitorAlertKind kind);

/* Returns: whether pairs of all streams come. */
gboolean monitor_is_healthy (const MonitorSnapshot *snapshot);

G_END_DECLS

#endif /* MONITOR_WORDS_H */
