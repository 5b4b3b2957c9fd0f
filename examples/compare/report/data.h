/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The data in the page, for programs and for its script.
 */
#ifndef COMPARE_REPORT_DATA_H
#define COMPARE_REPORT_DATA_H

#include "compare/report/page.h"

G_BEGIN_DECLS

/* The object of --format json with one more member, "page": what was drawn.
 * @names: of the distorted files.  Returns: (transfer full): JSON. */
gchar *compare_report_data (
    const CompareContent *content, const gchar *const *names);

/* Returns: (transfer full): a line for each field of the log's header. */
gchar *compare_report_header_text (const GstStructure *header);

G_END_DECLS

#endif /* COMPARE_REPORT_DATA_H */
