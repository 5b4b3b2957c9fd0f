/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * psnr on a published 10-bit pair; l2 against an independent implementation.
 */
#include "golden.h"
#include "measure.h"

#define WIDTH 576
#define HEIGHT 324
#define FRAME (WIDTH * HEIGHT * 3) /* bytes: 4:2:0, 16-bit words */
#define N_FRAMES 3

static PerceptualMetric *
make_metric (const gchar *name)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric =
      perceptual_metric_new (name, NULL, workers, &error);

  g_assert_no_error (error);
  return metric;
}

static PerceptualImage
yuv_view (const gchar *frame, const guint8 *rgb)
{
  const gchar *u = frame + WIDTH * HEIGHT * 2;
  const gchar *v = u + WIDTH * HEIGHT / 2;
  guint cw = WIDTH / 2, ch = HEIGHT / 2;

  return (PerceptualImage){ .width = WIDTH,
    .height = HEIGHT,
    .data = rgb,
    .stride = WIDTH * 4,
    .depth = 10,
    .planes = { { frame, WIDTH * 2, 2, WIDTH, HEIGHT }, { u, WIDTH, 2, cw, ch },
        { v, WIDTH, 2, cw, ch } } };
}

static void
test_psnr_of_the_10_bit_pair_is_the_published_mean (void)
{
  static const gdouble published[] = { 32.571452, 39.038596, 41.280600 };
  g_autofree gchar *reference_path =
      golden_path ("media", "src01_hrc00_576x324.yuv420p10le.yuv");
  g_autofree gchar *distorted_path = NULL;
  g_autofree gchar *reference = NULL, *distorted = NULL;
  g_autofree guint8 *rgb = g_malloc0 (WIDTH * HEIGHT * 4);
  g_autoptr (PerceptualMetric) metric = make_metric ("psnr");
  gdouble means[3] = { 0 };
  gsize size;

  if (reference_path == NULL)
    return;
  distorted_path = golden_path ("media", "src01_hrc01_576x324.yuv420p10le.yuv");
  g_assert_true (g_file_get_contents (reference_path, &reference, &size, NULL));
  g_assert_cmpuint (size, ==, FRAME * N_FRAMES);
  g_assert_true (g_file_get_contents (distorted_path, &distorted, &size, NULL));
  for (guint i = 0; i < N_FRAMES; i++) {
    PerceptualImage a = yuv_view (reference + i * FRAME, rgb);
    PerceptualImage b = yuv_view (distorted + i * FRAME, rgb);
    PerceptualResult result =
        test_compare (metric, &a, &b, PERCEPTUAL_COMPARE_NONE);
    for (guint plane = 0; plane < 3; plane++)
      means[plane] += result.taps[plane] / N_FRAMES;
  }
  for (guint plane = 0; plane < 3; plane++)
    golden_assert_near (means[plane], published[plane], 1e-6);
}

static void
test_l2_is_that_of_the_independent_implementation (void)
{
  g_autoptr (JsonObject) root = golden_json ("mmd.json");
  g_autoptr (PerceptualMetric) metric = make_metric ("l2");
  JsonArray *entries;

  if (root == NULL)
    return;
  entries = json_object_get_array_member (root, "rbf");
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autoptr (GoldenImage) a =
        golden_image (json_object_get_string_member (entry, "reference"), NULL);
    g_autoptr (GoldenImage) b =
        golden_image (json_object_get_string_member (entry, "distorted"), NULL);
    PerceptualResult result =
        test_compare (metric, &a->view, &b->view, PERCEPTUAL_COMPARE_NONE);
    golden_assert_near (
        result.distance, json_object_get_double_member (entry, "l2"), 1e-7);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/classics/psnr-of-the-10-bit-pair-is-the-published-mean",
      test_psnr_of_the_10_bit_pair_is_the_published_mean);
  g_test_add_func ("/classics/l2-is-that-of-the-independent-implementation",
      test_l2_is_that_of_the_independent_implementation);
  return g_test_run ();
}
