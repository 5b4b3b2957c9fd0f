/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interval of 95 % of an estimate.
 */
#ifndef TABLE_INTERVAL_H
#define TABLE_INTERVAL_H

#include <glib.h>

/**
 * Interval:
 * @low: the 2.5th percentile of the estimate; NaN without an interval
 * @high: the 97.5th percentile; NaN without an interval
 */
typedef struct
{
  gdouble low;
  gdouble high;
} Interval;

/* Returns: whether it has no width; FALSE where there is no interval. */
gboolean interval_is_point (const Interval *self);

/**
 * interval_of_part:
 * @part: what part of @n was so, 0..1
 * @n: above 0; need not be whole
 *
 * For a part that resampling cannot tell from certainty: of 23 that are all
 * right, each sample is.
 *
 * Returns: the score interval of Wilson (1927), of 95 %; NaN for anything else
 */
Interval interval_of_part (gdouble part, gdouble n);

#endif /* TABLE_INTERVAL_H */
