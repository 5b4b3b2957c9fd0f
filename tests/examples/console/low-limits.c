/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which limits of the shell are told when something fails.
 */
#include "console/low-limits.h"

#include <sys/resource.h>

#define KB ((rlim_t) 1 << 10)
#define MB ((rlim_t) 1 << 20)

/* RLIM_INFINITY: none.  Says no more than the limits that are there, which
 * sanitizers and containers have their own of. */
static void
set (int resource, rlim_t value)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (resource, &limit), ==, 0);
  limit.rlim_cur = MIN (value, limit.rlim_max);
  g_assert_cmpint (setrlimit (resource, &limit), ==, 0);
}

static void
assert_said (rlim_t processes, rlim_t memory, const gchar *expected)
{
  g_autofree gchar *said = NULL;

  set (RLIMIT_NPROC, processes);
  set (RLIMIT_AS, memory);
  said = limits_suspect ();
  set (RLIMIT_NPROC, RLIM_INFINITY);
  set (RLIMIT_AS, RLIM_INFINITY);
  g_assert_cmpstr (said, ==, expected);
}

static void
test_low_limits_are_told_as_they_are_typed (void)
{
  const rlim_t none = RLIM_INFINITY;

  assert_said (none, none, NULL);
  assert_said (4, none, "ulimit -u 4 (processes and threads) may be too low");
  assert_said (
      none, 300000 * KB, "ulimit -v 300000 (KB of memory) may be too low");
  assert_said (7, 400000 * KB,
      "ulimit -u 7 (processes and threads) or -v 400000 (KB of memory) may be "
      "too low");
  assert_said (31, none, "ulimit -u 31 (processes and threads) may be too low");
  assert_said (32, none, NULL);
  assert_said (none, 600 * MB, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/low-limits-are-told-as-they-are-typed",
      test_low_limits_are_told_as_they_are_typed);
  return g_test_run ();
}
