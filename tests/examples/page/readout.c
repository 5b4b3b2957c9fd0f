/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a page's script is told of a chart: the numbers themselves.
 */
#include "page/readout.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* Returns: (transfer full): the panels of @chart's read-out. */
static JsonNode *
parse (const Chart *chart, JsonArray **panels)
{
  g_autofree ChartPlace *places = g_new (ChartPlace, chart->n_panels);
  g_autoptr (GBytes) svg =
      chart_draw_placed (chart, CHART_FORMAT_SVG, places, NULL);
  g_autofree gchar *json = page_readout (chart, places);
  g_autoptr (GError) error = NULL;
  JsonNode *root = json_from_string (json, &error);

  g_assert_nonnull (svg);
  g_assert_no_error (error);
  *panels =
      json_object_get_array_member (json_node_get_object (root), "panels");
  return root;
}

static JsonObject *
series_of (JsonArray *panels, guint panel, guint series)
{
  JsonObject *object = json_array_get_object_element (panels, panel);

  return json_array_get_object_element (
      json_object_get_array_member (object, "series"), series);
}

static gdouble
number (JsonObject *series, const gchar *name, guint i)
{
  return json_array_get_double_element (
      json_object_get_array_member (series, name), i);
}

static guint
length (JsonObject *series, const gchar *name)
{
  return json_array_get_length (json_object_get_array_member (series, name));
}

static void
test_points_have_their_numbers_and_names (void)
{
  static const gdouble x[] = { 200, 0, 2000 }, y[] = { .125, .5, .0625 };
  static const gchar *const names[] = { "crf=30", "crf=0", "</script>\"" };
  const ChartSeries series[] = {
    { .label = "a\\b\n", .x = x, .y = y, .n = 3, .names = names },
    { .label = "a curve", .x = x, .y = y, .n = 3, .smooth = TRUE }
  };
  const ChartPanel panel = { .kind = CHART_LINES,
    .x_title = "rate",
    .y_title = "distance",
    .log_x = TRUE,
    .series = series,
    .n_series = 2 };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  JsonArray *panels;
  g_autoptr (JsonNode) root = parse (&chart, &panels);
  JsonObject *object = json_array_get_object_element (panels, 0);
  JsonObject *axis = json_object_get_object_member (object, "x");
  JsonObject *first = series_of (panels, 0, 0);

  g_assert_nonnull (root);
  g_assert_cmpuint (json_array_get_length (panels), ==, 1);
  g_assert_true (json_object_get_boolean_member (axis, "log"));
  g_assert_cmpstr (json_object_get_string_member (axis, "title"), ==, "rate");
  g_assert_cmpfloat (json_object_get_double_member (axis, "low"), <, 200);
  /* Where points are told, the curve among them is not. */
  g_assert_false (json_object_get_boolean_member (object, "across"));
  g_assert_cmpuint (length (object, "series"), ==, 1);
  g_assert_cmpuint (length (object, "box"), ==, 4);
  g_assert_cmpstr (
      json_object_get_string_member (first, "label"), ==, "a\\b\\x0a");
  g_assert_cmpfloat (number (first, "x", 0), ==, 200);
  g_assert_cmpfloat (number (first, "y", 2), ==, .0625);
  g_assert_true (json_array_get_null_element (
      json_object_get_array_member (first, "y"), 1));
  g_assert_cmpstr (json_array_get_string_element (
                       json_object_get_array_member (first, "names"), 2),
      ==, "</script>\"");
}

static void
test_long_lines_keep_their_extremes_and_gaps (void)
{
  enum
  {
    N = 100000
  };
  g_autofree gdouble *x = g_new (gdouble, N);
  g_autofree gdouble *y = g_new (gdouble, N);
  const ChartSeries series = { .x = x, .y = y, .n = N, .smooth = TRUE };
  const ChartPanel panel = {
    .kind = CHART_LINES, .series = &series, .n_series = 1
  };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  g_autoptr (JsonNode) root = NULL;
  JsonArray *panels;
  JsonObject *told;
  gdouble highest = 0;
  guint gaps = 0;

  for (guint i = 0; i < N; i++) {
    x[i] = i;
    y[i] = i % 17;
  }
  y[54321] = 100.25;
  for (guint i = 70000; i < 80000; i++)
    y[i] = NAN;
  root = parse (&chart, &panels);
  told = series_of (panels, 0, 0);
  g_assert_cmpuint (length (told, "x"), ==, length (told, "y"));
  g_assert_cmpuint (length (told, "y"), <, 4 * 680);
  for (guint i = 0; i < length (told, "y"); i++) {
    if (json_array_get_null_element (
            json_object_get_array_member (told, "y"), i)) {
      gaps++;
      continue;
    }
    if (number (told, "y", i) > highest) {
      highest = number (told, "y", i);
      if (highest > 99)
        g_assert_cmpfloat (number (told, "x", i), ==, 54321);
    }
  }
  g_assert_cmpfloat (highest, ==, 100.25);
  g_assert_cmpuint (gaps, ==, 1);
  g_assert_true (json_object_get_boolean_member (
      json_array_get_object_element (panels, 0), "across"));
}

static void
test_bins_are_told_and_bars_are_not (void)
{
  static const gdouble edges[] = { 0, 1, 2 }, shares[] = { .25, .75 };
  static const gchar *const groups[] = { "a", "b" };
  const ChartSeries bins = { .x = edges, .y = shares, .n = 2 };
  const ChartSeries bars = { .y = shares, .n = 2 };
  const ChartPanel both[] = { { .kind = CHART_BARS,
                                  .groups = groups,
                                  .n_groups = 2,
                                  .series = &bars,
                                  .n_series = 1 },
    { .kind = CHART_STEPS, .series = &bins, .n_series = 1 } };
  const Chart chart = { .panels = both, .n_panels = 2, .columns = 2 };
  const Chart alone = { .panels = both, .n_panels = 1 };
  JsonArray *panels;
  g_autoptr (JsonNode) root = parse (&chart, &panels);
  JsonObject *told = series_of (panels, 0, 0);
  ChartPlace place;
  g_autoptr (GBytes) svg =
      chart_draw_placed (&alone, CHART_FORMAT_SVG, &place, NULL);

  g_assert_nonnull (root);
  g_assert_cmpuint (json_array_get_length (panels), ==, 1);
  g_assert_cmpuint (length (told, "x"), ==, 3);
  g_assert_cmpuint (length (told, "y"), ==, 2);
  g_assert_cmpfloat (number (told, "x", 2), ==, 2);
  g_assert_cmpfloat (number (told, "y", 1), ==, .75);
  g_assert_nonnull (svg);
  g_assert_null (page_readout (&alone, &place));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/readout/" #name, test_##name)
  ADD (points_have_their_numbers_and_names);
  ADD (long_lines_keep_their_extremes_and_gaps);
  ADD (bins_are_told_and_bars_are_not);
  return g_test_run ();
}
