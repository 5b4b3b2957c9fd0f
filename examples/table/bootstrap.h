/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Intervals by resampling.
 */
#ifndef TABLE_BOOTSTRAP_H
#define TABLE_BOOTSTRAP_H

#include "table/interval.h"

G_BEGIN_DECLS

/**
 * BootstrapFunc:
 * @units: which units are in the sample, some of them several times
 * @n_units: how many there are
 *
 * Returns: the statistic of that sample, or NaN if it has no value.
 */
typedef gdouble (*BootstrapFunc) (
    const guint *units, guint n_units, gpointer user);

/**
 * bootstrap:
 * @n_units: what is resampled, at least 1: triplets, pairs, references
 * @resamples: how many samples of @n_units units are drawn with replacement; 0
 *   for no interval
 * @seed: the same seed and @n_units give the same samples, so that metrics are
 *   compared on the same ones
 * @stop: (nullable): whether the user wants to stop
 * @statistic: called once for each sample
 *
 * The percentile bootstrap (Efron & Tibshirani 1993, chapter 13): percentiles
 * of the resampled statistics, interpolated linearly between two of them.  One
 * unit says nothing about others, and so has no interval.  Samples without a
 * statistic are left out; when those are more than half, or the user wants to
 * stop, there is no interval.
 */
Interval bootstrap (guint n_units, guint resamples, guint64 seed,
    gboolean (*stop) (void), BootstrapFunc statistic, gpointer user);

G_END_DECLS

#endif /* TABLE_BOOTSTRAP_H */
