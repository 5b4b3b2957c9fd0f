/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each channel contributes, as fitting heads needs it: weighted by the
 * heads, the sum is the distance.  The networks are random, so no weights file
 * is needed.
 */
#include "../sanitized.h"
#include "images.h"
#include "measure.h"
#include "metric-private.h"
#include "nn/network.h"

#include <math.h>
#include <string.h>

#define FLAGS PERCEPTUAL_COMPARE_CHANNELS

static const gchar *const backbones[] = { "alex", "squeeze", "vgg" };

static PerceptualMetric *
make_metric (const gchar *name, const gchar *backbone, const gchar *taps,
    gboolean norm, guint threads)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "weights", "s", "random");
  g_variant_dict_insert (&options, "backbone", "s", backbone);
  g_variant_dict_insert (&options, "taps", "s", taps);
  if (strcmp (name, "lpips") == 0) {
    g_variant_dict_insert (&options, "heads", "s", "none");
    g_variant_dict_insert (&options, "channel-norm", "b", norm);
  }
  metric = perceptual_metric_new (
      name, g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

static void
check_sums (const gchar *backbone, gboolean norm)
{
  const PerceptualNetwork *network = perceptual_network_find (backbone);
  g_autoptr (PerceptualMetric) metric =
      make_metric ("lpips", backbone, "all", norm, 2);
  g_autoptr (TestImage) a = test_image_new (0, 67, 51, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (0, 67, 51, 30, 2, 0);
  PerceptualResult result = { 0 };
  const gfloat *channel;

  result = test_compare (metric, &a->view, &b->view, FLAGS);
  g_assert_cmpuint (result.n_taps, ==, perceptual_network_taps (network));
  channel = result.channels;
  for (guint t = 0; t < result.n_taps; t++) {
    gdouble sum = 0;

    g_assert_cmpuint (result.tap_channels[t], ==,
        perceptual_network_tap_channels (network, t));
    for (guint c = 0; c < result.tap_channels[t]; c++) {
      g_assert_cmpfloat (*channel, >=, 0);
      sum += (gdouble) *channel++;
    }
    g_assert_cmpfloat (result.taps[t], >, 0);
    g_assert_cmpfloat_with_epsilon (
        sum, result.taps[t], 1e-6 * MAX (1., result.taps[t]));
  }
  g_assert_cmpuint (result.n_channels, ==, channel - result.channels);
  perceptual_result_clear (&result);
  g_assert_null (result.channels);
}

static void
test_channels_sum_to_the_taps (gconstpointer backbone)
{
  check_sums (backbone, TRUE);
  /* vgg's fifteen million weights are drawn for each. */
  if (!test_sanitized () || !g_str_equal (backbone, "vgg"))
    check_sums (backbone, FALSE);
}

static void
test_chosen_taps_list_their_channels_alone (void)
{
  g_autoptr (PerceptualMetric) all =
      make_metric ("lpips", "alex", "all", TRUE, 1);
  g_autoptr (PerceptualMetric) some =
      make_metric ("lpips", "alex", "2,5", TRUE, 1);
  g_autoptr (TestImage) a = test_image_new (0, 67, 51, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (0, 67, 51, 30, 2, 0);
  PerceptualResult whole = { 0 }, part = { 0 };

  whole = test_compare (all, &a->view, &b->view, FLAGS);
  part = test_compare (some, &a->view, &b->view, FLAGS);
  g_assert_cmpuint (whole.n_channels, ==, 64 + 192 + 384 + 256 + 256);
  g_assert_cmpuint (part.n_channels, ==, 192 + 256);
  g_assert_cmpmem (
      part.channels, 192 * 4, whole.channels + 64, 192 * sizeof (gfloat));
  g_assert_cmpmem (part.channels + 192, 256 * 4,
      whole.channels + 64 + 192 + 384 + 256, 256 * sizeof (gfloat));
  perceptual_result_clear (&whole);
  perceptual_result_clear (&part);
}

static void
test_threads_and_strips_do_not_change_a_bit (void)
{
  static const guint strips[] = { 0, 8, 1000 };
  g_autoptr (TestImage) a = test_image_new (0, 181, 157, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (0, 181, 157, 30, 2, 0);
  PerceptualResult expected = { 0 };

  for (guint threads = 1; threads <= 3; threads++) {
    g_autoptr (PerceptualMetric) metric =
        make_metric ("lpips", "squeeze", "all", TRUE, threads);

    for (guint k = 0; k < G_N_ELEMENTS (strips); k++) {
      PerceptualResult result = { 0 };

      if (test_sanitized () && k != threads - 1)
        continue;
      metric->strip_rows = strips[k];
      result = test_compare (metric, &a->view, &b->view, FLAGS);
      if (expected.channels == NULL)
        expected = test_compare (metric, &a->view, &b->view, FLAGS);
      g_assert_cmpmem (result.channels, result.n_channels * 4,
          expected.channels, expected.n_channels * 4);
      perceptual_result_clear (&result);
    }
  }
  perceptual_result_clear (&expected);
}

static void
test_channels_change_neither_distance_nor_map (void)
{
  g_autoptr (PerceptualMetric) metric =
      make_metric ("lpips", "alex", "all", TRUE, 2);
  g_autoptr (TestImage) a = test_image_new (0, 67, 51, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (0, 67, 51, 30, 2, 0);
  PerceptualResult plain = { 0 }, both = { 0 };

  plain = test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);
  both =
      test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP | FLAGS);
  g_assert_null (plain.channels);
  g_assert_cmpuint (plain.n_channels, ==, 0);
  g_assert_cmpmem (
      plain.taps, sizeof (plain.taps), both.taps, sizeof (both.taps));
  g_assert_cmpmem (
      plain.map, (gsize) 67 * 51 * 4, both.map, (gsize) 67 * 51 * 4);
  perceptual_result_clear (&plain);
  perceptual_result_clear (&both);
}

static void
test_identical_and_flat_images_have_no_differences (void)
{
  g_autoptr (PerceptualMetric) metric =
      make_metric ("lpips", "alex", "all", TRUE, 1);
  g_autoptr (TestImage) a = test_image_new (0, 67, 51, 5, 1, 0);
  g_autoptr (TestImage) black = test_image_flat (67, 51, 0);
  g_autoptr (TestImage) white = test_image_flat (67, 51, 255);
  PerceptualResult result = test_compare (metric, &a->view, &a->view, FLAGS);
  for (guint c = 0; c < result.n_channels; c++)
    g_assert_cmpfloat (result.channels[c], ==, 0);
  perceptual_result_clear (&result);
  result = test_compare (metric, &black->view, &white->view, FLAGS);
  for (guint c = 0; c < result.n_channels; c++)
    g_assert_true (isfinite (result.channels[c]));
  perceptual_result_clear (&result);
}

static void
test_metrics_without_channels_say_so (void)
{
  static const gchar *const names[] = { "cosine", "dps" };
  g_autoptr (TestImage) a = test_image_new (0, 67, 51, 5, 1, 0);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (PerceptualMetric) metric =
        make_metric (names[i], "alex", "all", TRUE, 1);
    g_autoptr (GError) error = NULL;
    PerceptualResult result = { 0 };

    g_assert_false (perceptual_metric_compare (
        metric, &a->view, &a->view, 1, FLAGS, &result, &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, names[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (backbones); i++) {
    g_autofree gchar *path =
        g_strconcat ("/channels/sum-to-the-taps/", backbones[i], NULL);

    g_test_add_data_func (path, backbones[i], test_channels_sum_to_the_taps);
  }
  g_test_add_func ("/channels/chosen-taps-list-their-channels-alone",
      test_chosen_taps_list_their_channels_alone);
  g_test_add_func ("/channels/threads-and-strips-do-not-change-a-bit",
      test_threads_and_strips_do_not_change_a_bit);
  g_test_add_func ("/channels/change-neither-distance-nor-map",
      test_channels_change_neither_distance_nor_map);
  g_test_add_func ("/channels/identical-and-flat-images",
      test_identical_and_flat_images_have_no_differences);
  g_test_add_func ("/channels/metrics-without-channels-say-so",
      test_metrics_without_channels_say_so);
  return g_test_run ();
}
