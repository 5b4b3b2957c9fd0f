/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/log/record.h"

#include "table/json.h"

#include <math.h>

gchar *
monitor_record_time (gdouble seconds)
{
  gint64 ms = llround (seconds * 1000);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (ms / 1000);
  g_autofree gchar *text = NULL;

  if (time == NULL)
    return g_strdup ("");
  text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%s.%03dZ", text, (int) (ms % 1000));
}

static void
add_time (JsonBuilder *builder, const gchar *name, gdouble seconds)
{
  g_autofree gchar *text = monitor_record_time (seconds);

  table_json_text (builder, name, text);
}

static gchar *
finish (JsonBuilder *builder)
{
  json_builder_end_object (builder);
  return table_json_line (builder);
}

gchar *
monitor_record_alert (const gchar *monitor, const MonitorNews *news)
{
  const MonitorAlert *alert = &news->alert;
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  table_json_text (builder, "type", "alert");
  table_json_text (builder, "monitor", monitor);
  table_json_text (builder, "stream", news->label);
  table_json_text (builder, "kind", monitor_alert_name (alert->kind));
  table_json_text (builder, "state", alert->end > 0 ? "end" : "begin");
  table_json_boolean (builder, "at_end", news->cut);
  table_json_count (builder, "sequence", alert->sequence);
  table_json_number (builder, "value", alert->value);
  add_time (builder, "since", alert->begin);
  add_time (builder, "time", news->now);
  return finish (builder);
}

static guint64
count_measured (const MonitorSnapshot *known)
{
  guint64 measured = 0;

  for (guint i = 0; i < known->n_streams; i++)
    measured += known->streams[i].measured;
  return measured;
}

gchar *
monitor_record_connection (
    const MonitorSnapshot *known, const gchar *end, const gchar *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  table_json_text (builder, "type", "connection");
  table_json_text (builder, "monitor", known->name);
  table_json_count (builder, "number", known->connection);
  table_json_text (builder, "state", end != NULL ? "end" : "begin");
  add_time (builder, "time", known->now);
  if (end != NULL) {
    table_json_text (builder, "reason", end);
    table_json_text (builder, "text", text);
    table_json_number (builder, "sync_offset", known->streams[0].sync_offset);
    table_json_count (builder, "measured_in_all", count_measured (known));
  }
  return finish (builder);
}
