/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Correlations against numbers worked out by hand, and against plain loops.
 */
#include "judge/arithmetic/correlation.h"

#include <math.h>

static void
test_pearson_of_four_points (void)
{
  const gdouble x[] = { 1, 2, 3, 6 };
  const gdouble y[] = { 2, 1, 4, 5 };

  /* Deviations -2 -1 0 3 and -1 -2 1 2: 10 / sqrt (14 * 10). */
  g_assert_cmpfloat_with_epsilon (
      judge_pearson (x, y, 4), 10 / sqrt (140), 1e-15);
}

static void
test_spearman_shares_the_ranks_of_ties (void)
{
  const gdouble x[] = { 10, 20, 20, 90 };
  const gdouble y[] = { 1, 3, 2, 4 };

  /* Ranks 1 2.5 2.5 4 and 1 3 2 4: 4.5 / sqrt (4.5 * 5). */
  g_assert_cmpfloat_with_epsilon (
      judge_spearman (x, y, 4), 4.5 / sqrt (22.5), 1e-15);
}

static void
test_kendall_takes_ties_out_of_both_sides (void)
{
  const gdouble x[] = { 1, 1, 2, 3 };
  const gdouble y[] = { 2, 2, 1, 3 };

  /* 3 concordant, 2 discordant, one pair tied in both: 1 / sqrt (5 * 5). */
  g_assert_cmpfloat_with_epsilon (judge_kendall (x, y, 4), .2, 1e-15);
}

static void
test_kendall_of_ties_on_one_side (void)
{
  const gdouble x[] = { 10, 20, 20, 90 };
  const gdouble y[] = { 1, 3, 2, 4 };

  g_assert_cmpfloat_with_epsilon (
      judge_kendall (x, y, 4), 5 / sqrt (30), 1e-15);
  g_assert_cmpfloat_with_epsilon (
      judge_kendall (y, x, 4), 5 / sqrt (30), 1e-15);
}

static gdouble
plain_kendall (const gdouble *x, const gdouble *y, guint n)
{
  gint64 balance = 0, free_x = 0, free_y = 0;

  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < i; j++) {
      gint a = (x[i] > x[j]) - (x[i] < x[j]);
      gint b = (y[i] > y[j]) - (y[i] < y[j]);

      balance += a * b;
      free_x += a != 0;
      free_y += b != 0;
    }
  }
  return (gdouble) balance / sqrt ((gdouble) free_x * (gdouble) free_y);
}

static void
test_kendall_equals_counting_all_pairs (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  gdouble x[300], y[300];

  for (guint round = 0; round < 40; round++) {
    guint n = (guint) g_rand_int_range (random, 20, 300);
    gint values = g_rand_int_range (random, 2, 400);

    for (guint i = 0; i < n; i++) {
      x[i] = g_rand_int_range (random, 0, values);
      y[i] = x[i] / 2 + g_rand_int_range (random, 0, values);
    }
    g_assert_cmpfloat_with_epsilon (
        judge_kendall (x, y, n), plain_kendall (x, y, n), 1e-13);
  }
}

static void
test_infinite_values_have_the_last_rank (void)
{
  const gdouble x[] = { 20, INFINITY, 30, 25 };
  const gdouble y[] = { 1, 4, 3, 2 };
  const gdouble falling[] = { 4, 1, 2, 3 };

  g_assert_cmpfloat_with_epsilon (judge_spearman (x, y, 4), 1, 1e-15);
  g_assert_cmpfloat_with_epsilon (judge_kendall (x, y, 4), 1, 1e-15);
  g_assert_cmpfloat_with_epsilon (judge_spearman (x, falling, 4), -1, 1e-15);
  g_assert_cmpfloat_with_epsilon (judge_kendall (x, falling, 4), -1, 1e-15);
}

static void
test_a_constant_column_has_no_correlation (void)
{
  const gdouble x[] = { 5, 5, 5 };
  const gdouble y[] = { 1, 2, 3 };

  g_assert_true (isnan (judge_pearson (x, y, 3)));
  g_assert_true (isnan (judge_spearman (y, x, 3)));
  g_assert_true (isnan (judge_kendall (x, y, 3)));
  g_assert_true (isnan (judge_pearson (y, y, 1)));
  g_assert_true (isnan (judge_spearman (y, y, 0)));
  g_assert_true (isnan (judge_kendall (y, y, 0)));
}

/* Rounding leads no further than to 1. */
static void
test_no_correlation_is_beyond_1 (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);

  for (guint round = 0; round < 500; round++) {
    gdouble x[7], up[7], down[7];
    gdouble scale = g_rand_double_range (random, .001, 1000);

    for (guint i = 0; i < 7; i++) {
      x[i] = g_rand_double (random);
      up[i] = scale * x[i];
      down[i] = -scale * x[i];
    }
    g_assert_cmpfloat (judge_pearson (x, up, 7), <=, 1);
    g_assert_cmpfloat (judge_pearson (x, up, 7), >, 1 - 1e-12);
    g_assert_cmpfloat (judge_pearson (x, down, 7), >=, -1);
    for (guint n = 2; n <= 7; n++) {
      g_assert_cmpfloat (judge_kendall (x, up, n), <=, 1);
      g_assert_cmpfloat (judge_kendall (x, up, n), >, 1 - 1e-12);
      g_assert_cmpfloat (judge_kendall (x, down, n), >=, -1);
    }
  }
}

#define ADD(name) g_test_add_func ("/judge/correlation/" #name, test_##name)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (pearson_of_four_points);
  ADD (spearman_shares_the_ranks_of_ties);
  ADD (kendall_takes_ties_out_of_both_sides);
  ADD (kendall_of_ties_on_one_side);
  ADD (kendall_equals_counting_all_pairs);
  ADD (infinite_values_have_the_last_rank);
  ADD (no_correlation_is_beyond_1);
  ADD (a_constant_column_has_no_correlation);
  return g_test_run ();
}
