/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * LPIPS against an independent implementation: distances, taps and maps of
 * trained and of random networks; and that they do not depend on threads,
 * strips or the images beside them.
 */
#include "golden.h"
#include "measure.h"
#include "metric-private.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 1e-5

/* A first layer whose filters have no mean answers flat colour with rounding
 * errors alone, and dividing by the features' length makes these as large as
 * any other feature.  Single-precision implementations, the one that made the
 * expected values among them, then differ in the first tap by these errors:
 * with FMA by 2e-3 at most here, and by 6.3e-3 where each product is rounded by
 * itself.  (Double precision is 4e-3 away from the expected values.) */
#define ROUNDING_TOLERANCE 2e-3
#define ROUNDING_TOLERANCE_WITHOUT_FMA 8e-3

static const gchar *const backbones[] = { "alex", "squeeze", "vgg" };

/* Ends in NULL: pairs of option name and text. */
static PerceptualMetric *
try_metric (guint threads, GError **error, va_list args)
{
  const PerceptualMetricInfo *info = perceptual_metric_find ("lpips", NULL);
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  GVariantBuilder options;
  const gchar *name;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  while ((name = va_arg (args, const gchar *)) != NULL) {
    const gchar *text = va_arg (args, const gchar *);

    for (guint i = 0; info->options[i] != NULL; i++) {
      if (strcmp (info->options[i]->name, name) == 0) {
        g_autoptr (GVariant) value =
            perceptual_option_parse (info->options[i], text, error);

        g_assert_nonnull (value);
        g_variant_builder_add (&options, "{sv}", name, value);
      }
    }
  }
  return perceptual_metric_new (
      "lpips", g_variant_builder_end (&options), workers, error);
}

static PerceptualMetric *
new_metric (guint threads, ...)
{
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  va_list args;

  va_start (args, threads);
  metric = try_metric (threads, &error, args);
  va_end (args);
  g_assert_no_error (error);
  return metric;
}

/* Where distances run into thousands, 1e-5 is meant relative to them. */
static gdouble
tolerance (gdouble expected)
{
  return TOLERANCE * MAX (1., fabs (expected));
}

/* With FMA alex's 11x11 filters give zero even at the few flat places that they
 * find. */
static gdouble
rounding_of (JsonObject *entry)
{
  const gchar *backbone = json_object_get_string_member (entry, "backbone");

  if (!json_object_get_boolean_member_with_default (entry, "zero_mean", FALSE))
    return 0;
  if (strcmp (perceptual_kernel_level (), "c") == 0)
    return ROUNDING_TOLERANCE_WITHOUT_FMA;
  return strcmp (backbone, "alex") == 0 ? 0 : ROUNDING_TOLERANCE;
}

static void
check_map (JsonObject *expected, const PerceptualResult *result)
{
  JsonArray *at = json_object_get_array_member (expected, "at");
  gsize n = (gsize) result->map_width * result->map_height;
  gdouble mean = 0;

  for (gsize i = 0; i < n; i++)
    mean += (gdouble) result->map[i];
  golden_assert_near (mean / (gdouble) n,
      json_object_get_double_member (expected, "mean"), TOLERANCE);
  for (guint i = 0; i < json_array_get_length (at); i++) {
    JsonArray *value = json_array_get_array_element (at, i);
    guint x = (guint) json_array_get_int_element (value, 0);
    guint y = (guint) json_array_get_int_element (value, 1);

    golden_assert_near (
        (gdouble) result->map[(gsize) y * result->map_width + x],
        json_array_get_double_element (value, 2), TOLERANCE);
  }
}

/* Returns: the largest difference from the expected numbers. */
static gdouble
check_entry (PerceptualMetric *metric, JsonObject *entry)
{
  gdouble rounding = rounding_of (entry);
  g_autoptr (GoldenImage) a =
      golden_image (json_object_get_string_member (entry, "reference"),
          json_object_get_member (entry, "crop"));
  g_autoptr (GoldenImage) b =
      golden_image (json_object_get_string_member (entry, "distorted"),
          json_object_get_member (entry, "crop"));
  JsonArray *taps = json_object_get_array_member (entry, "taps");
  gboolean map = json_object_has_member (entry, "map");
  gdouble distance = json_object_get_double_member (entry, "distance");
  gdouble worst;
  PerceptualResult result = test_compare (
      metric, &a->view, &b->view, map ? PERCEPTUAL_COMPARE_MAP : 0);
  golden_assert_near (
      result.distance, distance, MAX (rounding, tolerance (distance)));
  worst = fabs (result.distance - distance) / MAX (1., distance);
  g_assert_cmpuint (result.n_taps, ==, json_array_get_length (taps));
  for (guint i = 0; i < result.n_taps; i++) {
    gdouble expected = json_array_get_double_element (taps, i);

    golden_assert_near (result.taps[i], expected,
        MAX (i == 0 ? rounding : 0, tolerance (expected)));
  }
  if (distance == 0)
    g_assert_cmpfloat (result.distance, ==, 0);
  if (map)
    check_map (json_object_get_object_member (entry, "map"), &result);
  perceptual_result_clear (&result);
  return worst;
}

static void
test_trained_networks_agree_with_the_expected_distances (gconstpointer data)
{
  const gchar *backbone = data;
  g_autoptr (JsonObject) root = golden_json ("deep.json");
  g_autofree gchar *weights = golden_path ("weights", "");
  /* Making a metric takes longer than measuring a pair. */
  g_autoptr (GHashTable) metrics = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) perceptual_metric_free);
  JsonArray *entries;
  gdouble worst = 0;
  guint n = 0;

  if (root == NULL || weights == NULL)
    return;
  entries = json_object_get_array_member (root, "lpips");
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    gboolean norm = json_object_get_boolean_member_with_default (
        entry, "channel_norm", TRUE);
    const gchar *heads = json_object_get_string_member (entry, "heads");
    g_autofree gchar *key = g_strdup_printf ("%s %d", heads, norm);
    PerceptualMetric *metric = g_hash_table_lookup (metrics, key);

    if (strcmp (json_object_get_string_member (entry, "backbone"), backbone))
      continue;
    if (metric == NULL) {
      metric = new_metric (2, "weights", weights, "backbone", backbone, "heads",
          heads, "channel-norm", norm ? "true" : "false", NULL);
      g_hash_table_insert (metrics, g_steal_pointer (&key), metric);
    }
    worst = MAX (worst, check_entry (metric, entry));
    n++;
  }
  g_assert_cmpuint (n, ==, 28);
  g_test_message ("%s: %u pairs, worst difference %.2g", backbone, n, worst);
}

static void
test_random_networks_agree_with_the_expected_distances (void)
{
  g_autoptr (JsonObject) root = golden_json ("seeded.json");
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "random");
  g_assert_cmpuint (json_array_get_length (entries), ==, 18);
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    gboolean zero_mean = json_object_get_boolean_member (entry, "zero_mean");
    g_autofree gchar *seed = g_strdup_printf (
        "%d", (gint) json_object_get_int_member (entry, "seed"));
    g_autoptr (PerceptualMetric) metric = new_metric (2, "weights", "random",
        "seed", seed, "heads", json_object_get_string_member (entry, "heads"),
        "zero-mean", zero_mean ? "true" : "false", "backbone",
        json_object_get_string_member (entry, "backbone"), NULL);

    check_entry (metric, entry);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (backbones); i++) {
    g_autofree gchar *path = g_strconcat (
        "/lpips/trained-networks-agree-with-the-expected-distances/",
        backbones[i], NULL);

    g_test_add_data_func (path, backbones[i],
        test_trained_networks_agree_with_the_expected_distances);
  }
  g_test_add_func ("/lpips/random-networks-agree-with-the-expected-distances",
      test_random_networks_agree_with_the_expected_distances);
  return g_test_run ();
}
