/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pearson, Spearman and Kendall.  Pure arithmetic.
 */
#include "judge/arithmetic/correlation.h"

#include "judge/arithmetic/order.h"

#include <math.h>
#include <string.h>

/* --- Pearson ------------------------------------------------------------- */

static gdouble
mean (const gdouble *x, guint n)
{
  gdouble sum = 0;

  for (guint i = 0; i < n; i++)
    sum += x[i];
  return sum / n;
}

gdouble
judge_pearson (const gdouble *x, const gdouble *y, guint n)
{
  gdouble mean_x, mean_y, xx = 0, yy = 0, xy = 0;

  if (n < 2)
    return NAN;
  mean_x = mean (x, n);
  mean_y = mean (y, n);
  for (guint i = 0; i < n; i++) {
    gdouble dx = x[i] - mean_x;
    gdouble dy = y[i] - mean_y;

    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (!(xx > 0 && yy > 0))
    return NAN;
  return CLAMP (xy / (sqrt (xx) * sqrt (yy)), -1, 1);
}

/* --- ranks --------------------------------------------------------------- */

/* Returns: (transfer full): ranks from 1, ties at their mean. */
static gdouble *
rank (const gdouble *x, guint n)
{
  gdouble *ranks = g_new (gdouble, MAX (n, 1));
  g_autofree guint *order = judge_order (x, NULL, n);

  for (guint i = 0, end; i < n; i = end) {
    for (end = i + 1; end < n && x[order[end]] == x[order[i]];)
      end++;
    for (guint j = i; j < end; j++)
      ranks[order[j]] = ((gdouble) i + 1 + end) / 2;
  }
  return ranks;
}

gdouble
judge_spearman (const gdouble *x, const gdouble *y, guint n)
{
  g_autofree gdouble *ranks_x = rank (x, n);
  g_autofree gdouble *ranks_y = rank (y, n);

  return judge_pearson (ranks_x, ranks_y, n);
}

/* --- Kendall ------------------------------------------------------------- */

/* Pairs within runs of equal neighbours; @also may be NULL. */
static guint64
count_ties (const guint *order, const gdouble *x, const gdouble *also, guint n)
{
  guint64 ties = 0, run = 0;

  for (guint i = 1; i < n; i++) {
    guint here = order[i], before = order[i - 1];

    if (x[here] == x[before] && (also == NULL || also[here] == also[before]))
      ties += ++run;
    else
      run = 0;
  }
  return ties;
}

/* Sorts @order by @y, merging from below.  Returns: how many pairs were in the
 * wrong order, not counting equal ones. */
static guint64
count_swaps (guint *order, guint *scratch, const gdouble *y, guint n)
{
  guint64 swaps = 0;

  for (gsize width = 1; width < n; width *= 2) {
    for (gsize start = 0; start < n; start += 2 * width) {
      gsize middle = MIN (start + width, n);
      gsize end = MIN (start + 2 * width, n);
      gsize left = start, right = middle;

      for (gsize i = start; i < end; i++) {
        if (right >= end
            || (left < middle && y[order[left]] <= y[order[right]])) {
          scratch[i] = order[left++];
        } else {
          scratch[i] = order[right++];
          swaps += middle - left;
        }
      }
    }
    memcpy (order, scratch, n * sizeof *order);
  }
  return swaps;
}

gdouble
judge_kendall (const gdouble *x, const gdouble *y, guint n)
{
  guint64 pairs = (guint64) n * (n > 0 ? n - 1 : 0) / 2;
  g_autofree guint *order = judge_order (x, y, n);
  g_autofree guint *scratch = g_new (guint, MAX (n, 1));
  guint64 ties_x = count_ties (order, x, NULL, n);
  guint64 ties_both = count_ties (order, x, y, n);
  guint64 discordant = count_swaps (order, scratch, y, n);
  guint64 ties_y = count_ties (order, y, NULL, n);
  gdouble concordant, most;

  if (pairs == ties_x || pairs == ties_y)
    return NAN;
  concordant = (gdouble) pairs - (gdouble) ties_x - (gdouble) ties_y
      + (gdouble) ties_both - (gdouble) discordant;
  most = sqrt ((gdouble) (pairs - ties_x)) * sqrt ((gdouble) (pairs - ties_y));
  /* The root of 3 squared is less than 3. */
  return CLAMP ((concordant - (gdouble) discordant) / most, -1, 1);
}
