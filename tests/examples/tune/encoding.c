/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What users type for encoders, their values, and quantities.
 */
#include "tune/encoding.h"
#include "tune/arithmetic/quantity.h"

#include <gst/gst.h>
#include <math.h>

static TuneEncoding *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  TuneEncoding *encoding = tune_encoding_parse (text, &error);

  g_assert_no_error (error);
  return encoding;
}

static gdouble
value_at (const TuneEncoding *encoding, guint i)
{
  return g_array_index (encoding->values, gdouble, i);
}

/* @n values from @first to @last. */
static void
expect_values (TuneEncoding *encoding, const gchar *range_text, guint n,
    gdouble first, gdouble last)
{
  g_autoptr (GError) error = NULL;
  TuneRange range;

  if (range_text != NULL)
    g_assert_true (tune_range_parse (&range, range_text, NULL));
  tune_encoding_set_range (
      encoding, range_text != NULL ? &range : NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (encoding->values->len, ==, n);
  g_assert_cmpfloat (value_at (encoding, 0), ==, first);
  g_assert_cmpfloat (value_at (encoding, n - 1), ==, last);
  g_assert_cmpuint (encoding->start, <, n);
  g_assert_cmpfloat (encoding->slope, >, 0);
}

static void
test_values_go_from_fine_to_coarse (void)
{
  g_autoptr (TuneEncoding) x264 = parse ("x264");
  g_autoptr (TuneEncoding) x265 = parse ("x265");
  g_autoptr (TuneEncoding) theora = parse ("theora");

  expect_values (x264, NULL, 37, 10, 46);
  g_assert_cmpuint (x264->start, ==, 17);
  expect_values (x264, "20:40:4", 6, 20, 40);
  expect_values (x264, "40:20", 21, 20, 40);
  expect_values (x264, "30:30", 1, 30, 30);
  expect_values (x265, NULL, 65, 14, 46);
  g_assert_cmpfloat (value_at (x265, 1), ==, 14.5);
  expect_values (theora, NULL, 63, 63, 1);
  expect_values (theora, "10:20", 11, 20, 10);
}

static void
test_slope_goes_by_the_step (void)
{
  g_autoptr (TuneEncoding) x264 = parse ("x264");
  gdouble slope;

  expect_values (x264, NULL, 37, 10, 46);
  slope = x264->slope;
  expect_values (x264, "10:46:4", 10, 10, 46);
  g_assert_cmpfloat_with_epsilon (x264->slope, 4 * slope, 1e-12);
}

/* So that what is measured in one range is found in another one. */
static void
test_rates_are_the_same_in_every_range (void)
{
  g_autoptr (TuneEncoding) all = parse ("x264-rate");
  g_autoptr (TuneEncoding) some = parse ("x264-rate");
  TuneRange range = { 500, 1000, 0 };
  guint from = 0;

  g_assert_true (tune_encoding_set_range (all, NULL, NULL));
  g_assert_true (tune_encoding_set_range (some, &range, NULL));
  while (value_at (all, from) != value_at (some, 0))
    from++;
  for (guint i = 0; i < some->values->len; i++) {
    g_assert_cmpfloat (value_at (some, i), ==, value_at (all, from + i));
    if (i > 0)
      g_assert_cmpfloat_with_epsilon (
          value_at (some, i - 1) / value_at (some, i), 1.01, .002);
  }
  g_assert_cmpfloat (value_at (some, 0), <=, 1000);
  g_assert_cmpfloat (value_at (some, some->values->len - 1), >=, 500);
}

static void
test_first_value_of_a_command_is_the_finest (void)
{
  g_autoptr (TuneEncoding) command =
      tune_encoding_parse_command ("enc {input} {output} -q {value}", NULL);
  g_autoptr (TuneEncoding) fragment = parse ("x264enc bitrate={value}");

  g_assert_cmpint (command->how, ==, TUNE_HOW_COMMAND);
  g_assert_cmpint (fragment->how, ==, TUNE_HOW_LAUNCH);
  expect_values (command, "1:2:.1", 11, 1, 2);
  g_assert_cmpfloat (value_at (command, 3), ==, 1.3);
  expect_values (fragment, "4000:1000:500", 7, 4000, 1000);
  g_assert_false (tune_encoding_set_range (command, NULL, NULL));
}

static void
expect_no_range (const gchar *encoder, const gchar *text, const gchar *word)
{
  g_autoptr (TuneEncoding) encoding = parse (encoder);
  g_autoptr (GError) error = NULL;
  TuneRange range;

  g_assert_true (tune_range_parse (&range, text, NULL));
  g_assert_false (tune_encoding_set_range (encoding, &range, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_values_that_the_encoder_does_not_take_are_refused (void)
{
  static const gchar *const odd[] = { "", "20", "20:", "20:40:0", "20:40:2:1",
    "a:b", "20:40x", "20:inf", "20:nan" };
  TuneRange range;

  expect_no_range ("x264", "0:40", "from 10 to 46");
  expect_no_range ("x264", "20:60", "from 10 to 46");
  expect_no_range ("x264", "20:40:0.5", "steps of 1");
  expect_no_range ("x264", "20.5:30", "steps of 1");
  expect_no_range ("x264enc q={value}", "0:1:0.00001", "10000");
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    g_assert_false (tune_range_parse (&range, odd[i], NULL));
}

static void
test_further_settings_are_sorted (void)
{
  g_autoptr (TuneEncoding) encoding =
      parse ("x264:speed-preset=slow,option-string=a=1:b=2\\,3,bframes=2");
  g_autoptr (TuneCandidate) candidate = tune_encoding_candidate (encoding, 27);
  g_autofree gchar *line = tune_encoding_describe (encoding, 27);

  g_assert_cmpstr (candidate->extra, ==,
      "{\"bframes\":\"2\",\"option-string\":\"a=1:b=2,3\","
      "\"speed-preset\":\"slow\"}");
  g_assert_cmpstr (candidate->encoder, ==, "x264");
  g_assert_cmpfloat (candidate->value, ==, 27);
  g_assert_true (g_str_has_prefix (line, "x264enc "));
  g_assert_nonnull (strstr (line, " speed-preset=slow "));
  g_assert_nonnull (strstr (line, " quantizer=27"));
  g_assert_null (strchr (line, '{'));
}

/* The line is what to encode with, and the last of two settings would count. */
static void
test_a_setting_of_the_user_is_in_the_line_once (void)
{
  g_autoptr (TuneEncoding) x264 = parse ("x264:pass=quant,threads=1");
  g_autoptr (TuneEncoding) x265 = parse ("x265:option-string=keyint=30");
  g_autofree gchar *quant = tune_encoding_describe (x264, 27);
  g_autofree gchar *joined = tune_encoding_describe (x265, 30);

  g_assert_nonnull (strstr (quant, " pass=quant "));
  g_assert_null (strstr (quant, "pass=qual "));
  g_assert_nonnull (strstr (quant, " threads=1 "));
  g_assert_null (strstr (quant, "threads=4"));
  g_assert_nonnull (strstr (joined, " option-string=crf=30:"));
  g_assert_nonnull (strstr (joined, ":keyint=30"));
}

/* A grid's settings come one by one. */
static void
test_a_setting_takes_the_place_of_another (void)
{
  g_autoptr (TuneEncoding) slow = parse ("x264:speed-preset=slow");
  g_autoptr (TuneEncoding) fast = NULL;
  g_autoptr (TuneEncoding) command = tune_encoding_parse_command (
      "enc -p {preset} {input} {output} {value}", NULL);
  g_autoptr (TuneEncoding) filled = NULL;
  g_autofree gchar *line = NULL;

  expect_values (slow, "20:30", 11, 20, 30);
  fast = tune_encoding_with (slow, "speed-preset", "fast", NULL);
  g_assert_cmpstr (fast->extra, ==, "{\"speed-preset\":\"fast\"}");
  g_assert_cmpuint (fast->values->len, ==, 11);
  filled = tune_encoding_with (command, "preset", "5", NULL);
  line = tune_encoding_describe (filled, 1.5);
  g_assert_cmpstr (line, ==, "enc -p 5 {input} {output} 1.5");
  g_assert_null (tune_encoding_with (command, "tune", "5", NULL));
  g_assert_null (tune_encoding_with (command, "value", "5", NULL));
}

static void
expect_no_encoder (const gchar *text, gboolean command, const gchar *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (command ? tune_encoding_parse_command (text, &error)
                         : tune_encoding_parse (text, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_a_name_is_what_can_be_typed (void)
{
  static const gchar *const texts[] = { "x264", "x264:speed-preset=slow",
    "x264:option-string=a=1:b=2\\,3,speed-preset=slow", "x264enc q={value}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (TuneEncoding) encoding = parse (texts[i]);
    g_autofree gchar *name =
        tune_encoding_name (encoding->encoder, encoding->extra);

    g_assert_cmpstr (name, ==, texts[i]);
  }
}

static void
test_what_is_no_encoder_is_explained (void)
{
  expect_no_encoder ("h264", FALSE, "x264, x265");
  expect_no_encoder ("x264enc quantizer=20", FALSE, "{value}");
  expect_no_encoder ("x264:", FALSE, "KEY=VALUE");
  expect_no_encoder ("x264:slow", FALSE, "KEY=VALUE");
  expect_no_encoder ("x264:quantizer=20", FALSE, "--value");
  expect_no_encoder ("enc {input} {output}", TRUE, "{value}");
  expect_no_encoder ("enc {input} {value}", TRUE, "{output}");
  expect_no_encoder ("enc '{input} {output} {value}", TRUE, "command line");
}

static void
test_properties_are_those_of_the_element (void)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("x264enc");

  if (factory == NULL) {
    g_test_skip ("x264enc is not installed");
    return;
  }
  expect_no_encoder ("x264:presto=slow", FALSE, "no property presto");
  expect_no_encoder ("x264:speed-preset=slowish", FALSE, "slow");
  expect_no_encoder (
      "x264:tune=film", FALSE, "stillimage+fastdecode+zerolatency");
  expect_no_encoder ("x264:bframes=-1", FALSE, "bframes");
}

static void
test_quantities_have_units (void)
{
  guint64 bytes;
  gdouble seconds;
  guint count;
  g_autofree gchar *clock = tune_quantity_clock (3723.4);
  g_autofree gchar *short_clock = tune_quantity_clock (59.6);
  g_autofree gchar *size = tune_quantity_bytes (1234567);

  g_assert_true (tune_quantity_time ("90", "budget", &seconds, NULL));
  g_assert_cmpfloat (seconds, ==, 90);
  g_assert_true (tune_quantity_time ("1.5min", "budget", &seconds, NULL));
  g_assert_cmpfloat (seconds, ==, 90);
  g_assert_true (tune_quantity_time ("2h", "budget", &seconds, NULL));
  g_assert_cmpfloat (seconds, ==, 7200);
  g_assert_false (tune_quantity_time ("0", "budget", &seconds, NULL));
  g_assert_false (tune_quantity_time ("-1s", "budget", &seconds, NULL));
  g_assert_false (tune_quantity_time ("inf", "budget", &seconds, NULL));
  g_assert_false (tune_quantity_time ("2 weeks", "budget", &seconds, NULL));
  g_assert_true (tune_quantity_size ("1.5G", "memory", &bytes, NULL));
  g_assert_cmpuint (bytes, ==, G_GUINT64_CONSTANT (3) << 29);
  g_assert_true (tune_quantity_size ("100000", "memory", &bytes, NULL));
  g_assert_cmpuint (bytes, ==, 100000);
  g_assert_false (tune_quantity_size ("0x10", "memory", &bytes, NULL));
  g_assert_false (tune_quantity_size ("1T1", "memory", &bytes, NULL));
  g_assert_true (tune_quantity_count ("16", "jobs", 1, 16, &count, NULL));
  g_assert_false (tune_quantity_count ("17", "jobs", 1, 16, &count, NULL));
  g_assert_false (tune_quantity_count ("0", "jobs", 1, 16, &count, NULL));
  g_assert_cmpstr (clock, ==, "1:02:03");
  g_assert_cmpstr (short_clock, ==, "1:00");
  g_assert_cmpstr (size, ==, "1.2 MB");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tune/encoding/values_go_from_fine_to_coarse",
      test_values_go_from_fine_to_coarse);
  g_test_add_func (
      "/tune/encoding/slope_goes_by_the_step", test_slope_goes_by_the_step);
  g_test_add_func ("/tune/encoding/rates_are_the_same_in_every_range",
      test_rates_are_the_same_in_every_range);
  g_test_add_func ("/tune/encoding/first_value_of_a_command_is_the_finest",
      test_first_value_of_a_command_is_the_finest);
  g_test_add_func (
      "/tune/encoding/values_that_the_encoder_does_not_take_are_refused",
      test_values_that_the_encoder_does_not_take_are_refused);
  g_test_add_func ("/tune/encoding/further_settings_are_sorted",
      test_further_settings_are_sorted);
  g_test_add_func ("/tune/encoding/a_setting_of_the_user_is_in_the_line_once",
      test_a_setting_of_the_user_is_in_the_line_once);
  g_test_add_func ("/tune/encoding/a_setting_takes_the_place_of_another",
      test_a_setting_takes_the_place_of_another);
  g_test_add_func ("/tune/encoding/a_name_is_what_can_be_typed",
      test_a_name_is_what_can_be_typed);
  g_test_add_func ("/tune/encoding/what_is_no_encoder_is_explained",
      test_what_is_no_encoder_is_explained);
  g_test_add_func ("/tune/encoding/properties_are_those_of_the_element",
      test_properties_are_those_of_the_element);
  g_test_add_func (
      "/tune/encoding/quantities_have_units", test_quantities_have_units);
  return g_test_run ();
}
