/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where charts show what: pictures are read back by their geometry.
 */
#include "chart/chart.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

/* Of the first series. */
#define BLUE 0x0072b2
/* Not opaque, on white. */
#define ALERT 0xf9d7d0

/* --- reading pictures ---------------------------------------------------- */

typedef struct
{
  GBytes *bytes;
  gsize at;
} Reader;

static cairo_status_t
read_part (void *closure, guint8 *to, guint n)
{
  Reader *self = closure;
  gsize size;
  const guint8 *data = g_bytes_get_data (self->bytes, &size);

  if (self->at + n > size)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (to, data + self->at, n);
  self->at += n;
  return CAIRO_STATUS_SUCCESS;
}

/* Draws @chart.  Returns: (transfer full): its pixels. */
static cairo_surface_t *
draw (const Chart *chart, ChartPlace *places)
{
  g_autoptr (GBytes) png =
      chart_draw_placed (chart, CHART_FORMAT_PNG, places, NULL);
  g_autoptr (GBytes) plain = chart_draw (chart, CHART_FORMAT_PNG, NULL);
  Reader reader = { png, 0 };
  cairo_surface_t *surface =
      cairo_image_surface_create_from_png_stream (read_part, &reader);

  g_assert_true (g_bytes_equal (png, plain));
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  return surface;
}

static guint32
pixel_at (cairo_surface_t *surface, gint x, gint y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  gint stride = cairo_image_surface_get_stride (surface);
  guint32 pixel;

  memcpy (&pixel, data + y * stride + 4 * x, sizeof pixel);
  return pixel & 0xffffff;
}

/* Of a point of the plot, in pixels: two for each unit. */
static gdouble
pixel_x (const ChartPlace *place, gdouble x)
{
  return 2 * (place->left + chart_axis_place (&place->x, x) * place->width);
}

static gdouble
pixel_y (const ChartPlace *place, gdouble y)
{
  return 2
      * (place->top + (1 - chart_axis_place (&place->y, y)) * place->height);
}

/* Returns: how many pixels of the plot have @colour; @top and @left: where the
 * first ones are. */
static guint
count (cairo_surface_t *surface, const ChartPlace *place, guint32 colour,
    gint *left, gint *top)
{
  guint n = 0;

  *left = *top = G_MAXINT;
  for (gint y = (gint) (2 * place->top) - 4;
       y < 2 * (place->top + place->height); y++) {
    for (gint x = (gint) (2 * place->left);
         x < 2 * (place->left + place->width); x++) {
      if (pixel_at (surface, x, y) != colour)
        continue;
      n++;
      *top = MIN (*top, y);
      *left = MIN (*left, x);
    }
  }
  return n;
}

/* --- tests --------------------------------------------------------------- */

enum
{
  N_LONG = 200000
};

static void
fill_long (gdouble *x, gdouble *y)
{
  for (guint i = 0; i < N_LONG; i++) {
    x[i] = i / 60.;
    y[i] = .01 + .002 * sin (i / 4000.);
  }
  y[123456] = .0937;
}

static void
test_one_frame_of_many_is_seen_at_its_height (void)
{
  g_autofree gdouble *x = g_new (gdouble, N_LONG);
  g_autofree gdouble *y = g_new (gdouble, N_LONG);
  const ChartSeries series = { .x = x, .y = y, .n = N_LONG, .smooth = TRUE };
  const ChartPanel panel = { .kind = CHART_LINES,
    .times = TRUE,
    .from_zero = TRUE,
    .series = &series,
    .n_series = 1 };
  const Chart chart = { .panels = &panel, .n_panels = 1, .width = 1000 };
  g_autoptr (GBytes) svg = NULL;
  cairo_surface_t *surface;
  ChartPlace place;
  gint left, top;

  fill_long (x, y);
  surface = draw (&chart, &place);
  g_assert_cmpuint (count (surface, &place, BLUE, &left, &top), >, 1000);
  /* Half the width of the line, and a pixel. */
  g_assert_cmpfloat_with_epsilon (top, pixel_y (&place, .0937), 2);
  g_assert_cmpfloat_with_epsilon (left, pixel_x (&place, 0), 2);
  g_assert_cmpfloat (place.y.low, ==, 0);
  g_assert_true (place.x.times);
  cairo_surface_destroy (surface);
  svg = chart_draw (&chart, CHART_FORMAT_SVG, NULL);
  g_assert_cmpuint (g_bytes_get_size (svg), <, 200000);
}

/* A single pair, and a frame between lost ones. */
static void
test_points_that_no_line_leads_to_are_seen (void)
{
  static const gdouble x[] = { 0, 1, 2, 3, 4 };
  static const gdouble y[] = { .5, NAN, .5, NAN, .5 };
  ChartSeries series = { .x = x, .y = y, .smooth = TRUE };
  const ChartPanel panel = {
    .kind = CHART_LINES, .series = &series, .n_series = 1
  };
  const Chart chart = { .panels = &panel, .n_panels = 1 };

  for (series.n = 1; series.n <= 5; series.n += 2) {
    ChartPlace place;
    cairo_surface_t *surface = draw (&chart, &place);

    for (guint i = 0; i < series.n; i += 2)
      g_assert_cmphex (pixel_at (surface, (gint) pixel_x (&place, x[i]),
                           (gint) pixel_y (&place, .5)),
          ==, BLUE);
    cairo_surface_destroy (surface);
  }
}

static void
test_logarithmic_x_has_places_for_rates (void)
{
  static const gdouble x[] = { 230, 0, 1700 }, y[] = { .13, .03, .012 };
  const ChartSeries series = { .x = x, .y = y, .n = 3 };
  const ChartPanel panel = { .kind = CHART_SCATTER,
    .log_x = TRUE,
    .log_y = TRUE,
    .series = &series,
    .n_series = 1 };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  ChartPlace place;
  cairo_surface_t *surface = draw (&chart, &place);

  g_assert_true (place.x.log);
  g_assert_true (place.y.log);
  g_assert_cmpfloat (place.x.low, <, 230);
  g_assert_cmpfloat (place.x.low, >, 100);
  g_assert_cmpfloat (place.x.high, >, 1700);
  for (guint i = 0; i < 3; i += 2) {
    guint32 pixel = pixel_at (
        surface, (gint) pixel_x (&place, x[i]), (gint) pixel_y (&place, y[i]));

    /* Points are a little transparent. */
    g_assert_cmpuint (pixel >> 16, <, 0x60);
    g_assert_cmpuint (pixel & 255, >, 0xa0);
  }
  cairo_surface_destroy (surface);
}

static void
test_panels_with_the_same_x_lie_below_each_other (void)
{
  static const gdouble x[] = { 0, 100 }, longer[] = { 0, 130 };
  static const gdouble y[] = { 0, 1 }, large[] = { 0, 123456 };
  const ChartSeries series[] = { { .label = "a", .x = x, .y = y, .n = 2 },
    { .label = "a", .x = longer, .y = large, .n = 2 } };
  const ChartPanel panels[] = { { .kind = CHART_LINES,
                                    .x_title = "time",
                                    .height = 300,
                                    .series = &series[0],
                                    .n_series = 1 },
    { .kind = CHART_LINES,
        .x_title = "time",
        .height = 160,
        .series = &series[1],
        .n_series = 1 } };
  const Chart chart = {
    .panels = panels, .n_panels = 2, .same_x = TRUE, .width = 900
  };
  ChartPlace places[2];
  cairo_surface_t *surface = draw (&chart, places);

  g_assert_cmpfloat (places[0].left, ==, places[1].left);
  g_assert_cmpfloat (places[0].width, ==, places[1].width);
  g_assert_cmpfloat (places[0].x.low, ==, places[1].x.low);
  g_assert_cmpfloat (places[0].x.high, ==, places[1].x.high);
  g_assert_cmpfloat (places[0].x.high, >=, 130);
  g_assert_cmpfloat (places[0].top + places[0].height, <, places[1].top);
  /* The upper one has no words below it. */
  g_assert_cmpfloat (places[1].top - places[0].top - places[0].height, <, 40);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 2 * 924);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 2 * 484);
  cairo_surface_destroy (surface);
}

static void
test_spans_are_seen_however_short (void)
{
  static const gdouble x[] = { 0, 1000 }, y[] = { 0, 1 };
  const ChartSeries series = { .x = x, .y = y, .n = 2, .smooth = TRUE };
  const ChartSpan spans[] = { { "alert", 400, 500 }, { NULL, 700, 700.01 },
    { NULL, 2000, 3000 }, { NULL, NAN, NAN }, { NULL, -INFINITY, -5 } };
  ChartPanel panel = { .kind = CHART_LINES,
    .series = &series,
    .n_series = 1,
    .spans = spans,
    .n_spans = G_N_ELEMENTS (spans) };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  cairo_surface_t *surface;
  ChartPlace place;
  gint row;

  surface = draw (&chart, &place);
  row = (gint) pixel_y (&place, .05);
  for (gdouble at = 405; at < 500; at += 10)
    g_assert_cmphex (
        pixel_at (surface, (gint) pixel_x (&place, at), row), ==, ALERT);
  g_assert_cmphex (
      pixel_at (surface, (gint) pixel_x (&place, 700) + 1, row), ==, ALERT);
  for (gdouble at = 520; at < 690; at += 10)
    g_assert_cmphex (
        pixel_at (surface, (gint) pixel_x (&place, at), row), !=, ALERT);
  /* From before the first value, but not beyond the axis. */
  g_assert_cmphex (
      pixel_at (surface, (gint) pixel_x (&place, -20), row), ==, ALERT);
  g_assert_cmphex (
      pixel_at (surface, (gint) (2 * (place.left + place.width)) + 4, row), ==,
      0xffffff);
  cairo_surface_destroy (surface);
}

static void
test_levels_make_room_on_the_axis (void)
{
  static const gdouble x[] = { 0, 1 }, y[] = { .1, .2 };
  const ChartSeries series = { .x = x, .y = y, .n = 2 };
  const ChartLevel level = { "target", .75 };
  const ChartPanel panel = { .kind = CHART_LINES,
    .series = &series,
    .n_series = 1,
    .levels = &level,
    .n_levels = 1 };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  ChartPlace place;
  cairo_surface_t *surface = draw (&chart, &place);
  gint row, dark = 0;

  g_assert_cmpfloat (place.y.high, >=, .75);
  row = (gint) pixel_y (&place, .75);
  for (gint i = 0; i < 2 * place.width; i++)
    dark += (pixel_at (surface, (gint) (2 * place.left) + i, row) & 255) < 80;
  g_assert_cmpint (dark, >, (gint) (.5 * 2 * place.width));
  cairo_surface_destroy (surface);
}

/* Returns: (transfer full): the picture with @marks. */
static GBytes *
draw_marks (const ChartMark *marks, guint n)
{
  static const gdouble x[] = { 0, 1, 2 }, y[] = { 1, 3, 2 };
  const ChartSeries series = { .x = x, .y = y, .n = 3 };
  const ChartPanel panel = { .kind = CHART_LINES,
    .series = &series,
    .n_series = 1,
    .marks = marks,
    .n_marks = n };
  const Chart chart = { .panels = &panel, .n_panels = 1 };

  return chart_draw (&chart, CHART_FORMAT_PNG, NULL);
}

static void
test_marks_outside_the_axes_are_left_out (void)
{
  const ChartMark marks[] = { { NULL, 0, 1, 3 }, { NULL, 0, 7, 3 },
    { NULL, 0, 1, 9 }, { NULL, 0, NAN, NAN } };
  g_autoptr (GBytes) none = draw_marks (marks, 0);
  g_autoptr (GBytes) one = draw_marks (marks, 1);
  g_autoptr (GBytes) all = draw_marks (marks, 4);

  g_assert_false (g_bytes_equal (none, one));
  g_assert_true (g_bytes_equal (one, all));
}

static void
test_words_of_overlays_are_in_the_description (void)
{
  static const gdouble x[] = { 0, 1 }, y[] = { .1, .2 };
  const ChartSeries series = { .label = "a", .x = x, .y = y, .n = 2 };
  const ChartSpan span = { "unmatched", 0, .5 };
  const ChartLevel level = { "target <1", .2 };
  const ChartMark mark = { "worst moments", 1, 1, .2 };
  const ChartPanel panel = { .kind = CHART_LINES,
    .series = &series,
    .n_series = 1,
    .spans = &span,
    .n_spans = 1,
    .levels = &level,
    .n_levels = 1,
    .marks = &mark,
    .n_marks = 1 };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  g_autoptr (GBytes) svg = chart_draw (&chart, CHART_FORMAT_SVG, NULL);
  gsize size;
  const gchar *data = g_bytes_get_data (svg, &size);
  g_autofree gchar *text = g_strndup (data, size);

  g_assert_nonnull (
      strstr (text, "<desc>a; unmatched; target &lt;1; worst moments</desc>"));
}

static void
test_an_axis_shows_the_range_that_is_asked_for (void)
{
  static const gdouble x[] = { -20, -10 }, y[] = { 1, 2 };
  const ChartSeries series = { .label = "a", .x = x, .y = y, .n = 2 };
  ChartPanel panel = { .kind = CHART_LINES,
    .times = TRUE,
    .x_from = -300,
    .x_to = 0,
    .series = &series,
    .n_series = 1 };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  ChartPlace place;

  cairo_surface_destroy (draw (&chart, &place));
  g_assert_cmpfloat (place.x.low, <=, -300);
  g_assert_cmpfloat (place.x.high, >=, 0);
  g_assert_cmpfloat (place.x.high, <, 30);
  panel.x_from = panel.x_to = 0;
  cairo_surface_destroy (draw (&chart, &place));
  g_assert_cmpfloat (place.x.low, >, -25);
  g_assert_cmpfloat (place.x.high, <, -5);
}

static void
test_bars_begin_at_their_foot (void)
{
  const gdouble values[] = { .75 };
  const gchar *const groups[] = { "cnn" };
  const ChartSeries series = { .label = "a", .y = values, .n = 1 };
  ChartPanel panel = { .kind = CHART_BARS,
    .foot = .5,
    .reach = 1,
    .groups = groups,
    .n_groups = 1,
    .series = &series,
    .n_series = 1 };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  ChartPlace place;
  cairo_surface_t *surface = draw (&chart, &place);
  gint left, top;

  g_assert_cmpfloat (place.y.low, ==, .5);
  g_assert_cmpfloat (place.y.high, ==, 1);
  count (surface, &place, BLUE, &left, &top);
  g_assert_cmpfloat_with_epsilon (top, pixel_y (&place, .75), 2);
  cairo_surface_destroy (surface);
}

static void
test_a_falling_axis_begins_with_its_highest_value (void)
{
  const gdouble x[] = { 10, 90 }, y[] = { 1, 2 };
  const ChartSeries series = { .label = "a", .x = x, .y = y, .n = 2 };
  ChartPanel panel = {
    .kind = CHART_LINES, .falling_x = TRUE, .series = &series, .n_series = 1
  };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  ChartPlace place;
  cairo_surface_t *surface = draw (&chart, &place);
  guint32 at = pixel_at (
      surface, (gint) pixel_x (&place, 90), (gint) pixel_y (&place, 2));

  g_assert_cmpfloat (pixel_x (&place, 90), <, pixel_x (&place, 10));
  g_assert_cmphex (at, ==, BLUE);
  cairo_surface_destroy (surface);
}

/* A line from the lower left to the upper right leaves the other corners. */
static void
test_notes_are_where_no_points_are (void)
{
  const gchar *const notes[] = { "Spearman 0.931", "Kendall 0.812", NULL };
  const gdouble x[] = { 0, 1, 2, 3, 4, 5 }, y[] = { 0, 1, 2, 4, 5, 6 };
  const ChartSeries series = { .label = "a", .x = x, .y = y, .n = 6 };
  ChartPanel panel = {
    .kind = CHART_SCATTER, .series = &series, .n_series = 1
  };
  const Chart chart = { .panels = &panel, .n_panels = 1 };
  ChartPlace place;
  cairo_surface_t *bare = draw (&chart, &place), *noted;
  guint changed[4] = { 0 };

  panel.notes = notes;
  noted = draw (&chart, &place);
  for (gint v = 0; v < cairo_image_surface_get_height (bare); v++) {
    for (gint u = 0; u < cairo_image_surface_get_width (bare); u++) {
      gboolean right = u > 2 * (place.left + place.width / 2);
      gboolean low = v > 2 * (place.top + place.height / 2);

      if (pixel_at (bare, u, v) != pixel_at (noted, u, v))
        changed[2 * low + right]++;
    }
  }
  g_assert_cmpuint (changed[0], >, 200);
  g_assert_cmpuint (changed[1] + changed[2] + changed[3], ==, 0);
  cairo_surface_destroy (bare);
  cairo_surface_destroy (noted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/placed/" #name, test_##name)
  ADD (one_frame_of_many_is_seen_at_its_height);
  ADD (points_that_no_line_leads_to_are_seen);
  ADD (logarithmic_x_has_places_for_rates);
  ADD (panels_with_the_same_x_lie_below_each_other);
  ADD (spans_are_seen_however_short);
  ADD (levels_make_room_on_the_axis);
  ADD (marks_outside_the_axes_are_left_out);
  ADD (words_of_overlays_are_in_the_description);
  ADD (an_axis_shows_the_range_that_is_asked_for);
  ADD (bars_begin_at_their_foot);
  ADD (a_falling_axis_begins_with_its_highest_value);
  ADD (notes_are_where_no_points_are);
  return g_test_run ();
}
