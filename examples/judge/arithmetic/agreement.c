/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The 2AFC credit and the JND average precision.  Pure arithmetic.
 */
#include "judge/arithmetic/agreement.h"

#include <math.h>

gdouble
judge_2afc_credit (gdouble d0, gdouble d1, gdouble judge)
{
  if (d0 < d1)
    return 1 - judge;
  if (d1 < d0)
    return judge;
  return d0 == d1 ? .5 : NAN;
}

gdouble
judge_mean_credit (const guint *units, guint n_units, gpointer user)
{
  const gdouble *credits = user;
  gdouble sum = 0;

  for (guint i = 0; i < n_units; i++)
    sum += credits[units != NULL ? units[i] : i];
  return sum / n_units;
}

gdouble
judge_jnd_map (const gdouble *same, const gdouble *distances,
    const guint *order, const guint *counts, guint n)
{
  g_autofree gdouble *precision = g_new (gdouble, MAX (n, 1));
  g_autofree gdouble *gained = g_new (gdouble, MAX (n, 1));
  gdouble positives = 0, called = 0, before = 0, best = 0, area = 0;
  guint steps = 0;

  for (guint i = 0; i < n; i++) {
    guint pair = order[i];
    gdouble count = counts != NULL ? counts[pair] : 1;

    positives += count * same[pair];
    called += count;
    if (i + 1 < n && distances[order[i + 1]] == distances[pair])
      continue;
    if (called == 0)
      continue;
    precision[steps] = positives / called;
    gained[steps] = positives - before;
    before = positives;
    steps++;
  }
  if (positives == 0)
    return NAN;
  for (guint i = steps; i-- > 0;) {
    best = MAX (best, precision[i]);
    area += best * gained[i] / positives;
  }
  return area;
}
