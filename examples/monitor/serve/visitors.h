/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server's open connections, each with the time by which it has to be gone.
 * A client that sends a byte now and then is never idle, so its whole visit is
 * limited; and while all places are taken, those who were there for a while
 * have to leave for others.
 */
#ifndef MONITOR_VISITORS_H
#define MONITOR_VISITORS_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonitorVisitors MonitorVisitors;

/* @most: places; @patience_ms: how long a visit may be; @hurry_ms: the same
 * while all places are taken.  Returns: (transfer full): NULL with
 * G_THREAD_ERROR set where there is no thread to be had. */
MonitorVisitors *monitor_visitors_new (
    guint most, guint patience_ms, guint hurry_ms, GError **error);

/* To be called when no connection is open any more. */
void monitor_visitors_free (MonitorVisitors *self);

/* Around the making of an answer: that time is not the clients'. */
void monitor_visitors_begin_answer (MonitorVisitors *self);
void monitor_visitors_end_answer (MonitorVisitors *self);

/* Of the connection @fd; from any thread.  _leave() is to be called before @fd
 * is closed. */
void monitor_visitors_enter (MonitorVisitors *self, gint fd);
void monitor_visitors_leave (MonitorVisitors *self, gint fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonitorVisitors, monitor_visitors_free)

G_END_DECLS

#endif /* MONITOR_VISITORS_H */
