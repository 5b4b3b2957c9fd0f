/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A pool of worker threads that share numbered jobs.  Threads are started once
 * and sleep between runs; the caller of a run is worker 0.
 */
#include "machine/workers.h"

#include "machine/processors.h"

#define MAX_THREADS 256
#define CANCELLED 1u

typedef struct
{
  PerceptualWorkers *workers;
  GThread *thread;
  guint number;
} Worker;

struct _PerceptualWorkers
{
  gint refs; /* atomic */
  guint n_threads;
  Worker *started; /* n_threads - 1; worker 0 is the caller */
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

  /* Atomic: CANCELLED while jobs are dropped, and in the bits above it how
   * often that began.  One word holds both, so that a mark has both of the same
   * moment. */
  guint cancel;
};

static gboolean
goes_on (PerceptualWorkers *workers)
{
  return workers->all || !(g_atomic_int_get (&workers->cancel) & CANCELLED);
}

static void
work (PerceptualWorkers *workers, guint worker)
{
  guint job;

  while (goes_on (workers)
      && (job = (guint) g_atomic_int_add (&workers->next_job, 1))
          < workers->n_jobs)
    workers->func (workers->user, job, worker);
}

static gpointer
worker_main (gpointer data)
{
  Worker *self = data;
  PerceptualWorkers *workers = self->workers;
  guint64 seen = 0;

  g_mutex_lock (&workers->lock);
  for (;;) {
    while (!workers->quit && workers->generation == seen)
      g_cond_wait (&workers->wake, &workers->lock);
    if (workers->quit)
      break;
    seen = workers->generation;
    g_mutex_unlock (&workers->lock);
    work (workers, self->number);
    g_mutex_lock (&workers->lock);
    if (--workers->busy == 0)
      g_cond_signal (&workers->done);
  }
  g_mutex_unlock (&workers->lock);
  return NULL;
}

static void
pool_free (PerceptualWorkers *workers)
{
  g_mutex_lock (&workers->lock);
  workers->quit = TRUE;
  g_cond_broadcast (&workers->wake);
  g_mutex_unlock (&workers->lock);
  for (guint i = 0; i < workers->n_started; i++)
    g_thread_join (workers->started[i].thread);
  g_free (workers->started);
  g_mutex_clear (&workers->run_lock);
  g_mutex_clear (&workers->lock);
  g_cond_clear (&workers->wake);
  g_cond_clear (&workers->done);
  g_free (workers);
}

PerceptualWorkers *
perceptual_workers_new (guint threads, GError **error)
{
  PerceptualWorkers *workers;
  g_autoptr (GError) cause = NULL;

  if (threads > MAX_THREADS) {
    g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION,
        "%u threads asked for; the most is %u", threads, MAX_THREADS);
    return NULL;
  }
  workers = g_new0 (PerceptualWorkers, 1);
  workers->refs = 1;
  workers->n_threads =
      threads != 0 ? threads : MIN (perceptual_processors (), MAX_THREADS);
  workers->started = g_new0 (Worker, workers->n_threads);
  g_mutex_init (&workers->run_lock);
  g_mutex_init (&workers->lock);
  g_cond_init (&workers->wake);
  g_cond_init (&workers->done);

  while (workers->n_started < workers->n_threads - 1) {
    Worker *worker = &workers->started[workers->n_started];

    worker->workers = workers;
    worker->number = workers->n_started + 1;
    worker->thread =
        g_thread_try_new ("perceptual", worker_main, worker, &cause);
    if (worker->thread == NULL) {
      g_set_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_THREAD,
          "Worker thread %u of %u could not be started: %s; "
          "ask for fewer threads",
          worker->number + 1, workers->n_threads, cause->message);
      pool_free (workers);
      return NULL;
    }
    workers->n_started++;
  }
  return workers;
}

PerceptualWorkers *
perceptual_workers_ref (PerceptualWorkers *workers)
{
  g_return_val_if_fail (workers != NULL, NULL);

  g_atomic_int_inc (&workers->refs);
  return workers;
}

void
perceptual_workers_unref (PerceptualWorkers *workers)
{
  if (workers != NULL && g_atomic_int_dec_and_test (&workers->refs))
    pool_free (workers);
}

guint
perceptual_workers_get_threads (const PerceptualWorkers *workers)
{
  g_return_val_if_fail (workers != NULL, 0);

  return workers->n_threads;
}

/* Signal handlers call this: no locks. */
void
perceptual_workers_cancel (PerceptualWorkers *workers, gboolean cancel)
{
  guint old, new;

  g_return_if_fail (workers != NULL);

  do {
    old = g_atomic_int_get (&workers->cancel);
    new = cancel ? (old | CANCELLED) + 2 * CANCELLED : old & ~CANCELLED;
  } while (!g_atomic_int_compare_and_exchange (&workers->cancel, old, new));
}

guint
perceptual_workers_mark (PerceptualWorkers *workers)
{
  return g_atomic_int_get (&workers->cancel);
}

gboolean
perceptual_workers_was_cancelled (PerceptualWorkers *workers, guint mark)
{
  return (mark & CANCELLED) || perceptual_workers_mark (workers) != mark;
}

static void
run (PerceptualWorkers *workers, guint n_jobs, PerceptualJobFunc func,
    gpointer user, gboolean all)
{
  g_mutex_lock (&workers->run_lock);
  workers->all = all;
  workers->func = func;
  workers->user = user;
  workers->n_jobs = n_jobs;
  g_atomic_int_set (&workers->next_job, 0);

  if (workers->n_started > 0 && n_jobs > 1) {
    g_mutex_lock (&workers->lock);
    workers->busy = workers->n_started;
    workers->generation++;
    g_cond_broadcast (&workers->wake);
    g_mutex_unlock (&workers->lock);
    work (workers, 0);
    g_mutex_lock (&workers->lock);
    while (workers->busy > 0)
      g_cond_wait (&workers->done, &workers->lock);
    g_mutex_unlock (&workers->lock);
  } else {
    work (workers, 0);
  }
  g_mutex_unlock (&workers->run_lock);
}

void
perceptual_workers_run (PerceptualWorkers *workers, guint n_jobs,
    PerceptualJobFunc func, gpointer user)
{
  g_return_if_fail (workers != NULL && func != NULL);

  run (workers, n_jobs, func, user, FALSE);
}

void
perceptual_workers_run_all (PerceptualWorkers *workers, guint n_jobs,
    PerceptualJobFunc func, gpointer user)
{
  run (workers, n_jobs, func, user, TRUE);
}
