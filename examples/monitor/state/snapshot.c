/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/state/snapshot.h"

const gchar *
monitor_phase_name (MonitorPhase phase)
{
  static const gchar *const names[] = {
    [MONITOR_CONNECTING] = "connecting",
    [MONITOR_MEASURING] = "measuring",
    [MONITOR_WAITING] = "waiting",
    [MONITOR_STOPPED] = "stopped",
  };

  return names[phase];
}

const gchar *
monitor_end_name (MonitorEnd end)
{
  static const gchar *const names[MONITOR_N_ENDS] = {
    [MONITOR_END_START] = "start",
    [MONITOR_END_ERROR] = "error",
    [MONITOR_END_EOS] = "eos",
    [MONITOR_END_STALL] = "stall",
    [MONITOR_END_CRASH] = "crash",
  };

  return names[end];
}

const gchar *
monitor_alert_name (MonitorAlertKind kind)
{
  static const gchar *const names[MONITOR_N_ALERTS] = {
    [MONITOR_ALERT_ABOVE] = "above",
    [MONITOR_ALERT_BELOW] = "below",
    [MONITOR_ALERT_FROZEN] = "frozen",
    [MONITOR_ALERT_BLACK] = "black",
    [MONITOR_ALERT_LOST] = "lost",
    [MONITOR_ALERT_UNMATCHED] = "unmatched",
  };

  return names[kind];
}

const gchar *
monitor_input_name (MonitorInput input)
{
  return input == MONITOR_REFERENCE ? "reference" : "distorted";
}

static void
clear_stream (MonitorStream *stream)
{
  for (guint i = 0; i < stream->n_columns; i++)
    g_free (stream->columns[i].name);
  g_free (stream->columns);
  g_free (stream->label);
}

void
monitor_snapshot_free (MonitorSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  for (guint i = 0; i < snapshot->n_streams; i++)
    clear_stream (&snapshot->streams[i]);
  g_free (snapshot->streams);
  g_free (snapshot->alerts);
  g_free (snapshot->name);
  g_free (snapshot->version);
  g_free (snapshot->metric);
  g_free (snapshot->kernels);
  g_free (snapshot->reason);
  g_free (snapshot);
}
