/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Filters in memory: those of one convolution, as they came and packed for the
 * products.  Packing is put off until an engine has images of a size, since the
 * size decides about the tiles.
 *
 * Engines of one process share what comes from one source: a second metric on
 * the same weights file takes no memory for filters and packs nothing.
 *
 * All functions are thread-safe.
 */
#ifndef PERCEPTUAL_NN_STOCK_H
#define PERCEPTUAL_NN_STOCK_H

#include "../perceptual.h"
#include "nn/filters.h"
#include "nn/products.h"
#include "nn/winograd.h"

G_BEGIN_DECLS

typedef struct _PerceptualStock PerceptualStock;

/**
 * perceptual_stock_get:
 * @source: (nullable): where the numbers come from: two of the same source and
 *   convolution are the same.  NULL: they are shared with nobody
 * @convolution: which one
 * @products: what they are packed for
 * @weights: its filters (output, input, row, column); copied
 * @biases: one per output; copied
 * @error: PERCEPTUAL_ERROR_NO_MEMORY
 *
 * Returns: (transfer full): a stock with a reference for the caller, or NULL
 * with @error set.
 */
PerceptualStock *perceptual_stock_get (const gchar *source,
    const PerceptualConvolution *convolution,
    const PerceptualProducts *products, const gfloat *weights,
    const gfloat *biases, GError **error);

/* NULL is allowed. */
void perceptual_stock_unref (PerceptualStock *stock);

/* Returns: (transfer none): one number for each output. */
gfloat *perceptual_stock_get_biases (const PerceptualStock *stock);

/* Returns: (transfer none): the filters of 16 outputs (of
 * PERCEPTUAL_WINOGRAD_LANES) after those of the 16 before; of them input by
 * input, and within an input, for each number of the filter, that of each of
 * the 16 outputs. */
const gfloat *perceptual_stock_get_weights (const PerceptualStock *stock);

/**
 * perceptual_stock_pack:
 * @winograd: (nullable): the tiles; NULL for direct products
 * @workers: do the work, if it is not done yet
 * @error: PERCEPTUAL_ERROR_NO_MEMORY
 *
 * Returns: (transfer none): the filters packed for that, as long as the stock
 * lives; for Winograd one matrix after the other for each point.  NULL with
 * @error set.
 */
gfloat *perceptual_stock_pack (PerceptualStock *stock,
    const PerceptualWinograd *winograd, PerceptualWorkers *workers,
    GError **error);

/* Returns: how many stocks there are that can be shared; for tests. */
guint perceptual_stock_count (void);

G_END_DECLS

#endif /* PERCEPTUAL_NN_STOCK_H */
