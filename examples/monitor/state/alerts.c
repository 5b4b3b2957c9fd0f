/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ring of the latest alerts, and where in it those are that last.
 */
#include "monitor/state/alerts.h"

#include <math.h>

typedef struct
{
  gboolean lasts;
  MonitorAlert alert; /* the present or last one */
  guint64 count;
} Slot;

struct _MonitorAlerts
{
  Slot *slots; /* by stream and kind */
  guint64 sequence;
  MonitorAlert latest[MONITOR_LATEST_ALERTS]; /* at sequence % size */
};

MonitorAlerts *
monitor_alerts_new (guint streams)
{
  MonitorAlerts *self = g_new0 (MonitorAlerts, 1);

  self->slots = g_new0 (Slot, streams * MONITOR_N_ALERTS);
  return self;
}

void
monitor_alerts_free (MonitorAlerts *self)
{
  if (self == NULL)
    return;
  g_free (self->slots);
  g_free (self);
}

static Slot *
slot_of (const MonitorAlerts *self, MonitorAlertKind kind, guint stream)
{
  return &self->slots[stream * MONITOR_N_ALERTS + kind];
}

gboolean
monitor_alerts_begin (MonitorAlerts *self, MonitorAlertKind kind, guint stream,
    gdouble since, gdouble value, MonitorAlert *alert)
{
  Slot *slot = slot_of (self, kind, stream);

  if (slot->lasts)
    return FALSE;
  slot->lasts = TRUE;
  slot->count++;
  slot->alert = (MonitorAlert){
    .sequence = ++self->sequence,
    .kind = kind,
    .stream = stream,
    .begin = since,
    .value = value,
  };
  self->latest[slot->alert.sequence % MONITOR_LATEST_ALERTS] = slot->alert;
  *alert = slot->alert;
  return TRUE;
}

gboolean
monitor_alerts_end (MonitorAlerts *self, MonitorAlertKind kind, guint stream,
    gdouble now, gdouble value, MonitorAlert *alert)
{
  Slot *slot = slot_of (self, kind, stream);
  MonitorAlert *listed;

  if (!slot->lasts)
    return FALSE;
  slot->lasts = FALSE;
  slot->alert.end = now;
  if (!isnan (value))
    slot->alert.value = value;
  listed = &self->latest[slot->alert.sequence % MONITOR_LATEST_ALERTS];
  if (listed->sequence == slot->alert.sequence)
    *listed = slot->alert;
  *alert = slot->alert;
  return TRUE;
}

gboolean
monitor_alerts_lasts (
    const MonitorAlerts *self, MonitorAlertKind kind, guint stream)
{
  return slot_of (self, kind, stream)->lasts;
}

guint64
monitor_alerts_count (
    const MonitorAlerts *self, MonitorAlertKind kind, guint stream)
{
  return slot_of (self, kind, stream)->count;
}

MonitorAlert *
monitor_alerts_list (const MonitorAlerts *self, guint *n)
{
  MonitorAlert *list;

  *n = (guint) MIN (self->sequence, MONITOR_LATEST_ALERTS);
  list = g_new0 (MonitorAlert, *n);
  for (guint i = 0; i < *n; i++)
    list[i] = self->latest[(self->sequence - i) % MONITOR_LATEST_ALERTS];
  return list;
}
