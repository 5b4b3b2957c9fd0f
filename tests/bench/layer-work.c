/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counts operations and bytes by the table of layers.  Knows nothing of time.
 */
#include "layer-work.h"

#include "nn/fast/fast-stage.h"
#include "nn/fast/fast.h"

#define IMAGES 2

/* Where a layer is, and what is counted by. */
typedef struct
{
  const PerceptualLayer *layer;
  const PerceptualLayer *next; /* NULL for the last */
  const PerceptualLayer *pool; /* NULL where it is a step of its own */
  gboolean first;
  gboolean fast;
  guint fold; /* pixels that are folded into one; 0 for none */
  guint in_width;
  guint in_height;
} Place;

static gdouble
number_bytes (gboolean fast)
{
  return fast ? sizeof (guint16) : sizeof (gfloat);
}

/* Channels that are kept of each pixel of the layer's input. */
static guint
kept_inputs (const Place *place, guint inputs)
{
  if (place->layer->kind == PERCEPTUAL_LAYER_FIRE)
    return place->layer->squeeze;
  return place->first && place->fast ? PERCEPTUAL_FAST_ENTRY : inputs;
}

/* ... and of its output: nobody reads the last one but the tap. */
static guint
kept_outputs (const Place *place, guint outputs)
{
  if (place->next == NULL)
    return 0;
  return place->next->kind == PERCEPTUAL_LAYER_FIRE ? place->next->squeeze
                                                    : outputs;
}

/* Columns or rows of its output that are kept. */
static guint
kept_size (const Place *place, guint size)
{
  return place->pool != NULL ? perceptual_layer_output_size (place->pool, size)
                             : size;
}

/* Adds what squeezes, for the fire module that follows, what is kept. */
static void
add_squeezing (const Place *place, LayerWork *work)
{
  gdouble filters = (gdouble) work->outputs * place->next->squeeze;
  gdouble operations = 2 * filters * IMAGES * kept_size (place, work->width)
      * kept_size (place, work->height);

  work->direct += operations;
  work->operations += operations;
  work->bytes += number_bytes (place->fast) * filters;
}

/* Adds the layer's own filters, of @size x @size. */
static void
add_filters (const Place *place, guint size, guint inputs, guint outputs,
    LayerWork *work)
{
  const PerceptualLayer *layer = place->layer;
  const PerceptualWinograd *w = NULL;
  gdouble filters = (gdouble) inputs * outputs;
  gdouble pixels = (gdouble) IMAGES * work->width * work->height;

  if (size == layer->size && !place->fast)
    w = perceptual_layer_tiles (layer, work->width, work->height);
  work->direct += 2 * filters * size * size * pixels;
  if (w != NULL) {
    guint across = (work->width + w->tile - 1) / w->tile;
    guint down = (work->height + w->tile - 1) / w->tile;

    work->operations +=
        2 * filters * w->points * IMAGES * (gdouble) across * down;
    work->bytes += number_bytes (FALSE) * filters
        * (layer->lean ? size * size : w->points);
  } else {
    work->operations += 2 * filters * size * size * pixels;
    work->bytes += number_bytes (place->fast) * filters * size * size;
  }
}

static void
count (const Place *place, guint inputs, LayerWork *work)
{
  const PerceptualLayer *layer = place->layer;
  gdouble in_pixels = (gdouble) IMAGES * place->in_width * place->in_height;
  gdouble pixels = (gdouble) IMAGES * kept_size (place, work->width)
      * kept_size (place, work->height);
  guint from = kept_inputs (place, inputs);

  work->inputs = inputs;
  work->bytes = number_bytes (place->fast)
      * (in_pixels * from + pixels * kept_outputs (place, work->outputs));
  switch (layer->kind) {
    case PERCEPTUAL_LAYER_POOL:
      work->kind = "pool";
      break;
    case PERCEPTUAL_LAYER_CONVOLUTION:
      work->kind = "conv";
      add_filters (place, layer->size, inputs, work->outputs, work);
      break;
    case PERCEPTUAL_LAYER_FIRE:
      work->kind = "fire";
      add_filters (place, layer->size, from, work->outputs / 2, work);
      add_filters (place, 1, from, work->outputs / 2, work);
      break;
  }
  if (place->next != NULL && place->next->kind == PERCEPTUAL_LAYER_FIRE)
    add_squeezing (place, work);
}

/* Where the first layer is when the image is folded for it. */
static void
fold_place (Place *place, PerceptualLayer *folded)
{
  const PerceptualLayer *layer = place->layer;

  if (place->fast || !place->first || !perceptual_layer_fold (layer, folded))
    return;
  place->layer = folded;
  place->in_width =
      perceptual_layer_output_size (layer, place->in_width) + folded->size - 1;
  place->in_height =
      perceptual_layer_output_size (layer, place->in_height) + folded->size - 1;
  place->fold = layer->stride;
}

/* The operations of the direct convolution, where it was counted folded. */
static void
count_unfolded (const PerceptualLayer *layer, LayerWork *work)
{
  work->direct = 2. * PERCEPTUAL_IMAGE_CHANNELS * work->outputs * layer->size
      * layer->size * IMAGES * work->width * work->height;
}

/* Whether the layer's jobs do the pool behind it; @width, @height: of its
 * output. */
static gboolean
pools_blocks (
    const Place *place, const PerceptualLayer *end, guint width, guint height)
{
  if (place->next == NULL)
    return FALSE;
  if (place->fast)
    return perceptual_fast_pools_blocks (place->layer, place->next, end);
  return perceptual_layer_pools_blocks (
      place->layer, place->next, end, width, height, IMAGES);
}

static LayerWork
entry_work (const Place *first, guint width, guint height)
{
  guint numbers =
      first->fast ? PERCEPTUAL_FAST_ENTRY : PERCEPTUAL_IMAGE_CHANNELS;
  guint fold = MAX (first->fold, 1);
  /* Pixels come with a byte of padding. */
  gdouble bytes = 4. * width * height
      + number_bytes (first->fast) * first->in_width * first->in_height
          * numbers * fold * fold;

  return (LayerWork){
    .kind = "entry",
    .inputs = PERCEPTUAL_IMAGE_CHANNELS,
    .outputs = PERCEPTUAL_IMAGE_CHANNELS * fold * fold,
    .width = first->in_width,
    .height = first->in_height,
    .bytes = IMAGES * bytes,
  };
}

guint
layer_work_of (const PerceptualNetwork *network, guint width, guint height,
    gboolean fast, LayerWork *work)
{
  const PerceptualLayer *end = network->layers + network->n_layers;
  guint channels = PERCEPTUAL_IMAGE_CHANNELS;
  PerceptualLayer folded;
  guint n = 1;

  g_assert (network->n_layers <= BENCH_MAX_LAYERS);
  for (guint i = 0; i < network->n_layers; i++) {
    const PerceptualLayer *layer = &network->layers[i];
    LayerWork *own = &work[n++];
    Place place = {
      .layer = layer,
      .next = layer + 1 < end ? layer + 1 : NULL,
      .first = i == 0,
      .fast = fast,
      .in_width = width,
      .in_height = height,
    };

    fold_place (&place, &folded);
    if (i == 0) {
      work[0] = entry_work (&place, width, height);
      channels = work[0].outputs;
    }
    width = perceptual_layer_output_size (layer, width);
    height = perceptual_layer_output_size (layer, height);
    *own = (LayerWork){ .number = i + 1, .width = width, .height = height };
    own->outputs = layer->outputs != 0 ? layer->outputs : channels;
    if (pools_blocks (&place, end, width, height)) {
      place.pool = layer + 1;
      place.next = layer + 2 < end ? layer + 2 : NULL;
      i++;
    }
    count (&place, channels, own);
    if (place.fold != 0)
      count_unfolded (layer, own);
    width = kept_size (&place, width);
    height = kept_size (&place, height);
    channels = own->outputs;
  }
  return n;
}
