/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/summary.h"

#include "console/duration.h"

#define COUNT "%" G_GUINT64_FORMAT

static void
add_connections (GString *text, const MonitorSnapshot *known)
{
  const gchar *separator = " (ended by ";

  g_string_append_printf (text, "connections  " COUNT, known->connection);
  for (guint i = 0; i < MONITOR_N_ENDS; i++) {
    if (known->ends[i] == 0)
      continue;
    g_string_append_printf (
        text, "%s%s " COUNT, separator, monitor_end_name (i), known->ends[i]);
    separator = ", ";
  }
  g_string_append (text, *separator == ',' ? ")\n" : "\n");
}

static void
add_alerts (GString *text, const MonitorStream *stream)
{
  const gchar *separator = "";

  g_string_append (text, "alerts       ");
  for (guint i = 0; i < MONITOR_N_ALERTS; i++) {
    if (stream->alerts[i] == 0)
      continue;
    g_string_append_printf (text, "%s%s " COUNT, separator,
        monitor_alert_name (i), stream->alerts[i]);
    separator = ", ";
  }
  g_string_append (text, *separator == ',' ? "\n" : "none\n");
}

static void
add_stream (
    GString *text, const MonitorSnapshot *known, const MonitorStream *stream)
{
  guint64 finite = stream->measured;
  gchar mean[G_ASCII_DTOSTR_BUF_SIZE];

  if (*stream->label != '\0')
    g_string_append_printf (text, "stream       %s\n", stream->label);
  g_string_append_printf (text,
      "pairs        " COUNT " measured, " COUNT " skipped, " COUNT
      " left out, " COUNT " misaligned, " COUNT " unsure\n",
      stream->measured, stream->skipped, stream->unselected, stream->misaligned,
      stream->unsure);
  g_string_append_printf (text,
      "frames       " COUNT " of the reference and " COUNT
      " distorted ones without partner, " COUNT " late, " COUNT " gaps\n",
      stream->unmatched[MONITOR_REFERENCE],
      stream->unmatched[MONITOR_DISTORTED], stream->late, stream->gaps);
  g_string_append_printf (text,
      "pictures     " COUNT " frozen, " COUNT " black\n", stream->frozen,
      stream->black);
  if (finite > 0)
    g_string_append_printf (text, "%-12s mean %s\n", known->metric,
        g_ascii_formatd (
            mean, sizeof mean, "%.5g", stream->sum / (gdouble) finite));
  if (stream->bytes > 0)
    g_string_append_printf (text, "bytes        " COUNT "\n", stream->bytes);
  add_alerts (text, stream);
}

gchar *
monitor_summary_print (const MonitorSnapshot *known)
{
  GString *text = g_string_new (NULL);
  g_autofree gchar *time = duration_print_rounded (
      (gint64) ((known->now - known->started) * DURATION_SECOND));

  g_string_append_printf (text, "%s: watched for %s\n", known->name, time);
  add_connections (text, known);
  for (guint i = 0; i < known->n_streams; i++)
    add_stream (text, known, &known->streams[i]);
  if (known->hook_failures > 0)
    g_string_append_printf (
        text, "hooks        " COUNT " failed\n", known->hook_failures);
  if (known->log_failures > 0)
    g_string_append_printf (
        text, "log          " COUNT " lines were lost\n", known->log_failures);
  return g_string_free (text, FALSE);
}
