/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds the corner of a panel in which the fewest points are, and writes
 * there.
 */
#include "chart/notes.h"

#include "chart/text.h"

#include <math.h>

#define PAD 5.

/* Points so near are in the way. */
#define NEAR (2 * CHART_POINT)

#define LINE (CHART_TEXT_SMALL * CHART_TEXT_LINE)

static ChartBox
corner_of (const ChartArea *area, guint i, gdouble width, gdouble height)
{
  const ChartBox *plot = &area->plot;
  gboolean left = i % 2 == 1, low = i / 2 == 1;

  return (ChartBox){ left ? plot->x + PAD : plot->x + plot->width - width - PAD,
    low ? plot->y + plot->height - height - PAD : plot->y + PAD, width,
    height };
}

static guint
count_points (const ChartArea *area, const ChartBox *box)
{
  guint n = 0;

  for (guint i = 0; i < area->panel->n_series; i++) {
    const ChartSeries *series = &area->panel->series[i];

    for (guint j = 0; series->x != NULL && j < series->n; j++) {
      gdouble x = chart_area_x (area, series->x[j]);
      gdouble y = chart_area_y (area, series->y[j]);

      n += x >= box->x - NEAR && y >= box->y - NEAR
          && x <= box->x + box->width + NEAR
          && y <= box->y + box->height + NEAR;
    }
  }
  return n;
}

void
chart_notes_draw (const ChartArea *area)
{
  const gchar *const *notes = area->panel->notes;
  gdouble width = 0, height = 2 * PAD;
  guint fewest = G_MAXUINT;
  ChartBox box = { 0 };

  if (notes == NULL)
    return;
  for (guint i = 0; notes[i] != NULL; i++) {
    width =
        MAX (width, chart_text_width (area->cr, CHART_TEXT_SMALL, notes[i]));
    height += LINE;
  }
  width = MIN (width, area->plot.width - 4 * PAD) + 2 * PAD;
  for (guint i = 0; i < 4; i++) {
    ChartBox corner = corner_of (area, i, width, height);
    guint n = count_points (area, &corner);

    if (n < fewest) {
      fewest = n;
      box = corner;
    }
  }
  cairo_set_source_rgba (area->cr, 1, 1, 1, .8);
  cairo_rectangle (area->cr, box.x, box.y, box.width, box.height);
  cairo_fill (area->cr);
  cairo_set_source_rgb (area->cr, CHART_INK, CHART_INK, CHART_INK);
  for (guint i = 0; notes[i] != NULL; i++) {
    g_autofree gchar *line =
        chart_text_fit (area->cr, CHART_TEXT_SMALL, notes[i], width - 2 * PAD);

    chart_text_draw (area->cr, CHART_TEXT_SMALL, line, box.x + PAD,
        box.y + PAD + (i + .5) * LINE, 0, 0);
  }
}
