/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is printed when the monitor ends.
 */
#ifndef MONITOR_SUMMARY_H
#define MONITOR_SUMMARY_H

#include "monitor/state/snapshot.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the text. */
gchar *monitor_summary_print (const MonitorSnapshot *known);

G_END_DECLS

#endif /* MONITOR_SUMMARY_H */
