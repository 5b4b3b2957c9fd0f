/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Winograd's minimal filtering (Winograd 1980; Lavin and Gray 2016, "Fast
 * algorithms for convolutional neural networks"): an m x m tile of the output
 * of an r x r filter takes (m + r - 1)^2 products instead of m^2 r^2:
 *
 *   Y = A' [ (G g G') . (B' d B) ] A,
 *
 * where d is an input tile, g the filter, and the dot means: for every point,
 * one matrix product over the channels.  Points: 0, 1, -1, 2, -2, 1/2, -1/2
 * and infinity (side 8), without the halves (side 6), and without -2 either
 * (side 5).
 *
 * B' and A' are in kernels-template.h; G is here, in double precision.  There
 * are filters that are transformed once and kept, by the function below, and
 * ones that would take too much memory: those are transformed for each job, in
 * single precision, by the kernels.
 */
#ifndef PERCEPTUAL_NN_WINOGRAD_H
#define PERCEPTUAL_NN_WINOGRAD_H

#include <glib.h>

G_BEGIN_DECLS

/* F(m x m, r x r) */
typedef enum
{
  PERCEPTUAL_WINOGRAD_3_3,
  PERCEPTUAL_WINOGRAD_4_3,
  PERCEPTUAL_WINOGRAD_6_3,
  PERCEPTUAL_WINOGRAD_4_5,
  PERCEPTUAL_WINOGRAD_KINDS,
} PerceptualWinogradKind;

/**
 * PerceptualWinograd:
 * @tile: m, side of the output tile
 * @filter: r, side of the filter
 * @side: m + r - 1, side of the input tile
 * @points: side^2
 */
typedef struct
{
  guint tile;
  guint filter;
  guint side;
  guint points;
} PerceptualWinograd;

extern const PerceptualWinograd perceptual_winograd[PERCEPTUAL_WINOGRAD_KINDS];

/* Returns: (transfer none) (nullable): the kind with this tile and filter. */
const PerceptualWinograd *perceptual_winograd_find (guint tile, guint filter);

/* Filters that are transformed together. */
#define PERCEPTUAL_WINOGRAD_LANES 16

#define PERCEPTUAL_WINOGRAD_MAX_SIDE 8
#define PERCEPTUAL_WINOGRAD_MAX_FILTER 5

/* G, a row for each point of one direction. */
typedef gdouble PerceptualWinogradG[PERCEPTUAL_WINOGRAD_MAX_SIDE]
                                   [PERCEPTUAL_WINOGRAD_MAX_FILTER];

void perceptual_winograd_fill_g (
    const PerceptualWinograd *winograd, PerceptualWinogradG g);

/**
 * perceptual_winograd_filters:
 * @filters: r x r rows of a number for each filter
 * @points: (out): side x side rows of a number for each filter
 * @point_stride: numbers from one row of @points to the next
 *
 * Computes G g G' of PERCEPTUAL_WINOGRAD_LANES filters, in double precision
 * that is rounded at the end.
 */
void perceptual_winograd_filters (const PerceptualWinograd *winograd,
    const gfloat *filters, gfloat *points, gsize point_stride);

G_END_DECLS

#endif /* PERCEPTUAL_NN_WINOGRAD_H */
