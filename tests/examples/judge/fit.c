/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ranking network's gradients, Adam's steps, and heads recovered from
 * judgements that were made with them.
 */
#include "judge/arithmetic/heads-fit.h"

#include <math.h>

#define CHANNELS 40

static void
test_gradients_are_those_of_small_differences (void)
{
  GRand *rand = g_rand_new_with_seed (4);
  JudgeRanking network, gradient = { .b3 = 0 }, unused;
  gdouble *numbers = (gdouble *) &network;
  const gdouble *found = (const gdouble *) &gradient;
  gdouble d0 = .7, d1 = 1.3, judge = .3, g0, g1, x, y, step = 1e-6;

  judge_ranking_init (&network, rand);
  judge_ranking_loss (&network, d0, d1, judge, &gradient, &g0, &g1);
  for (gsize i = 0; i < JUDGE_RANKING_SIZE; i += 7) {
    gdouble kept = numbers[i], up, down;

    numbers[i] = kept + step;
    up = judge_ranking_loss (&network, d0, d1, judge, &unused, &x, &y);
    numbers[i] = kept - step;
    down = judge_ranking_loss (&network, d0, d1, judge, &unused, &x, &y);
    numbers[i] = kept;
    g_assert_cmpfloat_with_epsilon (found[i], (up - down) / (2 * step), 1e-7);
  }
  g_assert_cmpfloat_with_epsilon (g0,
      (judge_ranking_loss (&network, d0 + step, d1, judge, &unused, &x, &y)
          - judge_ranking_loss (
              &network, d0 - step, d1, judge, &unused, &x, &y))
          / (2 * step),
      1e-7);
  g_assert_cmpfloat_with_epsilon (g1,
      (judge_ranking_loss (&network, d0, d1 + step, judge, &unused, &x, &y)
          - judge_ranking_loss (
              &network, d0, d1 - step, judge, &unused, &x, &y))
          / (2 * step),
      1e-7);
  g_rand_free (rand);
}

static void
test_the_loss_is_the_cross_entropy_of_the_prediction (void)
{
  GRand *rand = g_rand_new_with_seed (5);
  JudgeRanking network, unused = { .b3 = 0 };
  gdouble g0, g1, p;

  judge_ranking_init (&network, rand);
  p = judge_ranking_predict (&network, .4, .2);
  g_assert_cmpfloat (p, >, 0);
  g_assert_cmpfloat (p, <, 1);
  g_assert_cmpfloat_with_epsilon (
      judge_ranking_loss (&network, .4, .2, .8, &unused, &g0, &g1),
      -(.8 * log (p) + .2 * log (1 - p)), 1e-12);
  g_rand_free (rand);
}

/* Gradients 1 and then 3: mean .1 and .39, of their weights .1 and .19;
 * square .001 and .009999, of .001 and .001999. */
static void
test_adam_makes_the_steps_worked_out_by_hand (void)
{
  JudgeAdam adam;
  gdouble parameter = 5, gradient = 1;

  judge_adam_init (&adam, 1, .01);
  judge_adam_step (&adam, &parameter, &gradient);
  g_assert_cmpfloat_with_epsilon (parameter, 5 - .01, 1e-9);
  gradient = 3;
  judge_adam_step (&adam, &parameter, &gradient);
  g_assert_cmpfloat_with_epsilon (
      parameter, 4.99 - .01 * (.39 / .19) / sqrt (.009999 / .001999), 1e-9);
  judge_adam_clear (&adam);
}

/* Channels of very different size, judged by people who see by @heads. */
static JudgeTriplets
make_triplets (const gdouble *heads, guint n, guint32 seed)
{
  GRand *rand = g_rand_new_with_seed (seed);
  JudgeTriplets self = { .n = n, .n_channels = CHANNELS };

  self.channels = g_new (gfloat, (gsize) n * 2 * CHANNELS);
  self.judgements = g_new (gdouble, n);
  for (guint i = 0; i < n; i++) {
    gdouble d[2];

    for (guint image = 0; image < 2; image++) {
      gfloat *channels = self.channels + ((gsize) i * 2 + image) * CHANNELS;

      for (guint c = 0; c < CHANNELS; c++)
        channels[c] =
            (gfloat) (-log (1 - g_rand_double (rand)) * pow (10, c % 5 - 4.));
      d[image] = judge_triplets_distance (&self, heads, i, image);
    }
    self.judgements[i] = d[1] < d[0] ? 1 : 0;
  }
  g_rand_free (rand);
  return self;
}

/* Every third channel counts, some more than others. */
static void
make_heads (gdouble *heads)
{
  for (guint c = 0; c < CHANNELS; c++)
    heads[c] = c % 3 == 0 ? (1 + c % 4) * pow (10, 4. - c % 5) : 0;
}

static const JudgeFitSettings settings = {
  .epochs = 60,
  .batch = 50,
  .rate = .005,
  .patience = 10,
  .validation = .2,
  .seed = 1,
};

static void
test_known_heads_are_recovered_from_judgements (void)
{
  gdouble heads[CHANNELS];
  JudgeTriplets seen, unseen;
  g_autoptr (JudgeFit) fit = NULL;
  guint agreed = 0, by_equal_heads = 0;
  gdouble equal[CHANNELS];

  make_heads (heads);
  seen = make_triplets (heads, 4000, 2);
  unseen = make_triplets (heads, 2000, 3);
  fit = judge_fit_heads (&seen, &settings, NULL, NULL);
  for (guint c = 0; c < CHANNELS; c++) {
    g_assert_cmpfloat (fit->heads[c], >=, 0);
    equal[c] = pow (10, 4. - c % 5);
  }
  for (guint i = 0; i < unseen.n; i++) {
    gboolean second = unseen.judgements[i] > .5;

    agreed += (judge_triplets_distance (&unseen, fit->heads, i, 1)
                  < judge_triplets_distance (&unseen, fit->heads, i, 0))
        == second;
    by_equal_heads += (judge_triplets_distance (&unseen, equal, i, 1)
                          < judge_triplets_distance (&unseen, equal, i, 0))
        == second;
  }
  g_test_message ("agreement %g, with equal heads %g", agreed / 2000.,
      by_equal_heads / 2000.);
  g_assert_cmpfloat (agreed / 2000., >, .97);
  g_assert_cmpfloat (by_equal_heads / 2000., <, .85);
  judge_triplets_clear (&seen);
  judge_triplets_clear (&unseen);
}

static void
test_the_same_seed_gives_the_same_heads (void)
{
  gdouble heads[CHANNELS];
  JudgeTriplets triplets;
  JudgeFitSettings other = settings;
  g_autoptr (JudgeFit) a = NULL;
  g_autoptr (JudgeFit) b = NULL;
  g_autoptr (JudgeFit) c = NULL;

  make_heads (heads);
  triplets = make_triplets (heads, 300, 2);
  other.seed = 9;
  a = judge_fit_heads (&triplets, &settings, NULL, NULL);
  b = judge_fit_heads (&triplets, &settings, NULL, NULL);
  c = judge_fit_heads (&triplets, &other, NULL, NULL);
  g_assert_cmpmem (a->heads, sizeof heads, b->heads, sizeof heads);
  g_assert_cmpint (memcmp (a->heads, c->heads, sizeof heads), !=, 0);
  judge_triplets_clear (&triplets);
}

static gboolean
stop_after_three (guint number, const JudgeEpoch *epoch, gpointer user)
{
  return number < 2;
}

static void
test_the_best_epoch_counts_and_patience_ends_the_fit (void)
{
  gdouble heads[CHANNELS];
  JudgeTriplets triplets;
  JudgeFitSettings hasty = settings;
  g_autoptr (JudgeFit) fit = NULL;
  g_autoptr (JudgeFit) stopped = NULL;

  make_heads (heads);
  triplets = make_triplets (heads, 200, 2);
  for (guint i = 0; i < triplets.n; i++)
    triplets.judgements[i] = i % 2; /* nothing to be learned */
  hasty.patience = 2;
  fit = judge_fit_heads (&triplets, &hasty, NULL, NULL);
  g_assert_cmpuint (fit->epochs->len, <, 60);
  g_assert_cmpuint (fit->epochs->len, ==, fit->best + 3);
  for (guint i = 0; i < fit->epochs->len; i++)
    g_assert_cmpfloat (
        g_array_index (fit->epochs, JudgeEpoch, i).validation_loss, >=,
        g_array_index (fit->epochs, JudgeEpoch, fit->best).validation_loss);
  stopped = judge_fit_heads (&triplets, &settings, stop_after_three, NULL);
  g_assert_cmpuint (stopped->epochs->len, ==, 3);
  judge_triplets_clear (&triplets);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fit/gradients-are-those-of-small-differences",
      test_gradients_are_those_of_small_differences);
  g_test_add_func ("/fit/the-loss-is-the-cross-entropy-of-the-prediction",
      test_the_loss_is_the_cross_entropy_of_the_prediction);
  g_test_add_func ("/fit/adam-makes-the-steps-worked-out-by-hand",
      test_adam_makes_the_steps_worked_out_by_hand);
  g_test_add_func ("/fit/known-heads-are-recovered-from-judgements",
      test_known_heads_are_recovered_from_judgements);
  g_test_add_func ("/fit/the-same-seed-gives-the-same-heads",
      test_the_same_seed_gives_the_same_heads);
  g_test_add_func ("/fit/the-best-epoch-counts-and-patience-ends-the-fit",
      test_the_best_epoch_counts_and_patience_ends_the_fit);
  return g_test_run ();
}
