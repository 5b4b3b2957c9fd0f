/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The worker threads: every job runs once, workers have different numbers,
 * callers take turns.
 */
#include "machine/workers.h"
#include "images.h"

#define N_JOBS 1000

typedef struct
{
  gint runs[N_JOBS];
  gint active[256];
  gint clashes;
  guint threads;
} Counts;

static void
count_job (gpointer user, guint job, guint worker)
{
  Counts *counts = user;

  if (worker >= counts->threads
      || g_atomic_int_add (&counts->active[worker], 1) != 0)
    g_atomic_int_inc (&counts->clashes);
  g_atomic_int_inc (&counts->runs[job]);
  g_atomic_int_add (&counts->active[worker], -1);
}

static void
test_every_job_runs_once_on_a_worker_of_its_own (void)
{
  static const guint threads[] = { 1, 2, 3, 7 };

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (PerceptualWorkers) workers =
        perceptual_workers_new (threads[i], NULL);

    g_assert_cmpuint (perceptual_workers_get_threads (workers), ==, threads[i]);
    for (guint n = 0; n <= N_JOBS; n += 250) {
      g_autofree Counts *counts = g_new0 (Counts, 1);

      counts->threads = threads[i];
      perceptual_workers_run (workers, n, count_job, counts);
      for (guint job = 0; job < N_JOBS; job++)
        g_assert_cmpint (counts->runs[job], ==, job < n ? 1 : 0);
      g_assert_cmpint (counts->clashes, ==, 0);
    }
  }
}

static gpointer
run_many_times (gpointer user)
{
  for (guint i = 0; i < 200; i++) {
    g_autofree Counts *counts = g_new0 (Counts, 1);

    counts->threads = 3;
    perceptual_workers_run (user, N_JOBS, count_job, counts);
    g_assert_cmpint (counts->clashes, ==, 0);
  }
  return NULL;
}

static void
test_two_callers_share_one_pool_in_turns (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (3, NULL);
  GThread *other = g_thread_new ("other", run_many_times, workers);

  run_many_times (workers);
  g_thread_join (other);
}

typedef struct
{
  PerceptualWorkers *workers;
  gint runs;
  gint cancelled;
} Cancelling;

/* The jobs after the one that cancels wait for it: other workers could do all
 * that is left before it gets that far. */
static void
cancel_in_the_middle (gpointer user, guint job, guint worker)
{
  Cancelling *self = user;
  gint runs = g_atomic_int_add (&self->runs, 1);

  if (runs == 20) {
    perceptual_workers_cancel (self->workers, TRUE);
    g_atomic_int_set (&self->cancelled, TRUE);
  }
  while (runs > 20 && !g_atomic_int_get (&self->cancelled))
    g_thread_yield ();
}

static void
test_a_cancelled_pool_leaves_out_what_has_not_begun (void)
{
  static const guint threads[] = { 1, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (PerceptualWorkers) workers =
        perceptual_workers_new (threads[i], NULL);
    Cancelling work = { workers, 0, FALSE };
    guint mark = perceptual_workers_mark (workers);

    g_assert_false (perceptual_workers_was_cancelled (workers, mark));
    perceptual_workers_run (workers, N_JOBS, cancel_in_the_middle, &work);
    g_assert_cmpint (work.runs, >=, 21);
    /* Each of the other workers may have begun one more. */
    g_assert_cmpint (work.runs, <=, 21 + threads[i] - 1);
    g_assert_true (perceptual_workers_was_cancelled (workers, mark));
    perceptual_workers_cancel (workers, FALSE);
    g_assert_true (perceptual_workers_was_cancelled (workers, mark));
    mark = perceptual_workers_mark (workers);
    g_assert_false (perceptual_workers_was_cancelled (workers, mark));
    perceptual_workers_run (workers, 10, cancel_in_the_middle, &work);
    g_assert_false (perceptual_workers_was_cancelled (workers, mark));
  }
}

/* Jobs that were dropped before the cancelling ended are missing as well. */
static void
test_what_begins_while_cancelled_counts_as_cancelled (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  guint mark;

  perceptual_workers_cancel (workers, TRUE);
  mark = perceptual_workers_mark (workers);
  perceptual_workers_cancel (workers, FALSE);
  g_assert_true (perceptual_workers_was_cancelled (workers, mark));
  mark = perceptual_workers_mark (workers);
  perceptual_workers_cancel (workers, FALSE);
  g_assert_false (perceptual_workers_was_cancelled (workers, mark));
  perceptual_workers_cancel (workers, TRUE);
  perceptual_workers_cancel (workers, TRUE);
  perceptual_workers_cancel (workers, FALSE);
  g_assert_true (perceptual_workers_was_cancelled (workers, mark));
}

static gpointer
cancel_soon (gpointer workers)
{
  g_usleep (20000);
  perceptual_workers_cancel (workers, TRUE);
  return NULL;
}

/* It would take seconds. */
static void
test_a_cancelled_comparison_is_an_error (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (GVariant) options =
      g_variant_ref_sink (g_variant_new_parsed ("{'exact': <true>}"));
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new ("mmd", options, workers, NULL);
  g_autofree guint8 *pixels = g_malloc0 (4 * 1280 * 720);
  PerceptualImage image = {
    .width = 1280, .height = 720, .data = pixels, .stride = 4 * 4000
  };
  PerceptualImage small = {
    .width = 40, .height = 40, .data = pixels, .stride = 4 * 4000
  };
  PerceptualResult result = { 0 };
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_soon, workers);

  g_assert_false (perceptual_metric_compare (
      metric, &image, &image, 1, PERCEPTUAL_COMPARE_NONE, &result, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);
  g_assert_false (perceptual_metric_compare (
      metric, &small, &small, 1, PERCEPTUAL_COMPARE_NONE, &result, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_CANCELLED);
  perceptual_workers_cancel (workers, FALSE);
  g_assert_true (perceptual_metric_compare (
      metric, &small, &small, 1, PERCEPTUAL_COMPARE_NONE, &result, NULL));
}

static gdouble
random_lpips (PerceptualWorkers *workers, gboolean cancelled)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (
      g_variant_new_parsed ("{'weights': <'random'>, 'heads': <'none'>,"
                            " 'taps': <'2'>}"));
  g_autoptr (TestImage) one =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 40, 40, 0, 1, 0);
  g_autoptr (TestImage) other =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 40, 40, 30, 2, 0);
  g_autoptr (PerceptualMetric) metric = NULL;
  PerceptualResult result = { 0 };

  perceptual_workers_cancel (workers, cancelled);
  metric = perceptual_metric_new ("lpips", options, workers, NULL);
  perceptual_workers_cancel (workers, FALSE);
  g_assert_nonnull (metric);
  g_assert_true (perceptual_metric_compare (metric, &one->view, &other->view, 1,
      PERCEPTUAL_COMPARE_NONE, &result, NULL));
  return result.distance;
}

/* Its filters are transformed by the worker threads. */
static void
test_a_metric_made_on_a_cancelled_pool_is_whole (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  gdouble right = random_lpips (workers, FALSE);

  g_assert_cmpfloat (right, >, 0);
  g_assert_cmpfloat (random_lpips (workers, TRUE), ==, right);
}

static void
test_too_many_threads_is_an_error_that_names_the_most (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (perceptual_workers_new (257, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
  g_assert_nonnull (strstr (error->message, "256"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/every-job-runs-once-on-a-worker-of-its-own",
      test_every_job_runs_once_on_a_worker_of_its_own);
  g_test_add_func ("/pool/two-callers-share-one-pool-in-turns",
      test_two_callers_share_one_pool_in_turns);
  g_test_add_func ("/pool/a-cancelled-pool-leaves-out-what-has-not-begun",
      test_a_cancelled_pool_leaves_out_what_has_not_begun);
  g_test_add_func ("/pool/what-begins-while-cancelled-counts-as-cancelled",
      test_what_begins_while_cancelled_counts_as_cancelled);
  g_test_add_func ("/pool/a-metric-made-on-a-cancelled-pool-is-whole",
      test_a_metric_made_on_a_cancelled_pool_is_whole);
  g_test_add_func ("/pool/a-cancelled-comparison-is-an-error",
      test_a_cancelled_comparison_is_an_error);
  g_test_add_func ("/pool/too-many-threads-is-an-error-that-names-the-most",
      test_too_many_threads_is_an_error_that_names_the_most);
  return g_test_run ();
}
