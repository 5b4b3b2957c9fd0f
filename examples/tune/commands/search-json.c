/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes what a search found for programs.
 */
#include "tune/commands/search-json.h"

#include "table/json.h"

#include <math.h>

#define SCHEMA 1

static void
begin (JsonBuilder *builder, const gchar *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
add_windows (JsonBuilder *builder, const GArray *parts)
{
  json_builder_set_member_name (builder, "windows");
  json_builder_begin_array (builder);
  for (guint i = 0; i < parts->len; i++) {
    const TunePart *part = &g_array_index (parts, TunePart, i);

    if (part->window.stop_ns == G_MAXINT64)
      continue;
    json_builder_begin_object (builder);
    table_json_count (builder, "start", (guint64) part->window.start_ns);
    table_json_count (builder, "stop", (guint64) part->window.stop_ns);
    table_json_number (builder, "weight", part->weight);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_source (JsonBuilder *builder, const TuneSearchReport *report)
{
  begin (builder, "source");
  table_json_path (builder, "path", report->clip->path);
  table_json_text (builder, "sha256", report->clip->sha256);
  if (report->clip->duration_ns > 0)
    table_json_number (
        builder, "seconds", (gdouble) report->clip->duration_ns / 1e9);
  add_windows (builder, report->parts);
  json_builder_end_object (builder);
}

static void
add_targets (JsonBuilder *builder, const TuneSeek *seek)
{
  json_builder_set_member_name (builder, "target");
  json_builder_begin_array (builder);
  for (guint i = 0; i < seek->targets->len; i++) {
    const TuneTarget *target = seek->targets->pdata[i];

    json_builder_begin_object (builder);
    table_json_text (builder, "text", target->text);
    table_json_text (builder, "statistic", target->statistic->name);
    table_json_number (builder, "bound", target->bound);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

/* All statistics that say something, not only those of the targets. */
static void
add_statistics (
    JsonBuilder *builder, const TuneSeek *seek, const TuneSample *sample)
{
  gboolean similarity =
      (seek->metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;

  begin (builder, "statistics");
  for (const TuneStatistic *s = tune_statistics; s->name != NULL; s++) {
    if (similarity ? s->similarities : s->distances)
      table_json_number (
          builder, s->name, tune_statistic_of (s, sample, similarity));
  }
  json_builder_end_object (builder);
}

/* Of windows, what other windows might have given. */
static void
add_intervals (
    JsonBuilder *builder, const TuneSeek *seek, const TuneSample *sample)
{
  gboolean similarity =
      (seek->metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;

  if (sample->spans->len < 2)
    return;
  begin (builder, "intervals");
  for (guint i = 0; i < seek->targets->len; i++) {
    const TuneTarget *target = seek->targets->pdata[i];
    Interval interval =
        tune_statistic_interval (target->statistic, sample, similarity);

    json_builder_set_member_name (builder, target->statistic->name);
    json_builder_begin_array (builder);
    json_builder_add_double_value (builder, interval.low);
    json_builder_add_double_value (builder, interval.high);
    json_builder_end_array (builder);
  }
  json_builder_end_object (builder);
}

static void
add_trial_members (
    JsonBuilder *builder, const TuneSeek *seek, const TuneTrial *trial)
{
  table_json_number (builder, "value", trial->value);
  table_json_number (builder, "rate", trial->sample->rate);
  add_statistics (builder, seek, trial->sample);
  add_intervals (builder, seek, trial->sample);
  table_json_boolean (builder, "meets", trial->meets);
  table_json_count (builder, "pairs", trial->sample->distances->len);
  table_json_count (builder, "bytes", trial->sample->bytes);
  table_json_number (builder, "seconds", trial->sample->encode_seconds);
  table_json_boolean (builder, "stored", trial->sample->known);
}

static void
add_trial (JsonBuilder *builder, const gchar *name, const TuneSeek *seek,
    const TuneTrial *trial)
{
  json_builder_set_member_name (builder, name);
  if (trial == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  add_trial_members (builder, seek, trial);
  json_builder_end_object (builder);
}

static void
add_answer (JsonBuilder *builder, const TuneSearchReport *report)
{
  const TuneTrial *answer = tune_seek_answer (report->seek);
  const TuneTrial *shown = report->verified != NULL ? report->verified : answer;
  g_autofree gchar *line = NULL;

  json_builder_set_member_name (builder, "answer");
  if (!report->met || answer == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  line = tune_search_report_line (report);
  json_builder_begin_object (builder);
  table_json_number (builder, "value", answer->value);
  table_json_number (builder, "rate", shown->sample->rate);
  add_statistics (builder, report->seek, shown->sample);
  table_json_text (builder, "proof", report->proof);
  table_json_text (builder, "line", line);
  add_trial (
      builder, "next", report->seek, tune_seek_next (report->seek, answer));
  json_builder_end_object (builder);
}

static void
add_probes (JsonBuilder *builder, const TuneSeek *seek)
{
  guint known = 0;

  json_builder_set_member_name (builder, "probes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < seek->trials->len; i++) {
    const TuneTrial *trial = seek->trials->pdata[i];

    known += trial->sample->known;
    json_builder_begin_object (builder);
    add_trial_members (builder, seek, trial);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  table_json_count (builder, "encoded", seek->trials->len - known);
}

gchar *
tune_search_write_json (const TuneSearchReport *report)
{
  const TuneSeek *seek = report->seek;
  const TuneMetric metric = tune_identity_metric (seek->campaign->identity);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  table_json_count (builder, "schema", SCHEMA);
  table_json_text (builder, "command", "search");
  add_source (builder, report);
  table_json_text (builder, "encoder", seek->encoding->label);
  add_targets (builder, seek);
  if (seek->max_rate > 0)
    table_json_number (builder, "max-rate", seek->max_rate);
  table_json_text (builder, "metric", metric.metric);
  json_builder_set_member_name (builder, "options");
  json_builder_add_value (builder, json_from_string (metric.options, NULL));
  table_json_text (builder, "weights", metric.weights_sha256);
  table_json_text (builder, "library", metric.library);
  add_answer (builder, report);
  add_trial (builder, "closest", seek, tune_seek_closest (seek));
  add_trial (builder, "verified", seek, report->verified);
  if (seek->shift != 0)
    table_json_number (builder, "shift", exp (seek->shift));
  table_json_path (builder, "output", report->output);
  table_json_boolean (builder, "uneven", seek->verdict.uneven);
  table_json_boolean (builder, "late", seek->late);
  add_probes (builder, seek);
  json_builder_end_object (builder);
  return table_json_print (builder);
}
