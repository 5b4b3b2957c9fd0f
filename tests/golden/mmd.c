/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd, mmd++ and cnn-kernel, the exact kernels of single windows and the
 * patch-RBF term against an independent implementation's numbers.
 */
#include "golden.h"
#include "measure.h"
#include "patches/exact-mmd.h"
#include "patches/patch-rbf.h"

#include <string.h>

#define TOLERANCE 1e-5
#define EXACT_TOLERANCE 1e-9     /* relative */
#define CENTRED_TOLERANCE 1.2e-8 /* where it centred in single precision */
#define RBF_SIGMA 0.9

static GoldenImage *
image_of (JsonObject *entry, const gchar *which)
{
  return golden_image (json_object_get_string_member (entry, which),
      json_object_has_member (entry, "crop")
          ? json_object_get_member (entry, "crop")
          : NULL);
}

/* The patches inside @size x @size pixels: nothing beyond them is read. */
static gdouble
window_mmd (const PerceptualExactMmd *kernel, JsonObject *entry, guint size)
{
  guint left = json_object_get_int_member (entry, "left");
  guint top = json_object_get_int_member (entry, "top");
  guint side = size - 2, n = side * side;
  PerceptualPatchSet set;
  gdouble mmd;

  perceptual_patch_set_init (&set, n);
  for (guint image = 0; image < 2; image++) {
    g_autoptr (GoldenImage) picture =
        image_of (entry, image == 0 ? "reference" : "distorted");

    for (guint i = 0; i < n; i++) {
      for (guint k = 0; k < 27; k++) {
        guint x = left + i % side + k / 3 % 3, y = top + i / side + k / 9;

        /* The numbers were computed from samples in single precision. */
        set.values[image][k * n + i] =
            picture->memory[y * picture->view.stride + x * 4 + k % 3] / 127.5f
            - 1.0f;
      }
    }
  }
  perceptual_patch_set_finish (
      &set, json_object_get_boolean_member (entry, "centred"));
  mmd = perceptual_exact_mmd_window (kernel, &set);
  perceptual_patch_set_clear (&set);
  return mmd;
}

static void
test_exact_gaussian_mmds_of_single_windows (void)
{
  g_autoptr (JsonObject) root = golden_json ("mmd.json");
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "windows");
  g_assert_cmpuint (json_array_get_length (entries), >=, 54);
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    gdouble expected = json_object_get_double_member (entry, "mmd2_half");
    PerceptualExactMmd kernel = { perceptual_gaussian_kernel,
      9 * json_object_get_double_member (entry, "sigma") };

    golden_assert_near (window_mmd (&kernel, entry, 32) / 2, expected,
        expected
            * (json_object_get_boolean_member (entry, "centred")
                    ? CENTRED_TOLERANCE
                    : EXACT_TOLERANCE));
  }
}

static void
test_exact_arc_cosine_mmds_of_single_windows (void)
{
  g_autoptr (JsonObject) root = golden_json ("seeded.json");
  PerceptualExactMmd kernel = { perceptual_arc_cosine_kernel, 0 };
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "cnn_kernel");
  g_assert_cmpuint (json_array_get_length (entries), >=, 12);
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    gdouble expected = json_object_get_double_member (entry, "mmd2");

    golden_assert_near (
        window_mmd (&kernel, entry, json_object_get_int_member (entry, "size")),
        expected, EXACT_TOLERANCE * expected);
  }
}

static void
test_patch_rbf (void)
{
  g_autoptr (JsonObject) root = golden_json ("mmd.json");
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "rbf");
  g_assert_cmpuint (json_array_get_length (entries), >=, 5);
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autoptr (GoldenImage) a = image_of (entry, "reference");
    g_autoptr (GoldenImage) b = image_of (entry, "distorted");
    gdouble mean;

    g_assert_true (perceptual_patch_rbf (
        workers, 16, &a->view, &b->view, RBF_SIGMA, &mean, NULL));
    golden_assert_near (
        mean, json_object_get_double_member (entry, "patch_rbf"), 1e-6);
  }
}

static void
test_distances_by_random_features (gconstpointer data)
{
  const gchar *name = data;
  const gchar *member = strcmp (name, "mmd") == 0 ? "distance" : "mmdpp";
  g_autoptr (JsonObject) root = golden_json ("seeded.json");
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "mmd");
  g_assert_cmpuint (json_array_get_length (entries), >=, 14);
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autoptr (GoldenImage) a = image_of (entry, "reference");
    g_autoptr (GoldenImage) b = image_of (entry, "distorted");
    g_autoptr (PerceptualMetric) metric = NULL;
    g_autoptr (GError) error = NULL;
    PerceptualResult result = { 0 };
    GVariantDict options;

    g_variant_dict_init (&options, NULL);
    g_variant_dict_insert (
        &options, "seed", "t", json_object_get_int_member (entry, "seed"));
    metric = perceptual_metric_new (
        name, g_variant_dict_end (&options), workers, &error);
    g_assert_no_error (error);
    result = test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
    golden_assert_near (result.distance,
        json_object_get_double_member (entry, member), TOLERANCE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mmd/exact-gaussian-mmds-of-single-windows",
      test_exact_gaussian_mmds_of_single_windows);
  g_test_add_func ("/mmd/exact-arc-cosine-mmds-of-single-windows",
      test_exact_arc_cosine_mmds_of_single_windows);
  g_test_add_func ("/mmd/patch-rbf", test_patch_rbf);
  g_test_add_data_func (
      "/mmd/mmd-by-random-features", "mmd", test_distances_by_random_features);
  g_test_add_data_func ("/mmd/mmd++-by-random-features", "mmd++",
      test_distances_by_random_features);
  return g_test_run ();
}
