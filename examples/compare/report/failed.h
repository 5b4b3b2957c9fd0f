/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef COMPARE_REPORT_FAILED_H
#define COMPARE_REPORT_FAILED_H

#include "compare/gates/checks.h"

G_BEGIN_DECLS

/* Adds the member "failed" to the object that @builder is in: limits that are
 * not met.  @checks: of compare_checks_make() */
void compare_report_add_failed (
    JsonBuilder *builder, const GPtrArray *checks, const GPtrArray *results);

G_END_DECLS

#endif /* COMPARE_REPORT_FAILED_H */
