/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A pool of worker threads that share numbered jobs.  Knows nothing of what
 * the jobs do.  Threads are started once and sleep between runs; the caller
 * of a run is worker 0.
 */
#include "machine/workers.h"

#define MAX_THREADS 256
#define CANCELLED 1u

typedef struct
{
  PerceptualPool *pool;
  GThread *thread;
  guint number;
} Worker;

struct _PerceptualPool
{
  gint refs; /* atomic */
  guint n_threads;
  Worker *workers; /* n_threads - 1; worker 0 is the caller */
  guint n_started;

  GMutex run_lock; /* held during one run: callers take turns */

  GMutex lock; /* protects what follows, but for next_job */
  GCond wake;
  GCond done;
  guint64 generation; /* counts runs, tells a worker that there is a new one */
  guint busy;         /* workers that have not finished this run */
  gboolean quit;
  PerceptualJobFunc func;
  gpointer user;
  guint n_jobs;
  gboolean all; /* cancelling leaves out none of them */

  gint next_job; /* atomic */

  /* Atomic: CANCELLED while jobs are left out, above it how often that began.
   * In one word, so that a mark tells both as they were at one moment. */
  guint cancel;
};

static gboolean
goes_on (PerceptualPool *pool)
{
  return pool->all || !(g_atomic_int_get (&pool->cancel) & CANCELLED);
}

static void
work (PerceptualPool *pool, guint worker)
{
  guint job;

  while (goes_on (pool)
      && (job = (guint) g_atomic_int_add (&pool->next_job, 1)) < pool->n_jobs)
    pool->func (pool->user, job, worker);
}

static gpointer
worker_main (gpointer data)
{
  Worker *self = data;
  PerceptualPool *pool = self->pool;
  guint64 seen = 0;

  g_mutex_lock (&pool->lock);
  for (;;) {
    while (!pool->quit && pool->generation == seen)
      g_cond_wait (&pool->wake, &pool->lock);
    if (pool->quit)
      break;
    seen = pool->generation;
    g_mutex_unlock (&pool->lock);
    work (pool, self->number);
    g_mutex_lock (&pool->lock);
    if (--pool->busy == 0)
      g_cond_signal (&pool->done);
  }
  g_mutex_unlock (&pool->lock);
  return NULL;
}

static void
pool_free (PerceptualPool *pool)
{
  g_mutex_lock (&pool->lock);
  pool->quit = TRUE;
  g_cond_broadcast (&pool->wake);
  g_mutex_unlock (&pool->lock);
  for (guint i = 0; i < pool->n_started; i++)
    g_thread_join (pool->workers[i].thread);
  g_free (pool->workers);
  g_mutex_clear (&pool->run_lock);
  g_mutex_clear (&pool->lock);
  g_cond_clear (&pool->wake);
  g_cond_clear (&pool->done);
  g_free (pool);
}

PerceptualPool *
perceptual_pool_new (guint threads, GError **error)
{
  PerceptualPool *pool;
  g_autoptr (GError) cause = NULL;

  if (threads > MAX_THREADS) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "%u threads asked for; the most is %u", threads, MAX_THREADS);
    return NULL;
  }
  pool = g_new0 (PerceptualPool, 1);
  pool->refs = 1;
  pool->n_threads =
      threads != 0 ? threads : CLAMP (g_get_num_processors (), 1, MAX_THREADS);
  pool->workers = g_new0 (Worker, pool->n_threads);
  g_mutex_init (&pool->run_lock);
  g_mutex_init (&pool->lock);
  g_cond_init (&pool->wake);
  g_cond_init (&pool->done);

  while (pool->n_started < pool->n_threads - 1) {
    Worker *worker = &pool->workers[pool->n_started];

    worker->pool = pool;
    worker->number = pool->n_started + 1;
    worker->thread =
        g_thread_try_new ("perceptual", worker_main, worker, &cause);
    if (worker->thread == NULL) {
      g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_THREAD,
          "Worker thread %u of %u could not be started: %s; "
          "ask for fewer threads",
          worker->number + 1, pool->n_threads, cause->message);
      pool_free (pool);
      return NULL;
    }
    pool->n_started++;
  }
  return pool;
}

PerceptualPool *
perceptual_pool_ref (PerceptualPool *pool)
{
  g_return_val_if_fail (pool != NULL, NULL);

  g_atomic_int_inc (&pool->refs);
  return pool;
}

void
perceptual_pool_unref (PerceptualPool *pool)
{
  if (pool != NULL && g_atomic_int_dec_and_test (&pool->refs))
    pool_free (pool);
}

guint
perceptual_pool_get_threads (const PerceptualPool *pool)
{
  g_return_val_if_fail (pool != NULL, 0);

  return pool->n_threads;
}

/* Signal handlers call this: no locks. */
void
perceptual_pool_cancel (PerceptualPool *pool, gboolean cancel)
{
  guint old, new;

  g_return_if_fail (pool != NULL);

  do {
    old = g_atomic_int_get (&pool->cancel);
    new = cancel ? (old | CANCELLED) + 2 * CANCELLED : old & ~CANCELLED;
  } while (!g_atomic_int_compare_and_exchange (&pool->cancel, old, new));
}

guint
perceptual_pool_mark (PerceptualPool *pool)
{
  return g_atomic_int_get (&pool->cancel);
}

gboolean
perceptual_pool_was_cancelled (PerceptualPool *pool, guint mark)
{
  return (mark & CANCELLED) || perceptual_pool_mark (pool) != mark;
}

static void
run (PerceptualPool *pool, guint n_jobs, PerceptualJobFunc func, gpointer user,
    gboolean all)
{
  g_mutex_lock (&pool->run_lock);
  pool->all = all;
  pool->func = func;
  pool->user = user;
  pool->n_jobs = n_jobs;
  g_atomic_int_set (&pool->next_job, 0);

  if (pool->n_started > 0 && n_jobs > 1) {
    g_mutex_lock (&pool->lock);
    pool->busy = pool->n_started;
    pool->generation++;
    g_cond_broadcast (&pool->wake);
    g_mutex_unlock (&pool->lock);
    work (pool, 0);
    g_mutex_lock (&pool->lock);
    while (pool->busy > 0)
      g_cond_wait (&pool->done, &pool->lock);
    g_mutex_unlock (&pool->lock);
  } else {
    work (pool, 0);
  }
  g_mutex_unlock (&pool->run_lock);
}

void
perceptual_pool_run (
    PerceptualPool *pool, guint n_jobs, PerceptualJobFunc func, gpointer user)
{
  g_return_if_fail (pool != NULL && func != NULL);

  run (pool, n_jobs, func, user, FALSE);
}

void
perceptual_pool_run_all (
    PerceptualPool *pool, guint n_jobs, PerceptualJobFunc func, gpointer user)
{
  run (pool, n_jobs, func, user, TRUE);
}
