/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Filters in bfloat16, packed as the products of precision=fast read them, and
 * the entry of an image.
 */
#include "nn/fast/bf16.h"
#include "nn/fast/fast-stage.h"
#include "nn/fast/fast-steps.h"
#include "rows/pixels.h"

/* @segments, @steps, @offsets: see PerceptualFastProduct */
typedef struct
{
  const PerceptualEngine *engine;
  const PerceptualConvolution *convolution;
  const gfloat *weights;
  gboolean gathered;
  guint segments;
  guint steps;
  guint offsets[PERCEPTUAL_FAST_MAX_STEPS];
} Packing;

static gdouble
weight (const Packing *self, guint output, guint input, guint i, guint j)
{
  const PerceptualConvolution *c = self->convolution;

  return (gdouble) self
      ->weights[(((gsize) output * c->inputs + input) * c->size + i) * c->size
          + j];
}

/* Of number @channel of an entered pixel, whose sum is a + b - 255.  A sample x
 * of 0..255 is seen as (x / 127.5 - 1 - shift) / scale inside the image, and as
 * 0 outside. */
static gdouble
entry_weight (
    const Packing *self, guint output, guint channel, guint i, guint j)
{
  const PerceptualEngineInput *input = &self->engine->input;
  gdouble constant = 0;

  if (channel < PERCEPTUAL_IMAGE_CHANNELS)
    return weight (self, output, channel, i, j)
        / (127.5 * input->scale[channel]);
  for (guint c = 0; c < PERCEPTUAL_IMAGE_CHANNELS; c++)
    constant -=
        weight (self, output, c, i, j) * input->shift[c] / input->scale[c];
  /* The product is of halved filters, but there is 1 there and not 2. */
  return 2 * constant;
}

/* Of number @place of what perceptual_fast_gathers() gathers: the colours of
 * all pixels, then a 1. */
static gdouble
gathered_weight (const Packing *self, guint output, guint place)
{
  guint size = self->convolution->size;
  guint pixel = place / PERCEPTUAL_IMAGE_CHANNELS;
  gdouble sum = 0;

  if (pixel < size * size)
    return entry_weight (self, output, place % PERCEPTUAL_IMAGE_CHANNELS,
        pixel / size, pixel % size);
  if (place > size * size * PERCEPTUAL_IMAGE_CHANNELS)
    return 0;
  for (guint k = 0; k < size * size; k++)
    sum += entry_weight (
        self, output, PERCEPTUAL_IMAGE_CHANNELS, k / size, k % size);
  return sum;
}

/* @place: of the number within the part of row @i */
static guint16
packed_weight (const Packing *self, guint output, guint i, guint place)
{
  const PerceptualConvolution *c = self->convolution;
  guint channels = c->first ? PERCEPTUAL_FAST_ENTRY : c->inputs;
  guint j = place / channels;
  gdouble w = 0;

  if (self->gathered)
    w = gathered_weight (self, output, place);
  else if (j < c->size)
    w = c->first ? entry_weight (self, output, place % channels, i, j)
                 : weight (self, output, place % channels, i, j);
  return perceptual_bf16 ((gfloat) w / 2);
}

static void
choose_steps (Packing *self)
{
  const PerceptualConvolution *c = self->convolution;

  self->gathered =
      c->first && perceptual_fast_gathers (&self->engine->network->layers[0]);
  if (self->gathered) {
    self->segments = 1;
    self->steps =
        perceptual_fast_steps (1, PERCEPTUAL_FAST_STEP, self->offsets);
    return;
  }
  self->segments = c->size;
  self->steps = perceptual_fast_steps (
      c->size, c->first ? PERCEPTUAL_FAST_ENTRY : c->inputs, self->offsets);
}

gboolean
perceptual_fast_pack (const PerceptualEngine *engine,
    const PerceptualConvolution *convolution, const gfloat *weights,
    PerceptualPacked *packed, GError **error)
{
  Packing self = {
    .engine = engine, .convolution = convolution, .weights = weights
  };
  guint outputs = convolution->outputs;
  guint steps;
  guint16 *to;

  choose_steps (&self);
  steps = self.segments * self.steps;
  packed->matrix = perceptual_buffer_new (
      (gsize) outputs * steps * PERCEPTUAL_FAST_STEP, sizeof (guint16), error);
  if (packed->matrix == NULL)
    return FALSE;
  to = (guint16 *) packed->matrix;
  for (guint first = 0; first < outputs; first += PERCEPTUAL_FAST_PANEL) {
    guint end = MIN (first + PERCEPTUAL_FAST_PANEL, outputs);

    for (guint s = 0; s < steps; s++) {
      for (guint tile = first; tile < end; tile += PERCEPTUAL_FAST_COLUMNS) {
        for (guint k = 0; k < PERCEPTUAL_FAST_STEP; k += 2) {
          for (guint c = 0; c < PERCEPTUAL_FAST_COLUMNS; c++) {
            guint row = s / self.steps;
            guint place = self.offsets[s % self.steps] + k;

            *to++ = packed_weight (&self, tile + c, row, place);
            *to++ = packed_weight (&self, tile + c, row, place + 1);
          }
        }
      }
    }
  }
  return TRUE;
}

void
perceptual_fast_enter (
    const PerceptualEngine *self, const PerceptualImage *const *images, guint y)
{
  PerceptualRing *ring = &self->rings[0];

  self->fast->enter (perceptual_pixels_row (images[0], y),
      perceptual_pixels_row (images[1], y), images[0]->pixels, self->width,
      (guint16 *) perceptual_ring_row (ring, 0, y),
      (guint16 *) perceptual_ring_row (ring, 1, y));
}
