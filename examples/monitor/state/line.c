/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines of the measuring element's log.
 */
#include "monitor/state/inside.h"

#include "monitor/connection/pipeline.h"

#include <math.h>
#include <string.h>

/* Returns: (nullable): a value, which is no array, no object and not null. */
static JsonNode *
value_of (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

static const gchar *
text_of (JsonObject *object, const gchar *name)
{
  JsonNode *node = value_of (object, name);

  return node != NULL ? json_node_get_string (node) : NULL;
}

/* Returns: @otherwise where it is not there; it is null where it has no end. */
static gdouble
number_of (JsonObject *object, const gchar *name, gdouble otherwise)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return otherwise;
  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : INFINITY;
}

static gboolean
flag_of (JsonObject *object, const gchar *name)
{
  JsonNode *node = value_of (object, name);

  return node != NULL && json_node_get_boolean (node);
}

static JsonObject *
object_of (JsonObject *object, const gchar *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
      ? json_node_get_object (node)
      : NULL;
}

static void
take_header (MonitorState *self, MonitorTrack *track, JsonObject *line)
{
  const gchar *kernels = text_of (line, "kernels");

  g_mutex_lock (&self->lock);
  if (kernels != NULL && g_strcmp0 (kernels, self->known.kernels) != 0) {
    g_free (self->known.kernels);
    self->known.kernels = g_strdup (kernels);
  }
  track->has_header = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
take_columns (MonitorTrack *track, JsonObject *line)
{
  const gchar *metric = text_of (line, "metric");
  JsonObject *also = object_of (line, "also");
  JsonObjectIter iter;
  const gchar *name;
  JsonNode *node;

  if (metric != NULL)
    monitor_track_set_column (track, metric, number_of (line, "distance", NAN));
  if (also == NULL)
    return;
  json_object_iter_init_ordered (&iter, also);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    monitor_track_set_column (track, name, number_of (also, name, NAN));
}

static void
take_distance (MonitorState *self, MonitorTrack *track, JsonObject *line)
{
  gint64 now = g_get_monotonic_time ();
  gboolean all = TRUE;

  g_mutex_lock (&self->lock);
  take_columns (track, line);
  monitor_track_add_pair (track, &self->known,
      number_of (line, "distance", NAN), flag_of (line, "frozen"),
      flag_of (line, "black"), now);
  if (self->measuring == 0)
    self->measuring = now;
  for (guint i = 0; i < self->n_tracks; i++)
    all &= self->tracks[i].last_pair != 0;
  if (all && self->known.phase == MONITOR_CONNECTING) {
    self->known.phase = MONITOR_MEASURING;
    g_clear_pointer (&self->known.reason, g_free);
  }
  g_mutex_unlock (&self->lock);
  if (all)
    monitor_state_end_alert (self, MONITOR_ALERT_LOST, 0, NAN, FALSE, FALSE);
}

static void
take_summary (MonitorState *self, MonitorTrack *track, JsonObject *line)
{
  JsonObject *window = object_of (line, "window");
  MonitorStream *known = &track->known;
  JsonNode *measured;

  if (window == NULL)
    return;
  measured = value_of (window, "measured");
  g_mutex_lock (&self->lock);
  known->window_pairs =
      measured != NULL ? (guint64) MAX (json_node_get_int (measured), 0) : 0;
  known->window_mean = number_of (window, "mean", NAN);
  known->window_p95 = number_of (window, "p95", NAN);
  known->window_max = number_of (window, "max", NAN);
  g_mutex_unlock (&self->lock);
}

static void
take_alert (MonitorState *self, guint stream, JsonObject *line)
{
  const gchar *kind = text_of (line, "kind");
  JsonObject *worst = object_of (line, "worst");
  gdouble lasts = number_of (line, "duration", 0) / 1e9;
  gdouble value = number_of (line, "value", NAN);

  for (guint i = 0; i <= MONITOR_ALERT_BLACK; i++) {
    if (g_strcmp0 (kind, monitor_alert_name (i)) != 0)
      continue;
    if (g_strcmp0 (text_of (line, "state"), "begin") == 0)
      monitor_state_begin_alert (
          self, i, stream, monitor_now () - lasts, value, TRUE);
    else
      monitor_state_end_alert (self, i, stream,
          worst != NULL ? number_of (worst, "distance", NAN) : NAN, TRUE,
          flag_of (line, "at_end"));
  }
}

MonitorLineType
monitor_state_take_line (MonitorState *self, const gchar *line, guint *stream)
{
  JsonNode *root;
  JsonObject *object;
  const gchar *type;
  guint number;

  if (!json_parser_load_from_data (self->parser, line, -1, NULL))
    return MONITOR_LINE_OTHER;
  root = json_parser_get_root (self->parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return MONITOR_LINE_OTHER;
  object = json_node_get_object (root);
  number = monitor_stream_of_pad (text_of (object, "stream"));
  type = text_of (object, "type");
  if (number >= self->n_tracks || type == NULL)
    return MONITOR_LINE_OTHER;
  if (stream != NULL)
    *stream = number;
  if (strcmp (type, "distance") == 0) {
    take_distance (self, &self->tracks[number], object);
    return MONITOR_LINE_PAIR;
  }
  if (strcmp (type, "summary") == 0)
    take_summary (self, &self->tracks[number], object);
  else if (strcmp (type, "alert") == 0)
    take_alert (self, number, object);
  else if (strcmp (type, "header") == 0) {
    take_header (self, &self->tracks[number], object);
    return MONITOR_LINE_HEADER;
  }
  return MONITOR_LINE_OTHER;
}
