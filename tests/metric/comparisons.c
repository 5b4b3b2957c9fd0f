/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How features are compared: the kernels of every instruction set against
 * doubles, with pixels that are short, empty or equal, and the sort.
 */
#include "nn/kernels.h"
#include "seeded.h"
#include "features/sort.h"

#include <math.h>
#include <string.h>

#define CHANNELS 64

static PerceptualRng rng;

/* A pixel of about @length, or all zeros. */
static void
make_pixel (gfloat *pixel, gdouble length)
{
  for (guint c = 0; c < CHANNELS; c++)
    pixel[c] = (gfloat) (perceptual_rng_uniform (&rng) * length / 4.6);
}

static gdouble
expected (const gfloat *a, const gfloat *b, const gfloat *w)
{
  gdouble la = 0, lb = 0, sum = 0;

  for (guint c = 0; c < CHANNELS; c++) {
    la += (gdouble) a[c] * a[c];
    lb += (gdouble) b[c] * b[c];
  }
  la = sqrt (la) + 1e-10;
  lb = sqrt (lb) + 1e-10;
  for (guint c = 0; c < CHANNELS; c++)
    sum += w[c] * pow (a[c] / la - b[c] / lb, 2);
  return sum;
}

static void
test_pixels_of_any_length_compare_as_the_formula_says (void)
{
  static const gdouble lengths[] = { 0, 1e-9, 1e-4, 1, 300, 1e5 };
  PerceptualCpu cpus[3];
  guint n_cpus = perceptual_cpu_levels (cpus);
  gfloat a[CHANNELS], b[CHANNELS], w[CHANNELS];

  make_pixel (w, 1);
  for (guint i = 0; i < 36 * n_cpus; i++) {
    const PerceptualKernels *kernels =
        perceptual_kernels_table (cpus[i % n_cpus]);
    gfloat distance, back;
    gdouble right;

    make_pixel (a, lengths[i / n_cpus % 6]);
    make_pixel (b, lengths[i / n_cpus / 6]);
    right = expected (a, b, w);
    kernels->compare (a, b, w, CHANNELS, 1, TRUE, &distance);
    kernels->compare (b, a, w, CHANNELS, 1, TRUE, &back);
    g_assert_cmpfloat_with_epsilon ((gdouble) distance, right, 2e-7);
    g_assert_cmpfloat (distance, ==, back);
    kernels->compare (a, a, w, CHANNELS, 1, TRUE, &distance);
    g_assert_cmpfloat (distance, ==, 0);
  }
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  gfloat x = *(const gfloat *) a, y = *(const gfloat *) b;

  return x < y ? -1 : x > y;
}

static void
test_sort_orders_as_qsort_does (void)
{
  static const gsize sizes[] = { 1, 2, 3, 100, 2049, 30000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    gsize n = sizes[i];
    g_autofree gfloat *values = g_new (gfloat, n);
    g_autofree gfloat *right = g_new (gfloat, n);
    g_autofree gfloat *scratch = g_new (gfloat, n);

    /* Many zeros, as behind a rectifier; tiny, huge and negative ones too. */
    for (gsize k = 0; k < n; k++)
      values[k] = k % 3 == 0 ? 0
                             : (gfloat) (perceptual_rng_normal (&rng)
                                 * pow (10, (gdouble) (k % 40) - 20));
    memcpy (right, values, n * sizeof (gfloat));
    qsort (right, n, sizeof (gfloat), compare_floats);
    perceptual_sort (values, scratch, n);
    for (gsize k = 0; k < n; k++)
      g_assert_cmpfloat (values[k], ==, right[k]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  perceptual_rng_init (&rng, 3);
  g_test_add_func ("/comparisons/pixels-of-any-length-as-the-formula-says",
      test_pixels_of_any_length_compare_as_the_formula_says);
  g_test_add_func (
      "/comparisons/sort-orders-as-qsort-does", test_sort_orders_as_qsort_does);
  return g_test_run ();
}
