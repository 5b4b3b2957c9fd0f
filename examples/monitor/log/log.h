/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The monitor's log: lines are handed over and written by a thread of its own,
 * so that a disk that is slow, full or gone holds up nothing.
 */
#ifndef MONITOR_LOG_H
#define MONITOR_LOG_H

#include "log/file.h"

G_BEGIN_DECLS

typedef struct _MonitorLog MonitorLog;

/* @limits: max_time is of the clock. */
MonitorLog *monitor_log_new (
    const gchar *path, const PerceptualLogLimits *limits);

/* Opens the file before the first line comes.  Returns: FALSE with @error set
 * where it is the log of another program that runs; whatever else is wrong may
 * pass, and is told by monitor_log_take_failures(). */
gboolean monitor_log_claim (MonitorLog *self, GError **error);

/* Writes what waits, but gives up where that takes long. */
void monitor_log_free (MonitorLog *self);

/**
 * monitor_log_write:
 * @line: without its end
 * @header: number of the header that it is, negative for other lines: each
 *   file begins with all of them
 */
void monitor_log_write (MonitorLog *self, const gchar *line, gint header);

/* Begins the file anew; what lies at its place is moved aside. */
void monitor_log_reopen (MonitorLog *self);

/**
 * monitor_log_take_failures:
 * @error: (out) (transfer full) (nullable): what was wrong, where that has not
 *   been told since the log could last be written
 *
 * Returns: how many lines were lost since the last call
 */
guint64 monitor_log_take_failures (MonitorLog *self, gchar **error);

G_END_DECLS

#endif /* MONITOR_LOG_H */
