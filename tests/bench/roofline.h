/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Layers under a machine's roof (Williams, Waterman and Patterson 2009,
 * "Roofline"): a table and a chart.
 */
#ifndef BENCH_ROOFLINE_H
#define BENCH_ROOFLINE_H

#include "layer-work.h"
#include "roof.h"
#include "table/table.h"

G_BEGIN_DECLS

/**
 * Roofline:
 * @roof: the machine's
 * @work: of the layers, the image's entry first
 * @seconds: of each of them
 * @comparing: what comparing its output takes beside that, in seconds
 * @n: how many
 *
 * What was measured.
 */
typedef struct
{
  Roof roof;
  LayerWork work[BENCH_MAX_LAYERS + 1];
  gdouble seconds[BENCH_MAX_LAYERS + 1];
  gdouble comparing[BENCH_MAX_LAYERS + 1];
  guint n;
} Roofline;

/* Returns: (transfer full): a row for each layer, and one for all. */
Table *roofline_table (const Roofline *self);

/**
 * roofline_draw:
 * @title: above it
 * @path: a file name that ends in .png or .svg
 * @error: as of chart_write()
 *
 * Draws what each layer reaches, by operations for each byte, below what the
 * machine could; layers that only move bytes have no place on it.
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean roofline_draw (const Roofline *self, const gchar *title,
    const gchar *path, GError **error);

G_END_DECLS

#endif /* BENCH_ROOFLINE_H */
