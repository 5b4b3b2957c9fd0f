/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether files passed: what has to be there before, and what comes of it.
 */
#ifndef COMPARE_VERDICT_H
#define COMPARE_VERDICT_H

#include "compare/gates/checks.h"

G_BEGIN_DECLS

/**
 * CompareVerdict:
 * @baseline: (owned) (nullable): the earlier report
 * @checks: (owned) (nullable) (element-type CompareCheck): once all is measured
 */
typedef struct
{
  CompareBaseline *baseline;
  GPtrArray *checks;
} CompareVerdict;

/* Reads the baseline and tries whether the files can be written, before
 * anything is measured.  @self: zeroed.  @error: names the file that it is
 * about */
gboolean compare_verdict_begin (
    CompareVerdict *self, const CompareOptions *options, GError **error);

/* Fills in the checks, those of the baseline only if it can be compared with,
 * and writes the file for CI systems. */
gboolean compare_verdict_reach (CompareVerdict *self,
    const CompareOptions *options, const GPtrArray *results, GError **error);
void compare_verdict_clear (CompareVerdict *self);

G_END_DECLS

#endif /* COMPARE_VERDICT_H */
