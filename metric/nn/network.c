/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables of the three backbones, and what can be told from a table alone:
 * sizes and taps.
 */
#include "nn/network.h"

/* For choosing tiles: images in lockstep, and operations in the time in which
 * memory gives one number of a filter. */
#define COST_IMAGES 8
#define COST_OF_READING 22
#define BY_SIZE PERCEPTUAL_TILE_BY_SIZE
/* Pools whose squares reach over tiles have a stage of their own in images that
 * are no more tiles wide, and where there are more images: jobs are narrow
 * then, and a column of tiles made twice would cost more than it saves. */
#define NARROW_TILES 7
#define SEAM_IMAGES 8

#define CONVOLUTION(n, k, s, p, out, m, t)                                     \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_CONVOLUTION, .index = n, .size = k, .stride = s,  \
    .pad = p, .outputs = out, .tile = m, .tap = t                              \
  }
/* 3x3, with so many channels that they take most of the memory. */
#define LEAN(n, out, t)                                                        \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_CONVOLUTION, .index = n, .size = 3, .stride = 1,  \
    .pad = 1, .outputs = out, .tile = BY_SIZE, .lean = TRUE, .tap = t          \
  }
#define FIRE(n, narrow, out, m, t)                                             \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_FIRE, .index = n, .size = 3, .stride = 1,         \
    .pad = 1, .outputs = out, .squeeze = narrow, .tile = m, .tap = t           \
  }
#define POOL(k, s, up)                                                         \
  {                                                                            \
    .kind = PERCEPTUAL_LAYER_POOL, .size = k, .stride = s, .ceil = up          \
  }

static const PerceptualLayer alex_layers[] = {
  CONVOLUTION (0, 11, 4, 2, 64, BY_SIZE, TRUE),
  POOL (3, 2, FALSE),
  CONVOLUTION (3, 5, 1, 2, 192, 4, TRUE),
  POOL (3, 2, FALSE),
  CONVOLUTION (6, 3, 1, 1, 384, BY_SIZE, TRUE),
  CONVOLUTION (8, 3, 1, 1, 256, BY_SIZE, TRUE),
  CONVOLUTION (10, 3, 1, 1, 256, BY_SIZE, TRUE),
};

static const PerceptualLayer squeeze_layers[] = {
  CONVOLUTION (0, 3, 2, 0, 64, 0, TRUE),
  POOL (3, 2, TRUE),
  FIRE (3, 16, 128, BY_SIZE, FALSE),
  FIRE (4, 16, 128, BY_SIZE, TRUE),
  POOL (3, 2, TRUE),
  FIRE (6, 32, 256, BY_SIZE, FALSE),
  FIRE (7, 32, 256, BY_SIZE, TRUE),
  POOL (3, 2, TRUE),
  FIRE (9, 48, 384, BY_SIZE, TRUE),
  FIRE (10, 48, 384, BY_SIZE, TRUE),
  FIRE (11, 64, 512, BY_SIZE, TRUE),
  FIRE (12, 64, 512, BY_SIZE, TRUE),
};

static const PerceptualLayer vgg_layers[] = {
  CONVOLUTION (0, 3, 1, 1, 64, 0, FALSE),
  CONVOLUTION (2, 3, 1, 1, 64, BY_SIZE, TRUE),
  POOL (2, 2, FALSE),
  CONVOLUTION (5, 3, 1, 1, 128, BY_SIZE, FALSE),
  CONVOLUTION (7, 3, 1, 1, 128, BY_SIZE, TRUE),
  POOL (2, 2, FALSE),
  CONVOLUTION (10, 3, 1, 1, 256, BY_SIZE, FALSE),
  LEAN (12, 256, FALSE),
  LEAN (14, 256, TRUE),
  POOL (2, 2, FALSE),
  LEAN (17, 512, FALSE),
  LEAN (19, 512, FALSE),
  LEAN (21, 512, TRUE),
  POOL (2, 2, FALSE),
  LEAN (24, 512, FALSE),
  LEAN (26, 512, FALSE),
  LEAN (28, 512, TRUE),
};

/* Those that the authors of LPIPS use. */
static const gchar *const plain_names[] = { "relu1", "relu2", "relu3", "relu4",
  "relu5", "relu6", "relu7" };
static const gchar *const vgg_names[] = { "relu1_2", "relu2_2", "relu3_3",
  "relu4_3", "relu5_3" };

static const PerceptualNetwork alex = { "alex", alex_layers,
  G_N_ELEMENTS (alex_layers), plain_names };
static const PerceptualNetwork squeeze = { "squeeze", squeeze_layers,
  G_N_ELEMENTS (squeeze_layers), plain_names };
static const PerceptualNetwork vgg = { "vgg", vgg_layers,
  G_N_ELEMENTS (vgg_layers), vgg_names };

const PerceptualNetwork *const perceptual_networks[] = { &alex, &squeeze, &vgg,
  NULL };

const PerceptualNetwork *
perceptual_network_find (const gchar *name)
{
  for (guint i = 0; perceptual_networks[i] != NULL; i++) {
    if (g_strcmp0 (perceptual_networks[i]->name, name) == 0)
      return perceptual_networks[i];
  }
  return NULL;
}

guint
perceptual_network_taps (const PerceptualNetwork *network)
{
  guint n = 0;

  for (guint i = 0; i < network->n_layers; i++)
    n += network->layers[i].tap ? 1 : 0;
  return n;
}

guint
perceptual_network_tap_depth (const PerceptualNetwork *network, guint tap)
{
  guint n = 0;

  for (guint i = 0; i < network->n_layers; i++) {
    if (network->layers[i].tap && n++ == tap)
      return i + 1;
  }
  g_return_val_if_reached (0);
}

guint
perceptual_network_tap_channels (const PerceptualNetwork *network, guint tap)
{
  guint depth = perceptual_network_tap_depth (network, tap);

  return depth > 0 ? network->layers[depth - 1].outputs : 0;
}

guint
perceptual_layer_output_size (const PerceptualLayer *layer, guint input)
{
  guint padded = input + 2 * layer->pad;
  guint span, output;

  if (layer->kind == PERCEPTUAL_LAYER_POOL && layer->ceil) {
    /* The last square must begin inside the input. */
    if (input + layer->stride < layer->size + 1 || input == 0)
      return 0;
    span = input + layer->stride - 1 - layer->size;
    output = span / layer->stride + 1;
    return (output - 1) * layer->stride >= input ? output - 1 : output;
  }
  if (padded < layer->size || input == 0)
    return 0;
  return (padded - layer->size) / layer->stride + 1;
}

/* What tiles of one kind cost for an output of this size, in floating-point
 * operations for a filter: the products of a few images, and reading the
 * filters, which takes as long as so many operations for each number. */
static guint64
tiles_cost (const PerceptualWinograd *w, guint width, guint height)
{
  guint64 tiles = (guint64) ((width + w->tile - 1) / w->tile)
      * ((height + w->tile - 1) / w->tile);

  return w->points * (2 * COST_IMAGES * tiles + COST_OF_READING);
}

const PerceptualWinograd *
perceptual_layer_tiles (const PerceptualLayer *layer, guint width, guint height)
{
  const PerceptualWinograd *small, *large;

  if (layer->stride != 1)
    return NULL;
  if (layer->tile != PERCEPTUAL_TILE_BY_SIZE)
    return perceptual_winograd_find (layer->tile, layer->size);
  /* A pool that jobs do on their own blocks may follow, so no more than one. */
  if (MAX (width, height) <= 3)
    return perceptual_winograd_find (3, layer->size);
  small = perceptual_winograd_find (4, layer->size);
  large = perceptual_winograd_find (6, layer->size);
  return tiles_cost (small, width, height) < tiles_cost (large, width, height)
      ? small
      : large;
}

gboolean
perceptual_layer_fold (const PerceptualLayer *layer, PerceptualLayer *folded)
{
  if (layer->stride == 1 || layer->tile == 0)
    return FALSE;
  *folded = *layer;
  folded->size = (layer->size + layer->stride - 1) / layer->stride;
  folded->stride = 1;
  folded->pad = 0;
  return TRUE;
}

/* Whether all tiles are of a size that @stride divides, or one tile is all. */
static gboolean
tiles_hold (const PerceptualLayer *layer, guint stride)
{
  if (layer->tile == PERCEPTUAL_TILE_BY_SIZE)
    return stride == 2;
  return layer->tile % stride == 0;
}

gboolean
perceptual_layer_pools_blocks (const PerceptualLayer *layer,
    const PerceptualLayer *pool, const PerceptualLayer *end, guint width,
    guint height, guint n_images)
{
  gboolean reaches;

  if (layer->kind == PERCEPTUAL_LAYER_POOL || pool >= end
      || pool->kind != PERCEPTUAL_LAYER_POOL)
    return FALSE;
  reaches = pool->size == 3 && pool->stride == 2;
  if (layer->tile == 0)
    return layer->kind == PERCEPTUAL_LAYER_CONVOLUTION && reaches && pool->ceil;
  if (layer->stride != 1 || !tiles_hold (layer, pool->stride))
    return FALSE;
  if (reaches)
    return n_images <= SEAM_IMAGES
        && width
        > NARROW_TILES * perceptual_layer_tiles (layer, width, height)->tile;
  return pool->size == pool->stride && !pool->ceil;
}

static gboolean
fits (const PerceptualNetwork *network, guint n_layers, guint size)
{
  for (guint i = 0; i < n_layers && size > 0; i++)
    size = perceptual_layer_output_size (&network->layers[i], size);
  return size > 0;
}

guint
perceptual_network_minimum (const PerceptualNetwork *network, guint n_layers)
{
  guint size = 1;

  while (!fits (network, n_layers, size))
    size++;
  return size;
}
