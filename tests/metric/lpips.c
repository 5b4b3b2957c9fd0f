/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * lpips without trained weights: what must hold for any numbers.
 */
#include "../sanitized.h"
#include "images.h"
#include "measure.h"
#include "metric-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static const gchar *const backbones[] = { "alex", "squeeze", "vgg" };
static const guint minima[] = { 31, 17, 16 };

/* Random weights; more options as GVariant text, such as "'taps': <'2'>". */
static PerceptualMetric *
try_metric (
    const gchar *backbone, guint threads, const gchar *more, GError **error)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autofree gchar *text = g_strdup_printf (
      "{'backbone': <'%s'>, 'weights': <'random'>, 'heads': <'none'>%s%s}",
      backbone, *more != '\0' ? ", " : "", more);
  GVariant *options =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (options);
  return perceptual_metric_new ("lpips", options, workers, error);
}

static PerceptualMetric *
new_metric (const gchar *backbone, guint threads, const gchar *more)
{
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric = try_metric (backbone, threads, more, &error);

  g_assert_no_error (error);
  return metric;
}

static void
test_distance_to_itself_is_exactly_zero (gconstpointer data)
{
  g_autoptr (PerceptualMetric) metric = new_metric (data, 2, "");
  /* The same pixels with other padding and another fourth sample. */
  g_autoptr (TestImage) image =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 101, 67, 0, 1, 3);
  g_autoptr (TestImage) again =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 101, 67, 0, 1, 0);
  PerceptualResult result =
      test_compare (metric, &image->view, &again->view, PERCEPTUAL_COMPARE_MAP);
  g_assert_cmpfloat (result.distance, ==, 0);
  for (guint i = 0; i < result.n_taps; i++)
    g_assert_cmpfloat (result.taps[i], ==, 0);
  for (guint i = 0; i < 101 * 67; i++)
    g_assert_cmpfloat (result.map[i], ==, 0);
  perceptual_result_clear (&result);
}

static void
test_flat_images_never_give_nan (gconstpointer data)
{
  static const guint values[] = { 0, 1, 128, 255 };

  for (guint norm = 0; norm < 2; norm++) {
    g_autoptr (PerceptualMetric) metric = new_metric (
        data, 2, norm ? "'zero-mean': <true>" : "'channel-norm': <false>");

    /* By 3, each value is still on both sides, and with itself. */
    for (guint i = 0; i < 16; i += test_sanitized_or (1, 3)) {
      g_autoptr (TestImage) a = test_image_flat (40, 33, values[i / 4]);
      g_autoptr (TestImage) b = test_image_flat (40, 33, values[i % 4]);
      PerceptualResult result =
          test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);
      g_assert_true (isfinite (result.distance));
      g_assert_cmpfloat (result.distance, >=, 0);
      if (i / 4 == i % 4)
        g_assert_cmpfloat (result.distance, ==, 0);
      for (guint x = 0; x < 40 * 33; x++)
        g_assert_true (isfinite (result.map[x]));
      perceptual_result_clear (&result);
    }
  }
}

static void
test_results_do_not_depend_on_threads_or_strips (gconstpointer data)
{
  static const guint threads[] = { 1, 2, 3, 7 };
  static const guint strips[] = { 0, 5, 64 };
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, 157, 131, 0, 1, 1);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, 157, 131, 20, 2, 0);
  PerceptualResult first = { 0 };
  gsize bytes = 157 * 131 * sizeof (gfloat);

  /* By 3, all threads and all strips still come. */
  for (guint i = 0; i < 12; i += test_sanitized_or (1, 3)) {
    g_autoptr (PerceptualMetric) metric = new_metric (data, threads[i % 4], "");
    PerceptualResult result = { 0 };

    metric->strip_rows = strips[i / 4];
    result = test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);
    g_assert_cmpfloat (result.distance, >, 0);
    if (i == 0) {
      first = result;
      continue;
    }
    g_assert_cmpmem (
        &first.distance, sizeof (gdouble), &result.distance, sizeof (gdouble));
    g_assert_cmpmem (
        first.taps, sizeof first.taps, result.taps, sizeof result.taps);
    g_assert_cmpmem (first.map, bytes, result.map, bytes);
    perceptual_result_clear (&result);
  }
  perceptual_result_clear (&first);
}

static void
test_several_distorted_images_give_what_each_gives_alone (void)
{
  g_autoptr (PerceptualMetric) metric = new_metric ("alex", 2, "");
  g_autoptr (TestImage) reference =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 80, 61, 0, 1, 0);
  TestImage *distorted[3];
  PerceptualImage views[3];
  PerceptualResult together[3] = { 0 };

  for (guint i = 0; i < 3; i++) {
    distorted[i] =
        test_image_new (PERCEPTUAL_PIXELS_RGBX8, 80, 61, 8 * i, i, 0);
    views[i] = distorted[i]->view;
  }
  g_assert_true (perceptual_metric_compare (metric, &reference->view, views, 3,
      PERCEPTUAL_COMPARE_MAP, together, NULL));
  for (guint i = 0; i < 3; i++) {
    PerceptualResult alone = { 0 };
    PerceptualResult plain = { 0 };

    alone = test_compare (
        metric, &reference->view, &views[i], PERCEPTUAL_COMPARE_MAP);
    plain = test_compare (
        metric, &reference->view, &views[i], PERCEPTUAL_COMPARE_NONE);
    g_assert_cmpfloat (alone.distance, ==, together[i].distance);
    g_assert_cmpfloat (alone.distance, ==, plain.distance);
    g_assert_null (plain.map);
    g_assert_cmpmem (alone.map, 80 * 61 * sizeof (gfloat), together[i].map,
        80 * 61 * sizeof (gfloat));
    perceptual_result_clear (&alone);
    perceptual_result_clear (&together[i]);
    test_image_free (distorted[i]);
  }
}

static void
test_smallest_size_works_and_one_less_is_an_error_that_names_it (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (backbones); i++) {
    g_autoptr (PerceptualMetric) metric = new_metric (backbones[i], 2, "");
    guint least = minima[i];
    g_autofree gchar *name = g_strdup_printf ("%ux%u", least, least);
    g_autoptr (TestImage) a =
        test_image_new (PERCEPTUAL_PIXELS_RGBX8, least, least, 0, 1, 0);
    g_autoptr (TestImage) b =
        test_image_new (PERCEPTUAL_PIXELS_RGBX8, least, least, 20, 1, 0);
    g_autoptr (GError) error = NULL;
    PerceptualResult result =
        test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
    g_assert_cmpfloat (result.distance, >, 0);
    a->view.width--;
    b->view.width--;
    g_assert_false (perceptual_metric_compare (
        metric, &a->view, &b->view, 1, 0, &result, &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE);
    g_assert_nonnull (strstr (error->message, name));
  }
}

static void
test_chosen_taps_give_what_they_give_among_all (void)
{
  static const struct
  {
    const gchar *text;
    guint n;
    guint taps[3];
    guint least;
  } cases[] = {
    { "2", 2, { 0, 1 }, 15 },
    { "1,3", 2, { 0, 2 }, 31 },
    { "4, 2", 2, { 1, 3 }, 31 },
    { "3,", 1, { 2 }, 31 },
    { "1", 1, { 0 }, 7 },
  };
  g_autoptr (PerceptualMetric) all = new_metric ("alex", 2, "");
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 70, 50, 0, 1, 0);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 70, 50, 20, 1, 0);
  PerceptualResult whole =
      test_compare (all, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  g_assert_cmpuint (whole.n_taps, ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *more = g_strdup_printf ("'taps': <'%s'>", cases[i].text);
    g_autoptr (PerceptualMetric) metric = new_metric ("alex", 2, more);
    PerceptualResult result = { 0 };

    g_assert_cmpuint (metric->min_width, ==, cases[i].least);
    result = test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
    g_assert_cmpuint (result.n_taps, ==, cases[i].n);
    for (guint t = 0; t < result.n_taps; t++)
      g_assert_cmpfloat (result.taps[t], ==, whole.taps[cases[i].taps[t]]);
  }
}

static void
test_taps_that_the_backbone_lacks_are_an_error (void)
{
  static const gchar *const texts[] = { "0", "6", "", "1,1", "1,9", "two", ",",
    "1,,2" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree gchar *more = g_strdup_printf ("'taps': <'%s'>", texts[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (try_metric ("alex", 1, more, &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
    g_assert_nonnull (strstr (error->message, "from 1 to 5"));
  }
}

static void
expect_error (const gchar *options, gint code, const gchar *words)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (perceptual_metric_new ("lpips",
      g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, NULL),
      workers, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_options_that_contradict_each_other_are_errors (void)
{
  expect_error (
      "{'weights': <'random'>}", PERCEPTUAL_ERROR_OPTION, "heads=none");
  expect_error (
      "{'zero-mean': <true>}", PERCEPTUAL_ERROR_OPTION, "weights=random");
  expect_error ("{'backbone': <'resnet'>}", PERCEPTUAL_ERROR_OPTION,
      "alex, squeeze, vgg");
}

static void
test_weights_that_are_missing_or_broken_are_errors_that_name_the_file (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("lpips-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "alex.safetensors", NULL);
  g_autofree gchar *missing =
      g_strdup_printf ("{'weights': <'%s/none.safetensors'>}", folder);
  g_autofree gchar *broken = g_strdup_printf ("{'weights': <'%s'>}", folder);

  expect_error (
      missing, PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND, "none.safetensors");
  g_assert_true (g_file_set_contents (path, "<html>not here</html>", -1, NULL));
  expect_error (broken, PERCEPTUAL_ERROR_WEIGHTS_INVALID, "alex.safetensors");
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_random_weights_say_so_and_depend_on_the_seed (void)
{
  g_autoptr (PerceptualMetric) one = new_metric ("squeeze", 1, "");
  g_autoptr (PerceptualMetric) two =
      new_metric ("squeeze", 1, "'seed': <uint64 5>");
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 40, 40, 0, 1, 0);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX8, 40, 40, 20, 1, 0);
  PerceptualResult first = { 0 }, second = { 0 };
  const PerceptualWeightsInfo *weights = perceptual_metric_get_weights (one);

  g_assert_cmpstr (weights->name, ==, "random");
  g_assert_null (weights->path);
  g_assert_null (weights->sha256);
  first = test_compare (one, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  second = test_compare (two, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  g_assert_cmpfloat (first.distance, !=, second.distance);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    GTestDataFunc func;
  } each[] = {
    { "distance-to-itself-is-exactly-zero",
        test_distance_to_itself_is_exactly_zero },
    { "flat-images-never-give-nan", test_flat_images_never_give_nan },
    { "results-do-not-depend-on-threads-or-strips",
        test_results_do_not_depend_on_threads_or_strips },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (each) * 3; i++) {
    g_autofree gchar *path =
        g_strconcat ("/lpips/", each[i / 3].name, "/", backbones[i % 3], NULL);

    /* VGG-16 takes its time; its layers are tested one by one elsewhere. */
    if (i / 3 >= test_sanitized_or (2, 1) && i % 3 == 2 && !g_test_slow ())
      continue;
    g_test_add_data_func (path, backbones[i % 3], each[i / 3].func);
  }
  g_test_add_func ("/lpips/several-distorted-images-give-what-each-gives-alone",
      test_several_distorted_images_give_what_each_gives_alone);
  g_test_add_func ("/lpips/smallest-size-works-and-one-less-is-an-error",
      test_smallest_size_works_and_one_less_is_an_error_that_names_it);
  g_test_add_func ("/lpips/chosen-taps-give-what-they-give-among-all",
      test_chosen_taps_give_what_they_give_among_all);
  g_test_add_func ("/lpips/taps-that-the-backbone-lacks-are-an-error",
      test_taps_that_the_backbone_lacks_are_an_error);
  g_test_add_func ("/lpips/options-that-contradict-each-other-are-errors",
      test_options_that_contradict_each_other_are_errors);
  g_test_add_func ("/lpips/missing-or-broken-weights-are-errors",
      test_weights_that_are_missing_or_broken_are_errors_that_name_the_file);
  g_test_add_func ("/lpips/random-weights-say-so-and-depend-on-the-seed",
      test_random_weights_say_so_and_depend_on_the_seed);
  return g_test_run ();
}
