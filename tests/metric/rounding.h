/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How far a number computed in float may be from the true one: tests derive
 * their bounds from this, since two right results may differ by as much.
 */
#ifndef ROUNDING_H
#define ROUNDING_H

#include <float.h>
#include <glib.h>

/* What @n roundings, one after the other, do to terms whose magnitudes add up
 * to @magnitudes.  This holds for a sum of @n products in any order, with or
 * without FMA (Higham, Accuracy and Stability of Numerical Algorithms, 3.1);
 * the one rounding more is for the double loop that such a sum is compared
 * with. */
static inline gdouble
rounding_bound (guint n, gdouble magnitudes)
{
  gdouble relative = (n + 1) * (gdouble) FLT_EPSILON / 2;

  return relative / (1 - relative) * magnitudes;
}

#endif /* ROUNDING_H */
