/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The curve from a metric's values to human scores.
 */
#ifndef JUDGE_LOGISTIC_H
#define JUDGE_LOGISTIC_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * JudgeLogistic:
 * @b: b1..b4 in the unit of the scores, the scores, the values and the values
 *
 * score(x) = b2 + (b1 - b2) / (1 + exp(-(x - b3) / |b4|)): the logistic of
 * four parameters of VQEG (final report of the FR-TV test, 2000): b1 is the
 * limit for large x, b2 that for small x, b3 the middle, b4 the width.
 */
typedef struct
{
  gdouble b[4];
} JudgeLogistic;

/* The curve at @x, which may be infinite. */
gdouble judge_logistic_at (const JudgeLogistic *self, gdouble x);

/**
 * judge_logistic_fit:
 * @self: (out): the curve
 * @x: the metric's values, not NaN; infinite ones affect only the curve's ends
 * @y: the scores, finite
 * @n: how many
 * @start: (nullable): where to begin; NULL to try several starts and keep the
 *   best result
 *
 * Least squares by Levenberg and Marquardt.
 *
 * Returns: TRUE, or FALSE when there are fewer than five pairs or less than two
 * different finite values.
 */
gboolean judge_logistic_fit (JudgeLogistic *self, const gdouble *x,
    const gdouble *y, guint n, const JudgeLogistic *start);

G_END_DECLS

#endif /* JUDGE_LOGISTIC_H */
