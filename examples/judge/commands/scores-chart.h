/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scores of people over a metric's values, as points.
 */
#ifndef JUDGE_SCORES_CHART_H
#define JUDGE_SCORES_CHART_H

#include "judge/data/scored-pairs.h"
#include "table/table.h"

G_BEGIN_DECLS

/**
 * judge_scores_chart:
 * @pairs: the scores that people gave
 * @session: whose metrics measured
 * @values: their values; see judge_scored_pairs_measure()
 * @table: with rows of the columns "metric", "group" ("total" for all pairs)
 *   and estimates "spearman", "kendall", "pearson"
 * @error: see judge_report_chart()
 *
 * A panel for each metric with the correlations of all its pairs, a colour for
 * each group, and the logistic curves of each group and of all pairs; drawn
 * where the user wants it.  Infinite values are left out.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_scores_chart (JudgeSession *session,
    const JudgeScoredPairs *pairs, const gdouble *values, const Table *table,
    GError **error);

G_END_DECLS

#endif /* JUDGE_SCORES_CHART_H */
