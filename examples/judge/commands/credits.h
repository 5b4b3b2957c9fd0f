/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The 2AFC score of many triplets and its interval.
 */
#ifndef JUDGE_CREDITS_H
#define JUDGE_CREDITS_H

#include "table/interval.h"

G_BEGIN_DECLS

/* The 2AFC score of a metric that knows nothing. */
#define JUDGE_2AFC_CHANCE .5

/* The mean of credits, see judge_2afc_credit(); a BootstrapFunc, but @units may
 * be NULL for all.  @credits: gdouble */
gdouble judge_mean_credit (const guint *units, guint n_units, gpointer credits);

/* Its interval, from @resamples samples of the @n @credits; that of Wilson
 * where all samples have the same score; NaN for 0 resamples. */
Interval judge_mean_credit_interval (
    gdouble *credits, guint n, guint resamples, guint64 seed);

G_END_DECLS

#endif /* JUDGE_CREDITS_H */
