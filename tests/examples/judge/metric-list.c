/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What users type after --metric, and the metrics that it makes.
 */
#include "judge/data/image.h"
#include "judge/metric-list.h"

#include <math.h>

static JudgeMetricList *
list (const gchar *first, const gchar *second, GError **error)
{
  const gchar *specifications[] = { first, second, NULL };
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);

  return judge_metric_list_new (
      (gchar **) specifications, NULL, workers, error);
}

static void
assert_refused (
    const gchar *first, const gchar *second, gint code, const gchar *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (list (first, second, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, code);
  if (g_strstr_len (error->message, -1, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, words);
}

static void
test_without_a_specification_the_default_is_taken (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (JudgeMetricList) self =
      judge_metric_list_new (NULL, "/nowhere", workers, NULL);

  g_assert_cmpuint (self->metrics->len, ==, 1);
  g_assert_cmpstr (
      judge_metric_list_get (self, 0)->label, ==, PERCEPTUAL_DEFAULT_METRIC);
}

static void
test_options_reach_the_metric_commas_in_values_too (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JudgeMetricList) self =
      list ("cosine:taps=1,3,weights=random,seed=4", "psnr", &error);
  g_autofree gchar *taps = NULL, *weights = NULL;
  guint64 seed = 0;
  GVariant *options;

  g_assert_no_error (error);
  options =
      perceptual_metric_get_options (judge_metric_list_get (self, 0)->metric);
  g_assert_true (g_variant_lookup (options, "taps", "s", &taps));
  g_assert_true (g_variant_lookup (options, "weights", "s", &weights));
  g_assert_true (g_variant_lookup (options, "seed", "t", &seed));
  g_assert_cmpstr (taps, ==, "1,3");
  g_assert_cmpstr (weights, ==, "random");
  g_assert_cmpuint (seed, ==, 4);
  g_assert_false (judge_metric_list_get (self, 0)->similarity);
  g_assert_true (judge_metric_list_get (self, 1)->similarity);
}

static void
test_what_is_wrong_is_said_with_the_specification (void)
{
  assert_refused ("nope", NULL, PERCEPTUAL_ERROR_METRIC, "--metric nope: ");
  assert_refused ("psnr:x=1", NULL, PERCEPTUAL_ERROR_OPTION,
      "The metric psnr has no option x");
  assert_refused (
      "mmd:seed", NULL, PERCEPTUAL_ERROR_OPTION, "needs a value for \"seed\"");
  assert_refused (
      "mmd:seed=a", NULL, PERCEPTUAL_ERROR_OPTION, "--metric mmd:seed=a: ");
  assert_refused ("mmd:", NULL, PERCEPTUAL_ERROR_OPTION, "no option \"\"");
  assert_refused ("psnr", "psnr", PERCEPTUAL_ERROR_OPTION, "given twice");
}

static void
test_missing_weights_are_an_error_of_that_metric (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  const gchar *specifications[] = { "psnr", "lpips", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (judge_metric_list_new (
      (gchar **) specifications, "/nowhere/at/all", workers, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND);
  g_assert_true (g_str_has_prefix (error->message, "--metric lpips: "));
}

static void
test_values_come_metric_by_metric (void)
{
  g_autoptr (JudgeMetricList) self = list ("l2", "psnr", NULL);
  g_autoptr (JudgeImage) black = judge_image_new (16, 16);
  g_autoptr (JudgeImage) white = judge_image_new (16, 16);
  PerceptualImage distorted[2];
  gdouble values[4];

  for (guint i = 0; i < 16 * 16 * 4; i++)
    white->memory[i] = 255;
  distorted[0] = black->view;
  distorted[1] = white->view;
  g_assert_true (judge_metric_list_measure (
      self, &black->view, distorted, 2, values, NULL));
  g_assert_cmpfloat (values[0], ==, 0);
  g_assert_cmpfloat_with_epsilon (values[1], 4, 1e-6);
  g_assert_true (isinf (values[2]));
  g_assert_cmpfloat_with_epsilon (values[3], 0, 1e-3);
  g_assert_cmpfloat (
      judge_metric_as_distance (judge_metric_list_get (self, 0), 2), ==, 2);
  g_assert_cmpfloat (
      judge_metric_as_distance (judge_metric_list_get (self, 1), 2), ==, -2);
}

#define ADD(name) g_test_add_func ("/judge/metric-list/" #name, test_##name)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (without_a_specification_the_default_is_taken);
  ADD (options_reach_the_metric_commas_in_values_too);
  ADD (what_is_wrong_is_said_with_the_specification);
  ADD (missing_weights_are_an_error_of_that_metric);
  ADD (values_come_metric_by_metric);
  return g_test_run ();
}
