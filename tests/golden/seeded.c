/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd-ms and mmd-ssim, the generator and the features against an independent
 * implementation's numbers.
 */
#include "golden.h"
#include "measure.h"
#include "seeded.h"

#define TOLERANCE 1e-5

static void
test_generator_gives_the_published_numbers (void)
{
  g_autoptr (JsonObject) root = golden_json ("seeded.json");
  JsonObject *rng;
  JsonArray *words, *normals;
  PerceptualRng state;

  if (root == NULL)
    return;
  rng = json_object_get_object_member (root, "rng");
  words = json_object_get_array_member (rng, "u64");
  normals = json_object_get_array_member (rng, "normal");
  perceptual_rng_init (&state, json_object_get_int_member (rng, "seed"));
  for (guint i = 0; i < json_array_get_length (words); i++) {
    guint64 expected =
        g_ascii_strtoull (json_array_get_string_element (words, i), NULL, 10);

    g_assert_cmpuint (perceptual_rng_next (&state), ==, expected);
  }
  perceptual_rng_init (&state, json_object_get_int_member (rng, "seed"));
  for (guint i = 0; i < json_array_get_length (normals); i++)
    golden_assert_near (perceptual_rng_normal (&state),
        json_array_get_double_element (normals, i), 1e-14);
}

static void
test_fourier_features_are_the_published_ones (void)
{
  g_autoptr (JsonObject) root = golden_json ("seeded.json");
  gdouble rows[27 * 27], phases[27];
  PerceptualRng state;
  JsonObject *expected;

  if (root == NULL)
    return;
  expected = json_object_get_object_member (root, "features27");
  perceptual_rng_init (&state, json_object_get_int_member (expected, "seed"));
  perceptual_fourier_features (&state, 27, FALSE,
      json_object_get_double_member (expected, "s"), rows, phases);
  for (guint i = 0; i < 27; i++) {
    golden_assert_near (rows[i],
        json_array_get_double_element (
            json_object_get_array_member (expected, "first_row"), i),
        1e-12);
    golden_assert_near (rows[26 * 27 + i],
        json_array_get_double_element (
            json_object_get_array_member (expected, "last_row"), i),
        1e-12);
  }
  for (guint i = 0; i < 3; i++)
    golden_assert_near (phases[i],
        json_array_get_double_element (
            json_object_get_array_member (expected, "phases"), i),
        1e-12);
}

static void
check_entry (
    const gchar *metric_name, PerceptualWorkers *workers, JsonObject *entry)
{
  g_autoptr (GoldenImage) a =
      golden_image (json_object_get_string_member (entry, "reference"),
          json_object_get_member (entry, "crop"));
  g_autoptr (GoldenImage) b =
      golden_image (json_object_get_string_member (entry, "distorted"),
          json_object_get_member (entry, "crop"));
  JsonArray *levels = json_object_get_array_member (entry, "levels");
  g_autoptr (PerceptualMetric) metric = NULL;
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (
      &options, "seed", "t", json_object_get_int_member (entry, "seed"));
  metric = perceptual_metric_new (
      metric_name, g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  result = test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);

  golden_assert_near (result.distance,
      json_object_get_double_member (entry, "distance"), TOLERANCE);
  g_assert_cmpuint (result.n_taps, ==, json_array_get_length (levels));
  for (guint i = 0; i < result.n_taps; i++)
    golden_assert_near (
        result.taps[i], json_array_get_double_element (levels, i), TOLERANCE);
}

static void
test_distance_and_levels (gconstpointer data)
{
  const gchar *metric_name = data;
  g_autofree gchar *key = g_strdelimit (g_strdup (metric_name), "-", '_');
  g_autoptr (JsonObject) root = golden_json ("seeded.json");
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, key);
  g_assert_cmpuint (json_array_get_length (entries), >, 0);
  for (guint i = 0; i < json_array_get_length (entries); i++)
    check_entry (
        metric_name, workers, json_array_get_object_element (entries, i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seeded/generator-gives-the-published-numbers",
      test_generator_gives_the_published_numbers);
  g_test_add_func ("/seeded/fourier-features-are-the-published-ones",
      test_fourier_features_are_the_published_ones);
  g_test_add_data_func ("/seeded/mmd-ms", "mmd-ms", test_distance_and_levels);
  g_test_add_data_func (
      "/seeded/mmd-ssim", "mmd-ssim", test_distance_and_levels);
  return g_test_run ();
}
