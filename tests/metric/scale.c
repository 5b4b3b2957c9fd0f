/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The option scale against its filter written down plainly: in doubles, pixel
 * by pixel, without sums over rows.
 */
#include "images.h"
#include "measure.h"
#include "metric-private.h"
#include "option.h"

#include <math.h>
#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8
#define RGBX16 PERCEPTUAL_PIXELS_RGBX16
#define RGB8 PERCEPTUAL_PIXELS_RGB8

/* --- the filter, plainly -------------------------------------------------- */

typedef gdouble (*Sample) (gconstpointer user, guint x, guint y, guint c);

/* The triangle at the middle of output pixel @i. */
static gdouble
weight (guint factor, guint i, guint j)
{
  return MAX (0, 1 - fabs (j + .5 - (i + .5) * factor) / factor);
}

static gdouble
plain_mean (Sample sample, gconstpointer user, guint width, guint height,
    guint factor, guint x, guint y, guint c)
{
  gdouble sum = 0, weights = 0;
  guint right = MIN ((x + 2) * factor, width);
  guint bottom = MIN ((y + 2) * factor, height);

  for (guint j = y > 0 ? (y - 1) * factor : 0; j < bottom; j++) {
    for (guint i = x > 0 ? (x - 1) * factor : 0; i < right; i++) {
      gdouble w = weight (factor, x, i) * weight (factor, y, j);

      sum += w * sample (user, i, j, c);
      weights += w;
    }
  }
  return sum / weights;
}

static gdouble
of_pixels (gconstpointer image, guint x, guint y, guint c)
{
  return test_image_sample (image, x, y, c);
}

/* Every weight is a whole number over a power of two: what doubles round is far
 * below what would carry a sample over a half. */
static guint16
rounded (gdouble v)
{
  return (guint16) floor (v + .5 + 1e-7);
}

static TestImage *
plainly_reduced (const PerceptualImage *image, guint factor)
{
  guint width = (guint) ceil ((gdouble) image->width / factor);
  guint height = (guint) ceil ((gdouble) image->height / factor);
  TestImage *small = test_image_new (RGBX16, width, height, 0, 0, 0);

  for (guint y = 0; y < height; y++) {
    guint16 *row = (guint16 *) (small->memory + y * small->view.stride);

    for (guint x = 0; x < width; x++) {
      for (guint c = 0; c < 3; c++)
        row[4 * x + c] = rounded (257
            * plain_mean (of_pixels, image, image->width, image->height, factor,
                x, y, c));
    }
  }
  return small;
}

static GVariant *
scaled (const gchar *scale)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "scale", "s", scale);
  return g_variant_dict_end (&options);
}

/* Leaves the fourth samples out of @image, whose rows have no padding. */
static void
pack (TestImage *image)
{
  gsize n = (gsize) image->view.width * image->view.height;

  for (gsize i = 0; i < n; i++)
    memmove (image->memory + 3 * i, image->memory + 4 * i, 3);
  image->view.pixels = RGB8;
  image->view.stride = 3 * (gsize) image->view.width;
}

static void
check_pixels (PerceptualPixels pixels, guint width, guint height, guint factor)
{
  PerceptualPixels made = pixels == RGB8 ? RGBX8 : pixels;
  guint padding = pixels == RGB8 ? 0 : 3;
  g_autoptr (TestImage) a = test_image_new (made, width, height, 9, 1, padding);
  g_autoptr (TestImage) b = test_image_new (made, width, height, 9, 2, 0);
  g_autoptr (TestImage) small_a = plainly_reduced (&a->view, factor);
  g_autoptr (TestImage) small_b = plainly_reduced (&b->view, factor);
  PerceptualResult there =
      test_measure ("l2", NULL, &small_a->view, &small_b->view);
  PerceptualResult here;

  if (pixels == RGB8) {
    pack (a);
    pack (b);
  }
  here = test_measure (
      "l2", scaled (factor == 2 ? ".5" : ".25"), &a->view, &b->view);
  g_assert_cmpfloat (there.distance, >, 0);
  g_assert_cmpfloat (here.distance, ==, there.distance);
}

static void
test_pixels_are_means_under_a_triangle (void)
{
  const PerceptualPixels layouts[] = { RGBX8, RGBX16, RGB8 };

  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++) {
    check_pixels (layouts[i], 64, 48, 2);
    check_pixels (layouts[i], 67, 35, 2);
    check_pixels (layouts[i], 64, 48, 4);
    check_pixels (layouts[i], 61, 34, 4);
    check_pixels (layouts[i], 1, 3, 2);
    check_pixels (layouts[i], 2, 1, 4);
  }
}

/* --- planes --------------------------------------------------------------- */

/* 4:2:0 of @depth bits, its samples @shift bits up in their words, @step
 * samples apart. */
typedef struct
{
  PerceptualImage view;
  guint16 *words[3];
  guint8 *bytes[3];
} Planes;

static Planes *
planes_new (
    guint width, guint height, guint depth, guint shift, guint step, guint seed)
{
  Planes *self = g_new0 (Planes, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  self->view = (PerceptualImage){
    .width = width, .height = height, .depth = depth, .shift = shift
  };
  for (guint c = 0; c < 3; c++) {
    guint w = c > 0 ? (width + 1) / 2 : width;
    guint h = c > 0 ? (height + 1) / 2 : height;
    gsize n = (gsize) w * h * step;

    self->words[c] = g_new (guint16, n);
    self->bytes[c] = g_new (guint8, n);
    for (gsize i = 0; i < n; i++) {
      guint v = (guint) g_rand_int_range (rand, 0, 1 << depth);

      self->words[c][i] = (guint16) (v << shift);
      self->bytes[c][i] = (guint8) v;
    }
    self->view.planes[c] = (PerceptualPlane){
      .data = depth > 8 ? (gpointer) self->words[c] : self->bytes[c],
      .step = step * (depth > 8 ? 2 : 1),
      .stride = (gsize) w * step * (depth > 8 ? 2 : 1),
      .width = w,
      .height = h,
    };
  }
  return self;
}

static void
planes_free (Planes *self)
{
  for (guint c = 0; c < 3; c++) {
    g_free (self->words[c]);
    g_free (self->bytes[c]);
  }
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Planes, planes_free)

static gdouble
of_planes (gconstpointer user, guint x, guint y, guint c)
{
  const Planes *self = user;
  const PerceptualPlane *plane = &self->view.planes[c];
  gsize step = plane->step / (self->view.depth > 8 ? 2 : 1);
  gsize at = ((gsize) y * plane->width + x) * step;

  return self->view.depth > 8 ? self->words[c][at] >> self->view.shift
                              : self->bytes[c][at];
}

static Planes *
planes_reduced (const Planes *from, guint factor)
{
  const PerceptualImage *image = &from->view;
  Planes *to = planes_new ((image->width + factor - 1) / factor,
      (image->height + factor - 1) / factor, image->depth, 0, 1, 0);

  for (guint c = 0; c < 3; c++) {
    const PerceptualPlane *plane = &image->planes[c];
    guint width = to->view.planes[c].width;

    for (guint y = 0; y < to->view.planes[c].height; y++) {
      for (guint x = 0; x < width; x++) {
        guint16 v = rounded (plain_mean (
            of_planes, from, plane->width, plane->height, factor, x, y, c));

        to->words[c][(gsize) y * width + x] = v;
        to->bytes[c][(gsize) y * width + x] = (guint8) v;
      }
    }
  }
  return to;
}

static void
check_planes (guint width, guint height, guint depth, guint shift, guint step)
{
  g_autoptr (Planes) a = planes_new (width, height, depth, shift, step, 1);
  g_autoptr (Planes) b = planes_new (width, height, depth, shift, step, 2);
  g_autoptr (Planes) small_a = planes_reduced (a, 2);
  g_autoptr (Planes) small_b = planes_reduced (b, 2);
  PerceptualResult there =
      test_measure ("psnr", NULL, &small_a->view, &small_b->view);
  PerceptualResult here =
      test_measure ("psnr", scaled ("0.5"), &a->view, &b->view);

  g_assert_cmpuint (here.n_taps, ==, 3);
  for (guint c = 0; c < 3; c++) {
    g_assert_true (isfinite (there.taps[c]));
    g_assert_cmpfloat (here.taps[c], ==, there.taps[c]);
  }
}

static void
test_planes_keep_their_depth (void)
{
  check_planes (48, 36, 8, 0, 1);
  check_planes (47, 33, 8, 0, 2);
  check_planes (47, 33, 10, 0, 1);
  check_planes (48, 36, 10, 6, 2);
  check_planes (45, 31, 16, 0, 1);
}

static void
test_a_reference_serves_pixels_and_planes (void)
{
  g_autoptr (TestImage) rgb = test_image_new (RGBX8, 48, 36, 9, 1, 0);
  g_autoptr (TestImage) other = test_image_new (RGBX8, 48, 36, 9, 2, 0);
  g_autoptr (Planes) a = planes_new (48, 36, 8, 0, 1, 1);
  g_autoptr (Planes) b = planes_new (48, 36, 8, 0, 1, 2);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new ("psnr", scaled (".5"), workers, NULL);
  PerceptualImage reference = rgb->view, distorted[2] = { other->view };
  PerceptualResult results[2] = { 0 };

  memcpy (reference.planes, a->view.planes, sizeof reference.planes);
  reference.depth = 8;
  distorted[1] = other->view;
  memcpy (distorted[1].planes, b->view.planes, sizeof reference.planes);
  distorted[1].depth = 8;
  g_assert_true (perceptual_metric_compare (metric, &reference, distorted, 2,
      PERCEPTUAL_COMPARE_NONE, results, NULL));
  g_assert_cmpuint (results[0].n_taps, ==, 4);
  g_assert_cmpuint (results[1].n_taps, ==, 3);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpfloat (results[i].distance, ==,
        test_distance (metric, &reference, &distorted[i]));
}

/* --- networks and maps ---------------------------------------------------- */

static PerceptualMetric *
network (const gchar *scale, guint threads)
{
  g_autoptr (PerceptualWorkers) workers =
      perceptual_workers_new (threads, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualMetric *metric;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "backbone", "s", "squeeze");
  g_variant_dict_insert (&options, "weights", "s", "random");
  g_variant_dict_insert (&options, "scale", "s", scale);
  metric = perceptual_metric_new (
      "cosine", g_variant_dict_end (&options), workers, &error);
  g_assert_no_error (error);
  return metric;
}

static void
test_networks_see_the_smaller_image (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 131, 90, 9, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 131, 90, 9, 2, 0);
  g_autoptr (TestImage) small_a = plainly_reduced (&a->view, 2);
  g_autoptr (TestImage) small_b = plainly_reduced (&b->view, 2);
  g_autoptr (PerceptualMetric) whole = network ("1", 2);
  g_autoptr (PerceptualMetric) half = network (".5", 2);
  g_autoptr (PerceptualMetric) alone = network (".5", 1);
  gdouble distance = test_distance (half, &a->view, &b->view);

  g_assert_cmpfloat (distance, >, 0);
  g_assert_cmpfloat (
      distance, ==, test_distance (whole, &small_a->view, &small_b->view));
  g_assert_cmpfloat (distance, ==, test_distance (alone, &a->view, &b->view));
  g_assert_cmpfloat (test_distance (half, &a->view, &a->view), ==, 0);
}

static gdouble
mean_of (const PerceptualResult *result, guint left, guint right)
{
  gdouble sum = 0;

  for (guint y = 0; y < result->map_height; y++) {
    for (guint x = left; x < right; x++)
      sum += (gdouble) result->map[(gsize) y * result->map_width + x];
  }
  return sum / (right - left) / result->map_height;
}

static void
test_maps_are_as_large_as_the_images (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 163, 121, 9, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 163, 121, 9, 1, 0);
  g_autoptr (TestImage) small_a = plainly_reduced (&a->view, 2);
  g_autoptr (TestImage) small_b = NULL;
  g_autoptr (PerceptualMetric) half = network (".5", 2);
  g_autoptr (PerceptualMetric) whole = network ("1", 2);
  PerceptualResult large, small;

  /* A flaw at the right. */
  for (guint y = 40; y < 80; y++)
    memset (b->memory + y * b->view.stride + 4 * 120, 0, 4 * 20);
  small_b = plainly_reduced (&b->view, 2);
  large = test_compare (half, &a->view, &b->view, PERCEPTUAL_COMPARE_MAP);
  small = test_compare (
      whole, &small_a->view, &small_b->view, PERCEPTUAL_COMPARE_MAP);
  g_assert_cmpuint (large.map_width, ==, 163);
  g_assert_cmpuint (large.map_height, ==, 121);
  g_assert_cmpuint (small.map_width, ==, 82);
  g_assert_cmpfloat (
      mean_of (&large, 100, 160), >, 4 * mean_of (&large, 0, 60));
  /* A pixel of the small map is in the middle of two of the large one. */
  for (guint y = 0; y < 60; y++) {
    for (guint x = 0; x < 81; x++) {
      const gfloat *at = large.map + (gsize) 2 * y * 163 + 2 * x;
      gdouble mean = (at[0] + at[1] + at[163] + at[164]) / 4.;
      const gfloat *near = small.map + (gsize) y * 82 + x;

      /* The four lie 1/4 of the way to the neighbours. */
      g_assert_cmpfloat (at[0], <=,
          MAX (MAX (near[0], x > 0 ? near[-1] : 0),
              MAX (y > 0 ? near[-82] : 0, x > 0 && y > 0 ? near[-83] : 0))
              + 1e-6f);
      if (x > 0 && y > 0)
        g_assert_cmpfloat (
            fabs (mean
                - (near[0] * 36.
                      + 6. * (near[-1] + near[1] + near[-82] + near[82])
                      + near[-83] + near[-81] + near[81] + near[83])
                    / 64),
            <, 1e-5);
    }
  }
  perceptual_result_clear (&large);
  perceptual_result_clear (&small);
}

/* --- the option ----------------------------------------------------------- */

static void
test_auto_halves_until_1080 (void)
{
  const struct
  {
    guint width, height;
    gdouble scale;
  } sizes[] = { { 1920, 1080, 1 }, { 1080, 1920, 1 }, { 64, 64, 1 },
    { 1921, 1081, .5 }, { 3840, 2160, .5 }, { 4096, 2161, .25 },
    { 7680, 4320, .25 }, { 16384, 16384, 1. / 16 }, { 16384, 1000, 1 } };
  g_autoptr (PerceptualMetric) metric = network ("auto", 1);
  g_autoptr (PerceptualMetric) quarter = network ("0.250", 1);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_assert_cmpfloat (
        perceptual_metric_get_scale (metric, sizes[i].width, sizes[i].height),
        ==, sizes[i].scale);
    g_assert_cmpfloat (
        perceptual_metric_get_scale (quarter, sizes[i].width, sizes[i].height),
        ==, .25);
  }
}

static void
assert_written (const gchar *typed, const gchar *written)
{
  g_autoptr (PerceptualMetric) metric = network (typed, 1);
  const gchar *text = NULL;

  g_assert_true (g_variant_lookup (
      perceptual_metric_get_options (metric), "scale", "&s", &text));
  g_assert_cmpstr (text, ==, written);
}

static void
test_a_value_is_always_written_the_same_way (void)
{
  assert_written (".5", "0.5");
  assert_written ("0.50", "0.5");
  assert_written ("1.0", "1");
  assert_written (".25", "0.25");
  assert_written ("auto", "auto");
}

static void
assert_refused (const gchar *metric, const gchar *scale, const gchar *words)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      perceptual_metric_new (metric, scaled (scale), workers, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_what_is_no_scale_is_refused (void)
{
  assert_refused ("l2", ".3", "valid: 1, .5, .25, auto");
  assert_refused ("l2", "2", "valid: 1, .5, .25, auto");
  assert_refused ("l2", "0.5x", "valid: 1, .5, .25, auto");
  assert_refused ("l2", "", "valid: 1, .5, .25, auto");
  assert_refused ("l2", "nan", "valid: 1, .5, .25, auto");
  assert_refused ("mmd-ssim", ".5", "by the resolution of the images");
}

static void
test_an_image_that_becomes_too_small_is_named (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 32, 40, 9, 1, 0);
  g_autoptr (PerceptualMetric) half = network (".5", 1);
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { 0 };

  g_assert_false (perceptual_metric_compare (
      half, &a->view, &a->view, 1, PERCEPTUAL_COMPARE_NONE, &result, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE);
  g_assert_nonnull (strstr (
      error->message, "is 32x40, which scale=0.5 makes 16x20; the smallest"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scale/triangle", test_pixels_are_means_under_a_triangle);
  g_test_add_func ("/scale/planes", test_planes_keep_their_depth);
  g_test_add_func ("/scale/both", test_a_reference_serves_pixels_and_planes);
  g_test_add_func ("/scale/networks", test_networks_see_the_smaller_image);
  g_test_add_func ("/scale/maps", test_maps_are_as_large_as_the_images);
  g_test_add_func ("/scale/auto", test_auto_halves_until_1080);
  g_test_add_func (
      "/scale/written", test_a_value_is_always_written_the_same_way);
  g_test_add_func ("/scale/refused", test_what_is_no_scale_is_refused);
  g_test_add_func (
      "/scale/too-small", test_an_image_that_becomes_too_small_is_named);
  return g_test_run ();
}
