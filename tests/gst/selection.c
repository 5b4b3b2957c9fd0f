/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which pairs are measured if not all are.
 */
#include "measuring/selection.h"

#define SECOND G_GUINT64_CONSTANT (1000000000)

static gboolean
take (PerceptualSelection *selection, guint64 index, guint fps)
{
  return perceptual_selection_take (selection, index, index * SECOND / fps);
}

static void
test_without_a_wish_every_pair_is_taken (void)
{
  PerceptualSelection selection = { .interval = 1, .rate_d = 1 };

  for (guint i = 0; i < 100; i++)
    g_assert_true (take (&selection, i, 25));
}

static void
test_an_interval_takes_the_first_of_each_run (void)
{
  PerceptualSelection selection = { .interval = 7, .rate_d = 1 };

  for (guint i = 0; i < 700; i++)
    g_assert_cmpint (take (&selection, i, 25), ==, i % 7 == 0);
}

static void
test_jitter_takes_one_of_each_run_and_each_place_in_the_end (void)
{
  PerceptualSelection selection = {
    .interval = 8, .rate_d = 1, .jitter = TRUE, .seed = 3
  };
  guint places[8] = { 0 }, runs = 4000;

  for (guint run = 0; run < runs; run++) {
    guint taken = 0;

    for (guint i = 0; i < 8; i++) {
      if (take (&selection, run * 8 + i, 25)) {
        taken++;
        places[i]++;
      }
    }
    g_assert_cmpuint (taken, ==, 1);
  }
  for (guint i = 0; i < 8; i++) {
    g_assert_cmpuint (places[i], >, runs / 8 * 8 / 10);
    g_assert_cmpuint (places[i], <, runs / 8 * 12 / 10);
  }
}

static void
test_two_runs_choose_alike_and_two_seeds_do_not (void)
{
  PerceptualSelection a = { .interval = 10, .jitter = TRUE, .seed = 1 };
  PerceptualSelection b = a, c = a;
  guint differences = 0;

  c.seed = 2;
  for (guint i = 0; i < 1000; i++) {
    gboolean taken = take (&a, i, 25);

    g_assert_cmpint (take (&b, i, 25), ==, taken);
    differences += take (&c, i, 25) != taken ? 1 : 0;
  }
  g_assert_cmpuint (differences, >, 50);
  perceptual_selection_reset (&b);
  for (guint i = 0; i < 10; i++)
    take (&b, i, 25);
  g_assert_cmpint (b.served, ==, 0);
}

/* Weeks of a stream whose frame duration is not a whole number of
 * nanoseconds. */
static void
test_a_rate_does_not_drift_over_weeks (void)
{
  PerceptualSelection selection = { .interval = 1, .rate_n = 2, .rate_d = 1 };
  const guint64 start = 60 * 24 * 3600 * SECOND;
  guint taken = 0;

  for (guint i = 0; i < 30000; i++) {
    guint64 time = start + i * G_GUINT64_CONSTANT (1001) * SECOND / 30000;

    if (perceptual_selection_take (&selection, i, time)) {
      /* The first frame at or after each half second. */
      g_assert_cmpuint (time % (SECOND / 2), <, 1001 * SECOND / 30000);
      taken++;
    }
  }
  g_assert_cmpuint (taken, ==, 1001 * 2);
}

static void
test_a_fraction_of_a_rate_and_jitter_keep_the_mean_rate (void)
{
  PerceptualSelection selection = {
    .interval = 1, .rate_n = 3, .rate_d = 7, .jitter = TRUE
  };
  guint taken = 0;

  for (guint i = 0; i < 25 * 700; i++)
    taken += take (&selection, i, 25) ? 1 : 0;
  g_assert_cmpuint (taken, >=, 299);
  g_assert_cmpuint (taken, <=, 300);
}

static void
test_after_a_reset_the_first_pair_is_taken (void)
{
  PerceptualSelection selection = { .interval = 10, .rate_d = 1 };

  for (guint i = 0; i < 505; i++)
    take (&selection, i, 25);
  perceptual_selection_reset (&selection);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpint (take (&selection, i, 25), ==, i % 10 == 0);
  perceptual_selection_reset (&selection);
  g_assert_true (take (&selection, 10, 25));
}

static void
test_the_shortest_interval_takes_every_second_pair (void)
{
  PerceptualSelection selection = { .interval = 2, .rate_d = 1 };

  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (take (&selection, i, 25), ==, i % 2 == 0);
}

static void
test_lost_pairs_are_made_up_for_and_a_jump_takes_one (void)
{
  PerceptualSelection selection = { .interval = 10, .rate_d = 1 };

  g_assert_true (take (&selection, 0, 25));
  /* 10 to 12 found no partner. */
  g_assert_true (take (&selection, 13, 25));
  g_assert_false (take (&selection, 14, 25));
  g_assert_true (take (&selection, 20, 25));
  g_assert_true (take (&selection, G_GUINT64_CONSTANT (1000000000007), 25));
  g_assert_false (take (&selection, G_GUINT64_CONSTANT (1000000000008), 25));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/selection/without-a-wish-every-pair-is-taken",
      test_without_a_wish_every_pair_is_taken);
  g_test_add_func ("/selection/an-interval-takes-the-first-of-each-run",
      test_an_interval_takes_the_first_of_each_run);
  g_test_add_func ("/selection/jitter-takes-one-of-each-run-and-each-place",
      test_jitter_takes_one_of_each_run_and_each_place_in_the_end);
  g_test_add_func ("/selection/two-runs-choose-alike-and-two-seeds-do-not",
      test_two_runs_choose_alike_and_two_seeds_do_not);
  g_test_add_func ("/selection/a-rate-does-not-drift-over-weeks",
      test_a_rate_does_not_drift_over_weeks);
  g_test_add_func ("/selection/a-fraction-of-a-rate-and-jitter-keep-the-rate",
      test_a_fraction_of_a_rate_and_jitter_keep_the_mean_rate);
  g_test_add_func ("/selection/lost-pairs-are-made-up-for-and-a-jump-takes-one",
      test_lost_pairs_are_made_up_for_and_a_jump_takes_one);
  g_test_add_func ("/selection/after-a-reset-the-first-pair-is-taken",
      test_after_a_reset_the_first_pair_is_taken);
  g_test_add_func ("/selection/the-shortest-interval-takes-every-second-pair",
      test_the_shortest_interval_takes_every_second_pair);
  return g_test_run ();
}
