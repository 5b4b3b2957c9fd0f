/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * psnr, ssim, ms-ssim and l2 against plain double loops written here from their
 * formulas; and mmd-ssim's structure likewise.
 */
#include "images.h"
#include "measure.h"

#include <math.h>
#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8
#define RGBX16 PERCEPTUAL_PIXELS_RGBX16

static gdouble
luma (const PerceptualImage *image, guint x, guint y)
{
  return 0.299 * test_image_sample (image, x, y, 0)
      + 0.587 * test_image_sample (image, x, y, 1)
      + 0.114 * test_image_sample (image, x, y, 2);
}

/* A sample of a channel in 0..255: of RGB luma, R, G, B; of native planes Y,
 * U, V, which the planes of 16-bit samples of add_planes() are. */
static gdouble
channel (const PerceptualImage *image, guint c, guint x, guint y)
{
  const PerceptualPlane *plane = &image->planes[c];
  const guint16 *sample;

  if (image->planes[0].data == NULL)
    return c == 0 ? luma (image, x, y) : test_image_sample (image, x, y, c - 1);
  sample = (gconstpointer) ((const guint8 *) plane->data + y * plane->stride
      + x * plane->step);
  return (*sample >> image->shift) * 255.0 / ((1 << image->depth) - 1);
}

static void
test_l2_is_the_mean_squared_difference (void)
{
  for (guint bits = 8; bits <= 16; bits += 8) {
    PerceptualPixels pixels = bits == 8 ? RGBX8 : RGBX16;
    g_autoptr (TestImage) a = test_image_new (pixels, 71, 53, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (pixels, 71, 53, 20, 2, 0);
    gdouble sum = 0;

    for (guint i = 0; i < 71 * 53 * 3; i++) {
      guint x = i / 3 % 71, y = i / 3 / 71, c = i % 3;
      gdouble d = (test_image_sample (&a->view, x, y, c)
                      - test_image_sample (&b->view, x, y, c))
          / 127.5;

      sum += d * d;
    }
    g_assert_cmpfloat_with_epsilon (
        test_measure ("l2", NULL, &a->view, &b->view).distance,
        sum / (71 * 53 * 3), 1e-12);
  }
}

static void
test_psnr_of_rgb_is_that_of_its_luma_and_of_each_colour (void)
{
  for (guint bits = 8; bits <= 16; bits += 8) {
    PerceptualPixels pixels = bits == 8 ? RGBX8 : RGBX16;
    g_autoptr (TestImage) a = test_image_new (pixels, 71, 53, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (pixels, 71, 53, 20, 2, 0);
    PerceptualResult result = test_measure ("psnr", NULL, &a->view, &b->view);

    g_assert_cmpuint (result.n_taps, ==, 4);
    g_assert_cmpfloat (result.distance, ==, result.taps[0]);
    for (guint c = 0; c < 4; c++) {
      gdouble sum = 0;

      for (guint i = 0; i < 71 * 53; i++)
        sum += pow (channel (&a->view, c, i % 71, i / 71)
                - channel (&b->view, c, i % 71, i / 71),
            2);
      g_assert_cmpfloat_with_epsilon (
          result.taps[c], 10 * log10 (255.0 * 255.0 * 71 * 53 / sum), 1e-5);
    }
  }
}

/* One sample differs by one step, the smallest difference that two images can
 * have. */
static void
test_psnr_of_nearly_equal_images_is_exact (void)
{
  static const gdouble weights[] = { 0.299, 0.587, 0.114 };

  for (guint bits = 8; bits <= 16; bits += 8) {
    PerceptualPixels pixels = bits == 8 ? RGBX8 : RGBX16;
    gdouble peak = bits == 8 ? 255 : 65535;

    for (guint c = 0; c < 3; c++) {
      g_autoptr (TestImage) a = test_image_new (pixels, 71, 53, 4, 1, 0);
      g_autoptr (TestImage) b = test_image_new (pixels, 71, 53, 4, 1, 0);
      gdouble all = 10 * log10 (peak * peak * 71 * 53);
      PerceptualResult result;

      if (bits == 8)
        b->memory[c] ^= 1;
      else
        ((guint16 *) b->memory)[c] ^= 1;
      result = test_measure ("psnr", NULL, &a->view, &b->view);
      g_assert_cmpfloat_with_epsilon (
          result.taps[0], all - 20 * log10 (weights[c]), 1e-9);
      for (guint i = 0; i < 3; i++) {
        if (i == c)
          g_assert_cmpfloat_with_epsilon (result.taps[1 + i], all, 1e-9);
        else
          g_assert_true (isinf (result.taps[1 + i]));
      }
    }
  }
}

static void
test_luma_alone_is_measured_where_planes_are_not_asked_for (void)
{
  static const gchar *const names[] = { "psnr", "ssim" };
  g_autoptr (TestImage) a = test_image_new (RGBX8, 40, 30, 4, 1, 2);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 40, 30, 20, 2, 0);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (PerceptualMetric) metric = perceptual_metric_new (names[i],
        g_variant_new_parsed ("{'all-planes': <false>}"), workers, NULL);
    PerceptualResult all = test_measure (names[i], NULL, &a->view, &b->view);
    PerceptualResult result = { 0 };

    g_assert_true (perceptual_metric_compare (
        metric, &a->view, &b->view, 1, PERCEPTUAL_COMPARE_NONE, &result, NULL));
    g_assert_cmpuint (all.n_taps, ==, 4);
    g_assert_cmpuint (result.n_taps, ==, 1);
    g_assert_cmpfloat (result.distance, ==, all.distance);
  }
}

/* Planes of @depth bits shifted up by @shift, 4:2:0, chroma interleaved. */
static void
add_planes (
    TestImage *image, guint depth, guint shift, guint64 seed, guint16 *samples)
{
  guint w = image->view.width, h = image->view.height;
  guint cw = (w + 1) / 2, ch = (h + 1) / 2;
  guint16 *chroma = samples + w * h;

  for (guint i = 0; i < w * h + 2 * cw * ch; i++) {
    seed = seed * G_GUINT64_CONSTANT (6364136223846793005) + 1;
    samples[i] = (guint16) ((seed >> 33) % (1u << depth)) << shift;
  }
  image->view.depth = depth;
  image->view.shift = shift;
  image->view.planes[0] = (PerceptualPlane){ samples, w * 2, 2, w, h };
  image->view.planes[1] = (PerceptualPlane){ chroma, cw * 4, 4, cw, ch };
  image->view.planes[2] = (PerceptualPlane){ chroma + 1, cw * 4, 4, cw, ch };
}

static gdouble
plane_psnr (const PerceptualImage *a, const PerceptualImage *b, guint plane)
{
  const PerceptualPlane *pa = &a->planes[plane], *pb = &b->planes[plane];
  gdouble peak = (1 << a->depth) - 1, sum = 0;

  for (guint y = 0; y < pa->height; y++) {
    const guint8 *ra = (const guint8 *) pa->data + y * pa->stride;
    const guint8 *rb = (const guint8 *) pb->data + y * pb->stride;

    for (guint x = 0; x < pa->width; x++) {
      gdouble va = *(const guint16 *) (ra + x * pa->step) >> a->shift;
      gdouble vb = *(const guint16 *) (rb + x * pb->step) >> b->shift;

      sum += (va - vb) * (va - vb);
    }
  }
  return 10 * log10 (peak * peak * pa->width * pa->height / sum);
}

static void
test_psnr_reads_native_planes_of_any_depth_and_layout (void)
{
  static const guint cases[][2] = { { 10, 0 }, { 10, 6 }, { 12, 4 },
    { 16, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TestImage) a = test_image_new (RGBX16, 37, 29, 4, 1, 0);
    g_autoptr (TestImage) b = test_image_new (RGBX16, 37, 29, 20, 2, 0);
    g_autofree guint16 *sa = g_new (guint16, 37 * 29 * 2);
    g_autofree guint16 *sb = g_new (guint16, 37 * 29 * 2);
    PerceptualResult result;

    add_planes (a, cases[i][0], cases[i][1], 5, sa);
    add_planes (b, cases[i][0], cases[i][1], 6, sb);
    result = test_measure ("psnr", NULL, &a->view, &b->view);
    g_assert_cmpuint (result.n_taps, ==, 3);
    g_assert_cmpfloat (result.distance, ==, result.taps[0]);
    for (guint plane = 0; plane < 3; plane++)
      g_assert_cmpfloat_with_epsilon (
          result.taps[plane], plane_psnr (&a->view, &b->view, plane), 1e-10);
  }
}

static void
test_psnr_brings_two_depths_to_the_deeper_one (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX16, 37, 29, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX16, 37, 29, 4, 1, 0);
  g_autofree guint16 *sa = g_new (guint16, 37 * 29 * 2);
  g_autofree guint8 *sb = g_new (guint8, 37 * 29);

  add_planes (a, 10, 0, 5, sa);
  for (guint i = 0; i < 37 * 29; i++)
    sb[i] = sa[i] >> 2;
  for (guint i = 0; i < 37 * 29; i++)
    sa[i] = sb[i] << 2;
  b->view.depth = 8;
  b->view.planes[0] = (PerceptualPlane){ sb, 37, 1, 37, 29 };
  g_assert_true (
      isinf (test_measure ("psnr", NULL, &a->view, &b->view).distance));
  sa[100] ^= 4;
  g_assert_cmpfloat_with_epsilon (
      test_measure ("psnr", NULL, &a->view, &b->view).distance,
      10 * log10 (1023.0 * 1023.0 * 37 * 29 / 16), 1e-10);
}

/* Sums of long rows are made of parts, whose seams and end must be counted: the
 * images differ by one step in one pixel. */
static void
test_psnr_of_wide_images_counts_every_pixel (void)
{
  static const guint places[] = { 0, 4095, 4096, 4097, 4999, 8191, 8192, 9000 };
  const guint w = 9001;

  for (guint layout = 0; layout < 3; layout++) {
    static const PerceptualPixels layouts[] = { RGBX8, RGBX16,
      PERCEPTUAL_PIXELS_RGB8 };
    PerceptualPixels pixels = layouts[layout];
    gdouble peak = pixels == RGBX16 ? 65535 : 255;

    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
      g_autoptr (TestImage) a = test_image_new (pixels, w, 2, 4, 1, 0);
      g_autoptr (TestImage) b = test_image_new (pixels, w, 2, 4, 1, 0);
      gdouble all = 10 * log10 (peak * peak * w * 2);
      PerceptualResult result;
      gsize at = (pixels == PERCEPTUAL_PIXELS_RGB8 ? 3 : 4) * places[i] + 1;

      if (pixels == RGBX16)
        ((guint16 *) b->memory)[at] ^= 1;
      else
        b->memory[at] ^= 1;
      result = test_measure ("psnr", NULL, &a->view, &b->view);
      g_assert_cmpfloat_with_epsilon (
          result.distance, all - 20 * log10 (.587), 1e-9);
      g_assert_cmpfloat_with_epsilon (result.taps[2], all, 1e-9);
    }
  }
}

/* Black against white, the largest sums that there are. */
static void
test_psnr_of_opposite_wide_images_is_0 (void)
{
  for (guint bits = 8; bits <= 16; bits += 8) {
    PerceptualPixels pixels = bits == 8 ? RGBX8 : RGBX16;
    g_autoptr (TestImage) a = test_image_new (pixels, 9001, 3, 4, 1, 0);
    g_autoptr (TestImage) b = test_image_new (pixels, 9001, 3, 4, 1, 0);
    PerceptualResult result;

    memset (a->memory, 0, 3 * a->view.stride);
    memset (b->memory, 255, 3 * b->view.stride);
    result = test_measure ("psnr", NULL, &a->view, &b->view);
    for (guint c = 0; c < 4; c++)
      g_assert_cmpfloat_with_epsilon (result.taps[c], 0, 1e-9);
  }
}

/* The same of planes: bytes, and samples of 16 bits. */
static void
test_psnr_of_wide_planes_counts_every_sample (void)
{
  static const guint places[] = { 0, 4095, 4096, 8191, 8192, 9000, 17000 };
  const guint w = 9001, n = 2 * w;

  for (guint bytes = 1; bytes <= 2; bytes++) {
    g_autofree guint8 *memory_a = g_malloc (n * bytes);
    g_autofree guint8 *memory_b = g_malloc (n * bytes);
    PerceptualImage a = { .width = w, .height = 2, .depth = 8 * bytes };
    PerceptualImage b = a;
    gdouble peak = bytes == 1 ? 255 : 65535;

    a.planes[0] = (PerceptualPlane){ memory_a, w * bytes, bytes, w, 2 };
    b.planes[0] = (PerceptualPlane){ memory_b, w * bytes, bytes, w, 2 };
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
      memset (memory_a, 77, n * bytes);
      memset (memory_b, 77, n * bytes);
      memory_b[places[i] * bytes] ^= 1;
      g_assert_cmpfloat_with_epsilon (
          test_measure ("psnr", NULL, &a, &b).distance,
          10 * log10 (peak * peak * n), 1e-9);
    }
    memset (memory_a, 0, n * bytes);
    memset (memory_b, 255, n * bytes);
    g_assert_cmpfloat_with_epsilon (
        test_measure ("psnr", NULL, &a, &b).distance, 0, 1e-9);
  }
}

static gdouble
ssim_at (const PerceptualImage *a, const PerceptualImage *b, guint c,
    guint left, guint top, guint taps_x, guint taps_y)
{
  gdouble ma = 0, mb = 0, va = 0, vb = 0, cov = 0, total = 0;

  for (guint pass = 0; pass < 2; pass++) {
    for (guint y = 0; y < taps_y; y++) {
      for (guint x = 0; x < taps_x; x++) {
        gdouble dx = x - (taps_x - 1) / 2.0, dy = y - (taps_y - 1) / 2.0;
        gdouble w = exp (-(dx * dx + dy * dy) / (2 * 1.5 * 1.5));
        gdouble pa = channel (a, c, left + x, top + y);
        gdouble pb = channel (b, c, left + x, top + y);

        if (pass == 0) {
          total += w;
          ma += w * pa;
          mb += w * pb;
        } else {
          va += w / total * (pa - ma) * (pa - ma);
          vb += w / total * (pb - mb) * (pb - mb);
          cov += w / total * (pa - ma) * (pb - mb);
        }
      }
    }
    if (pass == 0) {
      ma /= total;
      mb /= total;
    }
  }
  return (2 * ma * mb + 6.5025) * (2 * cov + 58.5225)
      / ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225));
}

/* The mean over the positions where the window fits. */
static gdouble
ssim_of (const PerceptualImage *a, const PerceptualImage *b, guint c, guint w,
    guint h)
{
  guint tx = MIN (w, 11), ty = MIN (h, 11);
  gdouble sum = 0;

  for (guint y = 0; y + ty <= h; y++) {
    for (guint x = 0; x + tx <= w; x++)
      sum += ssim_at (a, b, c, x, y, tx, ty);
  }
  return sum / ((w - tx + 1) * (h - ty + 1));
}

static void
test_ssim_is_the_gaussian_windowed_formula_in_each_channel (void)
{
  static const guint sizes[][2] = { { 71, 53 }, { 11, 11 }, { 5, 30 },
    { 40, 8 }, { 1, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint w = sizes[i][0], h = sizes[i][1];
    g_autoptr (TestImage) a = test_image_new (RGBX8, w, h, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (RGBX8, w, h, 20, 2, 0);
    PerceptualResult result = test_measure ("ssim", NULL, &a->view, &b->view);

    g_assert_cmpuint (result.n_taps, ==, 4);
    g_assert_cmpfloat (result.distance, ==, result.taps[0]);
    for (guint c = 0; c < 4; c++)
      g_assert_cmpfloat_with_epsilon (
          result.taps[c], ssim_of (&a->view, &b->view, c, w, h), 1e-5);
  }
}

static void
test_ssim_reads_native_planes_in_their_own_sizes (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX16, 37, 29, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX16, 37, 29, 20, 2, 0);
  g_autofree guint16 *sa = g_new (guint16, 37 * 29 * 2);
  g_autofree guint16 *sb = g_new (guint16, 37 * 29 * 2);
  PerceptualResult result;

  add_planes (a, 10, 6, 5, sa);
  add_planes (b, 10, 6, 6, sb);
  result = test_measure ("ssim", NULL, &a->view, &b->view);
  g_assert_cmpuint (result.n_taps, ==, 3);
  for (guint c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (result.taps[c],
        ssim_of (&a->view, &b->view, c, c == 0 ? 37 : 19, c == 0 ? 29 : 15),
        1e-5);
}

/* Contrast-structure and SSIM of one window of two arrays of luma. */
static void
window_terms (const gdouble *a, const gdouble *b, guint width,
    const gdouble *weights, gdouble *contrast, gdouble *ssim)
{
  gdouble ma = 0, mb = 0, va = 0, vb = 0, cov = 0;

  for (guint i = 0; i < 121; i++) {
    ma += weights[i] * a[i / 11 * width + i % 11];
    mb += weights[i] * b[i / 11 * width + i % 11];
  }
  for (guint i = 0; i < 121; i++) {
    gdouble da = a[i / 11 * width + i % 11] - ma;
    gdouble db = b[i / 11 * width + i % 11] - mb;

    va += weights[i] * da * da;
    vb += weights[i] * db * db;
    cov += weights[i] * da * db;
  }
  *contrast = (2 * cov + 58.5225) / (va + vb + 58.5225);
  *ssim = *contrast * (2 * ma * mb + 6.5025) / (ma * ma + mb * mb + 6.5025);
}

static void
mean_terms (const gdouble *a, const gdouble *b, guint width, guint height,
    gdouble *contrast, gdouble *ssim)
{
  gdouble n = (width - 10.0) * (height - 10.0), total = 0, weights[121];

  for (guint i = 0; i < 121; i++) {
    gdouble dx = i % 11 - 5.0, dy = i / 11 - 5.0;

    total += weights[i] = exp (-(dx * dx + dy * dy) / (2 * 1.5 * 1.5));
  }
  for (guint i = 0; i < 121; i++)
    weights[i] /= total;
  *contrast = *ssim = 0;
  for (guint y = 0; y + 11 <= height; y++) {
    for (guint x = 0; x + 11 <= width; x++) {
      gdouble c, s;

      window_terms (
          a + y * width + x, b + y * width + x, width, weights, &c, &s);
      *contrast += c / n;
      *ssim += s / n;
    }
  }
}

/* Works in place: every sample is written after those that it is made of were
 * read. */
static void
halve (gdouble *plane, guint width, guint height)
{
  guint w = (width + 1) / 2, h = (height + 1) / 2;

  for (guint i = 0; i < w * h; i++) {
    guint x0 = i % w * 2, y0 = i / w * 2;
    guint x1 = MIN (x0 + 1, width - 1), y1 = MIN (y0 + 1, height - 1);

    plane[i] = (plane[y0 * width + x0] + plane[y0 * width + x1]
                   + plane[y1 * width + x0] + plane[y1 * width + x1])
        / 4;
  }
}

static gdouble *
luma_plane (const PerceptualImage *image)
{
  gdouble *plane = g_new (gdouble, (gsize) image->width * image->height);

  for (guint i = 0; i < image->width * image->height; i++)
    plane[i] = luma (image, i % image->width, i / image->width);
  return plane;
}

static void
test_ms_ssim_is_the_product_over_five_scales (void)
{
  static const gdouble weights[] = { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 };
  static const guint sizes[][2] = { { 161, 161 }, { 175, 166 }, { 176, 208 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint w = sizes[i][0], h = sizes[i][1];
    g_autoptr (TestImage) a = test_image_new (RGBX8, w, h, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (RGBX8, w, h, 20, 2, 0);
    g_autofree gdouble *pa = luma_plane (&a->view);
    g_autofree gdouble *pb = luma_plane (&b->view);
    PerceptualResult result =
        test_measure ("ms-ssim", NULL, &a->view, &b->view);
    gdouble product = 1;

    g_assert_cmpuint (result.n_taps, ==, 5);
    for (guint scale = 0; scale < 5; scale++) {
      gdouble contrast, ssim, term;

      mean_terms (pa, pb, w, h, &contrast, &ssim);
      term = scale < 4 ? contrast : ssim;
      g_assert_cmpfloat_with_epsilon (result.taps[scale], term, 1e-5);
      product *= pow (term, weights[scale]);
      halve (pa, w, h);
      halve (pb, w, h);
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
    g_assert_cmpfloat_with_epsilon (result.distance, product, 1e-5);
  }
}

static void
test_ms_ssim_of_a_negative_is_0_and_not_nan (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 170, 170, 20, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 170, 170, 20, 1, 0);
  PerceptualResult result;

  for (gsize i = 0; i < b->view.stride * 170; i++)
    b->memory[i] = 255 - b->memory[i];
  result = test_measure ("ms-ssim", NULL, &a->view, &b->view);
  g_assert_cmpfloat (result.taps[0], <, -0.5);
  g_assert_cmpfloat (result.distance, ==, 0);
}

/* Metrics of luma read only the planes if all images have them, so the caller
 * may leave the pixels out; other metrics refuse such images. */
static void
test_planes_suffice_for_metrics_that_read_them_and_no_other (void)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (2, NULL);
  g_autoptr (TestImage) a = test_image_new (RGBX8, 200, 190, 4, 1, 2);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 200, 190, 20, 2, 0);
  g_autofree guint16 *sa = g_new (guint16, 2 * 200 * 190);
  g_autofree guint16 *sb = g_new (guint16, 2 * 200 * 190);
  guint n = 0;

  add_planes (a, 10, 6, 5, sa);
  add_planes (b, 10, 6, 6, sb);
  for (const PerceptualMetricInfo *const *at = perceptual_metrics ();
       *at != NULL; at++) {
    const PerceptualMetricInfo *info = *at;
    g_autoptr (PerceptualMetric) metric = NULL;
    g_autoptr (GError) error = NULL;
    PerceptualImage images[2] = { a->view, b->view };
    PerceptualResult whole = { 0 }, planes = { 0 };

    if (info->flags & PERCEPTUAL_METRIC_WEIGHTS)
      continue;
    metric = perceptual_metric_new (info->name, NULL, workers, NULL);
    g_assert_true (perceptual_metric_compare (metric, &images[0], &images[1], 1,
        PERCEPTUAL_COMPARE_NONE, &whole, NULL));
    images[0].data = images[1].data = NULL;
    if (!(info->flags & PERCEPTUAL_METRIC_LUMA)) {
      g_assert_false (perceptual_metric_compare (metric, &images[0], &images[1],
          1, PERCEPTUAL_COMPARE_NONE, &planes, &error));
      g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE);
      continue;
    }
    n++;
    g_assert_true (perceptual_metric_compare (metric, &images[0], &images[1], 1,
        PERCEPTUAL_COMPARE_NONE, &planes, NULL));
    g_assert_cmpfloat (planes.distance, ==, whole.distance);
    images[1].planes[0].data = NULL;
    g_assert_false (perceptual_metric_compare (metric, &images[0], &images[1],
        1, PERCEPTUAL_COMPARE_NONE, &planes, &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_IMAGE);
  }
  g_assert_cmpuint (n, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/classics/l2-is-the-mean-squared-difference",
      test_l2_is_the_mean_squared_difference);
  g_test_add_func ("/classics/psnr-of-rgb-is-that-of-its-luma-and-each-colour",
      test_psnr_of_rgb_is_that_of_its_luma_and_of_each_colour);
  g_test_add_func ("/classics/psnr-of-nearly-equal-images-is-exact",
      test_psnr_of_nearly_equal_images_is_exact);
  g_test_add_func ("/classics/luma-alone-where-planes-are-not-asked-for",
      test_luma_alone_is_measured_where_planes_are_not_asked_for);
  g_test_add_func ("/classics/ssim-reads-native-planes-in-their-own-sizes",
      test_ssim_reads_native_planes_in_their_own_sizes);
  g_test_add_func ("/classics/psnr-of-wide-images-counts-every-pixel",
      test_psnr_of_wide_images_counts_every_pixel);
  g_test_add_func ("/classics/psnr-of-opposite-wide-images-is-0",
      test_psnr_of_opposite_wide_images_is_0);
  g_test_add_func ("/classics/psnr-of-wide-planes-counts-every-sample",
      test_psnr_of_wide_planes_counts_every_sample);
  g_test_add_func ("/classics/psnr-reads-native-planes-of-any-depth",
      test_psnr_reads_native_planes_of_any_depth_and_layout);
  g_test_add_func ("/classics/psnr-brings-two-depths-to-the-deeper-one",
      test_psnr_brings_two_depths_to_the_deeper_one);
  g_test_add_func ("/classics/ssim-is-the-gaussian-windowed-formula",
      test_ssim_is_the_gaussian_windowed_formula_in_each_channel);
  g_test_add_func ("/classics/ms-ssim-is-the-product-over-five-scales",
      test_ms_ssim_is_the_product_over_five_scales);
  g_test_add_func ("/classics/ms-ssim-of-a-negative-is-0-and-not-nan",
      test_ms_ssim_of_a_negative_is_0_and_not_nan);
  g_test_add_func ("/classics/planes-suffice-for-metrics-of-luma",
      test_planes_suffice_for_metrics_that_read_them_and_no_other);
  return g_test_run ();
}
