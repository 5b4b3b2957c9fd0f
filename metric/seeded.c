/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The seeded generator and the Fourier features.  The order of every draw is
 * part of the contract: changing it changes distances.
 */
#include "seeded.h"

#include <math.h>
#include <string.h>

#define DIM PERCEPTUAL_PATCH_DIM

static guint64
splitmix64 (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static guint64
rotate_left (guint64 x, guint k)
{
  return (x << k) | (x >> (64 - k));
}

void
perceptual_rng_init (PerceptualRng *rng, guint64 seed)
{
  for (guint i = 0; i < 4; i++)
    rng->state[i] = splitmix64 (&seed);
  rng->has_spare = FALSE;
}

guint64
perceptual_rng_next (PerceptualRng *rng)
{
  guint64 *s = rng->state;
  guint64 result = rotate_left (s[1] * 5, 7) * 9;
  guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

gdouble
perceptual_rng_uniform (PerceptualRng *rng)
{
  return (gdouble) (perceptual_rng_next (rng) >> 11) * 0x1p-53;
}

gdouble
perceptual_rng_normal (PerceptualRng *rng)
{
  gdouble u1, u2, r;

  if (rng->has_spare) {
    rng->has_spare = FALSE;
    return rng->spare;
  }
  u1 = perceptual_rng_uniform (rng);
  u2 = perceptual_rng_uniform (rng);
  r = sqrt (-2 * log (1 - u1));
  rng->spare = r * sin (2 * G_PI * u2);
  rng->has_spare = TRUE;
  return r * cos (2 * G_PI * u2);
}

static gdouble
dot (const gdouble *a, const gdouble *b)
{
  gdouble sum = 0;

  for (guint i = 0; i < DIM; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Modified Gram-Schmidt, rows in order. */
static void
orthonormalise (gdouble rows[DIM][DIM])
{
  for (guint i = 0; i < DIM; i++) {
    gdouble norm;

    for (guint j = 0; j < i; j++) {
      gdouble along = dot (rows[i], rows[j]);

      for (guint k = 0; k < DIM; k++)
        rows[i][k] -= along * rows[j][k];
    }
    norm = sqrt (dot (rows[i], rows[i]));
    for (guint k = 0; k < DIM; k++)
      rows[i][k] /= norm;
  }
}

static void
take_channel_means_out (gdouble *row)
{
  for (guint c = 0; c < 3; c++) {
    gdouble mean = 0;

    for (guint i = c; i < DIM; i += 3)
      mean += row[i] / 9;
    for (guint i = c; i < DIM; i += 3)
      row[i] -= mean;
  }
}

void
perceptual_fourier_features (PerceptualRng *rng, guint n, gboolean centred,
    gdouble s, gdouble *directions, gdouble *phases)
{
  gdouble block[DIM][DIM], lengths[DIM];

  for (guint done = 0; done < n; done += DIM) {
    for (guint i = 0; i < DIM * DIM; i++)
      block[i / DIM][i % DIM] = perceptual_rng_normal (rng);
    orthonormalise (block);
    /* A cut last block draws all its lengths too, so that the phases do not
     * depend on where it was cut. */
    for (guint i = 0; i < DIM; i++) {
      gdouble draw[DIM];

      for (guint k = 0; k < DIM; k++)
        draw[k] = perceptual_rng_normal (rng);
      lengths[i] = sqrt (dot (draw, draw));
    }
    for (guint i = 0; i < MIN (DIM, n - done); i++) {
      gdouble *row = &directions[(done + i) * DIM];

      for (guint k = 0; k < DIM; k++)
        row[k] = block[i][k] * lengths[i];
      if (centred)
        take_channel_means_out (row);
      for (guint k = 0; k < DIM; k++)
        row[k] /= s;
    }
  }
  for (guint i = 0; i < n; i++)
    phases[i] = perceptual_rng_uniform (rng) * 2 * G_PI;
}

void
perceptual_relu_filters (
    PerceptualRng *rng, guint n, gboolean centred, gdouble *filters)
{
  const gdouble deviation = sqrt (2.0 / DIM);

  for (gsize i = 0; i < n; i++) {
    gdouble *row = &filters[i * DIM];

    for (guint c = 0; c < 3; c++) {
      for (guint k = 0; k < 9; k++)
        row[k * 3 + c] = deviation * perceptual_rng_normal (rng);
    }
    if (centred)
      take_channel_means_out (row);
  }
}
