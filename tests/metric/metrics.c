/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every metric must do.  Walks the table of metrics, so a new metric is
 * tested the day it is added.
 */
#include "../sanitized.h"
#include "images.h"
#include "measure.h"
#include "metric-private.h"
#include "option.h"

#include <math.h>
#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8
#define RGBX16 PERCEPTUAL_PIXELS_RGBX16

/* Metrics of networks are walked with random weights: no file is needed. */
static PerceptualMetric *
make_metric (const PerceptualMetricInfo *info, guint threads)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (info->flags & PERCEPTUAL_METRIC_WEIGHTS) {
    g_variant_dict_insert (&options, "weights", "s", "random");
    if (perceptual_option_find (info->options, "heads") != NULL)
      g_variant_dict_insert (&options, "heads", "s", "none");
  }
  metric = perceptual_metric_new (
      info->name, g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

/* Images of the size asked for, or of the smallest that the metric takes. */
static TestImage *
image_for (const PerceptualMetric *metric, PerceptualPixels pixels, guint width,
    guint height, gdouble noise, guint64 seed, guint padding)
{
  return test_image_new (pixels, MAX (width, metric->min_width),
      MAX (height, metric->min_height), noise, seed, padding);
}

static TestImage *
flat_for (
    const PerceptualMetric *metric, guint width, guint height, guint value)
{
  return test_image_flat (
      MAX (width, metric->min_width), MAX (height, metric->min_height), value);
}

static void
assert_identity (const PerceptualMetricInfo *info, gdouble distance)
{
  if (strcmp (info->name, "psnr") == 0)
    g_assert_true (isinf (distance) && distance > 0);
  else if (info->flags & PERCEPTUAL_METRIC_SIMILARITY)
    g_assert_cmpfloat (distance, ==, 1);
  else
    g_assert_cmpfloat (distance, ==, 0);
}

static void
test_an_image_is_identical_to_itself (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 2);
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 147, 99, 20, 1, 0);
  g_autoptr (TestImage) deep = image_for (metric, RGBX16, 147, 99, 20, 1, 0);

  assert_identity (info, test_distance (metric, &a->view, &a->view));
  assert_identity (info, test_distance (metric, &deep->view, &deep->view));
}

static void
test_padding_and_the_fourth_sample_do_not_matter (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 1);
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 97, 61, 0, 1, 0);
  g_autoptr (TestImage) b = image_for (metric, RGBX8, 97, 61, 0, 2, 5);

  assert_identity (info, test_distance (metric, &a->view, &b->view));
}

static void
test_more_noise_is_more_distance (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 2);
  guint width = test_sanitized_or (160, 80), height = width * 3 / 4;
  g_autoptr (TestImage) a = image_for (metric, RGBX8, width, height, 0, 1, 0);
  gdouble sign = info->flags & PERCEPTUAL_METRIC_SIMILARITY ? -1 : 1;
  gdouble last = -HUGE_VAL;

  for (guint noise = 3; noise <= 48; noise *= 2) {
    g_autoptr (TestImage) b =
        image_for (metric, RGBX8, width, height, noise, 2, 0);
    gdouble distance = sign * test_distance (metric, &a->view, &b->view);

    g_assert_cmpfloat (distance, >, last);
    last = distance;
  }
}

/* To the last bit, at sizes with whole windows and without. */
static void
test_symmetric_metrics_are_symmetric (gconstpointer data)
{
  static const guint sizes[][2] = { { 130, 75 }, { 13, 9 }, { 40, 14 } };
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 1);

  if (!(info->flags & PERCEPTUAL_METRIC_SYMMETRIC)) {
    g_test_skip ("not symmetric by its formula");
    return;
  }
  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    PerceptualPixels pixels = i % 2 == 0 ? RGBX8 : RGBX16;
    guint width = sizes[i / 2][0], height = sizes[i / 2][1];
    g_autoptr (TestImage) a =
        image_for (metric, pixels, width, height, 5, 1, 0);
    g_autoptr (TestImage) b =
        image_for (metric, pixels, width, height, 25, 2, 0);
    PerceptualResult there =
        test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
    PerceptualResult back =
        test_compare (metric, &b->view, &a->view, PERCEPTUAL_COMPARE_NONE);

    g_assert_cmpfloat (there.distance, ==, back.distance);
    g_assert_cmpuint (there.n_taps, ==, back.n_taps);
    for (guint tap = 0; tap < there.n_taps; tap++)
      g_assert_cmpfloat (there.taps[tap], ==, back.taps[tap]);
  }
}

/* What is in columns must be told apart; the only tap is the distance. */
static void
test_taps_have_names_of_their_own (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 1);
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 180, 170, 5, 1, 0);
  g_autoptr (TestImage) b = image_for (metric, RGBX8, 180, 170, 25, 2, 0);
  PerceptualResult result =
      test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);

  for (guint tap = 0; tap < result.n_taps && result.n_taps > 1; tap++) {
    const gchar *name = perceptual_metric_get_tap_name (metric, tap, TRUE);

    g_assert_nonnull (name);
    for (guint other = 0; other < tap; other++)
      g_assert_cmpstr (
          name, !=, perceptual_metric_get_tap_name (metric, other, TRUE));
  }
  g_assert_null (
      perceptual_metric_get_tap_name (metric, PERCEPTUAL_MAX_TAPS, FALSE));
}

static void
test_taps_of_a_distance_sum_to_it (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 1);
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 130, 75, 5, 1, 0);
  g_autoptr (TestImage) b = image_for (metric, RGBX8, 130, 75, 25, 2, 0);
  PerceptualResult result =
      test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
  gdouble sum = 0;

  g_assert_cmpuint (result.n_taps, >=, 1);
  g_assert_cmpuint (result.n_taps, <=, PERCEPTUAL_MAX_TAPS);
  for (guint i = 0; i < result.n_taps; i++)
    sum += result.taps[i];
  if (!(info->flags & PERCEPTUAL_METRIC_SIMILARITY))
    g_assert_cmpfloat_with_epsilon (
        sum, result.distance, 1e-9 * fabs (result.distance));
}

/* All threads with all strips; with sanitizers each of both once. */
static void
test_threads_and_strips_do_not_change_a_bit (gconstpointer data)
{
  static const guint threads[] = { 1, 2, 3, 7 };
  static const guint strips[] = { 0, 8, 24, 1000 };
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) any = make_metric (info, 1);
  guint width = test_sanitized_or (181, 101);
  guint height = test_sanitized_or (157, 77);
  g_autoptr (TestImage) a = image_for (any, RGBX8, width, height, 5, 1, 0);
  g_autoptr (TestImage) b = image_for (any, RGBX8, width, height, 25, 2, 0);
  PerceptualResult expected = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_autoptr (PerceptualMetric) metric = make_metric (info, threads[i]);

    for (guint k = 0; k < G_N_ELEMENTS (strips); k++) {
      PerceptualResult result;

      if (test_sanitized () && k != i)
        continue;
      metric->strip_rows = strips[k];
      result =
          test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
      if (i == 0 && k == 0)
        expected = result;
      g_assert_cmpmem (&result, sizeof (result), &expected, sizeof (expected));
    }
  }
}

static void
test_several_distorted_images_give_what_each_gives_alone (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 130, 75, 5, 1, 0);
  TestImage *b[3];
  PerceptualImage views[3];
  PerceptualResult together[3] = { { 0 } };

  for (guint i = 0; i < 3; i++) {
    b[i] = image_for (metric, RGBX8, 130, 75, 10 * i, 2 + i, i);
    views[i] = b[i]->view;
  }
  perceptual_metric_compare (
      metric, &a->view, views, 3, PERCEPTUAL_COMPARE_NONE, together, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++) {
    PerceptualResult alone =
        test_compare (metric, &a->view, &b[i]->view, PERCEPTUAL_COMPARE_NONE);

    g_assert_cmpmem (&together[i], sizeof (alone), &alone, sizeof (alone));
    test_image_free (b[i]);
  }
}

#define SETS 9
#define EACH 2

static void
assert_same_results (const PerceptualResult *a, const PerceptualResult *b)
{
  gsize pixels = (gsize) a->map_width * a->map_height;

  g_assert_cmpmem (
      &a->distance, sizeof a->distance, &b->distance, sizeof b->distance);
  g_assert_cmpuint (a->n_taps, ==, b->n_taps);
  g_assert_cmpmem (a->taps, sizeof a->taps, b->taps, sizeof b->taps);
  g_assert_cmpuint (a->map_width, ==, b->map_width);
  g_assert_cmpuint (a->map_height, ==, b->map_height);
  if (pixels > 0)
    g_assert_cmpmem (
        a->map, pixels * sizeof (gfloat), b->map, pixels * sizeof (gfloat));
}

static void
test_many_comparisons_give_what_each_gives_alone (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) one = make_metric (info, 1);
  g_autoptr (PerceptualMetric) metric = make_metric (info, 3);
  PerceptualCompareFlags flags = info->flags & PERCEPTUAL_METRIC_MAP
      ? PERCEPTUAL_COMPARE_MAP
      : PERCEPTUAL_COMPARE_NONE;
  g_autoptr (GPtrArray) images =
      g_ptr_array_new_with_free_func ((GDestroyNotify) test_image_free);
  PerceptualImage references[SETS], distorted[SETS * EACH];
  PerceptualResult many[SETS * EACH] = { { 0 } };

  for (guint i = 0; i < SETS * (1 + EACH); i++) {
    guint set = i < SETS ? i : (i - SETS) / EACH;
    /* Most of one size, one of another among them. */
    TestImage *image = image_for (metric, set % 3 == 1 ? RGBX16 : RGBX8,
        set == 5 ? 90 : 66, 50, 5. * i, i, i % 4);

    g_ptr_array_add (images, image);
    if (i < SETS)
      references[i] = image->view;
    else
      distorted[i - SETS] = image->view;
  }
  g_assert_true (perceptual_metric_compare_many (
      metric, references, SETS, distorted, EACH, flags, many, NULL));
  for (guint i = 0; i < SETS * EACH; i++) {
    PerceptualResult alone =
        test_compare (one, &references[i / EACH], &distorted[i], flags);

    assert_same_results (&many[i], &alone);
    perceptual_result_clear (&alone);
    perceptual_result_clear (&many[i]);
  }
}

static gboolean
gains (const gchar *specification)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  const PerceptualMetricInfo *info =
      perceptual_specification_parse (specification, &options, &error);
  g_autoptr (PerceptualMetric) metric = NULL;

  g_assert_no_error (error);
  metric = perceptual_metric_new (info->name, options, workers, &error);
  g_assert_no_error (error);
  return perceptual_metric_gains_from_many (metric, 64, 48);
}

/* Pictures that are made smaller are so one after the other. */
static void
test_metrics_of_networks_gain_from_many (void)
{
  g_assert_true (gains ("cosine:weights=random"));
  g_assert_true (gains ("lpips:weights=random,heads=none"));
  g_assert_true (gains ("cosine:weights=random,scale=auto"));
  g_assert_false (gains ("cosine:weights=random,scale=.5"));
  g_assert_false (gains ("mmd-ssim"));
  g_assert_false (gains ("psnr"));
}

static void
test_a_bad_image_among_many_is_named (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 2);
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 40, 40, 5, 1, 0);
  g_autoptr (GError) error = NULL;
  PerceptualImage references[3] = { a->view, a->view, a->view };
  PerceptualImage distorted[3] = { a->view, a->view, a->view };
  PerceptualResult results[3] = { { 0 } };

  distorted[2].width--;
  g_assert_false (perceptual_metric_compare_many (metric, references, 3,
      distorted, 1, PERCEPTUAL_COMPARE_NONE, results, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE);
  g_assert_true (g_str_has_prefix (error->message, "reference 2: "));
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (results[i].n_taps, ==, 0);
}

static void
check_size (const PerceptualMetricInfo *info, PerceptualMetric *metric,
    guint width, guint height)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, width, height, 5, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, width, height, 30, 2, 0);
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };

  if (perceptual_metric_compare (metric, &a->view, &b->view, 1,
          PERCEPTUAL_COMPARE_NONE, &result, &error)) {
    g_assert_true (isfinite (result.distance));
    if (!(info->flags & PERCEPTUAL_METRIC_SIMILARITY))
      g_assert_cmpfloat (result.distance, >=, 0);
    assert_identity (info, test_distance (metric, &a->view, &a->view));
  } else {
    g_autofree gchar *smallest =
        g_strdup_printf ("%ux%u", metric->min_width, metric->min_height);

    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE);
    g_assert_nonnull (strstr (error->message, smallest));
    g_assert_true (width < metric->min_width || height < metric->min_height);
  }
}

static void
test_any_size_works_or_names_the_smallest (gconstpointer data)
{
  static const guint sizes[][2] = { { 1, 1 }, { 2, 3 }, { 7, 40 }, { 15, 16 },
    { 16, 15 }, { 16, 16 }, { 17, 33 }, { 33, 31 }, { 65, 48 }, { 4096, 2 },
    { 3, 1500 }, { 160, 161 }, { 161, 161 } };
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 2);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    /* The largest ones are about ms-ssim's smallest. */
    if (!test_sanitized () || MIN (sizes[i][0], sizes[i][1]) < 160
        || metric->min_width >= 160)
      check_size (info, metric, sizes[i][0], sizes[i][1]);
  }
}

static void
test_flat_images_give_no_nan (gconstpointer data)
{
  static const guint values[] = { 0, 1, 128, 255 };
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 1);
  guint width = test_sanitized_or (67, 37), height = width - 2;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    for (guint k = 0; k < G_N_ELEMENTS (values); k++) {
      g_autoptr (TestImage) a = flat_for (metric, width, height, values[i]);
      g_autoptr (TestImage) b = flat_for (metric, width, height, values[k]);
      gdouble distance = test_distance (metric, &a->view, &b->view);

      g_assert_false (isnan (distance));
      if (i == k)
        assert_identity (info, distance);
      else
        g_assert_true (isfinite (distance));
    }
  }
}

static void
test_sixteen_bits_give_what_eight_bits_give (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 1);
  g_autoptr (TestImage) a8 = image_for (metric, RGBX8, 101, 70, 5, 1, 0);
  g_autoptr (TestImage) b8 = image_for (metric, RGBX8, 101, 70, 25, 2, 0);
  g_autoptr (TestImage) a16 = image_for (metric, RGBX16, 101, 70, 5, 1, 3);
  g_autoptr (TestImage) b16 = image_for (metric, RGBX16, 101, 70, 25, 2, 1);
  g_autoptr (TestImage) a16b = image_for (metric, RGBX16, 101, 70, 5, 1, 0);
  g_autoptr (TestImage) b16b = image_for (metric, RGBX16, 101, 70, 25, 2, 0);
  gdouble eight = test_distance (metric, &a8->view, &b8->view);
  gdouble sixteen = test_distance (metric, &a16b->view, &b16b->view);

  /* mmd-ssim takes the upper byte of a word, rounded: of 257 v, which has all
   * of 16 bits, v or v + 1. */
  g_assert_cmpfloat_with_epsilon (eight, sixteen,
      (g_str_equal (info->name, "mmd-ssim") ? 1e-2 : 1e-5) * fabs (eight));
  g_assert_true (isfinite (test_distance (metric, &a16->view, &b16->view)));
}

/* @four without its fourth samples, beginning and going on at odd addresses. */
static PerceptualImage
pack (const PerceptualImage *four, guint8 *memory)
{
  PerceptualImage three = { .pixels = PERCEPTUAL_PIXELS_RGB8,
    .width = four->width,
    .height = four->height,
    .stride = four->width * 3 + 1 + four->width % 2,
    .data = memory + 1 };

  for (guint y = 0; y < four->height; y++) {
    const guint8 *from = (const guint8 *) four->data + y * four->stride;
    guint8 *to = memory + 1 + y * three.stride;

    for (guint x = 0; x < four->width; x++)
      memcpy (to + 3 * x, from + 4 * x, 3);
  }
  return three;
}

static void
test_three_bytes_a_pixel_give_what_four_give (gconstpointer data)
{
  static const guint sizes[][2] = { { 101, 70 }, { 64, 33 }, { 7, 5 } };
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 2);
  PerceptualCompareFlags flags = info->flags & PERCEPTUAL_METRIC_MAP
      ? PERCEPTUAL_COMPARE_MAP
      : PERCEPTUAL_COMPARE_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (TestImage) a =
        image_for (metric, RGBX8, sizes[i][0], sizes[i][1], 5, 1, 0);
    g_autoptr (TestImage) b =
        image_for (metric, RGBX8, sizes[i][0], sizes[i][1], 25, 2, 0);
    gsize bytes = (gsize) a->view.height * (a->view.width * 3 + 2) + 1;
    g_autofree guint8 *a_memory = g_malloc (bytes);
    g_autofree guint8 *b_memory = g_malloc (bytes);
    PerceptualImage a3 = pack (&a->view, a_memory);
    PerceptualImage b3 = pack (&b->view, b_memory);
    PerceptualResult four = test_compare (metric, &a->view, &b->view, flags);
    PerceptualResult three = test_compare (metric, &a3, &b3, flags);

    g_assert_cmpfloat (four.distance, >, 0);
    g_assert_cmpfloat (four.distance, ==, three.distance);
    g_assert_cmpuint (four.n_taps, ==, three.n_taps);
    g_assert_cmpmem (
        four.taps, sizeof four.taps, three.taps, sizeof three.taps);
    if (flags & PERCEPTUAL_COMPARE_MAP)
      g_assert_cmpmem (four.map,
          sizeof (gfloat) * four.map_width * four.map_height, three.map,
          sizeof (gfloat) * three.map_width * three.map_height);
    perceptual_result_clear (&four);
    perceptual_result_clear (&three);
  }
}

static void
test_a_map_that_the_metric_lacks_is_an_error (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 1);
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 101, 70, 5, 1, 0);
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };

  if (info->flags & PERCEPTUAL_METRIC_MAP) {
    g_test_skip ("the metric has a map");
    return;
  }
  g_assert_false (perceptual_metric_compare (
      metric, &a->view, &a->view, 1, PERCEPTUAL_COMPARE_MAP, &result, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_UNSUPPORTED);
}

static void
test_the_map_of_an_image_with_itself_is_zero (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;
  g_autoptr (PerceptualMetric) metric = make_metric (info, 2);
  g_autoptr (TestImage) a = image_for (metric, RGBX8, 101, 70, 5, 1, 0);
  guint w = a->view.width, h = a->view.height;
  PerceptualResult result = { 0 };

  if (!(info->flags & PERCEPTUAL_METRIC_MAP)) {
    g_test_skip ("the metric has no map");
    return;
  }
  g_assert_true (perceptual_metric_compare (
      metric, &a->view, &a->view, 1, PERCEPTUAL_COMPARE_MAP, &result, NULL));
  g_assert_cmpuint (result.map_width, ==, w);
  g_assert_cmpuint (result.map_height, ==, h);
  for (guint i = 0; i < w * h; i++)
    g_assert_cmpfloat (result.map[i], ==, 0);
  perceptual_result_clear (&result);
}

static void
test_the_table_row_is_complete (gconstpointer data)
{
  const PerceptualMetricInfo *info = data;

  g_assert_cmpuint (strlen (info->blurb), >, 20);
  g_assert_cmpint (
      info->map_maximum > 0, ==, (info->flags & PERCEPTUAL_METRIC_MAP) != 0);
  for (guint i = 0; info->options && info->options[i]; i++) {
    const PerceptualOption *option = info->options[i];
    g_autoptr (GVariant) value = perceptual_option_default (option);

    g_assert_nonnull (value);
    g_assert_cmpuint (strlen (option->blurb), >, 10);
    /* One name is one row in every metric. */
    g_assert_true (
        perceptual_option_find (perceptual_options (), option->name) == option);
  }
}

static void
add (const gchar *name, const PerceptualMetricInfo *info, GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/%s/%s", info->name, name);

  g_test_add_data_func (path, info, func);
}

int
main (int argc, char **argv)
{
  const PerceptualMetricInfo *const *metrics = perceptual_metrics ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/metrics-of-networks-gain-from-many",
      test_metrics_of_networks_gain_from_many);
  for (guint i = 0; metrics[i] != NULL; i++) {
    const PerceptualMetricInfo *m = metrics[i];

    add ("the-table-row-is-complete", m, test_the_table_row_is_complete);
    add ("an-image-is-identical-to-itself", m,
        test_an_image_is_identical_to_itself);
    add ("padding-and-the-fourth-sample-do-not-matter", m,
        test_padding_and_the_fourth_sample_do_not_matter);
    add ("more-noise-is-more-distance", m, test_more_noise_is_more_distance);
    add ("symmetric-metrics-are-symmetric", m,
        test_symmetric_metrics_are_symmetric);
    add ("taps-of-a-distance-sum-to-it", m, test_taps_of_a_distance_sum_to_it);
    add ("taps-have-names-of-their-own", m, test_taps_have_names_of_their_own);
    add ("threads-and-strips-do-not-change-a-bit", m,
        test_threads_and_strips_do_not_change_a_bit);
    add ("several-distorted-images-give-what-each-gives-alone", m,
        test_several_distorted_images_give_what_each_gives_alone);
    add ("many-comparisons-give-what-each-gives-alone", m,
        test_many_comparisons_give_what_each_gives_alone);
    add ("a-bad-image-among-many-is-named", m,
        test_a_bad_image_among_many_is_named);
    add ("any-size-works-or-names-the-smallest", m,
        test_any_size_works_or_names_the_smallest);
    add ("flat-images-give-no-nan", m, test_flat_images_give_no_nan);
    add ("sixteen-bits-give-what-eight-bits-give", m,
        test_sixteen_bits_give_what_eight_bits_give);
    add ("three-bytes-a-pixel-give-what-four-give", m,
        test_three_bytes_a_pixel_give_what_four_give);
    add ("a-map-that-the-metric-lacks-is-an-error", m,
        test_a_map_that_the_metric_lacks_is_an_error);
    add ("the-map-of-an-image-with-itself-is-zero", m,
        test_the_map_of_an_image_with_itself_is_zero);
  }
  return g_test_run ();
}
