/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The border of the library: wrong names, options and images are refused with
 * a message that says what is right.
 */
#include "images.h"

#include <string.h>

#define RGBX8 PERCEPTUAL_PIXELS_RGBX8

static PerceptualMetric *
try_metric (const gchar *name, GVariant *options, GError **error)
{
  g_autoptr (PerceptualWorkers) workers = perceptual_workers_new (1, NULL);

  return perceptual_metric_new (name, options, workers, error);
}

static void
test_unknown_metric_lists_the_valid_ones (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (try_metric ("vmaf", NULL, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC);
  g_assert_nonnull (strstr (error->message, "vmaf"));
  for (guint i = 0; perceptual_metrics ()[i] != NULL; i++)
    g_assert_nonnull (strstr (error->message, perceptual_metrics ()[i]->name));
}

static void
test_the_default_metric_is_in_the_table_and_needs_no_weights (void)
{
  const PerceptualMetricInfo *info =
      perceptual_metric_find (PERCEPTUAL_DEFAULT_METRIC, NULL);

  g_assert_nonnull (info);
  g_assert_false (info->flags & PERCEPTUAL_METRIC_WEIGHTS);
}

static void
test_unknown_option_lists_the_options_of_the_metric (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (try_metric (
      "mmd", g_variant_new_parsed ("{'sharpness': <true>}"), &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
  g_assert_nonnull (strstr (error->message, "sharpness"));
  g_assert_nonnull (strstr (error->message, "seed"));
}

static void
test_another_metrics_option_is_refused_unless_it_is_at_its_default (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PerceptualMetric) metric = try_metric (
      "psnr", g_variant_new_parsed ("{'seed': <uint64 0>}"), &error);

  g_assert_nonnull (metric);
  g_assert_no_error (error);
  g_assert_null (try_metric (
      "psnr", g_variant_new_parsed ("{'seed': <uint64 3>}"), &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
  g_assert_nonnull (strstr (error->message, "psnr"));
}

static void
test_option_values_are_checked_for_type_and_range (void)
{
  const gchar *bad[] = { "{'seed': <'three'>}", "{'seed': <-1>}",
    "{'seed': <uint64 4294967296>}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (try_metric ("mmd", g_variant_new_parsed (bad[i]), &error));
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
    g_assert_nonnull (strstr (error->message, "seed"));
  }
}

static void
test_option_texts_parse_or_say_what_is_valid (void)
{
  static const PerceptualOption number = { .name = "n",
    .type = PERCEPTUAL_OPTION_UINT,
    .default_text = "1",
    .minimum = 1,
    .maximum = 9 };
  static const PerceptualOption real = { .name = "r",
    .type = PERCEPTUAL_OPTION_DOUBLE,
    .default_text = "0.5",
    .minimum = -1,
    .maximum = 1 };
  static const gchar *const choices[] = { "alex", "vgg", NULL };
  static const PerceptualOption choice = { .name = "c",
    .type = PERCEPTUAL_OPTION_STRING,
    .default_text = "alex",
    .choices = choices };
  static const PerceptualOption truth = {
    .name = "b", .type = PERCEPTUAL_OPTION_BOOLEAN, .default_text = "true"
  };
  struct
  {
    const PerceptualOption *option;
    const gchar *text;
    const gchar *printed; /* NULL if refused */
  } cases[] = { { &number, "7", "7" }, { &number, "0", NULL },
    { &number, "10", NULL }, { &number, "7x", NULL }, { &number, "", NULL },
    { &real, "-0.25", "-0.25" }, { &real, "2", NULL }, { &real, "nan", NULL },
    { &real, "inf", NULL }, { &choice, "vgg", "'vgg'" },
    { &choice, "vgg19", NULL }, { &truth, "FALSE", "false" },
    { &truth, "maybe", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) value =
        perceptual_option_parse (cases[i].option, cases[i].text, &error);

    if (cases[i].printed == NULL) {
      g_assert_null (value);
      g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
      g_assert_nonnull (strstr (error->message, "valid: "));
    } else {
      g_autofree gchar *printed = g_variant_print (value, FALSE);

      g_assert_no_error (error);
      g_assert_cmpstr (printed, ==, cases[i].printed);
    }
  }
}

static void
test_effective_options_carry_defaults (void)
{
  g_autoptr (PerceptualMetric) metric = try_metric ("mmd", NULL, NULL);
  g_autofree gchar *text =
      g_variant_print (perceptual_metric_get_options (metric), TRUE);

  g_assert_cmpstr (text, ==,
      "{'features': <uint64 512>, 'seed': <uint64 0>, 'exact': <false>, "
      "'centred': <true>, 'scale': <'1'>}");
}

static void
expect_image_error (
    const PerceptualImage *a, const PerceptualImage *b, const gchar *words)
{
  g_autoptr (PerceptualMetric) metric = try_metric ("mmd-ssim", NULL, NULL);
  g_autoptr (GError) error = NULL;
  PerceptualResult result = { .distance = 7 };

  g_assert_false (perceptual_metric_compare (
      metric, a, b, 1, PERCEPTUAL_COMPARE_NONE, &result, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == PERCEPTUAL_ERROR);
  if (strstr (error->message, words) == NULL)
    g_error ("\"%s\" lacks \"%s\"", error->message, words);
  g_assert_cmpfloat (result.distance, ==, 0);
}

static void
test_images_that_do_not_fit_are_refused (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 64, 48, 5, 1, 0);
  g_autoptr (TestImage) small = test_image_new (RGBX8, 64, 47, 5, 1, 0);
  g_autoptr (TestImage) deep =
      test_image_new (PERCEPTUAL_PIXELS_RGBX16, 64, 48, 5, 1, 0);
  PerceptualImage bad = a->view;

  expect_image_error (&a->view, &small->view, "64x47");
  expect_image_error (&a->view, &deep->view, "layout");
  bad.stride = 64 * 4 - 4;
  expect_image_error (&bad, &bad, "stride");
  bad = a->view;
  bad.data = NULL;
  expect_image_error (&a->view, &bad, "no data");
  bad = a->view;
  bad.width = 0;
  expect_image_error (&bad, &bad, "1x1");
  bad = a->view;
  bad.width = PERCEPTUAL_MAX_SIZE + 1;
  bad.stride = 4 * (gsize) bad.width;
  expect_image_error (&bad, &bad, "16384");
  bad = a->view;
  bad.planes[0] = (PerceptualPlane){ a->memory, 64, 1, 64, 47 };
  bad.depth = 8;
  expect_image_error (&bad, &bad, "planes");
  bad = a->view;
  bad.pixels = (PerceptualPixels) 3;
  expect_image_error (&bad, &bad, "layout");
}

/* Numbers so large that their sums wrap around to something that would fit. */
static void
test_planes_whose_numbers_overflow_are_refused (void)
{
  g_autoptr (TestImage) a = test_image_new (RGBX8, 64, 48, 5, 1, 0);
  PerceptualImage bad = a->view;

  bad.depth = 10;
  bad.planes[0] = (PerceptualPlane){ a->memory, 128, 2, 64, 48 };
  bad.shift = G_MAXUINT - 7;
  expect_image_error (&bad, &bad, "planes");
  bad.shift = 0;
  bad.planes[0].width = bad.width = 33;
  bad.planes[0].step = G_MAXSIZE / 32 + 1;
  expect_image_error (&bad, &bad, "planes");
}

/* ORC's vector code would crash on them. */
static void
test_images_that_are_not_aligned_are_refused (void)
{
  for (guint bytes = 1; bytes <= 2; bytes++) {
    g_autoptr (TestImage) a = test_image_new (
        bytes == 1 ? RGBX8 : PERCEPTUAL_PIXELS_RGBX16, 64, 48, 5, 1, 8);
    PerceptualImage bad;

    for (guint i = 1; i < 4 * bytes; i++) {
      bad = a->view;
      bad.data = (const guint8 *) a->view.data + i;
      expect_image_error (&a->view, &bad, "multiples");
      bad = a->view;
      bad.stride -= i;
      expect_image_error (&a->view, &bad, "multiples");
    }
    bad = a->view;
    bad.depth = 10;
    bad.planes[0] = (PerceptualPlane){ a->memory + 1, 128, 2, 64, 48 };
    expect_image_error (&bad, &bad, "even addresses");
  }
}

static void
expect_complaint (void)
{
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*!= NULL*");
}

static void
test_null_where_it_is_not_allowed_is_caught (void)
{
  expect_complaint ();
  g_assert_null (perceptual_workers_ref (NULL));
  expect_complaint ();
  g_assert_cmpuint (perceptual_workers_get_threads (NULL), ==, 0);
  expect_complaint ();
  perceptual_workers_cancel (NULL, TRUE);
  expect_complaint ();
  perceptual_workers_run (NULL, 0, NULL, NULL);
  expect_complaint ();
  g_assert_null (perceptual_metric_get_info (NULL));
  expect_complaint ();
  g_assert_null (perceptual_metric_get_options (NULL));
  expect_complaint ();
  g_assert_null (perceptual_metric_get_weights (NULL));
  expect_complaint ();
  g_assert_null (perceptual_metric_get_arithmetic (NULL));
  expect_complaint ();
  g_assert_null (perceptual_metric_get_note (NULL));
  expect_complaint ();
  g_assert_null (perceptual_metric_new ("l2", NULL, NULL, NULL));
  expect_complaint ();
  g_assert_null (perceptual_metric_find (NULL, NULL));
  expect_complaint ();
  g_assert_null (perceptual_option_parse (NULL, "1", NULL));
  expect_complaint ();
  perceptual_result_clear (NULL);
  g_test_assert_expected_messages ();
  perceptual_workers_unref (NULL);
  perceptual_metric_free (NULL);
}

static void
test_version_and_kernels_have_names (void)
{
  g_assert_cmpstr (perceptual_version (), ==, PERCEPTUAL_TEST_VERSION);
  g_assert_true (g_strcmp0 (perceptual_kernel_level (), "c") == 0
      || g_strcmp0 (perceptual_kernel_level (), "avx2") == 0
      || g_strcmp0 (perceptual_kernel_level (), "avx512") == 0);
}

static void
test_errors_have_a_domain_that_is_found_by_name (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (perceptual_metric_find ("no-such-metric", &error));
  g_assert_cmpstr (
      g_quark_to_string (error->domain), ==, "perceptual-error-quark");
}

static void
assert_split (const gchar *list, const gchar *expected)
{
  g_auto (GStrv) parts = perceptual_specification_split (list);
  g_autofree gchar *joined = g_strjoinv ("|", parts);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_lists_are_split_where_a_metric_begins (void)
{
  assert_split ("", "");
  assert_split ("psnr, ssim", "psnr|ssim");
  assert_split ("lpips:backbone=vgg,taps=1,3,psnr,mmd:seed=2",
      "lpips:backbone=vgg,taps=1,3|psnr|mmd:seed=2");
  /* A slip is not swallowed by what has no options. */
  assert_split ("psnr,sism", "psnr|sism");
}

static void
test_a_comma_too_many_is_an_error (void)
{
  const gchar *const lists[] = { ",", " ", "psnr,", ",psnr", "psnr,,ssim" };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_auto (GStrv) parts = perceptual_specification_split (lists[i]);
    g_autoptr (GError) error = NULL;

    for (guint k = 0; parts[k] != NULL && error == NULL; k++)
      perceptual_specification_parse (parts[k], NULL, &error);
    g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_METRIC);
    g_assert_nonnull (strstr (error->message, "comma too many"));
  }
  /* A list of one tap ends in a comma. */
  assert_split ("lpips:taps=3,,psnr", "lpips:taps=3,|psnr");
}

static void
test_specifications_give_a_metric_and_its_options (void)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  const gchar *taps = NULL;

  g_assert_cmpstr (perceptual_specification_parse (
                       "lpips:taps=1,3,backbone=vgg", &options, &error)
                       ->name,
      ==, "lpips");
  g_assert_true (g_variant_lookup (options, "taps", "&s", &taps));
  g_assert_cmpstr (taps, ==, "1,3");
  g_assert_cmpuint (g_variant_n_children (options), ==, 2);
  g_assert_null (perceptual_specification_parse ("psnr:x=1", NULL, &error));
  g_assert_error (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_OPTION);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/library/unknown-metric-lists-the-valid-ones",
      test_unknown_metric_lists_the_valid_ones);
  g_test_add_func (
      "/library/the-default-metric-is-in-the-table-and-needs-no-weights",
      test_the_default_metric_is_in_the_table_and_needs_no_weights);
  g_test_add_func ("/library/unknown-option-lists-the-options-of-the-metric",
      test_unknown_option_lists_the_options_of_the_metric);
  g_test_add_func (
      "/library/another-metrics-option-is-refused-unless-at-its-default",
      test_another_metrics_option_is_refused_unless_it_is_at_its_default);
  g_test_add_func ("/library/option-values-are-checked-for-type-and-range",
      test_option_values_are_checked_for_type_and_range);
  g_test_add_func ("/library/option-texts-parse-or-say-what-is-valid",
      test_option_texts_parse_or_say_what_is_valid);
  g_test_add_func ("/library/effective-options-carry-defaults",
      test_effective_options_carry_defaults);
  g_test_add_func ("/library/images-that-do-not-fit-are-refused",
      test_images_that_do_not_fit_are_refused);
  g_test_add_func ("/library/planes-whose-numbers-overflow-are-refused",
      test_planes_whose_numbers_overflow_are_refused);
  g_test_add_func ("/library/images-that-are-not-aligned-are-refused",
      test_images_that_are_not_aligned_are_refused);
  g_test_add_func ("/library/null-where-it-is-not-allowed-is-caught",
      test_null_where_it_is_not_allowed_is_caught);
  g_test_add_func ("/library/errors-have-a-domain-that-is-found-by-name",
      test_errors_have_a_domain_that_is_found_by_name);
  g_test_add_func ("/library/lists-are-split-where-a-metric-begins",
      test_lists_are_split_where_a_metric_begins);
  g_test_add_func ("/library/a-comma-too-many-is-an-error",
      test_a_comma_too_many_is_an_error);
  g_test_add_func ("/library/specifications-give-a-metric-and-its-options",
      test_specifications_give_a_metric_and_its_options);
  g_test_add_func ("/library/version-and-kernels-have-names",
      test_version_and_kernels_have_names);
  return g_test_run ();
}
