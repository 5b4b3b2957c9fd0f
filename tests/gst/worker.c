/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The worker that takes the newest piece of work: replacing, draining,
 * cancelling.
 */
#include "measuring/worker.h"

/* Work that waits until the test lets it go on. */
typedef struct
{
  GMutex mutex;
  GCond changed;
  guint begun;
  guint allowed;
  guint done;
  guint freed;
  guint last; /* item */
  guint fails_at;
} Bench;

static gboolean
work (gpointer item, gpointer data)
{
  Bench *bench = data;
  gboolean ok;

  g_mutex_lock (&bench->mutex);
  bench->begun++;
  g_cond_broadcast (&bench->changed);
  while (bench->allowed < bench->begun)
    g_cond_wait (&bench->changed, &bench->mutex);
  bench->done++;
  bench->last = GPOINTER_TO_UINT (item);
  ok = bench->last != bench->fails_at;
  g_mutex_unlock (&bench->mutex);
  return ok;
}

static void
free_item (gpointer item, gpointer data)
{
  Bench *bench = data;

  g_mutex_lock (&bench->mutex);
  bench->freed++;
  g_mutex_unlock (&bench->mutex);
}

static void
allow (Bench *bench, guint n)
{
  g_mutex_lock (&bench->mutex);
  bench->allowed = n;
  g_cond_broadcast (&bench->changed);
  g_mutex_unlock (&bench->mutex);
}

static void
wait_until_begun (Bench *bench, guint n)
{
  g_mutex_lock (&bench->mutex);
  while (bench->begun < n)
    g_cond_wait (&bench->changed, &bench->mutex);
  g_mutex_unlock (&bench->mutex);
}

static guint
submit (PerceptualWorker *worker, guint item)
{
  return GPOINTER_TO_UINT (
      perceptual_worker_submit (worker, GUINT_TO_POINTER (item)));
}

static void
test_a_busy_worker_takes_the_newest_and_hands_back_the_rest (void)
{
  Bench bench = { 0 };
  PerceptualWorker *worker =
      perceptual_worker_new (work, free_item, &bench, NULL);

  g_assert_cmpuint (submit (worker, 1), ==, 0);
  wait_until_begun (&bench, 1);
  g_assert_cmpuint (submit (worker, 2), ==, 0);
  g_assert_cmpuint (submit (worker, 3), ==, 2);
  g_assert_cmpuint (submit (worker, 4), ==, 3);
  allow (&bench, G_MAXUINT);
  perceptual_worker_drain (worker);
  g_assert_cmpuint (bench.done, ==, 2);
  g_assert_cmpuint (bench.last, ==, 4);
  perceptual_worker_free (worker);
  g_assert_cmpuint (bench.freed, ==, 2);
}

static void
test_cancel_hands_back_what_waits_and_finishes_what_runs (void)
{
  Bench bench = { 0 };
  PerceptualWorker *worker =
      perceptual_worker_new (work, free_item, &bench, NULL);

  submit (worker, 1);
  wait_until_begun (&bench, 1);
  submit (worker, 2);
  allow (&bench, G_MAXUINT);
  g_assert_cmpuint (GPOINTER_TO_UINT (perceptual_worker_cancel (worker)), ==,
      bench.begun == 2 ? 0 : 2);
  g_assert_cmpuint (bench.done, >=, 1);
  perceptual_worker_free (worker);
}

static void
test_after_a_failure_everything_is_handed_back (void)
{
  Bench bench = { .allowed = G_MAXUINT, .fails_at = 1 };
  PerceptualWorker *worker =
      perceptual_worker_new (work, free_item, &bench, NULL);

  g_assert_false (perceptual_worker_has_stopped (worker));
  submit (worker, 1);
  perceptual_worker_drain (worker);
  g_assert_true (perceptual_worker_has_stopped (worker));
  g_assert_cmpuint (submit (worker, 2), ==, 2);
  g_assert_cmpuint (bench.done, ==, 1);
  perceptual_worker_free (worker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/worker/a-busy-worker-takes-the-newest-and-hands-back-the-rest",
      test_a_busy_worker_takes_the_newest_and_hands_back_the_rest);
  g_test_add_func (
      "/worker/cancel-hands-back-what-waits-and-finishes-what-runs",
      test_cancel_hands_back_what_waits_and_finishes_what_runs);
  g_test_add_func ("/worker/after-a-failure-everything-is-handed-back",
      test_after_a_failure_everything_is_handed_back);
  return g_test_run ();
}
