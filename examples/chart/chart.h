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

#include <glib.h>

G_BEGIN_DECLS

/**
 * ChartKind:
 * @CHART_SCATTER: points at x, y
 * @CHART_LINES: points joined by a line, in the order given
 * @CHART_BARS: a cluster of bars for each group, one bar a series
 */
typedef enum
{
  CHART_SCATTER,
  CHART_LINES,
  CHART_BARS,
} ChartKind;

/**
 * ChartSeries:
 * @label: names it in the legend, UTF-8; series of the same label have the
 *   same colour in all panels.  NULL: colour of the series before, and no
 *   entry in the legend
 * @x: @n numbers; NULL for bars, whose i-th is in the i-th group
 * @y: @n numbers
 * @low: (nullable): lower ends of intervals around @y, @n numbers
 * @high: (nullable): upper ends; set if and only if @low is
 * @n: how many, may be 0; for bars the panel's number of groups
 * @smooth: a thin line without points, whatever the panel's kind: a fitted
 *   curve over a scatter; not for bars
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
} ChartSeries;

/**
 * ChartPanel:
 * @kind: of its series
 * @title: (nullable): above the panel
 * @x_title: (nullable): below the axis, with the unit where there is one
 * @y_title: (nullable): beside the axis
 * @log_y: logarithmic y axis; without effect on bars, which begin at 0
 * @groups: (nullable): for bars, the labels of the groups
 * @n_groups: for bars, how many
 * @series: what is drawn, the first one at the bottom
 * @n_series: how many
 *
 * One pair of axes.  The caller keeps everything.
 */
typedef struct
{
  ChartKind kind;
  const gchar *title;
  const gchar *x_title;
  const gchar *y_title;
  gboolean log_y;
  const gchar *const *groups;
  guint n_groups;
  const ChartSeries *series;
  guint n_series;
} ChartPanel;

/**
 * Chart:
 * @title: (nullable): above everything; wrapped where it is too long
 * @panels: from left to right, then down
 * @n_panels: at least 1
 * @columns: panels beside each other; 0 for 1
 * @same_y: whether all panels have the same y axis
 *
 * A picture.  The legend is between the title and the panels; it is left out
 * if there is only one labelled series, without a curve.
 */
typedef struct
{
  const gchar *title;
  const ChartPanel *panels;
  guint n_panels;
  guint columns;
  gboolean same_y;
} Chart;

/**
 * ChartFormat:
 * @CHART_FORMAT_PNG: two pixels for each unit of the picture
 * @CHART_FORMAT_SVG: letters are shapes, so it looks the same everywhere; its
 *   title element names the picture, its desc element has all words
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
