/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pair of axes of a chart and what stands between them.
 */
#ifndef JUDGE_PLOT_PANEL_H
#define JUDGE_PLOT_PANEL_H

#include "plot-axis.h"
#include "plot.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Where to draw, in the picture's units. */
typedef struct
{
  gdouble x;
  gdouble y;
  gdouble width;
  gdouble height;
} JudgeBox;

/* Makes room on @y, and on @x unless it is NULL, for all that @panel shows. */
void judge_panel_add_range (
    const JudgePlotPanel *panel, JudgeAxis *x, JudgeAxis *y);

/* Draws a series' sign in the legend, its middle at @x, @y.  @style: number of
 * the series' label in the picture; chooses colour and form. */
void judge_panel_draw_sign (cairo_t *cr, JudgePlotKind kind, gboolean smooth,
    guint style, gdouble x, gdouble y);

/* Draws @panel into @box, with titles and labels.  @y: made by
 * judge_panel_add_range(), not finished; @styles: one for each series. */
void judge_panel_draw (cairo_t *cr, const JudgePlotPanel *panel, JudgeAxis y,
    const guint *styles, JudgeBox box);

G_END_DECLS

#endif /* JUDGE_PLOT_PANEL_H */
