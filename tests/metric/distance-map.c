/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The distance maps of mmd-ms and mmd-ssim against plain double loops written
 * here from the description in docs/metrics.md, and what a map is for: a flaw
 * shows where it is.
 */
#include "images.h"
#include "measure.h"
#include "seeded.h"

#include <math.h>
#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8
#define N_FEATURES 27

static const gchar *const names[] = { "mmd-ms", "mmd-ssim" };

static PerceptualResult
measure (const gchar *name, guint threads, const PerceptualImage *a,
    const PerceptualImage *b, PerceptualCompareFlags flags)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new (name, NULL, workers, &error);

  g_assert_no_error (error);
  return test_compare (metric, a, b, flags);
}

/* --- the formulas, plainly ----------------------------------------------- */

/* Samples of one level, 0..255. */
typedef struct
{
  guint w;
  guint h;
  gdouble *samples; /* [y][x][channel] */
} Plane;

static guint
reflect (gint i, guint n)
{
  while (i < 0 || i >= (gint) n) {
    if (n == 1)
      return 0;
    i = i < 0 ? -i : 2 * ((gint) n - 1) - i;
  }
  return (guint) i;
}

static gdouble
sample (const Plane *plane, gint x, gint y, guint c)
{
  return plane
      ->samples[(reflect (y, plane->h) * plane->w + reflect (x, plane->w)) * 3
          + c];
}

static Plane
first_plane (const PerceptualImage *image)
{
  Plane plane = { image->width, image->height, NULL };

  plane.samples = g_new (gdouble, plane.w * plane.h * 3);
  for (guint i = 0; i < plane.w * plane.h * 3; i++)
    plane.samples[i] =
        test_image_sample (image, i / 3 % plane.w, i / 3 / plane.w, i % 3);
  return plane;
}

static Plane
next_plane (const Plane *plane)
{
  static const gdouble taps[] = { 1. / 16, 4. / 16, 6. / 16, 4. / 16, 1. / 16 };
  Plane next = { (plane->w + 1) / 2, (plane->h + 1) / 2, NULL };

  next.samples = g_new0 (gdouble, next.w * next.h * 3);
  for (guint i = 0; i < next.w * next.h * 3; i++) {
    for (gint k = 0; k < 25; k++)
      next.samples[i] += taps[k / 5] * taps[k % 5]
          * sample (plane, 2 * (gint) (i / 3 % next.w) + k % 5 - 2,
              2 * (gint) (i / 3 / next.w) + k / 5 - 2, i % 3);
  }
  return next;
}

static gdouble
feature (
    const Plane *plane, gint x, gint y, const gdouble *direction, gdouble phase)
{
  gdouble sum = phase;

  for (gint k = 0; k < 27; k++)
    sum += direction[k]
        * (sample (plane, x + k / 3 % 3 - 1, y + k / 9 - 1, (guint) k % 3)
                / 127.5
            - 1);
  return cos (sum);
}

static gdouble
window_mmd (const Plane *a, const Plane *b, guint left, guint top)
{
  gdouble directions[N_FEATURES * 27], phases[N_FEATURES], mmd = 0;
  PerceptualRng rng;

  perceptual_rng_init (&rng, 0);
  perceptual_fourier_features (
      &rng, N_FEATURES, FALSE, .12 * 9, directions, phases);
  for (guint f = 0; f < N_FEATURES; f++) {
    gdouble sum = 0;
    guint n = 0;

    for (guint y = top; y < MIN (top + 16, a->h); y += 2) {
      for (guint x = left; x < MIN (left + 16, a->w); x += 2, n++)
        sum += feature (a, (gint) x, (gint) y, directions + f * 27, phases[f])
            - feature (b, (gint) x, (gint) y, directions + f * 27, phases[f]);
    }
    mmd += sum / n * (sum / n) / N_FEATURES;
  }
  return mmd;
}

static gdouble
luma (const Plane *plane, guint x, guint y)
{
  const gdouble *rgb = plane->samples + (y * plane->w + x) * 3;

  return .299 * rgb[0] + .587 * rgb[1] + .114 * rgb[2];
}

static gdouble
box_ssim (
    const Plane *a, const Plane *b, guint left, guint top, guint w, guint h)
{
  gdouble n = (gdouble) w * h, ma = 0, mb = 0, va = 0, vb = 0, cov = 0;

  for (guint i = 0; i < w * h; i++) {
    ma += luma (a, left + i % w, top + i / w) / n;
    mb += luma (b, left + i % w, top + i / w) / n;
  }
  for (guint i = 0; i < w * h; i++) {
    gdouble da = luma (a, left + i % w, top + i / w) - ma;
    gdouble db = luma (b, left + i % w, top + i / w) - mb;

    va += da * da / n;
    vb += db * db / n;
    cov += da * db / n;
  }
  return (2 * ma * mb + 6.5025) * (2 * cov + 58.5225)
      / ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225));
}

static gdouble
window_structure (const Plane *a, const Plane *b, guint left, guint top)
{
  guint right = MIN (left + 16, a->w), bottom = MIN (top + 16, a->h);
  guint w = MIN (8, right - left), h = MIN (8, bottom - top), n = 0;
  gdouble sum = 0;

  for (guint y = top; y + h <= bottom; y += 2) {
    for (guint x = left; x + w <= right; x += 2, n++)
      sum += 1 - box_ssim (a, b, x, y, w, h);
  }
  return MAX (sum / n, 0);
}

/* Where pixel @x is between the centres of @n windows of a level. */
static gdouble
place (guint x, guint level, guint size, guint n)
{
  gdouble on_level = x / (gdouble) (1 << level);

  return CLAMP ((on_level - (MIN (size, 16) - 1) / 2.) / 8, 0, n - 1.);
}

static void
add_level (const Plane *a, const Plane *b, guint level, gboolean structure,
    const PerceptualImage *image, gdouble *map)
{
  guint nx = a->w < 16 ? 1 : (a->w - 16) / 8 + 1;
  guint ny = a->h < 16 ? 1 : (a->h - 16) / 8 + 1;
  g_autofree gdouble *values = g_new (gdouble, nx * ny);

  for (guint i = 0; i < nx * ny; i++) {
    guint left = i % nx * 8, top = i / nx * 8;

    values[i] = window_mmd (a, b, left, top);
    if (structure)
      values[i] = sqrt (values[i] * window_structure (a, b, left, top));
  }
  for (guint i = 0; i < image->width * image->height; i++) {
    gdouble x = place (i % image->width, level, a->w, nx);
    gdouble y = place (i / image->width, level, a->h, ny);
    guint x0 = (guint) x, y0 = (guint) y;
    guint x1 = MIN (x0 + 1, nx - 1), y1 = MIN (y0 + 1, ny - 1);

    map[i] += (1 - (y - y0))
            * ((1 - (x - x0)) * values[y0 * nx + x0]
                + (x - x0) * values[y0 * nx + x1])
        + (y - y0)
            * ((1 - (x - x0)) * values[y1 * nx + x0]
                + (x - x0) * values[y1 * nx + x1]);
  }
}

static gdouble *
plain_map (
    const PerceptualImage *a, const PerceptualImage *b, gboolean structure)
{
  gdouble *map = g_new0 (gdouble, a->width * a->height);
  Plane pa = first_plane (a), pb = first_plane (b);

  for (guint level = 0; level < 4; level++) {
    Plane na = next_plane (&pa), nb = next_plane (&pb);

    if (level == 0 || MIN (pa.w, pa.h) >= 16)
      add_level (&pa, &pb, level, structure, a, map);
    g_free (pa.samples);
    g_free (pb.samples);
    pa = na;
    pb = nb;
  }
  g_free (pa.samples);
  g_free (pb.samples);
  return map;
}

/* --- tests --------------------------------------------------------------- */

static void
test_the_map_is_the_formula (gconstpointer data)
{
  static const guint sizes[][2] = { { 70, 49 }, { 33, 64 }, { 16, 16 },
    { 23, 15 }, { 15, 40 }, { 5, 3 }, { 1, 1 } };
  const gchar *name = data;
  gboolean structure = strcmp (name, "mmd-ssim") == 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint w = sizes[i][0], h = sizes[i][1];
    g_autoptr (TestImage) a = test_image_new (RGBX8, w, h, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (RGBX8, w, h, 25, 2, 0);
    g_autofree gdouble *expected = plain_map (&a->view, &b->view, structure);
    PerceptualResult result =
        measure (name, 2, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);

    g_assert_cmpuint (result.map_width, ==, w);
    g_assert_cmpuint (result.map_height, ==, h);
    for (guint k = 0; k < w * h; k++)
      g_assert_cmpfloat_with_epsilon (
          result.map[k], expected[k], 1e-6 + 1e-4 * expected[k]);
    perceptual_result_clear (&result);
  }
}

static void
test_a_flaw_shows_where_it_is (gconstpointer data)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 160, 120, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 160, 120, 4, 1, 0);
  PerceptualResult result;
  gdouble inside = 0, outside = 0;
  guint brightest = 0;

  /* Noise in 16x16 pixels around (104, 40). */
  for (guint y = 32; y < 48; y++) {
    for (guint x = 96; x < 112; x++) {
      guint8 *pixel = b->memory + y * b->view.stride + x * 4;

      for (guint c = 0; c < 3; c++)
        pixel[c] ^= (x * 7 + y * 13) % 5 * 16;
    }
  }
  result = measure (data, 2, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);
  for (guint i = 0; i < 160 * 120; i++) {
    guint x = i % 160, y = i / 160;

    if (result.map[i] > result.map[brightest])
      brightest = i;
    if (x >= 96 && x < 112 && y >= 32 && y < 48)
      inside += result.map[i] / 256.;
    /* Out of reach of a window of the third level; there is no fourth. */
    else if (x < 96 - 64 || y >= 48 + 64)
      outside = MAX (outside, result.map[i]);
  }
  g_test_message ("%g inside, at most %g far away", inside, outside);
  g_assert_cmpfloat (inside, >, 0.01);
  g_assert_cmpfloat (outside, <, inside / 50);
  g_assert_cmpint (ABS ((gint) (brightest % 160) - 104), <=, 8);
  g_assert_cmpint (ABS ((gint) (brightest / 160) - 40), <=, 8);
  perceptual_result_clear (&result);
}

static void
test_the_map_of_identical_images_is_zero (gconstpointer data)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 100, 51, 9, 1, 0);
  PerceptualResult result =
      measure (data, 2, &a->view, &a->view, PERCEPTUAL_COMPARE_MAP);

  for (guint i = 0; i < 100 * 51; i++)
    g_assert_cmpfloat (result.map[i], ==, 0);
  perceptual_result_clear (&result);
}

static void
test_the_map_is_the_same_for_any_threads (gconstpointer data)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 131, 97, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 131, 97, 25, 2, 0);
  PerceptualResult one =
      measure (data, 1, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);

  for (guint threads = 2; threads <= 5; threads++) {
    PerceptualResult many =
        measure (data, threads, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);

    g_assert_cmpmem (one.map, 131 * 97 * sizeof (gfloat), many.map,
        131 * 97 * sizeof (gfloat));
    perceptual_result_clear (&many);
  }
  perceptual_result_clear (&one);
}

/* With one window, which covers all pixels, the mean is exact; the more
 * windows there are, the less the edges count. */
static void
test_the_mean_of_the_map_is_nearly_the_distance (gconstpointer data)
{
  static const guint sizes[] = { 9, 16, 128, 512 };
  static const gdouble tolerances[] = { 1e-5, 1e-5, .05, .02 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint n = sizes[i];
    g_autoptr (TestImage) a = test_image_new (RGBX8, n, n, 4, 1, 0);
    g_autoptr (TestImage) b = test_image_new (RGBX8, n, n, 25, 2, 0);
    PerceptualResult result =
        measure (data, 2, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);
    gdouble mean = 0;

    for (guint k = 0; k < n * n; k++)
      mean += result.map[k] / ((gdouble) n * n);
    g_test_message ("%u: mean %g, distance %g", n, mean, result.distance);
    g_assert_cmpfloat_with_epsilon (
        mean, result.distance, tolerances[i] * result.distance);
    perceptual_result_clear (&result);
  }
}

static void
test_asking_for_a_map_does_not_change_the_distance (gconstpointer data)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 131, 97, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 131, 97, 25, 2, 0);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new (data, NULL, workers, NULL);
  PerceptualResult with = { 0 }, without = { 0 };

  /* The metric keeps what it needs for a map, or not, from call to call. */
  for (guint i = 0; i < 2; i++) {
    g_assert_true (perceptual_metric_compare (
        metric, &a->view, &b->view, 1, PERCEPTUAL_COMPARE_MAP, &with, NULL));
    g_assert_true (perceptual_metric_compare (metric, &a->view, &b->view, 1,
        PERCEPTUAL_COMPARE_NONE, &without, NULL));
    g_assert_nonnull (with.map);
    g_assert_null (without.map);
    g_assert_cmpfloat (with.distance, ==, without.distance);
    perceptual_result_clear (&with);
  }
}

static void
test_each_distorted_image_has_its_own_map (gconstpointer data)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 70, 49, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 70, 49, 25, 2, 0);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new (data, NULL, workers, NULL);
  PerceptualImage views[] = { b->view, a->view };
  PerceptualResult results[2] = { 0 };
  PerceptualResult alone =
      measure (data, 1, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);

  g_assert_true (perceptual_metric_compare (
      metric, &a->view, views, 2, PERCEPTUAL_COMPARE_MAP, results, NULL));
  for (guint i = 0; i < 70 * 49; i++) {
    g_assert_cmpfloat (results[0].map[i], ==, alone.map[i]);
    g_assert_cmpfloat (results[1].map[i], ==, 0);
  }
  perceptual_result_clear (&results[0]);
  perceptual_result_clear (&results[1]);
  perceptual_result_clear (&alone);
}

static void
add (const gchar *name, const gchar *metric, GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/%s/%s", metric, name);

  g_test_add_data_func (path, metric, func);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const gchar *m = names[i];

    add ("the-map-is-the-formula", m, test_the_map_is_the_formula);
    add ("a-flaw-shows-where-it-is", m, test_a_flaw_shows_where_it_is);
    add ("the-map-of-identical-images-is-zero", m,
        test_the_map_of_identical_images_is_zero);
    add ("the-map-is-the-same-for-any-threads", m,
        test_the_map_is_the_same_for_any_threads);
    add ("the-mean-of-the-map-is-nearly-the-distance", m,
        test_the_mean_of_the_map_is_nearly_the_distance);
    add ("asking-for-a-map-does-not-change-the-distance", m,
        test_asking_for_a_map_does_not_change_the_distance);
    add ("each-distorted-image-has-its-own-map", m,
        test_each_distorted_image_has_its_own_map);
  }
  return g_test_run ();
}
