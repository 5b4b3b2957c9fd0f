/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ring of counts with their times.
 */
#include "monitor/state/trend.h"

#include <string.h>

void
monitor_trend_clear (MonitorTrend *self)
{
  self->n = 0;
}

static guint
place (const MonitorTrend *self, guint i)
{
  return (self->first + i) % MONITOR_TREND_SAMPLES;
}

static void
drop_first (MonitorTrend *self)
{
  self->first = place (self, 1);
  self->n--;
}

void
monitor_trend_add (
    MonitorTrend *self, gint64 now, const guint64 counts[MONITOR_TREND_COUNTS])
{
  /* One that is as old as the span stays, since growth counts from it. */
  while (self->n > 1 && now - self->times[place (self, 1)] >= self->span)
    drop_first (self);
  if (self->n == MONITOR_TREND_SAMPLES)
    drop_first (self);
  self->times[place (self, self->n)] = now;
  memcpy (self->counts[place (self, self->n)], counts, sizeof self->counts[0]);
  self->n++;
}

gint64
monitor_trend_get (
    const MonitorTrend *self, guint64 growth[MONITOR_TREND_COUNTS])
{
  guint last;

  if (self->n < 2)
    return 0;
  last = place (self, self->n - 1);
  for (guint i = 0; i < MONITOR_TREND_COUNTS; i++)
    growth[i] = self->counts[last][i] - self->counts[self->first][i];
  return self->times[last] - self->times[self->first];
}
