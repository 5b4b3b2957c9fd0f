/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long a monitor waits between connections.
 */
#include "monitor/connection/backoff.h"

#define MS 1000

static void
test_waits_double_up_to_the_longest (void)
{
  MonitorBackoff backoff = { .least = 1000 * MS, .most = 30000 * MS };
  static const gint64 expected[] = { 1000, 2000, 4000, 8000, 16000, 30000,
    30000 };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (
        monitor_backoff_next (&backoff, 0, .5), ==, expected[i] * MS);
}

static void
test_chance_moves_a_wait_by_a_fifth_at_most (void)
{
  MonitorBackoff backoff = { .least = 1000 * MS, .most = 30000 * MS };

  g_assert_cmpint (monitor_backoff_next (&backoff, 0, 0), ==, 800 * MS);
  g_assert_cmpint (monitor_backoff_next (&backoff, 0, 1), ==, 2400 * MS);
  /* And it does not add up. */
  g_assert_cmpint (monitor_backoff_next (&backoff, 0, .5), ==, 4000 * MS);
}

static void
test_a_minute_of_pairs_begins_anew (void)
{
  MonitorBackoff backoff = { .least = 1000 * MS, .most = 30000 * MS };

  for (guint i = 0; i < 4; i++)
    monitor_backoff_next (&backoff, 59999 * MS, .5);
  g_assert_cmpint (
      monitor_backoff_next (&backoff, 59999 * MS, .5), ==, 16000 * MS);
  g_assert_cmpint (
      monitor_backoff_next (&backoff, 60000 * MS, .5), ==, 1000 * MS);
  g_assert_cmpint (monitor_backoff_next (&backoff, 0, .5), ==, 2000 * MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/backoff/waits-double", test_waits_double_up_to_the_longest);
  g_test_add_func (
      "/backoff/chance", test_chance_moves_a_wait_by_a_fifth_at_most);
  g_test_add_func ("/backoff/begins-anew", test_a_minute_of_pairs_begins_anew);
  return g_test_run ();
}
