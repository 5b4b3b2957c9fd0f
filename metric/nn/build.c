/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes stages from a network's table and its filters, once per engine and for
 * images of any size.
 */
#include "nn/engine-private.h"
#include "nn/entry.h"
#include "nn/fast/fast-stage.h"

/* precision=fast packs at once, for this engine alone. */
static gboolean
load_fast (PerceptualEngine *engine, const PerceptualConvolution *convolution,
    const gfloat *weights, const gfloat *biases, PerceptualPacked *packed,
    GError **error)
{
  packed->outputs = convolution->outputs;
  packed->bias =
      perceptual_buffer_new (packed->outputs, sizeof (gfloat), error);
  if (packed->bias == NULL)
    return FALSE;
  for (guint i = 0; i < packed->outputs; i++)
    packed->bias[i] = biases[i];
  return perceptual_fast_pack (engine, convolution, weights, packed, error);
}

/* Takes the filters of one convolution; they are packed later. */
static gboolean
load (PerceptualEngine *engine, PerceptualFilters *filters,
    const PerceptualConvolution *convolution, PerceptualPacked *packed,
    GError **error)
{
  const gfloat *weights, *biases;
  g_autofree gfloat *own = NULL;
  PerceptualConvolution stored = *convolution;

  g_assert (convolution->outputs % PERCEPTUAL_CHANNEL_UNIT == 0);
  if (!filters->get (filters, convolution, &weights, &biases, error))
    return FALSE;
  if (engine->fast != NULL)
    return load_fast (engine, convolution, weights, biases, packed, error);
  if (convolution->first && engine->fold != 0) {
    own = perceptual_entry_fold (engine, convolution, weights);
    stored.inputs *= engine->fold * engine->fold;
    stored.size = engine->folded.size;
    weights = own;
  }
  packed->stock = perceptual_stock_get (filters->source, &stored,
      engine->kernels->products, weights, biases, error);
  if (packed->stock == NULL)
    return FALSE;
  packed->outputs = convolution->outputs;
  packed->bias = perceptual_stock_get_biases (packed->stock);
  return TRUE;
}

/* Asks for tensor features.@index@part. */
static gboolean
load_part (PerceptualEngine *engine, PerceptualFilters *filters,
    const PerceptualStage *stage, const gchar *part, guint index, guint outputs,
    guint inputs, guint size, PerceptualPacked *packed, GError **error)
{
  g_autofree gchar *name = g_strdup_printf ("features.%u%s", index, part);
  PerceptualConvolution convolution = { name, outputs, inputs, size,
    stage == engine->table && packed != &stage->after };

  return load (engine, filters, &convolution, packed, error);
}

static gboolean
load_stage (PerceptualEngine *engine, PerceptualFilters *filters, guint index,
    GError **error)
{
  PerceptualStage *stage = &engine->table[index];
  const PerceptualLayer *layer = &engine->network->layers[stage->number];
  guint channels = index > 0 ? stage->inputs : PERCEPTUAL_IMAGE_CHANNELS;
  PerceptualStage *before = index > 0 ? stage - 1 : NULL;

  switch (layer->kind) {
    case PERCEPTUAL_LAYER_POOL:
      return TRUE;
    case PERCEPTUAL_LAYER_CONVOLUTION:
      return load_part (engine, filters, stage, "", layer->index,
          layer->outputs, channels, layer->size, &stage->filters, error);
    case PERCEPTUAL_LAYER_FIRE:
      g_assert (before != NULL);
      return load_part (engine, filters, before, ".squeeze", layer->index,
                 layer->squeeze, before->outputs, 1, &before->after, error)
          && load_part (engine, filters, stage, ".expand1x1", layer->index,
              layer->outputs / 2, layer->squeeze, 1, &stage->beside, error)
          && load_part (engine, filters, stage, ".expand3x3", layer->index,
              layer->outputs / 2, layer->squeeze, 3, &stage->filters, error);
  }
  g_return_val_if_reached (FALSE);
}

static void
begin_stage (PerceptualEngine *engine, PerceptualStage *stage,
    const PerceptualLayer *layer, guint channels)
{
  stage->number = (guint) (layer - engine->network->layers);
  stage->layer = layer;
  if (stage->number == 0 && engine->fold != 0) {
    stage->layer = &engine->folded;
    channels *= engine->fold * engine->fold;
  }
  stage->tap = -1;
  stage->inputs =
      layer->kind == PERCEPTUAL_LAYER_FIRE ? layer->squeeze : channels;
  stage->outputs =
      layer->kind == PERCEPTUAL_LAYER_POOL ? channels : layer->outputs;
}

gboolean
perceptual_engine_build (PerceptualEngine *engine, guint n_layers, guint taps,
    PerceptualFilters *filters, GError **error)
{
  guint channels = PERCEPTUAL_IMAGE_CHANNELS;
  guint tap = 0;

  perceptual_entry_begin (engine, filters->zero_mean);
  engine->table = g_new0 (PerceptualStage, n_layers);
  engine->stages = g_new0 (PerceptualStage, n_layers);
  engine->rings = g_new0 (PerceptualRing, n_layers);
  for (guint i = 0; i < n_layers; i++) {
    const PerceptualLayer *layer = &engine->network->layers[i];
    PerceptualStage *stage = &engine->table[i];

    begin_stage (engine, stage, layer, channels);
    engine->n_table++;
    channels = stage->outputs;
    if (layer->tap) {
      stage->tap = taps & (1u << tap) ? (gint) tap : -1;
      tap++;
    }
    if (!load_stage (engine, filters, i, error))
      return FALSE;
  }
  return TRUE;
}

/* --- stages of a size ---------------------------------------------------- */

/* Whether stage @index of the table, whose output has this size, does the pool
 * behind it for the engine's number of images. */
static gboolean
pools (const PerceptualEngine *engine, guint index, guint width, guint height)
{
  const PerceptualStage *stage = &engine->table[index];
  const PerceptualLayer *pool = &engine->network->layers[index + 1];
  const PerceptualLayer *end = &engine->network->layers[engine->n_table];

  if (engine->fast != NULL)
    return perceptual_fast_pools_blocks (stage->layer, pool, end);
  return perceptual_layer_pools_blocks (
      stage->layer, pool, end, width, height, engine->n_images);
}

static guint
ring_channels (const PerceptualEngine *engine, const PerceptualStage *stage)
{
  if (engine->fast == NULL)
    return stage->inputs;
  return (stage->number > 0 ? stage->inputs : PERCEPTUAL_FAST_ENTRY) / 2;
}

void
perceptual_engine_link (PerceptualEngine *engine, guint width, guint height)
{
  engine->n_stages = 0;
  for (guint i = 0; i < engine->n_table; i++) {
    guint n = engine->n_stages++;
    PerceptualStage *stage = &engine->stages[n];

    *stage = engine->table[i];
    stage->in = &engine->rings[n];
    stage->in->channels = ring_channels (engine, stage);
    if (n > 0)
      stage[-1].out = stage->in;
    width = perceptual_layer_output_size (stage->layer, width);
    height = perceptual_layer_output_size (stage->layer, height);
    if (!pools (engine, i, width, height))
      continue;
    i++;
    stage->pool = engine->table[i].layer;
    stage->after = engine->table[i].after;
    width = perceptual_stage_kept (stage, width);
    height = perceptual_stage_kept (stage, height);
  }
}

static gboolean
pack (PerceptualPacked *packed, const PerceptualWinograd *winograd,
    PerceptualWorkers *workers, GError **error)
{
  if (packed->stock == NULL)
    return TRUE;
  packed->matrix =
      perceptual_stock_pack (packed->stock, winograd, workers, error);
  return packed->matrix != NULL;
}

gboolean
perceptual_engine_pack (PerceptualEngine *engine, GError **error)
{
  PerceptualWorkers *workers = engine->workers;

  for (guint i = 0; i < engine->n_stages; i++) {
    PerceptualStage *stage = &engine->stages[i];

    stage->filters.lean = NULL;
    if (perceptual_stage_is_lean (stage))
      stage->filters.lean = perceptual_stock_get_weights (stage->filters.stock);
    else if (!pack (&stage->filters, stage->winograd, workers, error))
      return FALSE;
    if (!pack (&stage->beside, NULL, workers, error)
        || !pack (&stage->after, NULL, workers, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
warm (const PerceptualPacked *packed, const PerceptualWinograd *winograd,
    PerceptualWorkers *workers, GError **error)
{
  return packed->stock == NULL
      || perceptual_stock_pack (packed->stock, winograd, workers, error)
      != NULL;
}

gboolean
perceptual_engine_warm (
    const PerceptualEngine *engine, guint width, guint height, GError **error)
{
  PerceptualWorkers *workers = engine->workers;

  width = perceptual_entry_size (engine, width);
  height = perceptual_entry_size (engine, height);
  for (guint i = 0; i < engine->n_table; i++) {
    /* As it is to be for this size; the engine's own is not touched. */
    PerceptualStage stage = engine->table[i];

    width = perceptual_layer_output_size (stage.layer, width);
    height = perceptual_layer_output_size (stage.layer, height);
    stage.winograd = perceptual_layer_tiles (stage.layer, width, height);
    if (!perceptual_stage_is_lean (&stage)
        && !warm (&stage.filters, stage.winograd, workers, error))
      return FALSE;
    if (!warm (&stage.beside, NULL, workers, error)
        || !warm (&stage.after, NULL, workers, error))
      return FALSE;
  }
  return TRUE;
}

static void
packed_clear (PerceptualPacked *packed)
{
  if (packed->stock == NULL) {
    perceptual_buffer_free (packed->matrix);
    perceptual_buffer_free (packed->bias);
  }
  perceptual_stock_unref (packed->stock);
}

void
perceptual_engine_unbuild (PerceptualEngine *engine)
{
  for (guint i = 0; i < engine->n_table && !engine->shares; i++) {
    packed_clear (&engine->table[i].filters);
    packed_clear (&engine->table[i].beside);
    packed_clear (&engine->table[i].after);
  }
  g_free (engine->table);
  g_free (engine->stages);
  g_free (engine->rings);
}
