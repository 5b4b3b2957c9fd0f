/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that sleeps until the next visit is too long.  It only shuts a
 * socket down, so that its owner finds it at its end and closes it.
 */
#include "monitor/serve/visitors.h"

#include <sys/socket.h>

typedef struct
{
  gint fd;
  gint64 since;
  gboolean cut;
} Visit;

struct _MonitorVisitors
{
  guint most;
  gint64 patience; /* us */
  gint64 hurry;    /* us */
  GThread *thread;
  GMutex lock; /* of what follows */
  GCond changed;
  GArray *visits;
  gint64 answering; /* since when; 0 while no answer is made */
  gboolean asleep;  /* until that is over */
  gboolean stop;
};

/* Returns: when the next visit is too long; G_MAXINT64 without one. */
static gint64
cut_long_visits (MonitorVisitors *self, gint64 now)
{
  gint64 limit = self->visits->len >= self->most ? self->hurry : self->patience;
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < self->visits->len; i++) {
    Visit *visit = &g_array_index (self->visits, Visit, i);

    if (visit->cut)
      continue;
    if (now - visit->since >= limit) {
      shutdown (visit->fd, SHUT_RDWR);
      visit->cut = TRUE;
    } else {
      next = MIN (next, visit->since + limit);
    }
  }
  return next;
}

static gpointer
watch (gpointer data)
{
  MonitorVisitors *self = data;

  g_mutex_lock (&self->lock);
  while (!self->stop) {
    gint64 next = G_MAXINT64;

    self->asleep = self->answering != 0;
    if (!self->asleep)
      next = cut_long_visits (self, g_get_monotonic_time ());
    if (next == G_MAXINT64)
      g_cond_wait (&self->changed, &self->lock);
    else
      g_cond_wait_until (&self->changed, &self->lock, next);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
clear (MonitorVisitors *self)
{
  g_array_unref (self->visits);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

MonitorVisitors *
monitor_visitors_new (
    guint most, guint patience_ms, guint hurry_ms, GError **error)
{
  MonitorVisitors *self = g_new0 (MonitorVisitors, 1);

  self->most = most;
  self->patience = (gint64) patience_ms * 1000;
  self->hurry = (gint64) hurry_ms * 1000;
  self->visits = g_array_new (FALSE, FALSE, sizeof (Visit));
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->thread = g_thread_try_new ("visitors", watch, self, error);
  if (self->thread == NULL) {
    clear (self);
    return NULL;
  }
  return self;
}

void
monitor_visitors_free (MonitorVisitors *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  clear (self);
}

void
monitor_visitors_begin_answer (MonitorVisitors *self)
{
  g_mutex_lock (&self->lock);
  self->answering = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
}

void
monitor_visitors_end_answer (MonitorVisitors *self)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->visits->len; i++)
    g_array_index (self->visits, Visit, i).since += now - self->answering;
  self->answering = 0;
  if (self->asleep)
    g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
monitor_visitors_enter (MonitorVisitors *self, gint fd)
{
  Visit visit = { .fd = fd, .since = g_get_monotonic_time () };

  g_mutex_lock (&self->lock);
  g_array_append_val (self->visits, visit);
  /* In between the thread sleeps at most as long as before. */
  if (self->visits->len == 1 || self->visits->len >= self->most)
    g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
monitor_visitors_leave (MonitorVisitors *self, gint fd)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->visits->len; i++) {
    if (g_array_index (self->visits, Visit, i).fd == fd) {
      g_array_remove_index_fast (self->visits, i);
      break;
    }
  }
  g_mutex_unlock (&self->lock);
}
