/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Intervals where resampling finds none.
 */
#include "table/interval.h"

#include <math.h>

/* The normal distribution's 97.5th percentile. */
#define Z 1.959963984540054

gboolean
interval_is_point (const Interval *self)
{
  /* Sums in another order round differently. */
  return self->high - self->low < 1e-12;
}

Interval
interval_of_part (gdouble part, gdouble n)
{
  gdouble middle = (part + Z * Z / (2 * n)) / (1 + Z * Z / n);
  gdouble reach =
      Z / (1 + Z * Z / n) * sqrt (part * (1 - part) / n + Z * Z / (4 * n * n));

  if (!(n > 0) || !(part >= 0 && part <= 1))
    return (Interval){ NAN, NAN };
  /* What rounding leaves at the edge. */
  return (Interval){ part == 0 ? 0 : MAX (middle - reach, 0),
    part == 1 ? 1 : MIN (middle + reach, 1) };
}
