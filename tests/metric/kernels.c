/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every kernel of every instruction set that this machine runs, and every
 * row program, against plain loops in double, on random lengths and tails.
 */
#include "patches/patch-features.h"
#include "rows/row-kernels.h"
#include "rows/row-programs.h"
#include "rounding.h"

#include <math.h>
#include <string.h>

#define DIM PERCEPTUAL_PATCH_DIM
#define ROOM 512
#define LEAD 16

static PerceptualRng rng;

static guint
random_length (guint most)
{
  return 1 + (guint) (perceptual_rng_uniform (&rng) * most);
}

static void
fill (gfloat *values, guint n, gdouble low, gdouble high)
{
  for (guint i = 0; i < n; i++)
    values[i] = (gfloat) (low + (high - low) * perceptual_rng_uniform (&rng));
}

static void
assert_near (gdouble actual, gdouble expected, gdouble tolerance)
{
  if (!(fabs (actual - expected) <= tolerance))
    g_error ("%.9g is not %.9g within %g", actual, expected, tolerance);
}

static gdouble
patch_sum (const PerceptualPatchFeatures *features,
    const PerceptualPatchRows *rows, guint f, guint g)
{
  gdouble sum = 0;

  for (guint r = 0; r < rows->n_rows; r++) {
    for (guint i = g * rows->group; i < (g + 1) * rows->group; i++) {
      gdouble turns = features->phases[f];

      for (guint k = 0; k < DIM; k++)
        turns += (gdouble) features->directions[f * DIM + k]
            * rows->values[r * DIM + k][i];
      sum += features->function == PERCEPTUAL_PATCH_RELU
          ? MAX (turns, 0)
          : cos (2 * G_PI * turns);
    }
  }
  return sum;
}

static void
test_patch_sums_equal_double_loops (void)
{
  static const guint n_features[] = { 27, 1, 10, 40 };
  static const guint groups[] = { 4, 8, 1, 5, 7 };
  g_autofree gfloat *samples = g_new (gfloat, 4 * DIM * ROOM);
  g_autofree gfloat *sums = g_new (gfloat, 40 * ROOM);
  const gfloat *values[4 * DIM];
  PerceptualCpu cpus[3];
  guint n_cpus = perceptual_cpu_levels (cpus);

  fill (samples, 4 * DIM * ROOM, 0, 255);
  for (guint k = 0; k < 4 * DIM; k++)
    values[k] = samples + k * ROOM + LEAD - k % 3;
  for (guint run = 0; run < 20 * n_cpus; run++) {
    PerceptualPatchFeatures features;
    PerceptualPatchRows rows = { .values = values };

    rows.n_rows = 1 + run % 4;
    rows.group = groups[run % 5];
    rows.n_groups = rows.group == 5 || rows.group == 7
        ? 1
        : random_length (400 / rows.group);
    if (run % 7 < 3)
      perceptual_patch_filters_init (
          &features, n_features[run % 4], run, run % 2);
    else
      perceptual_patch_features_init (
          &features, n_features[run % 4], run, run % 2, 1.08);
    perceptual_patch_sum (cpus[run % n_cpus]) (&features, &rows, sums, ROOM);
    for (guint f = 0; f < features.n; f++) {
      for (guint g = 0; g < rows.n_groups; g++)
        assert_near (sums[f * ROOM + g], patch_sum (&features, &rows, f, g),
            2e-5 * rows.n_rows * rows.group);
    }
    perceptual_patch_features_clear (&features);
  }
}

/* One direction that picks one sample turns the kernel into a cosine. */
static void
test_the_cosine_is_exact_to_a_millionth (void)
{
  g_autofree gfloat *samples = g_new0 (gfloat, 2 * ROOM);
  const gfloat *values[DIM];
  gfloat direction[DIM] = { 1 }, phase = 0, sums[ROOM];
  PerceptualPatchFeatures features = { 1, direction, &phase, 0 };
  PerceptualPatchRows rows = { values, 1, 1, 400 };
  PerceptualCpu cpus[3];
  guint n_cpus = perceptual_cpu_levels (cpus);

  values[0] = samples;
  for (guint k = 1; k < DIM; k++)
    values[k] = samples + ROOM;
  for (guint run = 0; run < 50 * n_cpus; run++) {
    fill (samples, ROOM, -16, 16);
    samples[0] = 0.25f * run;
    perceptual_patch_sum (cpus[run % n_cpus]) (&features, &rows, sums, ROOM);
    for (guint i = 0; i < 400; i++)
      assert_near (sums[i], cos (2 * G_PI * samples[i]), 1e-6);
  }
}

/* A sum of positive terms after @n roundings of each. */
static void
assert_rounded (gdouble actual, gdouble expected, guint n)
{
  assert_near (actual, expected, rounding_bound (n, expected));
}

/* Twelve rows of random floats, each with room before and behind. */
static gfloat *
random_rows (guint n, gdouble low, gdouble high)
{
  gfloat *rows = g_new (gfloat, n * ROOM);

  fill (rows, n * ROOM, low, high);
  return rows;
}

static void
test_split_and_weigh (void)
{
  PerceptualCpu cpus[3];
  guint n_cpus = perceptual_cpu_levels (cpus);

  for (guint run = 0; run < 40 * n_cpus; run++) {
    const PerceptualRowKernels *kernels =
        perceptual_row_kernels (cpus[run % n_cpus]);
    g_autofree gfloat *in = random_rows (11, 0, 255);
    g_autofree gfloat *out = g_new (gfloat, 2 * ROOM);
    guint n = random_length (ROOM / 2 - 1), taps = 1 + run % 11;
    const gfloat *rows[11];
    gfloat weights[11];

    kernels->split (out, out + ROOM, in, n);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpfloat (out[i], ==, in[2 * i]);
      g_assert_cmpfloat (out[ROOM + i], ==, in[2 * i + 1]);
    }
    for (guint k = 0; k < 11; k++)
      rows[k] = in + k * ROOM + k % 5;
    out[n] = -1;
    fill (weights, 11, 0, 0.2);
    kernels->weigh (out, rows, weights, taps, n);
    g_assert_cmpfloat (out[n], ==, -1);
    for (guint i = 0; i < n; i++) {
      gdouble sum = 0;

      for (guint k = 0; k < taps; k++)
        sum += (gdouble) weights[k] * rows[k][i];
      assert_rounded (out[i], sum, taps);
    }
  }
}

static gdouble
one_less_ssim (gdouble ma, gdouble mb, gdouble mq, gdouble md)
{
  gdouble va_vb = mq - ma * ma - mb * mb;
  gdouble cov2 = va_vb - (md - (ma - mb) * (ma - mb));

  ma += 127.5;
  mb += 127.5;
  return 1
      - (2 * ma * mb + 6.5025) * (cov2 + 58.5225)
      / ((ma * ma + mb * mb + 6.5025) * (va_vb + 58.5225));
}

static gdouble
one_less_contrast (gdouble ma, gdouble mb, gdouble mq, gdouble md)
{
  return (md - (ma - mb) * (ma - mb)) / (mq - ma * ma - mb * mb + 58.5225);
}

/* How far the contrast may be off: its variances are small differences of large
 * numbers, so their errors go by the magnitudes of those. */
static gdouble
contrast_bound (gdouble ma, gdouble mb, gdouble mq, gdouble md)
{
  gdouble c = one_less_contrast (ma, mb, mq, md);
  gdouble v = mq - ma * ma - mb * mb + 58.5225;
  gdouble off_vd = rounding_bound (4, md + (ma - mb) * (ma - mb));
  gdouble off_v = rounding_bound (6, mq + ma * ma + mb * mb);

  return (off_vd + c * off_v) / (v - off_v) + rounding_bound (2, c);
}

/* The same for l + c - l c, where l = d^2 / ((s^2 + d^2) / 2 + C1). */
static gdouble
ssim_bound (gdouble ma, gdouble mb, gdouble mq, gdouble md)
{
  gdouble c = one_less_contrast (ma, mb, mq, md);
  gdouble s = ma + mb + 255, d2 = (ma - mb) * (ma - mb);
  gdouble below = (s * s + d2) / 2 + 6.5025, l = d2 / below;
  gdouble off_s = rounding_bound (2, fabs (ma) + fabs (mb) + 255);
  gdouble off_below =
      fabs (s) * off_s + off_s * off_s + rounding_bound (4, below);
  gdouble off_l = l * off_below / (below - off_below) + rounding_bound (4, l);
  gdouble off_c = contrast_bound (ma, mb, mq, md);

  return fabs (1 - c) * off_l + fabs (1 - l) * off_c + off_l * off_c
      + rounding_bound (3, l + c + l * c);
}

static void
test_squares_and_difference (void)
{
  PerceptualCpu cpus[3];
  guint n_cpus = perceptual_cpu_levels (cpus);

  for (guint run = 0; run < 20 * n_cpus; run++) {
    const PerceptualRowKernels *kernels =
        perceptual_row_kernels (cpus[run % n_cpus]);
    g_autofree gfloat *in = random_rows (2, -127.5, 127.5);
    g_autofree gfloat *out = g_new (gfloat, 3 * ROOM);
    const gfloat *a = in, *b = in + ROOM;
    gfloat *sq = out, *sd = out + ROOM, *q = out + 2 * ROOM;
    guint n = random_length (ROOM - 1);

    kernels->squares (sq, sd, a, b, n);
    for (guint i = 0; i < n; i++) {
      assert_rounded (sq[i], (gdouble) a[i] * a[i] + (gdouble) b[i] * b[i], 4);
      assert_rounded (sd[i], pow ((gdouble) a[i] - b[i], 2), 3);
      /* Make them the means of something that varies. */
      sq[i] += 900;
      sd[i] += 400;
    }
    kernels->difference (q, a, b, sq, sd, n);
    for (guint i = 0; i < n; i++)
      assert_near (q[i], one_less_ssim (a[i], b[i], sq[i], sd[i]),
          ssim_bound (a[i], b[i], sq[i], sd[i]));
    kernels->contrast (q, a, b, sq, sd, n);
    for (guint i = 0; i < n; i++)
      assert_near (q[i], one_less_contrast (a[i], b[i], sq[i], sd[i]),
          contrast_bound (a[i], b[i], sq[i], sd[i]));
  }
}

/* Those that run on this machine, and those in C. */
static const PerceptualRowPrograms *
programs_of (guint run)
{
  return run % 2 == 0 ? perceptual_row_programs () : &perceptual_row_programs_c;
}

static void
test_row_programs_equal_plain_loops (void)
{
  for (guint run = 0; run < 400; run++) {
    const PerceptualRowPrograms *programs = programs_of (run / 4);
    guint n = random_length (300), skip = run % 4;
    g_autofree guint8 *memory = g_malloc (2 * 8 * ROOM);
    g_autofree gfloat *out = g_new (gfloat, 3 * ROOM);
    gfloat *r = out + skip, *g = r + ROOM, *b = g + ROOM - 4;
    guint8 *p, *q;
    const guint16 *words;
    guint32 rgbx = 0, bytes = 0, expected_rgbx = 0, expected_bytes = 0;

    for (guint i = 0; i < 2 * 8 * ROOM; i++)
      memory[i] = (guint8) perceptual_rng_next (&rng);
    p = memory + 4 * skip;
    q = memory + 8 * ROOM;
    programs->unpack_rgbx8 (r, g, b, (const guint32 *) p, (int) n);
    for (guint i = 0; i < n; i++) {
      g_assert_cmpfloat (r[i], ==, p[4 * i]);
      g_assert_cmpfloat (g[i], ==, p[4 * i + 1]);
      g_assert_cmpfloat (b[i], ==, p[4 * i + 2]);
    }
    words = (const guint16 *) (memory + 8 * skip);
    programs->unpack_rgbx16 (r, g, b, (const guint64 *) words, (int) n);
    for (guint i = 0; i < n; i++) {
      assert_rounded (r[i], words[4 * i] / 257.0, 2);
      assert_rounded (g[i], words[4 * i + 1] / 257.0, 2);
      assert_rounded (b[i], words[4 * i + 2] / 257.0, 2);
    }
    for (guint i = 0; i < n; i++) {
      for (guint c = 0; c < 3; c++)
        expected_rgbx +=
            (p[4 * i + c] - q[4 * i + c]) * (p[4 * i + c] - q[4 * i + c]);
      expected_bytes += (memory[skip + i] - q[i]) * (memory[skip + i] - q[i]);
    }
    programs->ssd_rgbx8 (&rgbx, p, q, (int) n);
    programs->ssd_u8 (&bytes, memory + skip, q, (int) n);
    g_assert_cmpuint (rgbx, ==, expected_rgbx);
    g_assert_cmpuint (bytes, ==, expected_bytes);
  }
}

static void
test_the_widest_row_does_not_overflow_the_sum (void)
{
  g_autofree guint8 *white = g_malloc (16384 * 4);
  g_autofree guint8 *black = g_malloc0 (16384 * 4);

  memset (white, 255, 16384 * 4);
  for (guint run = 0; run < 2; run++) {
    const PerceptualRowPrograms *programs = programs_of (run);
    guint32 sum = 0;

    programs->ssd_rgbx8 (&sum, white, black, 16384);
    g_assert_cmpuint (sum, ==, 16384u * 3 * 255 * 255);
    programs->ssd_u8 (&sum, white, black, 16384 * 4);
    g_assert_cmpuint (sum, ==, 16384u * 4 * 255 * 255);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  perceptual_rng_init (&rng, 11);
  g_test_add_func ("/kernels/patch-sums-equal-double-loops",
      test_patch_sums_equal_double_loops);
  g_test_add_func ("/kernels/the-cosine-is-exact-to-a-millionth",
      test_the_cosine_is_exact_to_a_millionth);
  g_test_add_func ("/kernels/split-and-weigh", test_split_and_weigh);
  g_test_add_func (
      "/kernels/squares-and-difference", test_squares_and_difference);
  g_test_add_func ("/kernels/row-programs-equal-plain-loops",
      test_row_programs_equal_plain_loops);
  g_test_add_func ("/kernels/the-widest-row-does-not-overflow-the-sum",
      test_the_widest_row_does_not_overflow_the_sum);
  return g_test_run ();
}
