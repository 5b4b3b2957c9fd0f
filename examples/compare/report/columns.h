/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is in the columns of a table of files, which need not have the same
 * ones: psnr of one is psnr(rgb) of another.
 */
#ifndef COMPARE_REPORT_COLUMNS_H
#define COMPARE_REPORT_COLUMNS_H

#include "compare/report/report.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the columns of all files, as reports call them, the
 * metric's first; NULL-terminated. */
GStrv compare_columns_list (const GPtrArray *results, const gchar *metric);

/* Returns: (transfer full) (nullable): the statistics of @column for this file;
 * NULL where it was not measured. */
GstStructure *compare_columns_get (
    const MeasureResult *result, const gchar *metric, const gchar *column);

/* Whether a column called @column has such a @statistic. */
gboolean compare_columns_have (const gchar *column, const gchar *statistic);

/* Returns: (transfer full) (nullable): what part @i of @column is called. */
gchar *compare_columns_name_part (const MeasureResult *result,
    const gchar *metric, const gchar *column, guint i);

/* Returns: (transfer full): a number to be read, "inf" where all values are
 * infinite, "" where there is none.  @exact: with all of its digits */
gchar *compare_columns_format (
    const GstStructure *fields, const gchar *statistic, gboolean exact);

G_END_DECLS

#endif /* COMPARE_REPORT_COLUMNS_H */
