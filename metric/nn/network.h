/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The backbones as data: which layers, in which order, and where they are
 * compared.  To add a network, add a table.
 *
 * Sources: AlexNet (Krizhevsky 2014, "One weird trick"), SqueezeNet 1.1
 * (Iandola et al. 2016), VGG-16 (Simonyan and Zisserman 2014), in the layer
 * order of torchvision's `features`; the taps are those of LPIPS (Zhang et
 * al. 2018).
 */
#ifndef PERCEPTUAL_NN_NETWORK_H
#define PERCEPTUAL_NN_NETWORK_H

#include "nn/winograd.h"

G_BEGIN_DECLS

/* Channel counts, but for the image's three, are multiples of this. */
#define PERCEPTUAL_CHANNEL_UNIT 16

/* A tile of its own for each size of images. */
#define PERCEPTUAL_TILE_BY_SIZE G_MAXUINT

/* Channels of an image. */
#define PERCEPTUAL_IMAGE_CHANNELS 3

typedef enum
{
  PERCEPTUAL_LAYER_CONVOLUTION, /* with bias, then max(0, x) */
  PERCEPTUAL_LAYER_FIRE,        /* SqueezeNet's: a 1x1 convolution that
                                 * squeezes, then a 1x1 and a 3x3 one side by
                                 * side that expand, each rectified */
  PERCEPTUAL_LAYER_POOL,        /* maximum over a square */
} PerceptualLayerKind;

/**
 * PerceptualLayer:
 * @kind: what it does
 * @index: N in torchvision's tensor names `features.N...`; unused by pools
 * @size: side of the filter or of the pool's square in pixels; 3 for FIRE
 * @stride: pixels from one output to the next, in both directions
 * @pad: rows and columns of zeros around the input; 0 for pools
 * @outputs: output channels; 0 for pools, which keep their input's
 * @squeeze: FIRE: channels after squeezing; outputs / 2 go to each expansion
 * @ceil: POOL: squares that stick out at the right or below count too
 * @tile: side of the Winograd tile in output pixels (size 3: 3, 4 or 6, size 5:
 *   4; stride 1), or 0 for a direct product; chosen by measurement.  On a first
 *   layer with a larger stride, that of the folded image (entry.h).
 *   PERCEPTUAL_TILE_BY_SIZE (size 3): 3 where one such tile is all, else 4 or
 *   6, whichever costs less
 * @lean: Winograd: its filters are kept as they are, and transformed by each
 *   job: they would be up to seven times as large
 * @tap: whether its output is compared
 *
 * One layer.  The input of the first has PERCEPTUAL_IMAGE_CHANNELS.
 */
typedef struct
{
  PerceptualLayerKind kind;
  guint index;
  guint size;
  guint stride;
  guint pad;
  guint outputs;
  guint squeeze;
  gboolean ceil;
  guint tile;
  gboolean lean;
  gboolean tap;
} PerceptualLayer;

/**
 * PerceptualNetwork:
 * @name: the name users type
 * @layers: first to last; FIRE is never the first
 * @n_layers: entries of @layers
 * @tap_names: what the layers' outputs that are compared are called, one for
 *   each tap
 */
typedef struct
{
  const gchar *name;
  const PerceptualLayer *layers;
  guint n_layers;
  const gchar *const *tap_names;
} PerceptualNetwork;

/* The backbones that users can choose: alex, squeeze, vgg; NULL-terminated. */
extern const PerceptualNetwork *const perceptual_networks[];

/* Returns: (transfer none) (nullable): the backbone called @name. */
const PerceptualNetwork *perceptual_network_find (const gchar *name);

/* Returns: the number of taps. */
guint perceptual_network_taps (const PerceptualNetwork *network);

/* Returns: the channels of tap @tap, 0..taps-1. */
guint perceptual_network_tap_channels (
    const PerceptualNetwork *network, guint tap);

/* Returns: how many layers are needed to reach tap @tap. */
guint perceptual_network_tap_depth (
    const PerceptualNetwork *network, guint tap);

/* Returns: the width (or height) that the layer makes of an input of width
 * (or height) @input; 0 when the input is too small for it. */
guint perceptual_layer_output_size (const PerceptualLayer *layer, guint input);

/* Returns: (transfer none) (nullable): the Winograd tiles of a layer whose
 * output is @width x @height; NULL for a direct product and for pools.  Depends
 * on nothing else, since distances depend on it in their last bits. */
const PerceptualWinograd *perceptual_layer_tiles (
    const PerceptualLayer *layer, guint width, guint height);

/* Returns: whether the image is folded for its first layer @layer (entry.h);
 * then @folded is the layer on the folded image. */
gboolean perceptual_layer_fold (
    const PerceptualLayer *layer, PerceptualLayer *folded);

/* Returns: whether @pool, which is behind @layer in the network's table, is a
 * pool that each of @layer's jobs can do on its own block: squares lie within
 * tiles or reach into the next one (seams.c), or there are no tiles, and a job
 * makes the rows and columns that squares reach into beside its own.
 * @layer: or what stands for it, see perceptual_layer_fold(); @end: behind the
 * table's last layer that is wanted; @width, @height: of @layer's output, of
 * which there are @n_images */
gboolean perceptual_layer_pools_blocks (const PerceptualLayer *layer,
    const PerceptualLayer *pool, const PerceptualLayer *end, guint width,
    guint height, guint n_images);

/* Returns: the smallest width (and height) of an image for which the first
 * @n_layers layers all have an output. */
guint perceptual_network_minimum (
    const PerceptualNetwork *network, guint n_layers);

G_END_DECLS

#endif /* PERCEPTUAL_NN_NETWORK_H */
