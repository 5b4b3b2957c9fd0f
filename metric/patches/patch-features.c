/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Draws the features and chooses a kernel; has the kernel in plain C.
 */
#include "patches/patch-features.h"
#include "config.h"

#include <math.h>

#define DIM PERCEPTUAL_PATCH_DIM
#define TILE 48
#define HALF_RANGE 127.5

/* Said in vectors, since gcc makes scalar code of the same loop over floats,
 * which takes three times as long. */
typedef gfloat Vector __attribute__ ((vector_size (16), aligned (4)));
#define LANES 4
#define VECTORS 6

void
perceptual_patch_features_init (PerceptualPatchFeatures *features, guint n,
    guint64 seed, gboolean centred, gdouble s)
{
  g_autofree gdouble *directions = g_new (gdouble, (gsize) n * DIM);
  g_autofree gdouble *phases = g_new (gdouble, n);
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  perceptual_fourier_features (&rng, n, centred, s, directions, phases);

  features->n = n;
  features->function = PERCEPTUAL_PATCH_COSINE;
  features->directions = g_new (gfloat, (gsize) n * DIM);
  features->phases = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++) {
    gdouble phase = phases[i];

    for (guint k = 0; k < DIM; k++) {
      gdouble weight = directions[i * DIM + k];

      features->directions[i * DIM + k] =
          (gfloat) (weight / (2 * G_PI) / HALF_RANGE);
      phase -= weight;
    }
    phase /= 2 * G_PI;
    features->phases[i] = (gfloat) (phase - rint (phase));
  }
}

void
perceptual_patch_filters_init (
    PerceptualPatchFeatures *features, guint n, guint64 seed, gboolean centred)
{
  g_autofree gdouble *filters = g_new (gdouble, (gsize) n * DIM);
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  perceptual_relu_filters (&rng, n, centred, filters);

  features->n = n;
  features->function = PERCEPTUAL_PATCH_RELU;
  features->directions = g_new (gfloat, (gsize) n * DIM);
  features->phases = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++) {
    gdouble offset = 0;

    for (guint k = 0; k < DIM; k++) {
      gdouble weight = filters[i * DIM + k];

      features->directions[i * DIM + k] = (gfloat) (weight / HALF_RANGE);
      offset -= weight;
    }
    features->phases[i] = (gfloat) offset;
  }
}

void
perceptual_patch_features_clear (PerceptualPatchFeatures *features)
{
  g_clear_pointer (&features->directions, g_free);
  g_clear_pointer (&features->phases, g_free);
  features->n = 0;
}

PerceptualPatchSum
perceptual_patch_sum (PerceptualCpu cpu)
{
#ifdef HAVE_X86_KERNELS
  if (cpu == PERCEPTUAL_CPU_AVX512)
    return perceptual_patch_sum_avx512;
  if (cpu == PERCEPTUAL_CPU_AVX2)
    return perceptual_patch_sum_avx2;
#endif
  return perceptual_patch_sum_c;
}

static inline gfloat
cos_turns (gfloat turns)
{
  /* Adding and taking away 1.5 * 2^23 rounds to a whole number, in a form
   * that compilers turn into vector code without SSE4. */
  const gfloat magic = 12582912.0f;
  gfloat whole = (turns + magic) - magic;
  gfloat u = fabsf (turns - whole) - 0.25f;
  gfloat v = u * u;

  return u
      * (PERCEPTUAL_COS_0
          + v
              * (PERCEPTUAL_COS_1
                  + v
                      * (PERCEPTUAL_COS_2
                          + v * (PERCEPTUAL_COS_3 + v * PERCEPTUAL_COS_4))));
}

/* @turns: LANES * VECTORS of them from @first on */
static void
add_products (const gfloat *const *values, guint first, const gfloat *direction,
    gfloat phase, gfloat *turns)
{
  Vector sums[VECTORS];

  for (guint v = 0; v < VECTORS; v++)
    sums[v] = (Vector){ phase, phase, phase, phase };
  for (guint k = 0; k < DIM; k++) {
    const gfloat *value = values[k] + first;

    for (guint v = 0; v < VECTORS; v++)
      sums[v] += direction[k] * *(const Vector *) &value[v * LANES];
  }
  for (guint v = 0; v < VECTORS; v++)
    *(Vector *) &turns[v * LANES] = sums[v];
}

static void
add_tile (const gfloat *const *values, guint first, const gfloat *direction,
    gfloat phase, PerceptualPatchFunction function, gfloat *total)
{
  gfloat turns[TILE];

  for (guint x = 0; x < TILE; x += LANES * VECTORS)
    add_products (values, first + x, direction, phase, &turns[x]);
  if (function == PERCEPTUAL_PATCH_RELU) {
    for (gsize x = 0; x < TILE; x++)
      total[x] += turns[x] > 0 ? turns[x] : 0;
  } else {
    for (gsize x = 0; x < TILE; x++)
      total[x] += cos_turns (turns[x]);
  }
}

void
perceptual_patch_sum_c (const PerceptualPatchFeatures *features,
    const PerceptualPatchRows *rows, gfloat *sums, gsize stride)
{
  guint group = rows->group;
  guint per_tile = TILE / group;

  for (guint g0 = 0; g0 < rows->n_groups; g0 += per_tile) {
    guint n = MIN (per_tile, rows->n_groups - g0);

    for (guint f = 0; f < features->n; f++) {
      gfloat total[TILE] = { 0 };

      for (guint r = 0; r < rows->n_rows; r++)
        add_tile (&rows->values[r * DIM], g0 * group,
            &features->directions[f * DIM], features->phases[f],
            features->function, total);
      for (guint g = 0; g < n; g++) {
        gfloat sum = 0;

        for (guint i = 0; i < group; i++)
          sum += total[g * group + i];
        sums[f * stride + g0 + g] = sum;
      }
    }
  }
}
