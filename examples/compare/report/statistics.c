/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the numbers of a column are called in reports, and where they are in a
 * summary.
 */
#include "compare/report/report.h"

#include <string.h>

const gchar *const compare_statistics[] = { "mean", "stdev", "harmonic_mean",
  "min", "p1", "p5", "p10", "median", "p90", "p95", "p99", "max", NULL };

gboolean
compare_statistic_is_of_similarities (const gchar *statistic)
{
  static const gchar *const names[] = { "harmonic_mean", "p1", "p5", "p10",
    NULL };

  return g_strv_contains (names, statistic);
}

gboolean
compare_statistic_get (
    const GstStructure *fields, const gchar *statistic, gdouble *number)
{
  g_autofree gchar *field = g_strdelimit (g_strdup (statistic), "_", '-');

  return measure_result_number (fields, field, number);
}

const gchar *
compare_part_name (const GstStructure *fields, guint i)
{
  const GValue *names = gst_structure_get_value (fields, "tap-names");

  return names != NULL && i < gst_value_array_get_size (names)
      ? g_value_get_string (gst_value_array_get_value (names, i))
      : NULL;
}
