/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hears the process of worker.c, and decides what its end was.
 */
#include "monitor/connection/connection.h"

#include "console/child.h"
#include "measure/message.h"

#include <glib-unix.h>
#include <string.h>

/* How many messages are taken before others have their turn. */
#define MOST_AT_ONCE 100
/* How long a process that has told of its end may take to end. */
#define END_MS 3000

struct _MonitorConnection
{
  Child *child;
  const MonitorEvents *events;
  gpointer user;
  guint source;
  guint timer;
  gboolean paired; /* a pair was measured */
  gboolean hopeless;
  gboolean told;         /* it has said why it ends */
  MonitorEnd end;        /* why */
  gchar *reason;         /* in words */
  MeasureMoment *moment; /* pictures that have come in part */
};

/* --- messages ------------------------------------------------------------ */

static gboolean
end_late (gpointer user)
{
  MonitorConnection *self = user;

  self->timer = 0;
  self->events->ended (self->end, self->reason, self->user);
  return G_SOURCE_REMOVE;
}

static void
take_end (MonitorConnection *self, MonitorEnd end, gchar *reason)
{
  if (self->told) {
    g_free (reason);
    return;
  }
  self->told = TRUE;
  self->end = end;
  self->reason = reason != NULL ? reason : g_strdup ("no reason was told");
  self->timer = g_timeout_add (END_MS, end_late, self);
}

/* What the measuring element refuses is an error of the connection also where
 * no pair came before; that an input cannot be opened is not. */
static void
take_failure (MonitorConnection *self, const GstStructure *head)
{
  gboolean measuring = FALSE;

  gst_structure_get_boolean (head, "measuring", &measuring);
  gst_structure_get_boolean (head, "hopeless", &self->hopeless);
  take_end (self,
      self->paired || measuring ? MONITOR_END_ERROR : MONITOR_END_START,
      measure_message_get_text (head, "text"));
}

static void
take_totals (MonitorConnection *self, const GstStructure *head)
{
  MonitorTotals totals;

  monitor_totals_read (&totals, head);
  self->events->totals (&totals, self->user);
}

static void
take_frames (MonitorConnection *self, const GstStructure *head)
{
  guint64 frames[MONITOR_N_INPUTS] = { 0 };

  gst_structure_get (head, "reference", G_TYPE_UINT64,
      &frames[MONITOR_REFERENCE], "distorted", G_TYPE_UINT64,
      &frames[MONITOR_DISTORTED], NULL);
  self->events->frames (frames, self->user);
}

static void
take_pictures (MonitorConnection *self, const GstStructure *head)
{
  guint stream = 0;
  gdouble distance = 0;

  gst_structure_get (head, "stream", G_TYPE_UINT, &stream, "distance",
      G_TYPE_DOUBLE, &distance, NULL);
  self->events->pictures (self->moment, stream, distance, self->user);
  measure_moment_free (self->moment);
  self->moment = g_new0 (MeasureMoment, 1);
}

static void
take_structure (MonitorConnection *self, const gchar *message)
{
  g_autoptr (GstStructure) head = measure_message_read (message, NULL);
  g_autofree gchar *text = NULL;

  if (head == NULL)
    return;
  if (gst_structure_has_name (head, MONITOR_SAYS_TOTALS))
    take_totals (self, head);
  else if (gst_structure_has_name (head, MONITOR_SAYS_INPUTS))
    take_frames (self, head);
  else if (gst_structure_has_name (head, MEASURE_SAYS_PHOTO))
    measure_message_to_photo (head, self->moment);
  else if (gst_structure_has_name (head, MONITOR_SAYS_WORST))
    take_pictures (self, head);
  else if (gst_structure_has_name (head, MONITOR_SAYS_FAILED))
    take_failure (self, head);
  else if (gst_structure_has_name (head, MONITOR_SAYS_ENDED))
    take_end (self, self->paired ? MONITOR_END_EOS : MONITOR_END_START,
        g_strdup (self->paired ? "an input ended"
                               : "an input ended before there was a pair"));
  else if (gst_structure_has_name (head, MONITOR_SAYS_WARNING)) {
    text = measure_message_get_text (head, "text");
    if (text != NULL)
      self->events->warning (text, self->user);
  }
}

static void
take_message (MonitorConnection *self, const gchar *message)
{
  if (*message != '{') {
    take_structure (self, message);
    return;
  }
  self->paired |= g_str_has_prefix (message, "{\"type\":\"distance\"");
  self->events->line (message, self->user);
}

static void
finish (MonitorConnection *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!self->told) {
    g_autofree gchar *how = child_describe_end (self->child, NULL);

    self->end = MONITOR_END_CRASH;
    self->reason = g_strdup_printf ("the process that measures %s", how);
  }
  self->events->ended (self->end, self->reason, self->user);
}

static gboolean
on_news (gint fd, GIOCondition condition, gpointer user)
{
  MonitorConnection *self = user;

  for (guint i = 0; i < MOST_AT_ONCE; i++) {
    g_autofree gchar *message = NULL;

    switch (child_hear (self->child, 0, &message)) {
      case CHILD_SAID:
        take_message (self, message);
        break;
      case CHILD_SILENT:
        return G_SOURCE_CONTINUE;
      case CHILD_ENDED:
        self->source = 0;
        finish (self);
        return G_SOURCE_REMOVE;
    }
  }
  return G_SOURCE_CONTINUE;
}

/* ------------------------------------------------------------------------- */

MonitorConnection *
monitor_connection_start (const MonitorOrder *order,
    const MeasureSettings *settings, const MonitorEvents *events, gpointer user,
    GError **error)
{
  Child *child = child_start (MONITOR_ROLE, error);
  g_autofree gchar *message = NULL;
  MonitorConnection *self;

  if (child == NULL)
    return NULL;
  self = g_new0 (MonitorConnection, 1);
  self->child = child;
  self->events = events;
  self->user = user;
  self->moment = g_new0 (MeasureMoment, 1);
  self->source =
      g_unix_fd_add (child_get_fd (child), G_IO_IN | G_IO_HUP, on_news, self);
  message = monitor_order_write (order, settings);
  /* Where it has ended already, that is news. */
  child_tell (child, message);
  return self;
}

void
monitor_connection_free (MonitorConnection *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  child_end (self->child, 0);
  measure_moment_free (self->moment);
  g_free (self->reason);
  g_free (self);
}

void
monitor_connection_change (
    MonitorConnection *self, const MeasureSettings *changed)
{
  GstStructure *head = gst_structure_new_empty (MONITOR_ASKS_CHANGE);
  g_autofree gchar *message = NULL;

  measure_message_set_settings (head, changed);
  message = measure_message_write (head, NULL);
  child_tell (self->child, message);
}

void
monitor_connection_stop (MonitorConnection *self)
{
  child_tell (self->child, MONITOR_ASKS_STOP);
}

gboolean
monitor_connection_is_hopeless (const MonitorConnection *self)
{
  return self->hopeless;
}

gint
monitor_connection_get_pid (const MonitorConnection *self)
{
  return child_get_pid (self->child);
}
