/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws samples with replacement and takes percentiles.
 */
#include "table/bootstrap.h"

#include <math.h>
#include <stdlib.h>

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  gdouble first = *(const gdouble *) a;
  gdouble second = *(const gdouble *) b;

  return (first > second) - (first < second);
}

static gdouble
percentile (const gdouble *sorted, guint n, gdouble part)
{
  gdouble at = part * (gdouble) (n - 1);
  guint below = (guint) at;
  guint above = MIN (below + 1, n - 1);

  return sorted[below]
      + (at - (gdouble) below) * (sorted[above] - sorted[below]);
}

Interval
bootstrap (guint n_units, guint resamples, guint64 seed,
    gboolean (*stop) (void), BootstrapFunc statistic, gpointer user)
{
  const guint32 words[2] = { (guint32) seed, (guint32) (seed >> 32) };
  g_autofree guint *units = g_new (guint, MAX (n_units, 1));
  g_autofree gdouble *found = g_new (gdouble, MAX (resamples, 1));
  Interval interval = { NAN, NAN };
  guint n_found = 0;
  GRand *random;

  g_return_val_if_fail (n_units > 0 && n_units <= G_MAXINT32, interval);
  if (n_units == 1)
    return interval;

  random = g_rand_new_with_seed_array (words, G_N_ELEMENTS (words));
  for (guint i = 0; i < resamples && !(stop != NULL && stop ()); i++) {
    gdouble value;

    for (guint j = 0; j < n_units; j++)
      units[j] = (guint) g_rand_int_range (random, 0, (gint32) n_units);
    value = statistic (units, n_units, user);
    if (!isnan (value))
      found[n_found++] = value;
  }
  g_rand_free (random);
  if (n_found == 0 || n_found < resamples - resamples / 2
      || (stop != NULL && stop ()))
    return interval;
  qsort (found, n_found, sizeof *found, compare_numbers);
  interval.low = percentile (found, n_found, .025);
  interval.high = percentile (found, n_found, .975);
  return interval;
}
