/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The report as a page to look at: one HTML file.
 */
#ifndef COMPARE_REPORT_PAGE_H
#define COMPARE_REPORT_PAGE_H

#include "compare/course.h"
#include "compare/worst/moments.h"
#include "compare/report/report.h"
#include "measure/remote.h"

G_BEGIN_DECLS

/**
 * CompareContent:
 * @options: of the command line
 * @inputs: (element-type MeasureInput): reference first
 * @results: (element-type MeasureResult): of each distorted file
 * @course: what happened when
 * @remarks: (element-type utf8): warnings and notes, in order
 * @remote: makes the pictures
 * @interrupted: see measure_loop_run(); without pictures then
 * @moments: (element-type CompareMoment): the worst first; filled in by
 *   compare_report_page_write()
 *
 * What is on the page.
 */
typedef struct
{
  const CompareOptions *options;
  const GPtrArray *inputs;
  GPtrArray *results;
  const CompareCourse *course;
  const GPtrArray *remarks;
  MeasureRemote *remote;
  const gboolean *interrupted;
  const GArray *moments;
} CompareContent;

/**
 * compare_report_page_write:
 * @error: as of page_write() and chart_draw()
 *
 * Makes the pictures and writes the page.
 *
 * Returns: (transfer full) (nullable): a line of the report on standard output
 *   that says what was written; NULL with @error set
 */
gchar *compare_report_page_write (
    const CompareContent *content, GError **error);

G_END_DECLS

#endif /* COMPARE_REPORT_PAGE_H */
