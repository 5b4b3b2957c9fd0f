/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all metrics of a network's features share: the options that choose the
 * network, and opening it.  Such a metric has these rows in its option table.
 */
#ifndef PERCEPTUAL_BACKBONE_H
#define PERCEPTUAL_BACKBONE_H

#include "metric-private.h"
#include "nn/engine.h"

G_BEGIN_DECLS

/* Rows for the option tables.  A metric that uses perceptual_backbone_open()
 * has the first five of them and perceptual_option_seed. */
extern const PerceptualOption perceptual_option_backbone;
extern const PerceptualOption perceptual_option_taps;
extern const PerceptualOption perceptual_option_weights;
extern const PerceptualOption perceptual_option_zero_mean;
extern const PerceptualOption perceptual_option_precision;
extern const PerceptualOption perceptual_option_channel_norm;

/* What networks trained on ImageNet see: (v / 255 - mean) / deviation of its
 * photos, which in samples of -1..1 is lpips's shift and scale. */
extern const PerceptualEngineInput perceptual_backbone_input;

/**
 * PerceptualBackbone:
 * @network: its table
 * @engine: ready to be prepared
 * @fast: (nullable): what the engine computes with in precision=fast; NULL when
 *   it is exact
 * @n_taps: how many taps are compared
 * @taps: their numbers, 0 for the network's first, ascending
 * @tensors: (nullable): the open weights file; NULL for random weights and
 *   after perceptual_backbone_loaded()
 * @weights: what metric->weights points to; its strings belong to the backbone
 *
 * A network made from a metric's options.
 */
typedef struct
{
  const PerceptualNetwork *network;
  PerceptualEngine *engine;
  const PerceptualFastKernels *fast;
  guint n_taps;
  guint taps[PERCEPTUAL_MAX_TAPS];
  PerceptualTensors *tensors;
  PerceptualWeightsInfo weights;
} PerceptualBackbone;

/**
 * perceptual_backbone_open:
 * @self: zeroed memory; cleared by perceptual_backbone_clear(), also after a
 *   failure
 * @metric: its options are read; its weights, min_width and min_height are
 *   set
 * @input: what the network is to see
 * @error: PERCEPTUAL_ERROR_OPTION, _WEIGHTS_NOT_FOUND, _WEIGHTS_INVALID or
 *   _NO_MEMORY
 *
 * Returns: TRUE, or FALSE with @error set.
 */
gboolean perceptual_backbone_open (PerceptualBackbone *self,
    PerceptualMetric *metric, const PerceptualEngineInput *input,
    GError **error);

/**
 * perceptual_backbone_tensor:
 * @name: a tensor of the weights file
 * @n: numbers it must have, in one dimension
 * @error: PERCEPTUAL_ERROR_WEIGHTS_INVALID
 *
 * Reads what the metric itself needs from the file, such as heads.
 *
 * Returns: (transfer none): valid until perceptual_backbone_loaded(), or NULL
 * with @error set.
 */
const gfloat *perceptual_backbone_tensor (
    PerceptualBackbone *self, const gchar *name, gsize n, GError **error);

/* Returns: (transfer none) (nullable): what the tap at place @t of those that
 * are compared is called. */
const gchar *perceptual_backbone_tap_name (
    const PerceptualBackbone *self, guint t);

/* Closes the weights file. */
void perceptual_backbone_loaded (PerceptualBackbone *self);

void perceptual_backbone_clear (PerceptualBackbone *self);

G_END_DECLS

#endif /* PERCEPTUAL_BACKBONE_H */
