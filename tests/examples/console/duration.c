/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times on command lines: what is read, what is refused, what is printed.
 */
#include "console/duration.h"

#include <string.h>

#define S DURATION_SECOND

static const DurationRule any = { G_MININT64, G_MAXINT64, DURATION_PLAIN_NS,
  TRUE };

typedef struct
{
  const gchar *text;
  gint64 amount;
  DurationUnit unit;
} Row;

static void
test_times_are_read_exactly (void)
{
  static const Row rows[] = {
    { "40ms", 40 * DURATION_MS, DURATION_NS },
    { "1.5s", 3 * S / 2, DURATION_NS },
    { "1.5S", 3 * S / 2, DURATION_NS },
    { ".5s", S / 2, DURATION_NS },
    { "0:01:30", 90 * S, DURATION_NS },
    { "1:30", 90 * S, DURATION_NS },
    { "1:2:3.25", 3723 * S + S / 4, DURATION_NS },
    { "100:00", 6000 * S, DURATION_NS },
    { "0:00.000000001", 1, DURATION_NS },
    { "3f", 3, DURATION_FRAMES },
    { "0f", 0, DURATION_FRAMES },
    { "-2f", -2, DURATION_FRAMES },
    { "41708333", 41708333, DURATION_NS },
    { "0", 0, DURATION_NS },
    { "-40ms", -40 * DURATION_MS, DURATION_NS },
    { "-0:30", -30 * S, DURATION_NS },
    { "33.366667ms", 33366667, DURATION_NS },
    { "1.001s", 1001 * DURATION_MS, DURATION_NS },
    { "0.1us", 100, DURATION_NS },
    { "0.04us", 40, DURATION_NS },
    { "1.9999999999s", 2 * S, DURATION_NS },
    { "1.5ns", 2, DURATION_NS },
    { "7\302\265s", 7000, DURATION_NS },
    { "2min", 120 * S, DURATION_NS },
    { "1.5m", 90 * S, DURATION_NS },
    { "2h", 7200 * S, DURATION_NS },
    { "9223372036854775807", G_MAXINT64, DURATION_NS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Duration duration;
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", rows[i].text);
    g_assert_true (
        duration_parse (rows[i].text, "start", &any, &duration, &error));
    g_assert_no_error (error);
    g_assert_cmpint (duration.amount, ==, rows[i].amount);
    g_assert_cmpint (duration.unit, ==, rows[i].unit);
  }
}

static void
test_other_texts_are_refused (void)
{
  static const gchar *const texts[] = { "", "-", "--1s", "s", "ms", ".", ".s",
    "1.", "1.s", "1,5s", "1 s", " 1s", "1s ", "1e3s", "0x10", "inf", "nan",
    "1.5", "1.5f", "1fs", "f", ":", "1:", ":30", "1::30", "0:60", "0:60:00",
    "0:001:00", "1:2:3:4", "1:30s", "0:1.5:30", "1:30.5.5", "+1s", "1d",
    "9223372036854775808", "99999999999999999999s", "3000000h",
    "9223372036854775807:00", "9223372036854775808f", "1s2ms" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    Duration duration;
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", texts[i]);
    g_assert_false (
        duration_parse (texts[i], "start", &any, &duration, &error));
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  }
}

static void
assert_refused (
    const gchar *text, const DurationRule *rule, const gchar *message)
{
  Duration duration;
  g_autoptr (GError) error = NULL;

  g_assert_false (duration_parse (text, "stall", rule, &duration, &error));
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_limits_are_named_as_they_are_typed (void)
{
  static const DurationRule stall = { S, 86400 * S, DURATION_PLAIN_SECONDS,
    FALSE };
  Duration duration;

  assert_refused ("3f", &stall,
      "\"3f\" is not a value for --stall; valid: a time such as 40ms, 1.5s or "
      "0:01:30, at least 1s, at most 24:00:00");
  assert_refused ("999ms", &stall,
      "\"999ms\" is not a value for --stall; valid: a time such as 40ms, 1.5s "
      "or 0:01:30, at least 1s, at most 24:00:00");
  assert_refused ("-1f",
      &(DurationRule){ 0, G_MAXINT64, DURATION_PLAIN_NS, TRUE },
      "\"-1f\" is not a value for --stall; valid: a time such as 40ms, 1.5s, "
      "0:01:30 or 3f, at least 0s");
  g_assert_true (duration_parse ("86400", NULL, &stall, &duration, NULL));
  g_assert_cmpint (duration.amount, ==, 86400 * S);
  g_assert_true (duration_parse ("1.5", NULL, &stall, &duration, NULL));
  g_assert_cmpint (duration.amount, ==, 3 * S / 2);
}

static void
test_a_few_nanoseconds_are_not_meant_where_long_times_are (void)
{
  static const DurationRule rule = { 0, G_MAXINT64, DURATION_PLAIN_LONG_NS,
    TRUE };
  Duration duration;

  g_assert_false (duration_parse ("10", "start", &rule, &duration, NULL));
  g_assert_false (duration_parse ("999999", "start", &rule, &duration, NULL));
  g_assert_true (duration_parse ("1000000", "start", &rule, &duration, NULL));
  g_assert_cmpint (duration.amount, ==, DURATION_MS);
  g_assert_true (duration_parse ("0", "start", &rule, &duration, NULL));
  g_assert_cmpint (duration.amount, ==, 0);
  g_assert_true (duration_parse ("10ns", "start", &rule, &duration, NULL));
  g_assert_cmpint (duration.amount, ==, 10);
}

static void
test_what_is_printed_reads_back (void)
{
  static const struct
  {
    gint64 ns;
    const gchar *text;
    const gchar *rounded;
  } rows[] = {
    { 0, "0s", "0s" },
    { 1, "1ns", "0s" },
    { 1500, "0.0015ms", "0s" },
    { 40 * DURATION_MS, "40ms", "40ms" },
    { 33366667, "33.366667ms", "33.4ms" },
    { -33366667, "-33.366667ms", "-33.4ms" },
    { 999960000, "999.96ms", "1s" },
    { 3 * S / 2, "1.5s", "1.5s" },
    { 59999600000, "59.9996s", "0:01:00" },
    { 90 * S, "0:01:30", "0:01:30" },
    { 3723 * S + S / 4, "1:02:03.25", "1:02:03.25" },
    { -3600 * S, "-1:00:00", "-1:00:00" },
    { G_MAXINT64, "2562047:47:16.854775807", "2562047:47:16.854775807" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *text = duration_print_ns (rows[i].ns);
    g_autofree gchar *rounded = duration_print_rounded (rows[i].ns);
    Duration back;

    g_assert_cmpstr (text, ==, rows[i].text);
    g_assert_cmpstr (rounded, ==, rows[i].rounded);
    g_assert_true (duration_parse (text, NULL, &any, &back, NULL));
    g_assert_cmpint (back.amount, ==, rows[i].ns);
  }
}

static void
test_frames_are_times_where_a_frame_is_known (void)
{
  const Duration three = { 3, DURATION_FRAMES }, none = { 0, DURATION_FRAMES };
  const Duration far = { G_MAXINT64 / 2, DURATION_FRAMES };
  g_autofree gchar *text = duration_print (&three);
  gint64 ns = 0;

  g_assert_cmpstr (text, ==, "3f");
  g_assert_true (duration_to_ns (&three, 40000000, &ns));
  g_assert_cmpint (ns, ==, 120000000);
  g_assert_false (duration_to_ns (&three, 0, &ns));
  g_assert_false (duration_to_ns (&far, 40000000, &ns));
  g_assert_true (duration_to_ns (&none, 0, &ns));
  g_assert_cmpint (ns, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/duration/exact", test_times_are_read_exactly);
  g_test_add_func ("/duration/refused", test_other_texts_are_refused);
  g_test_add_func ("/duration/limits", test_limits_are_named_as_they_are_typed);
  g_test_add_func ("/duration/nanoseconds",
      test_a_few_nanoseconds_are_not_meant_where_long_times_are);
  g_test_add_func ("/duration/back", test_what_is_printed_reads_back);
  g_test_add_func (
      "/duration/frames", test_frames_are_times_where_a_frame_is_known);
  return g_test_run ();
}
