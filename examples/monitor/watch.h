/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The program at work: one connection after the other, until it is to end.
 */
#ifndef MONITOR_WATCH_H
#define MONITOR_WATCH_H

#include "monitor/options.h"
#include "monitor/state/state.h"

#include "console/terminal.h"

G_BEGIN_DECLS

typedef struct _MonitorWatch MonitorWatch;

/**
 * monitor_watch_new:
 * @options: outlive it; settings that change while it runs are changed there
 * @argv: (array zero-terminated=1): the command line, which is read again at
 *   SIGHUP
 * @console: for warnings
 */
MonitorWatch *monitor_watch_new (
    MonitorOptions *options, const gchar *const *argv, Console *console);
void monitor_watch_free (MonitorWatch *self);

/* From here on SIGHUP ends the program no more; monitor_watch_run() does then
 * what it asks for. */
void monitor_watch_expect_hangup (void);

/* What it knows, for who shows it. */
MonitorState *monitor_watch_get_state (MonitorWatch *self);

/* Runs until a signal or --exit-after ends it.  Returns: FALSE, after a
 * message, where the log is another program's, or where the first connection
 * has shown that there is no use. */
gboolean monitor_watch_run (MonitorWatch *self);

G_END_DECLS

#endif /* MONITOR_WATCH_H */
