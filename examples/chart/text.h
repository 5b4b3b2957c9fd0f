/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words in charts: measuring, cutting, wrapping and drawing them.
 */
#ifndef CHART_TEXT_H
#define CHART_TEXT_H

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* Sizes of letters, in the picture's units. */
#define CHART_TEXT_SMALL 11.
#define CHART_TEXT_NORMAL 12.5
#define CHART_TEXT_TITLE 15.

/* From one baseline to the next, as a multiple of the size. */
#define CHART_TEXT_LINE 1.35

/* Returns: how wide @text is. */
gdouble chart_text_width (cairo_t *cr, gdouble size, const gchar *text);

/* Returns: (transfer full): @text, cut and ended by an ellipsis if it is wider
 * than @width. */
gchar *chart_text_fit (
    cairo_t *cr, gdouble size, const gchar *text, gdouble width);

/* Returns: (transfer full): the same, but cut at the front: what tells paths
 * apart is at their end. */
gchar *chart_text_fit_end (
    cairo_t *cr, gdouble size, const gchar *text, gdouble width);

/* Returns: (transfer full): @n labels without the folder that all of those with
 * a folder share, NULL-terminated; unchanged where two would become alike. */
gchar **chart_text_drop_folder (const gchar *const *labels, guint n);

/* Returns: (transfer full): lines no wider than @width, broken at spaces,
 * NULL-terminated. */
gchar **chart_text_wrap (
    cairo_t *cr, gdouble size, const gchar *text, gdouble width);

/**
 * chart_text_draw:
 * @x: of the anchor
 * @y: of the anchor
 * @align: how much of the text's width is before the anchor: 0 nothing (the
 *   text begins there), .5 half, 1 all
 * @angle: anticlockwise, in radians
 *
 * Draws @text with the middle of its small letters' height at the anchor.
 */
void chart_text_draw (cairo_t *cr, gdouble size, const gchar *text, gdouble x,
    gdouble y, gdouble align, gdouble angle);

G_END_DECLS

#endif /* CHART_TEXT_H */
