/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an estimate lies within.
 */
#ifndef TABLE_INTERVAL_H
#define TABLE_INTERVAL_H

#include <glib.h>

/**
 * Interval:
 * @low: the 2.5th percentile of what the estimate may be; NaN without interval
 * @high: the 97.5th percentile; NaN without interval
 */
typedef struct
{
  gdouble low;
  gdouble high;
} Interval;

#endif /* TABLE_INTERVAL_H */
