/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a metric does when there is no memory for an image: it returns an
 * error, never aborts, and gives the right number once there is memory again.
 */
#include "images.h"
#include "metric-private.h"
#include "option.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

/* Sanitizers map far more than the program asks for. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define THREADS 8
#define MAPPED (1 << 17) /* what malloc() asks the system for by itself */
#define SMALL 8192

/* Frame-sized memory comes from the system, everything small from holes that
 * are kept free for it: GLib aborts where that runs out, and may. */
static void
keep_small_memory (void)
{
  static gpointer pieces[512];

  mallopt (M_ARENA_MAX, 1);
  mallopt (M_MMAP_THRESHOLD, MAPPED);
  mallopt (M_TRIM_THRESHOLD, 0);
  mallopt (M_TOP_PAD, 0);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    pieces[i] = g_malloc (SMALL);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    if (i % 8 != 0)
      g_clear_pointer (&pieces[i], g_free);
  }
}

/* Limits the process to @bytes more than it has. */
static void
limit (gsize bytes)
{
  g_autofree gchar *text = NULL;
  struct rlimit now;
  guint64 pages;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  pages = g_ascii_strtoull (text, NULL, 10);
  g_assert_cmpint (getrlimit (RLIMIT_AS, &now), ==, 0);
  now.rlim_cur = pages * (guint64) getpagesize () + bytes;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &now), ==, 0);
}

static void
lift (void)
{
  struct rlimit now;

  g_assert_cmpint (getrlimit (RLIMIT_AS, &now), ==, 0);
  now.rlim_cur = now.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &now), ==, 0);
}

static PerceptualMetric *
make_metric (const PerceptualMetricInfo *info, PerceptualWorkers *workers)
{
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (info->flags & PERCEPTUAL_METRIC_WEIGHTS) {
    g_variant_dict_insert (&options, "weights", "s", "random");
    g_variant_dict_insert (&options, "taps", "s", "2");
  }
  if (perceptual_option_find (info->options, "heads") != NULL)
    g_variant_dict_insert (&options, "heads", "s", "none");
  if (perceptual_option_find (info->options, "features") != NULL)
    g_variant_dict_insert (&options, "features", "t", (guint64) 8);
  metric = perceptual_metric_new (
      info->name, g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

/* Returns: whether there was memory for it. */
static gboolean
compare (PerceptualMetric *metric, const TestImage *a, const TestImage *b,
    gdouble *distance)
{
  gboolean map = (metric->klass->info.flags & PERCEPTUAL_METRIC_MAP) != 0;
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };
  gboolean done = perceptual_metric_compare (metric, &a->view, &b->view, 1,
      map ? PERCEPTUAL_COMPARE_MAP : PERCEPTUAL_COMPARE_NONE, &result, &error);

  if (!done) {
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_NO_MEMORY);
    g_assert_null (result.map);
  }
  *distance = result.distance;
  perceptual_result_clear (&result);
  return done;
}

static void
test_a_metric_without_memory_says_so (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (THREADS, NULL);
  g_autoptr (PerceptualMetric) metric = make_metric (info, workers);
  PerceptualPixels pixels = PERCEPTUAL_PIXELS_RGBX8;
  g_autoptr (TestImage) a = test_image_new (pixels, 2000, 170, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (pixels, 2000, 170, 20, 2, 0);
  gdouble right, distance;

  if (SANITIZED) {
    g_test_skip ("a sanitizer's own memory would count");
    return;
  }
  for (gsize bytes = MAPPED; bytes < MAPPED << 10; bytes *= 2) {
    gboolean done;

    limit (bytes);
    done = compare (metric, a, b, &distance);
    lift ();
    if (done)
      break;
  }
  g_assert_true (compare (metric, a, b, &right));
  g_assert_cmpfloat (right, >, 0);
  /* While the buffers of the previous size are kept. */
  limit (MAPPED / 2);
  if (compare (metric, a, b, &distance))
    g_assert_cmpfloat (distance, ==, right);
  lift ();
  g_assert_true (compare (metric, a, b, &distance));
  g_assert_cmpfloat (distance, ==, right);
}

int
main (int argc, char **argv)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();

  g_test_init (&argc, &argv, NULL);
  keep_small_memory ();
  for (guint i = 0; metrics[i] != NULL; i++) {
    g_autofree gchar *path = g_strdup_printf (
        "/no-memory/%s/a-metric-without-memory-says-so", metrics[i]->name);

    g_test_add_data_func (
        path, metrics[i], test_a_metric_without_memory_says_so);
  }
  return g_test_run ();
}
