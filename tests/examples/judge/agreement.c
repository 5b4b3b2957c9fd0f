/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * 2AFC, JND and the bootstrap against numbers worked out by hand.
 */
#include "judge/arithmetic/agreement.h"
#include "judge/arithmetic/order.h"
#include "table/bootstrap.h"

#include <math.h>

static void
test_2afc_earns_the_part_of_the_people_it_agrees_with (void)
{
  g_assert_cmpfloat (judge_2afc_credit (1, 2, .25), ==, .75);
  g_assert_cmpfloat (judge_2afc_credit (2, 1, .25), ==, .25);
  g_assert_cmpfloat (judge_2afc_credit (-30, -20, 0), ==, 1);
}

static void
test_2afc_tie_earns_half_whatever_people_say (void)
{
  g_assert_cmpfloat (judge_2afc_credit (3, 3, 1), ==, .5);
  g_assert_cmpfloat (judge_2afc_credit (0, 0, 0), ==, .5);
  g_assert_cmpfloat (judge_2afc_credit (-INFINITY, -INFINITY, 1), ==, .5);
  g_assert_true (isnan (judge_2afc_credit (NAN, 1, .5)));
}

/* TP 1 1.5 1.5 2.5, precision 1 .75 .5 .625, recall .4 .6 .6 1; from the right
 * .5 rises to .625: .4 * 1 + .2 * .75 + .4 * .625 */
static void
test_jnd_is_the_area_below_falling_precision (void)
{
  const gdouble distances[] = { 4, 1, 3, 2 };
  const gdouble same[] = { 1, 1, 0, .5 };
  g_autofree guint *order = judge_order (distances, NULL, 4);

  g_assert_cmpuint (order[0], ==, 1);
  g_assert_cmpuint (order[1], ==, 3);
  g_assert_cmpuint (order[2], ==, 2);
  g_assert_cmpuint (order[3], ==, 0);
  g_assert_cmpfloat_with_epsilon (
      judge_jnd_map (same, distances, order, NULL, 4), .8, 1e-15);
}

/* TP 1 1 1.5 2.5, precision 1 .5 .5 .625: what rises again later counts for all
 * before it. */
static void
test_jnd_precision_never_rises_to_the_right (void)
{
  const gdouble distances[] = { 1, 2, 3, 4 };
  const gdouble same[] = { 1, 0, .5, 1 };
  g_autofree guint *order = judge_order (distances, NULL, 4);

  g_assert_cmpfloat_with_epsilon (
      judge_jnd_map (same, distances, order, NULL, 4),
      (1 * 1 + .625 * 1.5) / 2.5, 1e-15);
}

static void
test_jnd_of_equal_distances_does_not_depend_on_their_order (void)
{
  const gdouble distances[] = { 2, 2, 2, 2 };
  const gdouble rising[] = { 0, 0, .5, 1 };
  const gdouble falling[] = { 1, .5, 0, 0 };
  g_autofree guint *order = judge_order (distances, NULL, 4);

  g_assert_cmpfloat (
      judge_jnd_map (rising, distances, order, NULL, 4), ==, .375);
  g_assert_cmpfloat (
      judge_jnd_map (falling, distances, order, NULL, 4), ==, .375);
}

static void
test_jnd_counts_a_pair_as_often_as_it_was_drawn (void)
{
  const gdouble distances[] = { 1, 2, 3, 4 };
  const gdouble same[] = { .5, 1, 0, .25 };
  const guint counts[] = { 2, 0, 1, 1 };
  const gdouble drawn_distances[] = { 1, 1, 3, 4 };
  const gdouble drawn_same[] = { .5, .5, 0, .25 };
  g_autofree guint *order = judge_order (distances, NULL, 4);

  g_assert_cmpfloat (judge_jnd_map (same, distances, order, counts, 4), ==,
      judge_jnd_map (drawn_same, drawn_distances, order, NULL, 4));
  /* Precision .5 up to recall .8, then 1.25 / 4. */
  g_assert_cmpfloat_with_epsilon (
      judge_jnd_map (same, distances, order, counts, 4), .8 * .5 + .2 * .3125,
      1e-15);
}

static void
test_jnd_without_anyone_saying_same_has_no_value (void)
{
  const gdouble distances[] = { 1, 2 };
  const gdouble same[] = { 0, 0 };
  const gdouble perfect[] = { 1, 0 };
  g_autofree guint *order = judge_order (distances, NULL, 2);

  g_assert_true (isnan (judge_jnd_map (same, distances, order, NULL, 2)));
  g_assert_cmpfloat (judge_jnd_map (perfect, distances, order, NULL, 2), ==, 1);
}

/* --- bootstrap ----------------------------------------------------------- */

static gdouble
mean (const guint *units, guint n_units, gpointer user)
{
  const gdouble *numbers = user;
  gdouble sum = 0;

  for (guint i = 0; i < n_units; i++)
    sum += numbers[units[i]];
  return sum / n_units;
}

static gdouble
nothing (const guint *units, guint n_units, gpointer user)
{
  return NAN;
}

/* NaN in every @user-th call. */
static gdouble
sometimes_nothing (const guint *units, guint n_units, gpointer user)
{
  guint *calls = user;

  return ++calls[0] % calls[1] == 0 ? NAN : 7;
}

static void
test_interval_of_a_part_has_the_width_that_theory_says (void)
{
  gdouble numbers[400];
  Interval interval;
  /* 1.96 standard errors of a part of .25 among 400. */
  gdouble expected = 1.96 * sqrt (.25 * .75 / 400);

  for (guint i = 0; i < 400; i++)
    numbers[i] = i % 4 == 0;
  interval = bootstrap (400, 4000, 1, NULL, mean, numbers);
  g_assert_cmpfloat_with_epsilon (interval.low, .25 - expected, .1 * expected);
  g_assert_cmpfloat_with_epsilon (interval.high, .25 + expected, .1 * expected);
}

static void
test_interval_depends_on_the_seed_alone (void)
{
  const gdouble numbers[] = { 1, 2, 4, 8, 16, 32, 64, 128 };
  Interval first, again, other, large;

  first = bootstrap (8, 200, 5, NULL, mean, (gpointer) numbers);
  again = bootstrap (8, 200, 5, NULL, mean, (gpointer) numbers);
  other = bootstrap (8, 200, 6, NULL, mean, (gpointer) numbers);
  large = bootstrap (8, 200, 5 + (G_GUINT64_CONSTANT (1) << 32), NULL, mean,
      (gpointer) numbers);
  g_assert_cmpfloat (first.low, ==, again.low);
  g_assert_cmpfloat (first.high, ==, again.high);
  g_assert_true (first.low != other.low || first.high != other.high);
  g_assert_true (first.low != large.low || first.high != large.high);
  g_assert_cmpfloat (first.low, <, first.high);
}

static void
test_interval_of_what_does_not_vary_is_one_number_of_one_unit_none (void)
{
  const gdouble numbers[] = { 3, 3, 3 };
  Interval same = bootstrap (3, 50, 0, NULL, mean, (gpointer) numbers);
  Interval alone = bootstrap (1, 50, 0, NULL, mean, (gpointer) numbers);

  g_assert_cmpfloat (same.low, ==, 3);
  g_assert_cmpfloat (same.high, ==, 3);
  g_assert_true (isnan (alone.low) && isnan (alone.high));
}

static void
test_no_resamples_or_no_statistic_give_no_interval (void)
{
  const gdouble numbers[] = { 1, 2, 3 };
  guint mostly[] = { 0, 3 }, rarely[] = { 0, 1 };
  Interval interval;

  interval = bootstrap (3, 0, 0, NULL, mean, (gpointer) numbers);
  g_assert_true (isnan (interval.low) && isnan (interval.high));
  interval = bootstrap (3, 10, 0, NULL, nothing, NULL);
  g_assert_true (isnan (interval.low) && isnan (interval.high));
  interval = bootstrap (3, 90, 0, NULL, sometimes_nothing, rarely);
  g_assert_true (isnan (interval.low) && isnan (interval.high));
  interval = bootstrap (3, 90, 0, NULL, sometimes_nothing, mostly);
  g_assert_cmpfloat (interval.low, ==, 7);
  g_assert_cmpfloat (interval.high, ==, 7);
}

/* Brown, Cai & DasGupta 2001, and the formula at its edges. */
static void
test_interval_of_a_part_is_wilsons (void)
{
  Interval all = interval_of_part (1, 23), none = interval_of_part (0, 10);
  Interval some = interval_of_part (.8, 10);

  g_assert_cmpfloat_with_epsilon (all.low, 23 / (23 + 3.841459), 1e-6);
  g_assert_cmpfloat (all.high, ==, 1);
  g_assert_cmpfloat (none.low, ==, 0);
  g_assert_cmpfloat_with_epsilon (none.high, 3.841459 / 13.841459, 1e-6);
  g_assert_cmpfloat_with_epsilon (some.low, .490162, 1e-6);
  g_assert_cmpfloat_with_epsilon (some.high, .943318, 1e-6);
  g_assert_true (isnan (interval_of_part (.5, 0).low));
  g_assert_true (isnan (interval_of_part (NAN, 5).high));
}

static void
test_only_an_interval_without_a_width_is_a_point (void)
{
  g_assert_true (interval_is_point (&(Interval){ .5, .5 }));
  g_assert_false (interval_is_point (&(Interval){ .5, .501 }));
  g_assert_false (interval_is_point (&(Interval){ NAN, NAN }));
}

#define ADD(name) g_test_add_func ("/judge/agreement/" #name, test_##name)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (2afc_earns_the_part_of_the_people_it_agrees_with);
  ADD (2afc_tie_earns_half_whatever_people_say);
  ADD (jnd_is_the_area_below_falling_precision);
  ADD (jnd_precision_never_rises_to_the_right);
  ADD (jnd_of_equal_distances_does_not_depend_on_their_order);
  ADD (jnd_counts_a_pair_as_often_as_it_was_drawn);
  ADD (jnd_without_anyone_saying_same_has_no_value);
  ADD (interval_of_a_part_has_the_width_that_theory_says);
  ADD (interval_depends_on_the_seed_alone);
  ADD (interval_of_what_does_not_vary_is_one_number_of_one_unit_none);
  ADD (interval_of_a_part_is_wilsons);
  ADD (only_an_interval_without_a_width_is_a_point);
  ADD (no_resamples_or_no_statistic_give_no_interval);
  return g_test_run ();
}
