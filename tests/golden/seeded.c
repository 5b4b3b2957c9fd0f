/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The generator and the features against an independent implementation's
 * numbers.
 */
#include "golden.h"
#include "seeded.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seeded/generator-gives-the-published-numbers",
      test_generator_gives_the_published_numbers);
  g_test_add_func ("/seeded/fourier-features-are-the-published-ones",
      test_fourier_features_are_the_published_ones);
  return g_test_run ();
}
