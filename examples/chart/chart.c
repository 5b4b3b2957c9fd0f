/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A picture of panels: its size, title, legend and file.  What is between the
 * axes of a panel is drawn by panel.c.
 */
#include "chart/chart.h"

#include "chart/legend.h"
#include "chart/panel.h"
#include "chart/text.h"
#include "console/output-file.h"
#include "console/printable.h"
#include "console/program-error.h"

#include <cairo-svg.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* The picture's units are CSS pixels; a PNG has this many pixels for one. */
#define PNG_SCALE 2

#define EDGE 12.
#define ROW_GAP 18.

/**
 * Picture:
 * @plot: what it shows
 * @names: what its labels stand for
 * @frames: of each panel
 * @places: of each panel, once they are drawn
 * @title: lines of the title
 * @width: of the picture
 * @height: of the picture
 * @legend: height of the legend, 0 without
 *
 * A picture being made.
 */
typedef struct
{
  const Chart *plot;
  ChartLegend *names;
  ChartFrame *frames;
  ChartPlace *places;
  gchar **title;
  gdouble width;
  gdouble height;
  gdouble legend;
} Picture;

/* --- layout -------------------------------------------------------------- */

static void
set_font (cairo_t *cr)
{
  cairo_font_options_t *options = cairo_font_options_create ();

  /* The same shapes on every screen. */
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options (cr, options);
  cairo_font_options_destroy (options);
  cairo_select_font_face (
      cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

static guint
count_columns (const Chart *plot)
{
  return CLAMP (plot->columns, 1, plot->n_panels);
}

static gdouble
panel_width (const Chart *plot)
{
  if (plot->width > 0)
    return plot->width;
  return plot->n_panels == 1 ? 680 : 320;
}

static gdouble
panel_height (const Chart *plot, guint i)
{
  if (plot->panels[i].height > 0)
    return plot->panels[i].height;
  return plot->n_panels == 1 ? 430 : 250;
}

/* Returns: the height of the highest panel in the row that begins with
 * @first. */
static gdouble
row_height (const Chart *plot, guint first)
{
  guint end = MIN (first + count_columns (plot), plot->n_panels);
  gdouble height = 0;

  for (guint i = first; i < end; i++)
    height = MAX (height, panel_height (plot, i));
  return height;
}

/* Room above the rows after the first, so that their titles are not taken for
 * those of the axes above them. */
static gdouble
row_gap (const Chart *plot)
{
  gboolean titles = FALSE;

  for (guint i = count_columns (plot); i < plot->n_panels; i++)
    titles |= plot->panels[i].title != NULL;
  return titles && !plot->same_x ? ROW_GAP : 0;
}

static gdouble
title_height (const Picture *self)
{
  return self->title == NULL
      ? 0
      : g_strv_length (self->title) * CHART_TEXT_TITLE * CHART_TEXT_LINE + 6;
}

/* Finds what the panels' axes have to show. */
static void
find_ranges (Picture *self)
{
  const Chart *plot = self->plot;
  ChartAxis x, y;

  chart_panel_init_axes (&plot->panels[0], &x, &y);
  chart_axis_init (&y, plot->panels[0].log_y);
  for (guint i = 0; i < plot->n_panels; i++) {
    ChartFrame *frame = &self->frames[i];

    chart_panel_init_axes (&plot->panels[i], &frame->x, &frame->y);
    chart_panel_add_range (&plot->panels[i], &frame->x, &frame->y);
    chart_panel_add_range (&plot->panels[i], &x, &y);
  }
  for (guint i = 0; i < plot->n_panels; i++) {
    if (plot->same_x)
      self->frames[i].x = x;
    if (plot->same_y)
      self->frames[i].y = y;
  }
}

/* Panels with the same x axis have it in the same place. */
static void
align_panels (Picture *self, cairo_t *cr)
{
  const Chart *plot = self->plot;
  gdouble left = 0;

  for (guint i = 0; i < plot->n_panels; i++)
    left = MAX (left,
        chart_panel_left (
            cr, &plot->panels[i], &self->frames[i], panel_height (plot, i)));
  for (guint i = 0; i < plot->n_panels; i++) {
    self->frames[i].left = left;
    self->frames[i].bare = i + count_columns (plot) < plot->n_panels;
  }
}

static void
measure (Picture *self)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, 1);
  cairo_t *cr = cairo_create (surface);
  guint columns = count_columns (self->plot);

  set_font (cr);
  self->width = 2 * EDGE + columns * panel_width (self->plot);
  if (self->plot->title != NULL)
    self->title = chart_text_wrap (
        cr, CHART_TEXT_TITLE, self->plot->title, self->width - 2 * EDGE);
  self->legend = chart_legend_walk (
      self->names, cr, EDGE, 0, self->width - 2 * EDGE, FALSE);
  self->height = 2 * EDGE + title_height (self) + self->legend;
  for (guint i = 0; i < self->plot->n_panels; i += columns)
    self->height +=
        row_height (self->plot, i) + (i > 0 ? row_gap (self->plot) : 0);
  find_ranges (self);
  if (self->plot->same_x)
    align_panels (self, cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
draw_panels (const Picture *self, cairo_t *cr, gdouble top)
{
  const Chart *plot = self->plot;
  guint columns = count_columns (plot);

  for (guint i = 0; i < plot->n_panels; i++) {
    const ChartPanel *panel = &plot->panels[i];
    ChartBox box = { EDGE + i % columns * panel_width (plot), top,
      panel_width (plot), panel_height (plot, i) };
    ChartStyles styles;

    chart_legend_find_styles (self->names, panel, &styles);
    chart_panel_draw (
        cr, panel, &self->frames[i], &styles, box, &self->places[i]);
    chart_styles_clear (&styles);
    if (i % columns == columns - 1)
      top += row_height (plot, i + 1 - columns) + row_gap (plot);
  }
}

static void
draw (const Picture *self, cairo_t *cr)
{
  gdouble y = EDGE;

  set_font (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, .13, .13, .13);
  for (guint i = 0; self->title != NULL && self->title[i] != NULL; i++)
    chart_text_draw (cr, CHART_TEXT_TITLE, self->title[i], EDGE,
        y + (i + .5) * CHART_TEXT_TITLE * CHART_TEXT_LINE, 0, 0);
  y += title_height (self);
  chart_legend_walk (self->names, cr, EDGE, y, self->width - 2 * EDGE, TRUE);
  draw_panels (self, cr, y + self->legend);
}

/* --- files --------------------------------------------------------------- */

static cairo_status_t
append (void *closure, const guint8 *data, guint length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t
draw_png (const Picture *self, GByteArray *file)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
      (gint) (self->width * PNG_SCALE), (gint) (self->height * PNG_SCALE));
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_scale (cr, PNG_SCALE, PNG_SCALE);
  draw (self, cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, file);
  cairo_surface_destroy (surface);
  return status;
}

static void
add_words (GString *words, const gchar *text)
{
  g_autofree gchar *escaped = NULL;

  if (text == NULL)
    return;
  escaped = g_markup_escape_text (text, -1);
  g_string_append_printf (words, "%s%s", words->len > 0 ? "; " : "", escaped);
}

/* Returns: (nullable): what names the picture. */
static const gchar *
name_of (const Chart *plot)
{
  if (plot->title != NULL)
    return plot->title;
  for (guint i = 0; i < plot->n_panels; i++) {
    if (plot->panels[i].title != NULL)
      return plot->panels[i].title;
  }
  return plot->panels[0].y_title != NULL ? plot->panels[0].y_title
                                         : plot->panels[0].x_title;
}

/* Returns: (transfer full): the elements that say in words what is drawn. */
static gchar *
describe (const Picture *self)
{
  const gchar *name = name_of (self->plot);
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (GString) words = g_string_new (NULL);

  if (name != NULL) {
    g_autofree gchar *escaped = g_markup_escape_text (name, -1);

    g_string_append_printf (title, "\n<title>%s</title>", escaped);
  }
  for (guint i = 0; i < chart_legend_count (self->names); i++)
    add_words (words, chart_legend_label (self->names, i));
  for (guint i = 0; i < self->plot->n_panels; i++) {
    const ChartPanel *panel = &self->plot->panels[i];

    add_words (words, panel->title);
    add_words (words, panel->x_title);
    add_words (words, panel->y_title);
    for (guint j = 0; j < panel->n_groups; j++)
      add_words (words, panel->groups[j]);
    for (guint j = 0; panel->notes != NULL && panel->notes[j] != NULL; j++)
      add_words (words, panel->notes[j]);
  }
  if (words->len > 0)
    g_string_append_printf (title, "\n<desc>%s</desc>", words->str);
  return g_string_free (g_steal_pointer (&title), FALSE);
}

/* Inserts @words after the start of the svg element. */
static void
insert_words (GByteArray *file, const gchar *words)
{
  gchar *start = g_strstr_len ((gchar *) file->data, file->len, "<svg");
  gsize length = strlen (words), before, after;
  gchar *end = start == NULL
      ? NULL
      : memchr (start, '>', file->len - (gsize) (start - (gchar *) file->data));

  if (end == NULL)
    return;
  before = (gsize) (end + 1 - (gchar *) file->data);
  after = file->len - before;
  g_byte_array_set_size (file, (guint) (file->len + length));
  memmove (file->data + before + length, file->data + before, after);
  memcpy (file->data + before, words, length);
}

static cairo_status_t
draw_svg (const Picture *self, GByteArray *file)
{
  g_autofree gchar *words = describe (self);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (
      append, file, self->width, self->height);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  draw (self, cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  insert_words (file, words);
  return status;
}

static gboolean
write_file (const gchar *path, GBytes *content, GError **error)
{
  g_autofree gchar *name = NULL;
  gsize size;
  gconstpointer data = g_bytes_get_data (content, &size);
  gint reason = output_file_put (path, data, size);

  if (reason == 0)
    return TRUE;
  name = printable_text (path);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (reason),
      "%s: the picture cannot be written: %s", name, g_strerror (reason));
  return FALSE;
}

GBytes *
chart_draw_placed (
    const Chart *plot, ChartFormat format, ChartPlace *places, GError **error)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (ChartLegend) names = NULL;
  g_autofree ChartFrame *frames = NULL;
  Picture self = { .plot = plot, .places = places };
  cairo_status_t status;

  g_return_val_if_fail (plot->n_panels > 0, NULL);

  names = self.names = chart_legend_new (plot);
  frames = self.frames = g_new0 (ChartFrame, plot->n_panels);
  measure (&self);
  status = format == CHART_FORMAT_PNG ? draw_png (&self, file)
                                      : draw_svg (&self, file);
  g_strfreev (self.title);
  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA,
        "the chart cannot be drawn: %s", cairo_status_to_string (status));
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

GBytes *
chart_draw (const Chart *plot, ChartFormat format, GError **error)
{
  g_autofree ChartPlace *places = g_new (ChartPlace, MAX (plot->n_panels, 1));

  return chart_draw_placed (plot, format, places, error);
}

gboolean
chart_write (const Chart *plot, const gchar *path, GError **error)
{
  gboolean png = g_str_has_suffix (path, ".png");
  g_autofree gchar *name = printable_text (path);
  g_autoptr (GBytes) file = NULL;

  if (!png && !g_str_has_suffix (path, ".svg")) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        "%s: a picture's name ends in .png or .svg", name);
    return FALSE;
  }
  file = chart_draw (plot, png ? CHART_FORMAT_PNG : CHART_FORMAT_SVG, error);
  if (file == NULL) {
    g_prefix_error (error, "%s: ", name);
    return FALSE;
  }
  return write_file (path, file, error);
}
