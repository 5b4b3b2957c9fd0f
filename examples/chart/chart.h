/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Charts in PNG and SVG files.
 *
 * Numbers that are NaN or infinite, and on a logarithmic axis those that are
 * not above 0, have no place on an axis and are left out: a point vanishes, a
 * line has a gap, a bar is missing.  The same chart gives the same PNG file,
 * byte for byte, wherever the same fonts and cairo are.
 */
#ifndef CHART_H
#define CHART_H

#include "chart/axis.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * ChartKind:
 * @CHART_SCATTER: points at x, y
 * @CHART_LINES: points joined by a line, in the order given
 * @CHART_BARS: a cluster of bars for each group, one bar a series
 * @CHART_STEPS: a histogram: a surface of steps from 0 for each series
 */
typedef enum
{
  CHART_SCATTER,
  CHART_LINES,
  CHART_BARS,
  CHART_STEPS,
} ChartKind;

/**
 * ChartSeries:
 * @label: names it in the legend, UTF-8; series of the same label have the
 *   same colour in all panels.  NULL: colour of the series before, and no
 *   entry in the legend
 * @x: @n numbers; NULL for bars, whose i-th is in the i-th group; for steps the
 *   @n + 1 edges of the bins, ascending, see chart_bin_edges()
 * @y: @n numbers
 * @low: (nullable): lower ends of intervals around @y, @n numbers
 * @high: (nullable): upper ends; set if and only if @low is
 * @n: how many, may be 0; for bars the panel's number of groups
 * @smooth: a thin line without points, whatever the panel's kind: a fitted
 *   curve over a scatter, a value of each frame; not for bars and steps
 * @broad: with @smooth, a broad pale line that others can lie on: a hull
 * @names: (nullable): what each of the @n is called where it can be pointed at,
 *   see page_add_chart(); not drawn
 *
 * A line of more than two points for each unit of the panel's width is drawn
 * as the envelope of its columns, without points and intervals: what is lowest
 * and highest in each is seen.
 *
 * The caller keeps everything.
 */
typedef struct
{
  const gchar *label;
  const gdouble *x;
  const gdouble *y;
  const gdouble *low;
  const gdouble *high;
  guint n;
  gboolean smooth;
  gboolean broad;
  const gchar *const *names;
} ChartSeries;

/**
 * ChartSpan:
 * @label: names it in the legend, as of ChartSeries
 * @from: where it begins on the x axis; -INFINITY: where the axis does
 * @to: where it ends; INFINITY: where the axis does
 *
 * A stripe behind everything, such as the time of an alert or a gap; at least
 * as wide as can be seen.  Not for bars.
 */
typedef struct
{
  const gchar *label;
  gdouble from;
  gdouble to;
} ChartSpan;

/**
 * ChartLevel:
 * @label: names it in the legend, as of ChartSeries
 * @y: where it is
 *
 * A line across the panel, such as a target.
 */
typedef struct
{
  const gchar *label;
  gdouble y;
} ChartLevel;

/**
 * ChartMark:
 * @label: names it in the legend, as of ChartSeries
 * @number: in a circle above the point, 1..999; 0 for a ring round the point
 * @x: where the point is
 * @y: where the point is
 *
 * A point to be found again, such as the worst moment.  Not for bars.
 */
typedef struct
{
  const gchar *label;
  guint number;
  gdouble x;
  gdouble y;
} ChartMark;

/**
 * ChartPanel:
 * @kind: of its series
 * @title: (nullable): above the panel
 * @x_title: (nullable): below the axis, with the unit where there is one
 * @y_title: (nullable): beside the axis
 * @log_x: logarithmic x axis; without effect on bars
 * @log_y: logarithmic y axis; without effect on bars and steps, which begin at
 *   @foot and at 0
 * @times: x is in seconds, and the axis shows minutes and seconds; not with
 *   @log_x
 * @x_from: with @x_to above it, what the x axis shows at least; not with bars
 * @x_to: see @x_from
 * @falling_x: the x axis begins with its highest value; without spans
 * @counts_x: on the x axis only whole numbers mean something
 * @from_zero: the y axis has 0 on it, unless it is logarithmic
 * @foot: for bars, the value at which they begin
 * @reach: the y axis has this on it; 0 for no such value
 * @notes: (nullable): lines of text between the axes, in the corner with the
 *   fewest points, NULL-terminated
 * @height: in the picture's units, titles and labels included; 0 for 430 of a
 *   panel alone, 250 among others
 * @groups: (nullable): for bars, the labels of the groups
 * @n_groups: for bars, how many
 * @series: what is drawn, the first one at the bottom
 * @n_series: how many
 * @spans: (nullable): @n_spans of them
 * @levels: (nullable): @n_levels of them
 * @marks: (nullable): @n_marks of them; those outside the axes are left out
 *
 * One pair of axes.  The caller keeps everything.
 */
typedef struct
{
  ChartKind kind;
  const gchar *title;
  const gchar *x_title;
  const gchar *y_title;
  gboolean log_x;
  gboolean log_y;
  gboolean times;
  gdouble x_from;
  gdouble x_to;
  gboolean falling_x;
  gboolean counts_x;
  gboolean from_zero;
  gdouble foot;
  gdouble reach;
  const gchar *const *notes;
  gdouble height;
  const gchar *const *groups;
  guint n_groups;
  const ChartSeries *series;
  guint n_series;
  const ChartSpan *spans;
  guint n_spans;
  const ChartLevel *levels;
  guint n_levels;
  const ChartMark *marks;
  guint n_marks;
} ChartPanel;

/**
 * Chart:
 * @title: (nullable): above everything; wrapped where it is too long
 * @panels: from left to right, then down
 * @n_panels: at least 1
 * @columns: panels beside each other; 0 for 1
 * @same_y: whether all panels have the same y axis
 * @same_x: whether all panels have the same x axis, in the same place of their
 *   columns; only the lowest of each column shows its values.  Not with bars
 * @width: of each panel, in the picture's units, titles and labels included; 0
 *   for 680 of a panel alone, 320 among others
 *
 * A picture.  The legend is between the title and the panels; it is left out
 * if all that it has is one series.
 */
typedef struct
{
  const gchar *title;
  const ChartPanel *panels;
  guint n_panels;
  guint columns;
  gboolean same_y;
  gboolean same_x;
  gdouble width;
} Chart;

/**
 * ChartPlace:
 * @left: of the rectangle between the axes
 * @top: of it
 * @width: of it
 * @height: of it
 * @x: the axis along its lower edge, from the left; of no meaning for bars
 * @y: the axis along its left edge, from below
 *
 * Where a panel shows what, in the picture's units, which are an SVG's pixels
 * and two pixels each in a PNG.  See chart_axis_place().
 */
typedef struct
{
  gdouble left;
  gdouble top;
  gdouble width;
  gdouble height;
  ChartAxis x;
  ChartAxis y;
} ChartPlace;

/**
 * ChartFormat:
 * @CHART_FORMAT_PNG: two pixels for each unit of the picture
 * @CHART_FORMAT_SVG: letters are shapes, so it looks the same everywhere; its
 *   title element names the picture, by its title or the first one in it; its
 *   desc element has all words
 */
typedef enum
{
  CHART_FORMAT_PNG,
  CHART_FORMAT_SVG,
} ChartFormat;

/**
 * chart_draw:
 * @error: PROGRAM_ERROR_DATA for cairo's own failures, such as want of memory
 *
 * Returns: (transfer full): the content of a file, or NULL with @error set
 */
GBytes *chart_draw (const Chart *plot, ChartFormat format, GError **error);

/**
 * chart_draw_placed:
 * @places: (out): room for the @plot's number of panels: where each of them is
 * @error: as of chart_draw()
 *
 * Returns: as of chart_draw(), and the same bytes
 */
GBytes *chart_draw_placed (
    const Chart *plot, ChartFormat format, ChartPlace *places, GError **error);

/**
 * chart_write:
 * @path: a file name that ends in .png or .svg
 * @error: G_OPTION_ERROR for another ending; G_FILE_ERROR naming the file when
 *   not all of it was written; as of chart_draw()
 *
 * Draws @plot and writes it, over what was at @path.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean chart_write (const Chart *plot, const gchar *path, GError **error);

G_END_DECLS

#endif /* CHART_H */
