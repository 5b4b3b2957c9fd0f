/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * dps against an independent implementation's numbers, and cosine against
 * lpips without heads.
 */
#include "golden.h"
#include "measure.h"

#include <math.h>

#define TOLERANCE 1e-5

static PerceptualMetric *
make_metric (const gchar *name, const gchar *backbone, GVariantDict *options)
{
  g_autofree gchar *weights = golden_path ("weights", "");
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;

  g_variant_dict_insert (options, "weights", "s", weights);
  g_variant_dict_insert (options, "backbone", "s", backbone);
  metric = perceptual_metric_new (
      name, g_variant_dict_end (options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

static PerceptualResult
compare (PerceptualMetric *metric, JsonObject *entry)
{
  g_autoptr (GoldenImage) a =
      golden_image (json_object_get_string_member (entry, "reference"),
          json_object_get_member (entry, "crop"));
  g_autoptr (GoldenImage) b =
      golden_image (json_object_get_string_member (entry, "distorted"),
          json_object_get_member (entry, "crop"));

  return test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
}

/* Making a metric takes longer than measuring a pair, so the entries share
 * those in @metrics.  Returns: (transfer none). */
static PerceptualMetric *
find_metric (GHashTable *metrics, JsonObject *entry)
{
  const gchar *comparison = json_object_get_string_member (entry, "comparison");
  gboolean norm = json_object_get_boolean_member (entry, "channel_norm");
  g_autofree gchar *key = g_strdup_printf ("%s %d", comparison, norm);
  PerceptualMetric *metric = g_hash_table_lookup (metrics, key);
  GVariantDict options;

  if (metric != NULL)
    return metric;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "comparison", "s", comparison);
  g_variant_dict_insert (&options, "channel-norm", "b", norm);
  metric = make_metric (
      "dps", json_object_get_string_member (entry, "backbone"), &options);
  g_hash_table_insert (metrics, g_steal_pointer (&key), metric);
  return metric;
}

static void
check_entry (GHashTable *metrics, JsonObject *entry)
{
  JsonArray *taps = json_object_get_array_member (entry, "taps");
  gdouble distance = json_object_get_double_member (entry, "distance");
  gboolean norm = json_object_get_boolean_member (entry, "channel_norm");
  /* Without channel norm, distances run into thousands and the expected ones
   * are float32 with seven digits, so the tolerance is relative. */
  gdouble tolerance = TOLERANCE * (norm ? 1 : distance);
  PerceptualResult result = compare (find_metric (metrics, entry), entry);

  golden_assert_near (result.distance, distance, tolerance);
  g_assert_cmpuint (result.n_taps, ==, json_array_get_length (taps));
  for (guint i = 0; i < result.n_taps; i++)
    golden_assert_near (
        result.taps[i], json_array_get_double_element (taps, i), tolerance);
}

static void
test_every_comparison_agrees (gconstpointer backbone)
{
  g_autoptr (JsonObject) root = golden_json ("deep.json");
  g_autoptr (GHashTable) metrics = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) perceptual_metric_free);
  JsonArray *entries;
  guint n = 0;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "dps");
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);

    if (g_strcmp0 (json_object_get_string_member (entry, "backbone"), backbone)
        != 0)
      continue;
    check_entry (metrics, entry);
    n++;
  }
  g_assert_cmpuint (n, ==, 70);
}

static void
test_cosine_is_half_of_lpips_without_heads (gconstpointer backbone)
{
  g_autoptr (JsonObject) root = golden_json ("deep.json");
  JsonArray *entries;
  guint n = 0;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "lpips");
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    JsonArray *taps = json_object_get_array_member (entry, "taps");
    g_autoptr (PerceptualMetric) metric = NULL;
    PerceptualResult result;
    GVariantDict options;

    if (g_strcmp0 (json_object_get_string_member (entry, "backbone"), backbone)
            != 0
        || g_strcmp0 (json_object_get_string_member (entry, "heads"), "none")
            != 0
        || json_object_has_member (entry, "channel_norm"))
      continue;
    g_variant_dict_init (&options, NULL);
    metric = make_metric ("cosine", backbone, &options);
    result = compare (metric, entry);
    golden_assert_near (2 * result.distance,
        json_object_get_double_member (entry, "distance"), TOLERANCE);
    for (guint t = 0; t < result.n_taps; t++)
      golden_assert_near (2 * result.taps[t],
          json_array_get_double_element (taps, t), TOLERANCE);
    n++;
  }
  g_assert_cmpuint (n, >, 0);
}

int
main (int argc, char **argv)
{
  static const gchar *const backbones[] = { "alex", "squeeze", "vgg" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (backbones); i++) {
    g_autofree gchar *dps =
        g_strdup_printf ("/dps/every-comparison-agrees/%s", backbones[i]);
    g_autofree gchar *cosine = g_strdup_printf (
        "/cosine/is-half-of-lpips-without-heads/%s", backbones[i]);

    g_test_add_data_func (dps, backbones[i], test_every_comparison_agrees);
    g_test_add_data_func (
        cosine, backbones[i], test_cosine_is_half_of_lpips_without_heads);
  }
  return g_test_run ();
}
