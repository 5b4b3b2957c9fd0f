/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From times and work to a table and a chart.  Measures nothing.
 */
#include "roofline.h"

#include "chart/chart.h"

#include <string.h>

/* Operations for each byte at the ends of the chart. */
#define LEAST_INTENSITY .5
#define MOST_INTENSITY 1000.

static const TableColumn columns[] = {
  { "layer", TABLE_CELL_TEXT, 0 },
  { "kind", TABLE_CELL_TEXT, 0 },
  { "channels", TABLE_CELL_TEXT, 0 },
  { "output", TABLE_CELL_TEXT, 0 },
  { "ms", TABLE_CELL_NUMBER, 2 },
  { "direct_gflop", TABLE_CELL_NUMBER, 2 },
  { "gflop", TABLE_CELL_NUMBER, 2 },
  { "gflop_s", TABLE_CELL_NUMBER, 1 },
  { "of_peak", TABLE_CELL_NUMBER, 2 },
  { "mb", TABLE_CELL_NUMBER, 1 },
  { "gb_s", TABLE_CELL_NUMBER, 1 },
  { "flop_byte", TABLE_CELL_NUMBER, 1 },
  { "bound", TABLE_CELL_TEXT, 0 },
  { "of_bound", TABLE_CELL_NUMBER, 2 },
  { "compare_ms", TABLE_CELL_NUMBER, 2 },
  { NULL, TABLE_CELL_TEXT, 0 },
};

/* A row's numbers; @bound: the fewest seconds that are possible. */
static void
add_numbers (Table *table, const Roof *roof, const LayerWork *work,
    gdouble seconds, gdouble comparing, gdouble bound)
{
  table_number (table, "ms", seconds * 1e3);
  table_number (table, "direct_gflop", work->direct / 1e9);
  table_number (table, "gflop", work->operations / 1e9);
  table_number (table, "gflop_s", work->operations / seconds / 1e9);
  table_number (
      table, "of_peak", work->operations / seconds / roof->operations);
  table_number (table, "mb", work->bytes / 1e6);
  table_number (table, "gb_s", work->bytes / seconds / 1e9);
  table_number (table, "flop_byte", work->operations / work->bytes);
  table_number (table, "of_bound", bound / seconds);
  table_number (table, "compare_ms", comparing * 1e3);
}

static void
add_layer (Table *table, const Roofline *self, guint i)
{
  const LayerWork *work = &self->work[i];
  gdouble bound = roof_seconds (&self->roof, work->operations, work->bytes);
  g_autofree gchar *number = g_strdup_printf ("%u", work->number);
  g_autofree gchar *channels =
      g_strdup_printf ("%u-%u", work->inputs, work->outputs);
  g_autofree gchar *output =
      g_strdup_printf ("%ux%u", work->width, work->height);

  table_add_row (table);
  table_text (table, "layer", number);
  table_text (table, "kind", work->kind);
  table_text (table, "channels", channels);
  table_text (table, "output", output);
  table_text (table, "bound",
      work->bytes / roof_bandwidth (&self->roof)
              > work->operations / self->roof.operations
          ? "memory"
          : "compute");
  add_numbers (
      table, &self->roof, work, self->seconds[i], self->comparing[i], bound);
}

Table *
roofline_table (const Roofline *self)
{
  Table *table = table_new (columns);
  LayerWork all = { 0 };
  gdouble seconds = 0, comparing = 0, bound = 0;

  for (guint i = 0; i < self->n; i++) {
    const LayerWork *work = &self->work[i];

    add_layer (table, self, i);
    all.direct += work->direct;
    all.operations += work->operations;
    all.bytes += work->bytes;
    seconds += self->seconds[i];
    comparing += self->comparing[i];
    bound += roof_seconds (&self->roof, work->operations, work->bytes);
  }
  table_add_row (table);
  table_text (table, "layer", "all");
  add_numbers (table, &self->roof, &all, seconds, comparing, bound);
  return table;
}

/* --- the chart ----------------------------------------------------------- */

/* Those that have operations; a pool has where it squeezes for the fire module
 * behind it. */
static const struct
{
  const gchar *kind;
  const gchar *label;
} kinds[] = {
  { "conv", "convolution" },
  { "fire", "fire module" },
  { "pool", "pool that squeezes" },
};

/* The points of one kind of layer. */
typedef struct
{
  gdouble x[BENCH_MAX_LAYERS];
  gdouble y[BENCH_MAX_LAYERS];
  guint n;
} Points;

static void
fill_points (const Roofline *self, const gchar *kind, Points *points)
{
  for (guint i = 0; i < self->n; i++) {
    const LayerWork *work = &self->work[i];

    if (work->operations == 0 || strcmp (work->kind, kind) != 0)
      continue;
    points->x[points->n] = work->operations / work->bytes;
    points->y[points->n++] = work->operations / self->seconds[i] / 1e9;
  }
}

/* Every layer that has a point, numbered as in the table. */
static guint
fill_marks (const Roofline *self, ChartMark *marks)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++) {
    const LayerWork *work = &self->work[i];

    if (work->operations > 0)
      marks[n++] = (ChartMark){
        .label = "layer",
        .number = work->number,
        .x = work->operations / work->bytes,
        .y = work->operations / self->seconds[i] / 1e9,
      };
  }
  return n;
}

gboolean
roofline_draw (
    const Roofline *self, const gchar *title, const gchar *path, GError **error)
{
  gdouble peak = self->roof.operations / 1e9;
  gdouble bandwidth = roof_bandwidth (&self->roof) / 1e9;
  const gdouble roof_x[] = { LEAST_INTENSITY, peak / bandwidth,
    MOST_INTENSITY };
  const gdouble roof_y[] = { LEAST_INTENSITY * bandwidth, peak, peak };
  Points points[G_N_ELEMENTS (kinds)] = { 0 };
  ChartMark marks[BENCH_MAX_LAYERS];
  ChartSeries series[1 + G_N_ELEMENTS (kinds)];
  ChartPanel panel = {
    .kind = CHART_SCATTER,
    .x_title = "floating-point operations for each byte",
    .y_title = "GFLOP/s",
    .log_x = TRUE,
    .log_y = TRUE,
    .x_from = LEAST_INTENSITY,
    .x_to = MOST_INTENSITY,
    .series = series,
    .n_series = 1,
    .marks = marks,
  };
  const Chart chart = { .title = title, .panels = &panel, .n_panels = 1 };

  panel.n_marks = fill_marks (self, marks);
  series[0] = (ChartSeries){ .label = "this machine",
    .x = roof_x,
    .y = roof_y,
    .n = G_N_ELEMENTS (roof_x),
    .smooth = TRUE };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    fill_points (self, kinds[i].kind, &points[i]);
    if (points[i].n > 0)
      series[panel.n_series++] = (ChartSeries){ .label = kinds[i].label,
        .x = points[i].x,
        .y = points[i].y,
        .n = points[i].n };
  }
  return chart_write (&chart, path, error);
}
