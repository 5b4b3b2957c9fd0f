/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Means of credits, and how sure they are.
 */
#include "judge/commands/credits.h"

#include "judge/interrupt.h"
#include "table/bootstrap.h"

gdouble
judge_mean_credit (const guint *units, guint n_units, gpointer user)
{
  const gdouble *credits = user;
  gdouble sum = 0;

  for (guint i = 0; i < n_units; i++)
    sum += credits[units != NULL ? units[i] : i];
  return sum / n_units;
}

Interval
judge_mean_credit_interval (
    gdouble *credits, guint n, guint resamples, guint64 seed)
{
  Interval interval = bootstrap (
      n, resamples, seed, judge_interrupt_wanted, judge_mean_credit, credits);

  if (interval_is_point (&interval))
    interval = interval_of_part (judge_mean_credit (NULL, n, credits), n);
  return interval;
}
