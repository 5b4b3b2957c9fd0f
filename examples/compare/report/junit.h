/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Results as the XML that CI systems read: a test suite with a test case for
 * each limit of each file.
 */
#ifndef COMPARE_REPORT_JUNIT_H
#define COMPARE_REPORT_JUNIT_H

#include "compare/gates/checks.h"

G_BEGIN_DECLS

/**
 * compare_junit_write:
 * @path: overwritten
 * @checks: of compare_checks_make()
 * @error: G_FILE_ERROR that names the file
 *
 * A file that could not be measured is an error; one without limits passes as
 * soon as it was measured.
 */
gboolean compare_junit_write (const gchar *path, const GPtrArray *results,
    const GPtrArray *checks, GError **error);

G_END_DECLS

#endif /* COMPARE_REPORT_JUNIT_H */
