/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mmd, mmd++ and cnn-kernel against plain double loops written here from
 * their formulas, and their random features against the exact kernels.
 */
#include "../sanitized.h"
#include "images.h"
#include "measure.h"
#include "seeded.h"

#include <math.h>
#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8
#define RGBX16 PERCEPTUAL_PIXELS_RGBX16
#define WINDOW 32
#define STEP 16
#define S (0.06 * 9)

typedef gdouble (*Kernel) (const gdouble *p, const gdouble *q);

static GVariant *
exactly (gboolean centred)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "exact", "b", TRUE);
  g_variant_dict_insert (&options, "centred", "b", centred);
  return g_variant_dict_end (&options);
}

static GVariant *
by_features (guint64 n, guint64 seed, gboolean centred)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "features", "t", n);
  g_variant_dict_insert (&options, "seed", "t", seed);
  g_variant_dict_insert (&options, "centred", "b", centred);
  return g_variant_dict_end (&options);
}

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

static void
patch_at (const PerceptualImage *image, guint x, guint y, gboolean centred,
    gdouble patch[27])
{
  for (gint k = 0; k < 27; k++)
    patch[k] = test_image_sample (image,
                   reflect ((gint) x + k / 3 % 3 - 1, image->width),
                   reflect ((gint) y + k / 9 - 1, image->height), k % 3)
            / 127.5
        - 1;
  for (guint c = 0; centred && c < 3; c++) {
    gdouble mean = 0;

    for (guint k = c; k < 27; k += 3)
      mean += patch[k] / 9;
    for (guint k = c; k < 27; k += 3)
      patch[k] -= mean;
  }
}

static gdouble
gaussian (const gdouble *p, const gdouble *q)
{
  gdouble d = 0;

  for (guint k = 0; k < 27; k++)
    d += (p[k] - q[k]) * (p[k] - q[k]);
  return exp (-d / (2 * S * S));
}

static gdouble
arc_cosine (const gdouble *p, const gdouble *q)
{
  gdouble pp = 0, qq = 0, pq = 0, t;

  for (guint k = 0; k < 27; k++) {
    pp += p[k] * p[k];
    qq += q[k] * q[k];
    pq += p[k] * q[k];
  }
  t = acos (CLAMP (pq / sqrt (pp * qq), -1, 1));
  return sqrt (pp * qq) * (sin (t) + (G_PI - t) * cos (t)) / (27 * G_PI);
}

static gdouble
mean_kernel (Kernel kernel, const gdouble *p, const gdouble *q, guint n)
{
  gdouble sum = 0;

  for (guint i = 0; i < n; i++) {
    for (guint j = 0; j < n; j++)
      sum += kernel (p + i * 27, q + j * 27);
  }
  return sum / ((gdouble) n * n);
}

/* All patches of a window at once, without sums that windows share. */
static gdouble
plain_mmd (Kernel kernel, const PerceptualImage *a, const PerceptualImage *b,
    gboolean centred)
{
  guint w = MIN (a->width, WINDOW), h = MIN (a->height, WINDOW), windows = 0;
  g_autofree gdouble *p = g_new (gdouble, w * h * 27);
  g_autofree gdouble *q = g_new (gdouble, w * h * 27);
  gdouble sum = 0;

  for (guint top = 0; top + h <= a->height; top += STEP) {
    for (guint left = 0; left + w <= a->width; left += STEP, windows++) {
      for (guint i = 0; i < w * h; i++) {
        patch_at (a, left + i % w, top + i / w, centred, p + i * 27);
        patch_at (b, left + i % w, top + i / w, centred, q + i * 27);
      }
      sum += mean_kernel (kernel, p, p, w * h)
          + mean_kernel (kernel, q, q, w * h)
          - 2 * mean_kernel (kernel, p, q, w * h);
    }
  }
  return sum / windows;
}

static void
test_exact_distances_are_the_formula (void)
{
  static const guint sizes[][2] = { { 49, 35 }, { 48, 7 }, { 9, 34 },
    { 13, 11 }, { 1, 3 }, { 1, 1 } };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    /* Plain loops over all pairs of a window's patches are what takes the
     * time: with sanitizers there are fewer. */
    guint w = sizes[i / 2][0],
          h = MIN (sizes[i / 2][1], test_sanitized_or (sizes[i / 2][1], 13));
    PerceptualPixels pixels = i % 3 == 0 ? RGBX16 : RGBX8;
    gboolean centred = i % 2 == 0;
    g_autoptr (TestImage) a = test_image_new (pixels, w, h, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (pixels, w, h, 20, 2, 0);
    const PerceptualImage *va = &a->view, *vb = &b->view;

    g_assert_cmpfloat_with_epsilon (
        test_measure ("mmd", exactly (centred), va, vb).distance,
        plain_mmd (gaussian, va, vb, centred) / 2, 1e-12);
    /* The one patch of an image of one pixel is flat: centred it is zero. */
    if (w * h > 1 || !centred)
      g_assert_cmpfloat_with_epsilon (
          test_measure ("cnn-kernel", exactly (centred), va, vb).distance,
          plain_mmd (arc_cosine, va, vb, centred), 1e-12);
    else
      g_assert_cmpfloat_with_epsilon (
          test_measure ("cnn-kernel", exactly (TRUE), va, vb).distance, 0,
          1e-15);
  }
}

/* The mean over features of the squared difference of windows' means. */
static gdouble
plain_features (const gdouble *directions, const gdouble *phases, guint n,
    const PerceptualImage *a, const PerceptualImage *b)
{
  guint w = MIN (a->width, WINDOW), h = MIN (a->height, WINDOW), windows = 0;
  gdouble sum = 0;

  for (guint top = 0; top + h <= a->height; top += STEP) {
    for (guint left = 0; left + w <= a->width; left += STEP, windows++) {
      for (guint f = 0; f < n; f++) {
        gdouble difference = 0;

        for (guint i = 0; i < 2 * w * h; i++) {
          const gdouble *direction = directions + f * 27;
          guint place = i / 2;
          gdouble patch[27], x = 0;

          patch_at (i % 2 == 0 ? a : b, left + place % w, top + place / w,
              FALSE, patch);
          for (guint k = 0; k < 27; k++)
            x += direction[k] * patch[k];
          x = phases != NULL ? cos (x + phases[f]) : MAX (x, 0);
          difference += (i % 2 == 0 ? x : -x) / (w * h);
        }
        sum += difference * difference / n;
      }
    }
  }
  return sum / windows;
}

static void
test_feature_distances_are_the_formula (void)
{
  enum
  {
    N = 30
  };
  static const guint sizes[][2] = { { 70, 49 }, { 40, 31 }, { 17, 50 },
    { 31, 30 }, { 1, 40 }, { 3, 2 }, { 1, 1 } };
  gdouble directions[N * 27], phases[N];

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    guint w = sizes[i / 2][0], h = sizes[i / 2][1];
    gboolean centred = i % 2 == 0;
    g_autoptr (TestImage) a = test_image_new (RGBX8, w, h, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (RGBX8, w, h, 20, 2, 0);
    const PerceptualImage *va = &a->view, *vb = &b->view;
    PerceptualRng rng;
    gdouble expected;

    perceptual_rng_init (&rng, i);
    perceptual_fourier_features (&rng, N, centred, S, directions, phases);
    expected = plain_features (directions, phases, N, va, vb);
    g_assert_cmpfloat_with_epsilon (
        test_measure ("mmd", by_features (N, i, centred), va, vb).distance,
        expected, 1e-6 + 1e-5 * expected);
    perceptual_rng_init (&rng, i);
    perceptual_relu_filters (&rng, N, centred, directions);
    expected = plain_features (directions, NULL, N, va, vb);
    g_assert_cmpfloat_with_epsilon (
        test_measure ("cnn-kernel", by_features (N, i, centred), va, vb)
            .distance,
        expected, 1e-6 + 1e-5 * expected);
  }
}

static void
test_relu_filters_are_the_documented_draws (void)
{
  gdouble filters[2 * 27], plain[2 * 27];
  PerceptualRng rng;

  perceptual_rng_init (&rng, 3);
  perceptual_relu_filters (&rng, 2, FALSE, plain);
  perceptual_rng_init (&rng, 3);
  for (guint f = 0; f < 2; f++) {
    for (guint c = 0; c < 3; c++) {
      for (guint k = 0; k < 9; k++)
        g_assert_cmpfloat (plain[f * 27 + k * 3 + c], ==,
            sqrt (2.0 / 27) * perceptual_rng_normal (&rng));
    }
  }
  perceptual_rng_init (&rng, 3);
  perceptual_relu_filters (&rng, 2, TRUE, filters);
  for (guint i = 0; i < 6; i++) {
    gdouble sum = 0, mean = 0;

    for (guint k = 0; k < 9; k++) {
      sum += filters[i / 3 * 27 + k * 3 + i % 3];
      mean += plain[i / 3 * 27 + k * 3 + i % 3] / 9;
    }
    g_assert_cmpfloat_with_epsilon (sum, 0, 1e-14);
    g_assert_cmpfloat_with_epsilon (
        filters[i / 3 * 27 + i % 3], plain[i / 3 * 27 + i % 3] - mean, 1e-14);
  }
}

/* Root mean square over seeds of the relative error. */
static gdouble
feature_error (const gchar *name, guint n, gboolean centred, gdouble exact,
    const PerceptualImage *a, const PerceptualImage *b)
{
  gdouble sum = 0;

  for (guint seed = 0; seed < 8; seed++)
    sum +=
        pow (test_measure (name, by_features (n, seed, centred), a, b).distance
                    / exact
                - 1,
            2);
  return sqrt (sum / 8);
}

static void
test_more_features_are_nearer_to_the_exact_kernel (gconstpointer data)
{
  const gchar *name = data;
  g_autoptr (TestImage) a = test_image_new (RGBX8, 48, 48, 4, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 48, 48, 25, 2, 0);

  for (guint centred = 0; centred < test_sanitized_or (2, 1); centred++) {
    gdouble exact =
        test_measure (name, exactly (centred), &a->view, &b->view).distance;
    gdouble few = feature_error (name, 64, centred, exact, &a->view, &b->view);
    gdouble many =
        feature_error (name, 4096, centred, exact, &a->view, &b->view);

    g_test_message ("%s, centred %u: %g at 64 features, %g at 4096", name,
        centred, few, many);
    g_assert_cmpfloat (many, <, few / 3);
    g_assert_cmpfloat (many, <, 0.06);
  }
}

/* What is beyond the edge counts as no difference. */
static gdouble
plain_rbf (const PerceptualImage *a, const PerceptualImage *b)
{
  gint w = (gint) a->width, h = (gint) a->height;
  gdouble sum = 0;

  for (gint i = 0; i < w * h; i++) {
    gdouble squares = 0;

    for (gint k = 0; k < 27; k++) {
      gint x = i % w + k / 3 % 3 - 1, y = i / w + k / 9 - 1;

      if (x < 0 || y < 0 || x >= w || y >= h)
        continue;
      squares += pow ((test_image_sample (a, x, y, k % 3)
                          - test_image_sample (b, x, y, k % 3))
              / 127.5,
          2);
    }
    sum += 1 - exp (-squares / (2 * 0.9 * 0.9));
  }
  return sum / (w * h);
}

static void
test_mmdpp_adds_patch_rbf_and_l2 (void)
{
  static const guint sizes[][2] = { { 71, 45 }, { 1, 9 }, { 9, 1 }, { 1, 1 } };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    guint w = sizes[i / 2][0], h = sizes[i / 2][1];
    PerceptualPixels pixels = i % 2 == 0 ? RGBX8 : RGBX16;
    g_autoptr (TestImage) a = test_image_new (pixels, w, h, 4, 1, 2);
    g_autoptr (TestImage) b = test_image_new (pixels, w, h, 20, 2, 0);
    PerceptualResult result = test_measure ("mmd++", NULL, &a->view, &b->view);

    g_assert_cmpuint (result.n_taps, ==, 3);
    g_assert_cmpfloat (result.taps[0], ==,
        test_measure ("mmd", NULL, &a->view, &b->view).distance);
    g_assert_cmpfloat_with_epsilon (
        result.taps[1], 0.05 * plain_rbf (&a->view, &b->view), 1e-14);
    g_assert_cmpfloat (result.taps[2], ==,
        0.001 * test_measure ("l2", NULL, &a->view, &b->view).distance);
  }
}

static void
test_centred_patches_do_not_see_a_change_of_colour (gconstpointer data)
{
  const gchar *name = data;
  g_autoptr (TestImage) a = test_image_new (RGBX8, 50, 50, 3, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 50, 50, 3, 1, 0);
  const PerceptualImage *va = &a->view, *vb = &b->view;

  for (guint i = 0; i < 50 * 50 * 4; i++) {
    a->memory[i] /= 2;
    b->memory[i] = a->memory[i] + 20 * (i % 4);
  }
  g_assert_cmpfloat (
      fabs (test_measure (name, exactly (TRUE), va, vb).distance), <, 1e-12);
  g_assert_cmpfloat (test_measure (name, NULL, va, vb).distance, <, 1e-9);
  g_assert_cmpfloat (
      test_measure (name, exactly (FALSE), va, vb).distance, >, 1e-3);
  g_assert_cmpfloat (
      test_measure (name, by_features (512, 0, FALSE), va, vb).distance, >,
      1e-3);
}

static void
test_exact_is_symmetric_and_0_for_identity_to_the_last_bit (gconstpointer data)
{
  const gchar *name = data;
  g_autoptr (TestImage) a = test_image_new (RGBX8, 50, 34, 3, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 50, 34, 9, 2, 0);
  gdouble there =
      test_measure (name, exactly (TRUE), &a->view, &b->view).distance;
  gdouble back =
      test_measure (name, exactly (TRUE), &b->view, &a->view).distance;

  g_assert_cmpfloat (there, >, 0);
  g_assert_cmpfloat (there, ==, back);
  g_assert_cmpfloat (
      test_measure (name, exactly (TRUE), &a->view, &a->view).distance, ==, 0);
}

static void
test_exact_is_the_same_for_any_threads (gconstpointer data)
{
  const gchar *name = data;
  guint height = test_sanitized_or (50, 31);
  g_autoptr (TestImage) a = test_image_new (RGBX8, 67, height, 3, 1, 0);
  g_autoptr (TestImage) b = test_image_new (RGBX8, 67, height, 9, 2, 0);
  gdouble expected =
      test_measure (name, exactly (TRUE), &a->view, &b->view).distance;

  for (guint threads = 1; threads <= 5; threads += 2) {
    g_autoptr (PerceptualWorkers) workers =
        perceptual_workers_new (threads, NULL);
    g_autoptr (PerceptualMetric) metric =
        perceptual_metric_new (name, exactly (TRUE), workers, NULL);
    PerceptualResult result = { 0 };

    g_assert_true (perceptual_metric_compare (
        metric, &a->view, &b->view, 1, PERCEPTUAL_COMPARE_NONE, &result, NULL));
    g_assert_cmpfloat (result.distance, ==, expected);
  }
}

static void
test_exact_on_large_images_is_refused_with_the_time (gconstpointer data)
{
  const gchar *name = data;
  g_autoptr (TestImage) a = test_image_flat (1921, 1088, 7);
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualMetric) metric =
      perceptual_metric_new (name, exactly (TRUE), workers, &error);
  PerceptualResult result = { 0 };
  const gchar *about;

  g_assert_no_error (error);
  g_assert_false (perceptual_metric_compare (
      metric, &a->view, &a->view, 1, PERCEPTUAL_COMPARE_NONE, &result, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_SIZE);
  g_assert_nonnull (strstr (error->message, "1921x1088"));
  g_assert_nonnull (strstr (error->message, "2088960 pixels"));
  about = strstr (error->message, "about ");
  g_assert_nonnull (about);
  g_assert_cmpfloat (g_ascii_strtod (about + 6, NULL), >=, 1);
  g_assert_cmpfloat (g_ascii_strtod (about + 6, NULL), <, 36000);
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
  static const gchar *const names[] = { "mmd", "cnn-kernel" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/patch-metrics/exact-distances-are-the-formula",
      test_exact_distances_are_the_formula);
  g_test_add_func ("/patch-metrics/feature-distances-are-the-formula",
      test_feature_distances_are_the_formula);
  g_test_add_func ("/patch-metrics/relu-filters-are-the-documented-draws",
      test_relu_filters_are_the_documented_draws);
  g_test_add_func ("/patch-metrics/mmd++-adds-patch-rbf-and-l2",
      test_mmdpp_adds_patch_rbf_and_l2);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    add ("more-features-are-nearer-to-the-exact-kernel", names[i],
        test_more_features_are_nearer_to_the_exact_kernel);
    add ("centred-patches-do-not-see-a-change-of-colour", names[i],
        test_centred_patches_do_not_see_a_change_of_colour);
    add ("exact-is-symmetric-and-0-for-identity-to-the-last-bit", names[i],
        test_exact_is_symmetric_and_0_for_identity_to_the_last_bit);
    add ("exact-is-the-same-for-any-threads", names[i],
        test_exact_is_the_same_for_any_threads);
    add ("exact-on-large-images-is-refused-with-the-time", names[i],
        test_exact_on_large_images_is_refused_with_the_time);
  }
  return g_test_run ();
}
