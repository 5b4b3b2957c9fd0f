/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pairs of files that have one reference: what is on a page, or in a chart.
 */
#ifndef COMPARE_GROUP_H
#define COMPARE_GROUP_H

#include <glib.h>

G_BEGIN_DECLS

/* @references: of each pair.  Returns: (transfer full) (element-type GArray):
 * the numbers of the pairs of each of them, from 1, in the order in which they
 * come first. */
GPtrArray *compare_group_all (const GPtrArray *references);

/* @all: of each pair; @numbers: of some, from 1.  Returns: (transfer
 * container): what these have. */
GPtrArray *compare_group_choose (const GPtrArray *all, const GArray *numbers);

G_END_DECLS

#endif /* COMPARE_GROUP_H */
