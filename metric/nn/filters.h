/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a network's filters come from: a weights file or a seed.  The engine
 * asks for one convolution after another and keeps a copy (stock.h).
 */
#ifndef PERCEPTUAL_NN_FILTERS_H
#define PERCEPTUAL_NN_FILTERS_H

#include "../../weights/safetensors.h"

G_BEGIN_DECLS

/**
 * PerceptualConvolution:
 * @name: tensor name without `.weight`, for instance "features.3.squeeze"
 * @outputs: output channels
 * @inputs: input channels
 * @size: side of the filter
 * @first: whether its input is the image
 *
 * A convolution whose numbers the engine asks for.
 */
typedef struct
{
  const gchar *name;
  guint outputs;
  guint inputs;
  guint size;
  gboolean first;
} PerceptualConvolution;

/**
 * PerceptualFilters:
 * @get: gives @convolution's filters (output, input, row, column; column
 *   fastest) and biases (one per output); both stay valid until the next call.
 *   Called in the order of the network: layers first to last, within a fire
 *   module squeeze, expand1x1, expand3x3.  FALSE with @error set on failure
 * @zero_mean: the filters of the first layer have a mean of 0 in each channel
 * @source: (nullable): a text that no other source has: engines share what
 *   comes from one.  NULL for filters that are not to be shared
 *
 * The first member of a source's own struct.
 */
typedef struct _PerceptualFilters PerceptualFilters;
struct _PerceptualFilters
{
  gboolean (*get) (PerceptualFilters *self,
      const PerceptualConvolution *convolution, const gfloat **weights,
      const gfloat **biases, GError **error);
  gboolean zero_mean;
  const gchar *source;
};

/* Filters from an open weights file, whose SHA-256 is their source.  @tensors
 * outlives the result, which is freed with g_free().  Errors:
 * PERCEPTUAL_WEIGHTS_ERROR. */
PerceptualFilters *perceptual_filters_from_tensors (PerceptualTensors *tensors);

/**
 * perceptual_filters_random:
 * @seed: of the one stream of normals
 * @zero_mean: take the mean over rows and columns out of each channel of
 *   each first-layer filter
 *
 * Untrained networks: filters from a normal distribution of variance
 * 2 / (inputs * size^2) (He et al. 2015, equation 10), biases 0.
 *
 * Returns: (transfer full): the source; perceptual_filters_random_free().
 */
PerceptualFilters *perceptual_filters_random (guint64 seed, gboolean zero_mean);
void perceptual_filters_random_free (PerceptualFilters *filters);

G_END_DECLS

#endif /* PERCEPTUAL_NN_FILTERS_H */
