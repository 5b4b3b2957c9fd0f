/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * In which order the products of precision=fast read one row of a filter.
 */
#ifndef PERCEPTUAL_NN_FAST_STEPS_H
#define PERCEPTUAL_NN_FAST_STEPS_H

#include "nn/fast/fast.h"
#include "nn/network.h"

G_BEGIN_DECLS

/* Steps of one row of any filter: 3 of 512 channels, or 5 of 192. */
#define PERCEPTUAL_FAST_MAX_STEPS 64

/* Returns: whether the first layer @layer is multiplied in one step: all that
 * an output sees is gathered, which are less numbers than those of an entered
 * pixel.  Where there are borders, each pixel has to tell that it is none. */
static inline gboolean
perceptual_fast_gathers (const PerceptualLayer *layer)
{
  return layer->pad == 0
      && layer->size * layer->size * PERCEPTUAL_IMAGE_CHANNELS
      < PERCEPTUAL_FAST_STEP;
}

/* Writes where each step begins, counted from the row's first number of
 * @size pixels with @channels numbers each; returns how many there are.  Where
 * the channels are whole steps, the pixels of one step's channels come one
 * after the other: their outputs' inputs are then mostly in the first-level
 * cache. */
static inline guint
perceptual_fast_steps (guint size, guint channels, guint *offsets)
{
  guint n = 0;

  if (channels % PERCEPTUAL_FAST_STEP == 0) {
    for (guint c = 0; c < channels; c += PERCEPTUAL_FAST_STEP) {
      for (guint x = 0; x < size; x++)
        offsets[n++] = x * channels + c;
    }
  } else {
    for (guint at = 0; at < size * channels; at += PERCEPTUAL_FAST_STEP)
      offsets[n++] = at;
  }
  g_assert (n <= PERCEPTUAL_FAST_MAX_STEPS);
  return n;
}

G_END_DECLS

#endif /* PERCEPTUAL_NN_FAST_STEPS_H */
