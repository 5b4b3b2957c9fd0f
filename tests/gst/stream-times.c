/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times that jump become one line, times that shake become even, and times that
 * do neither stay as they are.
 */
#include "pairing/steady.h"
#include "pairing/timeline.h"

#define MS G_GINT64_CONSTANT (1000000)
#define FRAME (40 * MS)
#define SECOND (1000 * MS)
#define WINDOW (10 * SECOND)

/* Adds a frame beside another stream that is at @other. */
static gint64
add (PerceptualTimeline *line, gint64 time, gint64 other, gboolean jumps)
{
  gboolean jumped;
  gint64 at =
      perceptual_timeline_add (line, time, FRAME, other, WINDOW, &jumped);

  g_assert_cmpint (jumped, ==, jumps);
  return at;
}

static void
test_a_line_without_jumps_stays_as_it_is (void)
{
  PerceptualTimeline line = { 0 };
  /* A frame out of order, a repeated one, a pause that the other stream did not
   * make. */
  static const gint64 times[] = { 0, 40, 80, 160, 120, 160, 200, 5000, 5040 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_assert_cmpint (
        add (&line, times[i] * MS, times[i] * MS, FALSE), ==, times[i] * MS);
  g_assert_cmpint (line.shift, ==, 0);
}

static void
test_a_clock_that_is_set_back_goes_on (void)
{
  PerceptualTimeline line = { 0 };
  const gint64 day = 24 * 3600 * SECOND;

  add (&line, day, day, FALSE);
  add (&line, day + FRAME, day, FALSE);
  g_assert_cmpint (add (&line, 7 * MS, day, TRUE), ==, day + 2 * FRAME);
  g_assert_cmpint (add (&line, 47 * MS, day, FALSE), ==, day + 3 * FRAME);
  g_assert_cmpint (line.shift, ==, day + 2 * FRAME - 7 * MS);
}

static void
test_a_leap_is_a_jump_unless_the_other_stream_is_there (void)
{
  PerceptualTimeline line = { 0 };
  const gint64 pause = 60 * SECOND;

  add (&line, 0, 0, FALSE);
  g_assert_cmpint (add (&line, pause, pause - SECOND, FALSE), ==, pause);
  g_assert_cmpint (add (&line, 2 * pause, pause, TRUE), ==, pause + FRAME);
  g_assert_cmpint (add (&line, 4 * pause, PERCEPTUAL_TIMELINE_NONE, TRUE), ==,
      pause + 2 * FRAME);
}

static void
test_a_stream_that_begins_far_away_is_put_beside_the_other (void)
{
  PerceptualTimeline near = { 0 }, far = { 0 };

  g_assert_cmpint (add (&near, 3 * SECOND, 0, FALSE), ==, 3 * SECOND);
  g_assert_cmpint (add (&far, 99 * SECOND, SECOND, FALSE), ==, SECOND);
  g_assert_cmpint (
      add (&far, 99 * SECOND + FRAME, SECOND, FALSE), ==, SECOND + FRAME);
}

/* A frame out of order leaves the newest where it was. */
static void
test_a_frame_out_of_order_takes_nothing_back (void)
{
  PerceptualTimeline line = { 0 };

  add (&line, 0, 0, FALSE);
  add (&line, 200 * MS, 0, FALSE);
  add (&line, 100 * MS, 0, FALSE);
  g_assert_cmpint (line.last, ==, 200 * MS);
  /* Four frames back from the newest are no jump, more are. */
  add (&line, 40 * MS, 0, FALSE);
  g_assert_cmpint (add (&line, 39 * MS, 0, TRUE), ==, 240 * MS);
}

/* Places @times as they would come in.  Returns: the largest difference between
 * a place and @even. */
static gint64
place (const gint64 *times, const gint64 *even, guint n, gboolean *shaky)
{
  PerceptualSteady steady = { 0 };
  gint64 largest = 0;
  guint placed = 0;

  *shaky = FALSE;
  for (guint i = 0; i < n; i++) {
    perceptual_steady_note (&steady, times[i], FRAME);
    *shaky |= steady.shaky;
    while (placed + perceptual_steady_get_ahead (&steady) <= i) {
      gint64 at = perceptual_steady_place (
          &steady, times + placed, i + 1 - placed, FRAME);

      largest = MAX (largest, ABS (at - even[placed]));
      placed++;
    }
  }
  g_assert_cmpuint (placed, >, n - 2 - PERCEPTUAL_STEADY_AHEAD);
  return largest;
}

static void
test_times_that_are_nearly_even_are_left_alone (void)
{
  gint64 times[400];
  gboolean shaky;
  gint64 time = 0;

  /* Rounded to milliseconds, bent by 5 ms a frame, with lost frames. */
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    time += (i % 9 == 4 ? 2 : 1) * FRAME - (i > 50 && i < 80 ? 5 * MS : 0);
    times[i] = time / MS * MS;
  }
  g_assert_cmpint (place (times, times, 400, &shaky), ==, 0);
  g_assert_false (shaky);
}

static void
test_times_that_shake_become_even (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (3);
  gint64 times[400], even[400];
  gboolean shaky;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    even[i] = i * FRAME;
    times[i] = even[i] + g_rand_int_range (chance, -35, 36) * MS;
  }
  /* The first one is what the others are counted from. */
  times[0] = 0;
  g_assert_cmpint (place (times, even, 400, &shaky), <, 20 * MS);
  g_assert_true (shaky);
}

/* By some, but not by what is believed. */
static void
test_times_that_shake_a_little_are_left_alone (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (3);
  gint64 times[400];
  gboolean shaky;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    times[i] = i * FRAME + g_rand_int_range (chance, -8, 9) * MS;
  g_assert_cmpint (place (times, times, 400, &shaky), ==, 0);
  g_assert_false (shaky);

  /* Every time a little late of whole frames is even, too: only how far they
   * are from the nearest counts. */
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    times[i] = (gint64) i * (FRAME - 2 * MS);
  g_assert_cmpint (place (times, times, 400, &shaky), ==, 0);
  g_assert_false (shaky);
}

/* @times shake; places them one by one and notes which are doubtful. */
static guint
count_doubtful (const gint64 *times, guint n, gint64 *last)
{
  PerceptualSteady steady = { 0 };
  guint placed = 0, doubtful = 0;

  for (guint i = 0; i < n; i++) {
    perceptual_steady_note (&steady, times[i], FRAME);
    while (placed + perceptual_steady_get_ahead (&steady) <= i) {
      *last = perceptual_steady_place (
          &steady, times + placed, i + 1 - placed, FRAME);
      doubtful += steady.doubtful ? 1 : 0;
      placed++;
    }
  }
  return doubtful;
}

/* A missing frame leaves doubts for a while; the frames after it are placed a
 * frame later. */
static void
test_a_frame_that_is_missing_is_doubted_for_a_while (void)
{
  gint64 times[400], last = 0;
  guint doubtful;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    times[i] = i * FRAME + (i % 2 == 0 ? 8 : -8) * MS;
  g_assert_cmpuint (count_doubtful (times, 400, &last), ==, 0);
  for (guint i = 200; i < G_N_ELEMENTS (times); i++)
    times[i] += FRAME;
  doubtful = count_doubtful (times, 400, &last);
  g_assert_cmpuint (doubtful, >=, 64);
  g_assert_cmpuint (doubtful, <, 64 + 2 * PERCEPTUAL_STEADY_AHEAD);
  g_assert_cmpint (
      ABS (last - (400 - PERCEPTUAL_STEADY_AHEAD) * FRAME), <, 20 * MS);
}

/* Back by many frames is another clock, which is not evened out. */
static void
test_a_shaky_stream_may_begin_anew (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (3);
  PerceptualSteady steady = { 0 };
  gint64 times[100];

  for (guint i = 0; i < 100; i++) {
    times[i] = (1000 + i) * FRAME + g_rand_int_range (chance, -35, 36) * MS;
    perceptual_steady_note (&steady, times[i], FRAME);
    perceptual_steady_place (&steady, &times[i], 1, FRAME);
  }
  g_assert_true (steady.shaky);
  times[0] = 7 * MS;
  g_assert_cmpint (
      perceptual_steady_place (&steady, times, 1, FRAME), ==, 7 * MS);
}

/* Where frames do not say how long they last, nothing is looked at. */
static void
test_frames_without_durations_do_not_wait (void)
{
  PerceptualSteady steady = { 0 };

  g_assert_cmpuint (
      perceptual_steady_get_ahead (&steady), ==, PERCEPTUAL_STEADY_AHEAD);
  perceptual_steady_note (&steady, 0, 0);
  g_assert_cmpuint (perceptual_steady_get_ahead (&steady), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/timeline/as-it-is", test_a_line_without_jumps_stays_as_it_is);
  g_test_add_func ("/timeline/set-back", test_a_clock_that_is_set_back_goes_on);
  g_test_add_func (
      "/timeline/leap", test_a_leap_is_a_jump_unless_the_other_stream_is_there);
  g_test_add_func ("/timeline/begins-far-away",
      test_a_stream_that_begins_far_away_is_put_beside_the_other);
  g_test_add_func (
      "/steady/nearly-even", test_times_that_are_nearly_even_are_left_alone);
  g_test_add_func ("/steady/shake", test_times_that_shake_become_even);
  g_test_add_func ("/steady/times-that-shake-a-little-are-left-alone",
      test_times_that_shake_a_little_are_left_alone);
  g_test_add_func ("/steady/a-frame-that-is-missing-is-doubted-for-a-while",
      test_a_frame_that_is_missing_is_doubted_for_a_while);
  g_test_add_func ("/steady/a-shaky-stream-may-begin-anew",
      test_a_shaky_stream_may_begin_anew);
  g_test_add_func ("/steady/frames-without-durations-do-not-wait",
      test_frames_without_durations_do_not_wait);
  g_test_add_func (
      "/timeline/out-of-order", test_a_frame_out_of_order_takes_nothing_back);
  return g_test_run ();
}
