/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of the limits.
 */
#ifndef COMPARE_GATES_CHECKS_H
#define COMPARE_GATES_CHECKS_H

#include "compare/gates/baseline.h"
#include "compare/report/report.h"

G_BEGIN_DECLS

/**
 * CompareCheck:
 * @file: number of the distorted file
 * @column: of which metric, as reports call it
 * @statistic: which number of it
 * @value: what was measured; may be infinite, NaN where there is no such number
 * @limit: what it must not be beyond; may be infinite
 * @below: whether it must not be below the limit; else above it
 * @strict: whether it must not be the limit either
 * @is_baseline: whether the limit comes from an earlier report
 * @baseline: the number there
 * @failed: whether it is beyond the limit
 *
 * One limit on one file.
 */
typedef struct
{
  guint file;
  gchar *column;
  gchar *statistic;
  gdouble value;
  gdouble limit;
  gboolean below;
  gboolean strict;
  gboolean is_baseline;
  gdouble baseline;
  gboolean failed;
} CompareCheck;

/* Has the metrics measured that limits are about, and finds out which limits
 * make no sense.  To be called when the metrics are known. */
gboolean compare_checks_prepare (CompareOptions *options, GError **error);

/**
 * compare_checks_make:
 * @baseline: (nullable): of compare_baseline_suits()
 * @results: (element-type MeasureResult): files without errors are judged
 *
 * Returns: (transfer full) (element-type CompareCheck): all limits of the first
 *   file, then those of the next
 */
GPtrArray *compare_checks_make (const CompareOptions *options,
    const CompareBaseline *baseline, const GPtrArray *results);

/* Returns: how many failed. */
guint compare_checks_count_failed (const GPtrArray *checks);

/* Returns: (transfer full): "mmd-ssim p95 is 0.0501748, above the limit 0.02"
 */
gchar *compare_check_describe (const CompareCheck *check);

/* Returns: (transfer full): the condition that has to be met:
 * "mmd-ssim p95 < 0.02" */
gchar *compare_check_condition (const CompareCheck *check);

G_END_DECLS

#endif /* COMPARE_GATES_CHECKS_H */
