/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * dps and cosine on random networks: against their formulas, worked out here
 * in doubles from the engine's features; and what each comparison is blind to.
 * Needs no weights file.
 */
#include "../sanitized.h"
#include "images.h"
#include "measure.h"
#include "metric-private.h"
#include "nn/engine.h"
#include "machine/workers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8
#define EPSILON 1e-10
#define SEED 5

static const gchar *const comparisons[] = { "spatial", "mean", "sort",
  "spatial+mean", "spatial+sort" };
static const gchar *const backbones[] = { "alex", "squeeze" };

/* --- metrics ------------------------------------------------------------- */

static PerceptualMetric *
make_metric (const gchar *name, const gchar *backbone, const gchar *taps,
    const gchar *option, GVariant *value, guint threads)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "weights", "s", "random");
  g_variant_dict_insert (&options, "seed", "t", (guint64) SEED);
  g_variant_dict_insert (&options, "backbone", "s", backbone);
  g_variant_dict_insert (&options, "taps", "s", taps);
  if (option != NULL)
    g_variant_dict_insert_value (&options, option, value);
  metric = perceptual_metric_new (
      name, g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

static PerceptualMetric *
make_dps (const gchar *backbone, const gchar *taps, const gchar *comparison,
    guint threads)
{
  return make_metric ("dps", backbone, taps, "comparison",
      g_variant_new_string (comparison), threads);
}

/* --- the formulas -------------------------------------------------------- */

/* All features of two images at one tap, [image][channel][position]. */
typedef struct
{
  PerceptualTapSize size;
  gsize n; /* positions */
  gdouble *features;
} Tap;

static gdouble *
plane_of (const Tap *tap, guint image, guint channel)
{
  return tap->features
      + ((gsize) image * tap->size.channels + channel) * tap->n;
}

static void
copy_run (gpointer user, const PerceptualTapRun *run, guint worker)
{
  Tap *tap = (Tap *) user + run->tap;

  for (guint image = 0; image < run->n_images; image++) {
    for (guint x = 0; x < run->n; x++) {
      for (guint c = 0; c < run->channels; c++)
        plane_of (
            tap, image, c)[(gsize) run->y * tap->size.width + run->x + x] =
            (gdouble) run->features[image][(gsize) x * run->channels + c];
    }
  }
}

/* What networks trained on ImageNet see, with the numbers of torchvision. */
static PerceptualEngineInput
torchvision_input (void)
{
  static const gdouble mean[] = { .485, .456, .406 };
  static const gdouble deviation[] = { .229, .224, .225 };
  PerceptualEngineInput input;

  for (guint c = 0; c < 3; c++) {
    input.shift[c] = 2 * mean[c] - 1;
    input.scale[c] = 2 * deviation[c];
  }
  return input;
}

static guint
take_features (const gchar *backbone, const TestImage *a, const TestImage *b,
    Tap taps[PERCEPTUAL_MAX_TAPS])
{
  const PerceptualNetwork *network = perceptual_network_find (backbone);
  const PerceptualImage *images[] = { &a->view, &b->view };
  PerceptualEngineInput input = torchvision_input ();
  PerceptualFilters *filters = perceptual_filters_random (SEED, FALSE);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  PerceptualTapConsumer consumer = { taps, copy_run, NULL };
  guint n = perceptual_network_taps (network);
  g_autoptr (PerceptualEngine) engine = NULL;
  g_autoptr (GError) error = NULL;

  engine = perceptual_engine_new (
      network, (1u << n) - 1, &input, filters, NULL, NULL, workers, &error);
  g_assert_no_error (error);
  perceptual_filters_random_free (filters);
  perceptual_engine_prepare (
      engine, a->view.width, a->view.height, 2, 0, &error);
  g_assert_no_error (error);
  for (guint t = 0; t < n; t++) {
    perceptual_engine_get_tap (engine, t, &taps[t].size);
    taps[t].n = (gsize) taps[t].size.width * taps[t].size.height;
    taps[t].features = g_new (gdouble, 2 * taps[t].n * taps[t].size.channels);
  }
  perceptual_engine_run (engine, images, &consumer);
  return n;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return x < y ? -1 : x > y;
}

static void
spread_means (const Tap *tap)
{
  for (guint i = 0; i < 2 * tap->size.channels; i++) {
    gdouble *plane = plane_of (tap, 0, i);
    gdouble mean = 0;

    for (gsize p = 0; p < tap->n; p++)
      mean += plane[p] / (gdouble) tap->n;
    for (gsize p = 0; p < tap->n; p++)
      plane[p] = mean;
  }
}

static void
sort_planes (const Tap *tap)
{
  for (guint i = 0; i < 2 * tap->size.channels; i++)
    qsort (plane_of (tap, 0, i), tap->n, sizeof (gdouble), compare_doubles);
}

static gdouble
length_at (const Tap *tap, guint image, gsize position)
{
  gdouble sum = 0;

  for (guint c = 0; c < tap->size.channels; c++)
    sum += pow (plane_of (tap, image, c)[position], 2);
  return sqrt (sum);
}

/* Mean over positions of the squared differences. */
static gdouble
difference (const Tap *tap, gboolean norm)
{
  gdouble sum = 0;

  for (gsize p = 0; p < tap->n; p++) {
    gdouble la = norm ? length_at (tap, 0, p) + EPSILON : 1;
    gdouble lb = norm ? length_at (tap, 1, p) + EPSILON : 1;

    for (guint c = 0; c < tap->size.channels; c++)
      sum +=
          pow (plane_of (tap, 0, c)[p] / la - plane_of (tap, 1, c)[p] / lb, 2);
  }
  return sum / (gdouble) tap->n;
}

/* Mean over positions of 1 - cosine: 0 where both are zero, .5 where one is. */
static gdouble
one_minus_cosine (const Tap *tap)
{
  gdouble sum = 0;

  for (gsize p = 0; p < tap->n; p++) {
    gdouble la = length_at (tap, 0, p), lb = length_at (tap, 1, p);
    gdouble product = 0;

    for (guint c = 0; c < tap->size.channels; c++)
      product += plane_of (tap, 0, c)[p] * plane_of (tap, 1, c)[p];
    if (la > 0 && lb > 0)
      sum += 1 - product / la / lb;
    else if (la > 0 || lb > 0)
      sum += .5;
  }
  return sum / (gdouble) tap->n;
}

/* --- tests --------------------------------------------------------------- */

static void
assert_near (gdouble actual, gdouble expected)
{
  g_assert_cmpfloat_with_epsilon (
      actual, expected, 1e-6 * MAX (1., fabs (expected)));
}

static void
check_dps (const gchar *backbone, const gchar *comparison, gboolean norm,
    const TestImage *a, const TestImage *b, const gdouble *expected, guint n)
{
  g_autoptr (PerceptualMetric) metric = NULL;
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualResult result;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "weights", "s", "random");
  g_variant_dict_insert (&options, "seed", "t", (guint64) SEED);
  g_variant_dict_insert (&options, "backbone", "s", backbone);
  g_variant_dict_insert (&options, "comparison", "s", comparison);
  g_variant_dict_insert (&options, "channel-norm", "b", norm);
  metric = perceptual_metric_new (
      "dps", g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  result = test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  g_assert_cmpuint (result.n_taps, ==, n);
  for (guint t = 0; t < n; t++)
    assert_near (result.taps[t], expected[t]);
}

/* The taps of spatial+mean and so on are those of the two, one after the
 * other; @values: spatial, mean, sort. */
static void
check_comparisons (const gchar *backbone, gboolean norm, const TestImage *a,
    const TestImage *b, gdouble values[3][PERCEPTUAL_MAX_TAPS], guint n)
{
  for (guint k = 0; k < 3; k++) {
    gdouble both[2 * PERCEPTUAL_MAX_TAPS];

    check_dps (backbone, comparisons[k], norm, a, b, values[k], n);
    memcpy (both, values[0], n * sizeof (gdouble));
    memcpy (both + n, values[k], n * sizeof (gdouble));
    if (k > 0)
      check_dps (backbone, comparisons[k + 2], norm, a, b, both, 2 * n);
  }
}

static void
test_dps_is_what_its_formula_says (gconstpointer backbone)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 83, 71, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 83, 71, 30, 2, 0);
  gdouble values[2][3][PERCEPTUAL_MAX_TAPS];
  guint n = 0;

  for (guint k = 0; k < 3; k++) {
    Tap taps[PERCEPTUAL_MAX_TAPS];

    n = take_features (backbone, a, b, taps);
    for (guint t = 0; t < n; t++) {
      if (k == 1)
        spread_means (&taps[t]);
      else if (k == 2)
        sort_planes (&taps[t]);
      for (guint norm = 0; norm < 2; norm++)
        values[norm][k][t] = difference (&taps[t], norm);
      g_free (taps[t].features);
    }
  }
  for (guint norm = 0; norm < 2; norm++)
    check_comparisons (backbone, norm, a, b, values[norm], n);
}

static void
test_cosine_is_what_its_formula_says (gconstpointer backbone)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 83, 71, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 83, 71, 30, 2, 0);
  g_autoptr (PerceptualMetric) metric =
      make_metric ("cosine", backbone, "all", NULL, NULL, 2);
  PerceptualResult result =
      test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  Tap taps[PERCEPTUAL_MAX_TAPS];
  guint n = take_features (backbone, a, b, taps);

  g_assert_cmpuint (result.n_taps, ==, n);
  for (guint t = 0; t < n; t++) {
    g_assert_cmpfloat (result.taps[t], >, 1e-4);
    assert_near (result.taps[t], one_minus_cosine (&taps[t]));
    g_free (taps[t].features);
  }
}

static void
test_cosine_is_half_of_lpips_without_heads (gconstpointer backbone)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 131, 97, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 131, 97, 30, 2, 0);
  g_autoptr (PerceptualMetric) cosine =
      make_metric ("cosine", backbone, "1,3,4", NULL, NULL, 1);
  g_autoptr (PerceptualMetric) lpips = make_metric (
      "lpips", backbone, "1,3,4", "heads", g_variant_new_string ("none"), 1);
  PerceptualResult half =
      test_compare (cosine, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  PerceptualResult whole =
      test_compare (lpips, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);

  g_assert_cmpuint (half.n_taps, ==, 3);
  g_assert_cmpfloat (half.distance, >, 1e-3);
  g_assert_cmpfloat_with_epsilon (2 * half.distance, whole.distance, 1e-6);
  for (guint t = 0; t < 3; t++)
    g_assert_cmpfloat_with_epsilon (2 * half.taps[t], whole.taps[t], 1e-6);
}

/* A textured square at (x, y) on grey. */
static TestImage *
square_at (guint x, guint y)
{
  TestImage *image = test_image_flat (128, 128, 110);
  g_autoptr (TestImage) texture = test_image_new (RGBX8, 24, 24, 20, 4, 0);

  for (guint row = 0; row < 24; row++)
    memcpy (image->memory + (y + row) * image->view.stride + 4 * x,
        texture->memory + row * texture->view.stride, (gsize) 24 * 4);
  return image;
}

/* alex's first layer steps by 4 pixels: when shifted by as many, its features
 * are elsewhere but the same, up to rounding, which is not the same everywhere
 * in a tile. */
static void
test_mean_and_sort_do_not_see_a_translation_and_spatial_does (void)
{
  g_autoptr (TestImage) a = square_at (32, 40);
  g_autoptr (TestImage) b = square_at (72, 60);
  gdouble distances[G_N_ELEMENTS (comparisons)];

  for (guint k = 0; k < G_N_ELEMENTS (comparisons); k++) {
    g_autoptr (PerceptualMetric) metric =
        make_dps ("alex", "1", comparisons[k], 2);

    distances[k] = test_distance (metric, &a->view, &b->view);
  }
  g_assert_cmpfloat (distances[0], >, 1e-2);
  g_assert_cmpfloat_with_epsilon (distances[1], 0, 1e-10);
  g_assert_cmpfloat_with_epsilon (distances[2], 0, 1e-10);
  g_assert_cmpfloat_with_epsilon (distances[3], distances[0], 1e-10);
  g_assert_cmpfloat_with_epsilon (distances[4], distances[0], 1e-10);
}

static void
test_mean_and_sort_see_a_change_of_texture (void)
{
  g_autoptr (TestImage) a = square_at (32, 40);
  g_autoptr (TestImage) b = test_image_flat (128, 128, 110);

  for (guint k = 0; k < G_N_ELEMENTS (comparisons); k++) {
    g_autoptr (PerceptualMetric) metric =
        make_dps ("alex", "1", comparisons[k], 2);

    g_assert_cmpfloat (test_distance (metric, &a->view, &b->view), >, 1e-4);
  }
}

/* All threads with all strips; with sanitizers each of both once. */
static void
test_threads_and_strips_do_not_change_a_bit (gconstpointer comparison)
{
  static const guint threads[] = { 1, 2, 3 };
  static const guint strips[] = { 0, 8, 1000 };
  g_autoptr (TestImage) a = test_image_new (RGBX8, 181, 157, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 181, 157, 25, 2, 0);
  PerceptualResult expected = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (PerceptualMetric) metric =
        make_dps ("squeeze", "all", comparison, threads[i]);

    for (guint k = 0; k < G_N_ELEMENTS (strips); k++) {
      PerceptualResult result;

      if (test_sanitized () && k != i)
        continue;
      metric->strip_rows = strips[k];
      result =
          test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
      if (i == 0 && k == 0)
        expected = result;
      g_assert_cmpfloat (result.distance, >, 0);
      g_assert_cmpmem (&result, sizeof (result), &expected, sizeof (expected));
    }
  }
}

static void
test_several_images_give_what_each_gives_alone (gconstpointer comparison)
{
  g_autoptr (PerceptualMetric) metric = make_dps ("alex", "all", comparison, 2);
  g_autoptr (TestImage) a = test_image_new (RGBX8, 97, 75, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 97, 75, 10, 2, 0);
  g_autoptr (TestImage) c = test_image_new (RGBX8, 97, 75, 30, 3, 0);
  PerceptualImage views[] = { b->view, a->view, c->view };
  PerceptualResult together[3] = { { 0 } };
  PerceptualResult first =
      test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  PerceptualResult third =
      test_compare (metric, &a->view, &c->view, PERCEPTUAL_COMPARE_NONE);
  g_autoptr (GError) error = NULL;

  perceptual_metric_compare (
      metric, &a->view, views, 3, PERCEPTUAL_COMPARE_NONE, together, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (&together[0], sizeof (first), &first, sizeof (first));
  g_assert_cmpfloat (together[1].distance, ==, 0);
  g_assert_cmpmem (&together[2], sizeof (third), &third, sizeof (third));
}

/* Adds @func once for each of @n texts. */
static void
add_each (
    const gchar *name, const gchar *const *texts, guint n, GTestDataFunc func)
{
  for (guint i = 0; i < n; i++) {
    g_autofree gchar *path = g_strdup_printf ("%s/%s", name, texts[i]);

    g_test_add_data_func (path, texts[i], func);
  }
}

int
main (int argc, char **argv)
{
  /* alex has ten times the weights to draw, a dozen times. */
  guint first = test_sanitized_or (0, 1), n = 2 - first;

  g_test_init (&argc, &argv, NULL);
  add_each ("/dps/is-what-its-formula-says", backbones + first, n,
      test_dps_is_what_its_formula_says);
  add_each ("/dps/threads-and-strips-do-not-change-a-bit", comparisons, 5,
      test_threads_and_strips_do_not_change_a_bit);
  add_each ("/dps/several-images-give-what-each-gives-alone", comparisons, 5,
      test_several_images_give_what_each_gives_alone);
  g_test_add_func ("/dps/mean-and-sort-do-not-see-a-translation",
      test_mean_and_sort_do_not_see_a_translation_and_spatial_does);
  g_test_add_func ("/dps/mean-and-sort-see-a-change-of-texture",
      test_mean_and_sort_see_a_change_of_texture);
  add_each ("/cosine/is-what-its-formula-says", backbones + first, n,
      test_cosine_is_what_its_formula_says);
  add_each ("/cosine/is-half-of-lpips-without-heads", backbones, 2,
      test_cosine_is_half_of_lpips_without_heads);
  return g_test_run ();
}
