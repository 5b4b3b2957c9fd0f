/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pairer against a slow model that sees both streams at once and follows
 * the rule in pairer.h.
 */
#include "../sanitized.h"
#include "pairing/pairer.h"

#include <string.h>

#define MAX_FRAMES 40
#define NONE G_MAXUINT

typedef struct
{
  gint64 time;
  guint64 duration;
} Stamp;

typedef struct
{
  Stamp stamps[MAX_FRAMES * 2];
  guint n;
} Stamps;

/* --- the model ----------------------------------------------------------- */

static guint64
distance_of (gint64 a, gint64 b)
{
  return (guint64) (a > b ? a - b : b - a);
}

/* Which frames are later than all before them. */
static void
mark_in_order (const Stamps *stream, gboolean *in_order)
{
  gint64 last = G_MININT64;

  for (guint i = 0; i < stream->n; i++) {
    in_order[i] = stream->stamps[i].time > last;
    if (in_order[i])
      last = stream->stamps[i].time;
  }
}

static guint
next_in_order (const Stamps *stream, const gboolean *in_order, guint i)
{
  for (i++; i < stream->n; i++) {
    if (in_order[i])
      return i;
  }
  return NONE;
}

static gint64
model_tolerance (
    const Stamps *refs, const gboolean *in_order, guint i, gint64 tolerance)
{
  guint next = next_in_order (refs, in_order, i);
  gint64 before = G_MININT64;

  if (tolerance >= 0)
    return tolerance;
  if (refs->stamps[i].duration != PERCEPTUAL_DURATION_NONE)
    return (gint64) refs->stamps[i].duration / 2;
  if (next != NONE)
    return (refs->stamps[next].time - refs->stamps[i].time) / 2;
  for (guint j = 0; j < i; j++) {
    if (in_order[j])
      before = refs->stamps[j].time;
  }
  return before == G_MININT64 ? 0 : (refs->stamps[i].time - before) / 2;
}

/* partner[i] is the distorted frame of reference frame i, or NONE. */
static void
model (
    const Stamps *refs, const Stamps *dists, gint64 tolerance, guint *partner)
{
  gboolean ref_order[MAX_FRAMES * 2], dist_order[MAX_FRAMES * 2];
  guint taken = 0; /* frames up to here are used or passed */

  mark_in_order (refs, ref_order);
  mark_in_order (dists, dist_order);
  for (guint i = 0; i < refs->n; i++) {
    gint64 r = refs->stamps[i].time;
    guint64 half = refs->stamps[i].duration == PERCEPTUAL_DURATION_NONE
        ? 0
        : refs->stamps[i].duration / 2;
    guint next = next_in_order (refs, ref_order, i);
    guint64 nearest = G_MAXUINT64;

    partner[i] = NONE;
    if (!ref_order[i])
      continue;
    for (guint j = taken; j < dists->n; j++) {
      gint64 d = dists->stamps[j].time;

      if (!dist_order[j] || distance_of (d, r) >= nearest
          || distance_of (d, r)
              > (guint64) model_tolerance (refs, ref_order, i, tolerance))
        continue;
      if (d > r && distance_of (d, r) > half && next != NONE
          && distance_of (refs->stamps[next].time, d) < distance_of (d, r))
        continue;
      nearest = distance_of (d, r);
      partner[i] = j;
    }
    if (partner[i] != NONE)
      taken = partner[i] + 1;
  }
}

/* --- random streams ------------------------------------------------------ */

static guint64
random_duration (GRand *rand, guint64 period)
{
  switch (g_rand_int_range (rand, 0, 4)) {
    case 0:
      return PERCEPTUAL_DURATION_NONE;
    case 1:
      return (guint64) g_rand_int_range (rand, 0, 3 * (gint) period);
    default:
      return period;
  }
}

/* A stream with its own rate, offset, jitter, losses, doubles and steps
 * back. */
static void
make_stream (GRand *rand, guint period, Stamps *stream)
{
  guint n = (guint) g_rand_int_range (rand, 0, MAX_FRAMES);
  gint64 offset = g_rand_int_range (rand, -200, 200);
  gint jitter = g_rand_boolean (rand) ? g_rand_int_range (rand, 1, 60) : 1;
  gdouble loss = g_rand_boolean (rand) ? g_rand_double (rand) / 2 : 0;
  gdouble trouble = g_rand_int_range (rand, 0, 3) == 0 ? .1 : 0;
  guint64 duration = random_duration (rand, period);

  stream->n = 0;
  for (guint i = 0; i < n; i++) {
    gint64 time = offset + (gint64) i * period
        + g_rand_int_range (rand, -jitter, jitter + 1);

    if (g_rand_double (rand) < loss)
      continue;
    if (g_rand_double (rand) < trouble)
      time -= g_rand_int_range (rand, 0, 3 * (gint) period);
    stream->stamps[stream->n++] = (Stamp){ time, duration };
    if (g_rand_double (rand) < trouble)
      stream->stamps[stream->n++] = (Stamp){ time, duration };
  }
}

/* --- the pairer, fed in random interleaving ------------------------------ */

typedef struct
{
  guint partner[MAX_FRAMES * 2];
  gboolean ref_seen[MAX_FRAMES * 2];
  gboolean dist_seen[MAX_FRAMES * 2];
  guint pairs;
  guint unmatched_reference;
  guint unmatched_distorted;
} Found;

static void
collect (PerceptualPairer *pairer, const Stamps *refs, const Stamps *dists,
    Found *found)
{
  PerceptualOutcome outcome;

  while (perceptual_pairer_next (pairer, &outcome)) {
    /* Frames are indices, from 1 so that none is NULL. */
    guint r = GPOINTER_TO_UINT (outcome.reference);
    guint d = GPOINTER_TO_UINT (outcome.distorted);

    if (r > 0) {
      g_assert_false (found->ref_seen[r - 1]);
      found->ref_seen[r - 1] = TRUE;
      found->partner[r - 1] = d > 0 ? d - 1 : NONE;
    }
    if (d > 0) {
      g_assert_false (found->dist_seen[d - 1]);
      found->dist_seen[d - 1] = TRUE;
    }
    switch (outcome.kind) {
      case PERCEPTUAL_OUTCOME_PAIR:
        g_assert_cmpint (outcome.delta, ==,
            dists->stamps[d - 1].time - refs->stamps[r - 1].time);
        found->pairs++;
        break;
      case PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE:
        found->unmatched_reference++;
        break;
      case PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED:
        found->unmatched_distorted++;
        break;
      case PERCEPTUAL_OUTCOME_LATE:
        g_assert_not_reached ();
    }
  }
}

/* Hands over the next frame of a side, or its end. */
static gboolean
feed (PerceptualPairer *pairer, PerceptualSide side, const Stamps *stream,
    guint *next)
{
  if (*next > stream->n)
    return FALSE;
  if (*next == stream->n)
    perceptual_pairer_end (pairer, side);
  else
    perceptual_pairer_push (pairer, side, stream->stamps[*next].time,
        stream->stamps[*next].duration, GUINT_TO_POINTER (*next + 1));
  (*next)++;
  return TRUE;
}

/* @polite feeds only what is wanted, as the element does. */
static void
pair (GRand *rand, const Stamps *refs, const Stamps *dists, gint64 tolerance,
    gboolean polite, Found *found)
{
  PerceptualPairer *pairer = perceptual_pairer_new (tolerance, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);
  const Stamps *streams[] = { refs, dists };
  guint next[2] = { 0, 0 };

  memset (found, 0, sizeof *found);
  while (next[0] <= refs->n || next[1] <= dists->n) {
    PerceptualSide side = g_rand_boolean (rand);

    if (polite && !perceptual_pairer_wants (pairer, side)) {
      side = !side;
      /* Some frame is always wanted, or the element would stop. */
      g_assert_true (perceptual_pairer_wants (pairer, side));
    }
    feed (pairer, side, streams[side], &next[side]);
    collect (pairer, refs, dists, found);
  }
  g_assert_cmpuint (counts->pairs, ==, found->pairs);
  g_assert_cmpuint (
      counts->unmatched_reference, ==, found->unmatched_reference);
  g_assert_cmpuint (
      counts->unmatched_distorted, ==, found->unmatched_distorted);
  perceptual_pairer_free (pairer);
}

static void
compare_with_model (gboolean polite)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20241 + polite);
  guint64 pairs = 0, unmatched = 0;
  guint n_runs = test_sanitized_or (8000, 1000);

  for (guint run = 0; run < n_runs; run++) {
    Stamps refs, dists;
    guint partner[MAX_FRAMES * 2];
    guint period = (guint) g_rand_int_range (rand, 20, 120);
    gint64 tolerance = -1;
    Found found;
    guint expected = 0;

    make_stream (rand, period, &refs);
    make_stream (rand,
        g_rand_boolean (rand) ? period
                              : (guint) g_rand_int_range (rand, 20, 240),
        &dists);
    if (g_rand_boolean (rand))
      tolerance = g_rand_int_range (rand, 0, 3 * (gint) period);

    model (&refs, &dists, tolerance, partner);
    pair (rand, &refs, &dists, tolerance, polite, &found);
    for (guint i = 0; i < refs.n; i++) {
      g_assert_true (found.ref_seen[i]);
      if (found.partner[i] != partner[i])
        g_error ("run %u: reference frame %u of %u got %d, not %d", run, i,
            refs.n, (gint) found.partner[i], (gint) partner[i]);
      expected += partner[i] != NONE;
    }
    for (guint i = 0; i < dists.n; i++)
      g_assert_true (found.dist_seen[i]);
    g_assert_cmpuint (found.pairs, ==, expected);
    g_assert_cmpuint (found.pairs + found.unmatched_reference, ==, refs.n);
    g_assert_cmpuint (found.pairs + found.unmatched_distorted, ==, dists.n);
    pairs += found.pairs;
    unmatched += found.unmatched_reference;
  }
  /* The streams are neither all alike nor all unrelated. */
  g_assert_cmpuint (pairs, >, n_runs);
  g_assert_cmpuint (unmatched, >, n_runs);
}

static void
test_any_order_of_arrival_gives_what_the_model_gives (void)
{
  compare_with_model (FALSE);
}

static void
test_taking_only_what_is_wanted_gives_what_the_model_gives (void)
{
  compare_with_model (TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/pairer-model/any-order-of-arrival-gives-what-the-model-gives",
      test_any_order_of_arrival_gives_what_the_model_gives);
  g_test_add_func (
      "/pairer-model/taking-only-what-is-wanted-gives-what-the-model-gives",
      test_taking_only_what_is_wanted_gives_what_the_model_gives);
  return g_test_run ();
}
