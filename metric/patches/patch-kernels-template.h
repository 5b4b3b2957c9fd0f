/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The feature sums on vectors, included once by each instruction set's file,
 * which first defines Vector, WIDTH (floats in one), VECTORS and FEATURES
 * (the block of accumulators that fits its registers), the operations
 * vector_*, cos_turns() and PATCH_SUM, the name of the function to make.
 */
#define DIM PERCEPTUAL_PATCH_DIM
#define TILE (WIDTH * VECTORS)

static inline __attribute__ ((always_inline)) Vector
apply (Vector product, PerceptualPatchFunction function)
{
  return function == PERCEPTUAL_PATCH_RELU
      ? vector_max (product, vector_set (0))
      : cos_turns (product);
}

/* @n features; it and @function are compile-time constants where this is
 * called. */
static inline __attribute__ ((always_inline)) void
add_tile (const gfloat *const *values, gsize first, const gfloat *directions,
    const gfloat *phases, PerceptualPatchFunction function, guint n,
    gfloat *totals)
{
  Vector turns[FEATURES][VECTORS];

#pragma GCC unroll 16
  for (guint f = 0; f < n; f++) {
    for (guint v = 0; v < VECTORS; v++)
      turns[f][v] = vector_set (phases[f]);
  }
#pragma GCC unroll 1
  for (guint k = 0; k < DIM; k++) {
    Vector x[VECTORS];

    for (guint v = 0; v < VECTORS; v++)
      x[v] = vector_load (values[k] + first + WIDTH * v);
#pragma GCC unroll 16
    for (guint f = 0; f < n; f++) {
      Vector w = vector_set (directions[f * DIM + k]);

      for (guint v = 0; v < VECTORS; v++)
        turns[f][v] = vector_fma (w, x[v], turns[f][v]);
    }
  }
#pragma GCC unroll 16
  for (guint f = 0; f < n; f++) {
#pragma GCC unroll 4
    for (guint v = 0; v < VECTORS; v++) {
      gfloat *total = &totals[f * TILE + WIDTH * v];

      vector_store (total,
          vector_add (vector_load (total), apply (turns[f][v], function)));
    }
  }
}

/* Full tiles in functions of their own: inlined into the loops around them,
 * the constants of the cosine would take registers from the accumulators for
 * the whole loop (a quarter of the speed). */
static __attribute__ ((noinline)) void
add_cosines (const gfloat *const *values, gsize first, const gfloat *directions,
    const gfloat *phases, gfloat *totals)
{
  add_tile (values, first, directions, phases, PERCEPTUAL_PATCH_COSINE,
      FEATURES, totals);
}

static __attribute__ ((noinline)) void
add_relus (const gfloat *const *values, gsize first, const gfloat *directions,
    const gfloat *phases, gfloat *totals)
{
  add_tile (values, first, directions, phases, PERCEPTUAL_PATCH_RELU, FEATURES,
      totals);
}

static void
add_row (const PerceptualPatchFeatures *features, const gfloat *const *values,
    gsize first, gfloat *totals)
{
  gboolean relu = features->function == PERCEPTUAL_PATCH_RELU;
  guint f = 0;

  for (; f + FEATURES <= features->n; f += FEATURES) {
    const gfloat *directions = &features->directions[f * DIM];
    const gfloat *phases = &features->phases[f];

    if (relu)
      add_relus (values, first, directions, phases, &totals[f * TILE]);
    else
      add_cosines (values, first, directions, phases, &totals[f * TILE]);
  }
  for (; f < features->n; f++)
    add_tile (values, first, &features->directions[f * DIM],
        &features->phases[f], features->function, 1, &totals[f * TILE]);
}

static inline void
sum_groups (const gfloat *total, guint group, guint n, gfloat *sums)
{
  guint g = 0;

  /* Blocks of four patches are the common case: WIDTH / 4 sums at once. */
  for (; group == 4 && g + WIDTH / 4 <= n; g += WIDTH / 4)
    vector_sum_fours (vector_load (&total[g * 4]), &sums[g]);
  for (; g < n; g++) {
    gfloat sum = 0;

    for (guint i = 0; i < group; i++)
      sum += total[g * group + i];
    sums[g] = sum;
  }
}

/* More features than this are done in batches, to stay in the L1 cache. */
#define BATCH 27

void
PATCH_SUM (const PerceptualPatchFeatures *features,
    const PerceptualPatchRows *rows, gfloat *sums, gsize stride)
{
  gfloat totals[BATCH * TILE] __attribute__ ((aligned (64)));
  guint group = rows->group;
  guint per_tile = TILE / group;

  for (guint f0 = 0; f0 < features->n; f0 += BATCH) {
    PerceptualPatchFeatures batch = {
      .n = MIN (BATCH, features->n - f0),
      .directions = &features->directions[f0 * DIM],
      .phases = &features->phases[f0],
      .function = features->function,
    };

    for (guint g0 = 0; g0 < rows->n_groups; g0 += per_tile) {
      guint n = MIN (per_tile, rows->n_groups - g0);

      for (guint i = 0; i < batch.n * TILE; i += WIDTH)
        vector_store (&totals[i], vector_set (0));
      for (guint r = 0; r < rows->n_rows; r++)
        add_row (&batch, &rows->values[r * DIM], (gsize) g0 * group, totals);
      for (guint f = 0; f < batch.n; f++)
        sum_groups (&totals[f * TILE], group, n, &sums[(f0 + f) * stride + g0]);
    }
  }
}
