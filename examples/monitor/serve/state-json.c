/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/serve/state-json.h"

#include "console/printable.h"
#include "monitor/state/words.h"
#include "table/json.h"

#include <math.h>

#define SCHEMA 1

/* Text of all kinds comes from outside. */
static void
add_text (JsonBuilder *to, const gchar *name, const gchar *text)
{
  g_autofree gchar *exact = printable_exact (text);

  table_json_text (to, name, exact);
}

static void
begin (JsonBuilder *to, const gchar *name)
{
  json_builder_set_member_name (to, name);
  json_builder_begin_object (to);
}

/* A time that may not have come yet. */
static void
add_time (JsonBuilder *to, const gchar *name, gdouble time)
{
  table_json_number (to, name, time > 0 ? time : NAN);
}

/* --- a stream ------------------------------------------------------------ */

static void
add_counts (JsonBuilder *to, const MonitorStream *stream)
{
  table_json_count (to, "measured", stream->measured);
  table_json_count (to, "skipped", stream->skipped);
  table_json_count (to, "unselected", stream->unselected);
  table_json_count (to, "misaligned", stream->misaligned);
  table_json_count (to, "unsure", stream->unsure);
  begin (to, "unmatched");
  for (guint i = 0; i < MONITOR_N_INPUTS; i++)
    table_json_count (to, monitor_input_name (i), stream->unmatched[i]);
  json_builder_end_object (to);
  table_json_count (to, "late", stream->late);
  table_json_count (to, "gaps", stream->gaps);
  table_json_count (to, "frozen", stream->frozen);
  table_json_count (to, "black", stream->black);
  table_json_count (to, "bytes", stream->bytes);
}

/* Of the present: null where no pairs come. */
static void
add_present (JsonBuilder *to, const MonitorStream *stream, const gchar *name,
    gdouble number)
{
  table_json_number (to, name, stream->up ? number : NAN);
}

static void
add_columns (JsonBuilder *to, const MonitorStream *stream)
{
  json_builder_set_member_name (to, "columns");
  json_builder_begin_array (to);
  for (guint i = 0; i < stream->n_columns; i++) {
    json_builder_begin_object (to);
    add_text (to, "name", stream->columns[i].name);
    add_present (to, stream, "last", stream->columns[i].last);
    json_builder_end_object (to);
  }
  json_builder_end_array (to);
}

static void
add_window (JsonBuilder *to, const MonitorStream *stream)
{
  begin (to, "window");
  table_json_count (to, "pairs", stream->up ? stream->window_pairs : 0);
  add_present (to, stream, "mean", stream->window_mean);
  add_present (to, stream, "p95", stream->window_p95);
  add_present (to, stream, "max", stream->window_max);
  json_builder_end_object (to);
}

static void
add_histogram (JsonBuilder *to, const MonitorStream *stream)
{
  json_builder_set_member_name (to, "buckets");
  json_builder_begin_array (to);
  for (guint i = 0; i <= MONITOR_N_BUCKETS; i++)
    json_builder_add_int_value (to, (gint64) stream->buckets[i]);
  json_builder_end_array (to);
  table_json_number (to, "sum", stream->sum);
}

static void
add_alert_counts (JsonBuilder *to, const MonitorStream *stream)
{
  begin (to, "alerts");
  for (guint i = 0; i < MONITOR_N_ALERTS; i++) {
    begin (to, monitor_alert_name (i));
    table_json_boolean (to, "active", stream->alert_active[i]);
    table_json_count (to, "count", stream->alerts[i]);
    json_builder_end_object (to);
  }
  json_builder_end_object (to);
}

static void
add_stream (JsonBuilder *to, const MonitorStream *stream)
{
  json_builder_begin_object (to);
  add_text (to, "label", stream->label != NULL ? stream->label : "");
  table_json_boolean (to, "up", stream->up);
  add_counts (to, stream);
  add_columns (to, stream);
  add_window (to, stream);
  add_present (to, stream, "kbits", stream->kbits);
  add_histogram (to, stream);
  add_alert_counts (to, stream);
  add_present (to, stream, "sync_offset", stream->sync_offset);
  add_present (to, stream, "sync_confidence", stream->sync_confidence);
  add_present (to, stream, "lag", stream->lag);
  add_time (to, "last_pair", stream->last_pair);
  json_builder_end_object (to);
}

/* --- the whole ----------------------------------------------------------- */

static void
add_alerts (JsonBuilder *to, const MonitorSnapshot *snapshot)
{
  json_builder_set_member_name (to, "alerts");
  json_builder_begin_array (to);
  for (guint i = 0; i < snapshot->n_alerts; i++) {
    const MonitorAlert *alert = &snapshot->alerts[i];

    json_builder_begin_object (to);
    table_json_count (to, "sequence", alert->sequence);
    add_text (to, "kind", monitor_alert_name (alert->kind));
    add_text (to, "words", monitor_alert_words (alert->kind));
    table_json_count (to, "stream", alert->stream);
    table_json_number (to, "begin", alert->begin);
    add_time (to, "end", alert->end);
    table_json_number (to, "value", alert->value);
    json_builder_end_object (to);
  }
  json_builder_end_array (to);
}

static void
add_worst (JsonBuilder *to, const MonitorSnapshot *snapshot)
{
  json_builder_set_member_name (to, "worst");
  if (snapshot->worst_sequence == 0) {
    json_builder_add_null_value (to);
    return;
  }
  json_builder_begin_object (to);
  table_json_count (to, "sequence", snapshot->worst_sequence);
  table_json_number (to, "time", snapshot->worst_time);
  table_json_number (to, "distance", snapshot->worst_distance);
  table_json_count (to, "stream", snapshot->worst_stream);
  json_builder_end_object (to);
}

static void
add_process (JsonBuilder *to, const MonitorSnapshot *snapshot)
{
  begin (to, "process");
  table_json_number (to, "cpu_seconds", snapshot->cpu_seconds);
  table_json_count (to, "resident_bytes", snapshot->resident_bytes);
  table_json_count (to, "open_fds", snapshot->open_fds);
  json_builder_end_object (to);
}

static void
add_state (JsonBuilder *to, const MonitorSnapshot *snapshot)
{
  g_autofree gchar *state = monitor_state_words (snapshot);

  add_text (to, "name", snapshot->name);
  add_text (to, "version", snapshot->version);
  add_text (to, "metric", snapshot->metric);
  add_text (to, "kernels", snapshot->kernels);
  add_text (to, "phase", monitor_phase_name (snapshot->phase));
  add_text (to, "state", state);
  table_json_boolean (to, "healthy", monitor_is_healthy (snapshot));
  add_text (to, "reason", snapshot->reason);
  table_json_count (to, "connection", snapshot->connection);
  table_json_number (to, "now", snapshot->now);
  table_json_number (to, "started", snapshot->started);
  table_json_number (to, "retry_delay", snapshot->retry_delay);
  begin (to, "input_up");
  for (guint i = 0; i < MONITOR_N_INPUTS; i++)
    table_json_boolean (to, monitor_input_name (i), snapshot->input_up[i]);
  json_builder_end_object (to);
  begin (to, "connections");
  for (guint i = 0; i < MONITOR_N_ENDS; i++)
    table_json_count (to, monitor_end_name (i), snapshot->ends[i]);
  json_builder_end_object (to);
  table_json_count (to, "hook_failures", snapshot->hook_failures);
  table_json_count (to, "log_failures", snapshot->log_failures);
}

static void
add_streams (JsonBuilder *to, const MonitorSnapshot *snapshot)
{
  json_builder_set_member_name (to, "bounds");
  json_builder_begin_array (to);
  for (guint i = 0; i < MONITOR_N_BUCKETS; i++)
    json_builder_add_double_value (to, snapshot->bounds[i]);
  json_builder_end_array (to);
  table_json_boolean (to, "encoders", snapshot->encoders);
  json_builder_set_member_name (to, "streams");
  json_builder_begin_array (to);
  for (guint i = 0; i < snapshot->n_streams; i++)
    add_stream (to, &snapshot->streams[i]);
  json_builder_end_array (to);
}

static void
add_points (JsonBuilder *to, const MonitorPoint *points, guint n)
{
  json_builder_set_member_name (to, "points");
  json_builder_begin_array (to);
  for (guint i = 0; i < n; i++) {
    json_builder_begin_object (to);
    table_json_count (to, "sequence", points[i].sequence);
    table_json_number (to, "time", points[i].time);
    table_json_count (to, "stream", points[i].stream);
    table_json_count (to, "pairs", points[i].pairs);
    table_json_number (to, "mean", points[i].mean);
    table_json_number (to, "max", points[i].max);
    table_json_number (
        to, "kbits", points[i].kbits > 0 ? points[i].kbits : NAN);
    json_builder_end_object (to);
  }
  json_builder_end_array (to);
}

gchar *
monitor_state_json (
    const MonitorSnapshot *snapshot, const MonitorPoint *points, guint n_points)
{
  g_autoptr (JsonBuilder) to = json_builder_new ();

  json_builder_begin_object (to);
  table_json_count (to, "schema", SCHEMA);
  add_state (to, snapshot);
  add_streams (to, snapshot);
  add_alerts (to, snapshot);
  add_worst (to, snapshot);
  add_process (to, snapshot);
  if (points != NULL)
    add_points (to, points, n_points);
  json_builder_end_object (to);
  return table_json_line (to);
}
