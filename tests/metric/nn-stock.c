/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Filters in memory: who shares them, and that nobody's distances depend on it.
 */
#include "images.h"
#include "measure.h"
#include "nn/network.h"
#include "nn/stock.h"

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8

/* Convolutions of squeeze: one, and three for each of its eight modules. */
#define CONVOLUTIONS 25

static PerceptualMetric *
squeeze (const gchar *name, guint64 seed, const gchar *taps,
    PerceptualWorkers *workers)
{
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "backbone", "s", "squeeze");
  g_variant_dict_insert (&options, "weights", "s", "random");
  g_variant_dict_insert (&options, "seed", "t", seed);
  g_variant_dict_insert (&options, "taps", "s", taps);
  metric = perceptual_metric_new (
      name, g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

static gdouble
distance (PerceptualMetric *metric, guint width, guint height)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, width, height, 9, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, width, height, 9, 2, 0);

  return test_distance (metric, &a->view, &b->view);
}

static void
test_metrics_of_one_source_share (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  PerceptualMetric *first = squeeze ("cosine", 1, "all", workers);
  PerceptualMetric *same = squeeze ("dps", 1, "2", workers);
  PerceptualMetric *other = squeeze ("cosine", 2, "all", workers);

  g_assert_cmpuint (perceptual_stock_count (), ==, 2 * CONVOLUTIONS);
  perceptual_metric_free (other);
  g_assert_cmpuint (perceptual_stock_count (), ==, CONVOLUTIONS);
  perceptual_metric_free (first);
  /* Two taps of squeeze are one layer and two modules, and the squeezing of
   * none that follows. */
  g_assert_cmpuint (perceptual_stock_count (), ==, 1 + 2 * 3);
  g_assert_cmpfloat (distance (same, 70, 50), >, 0);
  perceptual_metric_free (same);
  g_assert_cmpuint (perceptual_stock_count (), ==, 0);
}

static void
test_sizes_may_change_from_pair_to_pair (void)
{
  const guint sizes[][2] = { { 40, 36 }, { 231, 170 }, { 20, 64 }, { 40, 36 },
    { 231, 170 } };
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (PerceptualMetric) metric = squeeze ("cosine", 1, "all", workers);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (PerceptualMetric) fresh = squeeze ("cosine", 1, "all", workers);

    g_assert_cmpfloat (distance (metric, sizes[i][0], sizes[i][1]), ==,
        distance (fresh, sizes[i][0], sizes[i][1]));
  }
}

#define THREADS 4

static gpointer
measure_alone (gpointer workers)
{
  g_autoptr (PerceptualMetric) metric = squeeze ("cosine", 5, "all", workers);
  gdouble *distances = g_new (gdouble, 2);

  distances[0] = distance (metric, 40, 36);
  distances[1] = distance (metric, 131, 98);
  return distances;
}

static void
test_threads_may_pack_at_the_same_time (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  GThread *threads[THREADS];
  gdouble *found[THREADS];

  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("metric", measure_alone, workers);
  for (guint i = 0; i < THREADS; i++)
    found[i] = g_thread_join (threads[i]);
  for (guint i = 0; i < THREADS; i++) {
    g_assert_cmpfloat (found[i][0], >, 0);
    g_assert_cmpfloat (found[i][0], ==, found[0][0]);
    g_assert_cmpfloat (found[i][1], ==, found[0][1]);
  }
  for (guint i = 0; i < THREADS; i++)
    g_free (found[i]);
  g_assert_cmpuint (perceptual_stock_count (), ==, 0);
}

static void
test_small_outputs_have_small_tiles (void)
{
  const PerceptualLayer by_size = {
    .size = 3, .stride = 1, .tile = PERCEPTUAL_TILE_BY_SIZE
  };
  const PerceptualLayer six = { .size = 3, .stride = 1, .tile = 6 };
  const PerceptualLayer pool = { .kind = PERCEPTUAL_LAYER_POOL, .size = 2 };

  /* One tile in any case: 25 products, 36, or 64. */
  g_assert_cmpuint (perceptual_layer_tiles (&by_size, 3, 3)->tile, ==, 3);
  g_assert_cmpuint (perceptual_layer_tiles (&by_size, 1, 2)->tile, ==, 3);
  g_assert_cmpuint (perceptual_layer_tiles (&by_size, 3, 4)->tile, ==, 4);
  /* Four tiles either way. */
  g_assert_cmpuint (perceptual_layer_tiles (&by_size, 8, 8)->tile, ==, 4);
  /* 36 * 480 * 270 products, or 64 * 320 * 180. */
  g_assert_cmpuint (perceptual_layer_tiles (&by_size, 1920, 1080)->tile, ==, 6);
  g_assert_cmpuint (perceptual_layer_tiles (&six, 3, 3)->tile, ==, 6);
  g_assert_null (perceptual_layer_tiles (&pool, 3, 3));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stock/share", test_metrics_of_one_source_share);
  g_test_add_func ("/stock/sizes", test_sizes_may_change_from_pair_to_pair);
  g_test_add_func ("/stock/threads", test_threads_may_pack_at_the_same_time);
  g_test_add_func ("/stock/tiles", test_small_outputs_have_small_tiles);
  return g_test_run ();
}
