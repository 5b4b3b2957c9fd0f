/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The charts of a tuning loop's report.
 */
#ifndef TUNE_RD_CHART_H
#define TUNE_RD_CHART_H

#include "tune/report/rd-page.h"

G_BEGIN_DECLS

/* Adds rates over statistics, a panel for each statistic.  @error: as of
 * chart_draw(). */
gboolean tune_rd_chart_add_rates (
    Page *page, const TuneRdReport *report, GError **error);

/* Adds the difference of rate over the first statistic, a line for each gain;
 * nothing where there is none.  @error: as of chart_draw(). */
gboolean tune_rd_chart_add_gains (
    Page *page, const TuneRdReport *report, GError **error);

G_END_DECLS

#endif /* TUNE_RD_CHART_H */
