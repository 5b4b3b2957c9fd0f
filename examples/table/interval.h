/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interval of an estimate.
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

#endif /* TABLE_INTERVAL_H */
