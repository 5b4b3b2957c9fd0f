/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes stages from a network's table and its filters, once per engine and for
 * images of any size.
 */
#include "machine/workers.h"
#include "nn/engine-private.h"
#include "nn/fast/fast-stage.h"

/* Transforms and packs the filters of one convolution. */
typedef struct
{
  const PerceptualProducts *products;
  const PerceptualWinograd *winograd; /* NULL: as they are */
  const gfloat *weights;
  guint outputs;
  guint inputs;
  guint size;
  gfloat *matrix;
} Packing;

/* One input channel: a row of the matrix of each point. */
static void
pack_winograd (gpointer user, guint input, guint worker)
{
  const Packing *self = user;
  guint points = self->winograd->points;
  guint area = self->size * self->size;
  gsize matrix = (gsize) self->inputs * self->outputs;
  g_autofree gfloat *rows = g_new (gfloat, (gsize) points * self->outputs);

  for (guint output = 0; output < self->outputs; output++) {
    const gfloat *filter =
        self->weights + ((gsize) output * self->inputs + input) * area;
    gdouble u[64];

    perceptual_winograd_filter (self->winograd, filter, u);
    for (guint i = 0; i < points; i++)
      rows[(gsize) i * self->outputs + output] = (gfloat) u[i];
  }
  for (guint i = 0; i < points; i++)
    self->products->pack_row (self->products->panel,
        rows + (gsize) i * self->outputs, input, self->inputs, self->outputs,
        self->matrix + i * matrix);
}

/* One place in the filter: rows run over (row, column, channel). */
static void
pack_direct (gpointer user, guint place, guint worker)
{
  const Packing *self = user;
  guint area = self->size * self->size;
  g_autofree gfloat *row = g_new (gfloat, self->outputs);

  for (guint input = 0; input < self->inputs; input++) {
    for (guint output = 0; output < self->outputs; output++)
      row[output] =
          self->weights[((gsize) output * self->inputs + input) * area + place];
    self->products->pack_row (self->products->panel, row,
        place * self->inputs + input, area * self->inputs, self->outputs,
        self->matrix);
  }
}

static gboolean
load (PerceptualEngine *engine, PerceptualFilters *filters,
    const PerceptualConvolution *convolution,
    const PerceptualWinograd *winograd, PerceptualPacked *packed,
    GError **error)
{
  Packing packing = { engine->kernels->products, winograd, NULL,
    convolution->outputs, convolution->inputs, convolution->size, NULL };
  guint area = convolution->size * convolution->size;
  guint points = winograd != NULL ? winograd->points : area;
  const gfloat *biases;

  g_assert (convolution->outputs % PERCEPTUAL_CHANNEL_UNIT == 0);
  if (!filters->get (filters, convolution, &packing.weights, &biases, error))
    return FALSE;
  packed->outputs = convolution->outputs;
  packed->bias =
      perceptual_buffer_new (packed->outputs, sizeof (gfloat), error);
  if (packed->bias == NULL)
    return FALSE;
  for (guint i = 0; i < packed->outputs; i++)
    packed->bias[i] = biases[i];
  if (engine->fast != NULL)
    return perceptual_fast_pack (
        engine, convolution, packing.weights, packed, error);
  packed->matrix = perceptual_buffer_new ((gsize) points * convolution->inputs,
      packed->outputs * sizeof (gfloat), error);
  if (packed->matrix == NULL)
    return FALSE;
  packing.matrix = packed->matrix;
  if (winograd != NULL)
    perceptual_workers_run_all (
        engine->workers, packing.inputs, pack_winograd, &packing);
  else
    perceptual_workers_run_all (engine->workers, area, pack_direct, &packing);
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

  return load (engine, filters, &convolution,
      packed == &stage->filters ? stage->winograd : NULL, packed, error);
}

static gboolean
load_stage (PerceptualEngine *engine, PerceptualFilters *filters, guint index,
    GError **error)
{
  PerceptualStage *stage = &engine->stages[index];
  const PerceptualLayer *layer = stage->layer;
  PerceptualStage *before = index > 0 ? stage - 1 : NULL;

  switch (layer->kind) {
    case PERCEPTUAL_LAYER_POOL:
      return TRUE;
    case PERCEPTUAL_LAYER_CONVOLUTION:
      return load_part (engine, filters, stage, "", layer->index,
          layer->outputs, stage->inputs, layer->size, &stage->filters, error);
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

gboolean
perceptual_engine_build (PerceptualEngine *engine, guint n_layers, guint taps,
    PerceptualFilters *filters, GError **error)
{
  guint channels = PERCEPTUAL_IMAGE_CHANNELS;
  guint tap = 0;

  engine->n_stages = n_layers;
  engine->stages = g_new0 (PerceptualStage, n_layers);
  engine->rings = g_new0 (PerceptualRing, n_layers);
  for (guint i = 0; i < n_layers; i++) {
    const PerceptualLayer *layer = &engine->network->layers[i];
    PerceptualStage *stage = &engine->stages[i];
    gboolean fire = layer->kind == PERCEPTUAL_LAYER_FIRE;

    stage->layer = layer;
    if (engine->fast == NULL)
      stage->winograd = perceptual_winograd_find (layer->tile, layer->size);
    stage->tap = -1;
    if (layer->tap) {
      stage->tap = taps & (1u << tap) ? (gint) tap : -1;
      tap++;
    }
    stage->inputs = fire ? layer->squeeze : channels;
    if (layer->kind != PERCEPTUAL_LAYER_POOL)
      channels = layer->outputs;
    stage->outputs = channels;
    stage->in = &engine->rings[i];
    stage->out = i + 1 < n_layers ? &engine->rings[i + 1] : NULL;
    engine->rings[i].channels = stage->inputs;
    if (engine->fast != NULL)
      engine->rings[i].channels =
          (i > 0 ? stage->inputs : PERCEPTUAL_FAST_ENTRY) / 2;
    if (!load_stage (engine, filters, i, error))
      return FALSE;
  }
  return TRUE;
}

static void
packed_clear (PerceptualPacked *packed)
{
  perceptual_buffer_free (packed->matrix);
  perceptual_buffer_free (packed->bias);
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
