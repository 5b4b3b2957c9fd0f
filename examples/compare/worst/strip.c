/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws by cairo: a title, three pictures under their captions, the scale of
 * the heat map below it.
 */
#include "compare/worst/strip.h"

#include "chart/text.h"
#include "compare/worst/heat-scale.h"
#include "console/program-error.h"

#include <cairo.h>
#include <string.h>

#define MARGIN 12.
#define GAP 8.
#define LINE 22.
#define SCALE_HEIGHT 10.

/* Cairo's limit is 32767. */
#define MOST_WIDTH 32000
#define PICTURES 3

typedef struct
{
  const CompareStrip *strip;
  cairo_surface_t *pictures[PICTURES]; /* the last one may be NULL */
  gdouble width;                       /* of a picture, as drawn */
  gdouble height;
  gdouble factor;
  guint n;
} Drawing;

/* --- pictures in and out ------------------------------------------------- */

typedef struct
{
  const guchar *data;
  gsize left;
} Reading;

static cairo_status_t
read_some (void *user, unsigned char *data, unsigned int length)
{
  Reading *reading = user;

  if (length > reading->left)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reading->data, length);
  reading->data += length;
  reading->left -= length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t
write_some (void *user, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (user, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
load (Drawing *self, guint which, GBytes *png, GError **error)
{
  Reading reading;

  if (png == NULL)
    return TRUE;
  reading.data = g_bytes_get_data (png, &reading.left);
  self->pictures[which] =
      cairo_image_surface_create_from_png_stream (read_some, &reading);
  self->n = which + 1;
  return cairo_surface_status (self->pictures[which]) == CAIRO_STATUS_SUCCESS
      || program_fail_unnamed (error, "a picture could not be drawn: %s",
          cairo_status_to_string (
              cairo_surface_status (self->pictures[which])));
}

static gboolean
load_all (Drawing *self, GError **error)
{
  const CompareStrip *strip = self->strip;

  return load (self, 0, strip->reference, error)
      && load (self, 1, strip->distorted, error)
      && load (self, 2, strip->map, error);
}

/* --- sizes --------------------------------------------------------------- */

static void
choose_factor (Drawing *self)
{
  guint width = (guint) cairo_image_surface_get_width (self->pictures[0]);
  guint height = (guint) cairo_image_surface_get_height (self->pictures[0]);
  guint enlarged = COMPARE_STRIP_SIDE / MAX (width, height);
  guint shrunk = (self->n * width) / MOST_WIDTH + 1;

  self->factor = enlarged > 1 ? enlarged : 1. / shrunk;
  self->width = width * self->factor;
  self->height = height * self->factor;
}

static gdouble
left_of (const Drawing *self, guint which)
{
  return MARGIN + which * (self->width + GAP);
}

/* --- drawing ------------------------------------------------------------- */

static void
draw_picture (
    const Drawing *self, cairo_t *cr, guint which, const gchar *caption)
{
  gdouble top = MARGIN + 2 * LINE;
  g_autofree gchar *fit =
      chart_text_fit (cr, CHART_TEXT_NORMAL, caption, self->width);

  cairo_set_source_rgb (cr, .2, .2, .2);
  chart_text_draw (
      cr, CHART_TEXT_NORMAL, fit, left_of (self, which), top - LINE / 2, 0, 0);
  cairo_save (cr);
  cairo_translate (cr, left_of (self, which), top);
  cairo_rectangle (cr, 0, 0, self->width, self->height);
  cairo_clip (cr);
  cairo_scale (cr, self->factor, self->factor);
  cairo_set_source_surface (cr, self->pictures[which], 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr),
      self->factor >= 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
draw_number (cairo_t *cr, gdouble number, const gchar *after, gdouble x,
    gdouble y, gdouble align)
{
  gchar digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree gchar *text = g_strconcat (
      g_ascii_formatd (digits, sizeof digits, "%.4g", number), after, NULL);

  chart_text_draw (cr, CHART_TEXT_SMALL, text, x, y, align, 0);
}

/* Below the map, as wide as it is. */
static void
draw_scale (const Drawing *self, cairo_t *cr)
{
  gdouble left = left_of (self, 2);
  gdouble top = MARGIN + 2 * LINE + self->height + GAP;
  gdouble most = self->strip->map_maximum;
  cairo_pattern_t *colours =
      cairo_pattern_create_linear (left, 0, left + self->width, 0);

  for (guint i = 0; i < COMPARE_N_HEAT_COLOURS; i++) {
    guint64 rgb =
        g_ascii_strtoull (compare_heat_colours[i] + strlen ("#"), NULL, 16);

    cairo_pattern_add_color_stop_rgb (colours,
        (gdouble) i / (COMPARE_N_HEAT_COLOURS - 1),
        (gdouble) (rgb >> 16 & 255) / 255, (gdouble) (rgb >> 8 & 255) / 255,
        (gdouble) (rgb & 255) / 255);
  }
  cairo_rectangle (cr, left, top, self->width, SCALE_HEIGHT);
  cairo_set_source (cr, colours);
  cairo_fill (cr);
  cairo_pattern_destroy (colours);
  cairo_set_source_rgb (cr, .2, .2, .2);
  top += SCALE_HEIGHT + LINE / 2;
  draw_number (cr, 0, "", left, top, 0);
  draw_number (cr, most / 4, "", left + self->width / 2, top, .5);
  draw_number (cr, most, "+", left + self->width, top, 1);
}

static void
draw_all (const Drawing *self, cairo_t *cr, gdouble width)
{
  static const gchar *const captions[PICTURES] = { "reference", "distorted",
    "where they differ" };
  g_autofree gchar *title = chart_text_fit (
      cr, CHART_TEXT_TITLE, self->strip->title, width - 2 * MARGIN);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  chart_text_draw (
      cr, CHART_TEXT_TITLE, title, MARGIN, MARGIN + LINE / 2, 0, 0);
  for (guint i = 0; i < self->n; i++)
    draw_picture (self, cr, i, captions[i]);
  if (self->n == PICTURES)
    draw_scale (self, cr);
}

static GBytes *
draw (Drawing *self, GError **error)
{
  gdouble width = left_of (self, self->n) - GAP + MARGIN;
  gdouble height = 2 * MARGIN + 2 * LINE + self->height
      + (self->n == PICTURES ? GAP + SCALE_HEIGHT + LINE : 0);
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_RGB24, (int) (width + .5), (int) (height + .5));
  cairo_t *cr = cairo_create (surface);
  GByteArray *png = g_byte_array_new ();
  cairo_status_t status;

  draw_all (self, cr, width);
  cairo_destroy (cr);
  status = cairo_surface_status (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, write_some, png);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (png);
  g_byte_array_unref (png);
  program_fail_unnamed (error, "the pictures could not be drawn: %s",
      cairo_status_to_string (status));
  return NULL;
}

GBytes *
compare_strip_draw (const CompareStrip *strip, GError **error)
{
  Drawing self = { .strip = strip };
  GBytes *png = NULL;

  if (load_all (&self, error)) {
    choose_factor (&self);
    png = draw (&self, error);
  }
  for (guint i = 0; i < PICTURES; i++)
    g_clear_pointer (&self.pictures[i], cairo_surface_destroy);
  return png;
}
