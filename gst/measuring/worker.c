/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread and a place for one item.
 */
#include "measuring/worker.h"

struct _PerceptualWorker
{
  PerceptualWorkerFunc work;
  void (*free_item) (gpointer item, gpointer user_data);
  gpointer user_data;
  GThread *thread;

  GMutex mutex; /* protects what follows */
  GCond changed;
  gpointer waiting;
  gboolean busy;
  gboolean stopped; /* work is refused */
  gboolean ending;  /* the thread is to end */
};

static gpointer
worker_thread (gpointer data)
{
  PerceptualWorker *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->ending) {
    gpointer item = self->stopped ? NULL : g_steal_pointer (&self->waiting);
    gboolean ok;

    if (item == NULL) {
      g_cond_wait (&self->changed, &self->mutex);
      continue;
    }
    self->busy = TRUE;
    g_mutex_unlock (&self->mutex);
    ok = self->work (item, self->user_data);
    self->free_item (item, self->user_data);
    g_mutex_lock (&self->mutex);
    self->busy = FALSE;
    self->stopped |= !ok;
    g_cond_broadcast (&self->changed);
  }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

PerceptualWorker *
perceptual_worker_new (PerceptualWorkerFunc work,
    void (*free_item) (gpointer item, gpointer user_data), gpointer user_data,
    GError **error)
{
  PerceptualWorker *self = g_new0 (PerceptualWorker, 1);

  self->work = work;
  self->free_item = free_item;
  self->user_data = user_data;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->thread =
      g_thread_try_new ("perceptual-worker", worker_thread, self, error);
  if (self->thread == NULL)
    g_clear_pointer (&self, perceptual_worker_free);
  return self;
}

void
perceptual_worker_free (PerceptualWorker *self)
{
  if (self == NULL)
    return;
  if (self->thread != NULL) {
    g_mutex_lock (&self->mutex);
    self->ending = TRUE;
    g_cond_broadcast (&self->changed);
    g_mutex_unlock (&self->mutex);
    g_thread_join (self->thread);
  }
  if (self->waiting != NULL)
    self->free_item (self->waiting, self->user_data);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gpointer
perceptual_worker_submit (PerceptualWorker *self, gpointer item)
{
  gpointer replaced;

  g_mutex_lock (&self->mutex);
  if (self->stopped) {
    replaced = item;
  } else {
    replaced = self->waiting;
    self->waiting = item;
    g_cond_broadcast (&self->changed);
  }
  g_mutex_unlock (&self->mutex);
  return replaced;
}

void
perceptual_worker_drain (PerceptualWorker *self)
{
  g_mutex_lock (&self->mutex);
  while (self->busy || (self->waiting != NULL && !self->stopped))
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

gpointer
perceptual_worker_cancel (PerceptualWorker *self)
{
  gpointer waiting;

  g_mutex_lock (&self->mutex);
  waiting = g_steal_pointer (&self->waiting);
  while (self->busy)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
  return waiting;
}

gboolean
perceptual_worker_has_stopped (PerceptualWorker *self)
{
  gboolean stopped;

  g_mutex_lock (&self->mutex);
  stopped = self->stopped;
  g_mutex_unlock (&self->mutex);
  return stopped;
}
