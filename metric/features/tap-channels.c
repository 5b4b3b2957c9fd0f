/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Squared differences channel by channel, and their sums.
 */
#include "features/tap-channels.h"

#include <math.h>

/* As in the kernels' comparison: outside the root. */
#define EPSILON 1e-10f

static gfloat *
row_of (const PerceptualTapChannel *tap, guint image, guint y)
{
  return tap->squares
      + ((gsize) image * tap->size.rows + y % tap->size.rows) * tap->size.width
      * tap->size.channels;
}

static gfloat
over_length (const gfloat *pixel, guint channels)
{
  gdouble sum = 0;

  for (guint c = 0; c < channels; c++)
    sum += (gdouble) pixel[c] * pixel[c];
  return 1.f / ((gfloat) sqrt (sum) + EPSILON);
}

static void
square_pixel (
    const gfloat *a, const gfloat *b, guint channels, gboolean norm, gfloat *to)
{
  gfloat fa = norm ? over_length (a, channels) : 1;
  gfloat fb = norm ? over_length (b, channels) : 1;
  const gfloat *shorter = fa > fb ? a : b;
  gfloat factor = MIN (fa, fb);
  gfloat rest = fa - fb;

  /* a fa - b fb, written so that equal pixels give zero however the compiler
   * contracts it. */
  for (guint c = 0; c < channels; c++) {
    gfloat d = (a[c] - b[c]) * factor + shorter[c] * rest;

    to[c] = d * d;
  }
}

void
perceptual_tap_channels_run (
    PerceptualTapChannels *self, const PerceptualTapRun *run)
{
  const PerceptualTapChannel *tap = &self->taps[run->tap];
  guint channels = run->channels;

  for (guint i = 0; i < self->n_distorted; i++) {
    const gfloat *a =
        run->features[i / (self->n_distorted / self->n_references)];
    const gfloat *b = run->features[self->n_references + i];
    gfloat *to = row_of (tap, i, run->y) + (gsize) run->x * channels;

    for (gsize at = 0; at < (gsize) run->n * channels; at += channels)
      square_pixel (a + at, b + at, channels, self->channel_norm, to + at);
  }
}

void
perceptual_tap_channels_rows (
    PerceptualTapChannels *self, guint number, guint y, guint end)
{
  PerceptualTapChannel *tap = &self->taps[number];
  guint channels = tap->size.channels;

  for (; y < end; y++) {
    for (guint i = 0; i < self->n_distorted; i++) {
      const gfloat *from = row_of (tap, i, y);
      gdouble *sums = tap->sums + (gsize) i * channels;

      for (guint x = 0; x < tap->size.width; x++, from += channels) {
        for (guint c = 0; c < channels; c++)
          sums[c] += (gdouble) from[c];
      }
    }
  }
}

gboolean
perceptual_tap_channels_fill (const PerceptualTapChannels *self, guint image,
    PerceptualResult *result, GError **error)
{
  const PerceptualBackbone *backbone = self->backbone;
  gfloat *to;

  result->n_channels = 0;
  for (guint t = 0; t < backbone->n_taps; t++) {
    result->tap_channels[t] = self->taps[backbone->taps[t]].size.channels;
    result->n_channels += result->tap_channels[t];
  }
  result->channels = to =
      perceptual_buffer_new (result->n_channels, sizeof (gfloat), error);
  if (to == NULL)
    return FALSE;
  for (guint t = 0; t < backbone->n_taps; t++) {
    const PerceptualTapChannel *tap = &self->taps[backbone->taps[t]];
    gdouble positions = (gdouble) tap->size.width * tap->size.height;
    guint channels = tap->size.channels;

    for (guint c = 0; c < channels; c++)
      *to++ = (gfloat) (tap->sums[(gsize) image * channels + c] / positions);
  }
  return TRUE;
}

gboolean
perceptual_tap_channels_init (PerceptualTapChannels *self, GError **error)
{
  for (guint t = 0; t < self->backbone->n_taps; t++) {
    guint number = self->backbone->taps[t];
    PerceptualTapChannel *tap = &self->taps[number];
    PerceptualTapSize *size = &tap->size;

    perceptual_engine_get_tap (self->backbone->engine, number, size);
    tap->sums = g_new0 (gdouble, (gsize) self->n_distorted * size->channels);
    tap->squares = perceptual_buffer_new (
        (gsize) self->n_distorted * size->rows * size->width,
        size->channels * sizeof (gfloat), error);
    if (tap->squares == NULL)
      return FALSE;
  }
  return TRUE;
}

void
perceptual_tap_channels_clear (PerceptualTapChannels *self)
{
  for (guint tap = 0; tap < PERCEPTUAL_MAX_TAPS; tap++) {
    perceptual_buffer_free (self->taps[tap].squares);
    g_free (self->taps[tap].sums);
    self->taps[tap] = (PerceptualTapChannel){ 0 };
  }
}
