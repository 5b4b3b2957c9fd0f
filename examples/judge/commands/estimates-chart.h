/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table's scores as bars with intervals.
 */
#ifndef JUDGE_ESTIMATES_CHART_H
#define JUDGE_ESTIMATES_CHART_H

#include "judge/command.h"

G_BEGIN_DECLS

/**
 * judge_estimates_chart:
 * @table: with columns of text "metric" and @group, and of estimates @estimate
 * @group: whose values become clusters of bars, in the order of the rows; the
 *   metrics become the bars of each cluster
 * @estimate: what the bars show
 * @y_title: what that is, for people
 * @error: see judge_report_chart()
 *
 * Draws it where @session's user wants it.  Bars without a number are left out.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_estimates_chart (JudgeSession *session, const Table *table,
    const gchar *group, const gchar *estimate, const gchar *y_title,
    GError **error);

G_END_DECLS

#endif /* JUDGE_ESTIMATES_CHART_H */
