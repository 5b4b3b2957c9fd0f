/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as a table with a row for each pair of files.
 */
#ifndef COMPARE_REPORT_TABLE_H
#define COMPARE_REPORT_TABLE_H

#include "compare/gates/checks.h"

G_BEGIN_DECLS

/* Comma separated values, all digits.  Returns: (transfer full). */
gchar *compare_report_csv (
    const CompareOptions *options, const GPtrArray *results);

/* A table for the summary of a CI job, with what did not meet its limits below
 * it.  @checks: of compare_checks_make().  Returns: (transfer full). */
gchar *compare_report_markdown (const CompareOptions *options,
    const GPtrArray *results, const GPtrArray *checks);

G_END_DECLS

#endif /* COMPARE_REPORT_TABLE_H */
