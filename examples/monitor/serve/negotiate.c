/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of the expositions a client likes best, by its Accept header.
 */
#include "monitor/serve/exposition.h"

#include <string.h>

/* One entry of the header. */
typedef struct
{
  gchar *type;
  gchar *version; /* nullable */
  gdouble liking; /* its q */
} Range;

static void
read_parameter (Range *range, const gchar *text)
{
  g_auto (GStrv) halves = g_strsplit (text, "=", 2);
  const gchar *name;
  gchar *value;

  if (halves[0] == NULL || halves[1] == NULL)
    return;
  name = g_strstrip (halves[0]);
  value = g_strstrip (halves[1]);
  if (g_ascii_strcasecmp (name, "q") == 0) {
    range->liking = CLAMP (g_ascii_strtod (value, NULL), 0, 1);
  } else if (g_ascii_strcasecmp (name, "version") == 0) {
    g_free (range->version);
    range->version = g_strdup (g_strdelimit (value, "\"", ' '));
    g_strstrip (range->version);
  }
}

static Range
read_range (const gchar *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  Range range = { .liking = 1 };

  if (parts[0] == NULL)
    return range;
  range.type = g_ascii_strdown (g_strstrip (parts[0]), -1);
  for (guint i = 1; parts[i] != NULL; i++)
    read_parameter (&range, parts[i]);
  return range;
}

/* Returns: FALSE where it is neither of them. */
static gboolean
find_exposition (const Range *range, MonitorExposition *exposition)
{
  if (range->type == NULL)
    return FALSE;
  if (strcmp (range->type, "application/openmetrics-text") == 0) {
    *exposition = g_strcmp0 (range->version, "0.0.1") == 0
        ? MONITOR_OPEN_METRICS_EARLY
        : MONITOR_OPEN_METRICS;
    return range->version == NULL || strcmp (range->version, "1.0.0") == 0
        || strcmp (range->version, "0.0.1") == 0;
  }
  *exposition = MONITOR_TEXT;
  return strcmp (range->type, "text/plain") == 0
      || strcmp (range->type, "text/*") == 0
      || strcmp (range->type, "*/*") == 0;
}

MonitorExposition
monitor_exposition_negotiate (const gchar *accept)
{
  g_auto (GStrv) entries = g_strsplit (accept != NULL ? accept : "", ",", -1);
  MonitorExposition best = MONITOR_TEXT;
  gdouble liking = 0;

  for (guint i = 0; entries[i] != NULL; i++) {
    Range range = read_range (entries[i]);
    MonitorExposition exposition;

    if (find_exposition (&range, &exposition) && range.liking > liking) {
      best = exposition;
      liking = range.liking;
    }
    g_free (range.type);
    g_free (range.version);
  }
  return best;
}

const gchar *
monitor_exposition_type (MonitorExposition exposition)
{
  switch (exposition) {
    case MONITOR_OPEN_METRICS:
      return "application/openmetrics-text; version=1.0.0; charset=utf-8";
    case MONITOR_OPEN_METRICS_EARLY:
      return "application/openmetrics-text; version=0.0.1; charset=utf-8";
    default:
      return "text/plain; version=0.0.4; charset=utf-8";
  }
}
