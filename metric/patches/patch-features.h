/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random features of 3x3 patches, summed over groups of patches: the inner
 * loop of the mmd family.  One table of kernels, chosen by the CPU; no
 * feature of a single patch is ever stored.
 */
#ifndef PERCEPTUAL_PATCH_FEATURES_H
#define PERCEPTUAL_PATCH_FEATURES_H

#include "machine/cpu.h"
#include "seeded.h"

G_BEGIN_DECLS

/**
 * PerceptualPatchFunction:
 * @PERCEPTUAL_PATCH_COSINE: cos(2 pi (w.p + phase)): random Fourier features
 * @PERCEPTUAL_PATCH_RELU: max(w.p + phase, 0): filters of a random network
 *
 * The function that a patch's product with a direction is put into.
 */
typedef enum
{
  PERCEPTUAL_PATCH_COSINE,
  PERCEPTUAL_PATCH_RELU,
} PerceptualPatchFunction;

/**
 * PerceptualPatchFeatures:
 * @n: features
 * @directions: n rows of PERCEPTUAL_PATCH_DIM weights
 * @phases: n phases in -0.5..0.5; for ReLU n offsets
 * @function: what they are
 *
 * In turns instead of radians, so that a cosine needs no range reduction
 * beyond taking the nearest whole number away, and for samples in 0..255
 * instead of -1..1: w.(v / 127.5 - 1) + phase = (w / 127.5).v + phase', which
 * saves scaling the samples.
 */
typedef struct
{
  guint n;
  gfloat *directions;
  gfloat *phases;
  PerceptualPatchFunction function;
} PerceptualPatchFeatures;

/* Draws @n Fourier features, see perceptual_fourier_features().  Freed by
 * perceptual_patch_features_clear(). */
void perceptual_patch_features_init (PerceptualPatchFeatures *features, guint n,
    guint64 seed, gboolean centred, gdouble s);

/* Draws @n ReLU filters, see perceptual_relu_filters(). */
void perceptual_patch_filters_init (
    PerceptualPatchFeatures *features, guint n, guint64 seed, gboolean centred);
void perceptual_patch_features_clear (PerceptualPatchFeatures *features);

/* Kernels read up to this many floats past the last patch of a row. */
#define PERCEPTUAL_PATCH_OVERREAD 47

/**
 * PerceptualPatchRows:
 * @values: n_rows * PERCEPTUAL_PATCH_DIM pointers, in the order (row of
 *   patches, row in the patch, column in the patch, channel); entry i of the
 *   array behind a pointer belongs to patch i of that row
 * @n_rows: rows of patches that are summed together, 1..32
 * @group: patches of a row that are summed together, 1..16; if it divides
 *   neither 32 nor 48 then @n_groups must be 1
 * @n_groups: groups in a row
 */
typedef struct
{
  const gfloat *const *values;
  guint n_rows;
  guint group;
  guint n_groups;
} PerceptualPatchRows;

/**
 * PerceptualPatchSum:
 * @sums: (out): features->n rows of @stride floats; entry g of row f becomes
 *   the sum of the features->function over the group's patches p
 *
 * |error of one cosine| <= 1e-6 for |w.p + phase| <= 16 turns.
 */
typedef void (*PerceptualPatchSum) (const PerceptualPatchFeatures *features,
    const PerceptualPatchRows *rows, gfloat *sums, gsize stride);

/* The kernel for @cpu, which this machine must have. */
PerceptualPatchSum perceptual_patch_sum (PerceptualCpu cpu);

void perceptual_patch_sum_c (const PerceptualPatchFeatures *features,
    const PerceptualPatchRows *rows, gfloat *sums, gsize stride);
void perceptual_patch_sum_avx2 (const PerceptualPatchFeatures *features,
    const PerceptualPatchRows *rows, gfloat *sums, gsize stride);
void perceptual_patch_sum_avx512 (const PerceptualPatchFeatures *features,
    const PerceptualPatchRows *rows, gfloat *sums, gsize stride);

/* cos(2 pi (u + 1/4)) = u * polynomial in u^2 for |u| <= 1/4: minimax
 * coefficients, |error| <= 3.4e-9 before rounding. */
#define PERCEPTUAL_COS_0 -6.283185160089722f
#define PERCEPTUAL_COS_1 41.34165503147935f
#define PERCEPTUAL_COS_2 -81.60100407735389f
#define PERCEPTUAL_COS_3 76.5497823875825f
#define PERCEPTUAL_COS_4 -39.5367067619594f

G_END_DECLS

#endif /* PERCEPTUAL_PATCH_FEATURES_H */
