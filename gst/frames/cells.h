/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An image as a few means of its luma: enough to tell whether a picture moves,
 * is black, or is the same as another.
 */
#ifndef PERCEPTUAL_CELLS_H
#define PERCEPTUAL_CELLS_H

#include "perceptual.h"

G_BEGIN_DECLS

/**
 * perceptual_cells_take:
 * @image: (transfer none): read during the call.  Its own luma plane is read
 *   where it has one; then data may be NULL.
 * @columns: cells in a row, at least 1
 * @rows: of cells, at least 1
 * @density: of a cell at most 2 * @density - 1 samples are read each way, and
 *   @density at least where it has as many
 * @cells: (out) (array): @columns * @rows means, row by row: those of the
 *   plane as it is coded, in units of eight bits (1023 of ten is 255.75), or
 *   of .299 R + .587 G + .114 B, 0..255.
 *   Where the image has fewer samples than cells, neighbours share one.
 */
void perceptual_cells_take (const PerceptualImage *image, guint columns,
    guint rows, guint density, gfloat *cells);

G_END_DECLS

#endif /* PERCEPTUAL_CELLS_H */
