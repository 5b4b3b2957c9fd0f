/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table and the facts about its run, in the form that the user chose.
 */
#include "judge/report.h"

#include "judge/report-page.h"

#include "table/json.h"

#define SCHEMA 1

static void
add_weights (JsonBuilder *builder, const PerceptualMetric *metric)
{
  const PerceptualWeightsInfo *weights = perceptual_metric_get_weights (metric);

  json_builder_set_member_name (builder, "weights");
  if (weights == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  table_json_text (builder, "name", weights->name);
  json_builder_set_member_name (builder, "sha256");
  json_builder_add_string_value (builder, weights->sha256);
  json_builder_end_object (builder);
}

static void
add_metric (JsonBuilder *builder, const JudgeMetric *metric)
{
  json_builder_begin_object (builder);
  table_json_text (builder, "label", metric->label);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (
      builder, perceptual_metric_get_info (metric->metric)->name);
  json_builder_set_member_name (builder, "options");
  json_builder_add_value (builder,
      json_gvariant_serialize (perceptual_metric_get_options (metric->metric)));
  add_weights (builder, metric->metric);
  if (perceptual_metric_get_arithmetic (metric->metric) != NULL)
    table_json_text (builder, "arithmetic",
        perceptual_metric_get_arithmetic (metric->metric));
  json_builder_end_object (builder);
}

static void
add_session (JsonBuilder *builder, const JudgeSession *session)
{
  table_json_count (builder, "schema", SCHEMA);
  table_json_text (builder, "command", session->command->name);
  table_json_text (builder, "version", perceptual_version ());
  if (session->metrics != NULL) {
    json_builder_set_member_name (builder, "metrics");
    json_builder_begin_array (builder);
    for (guint i = 0; i < session->metrics->metrics->len; i++)
      add_metric (builder, judge_metric_list_get (session->metrics, i));
    json_builder_end_array (builder);
  }
  if (session->command->offers & JUDGE_OFFERS_BOOTSTRAP) {
    table_json_count (builder, "bootstrap", session->options.bootstrap);
    table_json_count (builder, "seed", session->options.seed);
  }
}

static gchar *
format_json (const JudgeSession *session, const Table *table)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_session (builder, session);
  table_add_json (table, builder);
  json_builder_end_object (builder);
  return table_json_print (builder);
}

gchar *
judge_report_format (const JudgeSession *session, const Table *table)
{
  switch (session->options.format) {
    case JUDGE_FORMAT_JSON:
      return format_json (session, table);
    case JUDGE_FORMAT_CSV:
      return table_format_csv (table);
    default:
      return table_format_text (table);
  }
}

gboolean
judge_report_print (JudgeSession *session, const Table *table, GError **error)
{
  return judge_report_print_both (session, table, table, error);
}

gboolean
judge_report_print_both (JudgeSession *session, const Table *table,
    const Table *shown, GError **error)
{
  JudgeFormat format = session->options.format;
  g_autofree gchar *text = judge_report_format (
      session, format == JUDGE_FORMAT_TEXT ? shown : table);
  g_autofree gchar *json = format_json (session, table);
  const GPtrArray *notes = table_get_notes (table);

  judge_report_page_add_table (session, shown, json);
  if (!console_print (&session->console, text, error))
    return FALSE;
  if (format != JUDGE_FORMAT_CSV)
    return TRUE;
  /* A line that is not a row would break a CSV. */
  for (guint i = 0; i < notes->len; i++)
    console_say (&session->console, "%s", (const gchar *) notes->pdata[i]);
  return TRUE;
}
