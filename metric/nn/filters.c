/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two sources of filters: tensors of a weights file, and seeded random
 * numbers.
 */
#include "nn/filters.h"
#include "../seeded.h"

#include <math.h>

/* Largest filter of a network, in numbers per channel. */
#define MAX_AREA 256

typedef struct
{
  PerceptualFilters parent;
  PerceptualTensors *tensors;
} FromTensors;

typedef struct
{
  PerceptualFilters parent;
  PerceptualRng rng;
  gfloat *weights;
  gfloat *biases;
  gchar *source;
} Random;

static gboolean
get_tensors (PerceptualFilters *filters, const PerceptualConvolution *c,
    const gfloat **weights, const gfloat **biases, GError **error)
{
  FromTensors *self = (FromTensors *) filters;
  const gsize shape[] = { c->outputs, c->inputs, c->size, c->size };
  g_autofree gchar *weight = g_strconcat (c->name, ".weight", NULL);
  g_autofree gchar *bias = g_strconcat (c->name, ".bias", NULL);

  *weights = perceptual_tensors_get (self->tensors, weight, shape, 4, error);
  if (*weights == NULL)
    return FALSE;
  *biases = perceptual_tensors_get (self->tensors, bias, shape, 1, error);
  return *biases != NULL;
}

PerceptualFilters *
perceptual_filters_from_tensors (PerceptualTensors *tensors)
{
  FromTensors *self = g_new0 (FromTensors, 1);

  self->parent.get = get_tensors;
  self->parent.source = perceptual_tensors_get_sha256 (tensors);
  self->tensors = tensors;
  return &self->parent;
}

/* Fills one channel of one filter; its mean is taken out before rounding. */
static void
draw_plane (
    Random *self, gfloat *plane, guint n, gdouble deviation, gboolean zero_mean)
{
  gdouble numbers[MAX_AREA];
  gdouble mean = 0;

  g_assert (n <= MAX_AREA);
  for (guint i = 0; i < n; i++) {
    numbers[i] = perceptual_rng_normal (&self->rng) * deviation;
    mean += numbers[i];
  }
  mean = zero_mean ? mean / n : 0;
  for (guint i = 0; i < n; i++)
    plane[i] = (gfloat) (numbers[i] - mean);
}

static gboolean
get_random (PerceptualFilters *filters, const PerceptualConvolution *c,
    const gfloat **weights, const gfloat **biases, GError **error)
{
  Random *self = (Random *) filters;
  guint area = c->size * c->size;
  gsize n = (gsize) c->outputs * c->inputs * area;
  gdouble deviation = sqrt (2. / (c->inputs * area));

  g_free (self->weights);
  g_free (self->biases);
  self->weights = g_new (gfloat, n);
  self->biases = g_new0 (gfloat, c->outputs);
  for (gsize i = 0; i < n; i += area)
    draw_plane (self, self->weights + i, area, deviation,
        c->first && self->parent.zero_mean);
  *weights = self->weights;
  *biases = self->biases;
  return TRUE;
}

PerceptualFilters *
perceptual_filters_random (guint64 seed, gboolean zero_mean)
{
  Random *self = g_new0 (Random, 1);

  self->parent.get = get_random;
  self->source = g_strdup_printf (
      "random %" G_GUINT64_FORMAT "%s", seed, zero_mean ? " zero-mean" : "");
  self->parent.source = self->source;
  perceptual_rng_init (&self->rng, seed);
  self->parent.zero_mean = zero_mean;
  return &self->parent;
}

void
perceptual_filters_random_free (PerceptualFilters *filters)
{
  Random *self = (Random *) filters;

  g_free (self->weights);
  g_free (self->biases);
  g_free (self->source);
  g_free (self);
}
