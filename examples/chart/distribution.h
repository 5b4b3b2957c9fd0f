/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How values are distributed: bins for histograms, cumulative curves.  Pure
 * arithmetic.
 */
#ifndef CHART_DISTRIBUTION_H
#define CHART_DISTRIBUTION_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * chart_bin_edges:
 * @low: the lowest value that a bin is wanted for
 * @high: the highest one
 * @log: whether bins are equally wide in the logarithm; @low is above 0 then
 * @most: bins, at least 3
 * @n_bins: (out): how many, 1..@most
 *
 * Bins that hold all from @low to @high.  On a linear axis their edges are
 * round values, 1, 2 or 5 times a power of ten apart.
 *
 * Returns: (transfer full): @n_bins + 1 edges, ascending; NULL where there are
 *   none, since an end is not finite, beyond 1e100 or, with @log, below 1e-100
 */
gdouble *chart_bin_edges (
    gdouble low, gdouble high, gboolean log, guint most, guint *n_bins);

/**
 * chart_bin_shares:
 * @values: @n of them, in any order
 * @edges: @n_bins + 1, ascending
 * @n_bins: how many
 * @shares: (out): room for @n_bins: the part of the finite values that is in
 *   each bin, 0..1.  A bin has its lower edge, the last one both
 *
 * Returns: the part of the finite values that is in no bin
 */
gdouble chart_bin_shares (const gdouble *values, guint n, const gdouble *edges,
    guint n_bins, gdouble *shares);

/**
 * chart_cumulate:
 * @values: @n of them, in any order; those that are not finite do not count
 * @most: points, at least 2
 * @x: (out): room for @most: values, ascending
 * @y: (out): room for @most: which part of all is not above @x, 0..1
 *
 * Points of the cumulative curve, the lowest and the highest value among them.
 *
 * Returns: how many, 0 where no value is finite
 */
guint chart_cumulate (
    const gdouble *values, guint n, guint most, gdouble *x, gdouble *y);

G_END_DECLS

#endif /* CHART_DISTRIBUTION_H */
