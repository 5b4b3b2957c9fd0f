/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How two columns of numbers correlate.
 *
 * All functions take @n pairs of numbers that are not NaN, and return NaN
 * where the coefficient has no meaning: fewer than two pairs, or a column that
 * is constant.
 */
#ifndef JUDGE_CORRELATION_H
#define JUDGE_CORRELATION_H

#include <glib.h>

G_BEGIN_DECLS

/* Pearson's linear correlation, -1..1; all numbers finite. */
gdouble judge_pearson (const gdouble *x, const gdouble *y, guint n);

/* Spearman's rank correlation, -1..1: Pearson's of the ranks, where equal
 * numbers share the mean of theirs.  Numbers may be infinite. */
gdouble judge_spearman (const gdouble *x, const gdouble *y, guint n);

/* Kendall's tau-b, -1..1: (concordant - discordant) /
 * sqrt((pairs - ties in x) (pairs - ties in y)).  Numbers may be infinite.
 * Takes n log n steps (Knight 1966). */
gdouble judge_kendall (const gdouble *x, const gdouble *y, guint n);

G_END_DECLS

#endif /* JUDGE_CORRELATION_H */
