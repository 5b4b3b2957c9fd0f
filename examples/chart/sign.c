/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Colours and forms of series.
 */
#include "chart/sign.h"

#include "chart/area.h"

#include <math.h>

/* Colours that colour-blind people can tell apart (Okabe & Ito 2008), the
 * pale yellow last. */
static const guint32 palette[] = { 0x0072b2, 0xd55e00, 0x009e73, 0xe69f00,
  0xcc79a7, 0x56b4e9, 0x000000, 0xf0e442 };

/* After so many series the forms of points and lines and the hatches of bars
 * change with them. */
#define N_COLOURS G_N_ELEMENTS (palette)
#define N_FORMS 4

#define HATCH 5.

void
chart_sign_set (cairo_t *cr, guint style, gdouble opacity)
{
  static const gdouble dashes[N_FORMS][4] = { { 0 }, { 7, 3 }, { 2, 2.5 },
    { 8, 2.5, 2, 2.5 } };
  guint form = style / N_COLOURS % N_FORMS;
  guint32 colour = palette[style % N_COLOURS];

  cairo_set_source_rgba (cr, (colour >> 16) / 255., (colour >> 8 & 255) / 255.,
      (colour & 255) / 255., opacity);
  cairo_set_dash (cr, dashes[form], form == 0 ? 0 : form == 3 ? 4 : 2, 0);
  cairo_set_line_width (cr, 1.8);
}

void
chart_sign_set_line (cairo_t *cr, gboolean broad, guint style)
{
  chart_sign_set (cr, style, broad ? .3 : 1);
  if (broad)
    cairo_set_line_width (cr, 7);
}

void
chart_sign_point (cairo_t *cr, guint style, gdouble x, gdouble y)
{
  static const gint corners[] = { 0, 4, 3, 4 };
  static const gdouble turns[] = { 0, G_PI / 4, -G_PI / 2, 0 };
  guint form = (style % N_COLOURS + style / N_COLOURS) % N_FORMS;

  cairo_new_path (cr);
  if (corners[form] == 0)
    cairo_arc (cr, x, y, CHART_POINT, 0, 2 * G_PI);
  for (gint i = 0; i < corners[form]; i++) {
    gdouble angle = turns[form] + 2 * G_PI * i / corners[form];

    cairo_line_to (cr, x + 1.3 * CHART_POINT * cos (angle),
        y + 1.3 * CHART_POINT * sin (angle));
  }
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* Hatches the path, and ends it, with light lines on dark colours and dark
 * lines on light ones: rising for the second form, then falling, then both. */
static void
draw_hatch (cairo_t *cr, guint style)
{
  guint form = style / N_COLOURS % N_FORMS;
  guint32 colour = palette[style % N_COLOURS];
  guint luma = 2 * (colour >> 16) + 7 * (colour >> 8 & 255) + (colour & 255);
  gdouble grey = luma > 10 * 140 ? CHART_INK : 1;
  gdouble left, top, right, bottom;

  cairo_save (cr);
  cairo_clip (cr);
  cairo_clip_extents (cr, &left, &top, &right, &bottom);
  for (gdouble x = left - (bottom - top); x < right; x += HATCH) {
    if (form != 2) {
      cairo_move_to (cr, x, bottom);
      cairo_line_to (cr, x + bottom - top, top);
    }
    if (form != 1) {
      cairo_move_to (cr, x, top);
      cairo_line_to (cr, x + bottom - top, bottom);
    }
  }
  cairo_set_source_rgb (cr, grey, grey, grey);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1.3);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
chart_sign_bar (cairo_t *cr, guint style, ChartBox box)
{
  chart_sign_set (cr, style, 1);
  cairo_rectangle (cr, box.x, box.y, box.width, box.height);
  cairo_fill_preserve (cr);
  if (style / N_COLOURS % N_FORMS == 0)
    cairo_new_path (cr);
  else
    draw_hatch (cr, style);
}

void
chart_sign_draw (cairo_t *cr, ChartKind kind, const ChartSeries *series,
    guint style, gdouble x, gdouble y)
{
  if (kind == CHART_BARS || kind == CHART_STEPS) {
    chart_sign_bar (cr, style, (ChartBox){ x - 6, y - 6, 12, 12 });
    return;
  }
  chart_sign_set_line (cr, series->broad, style);
  if (kind == CHART_LINES || series->smooth) {
    cairo_move_to (cr, x - 11, y);
    cairo_line_to (cr, x + 11, y);
    cairo_stroke (cr);
  }
  if (!series->smooth)
    chart_sign_point (cr, style, x, y);
}
