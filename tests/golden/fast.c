/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * precision=fast against an independent implementation's numbers in single
 * precision.  Where the CPU has no AMX, its numbers are made by plain loops.
 */
#include "golden.h"
#include "machine/cpu.h"
#include "measure.h"

#include <math.h>
#include <string.h>

/* What is promised: of the distance. */
#define TOLERANCE .01
/* Pairs that are enough with vgg where loops take the place of AMX. */
#define FEW 4

static PerceptualMetric *
make_metric (JsonObject *entry)
{
  g_autofree gchar *weights = golden_path ("weights", "");
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "weights", "s", weights);
  g_variant_dict_insert (&options, "precision", "s", "fast");
  g_variant_dict_insert (&options, "backbone", "s",
      json_object_get_string_member (entry, "backbone"));
  g_variant_dict_insert (&options, "channel-norm", "b",
      json_object_get_boolean_member_with_default (
          entry, "channel_norm", TRUE));
  g_variant_dict_insert (
      &options, "heads", "s", json_object_get_string_member (entry, "heads"));
  metric = perceptual_metric_new (
      "lpips", g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

/* Returns: the relative error. */
static gdouble
check_entry (PerceptualMetric *metric, JsonObject *entry)
{
  gdouble expected = json_object_get_double_member (entry, "distance");
  g_autoptr (GoldenImage) a =
      golden_image (json_object_get_string_member (entry, "reference"),
          json_object_get_member (entry, "crop"));
  g_autoptr (GoldenImage) b =
      golden_image (json_object_get_string_member (entry, "distorted"),
          json_object_get_member (entry, "crop"));
  gdouble distance = test_distance (metric, &a->view, &b->view);

  if (expected == 0) {
    g_assert_cmpfloat (distance, ==, 0);
    return 0;
  }
  golden_assert_near (distance, expected, TOLERANCE * expected);
  return fabs (distance - expected) / expected;
}

static void
test_lpips_is_within_a_hundredth (gconstpointer backbone)
{
  g_autoptr (JsonObject) root = golden_json ("deep.json");
  g_autoptr (GHashTable) metrics = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) perceptual_metric_free);
  gboolean few = !perceptual_cpu_has_amx () && g_strcmp0 (backbone, "vgg") == 0;
  JsonArray *entries;
  gdouble worst = 0;
  guint n = 0;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "lpips");
  for (guint i = 0; i < json_array_get_length (entries) && !(few && n == FEW);
       i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autofree gchar *key = g_strdup_printf ("%s %d",
        json_object_get_string_member (entry, "heads"),
        json_object_get_boolean_member_with_default (
            entry, "channel_norm", TRUE));
    PerceptualMetric *metric = g_hash_table_lookup (metrics, key);

    if (strcmp (json_object_get_string_member (entry, "backbone"), backbone))
      continue;
    if (metric == NULL) {
      metric = make_metric (entry);
      g_hash_table_insert (metrics, g_steal_pointer (&key), metric);
    }
    worst = MAX (worst, check_entry (metric, entry));
    n++;
  }
  g_assert_cmpuint (n, ==, few ? FEW : 28);
  g_test_message ("%s: %u pairs, worst relative error %.2g",
      (const gchar *) backbone, n, worst);
}

int
main (int argc, char **argv)
{
  static const gchar *const backbones[] = { "alex", "squeeze", "vgg" };

  g_setenv ("PERCEPTUAL_KERNELS", "amx", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (backbones); i++) {
    g_autofree gchar *path =
        g_strdup_printf ("/fast/lpips-is-within-a-hundredth/%s", backbones[i]);

    g_test_add_data_func (path, backbones[i], test_lpips_is_within_a_hundredth);
  }
  return g_test_run ();
}
