/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An earlier report in JSON, to compare with.
 */
#ifndef COMPARE_GATES_BASELINE_H
#define COMPARE_GATES_BASELINE_H

#include "measure/run.h"

G_BEGIN_DECLS

typedef struct _CompareBaseline CompareBaseline;

/**
 * compare_baseline_read:
 * @path: a file that --format json printed
 * @error: PROGRAM_ERROR_DATA, naming the file
 *
 * Returns: (transfer full): the report, or NULL with @error set
 */
CompareBaseline *compare_baseline_read (const gchar *path, GError **error);
void compare_baseline_free (CompareBaseline *self);

/**
 * compare_baseline_suits:
 * @metric: what is measured now
 * @section: likewise
 * @references: (element-type filename): of each pair
 * @distorted: (element-type filename): likewise
 * @error: PROGRAM_ERROR_DATA: another metric or section, or there is no result
 *   of a file
 *
 * Returns: whether there is something to compare with for each of @distorted.
 */
gboolean compare_baseline_suits (const CompareBaseline *self,
    const gchar *metric, const MeasureSection *section,
    const GPtrArray *references, const GPtrArray *distorted, GError **error);

/* Whether it was measured with the options and the weights that @summary
 * tells.  @error: PROGRAM_ERROR_DATA: what differs */
gboolean compare_baseline_is_alike (
    const CompareBaseline *self, const GstStructure *summary, GError **error);

/**
 * compare_baseline_get:
 * @file: number of the pair among those of compare_baseline_suits()
 * @column: (nullable): of another metric; NULL for the metric's
 * @statistic: its name in reports
 * @number: (out): its value then; infinite where all were
 *
 * Returns: FALSE where it was not measured
 */
gboolean compare_baseline_get (const CompareBaseline *self, guint file,
    const gchar *column, const gchar *statistic, gdouble *number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CompareBaseline, compare_baseline_free)

G_END_DECLS

#endif /* COMPARE_GATES_BASELINE_H */
