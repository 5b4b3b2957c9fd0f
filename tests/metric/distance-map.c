/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The distance map of mmd-ssim against the plain program of its definition, and
 * what a map is for: a flaw shows where it is.
 */
#include "distance-map.h"
#include "images.h"
#include "measure.h"
#include "plain-mmd-ssim.h"

#include <math.h>
#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8

static const gchar *const names[] = { "mmd-ssim" };

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

/* --- the definition, plainly ---------------------------------------------- */

static PlainPicture
plain_picture (const PerceptualImage *image)
{
  gsize n = (gsize) image->width * image->height;
  g_autofree guint16 *samples = g_new (guint16, 3 * n);

  for (gsize i = 0; i < 3 * n; i++)
    samples[i] = (guint16) test_image_sample (image,
        (guint) (i / 3 % image->width), (guint) (i / 3 / image->width), i % 3);
  return plain_picture_of_rgb (image->width, image->height, 8, samples);
}

/* The value at @x, @y, which is between the blocks of a level. */
static gdouble
between_blocks (const PlainResult *plain, guint level, guint x, guint y)
{
  guint columns = plain->n_blocks_x[level], rows = plain->n_blocks_y[level];
  const gdouble *blocks = plain->blocks[level];
  gdouble pixel = 1 << level;
  gdouble i = CLAMP ((x / pixel - 3.5) / 8, 0, columns - 1);
  gdouble j = CLAMP ((y / pixel - 3.5) / 8, 0, rows - 1);
  guint left = (guint) i, top = (guint) j;
  guint right = MIN (left + 1, columns - 1), bottom = MIN (top + 1, rows - 1);
  gdouble upper = blocks[top * columns + left] * (1 - (i - left))
      + blocks[top * columns + right] * (i - left);
  gdouble lower = blocks[bottom * columns + left] * (1 - (i - left))
      + blocks[bottom * columns + right] * (i - left);

  return upper * (1 - (j - top)) + lower * (j - top);
}

/* --- tests --------------------------------------------------------------- */

static void
test_the_map_is_the_formula (gconstpointer data)
{
  static const guint sizes[][2] = { { 70, 49 }, { 33, 64 }, { 16, 16 },
    { 23, 15 }, { 15, 40 }, { 5, 3 }, { 1, 1 }, { 370, 364 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint w = sizes[i][0], h = sizes[i][1];
    g_autoptr (TestImage) a = test_image_new (RGBX8, w, h, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (RGBX8, w, h, 25, 2, 0);
    PlainPicture plain_a = plain_picture (&a->view);
    PlainPicture plain_b = plain_picture (&b->view);
    PlainResult plain = plain_mmd_ssim (&plain_a, &plain_b);
    PerceptualResult result =
        measure (data, 2, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);

    g_assert_cmpuint (result.map_width, ==, w);
    g_assert_cmpuint (result.map_height, ==, h);
    for (guint k = 0; k < w * h; k++) {
      gdouble expected = 0;

      for (guint l = 0; l < plain.n_levels; l++)
        expected += between_blocks (&plain, l, k % w, k / w);
      g_assert_cmpfloat_with_epsilon (result.map[k], expected, 1e-6);
    }
    perceptual_result_clear (&result);
    plain_result_clear (&plain);
    plain_picture_clear (&plain_a);
    plain_picture_clear (&plain_b);
  }
}

/* The mean over the blocks of a level is its tap, which is what blocks of one
 * level show where they are. */
static void
test_the_mean_of_the_only_level_s_blocks_is_its_tap (gconstpointer data)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 200, 24, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 200, 24, 25, 2, 0);
  PerceptualResult result =
      measure (data, 2, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);
  gdouble mean = 0;

  g_assert_cmpuint (result.n_taps, ==, 1);
  for (guint j = 0; j < 3; j++) {
    for (guint i = 0; i < 25; i++) {
      /* A block's centre is between four pixels. */
      for (guint k = 0; k < 4; k++)
        mean += result.map[(8 * j + 3 + k / 2) * 200 + 8 * i + 3 + k % 2]
            / (4. * 75);
    }
  }
  /* Of the straight lines between blocks, those at the edges are level. */
  g_assert_cmpfloat_with_epsilon (mean, result.taps[0], .02 * result.taps[0]);
  perceptual_result_clear (&result);
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

/* One block stands for all its pixels, so the mean is exact there; the more
 * blocks there are the less the edges count. */
static void
test_the_mean_of_the_map_is_nearly_the_distance (gconstpointer data)
{
  static const guint sizes[] = { 5, 8, 128, 512 };
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

/* Values lie in the middle of the pixels that each stands for. */
static void
test_a_grid_is_spread_evenly_over_the_pixels (void)
{
  PerceptualMapAxis quarter = perceptual_map_axis_spread (4, 16);
  PerceptualMapAxis same = perceptual_map_axis_spread (5, 5);
  PerceptualMapAxis uneven = perceptual_map_axis_spread (3, 7);

  g_assert_cmpuint (quarter.n, ==, 4);
  g_assert_cmpfloat (quarter.step, ==, 4);
  g_assert_cmpfloat (quarter.first, ==, 1.5);
  g_assert_cmpfloat (same.step, ==, 1);
  g_assert_cmpfloat (same.first, ==, 0);
  /* As far from the last pixel as from the first. */
  g_assert_cmpfloat (
      fabs (uneven.first + 2 * uneven.step - (6 - uneven.first)), <, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const gchar *m = names[i];

    add ("the-map-is-the-formula", m, test_the_map_is_the_formula);
    add ("the-mean-of-the-only-level-s-blocks-is-its-tap", m,
        test_the_mean_of_the_only_level_s_blocks_is_its_tap);
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
  g_test_add_func ("/distance-map/a-grid-is-spread-evenly-over-the-pixels",
      test_a_grid_is_spread_evenly_over_the_pixels);
  return g_test_run ();
}
