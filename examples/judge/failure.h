/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Broken items of data sets, which --skip-broken leaves out.
 */
#ifndef JUDGE_FAILURE_H
#define JUDGE_FAILURE_H

#include "console/program-error.h"

G_BEGIN_DECLS

/* Whether @error is about one item of a data set, so that --skip-broken goes on
 * without it: its files, or a size that a metric does not take. */
gboolean judge_is_broken (const GError *error);

/* Sets PROGRAM_ERROR_DATA: the first of @broken (element-type utf8, "FILE:
 * what"), how many more there are in @label, and --skip-broken, or, where
 * that is given (@skipping), that nothing is left.  Returns: FALSE. */
gboolean judge_fail_broken (GError **error, const GPtrArray *broken,
    const gchar *label, gboolean skipping);

G_END_DECLS

#endif /* JUDGE_FAILURE_H */
