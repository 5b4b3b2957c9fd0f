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
    stage->in == &engine->rings[0] && packed != &stage->after };

  return load (engine, filters, &convolution, packed, error);
}

static gboolean
load_stage (PerceptualEngine *engine, PerceptualFilters *filters, guint index,
    GError **error)
{
  PerceptualStage *stage = &engine->stages[index];
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

/* The stage that begins with @layer. */
static void
begin_stage (PerceptualEngine *engine, PerceptualStage *stage,
    const PerceptualLayer *layer, guint channels)
{
  PerceptualRing *ring = &engine->rings[stage - engine->stages];

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
  stage->in = ring;
  ring->channels = stage->inputs;
  if (engine->fast != NULL)
    ring->channels =
        (stage > engine->stages ? stage->inputs : PERCEPTUAL_FAST_ENTRY) / 2;
  if (stage > engine->stages)
    stage[-1].out = ring;
}

gboolean
perceptual_engine_build (PerceptualEngine *engine, guint n_layers, guint taps,
    PerceptualFilters *filters, GError **error)
{
  const PerceptualLayer *layer = engine->network->layers;
  const PerceptualLayer *end = layer + n_layers;
  guint channels = PERCEPTUAL_IMAGE_CHANNELS;
  guint tap = 0;

  perceptual_entry_begin (engine, filters->zero_mean);
  engine->stages = g_new0 (PerceptualStage, n_layers);
  engine->rings = g_new0 (PerceptualRing, n_layers);
  for (; layer < end; layer++) {
    PerceptualStage *stage = &engine->stages[engine->n_stages];

    begin_stage (engine, stage, layer, channels);
    engine->n_stages++;
    channels = stage->outputs;
    if (layer->tap) {
      stage->tap = taps & (1u << tap) ? (gint) tap : -1;
      tap++;
    }
    if (!load_stage (engine, filters, engine->n_stages - 1, error))
      return FALSE;
    if (engine->fast != NULL
            ? perceptual_fast_pools_blocks (layer, end)
            : perceptual_layer_pools_blocks (stage->layer, layer + 1, end))
      stage->pool = ++layer;
  }
  return TRUE;
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
  for (guint i = 0; i < engine->n_stages; i++) {
    /* As it is to be for this size; the engine's own is not touched. */
    PerceptualStage stage = engine->stages[i];

    width = perceptual_layer_output_size (stage.layer, width);
    height = perceptual_layer_output_size (stage.layer, height);
    stage.winograd = perceptual_layer_tiles (stage.layer, width, height);
    if (!perceptual_stage_is_lean (&stage)
        && !warm (&stage.filters, stage.winograd, workers, error))
      return FALSE;
    if (!warm (&stage.beside, NULL, workers, error)
        || !warm (&stage.after, NULL, workers, error))
      return FALSE;
    width = perceptual_stage_kept (&stage, width);
    height = perceptual_stage_kept (&stage, height);
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
  for (guint i = 0; i < engine->n_stages && !engine->shares; i++) {
    packed_clear (&engine->stages[i].filters);
    packed_clear (&engine->stages[i].beside);
    packed_clear (&engine->stages[i].after);
  }
  g_free (engine->stages);
  g_free (engine->rings);
}
