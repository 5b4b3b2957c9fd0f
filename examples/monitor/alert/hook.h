/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A command that is run for each alert that begins or ends: one at a time, in
 * order, in a process group of its own, and never for longer than it may.
 */
#ifndef MONITOR_HOOK_H
#define MONITOR_HOOK_H

#include <glib.h>

G_BEGIN_DECLS

/* How many calls may wait. */
#define MONITOR_HOOK_QUEUE 100

typedef struct _MonitorHook MonitorHook;

/* @text: what was wrong, in words */
typedef void (*MonitorHookFailed) (const gchar *text, gpointer user);

/**
 * monitor_hook_new:
 * @argv: the command
 * @timeout: us after which its group is killed
 * @failed: called when it could not be started, did not end with 0, was killed,
 *   or had no room in the queue
 *
 * It needs the main loop, and SIGPIPE ignored.
 */
MonitorHook *monitor_hook_new (const gchar *const *argv, gint64 timeout,
    MonitorHookFailed failed, gpointer user);

/* Kills what runs, and forgets what waits. */
void monitor_hook_free (MonitorHook *self);

/**
 * monitor_hook_push:
 * @environment: (array zero-terminated=1): NAME=VALUE, to be added
 * @input: for its standard input
 *
 * To be run when those before have ended.
 */
void monitor_hook_push (
    MonitorHook *self, const gchar *const *environment, const gchar *input);

/* Whether nothing runs and nothing waits. */
gboolean monitor_hook_is_idle (const MonitorHook *self);

G_END_DECLS

#endif /* MONITOR_HOOK_H */
