/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drops frames of live inputs until the others have come, too, and all once it
 * is told that it is over.
 */
#include "monitor/connection/gate.h"

/* A frame that is older than this says nothing of its input. */
#define RECENT (G_USEC_PER_SEC)

typedef struct
{
  MonitorGate *gate;
  gint64 last; /* monotonic, us; 0 before the first frame */
  guint64 count;
  gboolean asked; /* whether it is live; streaming thread */
  gboolean live;
} Input;

struct _MonitorGate
{
  GMutex lock; /* guards all */
  Input *inputs;
  guint n;
  gboolean open;
  gboolean over;
};

MonitorGate *
monitor_gate_new (guint inputs)
{
  MonitorGate *self = g_new0 (MonitorGate, 1);

  g_mutex_init (&self->lock);
  self->inputs = g_new0 (Input, inputs);
  self->n = inputs;
  return self;
}

void
monitor_gate_free (MonitorGate *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  g_free (self->inputs);
  g_free (self);
}

static gboolean
is_live (GstPad *pad)
{
  GstQuery *query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  gst_query_unref (query);
  return live;
}

static gboolean
have_all (const MonitorGate *self, gint64 now)
{
  for (guint i = 0; i < self->n; i++) {
    const Input *input = &self->inputs[i];

    if (input->last == 0 || (input->live && now - input->last > RECENT))
      return FALSE;
  }
  return TRUE;
}

static GstPadProbeReturn
on_frame (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Input *input = user;
  MonitorGate *self = input->gate;
  gint64 now = g_get_monotonic_time ();
  gboolean live = input->live; /* of this thread alone */
  gboolean pass;

  if (!input->asked)
    live = is_live (pad);
  input->asked = TRUE;
  g_mutex_lock (&self->lock);
  input->live = live;
  input->count++;
  input->last = now;
  if (!self->open)
    self->open = have_all (self, now);
  pass = !self->over && (self->open || !input->live);
  g_mutex_unlock (&self->lock);
  return pass ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

void
monitor_gate_watch (MonitorGate *self, guint input, GstPad *pad)
{
  self->inputs[input].gate = self;
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, &self->inputs[input], NULL);
}

void
monitor_gate_close (MonitorGate *self)
{
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_mutex_unlock (&self->lock);
}

guint64
monitor_gate_count (MonitorGate *self, guint input)
{
  guint64 count;

  g_mutex_lock (&self->lock);
  count = self->inputs[input].count;
  g_mutex_unlock (&self->lock);
  return count;
}

gboolean
monitor_gate_is_open (MonitorGate *self)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = self->open;
  g_mutex_unlock (&self->lock);
  return open;
}
