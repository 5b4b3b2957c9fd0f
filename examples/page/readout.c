/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The numbers of a chart as JSON.
 */
#include "page/readout.h"

#include "chart/envelope.h"
#include "console/printable.h"

#include <math.h>
#include <string.h>

/* Whatever could mean something to JSON or HTML becomes a number. */
static void
append_string (GString *to, const gchar *text)
{
  g_autofree gchar *shown = printable_text (text == NULL ? "" : text);

  g_string_append_c (to, '"');
  for (const gchar *at = shown; *at != '\0'; at++) {
    if (strchr ("\"\\<>&'", *at) != NULL)
      g_string_append_printf (to, "\\u%04x", (guint) (guchar) *at);
    else
      g_string_append_c (to, *at);
  }
  g_string_append_c (to, '"');
}

static void
append_number (GString *to, gdouble number)
{
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (number))
    g_string_append (to, "null");
  else
    g_string_append (to, g_ascii_formatd (text, sizeof text, "%.9g", number));
}

static void
append_numbers (GString *to, const gchar *name, const gdouble *numbers, guint n)
{
  g_string_append_printf (to, ",\"%s\":[", name);
  for (guint i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (to, ',');
    append_number (to, numbers[i]);
  }
  g_string_append_c (to, ']');
}

static void
append_axis (
    GString *to, const gchar *name, const ChartAxis *axis, const gchar *title)
{
  g_string_append_printf (to, ",\"%s\":{\"title\":", name);
  append_string (to, title);
  g_string_append (to, ",\"low\":");
  append_number (to, axis->falling ? axis->high : axis->low);
  g_string_append (to, ",\"high\":");
  append_number (to, axis->falling ? axis->low : axis->high);
  g_string_append_printf (to, ",\"log\":%s,\"times\":%s}",
      axis->log ? "true" : "false", axis->times ? "true" : "false");
}

/* Lists the points of @series to be told: those that are drawn, and of each gap
 * of a line one, which has no place.  Returns: how many. */
static guint
choose (const ChartPanel *panel, const ChartSeries *series,
    const ChartPlace *place, guint *kept)
{
  gboolean line = panel->kind == CHART_LINES || series->smooth;
  guint columns = line ? (guint) MAX (1, place->width) : G_MAXINT;

  return chart_envelope (
      series->x, series->y, series->n, &place->x, &place->y, columns, kept);
}

static void
append_points (GString *to, const ChartPanel *panel, const ChartSeries *series,
    const ChartPlace *place)
{
  g_autofree guint *kept = g_new (guint, MAX (series->n, 1));
  guint n = choose (panel, series, place, kept);
  g_autofree gdouble *x = g_new (gdouble, MAX (n, 1));
  g_autofree gdouble *y = g_new (gdouble, MAX (n, 1));

  for (guint i = 0; i < n; i++) {
    gboolean placed = chart_axis_takes (&place->x, series->x[kept[i]])
        && chart_axis_takes (&place->y, series->y[kept[i]]);

    x[i] = placed ? series->x[kept[i]] : NAN;
    y[i] = placed ? series->y[kept[i]] : NAN;
  }
  append_numbers (to, "x", x, n);
  append_numbers (to, "y", y, n);
  if (series->names == NULL)
    return;
  g_string_append (to, ",\"names\":[");
  for (guint i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (to, ',');
    append_string (to, series->names[kept[i]]);
  }
  g_string_append_c (to, ']');
}

/* All bins, or none where an edge or a height has no place. */
static void
append_steps (GString *to, const ChartSeries *series, const ChartPlace *place)
{
  guint n = series->n;

  for (guint i = 0; i < series->n; i++) {
    if (!chart_axis_takes (&place->x, series->x[i])
        || !chart_axis_takes (&place->x, series->x[i + 1])
        || !chart_axis_takes (&place->y, series->y[i]))
      n = 0;
  }
  append_numbers (to, "x", series->x, n > 0 ? n + 1 : 0);
  append_numbers (to, "y", series->y, n);
}

/* Whether all of @panel's values belong to the x that is pointed at. */
static gboolean
is_across (const ChartPanel *panel)
{
  for (guint i = 0; i < panel->n_series; i++) {
    if (!panel->series[i].smooth && panel->kind != CHART_STEPS)
      return FALSE;
  }
  return TRUE;
}

static void
append_series (GString *to, const ChartPanel *panel, const ChartPlace *place)
{
  gboolean across = is_across (panel);
  const gchar *label = NULL, *separator = "";

  g_string_append_printf (to, ",\"across\":%s,\"steps\":%s,\"series\":[",
      across ? "true" : "false", panel->kind == CHART_STEPS ? "true" : "false");
  for (guint i = 0; i < panel->n_series; i++) {
    const ChartSeries *series = &panel->series[i];

    label = series->label != NULL ? series->label : label;
    /* Where points are told, curves among them are not. */
    if (!across && series->smooth)
      continue;
    g_string_append_printf (to, "%s{\"label\":", separator);
    append_string (to, label);
    if (panel->kind == CHART_STEPS)
      append_steps (to, series, place);
    else
      append_points (to, panel, series, place);
    g_string_append_c (to, '}');
    separator = ",";
  }
  g_string_append_c (to, ']');
}

gchar *
page_readout (const Chart *chart, const ChartPlace *places)
{
  g_autoptr (GString) json = g_string_new ("{\"panels\":[");
  guint n = 0;

  for (guint i = 0; i < chart->n_panels; i++) {
    const ChartPanel *panel = &chart->panels[i];
    const ChartPlace *place = &places[i];
    const gdouble box[] = { place->left, place->top, place->width,
      place->height };

    if (panel->kind == CHART_BARS || panel->n_series == 0)
      continue;
    g_string_append (json, n++ > 0 ? ",{\"title\":" : "{\"title\":");
    append_string (json, panel->title);
    append_numbers (json, "box", box, 4);
    append_axis (json, "x", &place->x, panel->x_title);
    append_axis (json, "y", &place->y, panel->y_title);
    append_series (json, panel, place);
    g_string_append_c (json, '}');
  }
  if (n == 0)
    return NULL;
  g_string_append (json, "]}");
  return g_string_free (g_steal_pointer (&json), FALSE);
}
