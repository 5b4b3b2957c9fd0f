/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What compares and pools pixels of features, of every instruction set of this
 * machine, against double loops; and what becomes of numbers beyond all.
 */
#include "nn/kernels.h"
#include "seeded.h"

#include <math.h>

/* The most channels that there are, in whole vectors of any width. */
#define MOST 512
#define PIXELS 5

static gfloat a[MOST * PIXELS], b[MOST * PIXELS], heads[MOST];

static void
fill (gfloat *values, guint n, guint64 seed)
{
  PerceptualRng rng;

  perceptual_rng_init (&rng, seed);
  for (guint i = 0; i < n; i++) {
    gdouble value = perceptual_rng_normal (&rng);

    values[i] = (gfloat) MAX (value, 0);
  }
}

static gdouble
factor_of (const gfloat *pixel, guint channels)
{
  gdouble squares = 0;

  for (guint c = 0; c < channels; c++)
    squares += (gdouble) pixel[c] * pixel[c];
  return 1 / (sqrt (squares) + 1e-10);
}

static gdouble
distance_of (guint pixel, guint channels, gboolean weighted, gboolean normalise)
{
  const gfloat *pa = a + pixel * channels, *pb = b + pixel * channels;
  gdouble fa = normalise ? factor_of (pa, channels) : 1;
  gdouble fb = normalise ? factor_of (pb, channels) : 1;
  gdouble sum = 0;

  for (guint c = 0; c < channels; c++)
    sum +=
        (weighted ? (gdouble) heads[c] : 1) * pow (pa[c] * fa - pb[c] * fb, 2);
  return sum;
}

static void
test_pixels_are_compared_as_in_double (void)
{
  static const guint channels[] = { 64, 192, 512 };
  PerceptualCpu levels[3];
  guint n_levels = perceptual_cpu_levels (levels);

  for (guint run = 0; run < 4 * 3 * n_levels; run++) {
    const PerceptualKernels *kernels =
        perceptual_kernels_table (levels[run / 12]);
    guint n = channels[run / 4 % 3];
    gboolean weighted = run % 2, normalise = run / 2 % 2;
    gfloat found[PIXELS];

    fill (a, n * PIXELS, run);
    fill (b, n * PIXELS, run + 1000);
    fill (heads, n, run + 2000);
    /* One pixel is equal, one of nothing, one much longer. */
    for (guint c = 0; c < n; c++) {
      b[n + c] = a[n + c];
      a[2 * n + c] = 0;
      b[3 * n + c] *= 1000;
    }
    kernels->compare (
        a, b, weighted ? heads : NULL, n, PIXELS, normalise, found);
    g_assert_cmpfloat (found[1], ==, 0);
    for (guint i = 0; i < PIXELS; i++) {
      gdouble expected = distance_of (i, n, weighted, normalise);

      g_assert_cmpfloat_with_epsilon (
          found[i], expected, 2e-6 * expected + 1e-12);
    }
  }
}

/* All pixels of a and b together, some of them, and each alone. */
static void
check_neighbours (
    const PerceptualKernels *kernels, const gfloat *w, gboolean normalise)
{
  const guint channels = 64, most = MOST * PIXELS / channels;
  gfloat alone[MOST * PIXELS / 64];

  for (guint i = 0; i < most; i++)
    kernels->compare (a + i * channels, b + i * channels, w, channels, 1,
        normalise, alone + i);
  for (guint n = 1; n <= most; n++) {
    gfloat found[G_N_ELEMENTS (alone) + 1];

    found[n] = -1;
    kernels->compare (a, b, w, channels, n, normalise, found);
    g_assert_cmpmem (found, n * sizeof *found, alone, n * sizeof *found);
    g_assert_cmpfloat (found[n], ==, -1);
  }
}

/* Some pixels are compared at a time: whichever of them one is, and however
 * many there are, it gives the same bits, and nothing is written behind the
 * last. */
static void
test_a_pixel_does_not_depend_on_its_neighbours (void)
{
  PerceptualCpu levels[3];
  guint n_levels = perceptual_cpu_levels (levels);

  for (guint run = 0; run < 4 * 4 * n_levels; run++) {
    fill (a, MOST * PIXELS, run);
    fill (b, MOST * PIXELS, run + 1000);
    fill (heads, MOST, run + 2000);
    check_neighbours (perceptual_kernels_table (levels[run / 16]),
        run % 2 ? heads : NULL, run / 2 % 2);
  }
}

/* Features so large that their squares are infinite do not look alike; where
 * there is no length to divide by, their difference is what it is. */
static void
test_pixels_of_infinite_length_are_not_equal (void)
{
  PerceptualCpu levels[3];
  guint n_levels = perceptual_cpu_levels (levels);
  const guint n = 64;

  for (guint level = 0; level < n_levels; level++) {
    const PerceptualKernels *kernels = perceptual_kernels_table (levels[level]);
    gfloat found[4];

    for (guint c = 0; c < 4 * n; c++)
      a[c] = b[c] = 1;
    for (guint c = 0; c < n; c++)
      a[c] = b[c] = 1e25f; /* the same, in both */
    for (guint c = 0; c < n; c++)
      a[n + c] = 1e25f, b[n + c] = c % 2 ? 2e25f : 0; /* unlike */
    b[2 * n + 5] = 1e25f;                             /* one number of one */
    kernels->compare (a, b, NULL, n, 4, TRUE, found);
    for (guint i = 0; i < 3; i++)
      g_assert_true (isnan (found[i]));
    g_assert_cmpfloat (found[3], ==, 0);
    a[3 * n + 7] = NAN;
    kernels->compare (a, b, NULL, n, 4, TRUE, found);
    g_assert_true (isnan (found[3]));
    kernels->compare (a, b, NULL, n, 4, FALSE, found);
    g_assert_true (isnan (found[3]));
    g_assert_true (isinf (found[1]));
  }
}

/* The largest of each window, the last of which may be cut; every value has its
 * turn of being the largest. */
static void
test_pooling_takes_the_largest_of_every_place (void)
{
  static const guint sizes[][2] = { { 3, 2 }, { 2, 2 }, { 3, 1 } };
  PerceptualCpu levels[3];
  guint n_levels = perceptual_cpu_levels (levels);
  const guint channels = 64, width = 8;

  for (guint level = 0; level < n_levels; level++) {
    const PerceptualKernels *kernels = perceptual_kernels_table (levels[level]);

    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      guint size = sizes[s][0], stride = sizes[s][1];
      guint n = (width - 1) / stride;

      for (guint at = 0; at < size * width; at++) {
        gfloat in[3][8 * 64] = { { 0 } }, out[8 * 64];
        const gfloat *rows[] = { in[0], in[1], in[2] };

        for (guint c = 0; c < channels; c++)
          in[at / width][at % width * channels + c] = (gfloat) (1 + c);
        kernels->max_pool (rows, size, size, stride, width, channels, n, out);
        for (guint i = 0; i < n * channels; i++) {
          guint left = i / channels * stride, x = at % width;
          gboolean inside = x >= left && x < left + size;

          g_assert_cmpfloat (
              out[i], ==, inside ? (gfloat) (1 + i % channels) : 0);
        }
      }
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn-kernels/pixels-are-compared-as-in-double",
      test_pixels_are_compared_as_in_double);
  g_test_add_func ("/nn-kernels/a-pixel-does-not-depend-on-its-neighbours",
      test_a_pixel_does_not_depend_on_its_neighbours);
  g_test_add_func ("/nn-kernels/pixels-of-infinite-length-are-not-equal",
      test_pixels_of_infinite_length_are_not_equal);
  g_test_add_func ("/nn-kernels/pooling-takes-the-largest-of-every-place",
      test_pooling_takes_the_largest_of_every_place);
  return g_test_run ();
}
