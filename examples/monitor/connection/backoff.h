/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long to wait before a connection is tried again.
 */
#ifndef MONITOR_BACKOFF_H
#define MONITOR_BACKOFF_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonitorBackoff:
 * @least: the first wait, us
 * @most: the longest, us
 * @next: the next one without its jitter, us; 0 to begin with
 */
typedef struct
{
  gint64 least;
  gint64 most;
  gint64 next;
} MonitorBackoff;

/* A connection that has given pairs for so long begins anew. */
#define MONITOR_BACKOFF_GOOD (60 * G_USEC_PER_SEC)

/**
 * monitor_backoff_next:
 * @measured: for how long the connection gave pairs, us
 * @chance: 0..1, by which the wait is up to a fifth shorter or longer, so that
 *   many monitors do not come at once
 *
 * Returns: us to wait; twice as many at each call
 */
gint64 monitor_backoff_next (
    MonitorBackoff *self, gint64 measured, gdouble chance);

G_END_DECLS

#endif /* MONITOR_BACKOFF_H */
