/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Searches on made-up curves, whose answer a look at every value tells, and
 * how many probes they take.
 */
#include "tune/arithmetic/search.h"

#include <math.h>

#define MOST 361
#define SLOPE .09

/* A made-up encoder: what each value of the lattice would measure. */
typedef struct
{
  guint n;
  gdouble excess[MOST];
  gdouble rate[MOST];
} Encoder;

typedef struct
{
  guint probes;
  guint passes;
  gboolean measured[MOST];
  TuneVerdict verdict;
} Outcome;

static Outcome
search (const Encoder *encoder, guint start, guint width, TuneProof proof)
{
  const TuneLattice lattice = { encoder->n, start,
    SLOPE * 36 / MAX (encoder->n - 1, 1) };
  TuneProbe probes[MOST];
  Outcome outcome = { 0 };

  for (;;) {
    outcome.verdict =
        tune_search (&lattice, probes, outcome.probes, width, proof);
    if (outcome.verdict.n_next == 0)
      return outcome;
    g_assert_cmpuint (outcome.verdict.n_next, <=, width);
    outcome.passes++;
    for (guint i = 0; i < outcome.verdict.n_next; i++) {
      guint at = outcome.verdict.next[i];

      g_assert_cmpuint (at, <, encoder->n);
      for (guint j = 0; j < outcome.probes; j++)
        g_assert_cmpuint (probes[j].at, !=, at);
      outcome.measured[at] = TRUE;
      probes[outcome.probes++] =
          (TuneProbe){ at, encoder->excess[at], encoder->rate[at] };
    }
  }
}

/* Returns: the smallest rate that meets, by a measurement of every value. */
static gboolean
scan (const Encoder *encoder, guint *answer)
{
  gboolean found = FALSE;

  for (guint i = 0; i < encoder->n; i++) {
    if (encoder->excess[i] > 0
        || (found && encoder->rate[i] >= encoder->rate[*answer]))
      continue;
    *answer = i;
    found = TRUE;
  }
  return found;
}

static void
assert_is_exhaustive (const Encoder *encoder, const Outcome *outcome)
{
  guint answer = 0;
  gboolean found = scan (encoder, &answer);

  g_assert_cmpint (outcome->verdict.found, ==, found);
  if (found)
    g_assert_cmpuint (outcome->verdict.answer, ==, answer);
  g_assert_cmpint (outcome->verdict.proof, ==, TUNE_PROOF_MEASURED);
}

/* Rising by steps about the expected slope, each another one, through 0 at
 * @crossing. */
static void
make_rough (Encoder *encoder, GRand *random, guint n, gdouble crossing)
{
  gdouble slope = SLOPE * 36 / (n - 1) * g_rand_double_range (random, .7, 1.4);
  gdouble at = 0;
  gdouble part = crossing - floor (crossing);
  guint below = (guint) crossing;

  encoder->n = n;
  for (guint i = 0; i < n; i++) {
    encoder->excess[i] = at;
    encoder->rate[i] = 1000 * pow (.9, (gdouble) i * 36 / (n - 1));
    at += slope * g_rand_double_range (random, .3, 1.7);
  }
  at = below + 1 < n ? encoder->excess[below]
          + part * (encoder->excess[below + 1] - encoder->excess[below])
                     : encoder->excess[below];
  for (guint i = 0; i < n; i++)
    encoder->excess[i] -= at;
}

typedef struct
{
  gdouble mean;
  guint most;
  gdouble long_part; /* of the searches, those of more than 6 */
} Cost;

/* @guess: how far the start is from the crossing at most; 0 for the middle. */
static Cost
measure_cost (guint n, guint guess, guint width, gboolean passes)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (n + guess + width);
  const guint rounds = 4000;
  Cost cost = { 0 };

  for (guint i = 0; i < rounds; i++) {
    gdouble crossing = g_rand_double_range (random, .01, n - 1.01);
    gint start = guess == 0 ? (gint) n / 2
                            : (gint) crossing
            + g_rand_int_range (random, -(gint) guess, (gint) guess + 1);
    Encoder encoder;
    Outcome outcome;
    guint spent;

    make_rough (&encoder, random, n, crossing);
    outcome = search (&encoder, (guint) CLAMP (start, 0, (gint) n - 1), width,
        TUNE_PROOF_MEASURED);
    assert_is_exhaustive (&encoder, &outcome);
    spent = passes ? outcome.passes : outcome.probes;
    cost.mean += (gdouble) spent / rounds;
    cost.most = MAX (cost.most, spent);
    cost.long_part += (spent > 6 ? 1. : 0.) / rounds;
  }
  g_test_message ("%u values, start %s%u, %u at once: mean %.2f, at most %u, "
                  "%.2f %% above 6",
      n, guess == 0 ? "in the middle " : "within ", guess, width, cost.mean,
      cost.most, 100 * cost.long_part);
  return cost;
}

/* Halving alone takes 6 with 37 values. */
static void
test_proof_takes_four_probes (void)
{
  Cost cost = measure_cost (37, 0, 1, FALSE);

  g_assert_cmpfloat (cost.mean, <=, 3.9);
  g_assert_cmpuint (cost.most, <=, 6);
}

static void
test_a_good_start_saves_probes (void)
{
  Cost cost = measure_cost (37, 3, 1, FALSE);

  g_assert_cmpfloat (cost.mean, <=, 3.1);
  g_assert_cmpuint (cost.most, <=, 6);
}

static void
test_finer_lattices_take_little_more (void)
{
  Cost cost = measure_cost (145, 0, 1, FALSE);

  g_assert_cmpfloat (cost.mean, <=, 4.4);
  g_assert_cmpuint (cost.most, <=, 8);
  cost = measure_cost (361, 0, 1, FALSE);
  g_assert_cmpfloat (cost.mean, <=, 4.7);
  g_assert_cmpuint (cost.most, <=, 9);
}

static void
test_several_at_once_take_fewer_passes (void)
{
  Cost three = measure_cost (37, 0, 3, TRUE);
  Cost five = measure_cost (37, 0, 5, TRUE);

  g_assert_cmpfloat (three.mean, <=, 2.6);
  g_assert_cmpuint (three.most, <=, 4);
  g_assert_cmpfloat (five.mean, <=, three.mean);
}

static void
test_steps_and_plateaus_end_at_the_right_edge (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint round = 0; round < 2000; round++) {
    guint step = (guint) g_rand_int_range (random, 2, 10);
    Encoder encoder;
    Outcome outcome;

    make_rough (&encoder, random, 37, g_rand_double_range (random, .01, 35.9));
    for (guint i = 0; i < encoder.n; i++)
      encoder.excess[i] = encoder.excess[i / step * step];
    outcome = search (&encoder, 18, 1 + round % 3, TUNE_PROOF_MEASURED);
    assert_is_exhaustive (&encoder, &outcome);
  }
}

static void
test_flat_curves_meet_everywhere_or_nowhere (void)
{
  static const gdouble levels[] = { -1, 0, 1, -INFINITY, INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    for (guint n = 1; n <= 37; n += 6) {
      Encoder encoder = { .n = n };
      Outcome outcome;

      for (guint j = 0; j < n; j++) {
        encoder.excess[j] = levels[i];
        encoder.rate[j] = 100 - j;
      }
      outcome = search (&encoder, 18, 1, TUNE_PROOF_MEASURED);
      assert_is_exhaustive (&encoder, &outcome);
      g_assert_cmpint (outcome.verdict.found, ==, levels[i] <= 0);
      if (levels[i] <= 0)
        g_assert_cmpuint (outcome.verdict.answer, ==, n - 1);
    }
  }
}

/* Identical pictures have the excess minus infinity, and broken ones plus
 * infinity. */
static void
test_infinite_excess_is_bisected (void)
{
  for (guint edge = 0; edge <= 37; edge++) {
    Encoder encoder = { .n = 37 };
    Outcome outcome;

    for (guint i = 0; i < 37; i++) {
      encoder.excess[i] = i < edge ? -INFINITY : INFINITY;
      encoder.rate[i] = 100 - i;
    }
    outcome = search (&encoder, 18, 1, TUNE_PROOF_MEASURED);
    assert_is_exhaustive (&encoder, &outcome);
    g_assert_cmpuint (outcome.probes, <=, 7);
  }
}

/* On a slowly rising curve with noise a coarser value may come out better than
 * a finer one: then what lies around the crossing is measured too, and the
 * smallest rate wins. */
static void
test_an_uneven_curve_is_looked_around (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  guint uneven = 0, gained = 0;

  for (guint round = 0; round < 2000; round++) {
    Encoder encoder;
    Outcome outcome;
    guint answer;

    make_rough (&encoder, random, 37, g_rand_double_range (random, 3, 33));
    for (guint i = 0; i < 37; i++)
      encoder.excess[i] += g_rand_double_range (random, -.2, .2);
    outcome = search (&encoder, 18, 1, TUNE_PROOF_MEASURED);
    if (!outcome.verdict.uneven || !outcome.verdict.found)
      continue;
    uneven++;
    answer = outcome.verdict.answer;
    for (guint i = answer + 1; i <= MIN (answer + 2, 36); i++) {
      g_assert_true (outcome.measured[i]);
      g_assert_cmpfloat (encoder.excess[i], >, 0);
    }
    for (guint i = 0; i < answer; i++)
      gained += outcome.measured[i] && encoder.excess[i] > 0;
  }
  g_assert_cmpuint (uneven, >, 100);
  g_assert_cmpuint (gained, >, 50);
}

static void
test_neighbours_of_an_uneven_pair_are_asked_for (void)
{
  const TuneLattice lattice = { 37, 18, SLOPE };
  const TuneProbe probes[] = { { 9, -.3, 9 }, { 10, .1, 8 }, { 11, -.1, 7 },
    { 12, .2, 6 } };
  TuneVerdict verdict =
      tune_search (&lattice, probes, 4, 16, TUNE_PROOF_MEASURED);

  g_assert_true (verdict.uneven);
  g_assert_true (verdict.found);
  g_assert_cmpuint (verdict.answer, ==, 11);
  g_assert_cmpuint (verdict.n_next, ==, 1);
  g_assert_cmpuint (verdict.next[0], ==, 13);
}

/* Whatever a curve does, the answer meets, and the next coarser value was
 * measured and does not. */
static void
test_noise_gives_a_proven_answer (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint round = 0; round < 2000; round++) {
    guint width = 1 + round % 4;
    Encoder encoder = { .n = 37 };
    Outcome outcome;

    for (guint i = 0; i < 37; i++) {
      encoder.excess[i] = g_rand_double_range (random, -1, 1);
      encoder.rate[i] = g_rand_double_range (random, 1, 2);
    }
    outcome = search (&encoder, 18, width, TUNE_PROOF_MEASURED);
    g_assert_cmpuint (outcome.probes, <=, 37);
    if (outcome.verdict.found)
      g_assert_cmpfloat (encoder.excess[outcome.verdict.answer], <=, 0);
    else
      g_assert_cmpfloat (encoder.excess[0], >, 0);
  }
}

static void
test_prediction_saves_probes_and_is_right_on_smooth_curves (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  guint near = 0, proven = 0;

  for (guint round = 0; round < 1000; round++) {
    gdouble crossing = g_rand_double_range (random, .1, 35.9);
    gdouble slope = SLOPE * g_rand_double_range (random, .7, 1.4);
    guint answer = 0;
    Encoder encoder = { .n = 37 };
    Outcome outcome;

    for (guint i = 0; i < 37; i++) {
      encoder.excess[i] = slope * (i - crossing);
      encoder.rate[i] = 100 - i;
    }
    outcome = search (&encoder, 18, 1, TUNE_PROOF_PREDICTED);
    g_assert_true (scan (&encoder, &answer));
    g_assert_cmpuint (outcome.verdict.answer, ==, answer);
    near += outcome.probes;
    proven += search (&encoder, 18, 1, TUNE_PROOF_MEASURED).probes;
  }
  g_assert_cmpuint (near, <, proven);
}

/* What falls by no more than measurements scatter is even. */
static void
test_a_small_dip_is_not_uneven (void)
{
  const TuneLattice lattice = { 37, 18, SLOPE };

  for (guint large = 0; large < 2; large++) {
    gdouble dip = TUNE_SEARCH_UNEVEN * (large ? 1.1 : .9);
    const TuneProbe probes[] = { { 10, -.1, 9 }, { 11, -.1 - dip, 8 },
      { 12, .2, 7 } };
    TuneVerdict verdict =
        tune_search (&lattice, probes, 3, 4, TUNE_PROOF_MEASURED);

    g_assert_cmpint (verdict.uneven, ==, large);
    g_assert_cmpint (verdict.n_next > 0, ==, large);
    g_assert_cmpuint (verdict.answer, ==, 11);
  }
}

/* Of two values with one rate the finer one. */
static void
test_of_equal_rates_the_finer_value_is_taken (void)
{
  const TuneLattice lattice = { 37, 18, SLOPE };
  const TuneProbe probes[] = { { 9, -.3, 8 }, { 10, -.1, 8 }, { 11, .2, 7 } };
  TuneVerdict verdict =
      tune_search (&lattice, probes, 3, 1, TUNE_PROOF_MEASURED);

  g_assert_cmpuint (verdict.n_next, ==, 0);
  g_assert_cmpuint (verdict.answer, ==, 9);
}

/* Where probes lie far from the line through their neighbours, it is not taken
 * for a proof. */
static void
test_a_prediction_needs_even_probes (void)
{
  const TuneLattice lattice = { 37, 18, SLOPE };

  for (guint even = 0; even < 2; even++) {
    /* At 11 the line through 10 and 12 is at .05. */
    const TuneProbe probes[] = { { 6, even ? -.3 : -.6, 9 }, { 10, -.02, 8 },
      { 12, .12, 7 } };
    TuneVerdict verdict =
        tune_search (&lattice, probes, 3, 1, TUNE_PROOF_PREDICTED);

    g_assert_cmpuint (verdict.n_next, ==, even ? 0 : 1);
    if (!even)
      g_assert_cmpuint (verdict.next[0], ==, 11);
    else
      g_assert_cmpint (verdict.proof, ==, TUNE_PROOF_PREDICTED);
  }
}

/* Beyond the last two probes the curve goes on as between them: if that leads
 * to the next value, it is tried. */
static void
test_what_lies_ahead_goes_on_as_the_last_two (void)
{
  const TuneLattice lattice = { 361, 18, SLOPE / 10 };
  const TuneProbe ahead[] = { { 0, -3.0, 9 }, { 1, -2.99, 8 }, { 149, -.11, 6 },
    { 150, -.01, 5 } };
  const TuneProbe behind[] = { { 150, .01, 9 }, { 151, .11, 8 },
    { 300, 2.99, 6 }, { 301, 3, 5 } };
  TuneVerdict verdict =
      tune_search (&lattice, ahead, 4, 1, TUNE_PROOF_MEASURED);

  g_assert_cmpuint (verdict.n_next, ==, 1);
  g_assert_cmpuint (verdict.next[0], ==, 151);
  verdict = tune_search (&lattice, behind, 4, 1, TUNE_PROOF_MEASURED);
  g_assert_cmpuint (verdict.n_next, ==, 1);
  g_assert_cmpuint (verdict.next[0], ==, 149);
}

/* Halving what is left would make sure of an end in time, and turn away from a
 * crossing that is all but found. */
static void
test_a_near_crossing_is_not_turned_away_from (void)
{
  const TuneLattice lattice = { 37, 18, SLOPE };
  const TuneProbe probes[] = { { 18, 1.7, 5 }, { 0, -.13, 9 }, { 2, -.01, 8 } };
  TuneVerdict verdict =
      tune_search (&lattice, probes, 3, 1, TUNE_PROOF_MEASURED);

  g_assert_cmpuint (verdict.n_next, ==, 1);
  g_assert_cmpuint (verdict.next[0], <=, 4);
}

static void
test_order_of_probes_does_not_matter (void)
{
  const TuneLattice lattice = { 37, 18, SLOPE };
  const TuneProbe one[] = { { 18, .4, 5 }, { 12, -.1, 8 }, { 15, .2, 6 } };
  const TuneProbe other[] = { { 15, .2, 6 }, { 18, .4, 5 }, { 12, -.1, 8 } };
  TuneVerdict a = tune_search (&lattice, one, 3, 2, TUNE_PROOF_MEASURED);
  TuneVerdict b = tune_search (&lattice, other, 3, 2, TUNE_PROOF_MEASURED);

  g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
  g_assert_cmpuint (a.n_next, ==, 2);
  g_assert_cmpuint (a.next[0], ==, 13);
  g_assert_cmpuint (a.next[1], ==, 14);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/search/" #name, test_##name)
  ADD (proof_takes_four_probes);
  ADD (a_good_start_saves_probes);
  ADD (finer_lattices_take_little_more);
  ADD (several_at_once_take_fewer_passes);
  ADD (steps_and_plateaus_end_at_the_right_edge);
  ADD (flat_curves_meet_everywhere_or_nowhere);
  ADD (infinite_excess_is_bisected);
  ADD (an_uneven_curve_is_looked_around);
  ADD (neighbours_of_an_uneven_pair_are_asked_for);
  ADD (noise_gives_a_proven_answer);
  ADD (prediction_saves_probes_and_is_right_on_smooth_curves);
  ADD (a_small_dip_is_not_uneven);
  ADD (of_equal_rates_the_finer_value_is_taken);
  ADD (a_prediction_needs_even_probes);
  ADD (what_lies_ahead_goes_on_as_the_last_two);
  ADD (a_near_crossing_is_not_turned_away_from);
  ADD (order_of_probes_does_not_matter);
  return g_test_run ();
}
