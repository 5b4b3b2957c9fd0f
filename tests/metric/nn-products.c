/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Matrix products of every instruction set of this machine, and OpenBLAS's,
 * against a double loop.
 */
#include "nn/kernels.h"
#include "products-openblas.h"
#include "rounding.h"
#include "seeded.h"

#include <math.h>
#include <string.h>

typedef struct
{
  guint rows, segments, depth, columns;
  gsize a_stride; /* smaller than depth: rows overlap */
  gboolean bias;
  gboolean far;
} Shape;

static const Shape shapes[] = {
  { 1, 1, 1, 16, 1, FALSE, FALSE },
  { 13, 1, 64, 32, 64, FALSE, FALSE },
  { 14, 1, 16, 48, 16, TRUE, FALSE },
  { 29, 3, 9, 64, 6, TRUE, FALSE },
  { 7, 11, 33, 64, 12, TRUE, FALSE },
  { 30, 1, 384, 256, 384, FALSE, FALSE },
  { 5, 3, 3000, 16, 700, FALSE, FALSE },
  { 3, 1, 16, 16, 16, FALSE, TRUE },
  { 30, 1, 384, 256, 384, FALSE, TRUE },
  { 43, 1, 65, 80, 65, TRUE, TRUE },
};

static gfloat *
random_numbers (PerceptualRng *rng, gsize n)
{
  gfloat *numbers = g_new (gfloat, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = (gfloat) perceptual_rng_normal (rng);
  return numbers;
}

/* From -8 to 8: every sum of their products is exact in float, so that a
 * product left out or taken twice shows. */
static gfloat *
random_integers (PerceptualRng *rng, gsize n)
{
  gfloat *numbers = g_new (gfloat, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = (gfloat) ((gint) (perceptual_rng_next (rng) % 17) - 8);
  return numbers;
}

/* @bound: how far a sum in float may be from what is returned. */
static gdouble
expected (const Shape *shape, const gfloat *const *a, const gfloat *b,
    const gfloat *bias, guint row, guint column, gdouble *bound)
{
  gdouble sum = bias != NULL ? (gdouble) bias[column] : 0;
  gdouble magnitudes = fabs (sum);

  for (guint s = 0; s < shape->segments; s++) {
    for (guint k = 0; k < shape->depth; k++) {
      gdouble term = (gdouble) a[s][row * shape->a_stride + k]
          * (gdouble) b[(s * shape->depth + k) * shape->columns + column];

      sum += term;
      magnitudes += fabs (term);
    }
  }
  *bound = rounding_bound (shape->segments * shape->depth + 1, magnitudes);
  return bias != NULL ? MAX (0, sum) : sum;
}

static void
multiply (const PerceptualProducts *products, const Shape *shape,
    const gfloat *const *a, const gfloat *b, const gfloat *bias, gfloat *c)
{
  guint rows = shape->segments * shape->depth;
  g_autofree gfloat *packed = g_new (gfloat, (gsize) rows * shape->columns);
  PerceptualProduct product = { .rows = shape->rows,
    .segments = shape->segments,
    .depth = shape->depth,
    .columns = shape->columns,
    .a = a,
    .a_stride = shape->a_stride,
    .b = packed,
    .c = c,
    .c_stride = shape->columns + 3,
    .bias = bias,
    .far = shape->far,
    .next_a = shape->far ? a[0] : NULL,
    .next_b = shape->far ? packed : NULL };

  for (guint row = 0; row < rows; row++)
    products->pack_row (products->panel, b + (gsize) row * shape->columns, row,
        rows, shape->columns, packed);
  products->multiply (&product);
}

typedef gfloat *(*Draw) (PerceptualRng *rng, gsize n);

static void
check (const PerceptualProducts *products, const Shape *shape, Draw draw)
{
  gsize rows = (gsize) shape->segments * shape->depth;
  gsize stride = shape->columns + 3;
  gsize part = shape->rows * shape->a_stride + shape->depth;
  PerceptualRng rng;
  g_autofree gfloat *numbers = NULL, *b = NULL, *biases = NULL, *c = NULL;
  const gfloat *a[16];

  perceptual_rng_init (&rng, 5);
  numbers = draw (&rng, part * shape->segments);
  b = draw (&rng, rows * shape->columns);
  biases = draw (&rng, shape->columns);
  c = g_new (gfloat, shape->rows * stride);
  for (gsize i = 0; i < shape->rows * stride; i++)
    c[i] = 77.f;
  for (guint s = 0; s < shape->segments; s++)
    a[s] = numbers + s * part;
  multiply (products, shape, a, b, shape->bias ? biases : NULL, c);
  for (guint i = 0; i < shape->rows; i++) {
    for (guint j = 0; j < shape->columns; j++) {
      gdouble bound;
      gdouble right =
          expected (shape, a, b, shape->bias ? biases : NULL, i, j, &bound);
      gdouble off = fabs ((gdouble) c[i * stride + j] - right);

      g_assert_cmpfloat (off, <=, draw == random_integers ? 0 : bound);
    }
    for (guint j = shape->columns; j < stride; j++)
      g_assert_cmpfloat (c[i * stride + j], ==, 77.f);
  }
}

static void
check_every_level (Draw draw)
{
  PerceptualCpu levels[3];
  guint n = perceptual_cpu_levels (levels);

  for (guint i = 0; i < n; i++) {
    const PerceptualKernels *kernels = perceptual_kernels_table (levels[i]);

    g_test_message ("products: %s", kernels->products->name);
    for (guint j = 0; j < G_N_ELEMENTS (shapes); j++)
      check (kernels->products, &shapes[j], draw);
  }
  for (guint j = 0; j < G_N_ELEMENTS (shapes); j++)
    check (&perceptual_products_openblas, &shapes[j], draw);
}

static void
test_products_of_every_level_agree_with_a_double_loop (void)
{
  check_every_level (random_numbers);
}

static void
test_sums_of_integers_are_exact (void)
{
  check_every_level (random_integers);
}

/* One row alone and the same row among others: the engine's results must not
 * depend on how rows are cut into jobs. */
static void
check_rows (gboolean far)
{
  PerceptualCpu levels[3];
  guint n = perceptual_cpu_levels (levels);
  const Shape many = { 31, 1, 600, 48, 600, FALSE, far };
  PerceptualRng rng;
  g_autofree gfloat *a = NULL, *b = NULL;

  perceptual_rng_init (&rng, 6);
  a = random_numbers (&rng, 31 * 600);
  b = random_numbers (&rng, 600 * 48);
  for (guint i = 0; i < n; i++) {
    const PerceptualProducts *products =
        perceptual_kernels_table (levels[i])->products;
    g_autofree gfloat *together = g_new0 (gfloat, 31 * 51);
    const gfloat *all = a;

    multiply (products, &many, &all, b, NULL, together);
    for (guint row = 0; row < 31; row++) {
      const Shape one = { 1, 1, 600, 48, 600, FALSE, FALSE };
      const gfloat *from = a + row * 600;
      gfloat alone[51];

      multiply (products, &one, &from, b, NULL, alone);
      g_assert_cmpint (
          memcmp (alone, together + row * 51, 48 * sizeof (gfloat)), ==, 0);
    }
  }
}

static void
test_a_row_does_not_depend_on_its_neighbours (void)
{
  check_rows (FALSE);
  check_rows (TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn-products/of-every-level-agree-with-a-double-loop",
      test_products_of_every_level_agree_with_a_double_loop);
  g_test_add_func ("/nn-products/sums-of-integers-are-exact",
      test_sums_of_integers_are_exact);
  g_test_add_func ("/nn-products/a-row-does-not-depend-on-its-neighbours",
      test_a_row_does_not_depend_on_its_neighbours);
  return g_test_run ();
}
