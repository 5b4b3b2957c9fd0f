/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From distances to coloured pixels with a legend.
 */
#include "output/heatmap.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

/* Some converters use the unused byte as alpha. */
#define OPAQUE 0xff000000u
#define LAST (PERCEPTUAL_HEATMAP_N_COLOURS - 1)

/* --- colours ------------------------------------------------------------- */

/* Inverse of the CIE 1976 function of lightness. */
static gdouble
from_lab (gdouble f)
{
  const gdouble knee = 6. / 29;

  return f > knee ? f * f * f : 3 * knee * knee * (f - 4. / 29);
}

/* Linear sRGB of a CIELAB colour; outside 0..1 if sRGB does not have that
 * colour. */
static void
lab_to_rgb (gdouble l, gdouble a, gdouble b, gdouble rgb[3])
{
  gdouble f = (l + 16) / 116;
  gdouble x = .95047 * from_lab (f + a / 500);
  gdouble y = from_lab (f);
  gdouble z = 1.08883 * from_lab (f - b / 200);

  rgb[0] = 3.2404542 * x - 1.5371385 * y - .4985314 * z;
  rgb[1] = -.9692660 * x + 1.8760108 * y + .0415560 * z;
  rgb[2] = .0556434 * x - .2040259 * y + 1.0572252 * z;
}

static gboolean
try_colour (gdouble lightness, gdouble chroma, gdouble hue, gdouble rgb[3])
{
  lab_to_rgb (lightness, chroma * cos (hue), chroma * sin (hue), rgb);
  return MIN (MIN (rgb[0], rgb[1]), rgb[2]) >= 0
      && MAX (MAX (rgb[0], rgb[1]), rgb[2]) <= 1;
}

static guint32
encode (gdouble linear)
{
  linear = CLAMP (linear, 0, 1);
  linear = linear <= .0031308 ? 12.92 * linear
                              : 1.055 * pow (linear, 1 / 2.4) - .055;
  return (guint32) lrint (255 * linear);
}

void
perceptual_heatmap_colours (guint32 *colours)
{
  for (guint i = 0; i <= LAST; i++) {
    gdouble t = (gdouble) i / LAST;
    gdouble hue = (290 + 165 * t) * G_PI / 180;
    gdouble chroma = 60 * sin (G_PI * (.04 + .7 * t));
    gdouble low = 0, rgb[3];

    if (!try_colour (96 * t, chroma, hue, rgb)) {
      for (guint step = 0; step < 24; step++) {
        gdouble middle = (low + chroma) / 2;

        if (try_colour (96 * t, middle, hue, rgb))
          low = middle;
        else
          chroma = middle;
      }
      try_colour (96 * t, low, hue, rgb);
    }
    colours[i] =
        OPAQUE | encode (rgb[0]) << 16 | encode (rgb[1]) << 8 | encode (rgb[2]);
  }
}

/* --- pixels -------------------------------------------------------------- */

static gfloat
grey_at (const PerceptualImage *image, guint x, guint y)
{
  const guint8 *row = (const guint8 *) image->data + y * image->stride;
  const guint16 *wide = (const guint16 *) row + 4 * (gsize) x;

  if (image->pixels == PERCEPTUAL_PIXELS_RGBX16)
    return (.299f * wide[0] + .587f * wide[1] + .114f * wide[2]) / 257;
  row += 4 * (gsize) x;
  return .299f * row[0] + .587f * row[1] + .114f * row[2];
}

static guint32
mix (guint32 colour, gfloat grey, gfloat blend)
{
  guint32 mixed = OPAQUE;

  for (guint shift = 0; shift < 24; shift += 8) {
    gfloat sample = (gfloat) (colour >> shift & 255);

    mixed |= (guint32) (sample + blend * (grey - sample) + .5f) << shift;
  }
  return mixed;
}

/* Longest side of the picture that a zoom of 0 makes of a small map. */
#define WELL_VISIBLE 640

static guint
zoom_of (const PerceptualHeatmap *self, guint width, guint height)
{
  guint longest = MAX (width, height);
  guint zoom = self->zoom > 0 ? self->zoom : WELL_VISIBLE / longest;

  return CLAMP (zoom, 1, MAX (PERCEPTUAL_MAX_SIZE / longest, 1));
}

static void
draw_pixels (const PerceptualHeatmap *self, const guint32 *colours,
    const PerceptualResult *result, const PerceptualImage *reference,
    guint8 *pixels, gsize stride)
{
  gfloat scale = (gfloat) (1 / self->maximum);
  gfloat blend = (gfloat) self->blend;

  guint zoom = zoom_of (self, result->map_width, result->map_height);

  for (guint y = 0; y < result->map_height; y++) {
    const gfloat *from = result->map + (gsize) y * result->map_width;
    guint8 *row = pixels + (gsize) y * zoom * stride;
    guint32 *to = (guint32 *) row;

    for (guint x = 0; x < result->map_width; x++) {
      gfloat place = sqrtf (CLAMP (from[x] * scale, 0, 1));
      guint32 colour = colours[(guint) (place * LAST + .5f)];

      if (blend > 0)
        colour = mix (colour, grey_at (reference, x, y), blend);
      for (guint i = 0; i < zoom; i++)
        *to++ = colour;
    }
    for (guint i = 1; i < zoom; i++)
      memcpy (row + i * stride, row,
          (gsize) result->map_width * zoom * sizeof (guint32));
  }
}

/* --- legend -------------------------------------------------------------- */

/* Part of a picture that the legend may cover. */
#define MOST_COVERED .15

/* Lengths in pixels. */
typedef struct
{
  gdouble font;
  gdouble margin;
  gdouble width;
  gdouble height;
  gdouble bar_top;
  gdouble bar_height;
} Legend;

static Legend
legend_of (gdouble font)
{
  return (Legend){
    .font = font,
    .margin = font * .5,
    .width = font * 11.5,
    .height = font * 3.7,
    .bar_top = font * 1.6,
    .bar_height = font * .7,
  };
}

/* Of a picture of @width x @height, below which it is.  Returns: the strip's
 * height. */
static guint
lay_out_below (Legend *legend, guint height)
{
  *legend = legend_of (CLAMP (height / 32., 12, 40));
  return (guint) ceil (legend->height + legend->margin);
}

static gboolean
lay_out_inside (Legend *legend, guint width, guint height)
{
  *legend = legend_of (CLAMP (height / 32., 9, 40));
  return legend->width * legend->height <= MOST_COVERED * width * height
      && legend->width + 2 * legend->margin <= width
      && legend->height + 2 * legend->margin <= height;
}

/* Text from @x on (@align 0), around it (.5) or up to it (1). */
static void
draw_text (
    cairo_t *cairo, gdouble x, gdouble y, gdouble align, const gchar *text)
{
  cairo_text_extents_t extents;

  cairo_text_extents (cairo, text, &extents);
  cairo_move_to (cairo, x - align * extents.x_advance, y);
  cairo_show_text (cairo, text);
}

static void
draw_bar (
    cairo_t *cairo, const Legend *legend, gdouble left, const guint32 *colours)
{
  gdouble width = legend->width - 2 * legend->margin;
  gdouble step = width / PERCEPTUAL_HEATMAP_N_COLOURS;
  cairo_pattern_t *pattern =
      cairo_pattern_create_linear (left, 0, left + width, 0);

  for (guint i = 0; i <= LAST; i++)
    cairo_pattern_add_color_stop_rgb (pattern, (gdouble) i / LAST,
        (colours[i] >> 16 & 255) / 255., (colours[i] >> 8 & 255) / 255.,
        (colours[i] & 255) / 255.);
  cairo_set_source (cairo, pattern);
  cairo_rectangle (cairo, left, legend->bar_top, width, legend->bar_height);
  cairo_fill_preserve (cairo);
  cairo_pattern_destroy (pattern);
  cairo_set_source_rgb (cairo, .6, .6, .6);
  cairo_set_line_width (cairo, MAX (legend->font / 16, step));
  cairo_stroke (cairo);
}

/* Numbers at the place of their colours: half way is a quarter of the
 * maximum. */
static void
draw_ticks (cairo_t *cairo, const Legend *legend, gdouble left, gdouble maximum)
{
  gdouble width = legend->width - 2 * legend->margin;
  gdouble below = legend->bar_top + legend->bar_height + 1.1 * legend->font;
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  cairo_set_source_rgb (cairo, 1, 1, 1);
  draw_text (cairo, left, below, 0, "0");
  g_ascii_formatd (text, sizeof text, "%.3g", maximum / 4);
  draw_text (cairo, left + width / 2, below, .5, text);
  g_ascii_formatd (text, sizeof text, "%.3g", maximum);
  draw_text (cairo, left + width, below, 1, text);
}

/* At the origin of @cairo. */
static void
draw_legend (const PerceptualHeatmap *self, const guint32 *colours,
    gdouble distance, cairo_t *cairo, const Legend *legend)
{
  gchar number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree gchar *title = NULL;

  g_ascii_formatd (number, sizeof number, "%.4g", distance);
  title = g_strdup_printf (
      "%s %s", self->metric != NULL ? self->metric : "distance", number);
  /* The font that comes with cairo: the picture is the same on every machine,
   * and the host's process does not search for fonts. */
  cairo_select_font_face (
      cairo, "@cairo:", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  cairo_set_font_size (cairo, legend->font);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  draw_text (cairo, legend->margin, 1.2 * legend->font, 0, title);
  draw_bar (cairo, legend, legend->margin, colours);
  draw_ticks (cairo, legend, legend->margin, self->maximum);
}

void
perceptual_heatmap_size (
    const PerceptualHeatmap *self, guint *width, guint *height)
{
  guint zoom = zoom_of (self, *width, *height);
  Legend legend;

  *width *= zoom;
  *height *= zoom;
  if (!self->legend || !self->below)
    return;
  *height += lay_out_below (&legend, *height);
  *width = MAX (*width, (guint) ceil (legend.width));
}

/* Fills what the map of @width x @height leaves of a picture, or a corner, and
 * writes the legend there. */
static void
add_legend (const PerceptualHeatmap *self, const guint32 *colours,
    const PerceptualResult *result, guint8 *pixels, gsize stride)
{
  guint zoom = zoom_of (self, result->map_width, result->map_height);
  guint map_width = zoom * result->map_width;
  guint map_height = zoom * result->map_height;
  guint width = result->map_width, height = result->map_height;
  cairo_surface_t *surface;
  cairo_t *cairo;
  Legend legend;

  if (self->below)
    lay_out_below (&legend, map_height);
  else if (!lay_out_inside (&legend, map_width, map_height))
    return;
  perceptual_heatmap_size (self, &width, &height);
  surface = cairo_image_surface_create_for_data (
      pixels, CAIRO_FORMAT_RGB24, (int) width, (int) height, (int) stride);
  cairo = cairo_create (surface);
  cairo_set_source_rgb (cairo, .12, .12, .12);
  if (self->below) {
    cairo_rectangle (cairo, map_width, 0, width - map_width, map_height);
    cairo_rectangle (cairo, 0, map_height, width, height - map_height);
    cairo_fill (cairo);
    cairo_translate (cairo, 0, map_height);
  } else {
    cairo_translate (
        cairo, legend.margin, height - legend.height - legend.margin);
    cairo_rectangle (cairo, 0, 0, legend.width, legend.height);
    cairo_fill (cairo);
  }
  draw_legend (self, colours, result->distance, cairo, &legend);
  cairo_destroy (cairo);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
}

void
perceptual_heatmap_draw (const PerceptualHeatmap *self, const guint32 *colours,
    const PerceptualResult *result, const PerceptualImage *reference,
    guint8 *pixels, gsize stride)
{
  draw_pixels (self, colours, result, reference, pixels, stride);
  if (self->legend)
    add_legend (self, colours, result, pixels, stride);
}
