/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scores of people over a metric's values, as points.
 */
#ifndef JUDGE_SCORES_CHART_H
#define JUDGE_SCORES_CHART_H

#include "judge/data/scored-pairs.h"

G_BEGIN_DECLS

/**
 * judge_scores_chart:
 * @pairs: the scores that people gave
 * @session: whose metrics measured
 * @values: their values; see judge_scored_pairs_measure()
 * @error: see judge_report_chart()
 *
 * A panel for each metric, a colour for each group, and the logistic curve
 * through all pairs; drawn where the user wants it.  Infinite values are left
 * out.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_scores_chart (JudgeSession *session,
    const JudgeScoredPairs *pairs, const gdouble *values, GError **error);

G_END_DECLS

#endif /* JUDGE_SCORES_CHART_H */
