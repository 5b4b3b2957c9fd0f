/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connection as the program sees it: a process with one pipeline, which
 * tells of what it measures until it ends.
 */
#ifndef MONITOR_CONNECTION_H
#define MONITOR_CONNECTION_H

#include "monitor/connection/order.h"
#include "monitor/state/snapshot.h"

#include "measure/moment.h"

G_BEGIN_DECLS

/**
 * MonitorEvents:
 * @line: a line of the measuring element's log
 * @totals: what has become of frames until now
 * @frames: how many have come of each input
 * @pictures: of a window's worst pair; may be taken out of @moment
 * @warning: something may be wrong with what is measured
 * @ended: the last event: why it ended, and in words
 *
 * What happens, in the main loop.
 */
typedef struct
{
  void (*line) (const gchar *line, gpointer user);
  void (*totals) (const MonitorTotals *totals, gpointer user);
  void (*frames) (const guint64 frames[MONITOR_N_INPUTS], gpointer user);
  void (*pictures) (
      MeasureMoment *moment, guint stream, gdouble distance, gpointer user);
  void (*warning) (const gchar *text, gpointer user);
  void (*ended) (MonitorEnd end, const gchar *reason, gpointer user);
} MonitorEvents;

typedef struct _MonitorConnection MonitorConnection;

/**
 * monitor_connection_start:
 * @events: outlive the connection
 * @error: a G_SPAWN_ERROR
 *
 * Returns: (transfer full) (nullable)
 */
MonitorConnection *monitor_connection_start (const MonitorOrder *order,
    const MeasureSettings *settings, const MonitorEvents *events, gpointer user,
    GError **error);

/* Ends the process at once; not from within an event but the last. */
void monitor_connection_free (MonitorConnection *self);

/* Sets properties of the measuring element while it measures. */
void monitor_connection_change (
    MonitorConnection *self, const MeasureSettings *changed);

/* Asks it to end its inputs. */
void monitor_connection_stop (MonitorConnection *self);

/* Whether it has told that no other connection with this order can be better:
 * an element is missing, an option of the metric is not valid. */
gboolean monitor_connection_is_hopeless (const MonitorConnection *self);

/* Returns: its process id, 0 once it has ended. */
gint monitor_connection_get_pid (const MonitorConnection *self);

G_END_DECLS

#endif /* MONITOR_CONNECTION_H */
