/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows of clips whose seconds are made up.
 */
#include "tune/arithmetic/windows.h"

#include <math.h>

#define SECOND G_GINT64_CONSTANT (1000000000)
#define FRAME G_GINT64_CONSTANT (40000000)

/* Second i has i * i bytes, so the last ones are the top stratum. */
static GArray *
make_seconds (guint n)
{
  GArray *seconds = g_array_new (FALSE, FALSE, sizeof (TuneSecond));

  for (guint i = 0; i < n; i++) {
    TuneSecond second = { (guint64) i * i, -1 };

    g_array_append_val (seconds, second);
  }
  return seconds;
}

static GArray *
choose (const gchar *text, const GArray *seconds, guint32 seed)
{
  TuneWindowing windowing;

  g_assert_true (tune_windowing_parse (&windowing, text, NULL));
  return tune_windows_choose (
      &windowing, seconds, seconds->len * SECOND, FRAME, seed);
}

static const TunePart *
part (const GArray *parts, guint i)
{
  return &g_array_index (parts, TunePart, i);
}

static gdouble
length_of (const TunePart *part)
{
  return (gdouble) (part->window.stop_ns - part->window.start_ns)
      / (gdouble) SECOND;
}

static void
expect_length (const gchar *text, guint clip, guint n, gdouble each)
{
  g_autoptr (GArray) seconds = make_seconds (clip);
  g_autoptr (GArray) parts = choose (text, seconds, 1);

  g_assert_cmpuint (parts->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (length_of (part (parts, i)), each, 1e-8);
}

static void
test_windows_are_a_share_of_the_clip (void)
{
  expect_length ("auto", 240, 16, 1.5);    /* 24 s */
  expect_length ("auto", 1000, 16, 1.875); /* 3 % */
  expect_length ("auto", 2000, 20, 3);
  expect_length ("auto", 10000, 40, 3); /* 120 s */
  expect_length ("5x2", 1000, 5, 2);
  expect_length ("1x2", 1000, 1, 2);
  expect_length ("2x10", 1000, 2, 10);
}

static void
test_windows_lie_in_the_clip_and_apart (void)
{
  for (guint seed = 0; seed < 50; seed++) {
    g_autoptr (GArray) seconds = make_seconds (100);
    g_autoptr (GArray) parts = choose ("20x3", seconds, seed);
    gint64 end = 0;

    g_assert_cmpuint (parts->len, >=, 10);
    for (guint i = 0; i < parts->len; i++) {
      const TuneWindow *window = &part (parts, i)->window;

      g_assert_cmpint (window->start_ns, >=, end);
      g_assert_cmpint (window->stop_ns, ==, window->start_ns + 3 * SECOND);
      g_assert_cmpint (window->lead_ns, ==, 12 * FRAME);
      end = window->stop_ns;
    }
    g_assert_cmpint (end, <=, 100 * SECOND);
  }
}

static void
test_pairs_stand_for_the_whole_clip (void)
{
  for (guint seed = 0; seed < 50; seed++) {
    g_autoptr (GArray) seconds = make_seconds (403);
    g_autoptr (GArray) parts = choose ("auto", seconds, seed);
    gdouble sum = 0;

    for (guint i = 0; i < parts->len; i++)
      sum += part (parts, i)->weight * length_of (part (parts, i));
    g_assert_cmpfloat_with_epsilon (sum, 403, 1e-6);
  }
}

static void
test_the_hardest_stratum_has_twice_as_many (void)
{
  g_autoptr (GArray) seconds = make_seconds (1000);
  g_autoptr (GArray) parts = choose ("10x3", seconds, 3);
  guint count[4] = { 0 };

  for (guint i = 0; i < parts->len; i++)
    count[part (parts, i)->window.start_ns / (250 * SECOND)]++;
  g_assert_cmpuint (count[0], ==, 2);
  g_assert_cmpuint (count[1], ==, 2);
  g_assert_cmpuint (count[2], ==, 2);
  g_assert_cmpuint (count[3], ==, 4);
  g_assert_cmpfloat_with_epsilon (part (parts, 0)->weight, 250 / 6., 1e-9);
  g_assert_cmpfloat_with_epsilon (part (parts, 9)->weight, 250 / 12., 1e-9);
}

static void
test_windows_begin_at_cuts (void)
{
  g_autoptr (GArray) seconds = make_seconds (300);
  g_autoptr (GArray) parts = NULL;

  for (guint i = 0; i < 300; i++)
    g_array_index (seconds, TuneSecond, i).begins = i * SECOND + 7 * FRAME;
  parts = choose ("auto", seconds, 5);
  for (guint i = 0; i < parts->len; i++)
    g_assert_cmpint (part (parts, i)->window.start_ns % SECOND, ==, 7 * FRAME);
}

static void
test_the_seed_chooses (void)
{
  g_autoptr (GArray) seconds = make_seconds (500);
  g_autoptr (GArray) one = choose ("auto", seconds, 1);
  g_autoptr (GArray) again = choose ("auto", seconds, 1);
  g_autoptr (GArray) other = choose ("auto", seconds, 2);

  g_assert_cmpmem (one->data, one->len * sizeof (TunePart), again->data,
      again->len * sizeof (TunePart));
  g_assert_cmpint (
      memcmp (one->data, other->data, one->len * sizeof (TunePart)), !=, 0);
}

static void
expect_windowing (
    const gchar *text, gdouble seconds, gboolean valid, gboolean whole)
{
  TuneWindowing windowing;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tune_windowing_parse (&windowing, text, &error), ==, valid);
  if (valid)
    g_assert_cmpint (tune_windowing_is_whole (&windowing, seconds), ==, whole);
  else
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
}

static void
test_what_is_whole (void)
{
  expect_windowing ("auto", 60, TRUE, TRUE);
  expect_windowing ("auto", 61, TRUE, FALSE);
  expect_windowing ("auto", -1, TRUE, TRUE);
  expect_windowing ("whole", 1e5, TRUE, TRUE);
  expect_windowing ("3x2", 10, TRUE, FALSE);
  expect_windowing ("3x2.5s", 10, TRUE, FALSE);
  expect_windowing ("3x2", 6, TRUE, TRUE);
  expect_windowing ("", 0, FALSE, FALSE);
  expect_windowing ("0x3", 0, FALSE, FALSE);
  expect_windowing ("3x", 0, FALSE, FALSE);
  expect_windowing ("3x0", 0, FALSE, FALSE);
  expect_windowing ("-3x3", 0, FALSE, FALSE);
  expect_windowing ("3x1min", 100, TRUE, TRUE);
  expect_windowing ("3x500ms", 100, TRUE, FALSE);
  expect_windowing ("3x99ms", 0, FALSE, FALSE);
  expect_windowing ("3x2h", 0, FALSE, FALSE);
  expect_windowing ("3x3d", 0, FALSE, FALSE);
  expect_windowing ("1001x3", 0, FALSE, FALSE);
  expect_windowing ("Auto", 0, FALSE, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tune/windows/windows_are_a_share_of_the_clip",
      test_windows_are_a_share_of_the_clip);
  g_test_add_func ("/tune/windows/windows_lie_in_the_clip_and_apart",
      test_windows_lie_in_the_clip_and_apart);
  g_test_add_func ("/tune/windows/pairs_stand_for_the_whole_clip",
      test_pairs_stand_for_the_whole_clip);
  g_test_add_func ("/tune/windows/the_hardest_stratum_has_twice_as_many",
      test_the_hardest_stratum_has_twice_as_many);
  g_test_add_func (
      "/tune/windows/windows_begin_at_cuts", test_windows_begin_at_cuts);
  g_test_add_func ("/tune/windows/the_seed_chooses", test_the_seed_chooses);
  g_test_add_func ("/tune/windows/what_is_whole", test_what_is_whole);
  return g_test_run ();
}
