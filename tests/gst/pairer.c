/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pairer in single cases, by times worked out by hand; random ones are in
 * pairer-model.c.
 */
#include "pairing/pairer.h"

static guint frees;

static void
count_free (gpointer frame)
{
  frees++;
}

#define FRAME(n) GUINT_TO_POINTER (n)

static void
push (PerceptualPairer *pairer, PerceptualSide side, gint64 time, guint n)
{
  perceptual_pairer_push (pairer, side, time, 100, FRAME (n));
}

static void
assert_next (
    PerceptualPairer *pairer, PerceptualOutcomeKind kind, guint r, guint d)
{
  PerceptualOutcome outcome;

  g_assert_true (perceptual_pairer_next (pairer, &outcome));
  g_assert_cmpint (outcome.kind, ==, kind);
  g_assert_cmpuint (GPOINTER_TO_UINT (outcome.reference), ==, r);
  g_assert_cmpuint (GPOINTER_TO_UINT (outcome.distorted), ==, d);
}

static void
assert_waits (PerceptualPairer *pairer)
{
  PerceptualOutcome outcome;

  g_assert_false (perceptual_pairer_next (pairer, &outcome));
}

static void
test_equal_times_are_paired_without_waiting (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

  push (pairer, PERCEPTUAL_REFERENCE, 0, 1);
  assert_waits (pairer);
  push (pairer, PERCEPTUAL_DISTORTED, 0, 2);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 1, 2);
  perceptual_pairer_free (pairer);
}

static void
test_a_wide_tolerance_does_not_take_the_next_frame_s_partner (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (1000, NULL);

  /* The partner of the first was lost. */
  for (guint i = 1; i <= 4; i++)
    push (pairer, PERCEPTUAL_REFERENCE, 100 * i, i);
  for (guint i = 2; i <= 4; i++)
    push (pairer, PERCEPTUAL_DISTORTED, 100 * i + 1, 10 + i);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 1, 0);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 2, 12);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 3, 13);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 4, 14);
  assert_waits (pairer);
  perceptual_pairer_free (pairer);
}

static void
test_a_gap_says_that_no_frame_will_come (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  perceptual_pairer_gap (pairer, PERCEPTUAL_DISTORTED, 100, 50);
  assert_waits (pairer); /* one at 150 would still do */
  perceptual_pairer_gap (pairer, PERCEPTUAL_DISTORTED, 150, 50);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 1, 0);
  g_assert_cmpuint (perceptual_pairer_get_counts (pairer)->gaps, ==, 2);
  perceptual_pairer_free (pairer);
}

static void
test_a_frame_that_comes_after_the_deadline_is_late (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
  gint64 pending = -1;

  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  g_assert_true (perceptual_pairer_pending (pairer, &pending));
  g_assert_cmpint (pending, ==, 100);
  perceptual_pairer_give_up (pairer);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 1, 0);
  g_assert_false (perceptual_pairer_pending (pairer, &pending));
  g_assert_true (perceptual_pairer_is_late (pairer, 103));
  g_assert_false (perceptual_pairer_is_late (pairer, 203));
  push (pairer, PERCEPTUAL_DISTORTED, 103, 2);
  /* It decides nothing. */
  g_assert_false (perceptual_pairer_holds (pairer));
  push (pairer, PERCEPTUAL_REFERENCE, 200, 3);
  g_assert_true (perceptual_pairer_holds (pairer));
  push (pairer, PERCEPTUAL_DISTORTED, 203, 4);
  assert_next (pairer, PERCEPTUAL_OUTCOME_LATE, 0, 2);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 3, 4);
  g_assert_cmpuint (perceptual_pairer_get_counts (pairer)->late, ==, 1);
  perceptual_pairer_free (pairer);
}

/* A stream that is seconds behind must not fill the memory. */
static void
test_no_more_than_two_late_frames_are_taken_before_a_reference_frame (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (1000, NULL);

  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  perceptual_pairer_give_up (pairer);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 1, 0);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (perceptual_pairer_is_late (pairer, 101 + i));
    push (pairer, PERCEPTUAL_DISTORTED, 101 + i, 2 + i);
  }
  g_assert_false (perceptual_pairer_is_late (pairer, 103));
  /* A reference frame lets go of all but the last. */
  push (pairer, PERCEPTUAL_REFERENCE, 5000, 9);
  assert_next (pairer, PERCEPTUAL_OUTCOME_LATE, 0, 2);
  g_assert_true (perceptual_pairer_is_late (pairer, 103));
  perceptual_pairer_free (pairer);
}

static void
test_at_the_deadline_a_frame_takes_the_partner_that_is_there (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  push (pairer, PERCEPTUAL_DISTORTED, 90, 2);
  assert_waits (pairer); /* a nearer one may come */
  perceptual_pairer_give_up (pairer);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 1, 2);
  perceptual_pairer_free (pairer);
}

static void
test_frames_after_the_other_side_s_end_are_told_apart (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

  for (guint i = 1; i <= 5; i++)
    push (pairer, PERCEPTUAL_REFERENCE, 100 * i, i);
  push (pairer, PERCEPTUAL_DISTORTED, 100, 11);
  push (pairer, PERCEPTUAL_DISTORTED, 300, 13);
  perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  g_assert_cmpuint (counts->pairs, ==, 2);
  g_assert_cmpuint (counts->unmatched_reference, ==, 3);
  g_assert_cmpuint (counts->after_end_reference, ==, 2);
  perceptual_pairer_free (pairer);
}

static void
test_margins_are_left_out_but_not_holes (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, count_free);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);
  PerceptualOutcome outcome;
  guint outcomes = 0;

  frees = 0;
  perceptual_pairer_ignore_margins (pairer);
  push (pairer, PERCEPTUAL_DISTORTED, 100, 11);
  push (pairer, PERCEPTUAL_DISTORTED, 200, 12);
  for (guint i = 3; i <= 5; i++)
    push (pairer, PERCEPTUAL_REFERENCE, 100 * i, i);
  push (pairer, PERCEPTUAL_DISTORTED, 300, 13);
  push (pairer, PERCEPTUAL_DISTORTED, 460, 14); /* between two */
  push (pairer, PERCEPTUAL_DISTORTED, 510, 15);
  push (pairer, PERCEPTUAL_DISTORTED, 600, 16);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  push (pairer, PERCEPTUAL_DISTORTED, 700, 17);
  perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
  g_assert_cmpuint (counts->pairs, ==, 2);
  g_assert_cmpuint (counts->unmatched_reference, ==, 1);
  g_assert_cmpuint (counts->unmatched_distorted, ==, 1);
  g_assert_cmpuint (counts->after_end_distorted, ==, 0);
  while (perceptual_pairer_next (pairer, &outcome))
    outcomes++;
  g_assert_cmpuint (outcomes, ==, 4);
  g_assert_cmpuint (frees, ==, 4);
  perceptual_pairer_free (pairer);
}

static void
test_a_flush_frees_frames_and_keeps_counts (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, count_free);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);
  PerceptualOutcome outcome;

  frees = 0;
  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  push (pairer, PERCEPTUAL_DISTORTED, 100, 2);
  g_assert_true (perceptual_pairer_next (pairer, &outcome));
  push (pairer, PERCEPTUAL_REFERENCE, 200, 3);
  push (pairer, PERCEPTUAL_DISTORTED, 200, 4); /* an outcome not fetched */
  push (pairer, PERCEPTUAL_REFERENCE, 300, 5);
  perceptual_pairer_flush (pairer);
  g_assert_cmpuint (frees, ==, 3);
  g_assert_cmpuint (counts->pairs, ==, 2);
  push (pairer, PERCEPTUAL_REFERENCE, 0, 6);
  push (pairer, PERCEPTUAL_DISTORTED, 0, 7);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 6, 7);
  perceptual_pairer_free (pairer);
  g_assert_cmpuint (frees, ==, 3);
}

static void
push_untimed (
    PerceptualPairer *pairer, PerceptualSide side, gint64 time, guint n)
{
  perceptual_pairer_push (
      pairer, side, time, PERCEPTUAL_DURATION_NONE, FRAME (n));
}

/* Where frames do not say how long they last, the distance of the newest two
 * does, also when a frame is given up before the next one came. */
static void
test_without_durations_the_spacing_is_the_tolerance (void)
{
  static const gint64 expected[] = { 149, 150, 151 };

  for (guint i = 0; i < 3; i++) {
    PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

    push_untimed (pairer, PERCEPTUAL_REFERENCE, 0, 1);
    push_untimed (pairer, PERCEPTUAL_REFERENCE, 500, 2);
    push_untimed (pairer, PERCEPTUAL_DISTORTED, 0, 11);
    assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 1, 11);
    push_untimed (pairer, PERCEPTUAL_DISTORTED, 500, 12);
    push_untimed (pairer, PERCEPTUAL_REFERENCE, 800, 3);
    assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 2, 12);
    /* The newest two are 300 apart. */
    push_untimed (pairer, PERCEPTUAL_DISTORTED, 800 - expected[i], 13);
    perceptual_pairer_give_up (pairer);
    if (expected[i] <= 150) {
      assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 3, 13);
    } else {
      assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 3, 0);
      perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
      assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED, 0, 13);
    }
    assert_waits (pairer);
    perceptual_pairer_free (pairer);
  }
}

/* The same holds of what comes after a frame was given up. */
static void
test_without_durations_the_spacing_tells_what_is_late (void)
{
  static const gint64 times[] = { 949, 950, 951 };

  for (guint i = 0; i < 3; i++) {
    for (guint first = 0; first < 2; first++) {
      PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
      const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);
      gboolean late = first ? times[i] <= 949 : times[i] <= 950;

      /* Without a frame before it, only its own time is right. */
      if (!first) {
        push_untimed (pairer, PERCEPTUAL_REFERENCE, 500, 1);
        push_untimed (pairer, PERCEPTUAL_DISTORTED, 500, 11);
      }
      push_untimed (pairer, PERCEPTUAL_REFERENCE, first ? 949 : 800, 2);
      perceptual_pairer_give_up (pairer);
      push_untimed (pairer, PERCEPTUAL_DISTORTED, times[i], 12);
      perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
      perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
      g_assert_cmpuint (counts->late, ==, late ? 1 : 0);
      g_assert_cmpuint (counts->unmatched_distorted, ==, late ? 0 : 1);
      perceptual_pairer_free (pairer);
    }
  }
}

/* Where the reference begins is not known before it does, nor after a flush. */
static void
test_margins_are_not_known_before_the_reference_begins (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

  perceptual_pairer_ignore_margins (pairer);
  for (guint run = 1; run <= 2; run++) {
    push (pairer, PERCEPTUAL_DISTORTED, 100, 11);
    push (pairer, PERCEPTUAL_DISTORTED, 100, 12);
    g_assert_cmpuint (counts->unmatched_distorted, ==, run);
    push (pairer, PERCEPTUAL_REFERENCE, 900, 1);
    push (pairer, PERCEPTUAL_DISTORTED, 900, 13);
    g_assert_cmpuint (counts->unmatched_distorted, ==, run);
    perceptual_pairer_flush (pairer);
  }
  perceptual_pairer_free (pairer);
}

/* The last frame has no next one; without any other, only its own time is
 * right. */
static void
test_the_last_frame_without_a_duration_is_as_long_as_the_one_before (void)
{
  for (guint apart = 50; apart <= 51; apart++) {
    PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

    push_untimed (pairer, PERCEPTUAL_REFERENCE, 0, 1);
    push_untimed (pairer, PERCEPTUAL_REFERENCE, 100, 2);
    push_untimed (pairer, PERCEPTUAL_DISTORTED, 0, 11);
    push_untimed (pairer, PERCEPTUAL_DISTORTED, 100 + apart, 12);
    perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
    perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
    g_assert_cmpuint (
        perceptual_pairer_get_counts (pairer)->pairs, ==, apart == 50 ? 2 : 1);
    perceptual_pairer_free (pairer);
  }
  for (guint apart = 0; apart <= 1; apart++) {
    PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

    push_untimed (pairer, PERCEPTUAL_REFERENCE, 100, 1);
    push_untimed (pairer, PERCEPTUAL_DISTORTED, 100 + apart, 11);
    perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
    perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
    g_assert_cmpuint (
        perceptual_pairer_get_counts (pairer)->pairs, ==, apart == 0 ? 1 : 0);
    perceptual_pairer_free (pairer);
  }
}

/* Of a gap from 100 to 150, 149 is the last time that it covers; of a frame,
 * its own time. */
static void
test_what_a_gap_covers_ends_before_its_end (void)
{
  for (gint64 time = 149; time <= 150; time++) {
    for (guint side = 0; side < 2; side++) {
      PerceptualPairer *pairer = perceptual_pairer_new (10, NULL);
      const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);
      PerceptualSide other = !side;

      push (pairer, side, 0, 1);
      perceptual_pairer_gap (pairer, side, 100, 50);
      push (pairer, other, 0, 11);
      push (pairer, other, time, 12);
      perceptual_pairer_end (pairer, side);
      perceptual_pairer_end (pairer, other);
      g_assert_cmpuint (counts->pairs, ==, 1);
      g_assert_cmpuint (
          counts->unmatched_reference + counts->unmatched_distorted, ==, 1);
      g_assert_cmpuint (counts->after_end_reference, ==,
          other == PERCEPTUAL_REFERENCE && time == 150 ? 1 : 0);
      g_assert_cmpuint (counts->after_end_distorted, ==,
          other == PERCEPTUAL_DISTORTED && time == 150 ? 1 : 0);
      perceptual_pairer_free (pairer);
    }
  }
}

/* Gaps without a duration, out of order, and beyond all times. */
static void
test_gaps_of_any_kind_take_nothing_back (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

  perceptual_pairer_gap (pairer, PERCEPTUAL_DISTORTED, 500, 100);
  perceptual_pairer_gap (
      pairer, PERCEPTUAL_DISTORTED, 100, PERCEPTUAL_DURATION_NONE);
  push (pairer, PERCEPTUAL_REFERENCE, 500, 1);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 1, 0);
  perceptual_pairer_gap (
      pairer, PERCEPTUAL_DISTORTED, G_MAXINT64, PERCEPTUAL_DURATION_NONE - 1);
  push (pairer, PERCEPTUAL_REFERENCE, G_MAXINT64 / 8, 2);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 2, 0);
  g_assert_cmpuint (perceptual_pairer_get_counts (pairer)->gaps, ==, 3);
  perceptual_pairer_free (pairer);
}

/* Times at the ends of what a number holds do not overflow. */
static void
test_times_beyond_all_are_no_trouble (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (G_MAXINT64, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

  push (pairer, PERCEPTUAL_REFERENCE, G_MININT64, 1);
  push (pairer, PERCEPTUAL_DISTORTED, G_MAXINT64, 11);
  push (pairer, PERCEPTUAL_REFERENCE, G_MAXINT64, 2);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
  g_assert_cmpuint (counts->pairs, ==, 1);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 1, 0);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 2, 11);
  perceptual_pairer_free (pairer);
}

/* Half of 100 before and after 100 is what could have been its partner. */
static void
test_what_is_late_lies_within_the_tolerance_of_what_was_given_up (void)
{
  static const gint64 times[] = { 50, 149, 150, 151 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
    const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

    push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
    perceptual_pairer_give_up (pairer);
    push (pairer, PERCEPTUAL_DISTORTED, times[i], 11);
    perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
    perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
    g_assert_cmpuint (counts->late, ==, times[i] <= 150 ? 1 : 0);
    g_assert_cmpuint (counts->unmatched_distorted, ==, times[i] <= 150 ? 0 : 1);
    perceptual_pairer_free (pairer);
  }
}

/* A frame that found its partner at the deadline makes no other one late. */
static void
test_a_pair_at_the_deadline_makes_nothing_late (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  push (pairer, PERCEPTUAL_DISTORTED, 90, 11);
  perceptual_pairer_give_up (pairer);
  push (pairer, PERCEPTUAL_DISTORTED, 110, 12);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  g_assert_cmpuint (counts->pairs, ==, 1);
  g_assert_cmpuint (counts->late, ==, 0);
  g_assert_cmpuint (counts->unmatched_distorted, ==, 1);
  perceptual_pairer_free (pairer);
}

static void
test_a_flush_forgets_what_was_given_up (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

  perceptual_pairer_ignore_margins (pairer);
  push_untimed (pairer, PERCEPTUAL_REFERENCE, 900, 1);
  push_untimed (pairer, PERCEPTUAL_REFERENCE, 1000, 2);
  perceptual_pairer_give_up (pairer);
  perceptual_pairer_give_up (pairer);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  perceptual_pairer_flush (pairer);
  g_assert_true (perceptual_pairer_wants (pairer, PERCEPTUAL_REFERENCE));
  g_assert_false (perceptual_pairer_holds (pairer));

  /* Earlier times, which are neither late nor a margin; and the spacing is
   * that of the new frames. */
  push_untimed (pairer, PERCEPTUAL_REFERENCE, 100, 3);
  push_untimed (pairer, PERCEPTUAL_DISTORTED, 130, 12);
  perceptual_pairer_give_up (pairer);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  g_assert_cmpuint (counts->pairs, ==, 0);
  g_assert_cmpuint (counts->unmatched_reference, ==, 3);
  g_assert_cmpuint (counts->late, ==, 0);
  perceptual_pairer_flush (pairer);
  push (pairer, PERCEPTUAL_REFERENCE, 100, 4);
  push (pairer, PERCEPTUAL_DISTORTED, 100, 13);
  push (pairer, PERCEPTUAL_DISTORTED, 120, 14);
  push (pairer, PERCEPTUAL_REFERENCE, 200, 5);
  push (pairer, PERCEPTUAL_DISTORTED, 200, 15);
  g_assert_cmpuint (counts->pairs, ==, 2);
  g_assert_cmpuint (counts->unmatched_distorted, ==, 1);
  perceptual_pairer_free (pairer);
}

/* A stream that begins anew, at other times, is one without what was before:
 * what waited has no partner. */
static void
test_a_distorted_stream_may_begin_anew (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

  push (pairer, PERCEPTUAL_DISTORTED, 1000, 11);
  push (pairer, PERCEPTUAL_DISTORTED, 1100, 12);
  perceptual_pairer_restart_distorted (pairer);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED, 0, 11);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED, 0, 12);
  push (pairer, PERCEPTUAL_REFERENCE, 0, 1);
  assert_waits (pairer);
  push (pairer, PERCEPTUAL_DISTORTED, 0, 13);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 1, 13);
  perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
  push (pairer, PERCEPTUAL_REFERENCE, 100, 2);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  g_assert_cmpuint (counts->after_end_reference, ==, 1);
  perceptual_pairer_free (pairer);
}

static void
test_frames_that_are_left_out_are_counted (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);

  perceptual_pairer_leave (pairer, PERCEPTUAL_REFERENCE, 100, FRAME (1));
  perceptual_pairer_leave (pairer, PERCEPTUAL_DISTORTED, 100, FRAME (11));
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE, 1, 0);
  assert_next (pairer, PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED, 0, 11);
  /* They have no place in the order. */
  push (pairer, PERCEPTUAL_REFERENCE, 100, 2);
  push (pairer, PERCEPTUAL_DISTORTED, 100, 12);
  assert_next (pairer, PERCEPTUAL_OUTCOME_PAIR, 2, 12);
  perceptual_pairer_free (pairer);
}

/* At the ends of the reference themselves a frame is no margin. */
static void
test_margins_begin_beyond_the_ends (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (0, NULL);
  const PerceptualCounts *counts = perceptual_pairer_get_counts (pairer);

  perceptual_pairer_ignore_margins (pairer);
  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  push (pairer, PERCEPTUAL_REFERENCE, 200, 2);
  perceptual_pairer_end (pairer, PERCEPTUAL_REFERENCE);
  push (pairer, PERCEPTUAL_DISTORTED, 99, 11);
  push (pairer, PERCEPTUAL_DISTORTED, 100, 12);
  push (pairer, PERCEPTUAL_DISTORTED, 100, 13);
  push (pairer, PERCEPTUAL_DISTORTED, 200, 14);
  push (pairer, PERCEPTUAL_DISTORTED, 200, 15);
  push (pairer, PERCEPTUAL_DISTORTED, 201, 16);
  perceptual_pairer_end (pairer, PERCEPTUAL_DISTORTED);
  g_assert_cmpuint (counts->pairs, ==, 2);
  g_assert_cmpuint (counts->unmatched_distorted, ==, 2);
  perceptual_pairer_free (pairer);
}

static void
test_a_stream_stuck_at_one_time_fills_no_queue (void)
{
  PerceptualPairer *pairer = perceptual_pairer_new (-1, NULL);
  PerceptualOutcome outcome;
  guint unmatched = 0;

  push (pairer, PERCEPTUAL_REFERENCE, 100, 1);
  for (guint i = 0; i < 1000; i++)
    push (pairer, PERCEPTUAL_DISTORTED, 60, 2 + i);
  while (perceptual_pairer_next (pairer, &outcome))
    unmatched += outcome.kind == PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED;
  g_assert_cmpuint (unmatched, ==, 999);
  perceptual_pairer_free (pairer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairer/equal-times-are-paired-without-waiting",
      test_equal_times_are_paired_without_waiting);
  g_test_add_func (
      "/pairer/a-wide-tolerance-does-not-take-the-next-frame-s-partner",
      test_a_wide_tolerance_does_not_take_the_next_frame_s_partner);
  g_test_add_func ("/pairer/a-gap-says-that-no-frame-will-come",
      test_a_gap_says_that_no_frame_will_come);
  g_test_add_func ("/pairer/a-frame-that-comes-after-the-deadline-is-late",
      test_a_frame_that_comes_after_the_deadline_is_late);
  g_test_add_func (
      "/pairer/no-more-than-two-late-frames-are-taken-before-a-reference-frame",
      test_no_more_than_two_late_frames_are_taken_before_a_reference_frame);
  g_test_add_func (
      "/pairer/at-the-deadline-a-frame-takes-the-partner-that-is-there",
      test_at_the_deadline_a_frame_takes_the_partner_that_is_there);
  g_test_add_func ("/pairer/frames-after-the-other-side-s-end-are-told-apart",
      test_frames_after_the_other_side_s_end_are_told_apart);
  g_test_add_func ("/pairer/margins", test_margins_are_left_out_but_not_holes);
  g_test_add_func ("/pairer/a-flush-frees-frames-and-keeps-counts",
      test_a_flush_frees_frames_and_keeps_counts);
  g_test_add_func ("/pairer/without-durations-the-spacing-is-the-tolerance",
      test_without_durations_the_spacing_is_the_tolerance);
  g_test_add_func (
      "/pairer/the-last-frame-without-a-duration-is-as-long-as-the-one-before",
      test_the_last_frame_without_a_duration_is_as_long_as_the_one_before);
  g_test_add_func ("/pairer/what-a-gap-covers-ends-before-its-end",
      test_what_a_gap_covers_ends_before_its_end);
  g_test_add_func ("/pairer/gaps-of-any-kind-take-nothing-back",
      test_gaps_of_any_kind_take_nothing_back);
  g_test_add_func ("/pairer/times-beyond-all-are-no-trouble",
      test_times_beyond_all_are_no_trouble);
  g_test_add_func (
      "/pairer/what-is-late-lies-within-the-tolerance-of-what-was-given-up",
      test_what_is_late_lies_within_the_tolerance_of_what_was_given_up);
  g_test_add_func ("/pairer/a-pair-at-the-deadline-makes-nothing-late",
      test_a_pair_at_the_deadline_makes_nothing_late);
  g_test_add_func ("/pairer/a-flush-forgets-what-was-given-up",
      test_a_flush_forgets_what_was_given_up);
  g_test_add_func ("/pairer/a-distorted-stream-may-begin-anew",
      test_a_distorted_stream_may_begin_anew);
  g_test_add_func ("/pairer/frames-that-are-left-out-are-counted",
      test_frames_that_are_left_out_are_counted);
  g_test_add_func ("/pairer/margins-begin-beyond-the-ends",
      test_margins_begin_beyond_the_ends);
  g_test_add_func ("/pairer/without-durations-the-spacing-tells-what-is-late",
      test_without_durations_the_spacing_tells_what_is_late);
  g_test_add_func ("/pairer/margins-are-not-known-before-the-reference-begins",
      test_margins_are_not_known_before_the_reference_begins);
  g_test_add_func ("/pairer/a-stream-stuck-at-one-time-fills-no-queue",
      test_a_stream_stuck_at_one_time_fills_no_queue);
  return g_test_run ();
}
