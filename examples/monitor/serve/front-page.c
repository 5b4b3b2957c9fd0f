/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fills the template: "{{NAME}}" is replaced by the text of that name.
 */
#include "monitor/serve/front-page.h"

#include "monitor/state/words.h"
#include "page/page.h"
#include "serve-resources.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define RESOURCES "/perceptual/monitor/"

GBytes *
monitor_front_page_file (const gchar *name)
{
  g_autofree gchar *path = g_strconcat (RESOURCES, name, NULL);

  return g_resource_lookup_data (
      serve_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

static gdouble
last_of (const MonitorStream *stream)
{
  return stream->up && stream->n_columns > 0 ? stream->columns[0].last : NAN;
}

static void
append_stream (
    GString *to, const MonitorSnapshot *snapshot, const MonitorStream *stream)
{
  g_autofree gchar *label =
      page_escape (stream->label != NULL ? stream->label : "");
  g_autofree gchar *metric = page_escape (snapshot->metric);
  gchar value[G_ASCII_DTOSTR_BUF_SIZE] = "\xe2\x80\x93"; /* a dash */

  if (isfinite (last_of (stream)))
    g_ascii_formatd (value, sizeof value, "%.4g", last_of (stream));
  g_string_append_printf (to,
      "<article><h2>%s</h2><p class=\"now\"><b>%s</b> %s</p></article>\n",
      label, value, metric);
}

static gboolean
has_active_alert (const MonitorSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->n_streams; i++) {
    for (guint j = 0; j < MONITOR_N_ALERTS; j++) {
      if (snapshot->streams[i].alert_active[j])
        return TRUE;
    }
  }
  return FALSE;
}

/* Returns: (transfer none): what the page's style goes by. */
static const gchar *
find_phase (const MonitorSnapshot *snapshot)
{
  if (!monitor_is_healthy (snapshot))
    return monitor_phase_name (snapshot->phase);
  return has_active_alert (snapshot) ? "alarmed" : "healthy";
}

/* Returns: (transfer full): the text called @key. */
static gchar *
find_text (const MonitorSnapshot *snapshot, const gchar *key)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *words = NULL;

  if (strcmp (key, "NAME") == 0)
    return page_escape (snapshot->name);
  if (strcmp (key, "PHASE") == 0)
    return g_strdup (find_phase (snapshot));
  if (strcmp (key, "STATE") == 0) {
    words = monitor_state_words (snapshot);
    return page_escape (words);
  }
  if (strcmp (key, "REASON") == 0)
    return page_escape (snapshot->reason != NULL ? snapshot->reason : "");
  for (guint i = 0; i < snapshot->n_streams; i++)
    append_stream (text, snapshot, &snapshot->streams[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gchar *
monitor_front_page (const MonitorSnapshot *snapshot)
{
  g_autoptr (GBytes) file = monitor_front_page_file ("index.html");
  gsize size;
  const gchar *data = g_bytes_get_data (file, &size);
  g_autofree gchar *template = g_strndup (data, size);
  g_auto (GStrv) parts = g_strsplit (template, "{{", -1);
  g_autoptr (GString) page = g_string_new (parts[0]);

  for (guint i = 1; parts[i] != NULL; i++) {
    gchar *rest = strstr (parts[i], "}}");
    g_autofree gchar *text = NULL;

    *rest = '\0';
    text = find_text (snapshot, parts[i]);
    g_string_append (page, text);
    g_string_append (page, rest + 2);
  }
  return g_string_free (g_steal_pointer (&page), FALSE);
}
