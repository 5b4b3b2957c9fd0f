/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How fast counts have grown over the last seconds.
 */
#ifndef MONITOR_TREND_H
#define MONITOR_TREND_H

#include <glib.h>

G_BEGIN_DECLS

#define MONITOR_TREND_SAMPLES 64
#define MONITOR_TREND_COUNTS 2

/**
 * MonitorTrend:
 * @span: how far it looks back, us
 *
 * Zeroed but for its span, it is empty.  The rest is for trend.c.
 */
typedef struct
{
  gint64 span;
  gint64 times[MONITOR_TREND_SAMPLES];
  guint64 counts[MONITOR_TREND_SAMPLES][MONITOR_TREND_COUNTS];
  guint first;
  guint n;
} MonitorTrend;

void monitor_trend_clear (MonitorTrend *self);

/* @now: monotonic, us.  @counts: what has been counted until now */
void monitor_trend_add (
    MonitorTrend *self, gint64 now, const guint64 counts[MONITOR_TREND_COUNTS]);

/**
 * monitor_trend_get:
 * @growth: (out): of each count
 *
 * Returns: over how many us that is, about the span once it has passed; 0
 *   while there is nothing to compare
 */
gint64 monitor_trend_get (
    const MonitorTrend *self, guint64 growth[MONITOR_TREND_COUNTS]);

G_END_DECLS

#endif /* MONITOR_TREND_H */
