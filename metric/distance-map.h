/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Distance maps: grids of values that are coarser than the picture are
 * stretched over its pixels bilinearly and added up.
 */
#ifndef PERCEPTUAL_DISTANCE_MAP_H
#define PERCEPTUAL_DISTANCE_MAP_H

#include "machine/workers.h"

G_BEGIN_DECLS

/**
 * PerceptualMapAxis:
 * @n: values along the axis, at least 1
 * @first: pixel at which the first value is; pixels have their centres at
 *   whole numbers
 * @step: pixels from one value to the next, above 0
 *
 * Pixels before the first value take the first, those behind the last value
 * take the last.
 */
typedef struct
{
  guint n;
  gdouble first;
  gdouble step;
} PerceptualMapAxis;

/* @n values that share @pixels pixels evenly (half-pixel centres). */
PerceptualMapAxis perceptual_map_axis_spread (guint n, guint pixels);

/**
 * PerceptualMapGrid:
 * @x: columns
 * @y: rows
 * @values: @y.n rows of @x.n values
 *
 * The caller owns the values.
 */
typedef struct
{
  PerceptualMapAxis x;
  PerceptualMapAxis y;
  const gfloat *values;
} PerceptualMapGrid;

/**
 * perceptual_distance_map_make:
 * @workers: does the work
 * @grids: added up in this order
 * @n: of them, at least 1
 * @width: columns of the map
 * @height: rows
 * @result: (out): its map is set, to memory of its own
 * @error: PERCEPTUAL_ERROR_NO_MEMORY
 *
 * The same to the last bit for any number of threads.
 *
 * Returns: whether the map was made
 */
gboolean perceptual_distance_map_make (PerceptualWorkers *workers,
    const PerceptualMapGrid *grids, guint n, guint width, guint height,
    PerceptualResult *result, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_DISTANCE_MAP_H */
