/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a network's layers have to do, told from their shapes.
 */
#ifndef BENCH_LAYER_WORK_H
#define BENCH_LAYER_WORK_H

#include "nn/network.h"

G_BEGIN_DECLS

/* Most layers of a network. */
#define BENCH_MAX_LAYERS 32

/**
 * LayerWork:
 * @number: 0 for the image's entry, then the layers'
 * @kind: "entry" for the image's, "conv", "fire" or "pool"
 * @inputs: channels that it reads; of a fire module those before squeezing
 * @outputs: channels
 * @width: of its output
 * @height: of its output
 * @direct: multiplications and additions of direct convolutions
 * @operations: those of the products that the engine runs instead, Winograd's
 *   tiles filled up at the edges; transforms are not counted
 * @bytes: of its input, its output and its filters as the engine keeps them,
 *   each once
 *
 * The work of one layer on both images of a pair.  A fire module's squeezing
 * counts to the layer before it, whose job does it, and so does a pool where
 * each job pools its own block: that has no row of its own.
 */
typedef struct
{
  guint number;
  const gchar *kind;
  guint inputs;
  guint outputs;
  guint width;
  guint height;
  gdouble direct;
  gdouble operations;
  gdouble bytes;
} LayerWork;

/**
 * layer_work_of:
 * @width: of the images
 * @height: of the images
 * @fast: as in precision=fast
 * @work: (out): the image's entry, then the layers: at most
 *   BENCH_MAX_LAYERS + 1
 *
 * Returns: how many there are in @work.
 */
guint layer_work_of (const PerceptualNetwork *network, guint width,
    guint height, gboolean fast, LayerWork *work);

G_END_DECLS

#endif /* BENCH_LAYER_WORK_H */
