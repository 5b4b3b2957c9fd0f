/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Charts: axes as numbers, labels as text, pictures by their bytes.
 */
#include "folder.h"

#include "judge/failure.h"
#include "chart/axis.h"
#include "chart/panel.h"
#include "chart/sign.h"
#include "chart/text.h"
#include "chart/chart.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

typedef TestFolder Fixture;

/* --- axes ---------------------------------------------------------------- */

static ChartAxis
axis_of (gdouble low, gdouble high, gboolean log, guint most, gboolean ends)
{
  ChartAxis axis;

  chart_axis_init (&axis, log);
  chart_axis_add (&axis, high);
  chart_axis_add (&axis, low);
  chart_axis_finish (&axis, most, ends);
  return axis;
}

static void
assert_tick (const ChartAxis *axis, guint i, gdouble value, const gchar *text)
{
  g_autofree gchar *label = chart_axis_label (axis, axis->ticks[i]);

  g_assert_cmpfloat_with_epsilon (
      axis->ticks[i], value, 1e-9 * MAX (1, fabs (value)));
  g_assert_cmpstr (label, ==, text);
}

static void
test_ticks_are_round_values (void)
{
  ChartAxis axis = axis_of (.03, .97, FALSE, 8, TRUE);

  g_assert_cmpuint (axis.n_ticks, ==, 6);
  assert_tick (&axis, 0, 0, "0.0");
  assert_tick (&axis, 1, .2, "0.2");
  assert_tick (&axis, 5, 1, "1.0");
  g_assert_cmpfloat (axis.low, ==, 0);
  g_assert_cmpfloat (axis.high, ==, 1);

  axis = axis_of (-7, 12, FALSE, 8, TRUE);
  assert_tick (&axis, 0, -10, "-10");
  assert_tick (&axis, 2, 0, "0");
  assert_tick (&axis, axis.n_ticks - 1, 15, "15");
}

static void
test_free_ends_leave_ticks_inside (void)
{
  ChartAxis axis = axis_of (1, 5, FALSE, 10, FALSE);

  g_assert_cmpfloat (axis.low, >, .8);
  g_assert_cmpfloat (axis.low, <, 1);
  g_assert_cmpfloat (axis.high, <, 5.2);
  assert_tick (&axis, 0, 1, "1.0");
  assert_tick (&axis, axis.n_ticks - 1, 5, "5.0");
}

static void
test_there_are_no_ticks_between_counts (void)
{
  ChartAxis axis;

  for (gdouble most = 1; most <= 40; most += 13) {
    chart_axis_init (&axis, FALSE);
    axis.counts = TRUE;
    chart_axis_add (&axis, 1);
    chart_axis_add (&axis, most);
    chart_axis_finish (&axis, 10, FALSE);
    g_assert_cmpuint (axis.n_ticks, >=, most > 1 ? 2 : 1);
    for (guint i = 0; i < axis.n_ticks; i++)
      g_assert_cmpfloat (axis.ticks[i], ==, round (axis.ticks[i]));
  }
  chart_axis_init (&axis, FALSE);
  axis.counts = TRUE;
  chart_axis_add (&axis, 1);
  chart_axis_finish (&axis, 10, FALSE);
  g_assert_cmpuint (axis.n_ticks, ==, 1);
  assert_tick (&axis, 0, 1, "1");
}

static void
test_logarithmic_ticks_are_powers (void)
{
  ChartAxis axis = axis_of (.002, 300, TRUE, 8, FALSE);

  g_assert_cmpuint (axis.n_ticks, ==, 5);
  assert_tick (&axis, 0, .01, "0.01");
  assert_tick (&axis, 4, 100, "100");
  g_assert_cmpfloat_with_epsilon (
      chart_axis_place (&axis, sqrt (.002 * 300)), .5, 1e-9);

  axis = axis_of (1, 10, TRUE, 8, FALSE);
  g_assert_cmpuint (axis.n_ticks, ==, 4);
  assert_tick (&axis, 1, 2, "2");
}

static void
test_few_powers_leave_room_for_more_ticks (void)
{
  ChartAxis axis;

  chart_axis_init (&axis, TRUE);
  axis.dense = TRUE;
  chart_axis_add (&axis, 250);
  chart_axis_add (&axis, 900);
  chart_axis_finish (&axis, 10, FALSE);
  g_assert_cmpuint (axis.n_ticks, ==, 3);
  assert_tick (&axis, 0, 300, "300");
  assert_tick (&axis, 2, 700, "700");

  chart_axis_init (&axis, TRUE);
  axis.dense = TRUE;
  chart_axis_add (&axis, 1200);
  chart_axis_add (&axis, 1400);
  chart_axis_finish (&axis, 6, FALSE);
  g_assert_cmpuint (axis.n_ticks, ==, 5);
  assert_tick (&axis, 0, 1200, "1200");
  assert_tick (&axis, 1, 1250, "1250");
}

static void
assert_times (gdouble low, gdouble high, guint most, const gchar *first,
    const gchar *last)
{
  ChartAxis axis;
  g_autofree gchar *one = NULL, *other = NULL;

  chart_axis_init (&axis, FALSE);
  axis.times = TRUE;
  chart_axis_add (&axis, low);
  chart_axis_add (&axis, high);
  chart_axis_finish (&axis, most, FALSE);
  one = chart_axis_label (&axis, axis.ticks[0]);
  other = chart_axis_label (&axis, axis.ticks[axis.n_ticks - 1]);
  g_assert_cmpstr (one, ==, first);
  g_assert_cmpstr (other, ==, last);
}

static void
test_times_are_minutes_and_seconds (void)
{
  assert_times (0, 100, 8, "0:00", "1:30");
  assert_times (0, 1000, 10, "0:00", "16:00");
  assert_times (0, 7.9, 10, "0:00", "0:08");
  assert_times (59.5, 60.5, 6, "0:59.6", "1:00.4");
  assert_times (0, 3 * 3600, 8, "0:00:00", "3:00:00");
  assert_times (-90, 100, 8, "-1:30", "1:30");
  assert_times (0, 86400 * 30., 8, "0:00:00", "720:00:00");
}

static void
test_axes_of_any_range_have_ticks_in_order (void)
{
  const gdouble sizes[] = { 0, 1e-300, 1e-100, .3, 1, 7, 123456, 1e15, 1e100,
    1e300 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (guint j = i; j < G_N_ELEMENTS (sizes); j++) {
      for (guint most = 3; most <= CHART_AXIS_MAX_TICKS; most++) {
        for (guint form = 0; form < 6; form++) {
          ChartAxis axis;

          chart_axis_init (&axis, form >= 4);
          axis.times = form == 3;
          axis.dense = form == 5;
          chart_axis_add (&axis, sizes[j]);
          chart_axis_add (&axis, form == 2 ? -sizes[i] : sizes[i]);
          chart_axis_finish (&axis, most, form == 1);
          g_assert_cmpuint (axis.n_ticks, <=, most);
          g_assert_cmpuint (axis.n_ticks, >=, 2);
          g_assert_cmpfloat (axis.low, <, axis.high);
          for (guint k = 1; k < axis.n_ticks; k++)
            g_assert_cmpfloat (axis.ticks[k - 1], <, axis.ticks[k]);
        }
      }
    }
  }
}

static void
test_axis_without_values_stands (void)
{
  ChartAxis axis = axis_of (NAN, INFINITY, FALSE, 6, TRUE);

  g_assert_cmpfloat (axis.low, ==, 0);
  g_assert_cmpfloat (axis.high, ==, 1);
  axis = axis_of (0, -3, TRUE, 6, TRUE);
  g_assert_cmpfloat (axis.low, >, 0);
  g_assert_cmpuint (axis.n_ticks, >=, 2);
}

/* --- labels -------------------------------------------------------------- */

static cairo_t *
new_canvas (gint size)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);
  cairo_t *cr = cairo_create (surface);

  cairo_surface_destroy (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  return cr;
}

static void
test_paths_are_cut_at_the_front (void)
{
  const gchar *path = "/data/bapps/val/a folder of some length/color";
  cairo_t *cr = new_canvas (1);
  gdouble all = chart_text_width (cr, 11, path);

  for (gdouble part = .4; part < 1; part += .1) {
    g_autofree gchar *cut = chart_text_fit_end (cr, 11, path, all * part);
    g_autofree gchar *start = chart_text_fit (cr, 11, path, all * part);

    g_assert_true (g_str_has_prefix (cut, "\u2026"));
    g_assert_true (g_str_has_suffix (cut, "/color"));
    g_assert_cmpfloat (chart_text_width (cr, 11, cut), <=, all * part);
    g_assert_true (g_str_has_prefix (start, "/data"));
    g_assert_true (g_str_has_suffix (start, "\u2026"));
  }
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *whole = chart_text_fit_end (cr, 11, path, all + i);
    g_autofree gchar *none = chart_text_fit_end (cr, 11, path, i);

    g_assert_cmpstr (whole, ==, path);
    g_assert_cmpstr (none, ==, "\u2026");
  }
  cairo_destroy (cr);
}

static void
test_labels_lose_the_folder_that_they_share (void)
{
  static const gchar *const cases[][2] = {
    { "/a/b/c/cnn /a/b/c/color total", "cnn color total" },
    { "val/cnn/ val/color/", "cnn/ color/" },
    { "/a/b/cnn/x /a/b/color/x", "cnn/x color/x" },
    { "/a/cnn /a/cnn/more", "cnn cnn/more" },
    { "/a/b/cnn", "cnn" },
    { "/cnn /data/color", "cnn data/color" },
    { "cnn/x color/x", "cnn/x color/x" },
    { "val/cnn value/cnn", "val/cnn value/cnn" },
    { "val/total val/cnn total", "val/total val/cnn total" },
    { "untrained trained/", "untrained trained/" },
    { "/ .", "/ ." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) labels = g_strsplit (cases[i][0], " ", -1);
    g_auto (GStrv) shorter = chart_text_drop_folder (
        (const gchar *const *) labels, g_strv_length (labels));
    g_autofree gchar *joined = g_strjoinv (" ", shorter);

    g_assert_cmpstr (joined, ==, cases[i][1]);
  }
}

/* --- signs --------------------------------------------------------------- */

/* What fraction of a bar's sign has its most frequent colour. */
static gdouble
plain_part (const guint32 *pixels)
{
  guint most = 0, n = 10 * 10;

  for (guint i = 0; i < n; i++) {
    guint same = 0;

    for (guint j = 0; j < n; j++)
      same += (pixels[i] & 0xffffff) == (pixels[j] & 0xffffff);
    most = MAX (most, same);
  }
  return most / (gdouble) n;
}

/* Returns: (transfer full): the inner 10 x 10 pixels. */
static guint32 *
draw_bar_sign (guint style)
{
  guint32 *inner = g_new (guint32, 10 * 10);
  cairo_t *cr = new_canvas (16);
  cairo_surface_t *surface = cairo_get_target (cr);
  const guint8 *pixels;
  gint stride;

  chart_sign_draw (cr, CHART_BARS, NULL, style, 8, 8);
  cairo_surface_flush (surface);
  pixels = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (gint y = 0; y < 10; y++)
    memcpy (inner + 10 * y, pixels + (y + 3) * stride + 3 * 4, 10 * 4);
  cairo_destroy (cr);
  return inner;
}

static void
test_bars_are_hatched_from_the_ninth_on (void)
{
  guint32 *signs[32];

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
    signs[i] = draw_bar_sign (i);
    if (i < 8) {
      g_assert_cmpfloat (plain_part (signs[i]), ==, 1);
    } else {
      g_assert_cmpfloat (plain_part (signs[i]), <, .8);
      g_assert_cmpfloat (plain_part (signs[i]), >, .2);
    }
    for (guint j = 0; j < i; j++)
      g_assert_cmpint (memcmp (signs[i], signs[j], 10 * 10 * 4), !=, 0);
  }
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    g_free (signs[i]);
}

/* --- intervals ----------------------------------------------------------- */

static gdouble
linear (guint32 sample)
{
  gdouble part = (sample & 255) / 255.;

  return part <= .04045 ? part / 12.92 : pow ((part + .055) / 1.055, 2.4);
}

/* The contrast ratio of WCAG 2.1, 1 to 21; what is drawn should have at least
 * 3 to what is beside it. */
static gdouble
contrast_of (guint32 a, guint32 b)
{
  gdouble first = .2126 * linear (a >> 16) + .7152 * linear (a >> 8)
      + .0722 * linear (a) + .05;
  gdouble second = .2126 * linear (b >> 16) + .7152 * linear (b >> 8)
      + .0722 * linear (b) + .05;

  return MAX (first, second) / MIN (first, second);
}

/* Draws a bar whose interval is inside it.  Returns: the best contrast to the
 * bar in a row across both. */
static gdouble
interval_contrast (guint style)
{
  static const gdouble end[] = { 1 }, low[] = { .3 }, high[] = { .9 };
  static const gchar *const group[] = { "a" };
  const ChartSeries bar = {
    .label = "a", .y = end, .low = low, .high = high, .n = 1
  };
  const ChartPanel panel = { .kind = CHART_BARS,
    .groups = group,
    .n_groups = 1,
    .series = &bar,
    .n_series = 1 };
  cairo_t *cr = new_canvas (600);
  cairo_surface_t *surface = cairo_get_target (cr);
  const guint32 *row;
  guint32 colour;
  gdouble best = 1;
  gint right = 0;
  const ChartStyles styles = { &style, NULL, NULL };
  ChartFrame frame = { 0 };
  ChartPlace place;

  chart_panel_init_axes (&panel, &frame.x, &frame.y);
  chart_panel_add_range (&panel, &frame.x, &frame.y);
  cairo_scale (cr, 2, 2);
  chart_panel_draw (
      cr, &panel, &frame, &styles, (ChartBox){ 0, 0, 300, 300 }, &place);
  cairo_surface_flush (surface);
  row = (const guint32 *) (const void *) (cairo_image_surface_get_data (surface)
      + 300 * cairo_image_surface_get_stride (surface));
  colour = row[150]; /* left of the interval, in the bar */
  for (gint x = 150; x < 600; x++)
    right = row[x] == colour ? x : right;
  for (gint x = 150; x < right; x++)
    best = MAX (best, contrast_of (row[x], colour));
  g_assert_cmpint (right, >, 400);
  cairo_destroy (cr);
  return best;
}

static void
test_intervals_are_seen_on_bars_of_every_colour (void)
{
  for (guint style = 0; style < 8; style++)
    g_assert_cmpfloat (interval_contrast (style), >=, 3);
}

/* --- pictures ------------------------------------------------------------ */

static const gdouble xs[] = { 1, 2, 3, 4, 5, 6 }; /* the last one for steps */
static const gdouble ys[] = { .1, .4, NAN, 1.6, INFINITY };
static const gdouble lows[] = { .05, .3, .3, 1.2, 1 };
static const gdouble highs[] = { .2, .5, .6, 2.2, 2 };
static const gchar *const groups[] = { "cnn", "superres & more",
  "a group with a very long name that no slot can hold", "deblur", "color" };

static ChartSeries series[] = {
  { .label = "mmd-ssim", .x = xs, .y = ys, .low = lows, .high = highs, .n = 5 },
  { .label = "psnr <Y>", .x = xs, .y = highs, .n = 5 },
};

static ChartPanel
panel_of (ChartKind kind)
{
  return (ChartPanel){
    .kind = kind,
    .title = "a panel",
    .x_title = "strength, px",
    .y_title = "distance",
    .log_y = kind == CHART_LINES,
    .groups = groups,
    .n_groups = 5,
    .series = series,
    .n_series = G_N_ELEMENTS (series),
  };
}

static gchar *
path_of (Fixture *fixture, const gchar *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static gchar *
draw (Fixture *fixture, const Chart *plot, const gchar *name, gsize *length)
{
  g_autofree gchar *path = path_of (fixture, name);
  g_autoptr (GError) error = NULL;
  gchar *content = NULL;

  chart_write (plot, path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, length, NULL));
  return content;
}

static guint
big_endian (const gchar *data)
{
  const guint8 *bytes = (const guint8 *) data;

  return (guint) bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

static void
test_every_kind_makes_a_png_of_twice_the_size (
    Fixture *fixture, gconstpointer data)
{
  for (guint kind = 0; kind <= CHART_STEPS; kind++) {
    ChartPanel panel = panel_of (kind);
    Chart plot = { .panels = &panel, .n_panels = 1 };
    gsize length, again_length;
    g_autofree gchar *content = draw (fixture, &plot, "a.png", &length);
    g_autofree gchar *again = draw (fixture, &plot, "b.png", &again_length);

    g_assert_cmpuint (length, >, 1000);
    g_assert_cmpmem (content, 8, "\x89PNG\r\n\x1a\n", 8);
    g_assert_cmpuint (big_endian (content + 16), ==, 2 * (680 + 24));
    g_assert_cmpuint (big_endian (content + 20), ==, 2 * (430 + 24 + 20));
    g_assert_cmpmem (content, length, again, again_length);
  }
}

static void
test_svg_holds_title_and_labels (Fixture *fixture, gconstpointer data)
{
  ChartPanel panels[] = { panel_of (CHART_BARS), panel_of (CHART_SCATTER) };
  Chart plot = {
    .title = "Who is <blind>?", .panels = panels, .n_panels = 2, .columns = 2
  };
  gsize length;
  g_autofree gchar *svg = draw (fixture, &plot, "a.svg", &length);

  g_assert_nonnull (strstr (svg, "<title>Who is &lt;blind&gt;?</title>"));
  g_assert_nonnull (strstr (svg,
      "<desc>mmd-ssim; psnr &lt;Y&gt;; a panel; strength, px; "
      "distance; cnn; superres &amp; more;"));
  g_assert_nonnull (g_strrstr (svg, "</svg>"));
}

static void
test_svg_is_named_by_what_it_has (Fixture *fixture, gconstpointer data)
{
  ChartSeries one = { .label = "a", .x = xs, .y = highs, .n = 3 };
  ChartPanel panel = { .kind = CHART_SCATTER, .series = &one, .n_series = 1 };
  Chart plot = { .panels = &panel, .n_panels = 1 };
  static const gchar *const names[][2] = { { NULL, NULL },
    { "score", "<title>score</title>" },
    { "a panel", "<title>a panel</title>" } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *svg = NULL;
    gsize length;

    panel.title = i == 2 ? names[i][0] : NULL;
    panel.y_title = names[MIN (i, 1)][0];
    svg = draw (fixture, &plot, "named.svg", &length);
    if (names[i][1] == NULL)
      g_assert_null (strstr (svg, "<title"));
    else
      g_assert_nonnull (strstr (svg, names[i][1]));
  }
}

/* Two pictures must differ exactly where one has one more point. */
static void
test_numbers_without_a_place_are_left_out (Fixture *fixture, gconstpointer data)
{
  const gdouble with[] = { .1, .4, NAN, 1.6, -INFINITY };
  const gdouble without[] = { .1, .4, 1.6 };
  const gdouble without_x[] = { 1, 2, 4 };
  ChartSeries one = { .label = "a", .x = xs, .y = with, .n = 5 };
  ChartPanel panel = { .kind = CHART_SCATTER, .series = &one, .n_series = 1 };
  Chart plot = { .panels = &panel, .n_panels = 1, .columns = 1 };
  gsize length, bare_length, full_length;
  g_autofree gchar *content = draw (fixture, &plot, "a.png", &length);
  g_autofree gchar *bare = NULL, *full = NULL;

  one = (ChartSeries){ .label = "a", .x = without_x, .y = without, .n = 3 };
  bare = draw (fixture, &plot, "b.png", &bare_length);
  g_assert_cmpmem (content, length, bare, bare_length);

  one = (ChartSeries){ .label = "a", .x = xs, .y = highs, .n = 3 };
  full = draw (fixture, &plot, "c.png", &full_length);
  g_assert_true (full_length != length || memcmp (full, content, length) != 0);
}

static void
test_nothing_to_show_still_makes_a_picture (
    Fixture *fixture, gconstpointer data)
{
  for (guint kind = 0; kind <= CHART_STEPS; kind++) {
    ChartPanel panel = { .kind = kind };
    Chart plot = {
      .panels = &panel, .n_panels = 1, .columns = 1, .same_y = TRUE
    };
    gsize length;
    g_autofree gchar *content = draw (fixture, &plot, "a.png", &length);

    g_assert_nonnull (content);
    g_assert_cmpuint (length, >, 500);
  }
}

static void
assert_refused (const Chart *plot, const gchar *path, GQuark domain)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (chart_write (plot, path, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (
      g_quark_to_string (error->domain), ==, g_quark_to_string (domain));
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_pictures_that_cannot_be_written_are_errors (
    Fixture *fixture, gconstpointer data)
{
  ChartPanel panel = panel_of (CHART_LINES);
  Chart plot = { .panels = &panel, .n_panels = 1, .columns = 1 };
  g_autofree gchar *jpg = path_of (fixture, "a.jpg");
  g_autofree gchar *nowhere = path_of (fixture, "no/a.png");
  const gchar *endings[] = { "full.png", "full.svg" };

  assert_refused (&plot, jpg, G_OPTION_ERROR);
  g_assert_false (g_file_test (jpg, G_FILE_TEST_EXISTS));
  assert_refused (&plot, nowhere, G_FILE_ERROR);
  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("there is no /dev/full");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree gchar *full = path_of (fixture, endings[i]);

    g_assert_cmpint (symlink ("/dev/full", full), ==, 0);
    assert_refused (&plot, full, G_FILE_ERROR);
    g_assert_true (g_file_test (full, G_FILE_TEST_IS_SYMLINK));
  }
}

#define ADD(name, func)                                                        \
  g_test_add (                                                                 \
      name, Fixture, NULL, test_folder_set_up, func, test_folder_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axis/round", test_ticks_are_round_values);
  g_test_add_func ("/axis/free-ends", test_free_ends_leave_ticks_inside);
  g_test_add_func ("/axis/counts", test_there_are_no_ticks_between_counts);
  g_test_add_func ("/axis/log", test_logarithmic_ticks_are_powers);
  g_test_add_func ("/axis/dense", test_few_powers_leave_room_for_more_ticks);
  g_test_add_func ("/axis/times", test_times_are_minutes_and_seconds);
  g_test_add_func (
      "/axis/any-range", test_axes_of_any_range_have_ticks_in_order);
  g_test_add_func ("/axis/empty", test_axis_without_values_stands);
  g_test_add_func ("/label/front", test_paths_are_cut_at_the_front);
  g_test_add_func (
      "/label/folder", test_labels_lose_the_folder_that_they_share);
  g_test_add_func ("/sign/hatch", test_bars_are_hatched_from_the_ninth_on);
  g_test_add_func (
      "/interval/seen", test_intervals_are_seen_on_bars_of_every_colour);
  ADD ("/plot/png", test_every_kind_makes_a_png_of_twice_the_size);
  ADD ("/plot/svg", test_svg_holds_title_and_labels);
  ADD ("/plot/svg-name", test_svg_is_named_by_what_it_has);
  ADD ("/plot/left-out", test_numbers_without_a_place_are_left_out);
  ADD ("/plot/empty", test_nothing_to_show_still_makes_a_picture);
  ADD ("/plot/refused", test_pictures_that_cannot_be_written_are_errors);
  return g_test_run ();
}
