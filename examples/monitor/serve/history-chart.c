/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/serve/history-chart.h"

#include "console/printable.h"
#include "monitor/state/words.h"

#include <math.h>

#define HEIGHT_NARROW 230
#define HEIGHT_WIDE 300
#define HEIGHT_RATES 180
/* The least that is shown, s. */
#define LEAST 60
/* Steps further apart than that, s, are not joined. */
#define APART 3
/* What the chart room keeps free at each side. */
#define EDGE 12

/* A curve of one stream while it grows. */
typedef struct
{
  GArray *x;
  GArray *y;
  gdouble last;
} Curve;

typedef struct
{
  const MonitorSnapshot *snapshot;
  const MonitorPoint *points;
  guint n_points;
  GPtrArray *kept; /* texts */
} Content;

static void
init_curves (Curve *curves, guint n)
{
  for (guint i = 0; i < n; i++) {
    curves[i].x = g_array_new (FALSE, FALSE, sizeof (gdouble));
    curves[i].y = g_array_new (FALSE, FALSE, sizeof (gdouble));
    curves[i].last = -INFINITY;
  }
}

static void
clear_curves (Curve *curves, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_array_unref (curves[i].x);
    g_array_unref (curves[i].y);
  }
}

static void
add_place (Curve *curve, gdouble x, gdouble y)
{
  g_array_append_val (curve->x, x);
  g_array_append_val (curve->y, y);
}

static void
add_step (Curve *curve, gdouble x, gdouble y)
{
  if (x - curve->last > APART && curve->x->len > 0)
    add_place (curve, x, NAN);
  add_place (curve, x, y);
  curve->last = x;
}

/* @which: 0 means, 1 largest distances, 2 rates */
static void
fill_curves (const Content *content, guint which, Curve *curves)
{
  for (guint i = 0; i < content->n_points; i++) {
    const MonitorPoint *point = &content->points[i];
    const gdouble values[] = { point->mean, point->max,
      point->kbits > 0 ? point->kbits : NAN };

    if (point->stream < content->snapshot->n_streams)
      add_step (&curves[point->stream], point->time - content->snapshot->now,
          values[which]);
  }
}

static ChartSeries
make_series (const Curve *curve, const gchar *label)
{
  return (ChartSeries){ .label = label,
    .x = (const gdouble *) (gpointer) curve->x->data,
    .y = (const gdouble *) (gpointer) curve->y->data,
    .n = curve->x->len,
    .smooth = TRUE };
}

static const gchar *
keep (const Content *content, gchar *text)
{
  g_ptr_array_add (content->kept, text);
  return text;
}

static const gchar *
stream_label (const Content *content, guint i)
{
  const gchar *label = content->snapshot->streams[i].label;

  return keep (content, printable_text (label != NULL ? label : ""));
}

static const gchar *
alert_label (const Content *content, const MonitorAlert *alert)
{
  const gchar *words = monitor_alert_words (alert->kind);

  if (content->snapshot->n_streams == 1 || alert->kind == MONITOR_ALERT_LOST
      || alert->stream >= content->snapshot->n_streams)
    return words;
  return keep (content,
      g_strdup_printf ("%s: %s", stream_label (content, alert->stream), words));
}

/* Of those within the chart's time. */
static GArray *
make_spans (const Content *content, gdouble from)
{
  const MonitorSnapshot *snapshot = content->snapshot;
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (ChartSpan));

  for (guint i = snapshot->n_alerts; i > 0; i--) {
    const MonitorAlert *alert = &snapshot->alerts[i - 1];
    ChartSpan span = { .from = alert->begin - snapshot->now,
      .to = alert->end > 0 ? alert->end - snapshot->now : 0 };

    if (span.to < from)
      continue;
    span.from = MAX (span.from, from);
    span.label = alert_label (content, alert);
    g_array_append_val (spans, span);
  }
  return spans;
}

static gdouble
find_start (const Content *content)
{
  gdouble from = -LEAST;

  if (content->n_points > 0)
    from = MIN (from, content->points[0].time - content->snapshot->now);
  return from;
}

static gboolean
has_rates (const Content *content)
{
  for (guint i = 0; i < content->n_points; i++) {
    if (content->points[i].kbits > 0)
      return TRUE;
  }
  return FALSE;
}

/* One stream has its means and its largest, several have their means, which
 * are told apart then.  Returns: how many. */
static guint
make_distances (const Content *content, const Curve *means,
    const Curve *largest, ChartSeries *series)
{
  guint n = content->snapshot->n_streams;

  if (n == 1) {
    series[0] = make_series (&largest[0], "largest of each second");
    series[1] = make_series (&means[0], "mean");
    return 2;
  }
  for (guint i = 0; i < n; i++)
    series[i] = make_series (&means[i], stream_label (content, i));
  return n;
}

static GBytes *
draw (
    const Content *content, Curve *const curves[3], guint width, GError **error)
{
  guint n = content->snapshot->n_streams;
  gdouble from = find_start (content);
  g_autofree ChartSeries *distances = g_new0 (ChartSeries, n + 1);
  g_autofree ChartSeries *rates = g_new0 (ChartSeries, n);
  g_autoptr (GArray) spans = make_spans (content, from);
  g_autofree gchar *metric = printable_text (content->snapshot->metric);
  const ChartPanel panel = { .kind = CHART_LINES,
    .x_title = "time before now, minutes:seconds",
    .times = TRUE,
    .x_from = from,
    .x_to = 0,
    .from_zero = TRUE };
  ChartPanel panels[2] = { panel, panel };

  panels[0].y_title = metric;
  panels[0].height =
      width <= MONITOR_CHART_NARROW ? HEIGHT_NARROW : HEIGHT_WIDE;
  panels[0].series = distances;
  panels[0].n_series =
      make_distances (content, curves[0], curves[1], distances);
  panels[0].spans = (const ChartSpan *) (gpointer) spans->data;
  panels[0].n_spans = spans->len;
  panels[1].y_title = "kbit/s";
  panels[1].height = HEIGHT_RATES;
  panels[1].series = rates;
  panels[1].n_series = n;
  for (guint i = 0; i < n; i++)
    rates[i] =
        make_series (&curves[2][i], n > 1 ? stream_label (content, i) : "rate");
  return chart_draw (&(const Chart){ .panels = panels,
                         .n_panels = has_rates (content) ? 2 : 1,
                         .columns = 1,
                         .same_x = TRUE,
                         .width = width - 2 * EDGE },
      CHART_FORMAT_SVG, error);
}

GBytes *
monitor_history_chart (const MonitorSnapshot *snapshot,
    const MonitorPoint *points, guint n_points, guint width, GError **error)
{
  guint n = snapshot->n_streams;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  Content content = { snapshot, points, n_points, kept };
  Curve *curves[3];
  GBytes *svg;

  for (guint i = 0; i < 3; i++) {
    curves[i] = g_new (Curve, n);
    init_curves (curves[i], n);
    fill_curves (&content, i, curves[i]);
  }
  svg = draw (&content, curves, width, error);
  for (guint i = 0; i < 3; i++) {
    clear_curves (curves[i], n);
    g_free (curves[i]);
  }
  return svg;
}
