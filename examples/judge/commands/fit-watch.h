/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A fit of heads as users see it: its progress, Ctrl-C, the curves of its loss.
 */
#ifndef JUDGE_FIT_WATCH_H
#define JUDGE_FIT_WATCH_H

#include "judge/command.h"
#include "judge/arithmetic/heads-fit.h"
#include "chart/chart.h"

G_BEGIN_DECLS

/**
 * judge_fit_watch:
 * @session: whose console shows the epochs, as a step of its own, and whose
 *   user may end the fit early
 *
 * As judge_fit_heads().
 *
 * Returns: (transfer full): the fit, with the epochs until it ended.
 */
JudgeFit *judge_fit_watch (JudgeSession *session, const JudgeTriplets *triplets,
    const JudgeFitSettings *settings);

/**
 * judge_fit_curves:
 * @labels: of the training and the validation loss; the caller keeps them
 * @series: (out): both losses over the epochs, from 1
 *
 * Returns: (transfer full): the numbers that @series points into; to be freed
 * when the plot is drawn.
 */
gdouble *judge_fit_curves (
    const JudgeFit *fit, const gchar *const labels[2], ChartSeries series[2]);

/* Returns: a panel for @n of these series; the caller keeps them. */
ChartPanel judge_fit_panel (const ChartSeries *series, guint n);

G_END_DECLS

#endif /* JUDGE_FIT_WATCH_H */
