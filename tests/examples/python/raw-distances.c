/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What libperceptual says of two raw pictures, for the test of its Python
 * package: the distance and the taps in hexadecimal, which lose no bit, and
 * the sum of the map's bytes.
 *
 *   raw-distances FILE 8|16 WIDTH HEIGHT METRIC [OPTION=VALUE...]
 *
 * FILE holds both pictures, R, G, B and a fourth sample that is ignored.
 */
#include "perceptual.h"

#include <string.h>

static GVariant *
read_options (char **settings, GError **error)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  for (; *settings != NULL; settings++) {
    g_auto (GStrv) parts = g_strsplit (*settings, "=", 2);

    for (guint i = 0; perceptual_options ()[i] != NULL; i++) {
      const PerceptualOption *option = perceptual_options ()[i];
      g_autoptr (GVariant) value = NULL;

      if (strcmp (option->name, parts[0]) != 0)
        continue;
      value = perceptual_option_parse (option, parts[1], error);
      if (value != NULL)
        g_variant_dict_insert_value (&options, option->name, value);
    }
  }
  return g_variant_dict_end (&options);
}

static void
print_result (const PerceptualResult *result)
{
  g_print ("%a\n", result->distance);
  for (guint i = 0; i < result->n_taps; i++)
    g_print ("%a\n", result->taps[i]);
  if (result->map != NULL) {
    g_autofree gchar *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
        (const guchar *) result->map,
        sizeof (gfloat) * result->map_width * result->map_height);

    g_print ("%s\n", sum);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, &error);
  g_autoptr (PerceptualMetric) metric = NULL;
  g_autofree gchar *pixels = NULL;
  PerceptualImage images[2] = { 0 };
  PerceptualResult result = { 0 };
  gsize bytes, size, sample = g_strcmp0 (argv[2], "16") == 0 ? 2 : 1;
  PerceptualCompareFlags flags = PERCEPTUAL_COMPARE_NONE;

  g_assert_cmpint (argc, >=, 6);
  g_assert_true (g_file_get_contents (argv[1], &pixels, &bytes, &error));
  for (guint i = 0; i < 2; i++) {
    images[i].pixels =
        sample == 2 ? PERCEPTUAL_PIXELS_RGBX16 : PERCEPTUAL_PIXELS_RGBX8;
    images[i].width = (guint) g_ascii_strtoull (argv[3], NULL, 10);
    images[i].height = (guint) g_ascii_strtoull (argv[4], NULL, 10);
    images[i].stride = 4 * sample * images[i].width;
    size = images[i].stride * images[i].height;
    images[i].data = pixels + i * size;
    g_assert_cmpuint ((i + 1) * size, <=, bytes);
  }
  metric = perceptual_metric_new (
      argv[5], read_options (argv + 6, &error), workers, &error);
  g_assert_no_error (error);
  if (perceptual_metric_get_info (metric)->flags & PERCEPTUAL_METRIC_MAP)
    flags = PERCEPTUAL_COMPARE_MAP;
  perceptual_metric_compare (
      metric, &images[0], &images[1], 1, flags, &result, &error);
  g_assert_no_error (error);
  print_result (&result);
  perceptual_result_clear (&result);
  return 0;
}
