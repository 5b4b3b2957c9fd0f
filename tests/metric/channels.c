/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which planes psnr and ssim read of two images, and how their samples are
 * brought together.
 */
#include "images.h"
#include "measure.h"
#include "metric-private.h"

#include <math.h>
#include <string.h>

#define W 46
#define H 39
#define CW ((W + 1) / 2)
#define CH ((H + 1) / 2)

/* 4:2:0 of 8 bits, chroma plane by plane and interleaved. */
typedef struct
{
  guint8 luma[W * H];
  guint8 chroma[2][CW * CH];
  guint8 both[2 * CW * CH];
} Samples;

static void
fill (Samples *self, guint64 seed)
{
  for (guint i = 0; i < W * H + 2 * CW * CH; i++) {
    guint8 value;

    seed = seed * G_GUINT64_CONSTANT (6364136223846793005) + 1;
    value = (guint8) (seed >> 40);
    if (i < W * H) {
      self->luma[i] = value;
    } else {
      guint at = i - W * H;

      self->chroma[at % 2][at / 2] = value;
      self->both[at] = value;
    }
  }
}

static PerceptualImage
image_of (const Samples *samples, gboolean interleaved)
{
  PerceptualImage image = { .width = W, .height = H, .depth = 8 };

  image.planes[0] = (PerceptualPlane){ samples->luma, W, 1, W, H };
  for (guint c = 0; c < 2; c++)
    image.planes[1 + c] = interleaved
        ? (PerceptualPlane){ samples->both + c, 2 * CW, 2, CW, CH }
        : (PerceptualPlane){ samples->chroma[c], CW, 1, CW, CH };
  return image;
}

/* Of every sample, without any parts. */
static gdouble
psnr_of (const PerceptualPlane *a, const PerceptualPlane *b)
{
  gdouble sum = 0;

  for (guint y = 0; y < a->height; y++) {
    for (guint x = 0; x < a->width; x++) {
      gdouble d =
          (gdouble) ((const guint8 *) a->data)[y * a->stride + x * a->step]
          - ((const guint8 *) b->data)[y * b->stride + x * b->step];

      sum += d * d;
    }
  }
  return 10 * log10 (255. * 255 * a->width * a->height / sum);
}

static void
test_interleaved_chroma_is_that_of_planes (void)
{
  Samples a, b;
  PerceptualImage planar, woven, other;

  fill (&a, 1);
  fill (&b, 2);
  planar = image_of (&a, FALSE);
  woven = image_of (&a, TRUE);
  other = image_of (&b, FALSE);
  for (guint i = 0; i < 2; i++) {
    const gchar *name = i == 0 ? "psnr" : "ssim";
    PerceptualResult apart = test_measure (name, NULL, &planar, &other);
    PerceptualResult together = test_measure (name, NULL, &woven, &other);
    PerceptualResult back = test_measure (name, NULL, &other, &woven);

    g_assert_cmpuint (apart.n_taps, ==, 3);
    g_assert_cmpuint (together.n_taps, ==, 3);
    for (guint c = 0; c < 3; c++) {
      g_assert_cmpfloat (together.taps[c], ==, apart.taps[c]);
      g_assert_cmpfloat (back.taps[c], ==, apart.taps[c]);
    }
  }
}

/* Strips are of luma; a row of chroma belongs to one of them, and to one
 * only. */
static void
test_every_row_of_chroma_is_counted_once (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  Samples a, b;
  PerceptualImage reference, distorted;

  fill (&a, 3);
  fill (&b, 4);
  reference = image_of (&a, FALSE);
  distorted = image_of (&b, FALSE);
  for (guint rows = 1; rows < H + 2; rows++) {
    g_autoptr (PerceptualMetric) metric =
        perceptual_metric_new ("psnr", NULL, workers, NULL);
    PerceptualResult result;

    metric->strip_rows = rows;
    result =
        test_compare (metric, &reference, &distorted, PERCEPTUAL_COMPARE_NONE);
    g_assert_cmpuint (result.n_taps, ==, 3);
    for (guint c = 0; c < 3; c++)
      g_assert_cmpfloat_with_epsilon (result.taps[c],
          psnr_of (&reference.planes[c], &distorted.planes[c]), 1e-10);
  }
}

/* Every sample of a plane has the same value. */
static void
flatten (Samples *self, guint8 luma, guint8 cb, guint8 cr)
{
  memset (self->luma, luma, sizeof self->luma);
  memset (self->chroma[0], cb, sizeof self->chroma[0]);
  memset (self->chroma[1], cr, sizeof self->chroma[1]);
}

/* Grey has the same number in both ranges; from there on a step of full range
 * is 224 / 255 of one of limited range. */
static void
test_chroma_of_two_ranges_meets_in_the_middle (void)
{
  Samples a, b;
  PerceptualImage full, limited;
  PerceptualResult result;
  gdouble error = 100 * 224 / 255. - 112;

  flatten (&a, 0, 128, 228);
  flatten (&b, 16, 128, 240);
  full = image_of (&a, FALSE);
  full.full_range = TRUE;
  limited = image_of (&b, FALSE);
  result = test_measure ("psnr", NULL, &full, &limited);
  g_assert_cmpuint (result.n_taps, ==, 3);
  g_assert_true (isinf (result.taps[0]));
  g_assert_true (isinf (result.taps[1]));
  g_assert_cmpfloat_with_epsilon (
      result.taps[2], 10 * log10 (255. * 255 / (error * error)), 1e-9);
  result = test_measure ("ssim", NULL, &full, &limited);
  g_assert_cmpfloat_with_epsilon (result.taps[0], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (result.taps[1], 1, 1e-6);
  {
    /* Of flat planes only the means are left. */
    gdouble x = 128 + 100 * 224 / 255., y = 240;

    g_assert_cmpfloat_with_epsilon (
        result.taps[2], (2 * x * y + 6.5025) / (x * x + y * y + 6.5025), 1e-5);
  }
}

static void
test_chroma_of_two_sizes_is_left_out (void)
{
  Samples a, b;
  PerceptualImage reference, distorted;

  fill (&a, 5);
  fill (&b, 6);
  reference = image_of (&a, FALSE);
  for (guint i = 0; i < 2; i++) {
    distorted = image_of (&b, FALSE);
    for (guint c = 1; c < 3; c++) {
      distorted.planes[c].width -= i == 0;
      distorted.planes[c].height -= i == 1;
    }
    g_assert_cmpuint (
        test_measure ("psnr", NULL, &reference, &distorted).n_taps, ==, 1);
    g_assert_cmpuint (
        test_measure ("ssim", NULL, &reference, &distorted).n_taps, ==, 1);
  }
  distorted = image_of (&b, FALSE);
  distorted.planes[2].data = NULL;
  g_assert_cmpuint (
      test_measure ("psnr", NULL, &reference, &distorted).n_taps, ==, 1);
}

static void
test_channels_are_named_in_their_order (void)
{
  static const gchar *const names[2][5] = { { "Y", "Cb", "Cr", NULL, NULL },
    { "Y", "R", "G", "B", NULL } };
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new ("ssim", NULL, workers, NULL);

  for (guint rgb = 0; rgb < 2; rgb++) {
    for (guint tap = 0; tap < 5; tap++)
      g_assert_cmpstr (perceptual_metric_get_tap_name (metric, tap, rgb != 0),
          ==, names[rgb][tap]);
  }
}

/* The same picture with 8 and with 16 bits. */
static void
test_sixteen_bits_of_rgb_give_what_eight_give (void)
{
  TestImage *small[2], *large[2];
  PerceptualResult eight, sixteen;

  for (guint i = 0; i < 2; i++) {
    PerceptualImage *view;

    small[i] = test_image_new (PERCEPTUAL_PIXELS_RGBX8, W, H, 4 + 9 * i, 1, 0);
    large[i] = test_image_new (PERCEPTUAL_PIXELS_RGBX16, W, H, 0, 1, 0);
    view = &large[i]->view;
    for (guint y = 0; y < H; y++) {
      for (guint x = 0; x < 4 * W; x++)
        ((guint16 *) (gpointer) ((guint8 *) view->data + y * view->stride))[x] =
            (guint16) (257
                * ((const guint8 *) small[i]
                        ->view.data)[y * small[i]->view.stride + x]);
    }
  }
  eight = test_measure ("ssim", NULL, &small[0]->view, &small[1]->view);
  sixteen = test_measure ("ssim", NULL, &large[0]->view, &large[1]->view);
  g_assert_cmpuint (eight.n_taps, ==, 4);
  g_assert_cmpuint (sixteen.n_taps, ==, 4);
  for (guint c = 0; c < 4; c++) {
    g_assert_cmpfloat_with_epsilon (sixteen.taps[c], eight.taps[c], 1e-6);
    for (guint other = 0; other < c; other++)
      g_assert_cmpfloat (fabs (eight.taps[c] - eight.taps[other]), >, 1e-5);
  }
  for (guint i = 0; i < 2; i++) {
    test_image_free (small[i]);
    test_image_free (large[i]);
  }
}

static void
test_black_and_white_of_sixteen_bits_are_as_far_as_can_be (void)
{
  g_autoptr (TestImage) a =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, W, H, 0, 1, 0);
  g_autoptr (TestImage) b =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, W, H, 0, 1, 0);

  memset ((gpointer) a->view.data, 0, a->view.stride * H);
  memset ((gpointer) b->view.data, 255, b->view.stride * H);
  g_assert_cmpfloat_with_epsilon (
      test_measure ("l2", NULL, &a->view, &b->view).distance, 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (
      test_measure ("psnr", NULL, &b->view, &a->view).distance, 0, 1e-12);
}

/* At the last scale brightness counts, at the others contrast alone. */
static void
test_the_last_scale_of_ms_ssim_sees_brightness (void)
{
  g_autoptr (TestImage) a = test_image_flat (180, 180, 100);
  g_autoptr (TestImage) b = test_image_flat (180, 180, 150);
  PerceptualResult result = test_measure ("ms-ssim", NULL, &a->view, &b->view);
  gdouble brightness =
      (2 * 100. * 150 + 6.5025) / (100. * 100 + 150. * 150 + 6.5025);

  for (guint scale = 0; scale < 4; scale++)
    g_assert_cmpfloat_with_epsilon (result.taps[scale], 1, 1e-5);
  g_assert_cmpfloat_with_epsilon (result.taps[4], brightness, 1e-5);
  g_assert_cmpfloat_with_epsilon (
      result.distance, pow (brightness, 0.1333), 1e-5);
}

static void
test_half_of_the_chroma_is_refused (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new ("mmd-ssim", NULL, workers, NULL);
  Samples samples;

  fill (&samples, 7);
  for (guint lacking = 1; lacking < 3; lacking++) {
    PerceptualImage image = image_of (&samples, FALSE);
    PerceptualResult result = { 0 };
    g_autoptr (GError) error = NULL;

    image.planes[lacking].data = NULL;
    g_assert_false (perceptual_metric_compare (
        metric, &image, &image, 1, PERCEPTUAL_COMPARE_NONE, &result, &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE);
  }
}

/* Buffers that are kept belong to a size. */
static void
test_a_metric_that_saw_another_height_gives_the_same (void)
{
  static const gchar *const names[] = { "ssim", "ms-ssim", "psnr", "l2",
    "mmd-ssim" };
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (PerceptualMetric) metric =
        perceptual_metric_new (names[i], NULL, workers, NULL);

    for (guint width = 180; width < 260; width += 60) {
      for (guint height = 180; height < 800; height += 300) {
        PerceptualPixels pixels = PERCEPTUAL_PIXELS_RGBX8;
        g_autoptr (TestImage) a =
            test_image_new (pixels, width, height, 4, 1, 0);
        g_autoptr (TestImage) b =
            test_image_new (pixels, width, height, 20, 2, 0);

        g_assert_cmpfloat (test_distance (metric, &a->view, &b->view), ==,
            test_measure (names[i], NULL, &a->view, &b->view).distance);
      }
    }
  }
}

#define ADD(test) g_test_add_func ("/channels/" #test, test_##test)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (interleaved_chroma_is_that_of_planes);
  ADD (every_row_of_chroma_is_counted_once);
  ADD (chroma_of_two_ranges_meets_in_the_middle);
  ADD (chroma_of_two_sizes_is_left_out);
  ADD (channels_are_named_in_their_order);
  ADD (sixteen_bits_of_rgb_give_what_eight_give);
  ADD (black_and_white_of_sixteen_bits_are_as_far_as_can_be);
  ADD (the_last_scale_of_ms_ssim_sees_brightness);
  ADD (half_of_the_chroma_is_refused);
  ADD (a_metric_that_saw_another_height_gives_the_same);
  return g_test_run ();
}
