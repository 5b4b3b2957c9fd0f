/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lineup of several distorted streams against one pairer for each, and
 * the order in which rows come out.
 */
#include "../sanitized.h"
#include "pairing/lineup.h"

#include <string.h>

#define STREAMS 3

/* A frame that counts its holders. */
typedef struct
{
  guint refs;
  gint stream; /* -1 for the reference */
  gint64 time;
} Frame;

static guint alive;

static Frame *
frame_new (gint stream, gint64 time)
{
  Frame *frame = g_new0 (Frame, 1);

  frame->refs = 1;
  frame->stream = stream;
  frame->time = time;
  alive++;
  return frame;
}

static gpointer
frame_ref (gpointer data)
{
  ((Frame *) data)->refs++;
  return data;
}

static void
frame_unref (gpointer data)
{
  Frame *frame = data;

  g_assert_cmpuint (frame->refs, >, 0);
  if (--frame->refs == 0) {
    alive--;
    g_free (frame);
  }
}

/* The outcomes of a pairer for one stream, as text, which is easy to
 * compare. */
static void
say_pair (GString *said, gint64 reference, gint64 distorted)
{
  g_string_append_printf (
      said, "%" G_GINT64_FORMAT "=%" G_GINT64_FORMAT " ", reference, distorted);
}

static void
say_unmatched (GString *said, gint64 reference)
{
  g_string_append_printf (said, "%" G_GINT64_FORMAT "! ", reference);
}

static void
say_leftover (GString *said, gint64 distorted)
{
  g_string_append_printf (said, "+%" G_GINT64_FORMAT " ", distorted);
}

/* A stream with loss, jitter, repeated and backward times. */
static GArray *
random_times (GRand *rand, gint64 period)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint n = g_rand_int_range (rand, 0, 20);
  gint64 start = g_rand_int_range (rand, 0, 5) * period;

  for (gint i = 0; i < n; i++) {
    gint64 time = start + i * period
        + g_rand_int_range (
            rand, (gint32) (-period / 3), (gint32) (period / 2));

    if (g_rand_double (rand) < .1)
      time = start + (i / 2) * period;
    if (g_rand_double (rand) < .8)
      g_array_append_val (times, time);
  }
  return times;
}

static gint64
time_at (const GArray *times, guint i)
{
  return g_array_index (times, gint64, i);
}

static void
drain_pairer (PerceptualPairer *pairer, GString *pairs, GString *leftovers)
{
  PerceptualOutcome o;

  while (perceptual_pairer_next (pairer, &o)) {
    Frame *reference = o.reference, *distorted = o.distorted;

    if (reference != NULL && distorted != NULL)
      say_pair (pairs, reference->time, distorted->time);
    else if (reference != NULL)
      say_unmatched (pairs, reference->time);
    else
      say_leftover (leftovers, distorted->time);
    g_clear_pointer (&reference, frame_unref);
    g_clear_pointer (&distorted, frame_unref);
  }
}

/* The stream alone, all at once. */
static void
pair_alone (
    const GArray *refs, const GArray *dists, GString *pairs, GString *leftovers)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, frame_unref);

  for (guint i = 0; i < refs->len; i++)
    perceptual_pairer_push (pairer, PERCEPTUAL_REFERENCE, time_at (refs, i), 40,
        frame_new (-1, time_at (refs, i)));
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  for (guint i = 0; i < dists->len; i++)
    perceptual_pairer_push (pairer, PERCEPTUAL_DISTORTED, time_at (dists, i),
        40, frame_new (0, time_at (dists, i)));
  perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
  drain_pairer (pairer, pairs, leftovers);
  perceptual_pairer_free (pairer);
}

static void
drain_lineup (PerceptualLineup *lineup, GString *const *pairs,
    GString *const *leftovers, guint64 *indices)
{
  PerceptualRow *row;

  while ((row = perceptual_lineup_next (lineup)) != NULL) {
    const Frame *reference = row->reference;

    g_assert_cmpuint (row->n, ==, STREAMS);
    for (guint s = 0; s < STREAMS; s++) {
      const PerceptualMatch *match = &row->matches[s];
      const Frame *distorted = match->distorted;

      if (distorted != NULL)
        g_assert_cmpint (distorted->stream, ==, (gint) s);
      if (reference == NULL && distorted != NULL) {
        say_leftover (leftovers[s], distorted->time);
      } else if (reference != NULL && distorted != NULL) {
        g_assert_cmpuint (match->index, ==, indices[s]++);
        g_assert_cmpint (match->delta, ==, distorted->time - reference->time);
        say_pair (pairs[s], reference->time, distorted->time);
      } else if (reference != NULL) {
        say_unmatched (pairs[s], reference->time);
      }
    }
    perceptual_row_free (row);
  }
}

/* Feeds what is wanted, at random if several frames are.  Returns: FALSE when
 * everything is in. */
static gboolean
feed (PerceptualLineup *lineup, GRand *rand, GArray *const *times, guint *at)
{
  guint first = (guint) g_rand_int_range (rand, 0, STREAMS + 1);

  for (guint i = 0; i <= STREAMS; i++) {
    guint who = (first + i) % (STREAMS + 1);
    gint64 time = 0;
    gboolean ends = at[who] == times[who]->len;

    if (at[who] > times[who]->len
        || !(who == 0 ? perceptual_lineup_wants_reference (lineup)
                      : perceptual_lineup_wants_distorted (lineup, who - 1)))
      continue;
    if (!ends)
      time = time_at (times[who], at[who]);
    at[who]++;
    if (who == 0 && ends)
      perceptual_lineup_end_reference (lineup);
    else if (who == 0)
      perceptual_lineup_push_reference (lineup, time, 40, frame_new (-1, time));
    else if (ends)
      perceptual_lineup_end_distorted (lineup, who - 1);
    else
      perceptual_lineup_push_distorted (
          lineup, who - 1, time, 40, frame_new ((gint) who - 1, time));
    return TRUE;
  }
  return FALSE;
}

static void
check_random_run (guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  PerceptualLineup *lineup =
      perceptual_lineup_new (STREAMS, -1, frame_ref, frame_unref);
  GArray *times[1 + STREAMS];
  GString *pairs[STREAMS], *leftovers[STREAMS];
  guint at[1 + STREAMS] = { 0 };
  guint64 indices[STREAMS] = { 0 };

  for (guint i = 0; i <= STREAMS; i++)
    times[i] = random_times (rand, 40);
  for (guint s = 0; s < STREAMS; s++) {
    pairs[s] = g_string_new (NULL);
    leftovers[s] = g_string_new (NULL);
  }
  while (feed (lineup, rand, times, at))
    drain_lineup (lineup, pairs, leftovers, indices);
  drain_lineup (lineup, pairs, leftovers, indices);

  for (guint s = 0; s < STREAMS; s++) {
    g_autoptr (GString) alone = g_string_new (NULL);
    g_autoptr (GString) alone_left = g_string_new (NULL);

    g_assert_cmpuint (at[1 + s], ==, times[1 + s]->len + 1);
    pair_alone (times[0], times[1 + s], alone, alone_left);
    /* A reference frame that is out of order is decided at once, by itself or
     * behind others; its partners do not depend on that. */
    g_assert_cmpuint (pairs[s]->len, ==, alone->len);
    g_assert_cmpstr (leftovers[s]->str, ==, alone_left->str);
    for (gchar **word = g_strsplit (alone->str, " ", -1), **w = word;; w++) {
      if (*w == NULL) {
        g_strfreev (word);
        break;
      }
      g_assert_nonnull (strstr (pairs[s]->str, *w));
    }
    g_string_free (pairs[s], TRUE);
    g_string_free (leftovers[s], TRUE);
  }
  for (guint i = 0; i <= STREAMS; i++)
    g_array_unref (times[i]);
  perceptual_lineup_free (lineup);
  g_assert_cmpuint (alive, ==, 0);
}

static void
test_each_stream_is_paired_as_if_it_were_alone (void)
{
  guint runs = test_sanitized_or (2000, 300);

  for (guint32 seed = 1; seed <= runs; seed++)
    check_random_run (seed);
}

static void
test_a_row_waits_for_all_streams_and_leftovers_for_their_row (void)
{
  PerceptualLineup *lineup =
      perceptual_lineup_new (2, -1, frame_ref, frame_unref);
  PerceptualRow *row;

  perceptual_lineup_push_reference (lineup, 0, 40, frame_new (-1, 0));
  perceptual_lineup_push_distorted (lineup, 0, 0, 40, frame_new (0, 0));
  /* A repeated time, which no frame can take. */
  perceptual_lineup_push_distorted (lineup, 0, 0, 40, frame_new (0, 1000));
  g_assert_null (perceptual_lineup_next (lineup));
  g_assert_true (perceptual_lineup_wants_distorted (lineup, 1));
  g_assert_false (perceptual_lineup_wants_reference (lineup));

  perceptual_lineup_push_distorted (lineup, 1, 0, 40, frame_new (1, 0));
  row = perceptual_lineup_next (lineup);
  g_assert_nonnull (row->reference);
  g_assert_nonnull (row->matches[0].distorted);
  g_assert_nonnull (row->matches[1].distorted);
  perceptual_row_free (row);
  row = perceptual_lineup_next (lineup);
  g_assert_null (row->reference);
  g_assert_cmpint (((Frame *) row->matches[0].distorted)->time, ==, 1000);
  perceptual_row_free (row);
  g_assert_null (perceptual_lineup_next (lineup));
  perceptual_lineup_free (lineup);
  g_assert_cmpuint (alive, ==, 0);
}

static void
test_giving_up_costs_only_the_stream_that_is_late (void)
{
  PerceptualLineup *lineup =
      perceptual_lineup_new (2, -1, frame_ref, frame_unref);
  PerceptualRow *row;
  gint64 pending;

  perceptual_lineup_push_reference (lineup, 0, 40, frame_new (-1, 0));
  perceptual_lineup_push_distorted (lineup, 1, 0, 40, frame_new (1, 0));
  g_assert_true (perceptual_lineup_pending (lineup, &pending));
  g_assert_cmpint (pending, ==, 0);
  perceptual_lineup_give_up (lineup, -1);
  g_assert_null (perceptual_lineup_next (lineup));
  perceptual_lineup_give_up (lineup, 0);
  row = perceptual_lineup_next (lineup);
  g_assert_null (row->matches[0].distorted);
  g_assert_nonnull (row->matches[1].distorted);
  perceptual_row_free (row);
  g_assert_false (perceptual_lineup_pending (lineup, &pending));

  perceptual_lineup_push_distorted (lineup, 0, 0, 40, frame_new (0, 0));
  perceptual_lineup_push_reference (lineup, 40, 40, frame_new (-1, 40));
  perceptual_lineup_push_distorted (lineup, 0, 40, 40, frame_new (0, 40));
  perceptual_lineup_push_distorted (lineup, 1, 40, 40, frame_new (1, 40));
  g_assert_cmpuint (perceptual_lineup_get_counts (lineup, 0)->pairs, ==, 1);
  g_assert_cmpuint (perceptual_lineup_get_counts (lineup, 0)->late, ==, 1);
  g_assert_cmpuint (perceptual_lineup_get_counts (lineup, 1)->pairs, ==, 2);
  g_assert_cmpuint (perceptual_lineup_get_counts (lineup, 1)->late, ==, 0);
  perceptual_lineup_free (lineup);
  g_assert_cmpuint (alive, ==, 0);
}

static void
push_pair (PerceptualLineup *lineup, gint64 time)
{
  perceptual_lineup_push_reference (lineup, time, 40, frame_new (-1, time));
  for (gint s = 0; s < 2; s++)
    perceptual_lineup_push_distorted (
        lineup, (guint) s, time, 40, frame_new (s, time));
}

/* Begun anew, pairs are counted from 0, and margins are left out where they
 * were. */
static void
test_a_restart_forgets_counts_and_keeps_margins (void)
{
  PerceptualLineup *lineup =
      perceptual_lineup_new (2, -1, frame_ref, frame_unref);

  perceptual_lineup_ignore_margins (lineup, 1);
  for (guint run = 0; run < 2; run++) {
    PerceptualRow *row;

    for (gint s = 0; s < 2; s++)
      perceptual_lineup_push_distorted (
          lineup, (guint) s, -1000, 40, frame_new (s, -1000));
    push_pair (lineup, 0);
    push_pair (lineup, 40);
    for (guint s = 0; s < 2; s++) {
      const PerceptualCounts *counts = perceptual_lineup_get_counts (lineup, s);

      g_assert_cmpuint (counts->pairs, ==, 2);
      g_assert_cmpuint (counts->unmatched_distorted, ==, s == 0 ? 1 : 0);
    }
    row = perceptual_lineup_next (lineup);
    g_assert_null (row->reference);
    perceptual_row_free (row);
    for (guint64 i = 0; i < 2; i++) {
      row = perceptual_lineup_next (lineup);
      for (guint s = 0; s < 2; s++) {
        g_assert_cmpuint (row->matches[s].index, ==, i);
        g_assert_cmpint (row->matches[s].time, ==, 40 * (gint64) i);
      }
      perceptual_row_free (row);
    }
    perceptual_lineup_restart (lineup);
    g_assert_cmpuint (perceptual_lineup_get_counts (lineup, 0)->pairs, ==, 0);
  }
  perceptual_lineup_free (lineup);
  g_assert_cmpuint (alive, ==, 0);
}

static void
test_a_row_says_whose_stream_had_ended (void)
{
  PerceptualLineup *lineup =
      perceptual_lineup_new (2, -1, frame_ref, frame_unref);
  PerceptualRow *row;

  push_pair (lineup, 0);
  perceptual_row_free (perceptual_lineup_next (lineup));
  perceptual_lineup_end_distorted (lineup, 1);
  perceptual_lineup_push_reference (lineup, 40, 40, frame_new (-1, 40));
  perceptual_lineup_push_distorted (lineup, 0, 200, 40, frame_new (0, 200));
  row = perceptual_lineup_next (lineup);
  g_assert_false (row->matches[0].after_end);
  g_assert_true (row->matches[1].after_end);
  perceptual_row_free (row);
  perceptual_lineup_free (lineup);
  g_assert_cmpuint (alive, ==, 0);
}

/* The oldest frame that any stream waits for, whichever that is. */
static void
test_what_is_pending_is_the_oldest_of_all_streams (void)
{
  for (guint ahead = 0; ahead < 2; ahead++) {
    PerceptualLineup *lineup =
        perceptual_lineup_new (2, -1, frame_ref, frame_unref);
    gint64 pending = -1;

    perceptual_lineup_push_reference (lineup, 0, 40, frame_new (-1, 0));
    perceptual_lineup_push_reference (lineup, 40, 40, frame_new (-1, 40));
    perceptual_lineup_push_distorted (
        lineup, ahead, 0, 40, frame_new ((gint) ahead, 0));
    g_assert_true (perceptual_lineup_pending (lineup, &pending));
    g_assert_cmpint (pending, ==, 0);
    perceptual_lineup_push_distorted (
        lineup, 1 - ahead, 0, 40, frame_new (1 - (gint) ahead, 0));
    g_assert_true (perceptual_lineup_pending (lineup, &pending));
    g_assert_cmpint (pending, ==, 40);
    /* One that waits no longer does not want a reference frame for both. */
    perceptual_lineup_end_distorted (lineup, ahead);
    g_assert_false (perceptual_lineup_wants_reference (lineup));
    perceptual_lineup_end_distorted (lineup, 1 - ahead);
    g_assert_true (perceptual_lineup_wants_reference (lineup));
    perceptual_lineup_free (lineup);
    g_assert_cmpuint (alive, ==, 0);
  }
}

/* Of two streams, one knows already that it has no partner for the newest
 * frame, and the other one needs the next frame to tell. */
static void
test_a_reference_frame_is_wanted_if_any_stream_needs_it (void)
{
  for (gint needs = 0; needs < 2; needs++) {
    PerceptualLineup *lineup =
        perceptual_lineup_new (2, 100, frame_ref, frame_unref);

    perceptual_lineup_push_reference (lineup, 0, 40, frame_new (-1, 0));
    perceptual_lineup_push_distorted (
        lineup, (guint) needs, 30, 40, frame_new (needs, 30));
    perceptual_lineup_push_distorted (
        lineup, (guint) (1 - needs), 0, 40, frame_new (1 - needs, 0));
    g_assert_true (perceptual_lineup_wants_reference (lineup));
    g_assert_false (perceptual_lineup_wants_distorted (lineup, 0));
    g_assert_false (perceptual_lineup_wants_distorted (lineup, 1));
    perceptual_lineup_free (lineup);
    g_assert_cmpuint (alive, ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lineup/each-stream-is-paired-as-if-it-were-alone",
      test_each_stream_is_paired_as_if_it_were_alone);
  g_test_add_func (
      "/lineup/a-row-waits-for-all-streams-and-leftovers-for-their-row",
      test_a_row_waits_for_all_streams_and_leftovers_for_their_row);
  g_test_add_func ("/lineup/a-restart-forgets-counts-and-keeps-margins",
      test_a_restart_forgets_counts_and_keeps_margins);
  g_test_add_func ("/lineup/a-row-says-whose-stream-had-ended",
      test_a_row_says_whose_stream_had_ended);
  g_test_add_func ("/lineup/what-is-pending-is-the-oldest-of-all-streams",
      test_what_is_pending_is_the_oldest_of_all_streams);
  g_test_add_func ("/lineup/a-reference-frame-is-wanted-if-any-stream-needs-it",
      test_a_reference_frame_is_wanted_if_any_stream_needs_it);
  g_test_add_func ("/lineup/giving-up-costs-only-the-stream-that-is-late",
      test_giving_up_costs_only_the_stream_that_is_late);
  return g_test_run ();
}
