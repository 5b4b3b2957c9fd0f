/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bins, shares and cumulative curves: numbers worked out by hand.
 */
#include "chart/distribution.h"

#include <math.h>

static void
assert_edges (gdouble low, gdouble high, guint most, gdouble first,
    gdouble last, guint expected)
{
  guint n = 0;
  g_autofree gdouble *edges = chart_bin_edges (low, high, FALSE, most, &n);

  g_assert_nonnull (edges);
  g_assert_cmpuint (n, ==, expected);
  g_assert_cmpfloat_with_epsilon (edges[0], first, 1e-12);
  g_assert_cmpfloat_with_epsilon (edges[n], last, 1e-12);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (
        edges[i + 1] - edges[i], (last - first) / n, 1e-12);
}

static void
test_edges_are_round_and_hold_both_ends (void)
{
  assert_edges (0, 1, 10, 0, 1, 10);
  assert_edges (.013, .0871, 10, .01, .09, 8);
  assert_edges (-3, 4, 4, -4, 4, 4);
  assert_edges (5, 5, 10, 2.5, 7.5, 10);
  assert_edges (0, 0, 10, 0, 1, 10);
}

static void
test_logarithmic_edges_grow_by_a_factor (void)
{
  guint n = 0;
  g_autofree gdouble *edges = chart_bin_edges (.001, 1, TRUE, 6, &n);

  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpfloat (edges[0], ==, .001);
  g_assert_cmpfloat (edges[6], ==, 1);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (edges[i + 1] / edges[i], sqrt (10), 1e-9);
}

static void
test_ends_that_no_axis_has_give_no_bins (void)
{
  guint n;

  g_assert_null (chart_bin_edges (NAN, 1, FALSE, 5, &n));
  g_assert_null (chart_bin_edges (0, INFINITY, FALSE, 5, &n));
  g_assert_null (chart_bin_edges (2, 1, FALSE, 5, &n));
  g_assert_null (chart_bin_edges (0, 1, TRUE, 5, &n));
}

static void
test_shares_count_each_finite_value_once (void)
{
  static const gdouble edges[] = { 0, 1, 2, 3 };
  static const gdouble values[] = { 0, .5, 1, 2, 3, 3.5, -1, 2.5, NAN,
    INFINITY };
  gdouble shares[3];
  gdouble outside =
      chart_bin_shares (values, G_N_ELEMENTS (values), edges, 3, shares);

  g_assert_cmpfloat (shares[0], ==, 2 / 8.);
  g_assert_cmpfloat (shares[1], ==, 1 / 8.);
  g_assert_cmpfloat (shares[2], ==, 3 / 8.);
  g_assert_cmpfloat (outside, ==, 2 / 8.);
  g_assert_cmpfloat (chart_bin_shares (values, 0, edges, 3, shares), ==, 0);
  g_assert_cmpfloat (shares[0], ==, 0);
}

static void
test_cumulative_curve_has_all_of_few_values (void)
{
  static const gdouble values[] = { 3, 1, NAN, 2, 2 };
  gdouble x[8], y[8];

  g_assert_cmpuint (chart_cumulate (values, 5, 8, x, y), ==, 4);
  g_assert_cmpfloat (x[0], ==, 1);
  g_assert_cmpfloat (y[0], ==, .25);
  /* Both of the equal ones are not above 2. */
  g_assert_cmpfloat (x[1], ==, 2);
  g_assert_cmpfloat (y[1], ==, .75);
  g_assert_cmpfloat (y[2], ==, .75);
  g_assert_cmpfloat (x[3], ==, 3);
  g_assert_cmpfloat (y[3], ==, 1);
  g_assert_cmpuint (chart_cumulate (values + 2, 1, 8, x, y), ==, 0);
}

static void
test_cumulative_curve_of_many_values_keeps_both_ends (void)
{
  gdouble values[1000], x[11], y[11];

  for (guint i = 0; i < 1000; i++)
    values[i] = (i * 7) % 1000;
  g_assert_cmpuint (chart_cumulate (values, 1000, 11, x, y), ==, 11);
  g_assert_cmpfloat (x[0], ==, 0);
  g_assert_cmpfloat (x[10], ==, 999);
  for (guint i = 0; i < 11; i++)
    g_assert_cmpfloat_with_epsilon (y[i], (x[i] + 1) / 1000, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/distribution/" #name, test_##name)
  ADD (edges_are_round_and_hold_both_ends);
  ADD (logarithmic_edges_grow_by_a_factor);
  ADD (ends_that_no_axis_has_give_no_bins);
  ADD (shares_count_each_finite_value_once);
  ADD (cumulative_curve_has_all_of_few_values);
  ADD (cumulative_curve_of_many_values_keeps_both_ends);
  return g_test_run ();
}
