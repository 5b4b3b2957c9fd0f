/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table's scores as bars with intervals.
 */
#ifndef JUDGE_ESTIMATES_CHART_H
#define JUDGE_ESTIMATES_CHART_H

#include "judge/command.h"

G_BEGIN_DECLS

/**
 * JudgeEstimatesLook:
 * @title: above the chart
 * @y_title: what the bars show, for people
 * @foot: the value at which they begin
 * @chance: where a line is drawn: what nothing but luck has
 * @chance_label: what that is called
 */
typedef struct
{
  const gchar *title;
  const gchar *y_title;
  gdouble foot;
  gdouble chance;
  const gchar *chance_label;
} JudgeEstimatesLook;

/**
 * judge_estimates_chart:
 * @table: with columns of text "metric" and @group, and of estimates @estimate
 * @group: whose values become clusters of bars, in the order of the rows; the
 *   metrics become the bars of each cluster
 * @estimate: what the bars show
 * @look: the rest
 * @error: see judge_report_chart()
 *
 * Draws it where @session's user wants it, on an axis from @look's foot, or a
 * bar below it, to 1, so that charts can be laid side by side.  Bars without a
 * number are left out.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean judge_estimates_chart (JudgeSession *session, const Table *table,
    const gchar *group, const gchar *estimate, const JudgeEstimatesLook *look,
    GError **error);

G_END_DECLS

#endif /* JUDGE_ESTIMATES_CHART_H */
