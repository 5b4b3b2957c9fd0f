/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/state/words.h"

#include <math.h>

static guint
count_up (const MonitorSnapshot *snapshot)
{
  guint n = 0;

  for (guint i = 0; i < snapshot->n_streams; i++)
    n += snapshot->streams[i].up ? 1 : 0;
  return n;
}

gboolean
monitor_is_healthy (const MonitorSnapshot *snapshot)
{
  return snapshot->phase == MONITOR_MEASURING
      && count_up (snapshot) == snapshot->n_streams;
}

/* Returns: (transfer none) (nullable): what is missing. */
static const gchar *
lost_words (const MonitorSnapshot *snapshot)
{
  gboolean reference = snapshot->input_up[MONITOR_REFERENCE];
  gboolean distorted = snapshot->input_up[MONITOR_DISTORTED];

  if (!reference && !distorted)
    return "both inputs lost";
  if (!reference)
    return "reference lost";
  return distorted ? NULL : "distorted stream lost";
}

static void
append_lost (GString *words, const MonitorSnapshot *snapshot)
{
  const gchar *lost = lost_words (snapshot);

  if (lost != NULL)
    g_string_append_printf (words, ", %s", lost);
}

/* Of several streams some may be missing. */
static void
append_missing (GString *words, const MonitorSnapshot *snapshot)
{
  guint up = count_up (snapshot);

  if (up == snapshot->n_streams)
    return;
  if (snapshot->n_streams == 1)
    g_string_append (words, ", no pairs");
  else
    g_string_append_printf (
        words, ", %u of %u streams", up, snapshot->n_streams);
}

gchar *
monitor_state_words (const MonitorSnapshot *snapshot)
{
  g_autoptr (GString) words =
      g_string_new (monitor_phase_name (snapshot->phase));

  switch (snapshot->phase) {
    case MONITOR_MEASURING:
      append_missing (words, snapshot);
      break;
    case MONITOR_WAITING:
      g_string_append_printf (words, " %.0f s", ceil (snapshot->retry_delay));
      append_lost (words, snapshot);
      break;
    case MONITOR_CONNECTING:
      /* Of the first connection nothing was lost yet. */
      if (snapshot->connection > 1)
        append_lost (words, snapshot);
      break;
    default:
      break;
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

const gchar *
monitor_alert_words (MonitorAlertKind kind)
{
  static const gchar *const words[MONITOR_N_ALERTS] = {
    [MONITOR_ALERT_ABOVE] = "above the threshold",
    [MONITOR_ALERT_BELOW] = "below the threshold",
    [MONITOR_ALERT_FROZEN] = "frozen picture",
    [MONITOR_ALERT_BLACK] = "black picture",
    [MONITOR_ALERT_LOST] = "no connection",
    [MONITOR_ALERT_UNMATCHED] = "frames without a partner",
  };

  return words[kind];
}
