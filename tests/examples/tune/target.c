/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Statistics and targets against numbers worked out by hand.
 */
#include "tune/arithmetic/target.h"

#include <math.h>

/* A sample of @n_parts parts of @n_pairs pairs and @seconds each. */
static TuneSample *
make_sample (const gfloat *distances, guint n_parts, guint n_pairs,
    gdouble seconds, const gdouble *weights)
{
  TuneSample *sample = g_new0 (TuneSample, 1);

  sample->spans = g_array_new (FALSE, FALSE, sizeof (TuneSpan));
  sample->distances = g_array_new (FALSE, FALSE, sizeof (gfloat));
  for (guint i = 0; i < n_parts; i++) {
    TuneSpan span = { n_pairs, seconds, weights != NULL ? weights[i] : 1, 0 };

    g_array_append_val (sample->spans, span);
  }
  g_array_append_vals (sample->distances, distances, n_parts * n_pairs);
  return sample;
}

static const PerceptualMetricInfo *
metric (const gchar *name)
{
  return perceptual_metric_find (name, NULL);
}

static const TuneStatistic *
statistic (const gchar *name)
{
  const TuneStatistic *found = tune_statistics;

  while (g_strcmp0 (found->name, name) != 0)
    found++;
  return found;
}

static gdouble
of (const gchar *name, const TuneSample *sample)
{
  return tune_statistic_of (statistic (name), sample, FALSE);
}

static void
test_quantiles_are_those_of_compare (void)
{
  static const gfloat distances[] = { 5, 1, 4, 2, 3 };
  g_autoptr (TuneSample) sample = make_sample (distances, 1, 5, 1, NULL);

  g_assert_cmpfloat (of ("mean", sample), ==, 3);
  g_assert_cmpfloat (of ("median", sample), ==, 3);
  g_assert_cmpfloat_with_epsilon (of ("p90", sample), 4.6, 1e-12);
  g_assert_cmpfloat_with_epsilon (of ("p95", sample), 4.8, 1e-12);
  g_assert_cmpfloat_with_epsilon (of ("p99", sample), 4.96, 1e-12);
  g_assert_cmpfloat (of ("max", sample), ==, 5);
  g_assert_cmpfloat (of ("min", sample), ==, 1);
  g_assert_cmpfloat_with_epsilon (of ("p10", sample), 1.4, 1e-12);
  g_assert_cmpfloat_with_epsilon (of ("p5", sample), 1.2, 1e-12);
  g_assert_cmpfloat_with_epsilon (of ("p1", sample), 1.04, 1e-12);
}

static void
test_pairs_count_by_their_parts_weight (void)
{
  static const gfloat distances[] = { 0, 1, 2 };
  static const gdouble weights[] = { 1, 1, 2 };
  g_autoptr (TuneSample) sample = make_sample (distances, 3, 1, 1, weights);

  g_assert_cmpfloat (of ("mean", sample), ==, 1.25);
  /* At 0, 1 and 2.5; the middle is at 1.25. */
  g_assert_cmpfloat_with_epsilon (of ("median", sample), 1 + .25 / 1.5, 1e-12);
  g_assert_cmpfloat (of ("max", sample), ==, 2);
}

static void
test_one_pair_is_all_statistics (void)
{
  static const gfloat distances[] = { .25 };
  g_autoptr (TuneSample) sample = make_sample (distances, 1, 1, .04, NULL);

  for (const TuneStatistic *s = tune_statistics; s->name != NULL; s++)
    g_assert_cmpfloat (tune_statistic_of (s, sample, FALSE), ==, .25);
}

static void
test_worst_second_is_not_taken_from_two_parts (void)
{
  /* Two pairs a second. */
  static const gfloat distances[] = { 0, 0, 0, 8, 8, 0, 0, 6 };
  g_autoptr (TuneSample) one = make_sample (distances, 1, 8, 4, NULL);
  g_autoptr (TuneSample) two = make_sample (distances, 2, 4, 2, NULL);

  g_assert_cmpfloat (of ("worst-second", one), ==, 8);
  g_assert_cmpfloat (of ("worst-second", two), ==, 4);
  g_assert_cmpfloat (
      tune_statistic_of (statistic ("worst-second"), one, TRUE), ==, 0);
}

static void
test_identical_pictures_leave_psnr_a_mean (void)
{
  static const gfloat some[] = { 40, INFINITY, 42 };
  static const gfloat all[] = { INFINITY, INFINITY };
  static const gfloat odd[] = { 1, NAN };
  g_autoptr (TuneSample) first = make_sample (some, 1, 3, 1, NULL);
  g_autoptr (TuneSample) second = make_sample (all, 1, 2, 1, NULL);
  g_autoptr (TuneSample) third = make_sample (odd, 1, 2, 1, NULL);

  g_assert_cmpfloat (of ("mean", first), ==, 41);
  g_assert_cmpfloat (of ("mean", second), ==, INFINITY);
  g_assert_true (isnan (of ("mean", third)));
}

static void
test_interval_is_of_the_parts (void)
{
  static const gfloat distances[] = { 1, 1, 2, 2, 3, 3, 4, 4 };
  g_autoptr (TuneSample) parts = make_sample (distances, 4, 2, 1, NULL);
  g_autoptr (TuneSample) whole = make_sample (distances, 1, 8, 4, NULL);
  Interval some = tune_statistic_interval (statistic ("mean"), parts, FALSE);
  Interval none = tune_statistic_interval (statistic ("mean"), whole, FALSE);

  g_assert_cmpfloat (some.low, >=, 1);
  g_assert_cmpfloat (some.low, <, 2);
  g_assert_cmpfloat (some.high, >, 3);
  g_assert_cmpfloat (some.high, <=, 4);
  g_assert_true (isnan (none.low) && isnan (none.high));
}

/* Of two parts the samples are both, or one of them twice. */
static void
test_intervals_reach_to_single_parts (void)
{
  static const gfloat distances[] = { 1, 2, 3, 9, 4, 5, 8, 6 };
  static const gdouble weights[] = { 1, 3 };
  static const gfloat first[] = { 1, 2, 3, 9, 1, 2, 3, 9 };
  static const gfloat second[] = { 4, 5, 8, 6, 4, 5, 8, 6 };
  g_autoptr (TuneSample) sample = make_sample (distances, 2, 4, 1, weights);
  g_autoptr (TuneSample) one = make_sample (first, 2, 4, 1, NULL);
  g_autoptr (TuneSample) other = make_sample (second, 2, 4, 1, NULL);

  for (const TuneStatistic *s = tune_statistics; s->name != NULL; s++) {
    Interval interval = tune_statistic_interval (s, sample, FALSE);
    gdouble low = tune_statistic_of (s, one, FALSE);
    gdouble high = tune_statistic_of (s, other, FALSE);

    g_test_message ("%s", s->name);
    g_assert_cmpfloat_with_epsilon (interval.low, MIN (low, high), 1e-9);
    g_assert_cmpfloat_with_epsilon (interval.high, MAX (low, high), 1e-9);
  }
}

static void
expect_target (const gchar *text, const gchar *metric_name, const gchar *name,
    gdouble bound, gboolean strict)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TuneTarget) target =
      tune_target_parse (text, metric (metric_name), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (target->statistic->name, ==, name);
  g_assert_cmpfloat (target->bound, ==, bound);
  g_assert_cmpint (target->strict, ==, strict);
}

static void
test_targets_are_read (void)
{
  expect_target ("p95<0.02", "mmd-ssim", "p95", .02, TRUE);
  expect_target (" max <= 1e-1", "lpips", "max", .1, FALSE);
  expect_target ("worst-second<2", "l2", "worst-second", 2, TRUE);
  expect_target ("mean>40", "psnr", "mean", 40, TRUE);
  expect_target ("p5>=.95", "ssim", "p5", .95, FALSE);
}

static void
expect_refusal (const gchar *text, const gchar *metric_name, const gchar *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tune_target_parse (text, metric (metric_name), &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_wrong_targets_are_explained (void)
{
  expect_refusal ("p95>0.02", "mmd-ssim", "wrong way round");
  expect_refusal ("mean<40", "psnr", "wrong way round");
  expect_refusal ("max>40", "psnr", "lower values are worse");
  expect_refusal ("p5<1", "mmd-ssim", "higher values are worse");
  expect_refusal ("p94<1", "mmd-ssim", "p90, p95, p99");
  expect_refusal ("p95", "mmd-ssim", "STATISTIC<NUMBER");
  expect_refusal ("<1", "mmd-ssim", "STATISTIC<NUMBER");
  expect_refusal ("p95<", "mmd-ssim", "STATISTIC<NUMBER");
  expect_refusal ("p95<1x", "mmd-ssim", "STATISTIC<NUMBER");
  expect_refusal ("p95<<1", "mmd-ssim", "STATISTIC<NUMBER");
  expect_refusal ("mean", "psnr", "mean>40");
  expect_refusal ("p95<0", "mmd-ssim", "above 0");
  expect_refusal ("p95<-1", "mmd-ssim", "above 0");
  expect_refusal ("p95<inf", "mmd-ssim", "above 0");
  expect_refusal ("mean>1", "ssim", "between 0 and 1");
}

static gdouble
excess (const gchar *text, const gchar *metric_name, gdouble value)
{
  g_autoptr (TuneTarget) target =
      tune_target_parse (text, metric (metric_name), NULL);

  return tune_target_excess (target, value, metric (metric_name));
}

static void
test_excess_is_the_logarithm_of_the_distance (void)
{
  g_assert_cmpfloat_with_epsilon (excess ("mean<2", "l2", 4), log (2), 1e-12);
  g_assert_cmpfloat_with_epsilon (excess ("mean<2", "l2", 1), -log (2), 1e-12);
  g_assert_cmpfloat (excess ("mean<2", "l2", 0), ==, -INFINITY);
  g_assert_cmpfloat (excess ("mean<2", "l2", INFINITY), ==, INFINITY);
  /* 3 dB are about a factor 2 of the squared error. */
  g_assert_cmpfloat_with_epsilon (
      excess ("mean>40", "psnr", 30), log (10), 1e-12);
  g_assert_cmpfloat (excess ("mean>40", "psnr", INFINITY), ==, -INFINITY);
  g_assert_cmpfloat_with_epsilon (
      excess ("mean>.9", "ssim", .8), log (2), 1e-12);
  g_assert_cmpfloat (excess ("mean>.9", "ssim", 1), ==, -INFINITY);
}

static void
test_only_a_bound_that_includes_itself_is_met_by_itself (void)
{
  g_assert_cmpfloat (excess ("mean<2", "l2", 2), >, 0);
  g_assert_cmpfloat (excess ("mean<=2", "l2", 2), ==, 0);
  g_assert_cmpfloat (excess ("mean>.9", "ssim", .9), >, 0);
  g_assert_cmpfloat (excess ("mean>=.9", "ssim", .9), ==, 0);
  /* However near. */
  g_assert_cmpfloat (excess ("mean<=1", "l2", 1 + 0x1p-52), >, 0);
  g_assert_cmpfloat (excess ("mean<1", "l2", 1 - 0x1p-53), <=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tune/target/quantiles_are_those_of_compare",
      test_quantiles_are_those_of_compare);
  g_test_add_func ("/tune/target/pairs_count_by_their_parts_weight",
      test_pairs_count_by_their_parts_weight);
  g_test_add_func ("/tune/target/one_pair_is_all_statistics",
      test_one_pair_is_all_statistics);
  g_test_add_func ("/tune/target/worst_second_is_not_taken_from_two_parts",
      test_worst_second_is_not_taken_from_two_parts);
  g_test_add_func ("/tune/target/identical_pictures_leave_psnr_a_mean",
      test_identical_pictures_leave_psnr_a_mean);
  g_test_add_func (
      "/tune/target/interval_is_of_the_parts", test_interval_is_of_the_parts);
  g_test_add_func ("/tune/target/intervals_reach_to_single_parts",
      test_intervals_reach_to_single_parts);
  g_test_add_func ("/tune/target/targets_are_read", test_targets_are_read);
  g_test_add_func ("/tune/target/wrong_targets_are_explained",
      test_wrong_targets_are_explained);
  g_test_add_func ("/tune/target/excess_is_the_logarithm_of_the_distance",
      test_excess_is_the_logarithm_of_the_distance);
  g_test_add_func (
      "/tune/target/only_a_bound_that_includes_itself_is_met_by_itself",
      test_only_a_bound_that_includes_itself_is_met_by_itself);
  return g_test_run ();
}
