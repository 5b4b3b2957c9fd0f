/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The limits that were not met, in the report in JSON.
 */
#include "compare/report/failed.h"

#include "table/json.h"

#include <math.h>

static void
add_number (JsonBuilder *builder, const gchar *name, gdouble number)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

void
compare_report_add_failed (
    JsonBuilder *builder, const GPtrArray *checks, const GPtrArray *results)
{
  json_builder_set_member_name (builder, "failed");
  json_builder_begin_array (builder);
  for (guint i = 0; i < checks->len; i++) {
    const CompareCheck *check = checks->pdata[i];
    const MeasureResult *result = results->pdata[check->file];

    if (!check->failed)
      continue;
    json_builder_begin_object (builder);
    table_json_path (builder, "distorted", result->distorted->path);
    table_json_text (builder, "metric", check->column);
    table_json_text (builder, "statistic", check->statistic);
    add_number (builder, "value", check->value);
    add_number (builder, "limit", check->limit);
    table_json_text (builder, "beyond", check->below ? "below" : "above");
    if (check->is_baseline)
      add_number (builder, "baseline", check->baseline);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}
