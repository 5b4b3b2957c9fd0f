/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stands around the base class's chain function, and so knows when a thread is
 * in it.
 */
#include "door.h"

/* Microseconds in which such a thread is expected to wake up.  It does not come
 * in where an event is in front of what the pad keeps. */
#define PATIENCE 500

typedef struct
{
  GstPadChainFunction chain; /* the base class's */
  GMutex lock;
  GCond left;
  gboolean inside; /* a thread is in it; protected by the lock */
} Door;

static void
set_inside (Door *self, gboolean inside)
{
  g_mutex_lock (&self->lock);
  self->inside = inside;
  g_cond_signal (&self->left);
  g_mutex_unlock (&self->lock);
}

static GstFlowReturn
pass (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  Door *self = pad->chaindata;
  GstFlowReturn ret;

  set_inside (self, TRUE);
  ret = self->chain (pad, parent, buffer);
  set_inside (self, FALSE);
  return ret;
}

static void
door_free (gpointer data)
{
  Door *self = data;

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->left);
  g_free (self);
}

void
perceptual_door_watch (GstPad *pad)
{
  Door *self = g_new0 (Door, 1);

  self->chain = GST_PAD_CHAINFUNC (pad);
  g_mutex_init (&self->lock);
  g_cond_init (&self->left);
  gst_pad_set_chain_function_full (pad, pass, self, door_free);
}

gboolean
perceptual_door_has_buffer (GstAggregatorPad *pad)
{
  Door *self = GST_PAD (pad)->chaindata;
  gint64 until = g_get_monotonic_time () + PATIENCE;
  gboolean wait = TRUE;

  while (!gst_aggregator_pad_has_buffer (pad)) {
    if (!wait)
      return FALSE;
    g_mutex_lock (&self->lock);
    wait = self->inside && g_cond_wait_until (&self->left, &self->lock, until);
    g_mutex_unlock (&self->lock);
  }
  return TRUE;
}
