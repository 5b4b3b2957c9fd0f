/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells the service manager how it goes; without one, nobody.
 */
#ifndef MONITOR_NOTIFY_H
#define MONITOR_NOTIFY_H

#include <glib.h>

G_BEGIN_DECLS

/* @state: lines NAME=VALUE, as "READY=1" */
void monitor_notify (const gchar *state);

/* Returns: how often WATCHDOG=1 is to be told, us; 0 for never. */
gint64 monitor_notify_get_watchdog (void);

G_END_DECLS

#endif /* MONITOR_NOTIFY_H */
