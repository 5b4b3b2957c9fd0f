/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The library's tables of metrics and options, for command lines.
 */
#ifndef METRIC_TABLES_H
#define METRIC_TABLES_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: (nullable): the row called @name; @options may be NULL. */
const PerceptualOption *metric_tables_find_option (
    const PerceptualOption *const *options, const gchar *name);

/* @prefix: what comes before an option's name on the command line: "--".
 * Returns: (transfer full): "its options: --a, --b" or "it has none". */
gchar *metric_tables_option_names (
    const PerceptualOption *const *options, const gchar *prefix);

/* Returns: (transfer full): every metric with its options, for --list-metrics;
 * @prefix as above. */
gchar *metric_tables_print (const gchar *prefix);

G_END_DECLS

#endif /* METRIC_TABLES_H */
