/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/connection/backoff.h"

#define JITTER .2

gint64
monitor_backoff_next (MonitorBackoff *self, gint64 measured, gdouble chance)
{
  gint64 wait;

  if (self->next == 0 || measured >= MONITOR_BACKOFF_GOOD)
    self->next = self->least;
  wait = self->next;
  self->next = MIN (self->next * 2, self->most);
  return (gint64) ((gdouble) wait * (1 + JITTER * (2 * chance - 1)));
}
