/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/serve/answers.h"

#include "monitor/serve/exposition.h"
#include "monitor/serve/front-page.h"
#include "monitor/serve/history-chart.h"
#include "monitor/serve/state-json.h"
#include "monitor/state/words.h"

#include <microhttpd.h>
#include <string.h>

#define TEXT "text/plain; charset=utf-8"
/* A chart may be so old, us. */
#define CHART_AGE G_USEC_PER_SEC

typedef enum
{
  WIDE,
  NARROW,
  N_WIDTHS,
} Width;

struct _MonitorAnswers
{
  MonitorSource source;
  struct
  {
    GBytes *svg; /* nullable */
    gint64 made;
  } charts[N_WIDTHS];
};

typedef struct
{
  const gchar *accept;
  const gchar *since;
  const gchar *width;
} Request;

typedef struct
{
  const gchar *path;
  MonitorAnswer (*answer) (MonitorAnswers *self, const Request *request);
} Route;

MonitorAnswers *
monitor_answers_new (const MonitorSource *source)
{
  MonitorAnswers *self = g_new0 (MonitorAnswers, 1);

  self->source = *source;
  return self;
}

void
monitor_answers_free (MonitorAnswers *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_WIDTHS; i++)
    g_clear_pointer (&self->charts[i].svg, g_bytes_unref);
  g_free (self);
}

static MonitorAnswer
take_text (guint status, const gchar *type, gchar *text)
{
  return (
      MonitorAnswer){ status, type, g_bytes_new_take (text, strlen (text)) };
}

MonitorAnswer
monitor_answer_text (guint status, const gchar *text)
{
  return take_text (status, TEXT, g_strdup (text));
}

/* --- the state ----------------------------------------------------------- */

static MonitorSnapshot *
look (MonitorAnswers *self)
{
  return self->source.snapshot (self->source.data);
}

static MonitorAnswer
answer_page (MonitorAnswers *self, const Request *request)
{
  g_autoptr (MonitorSnapshot) snapshot = look (self);

  return take_text (
      MHD_HTTP_OK, "text/html; charset=utf-8", monitor_front_page (snapshot));
}

static MonitorAnswer
answer_metrics (MonitorAnswers *self, const Request *request)
{
  g_autoptr (MonitorSnapshot) snapshot = look (self);
  MonitorExposition exposition = monitor_exposition_negotiate (request->accept);

  return take_text (MHD_HTTP_OK, monitor_exposition_type (exposition),
      monitor_exposition_format (snapshot, exposition));
}

static MonitorAnswer
answer_health (MonitorAnswers *self, const Request *request)
{
  g_autoptr (MonitorSnapshot) snapshot = look (self);
  g_autofree gchar *words = monitor_state_words (snapshot);

  return take_text (monitor_is_healthy (snapshot)
          ? MHD_HTTP_OK
          : MHD_HTTP_SERVICE_UNAVAILABLE,
      TEXT, g_strconcat (words, "\n", NULL));
}

static MonitorAnswer
answer_state (MonitorAnswers *self, const Request *request)
{
  g_autoptr (MonitorSnapshot) snapshot = NULL;
  g_autofree MonitorPoint *points = NULL;
  guint64 since = 0;
  guint n = 0;

  if (request->since != NULL
      && !g_ascii_string_to_unsigned (
          request->since, 10, 0, G_MAXUINT64, &since, NULL))
    return monitor_answer_text (
        MHD_HTTP_BAD_REQUEST, "since: has to be the number of a point\n");
  snapshot = look (self);
  if (request->since != NULL) {
    points = self->source.history (self->source.data, since, &n);
    if (points == NULL)
      points = g_new0 (MonitorPoint, 1);
  }
  return take_text (MHD_HTTP_OK, "application/json",
      monitor_state_json (snapshot, points, n));
}

/* --- pictures ------------------------------------------------------------ */

static GBytes *
draw_chart (MonitorAnswers *self, Width width, GError **error)
{
  g_autoptr (MonitorSnapshot) snapshot = look (self);
  guint n = 0;
  g_autofree MonitorPoint *points =
      self->source.history (self->source.data, 0, &n);

  return monitor_history_chart (snapshot, points, n,
      width == WIDE ? MONITOR_CHART_WIDE : MONITOR_CHART_NARROW, error);
}

static MonitorAnswer
answer_chart (MonitorAnswers *self, const Request *request)
{
  Width width = g_strcmp0 (request->width, "narrow") == 0 ? NARROW : WIDE;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (self->charts[width].svg == NULL
      || now - self->charts[width].made >= CHART_AGE) {
    g_clear_pointer (&self->charts[width].svg, g_bytes_unref);
    self->charts[width].svg = draw_chart (self, width, &error);
    self->charts[width].made = now;
  }
  if (self->charts[width].svg == NULL)
    return take_text (MHD_HTTP_INTERNAL_SERVER_ERROR, TEXT,
        g_strconcat (error->message, "\n", NULL));
  return (MonitorAnswer){ MHD_HTTP_OK, "image/svg+xml",
    g_bytes_ref (self->charts[width].svg) };
}

static MonitorAnswer
answer_picture (MonitorAnswers *self, MonitorPicture which)
{
  GBytes *jpeg = self->source.picture (self->source.data, which);

  if (jpeg == NULL)
    return monitor_answer_text (
        MHD_HTTP_NOT_FOUND, "there is no such picture now\n");
  return (MonitorAnswer){ MHD_HTTP_OK, "image/jpeg", jpeg };
}

static MonitorAnswer
answer_reference (MonitorAnswers *self, const Request *request)
{
  return answer_picture (self, MONITOR_PICTURE_REFERENCE);
}

static MonitorAnswer
answer_distorted (MonitorAnswers *self, const Request *request)
{
  return answer_picture (self, MONITOR_PICTURE_DISTORTED);
}

static MonitorAnswer
answer_map (MonitorAnswers *self, const Request *request)
{
  return answer_picture (self, MONITOR_PICTURE_MAP);
}

/* --- files of the page --------------------------------------------------- */

static MonitorAnswer
answer_style (MonitorAnswers *self, const Request *request)
{
  return (MonitorAnswer){ MHD_HTTP_OK, "text/css; charset=utf-8",
    monitor_front_page_file ("monitor.css") };
}

static MonitorAnswer
answer_script (MonitorAnswers *self, const Request *request)
{
  return (MonitorAnswer){ MHD_HTTP_OK, "text/javascript; charset=utf-8",
    monitor_front_page_file ("monitor.js") };
}

static MonitorAnswer
answer_icon (MonitorAnswers *self, const Request *request)
{
  return (MonitorAnswer){ MHD_HTTP_OK, "image/svg+xml",
    monitor_front_page_file ("icon.svg") };
}

static const Route routes[] = {
  { "/", answer_page },
  { "/metrics", answer_metrics },
  { "/state.json", answer_state },
  { "/chart.svg", answer_chart },
  { "/worst/reference.jpg", answer_reference },
  { "/worst/distorted.jpg", answer_distorted },
  { "/worst/map.jpg", answer_map },
  { "/healthz", answer_health },
  { "/monitor.css", answer_style },
  { "/monitor.js", answer_script },
  { "/icon.svg", answer_icon },
};

MonitorAnswer
monitor_answers_find (MonitorAnswers *self, const gchar *path,
    const gchar *accept, const gchar *since, const gchar *width)
{
  const Request request = { accept, since, width };

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++) {
    if (strcmp (routes[i].path, path) == 0)
      return routes[i].answer (self, &request);
  }
  return monitor_answer_text (MHD_HTTP_NOT_FOUND, "there is no such page\n");
}
