/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Series for Prometheus: which are there, which are not, and how they are
 * written.
 */
#include "monitor/made-up.h"
#include "monitor/serve/exposition.h"

#include <math.h>
#include <string.h>

/* What is absent while no pairs come. */
static const gchar *const present[] = { "perceptual_last_distance",
  "perceptual_window_distance", "perceptual_measure_lag_seconds",
  "perceptual_sync_offset_seconds", "perceptual_sync_confidence_ratio" };

static void
assert_has (const gchar *text, const gchar *line)
{
  g_autofree gchar *whole = g_strconcat ("\n", line, "\n", NULL);

  if (strstr (text, whole) == NULL)
    g_error ("no line \"%s\" in:\n%s", line, text);
}

static void
assert_lacks (const gchar *text, const gchar *part)
{
  if (strstr (text, part) != NULL)
    g_error ("there is \"%s\" in:\n%s", part, text);
}

static gchar *
format (const MonitorSnapshot *snapshot)
{
  return monitor_exposition_format (snapshot, MONITOR_TEXT);
}

static void
test_every_series_has_its_number (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autofree gchar *text = format (snapshot);
  static const gchar *const lines[] = {
    "perceptual_up{monitor=\"studio 1\"} 1",
    "perceptual_input_up{monitor=\"studio 1\",input=\"distorted\"} 1",
    "perceptual_pairs_total{monitor=\"studio 1\",outcome=\"measured\"} 123456",
    "perceptual_pairs_total{monitor=\"studio 1\",outcome=\"skipped\"} 78",
    "perceptual_pairs_total{monitor=\"studio 1\",outcome=\"unselected\"} 9",
    "perceptual_unmatched_frames_total{monitor=\"studio 1\",input="
    "\"reference\"} 34",
    "perceptual_unmatched_frames_total{monitor=\"studio 1\",input="
    "\"distorted\"} 12",
    "perceptual_late_frames_total{monitor=\"studio 1\"} 5",
    "perceptual_gaps_total{monitor=\"studio 1\"} 3",
    "perceptual_misaligned_pairs_total{monitor=\"studio 1\"} 2",
    "perceptual_unsure_pairs_total{monitor=\"studio 1\"} 11",
    "perceptual_frozen_pairs_total{monitor=\"studio 1\"} 61",
    "perceptual_black_pairs_total{monitor=\"studio 1\"} 25",
    "perceptual_last_distance{monitor=\"studio 1\",metric=\"mmd-ssim\"} 0.0123",
    "perceptual_last_distance{monitor=\"studio 1\",metric=\"psnr\"} 38.25",
    "perceptual_window_distance{monitor=\"studio 1\",statistic=\"mean\"} 0.011",
    "perceptual_window_distance{monitor=\"studio 1\",statistic=\"p95\"} 0.02",
    "perceptual_window_distance{monitor=\"studio 1\",statistic=\"max\"} 0.25",
    "perceptual_alert_active{monitor=\"studio 1\",kind=\"frozen\"} 1",
    "perceptual_alert_active{monitor=\"studio 1\",kind=\"unmatched\"} 0",
    "perceptual_alerts_total{monitor=\"studio 1\",kind=\"lost\"} 4",
    "perceptual_hook_failures_total{monitor=\"studio 1\"} 1",
    "perceptual_connections_total{monitor=\"studio 1\",reason=\"stall\"} 2",
    "perceptual_retry_delay_seconds{monitor=\"studio 1\"} 0",
    "perceptual_last_pair_timestamp_seconds{monitor=\"studio 1\"} "
    "1800000000.48",
    "perceptual_measure_lag_seconds{monitor=\"studio 1\"} 0.0315",
    "perceptual_sync_offset_seconds{monitor=\"studio 1\"} -0.04",
    "perceptual_sync_confidence_ratio{monitor=\"studio 1\"} 0.97",
    "perceptual_log_failures_total{monitor=\"studio 1\"} 0",
    "process_cpu_seconds_total{monitor=\"studio 1\"} 4321.25",
    "process_resident_memory_bytes{monitor=\"studio 1\"} 32505856",
    "process_start_time_seconds{monitor=\"studio 1\"} 1799913600.5",
    "process_open_fds{monitor=\"studio 1\"} 37",
    "perceptual_build_info{monitor=\"studio 1\",version=\"0.1.0\",metric="
    "\"mmd-ssim\",kernels=\"avx2\"} 1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    /* The first line has none before it. */
    g_autofree gchar *whole = g_strconcat ("\n", text, NULL);

    assert_has (whole, lines[i]);
  }
  assert_lacks (text, "perceptual_encoded_bytes");
  g_assert_cmpuint (strlen (text), <=, 16 * 1024);
}

static void
test_buckets_are_cumulative (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autofree gchar *text = format (snapshot);

#define BUCKET                                                                 \
  "perceptual_distance_bucket{monitor=\"studio 1\",metric="                    \
  "\"mmd-ssim\",le="
  assert_has (text, BUCKET "\"0.015625\"} 1");
  assert_has (text, BUCKET "\"0.0234375\"} 3");
  assert_has (text, BUCKET "\"1.0\"} 91");
  assert_has (text, BUCKET "\"3.0\"} 136");
  assert_has (text, BUCKET "\"+Inf\"} 153");
#undef BUCKET
  assert_has (text,
      "perceptual_distance_sum{monitor=\"studio 1\",metric=\"mmd-ssim\"} "
      "1358.016");
  assert_has (text,
      "perceptual_distance_count{monitor=\"studio 1\",metric=\"mmd-ssim\"} "
      "153");
}

static void
test_gauges_of_a_lost_stream_are_absent_and_counters_stay (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autofree gchar *before = format (snapshot);
  g_autofree gchar *after = NULL;

  made_up_lose (snapshot);
  after = format (snapshot);
  for (guint i = 0; i < G_N_ELEMENTS (present); i++) {
    g_assert_nonnull (strstr (before, present[i]));
    assert_lacks (after, present[i]);
  }
  assert_has (after, "perceptual_up{monitor=\"studio 1\"} 0");
  assert_has (
      after, "perceptual_input_up{monitor=\"studio 1\",input=\"reference\"} 0");
  assert_has (
      after, "perceptual_retry_delay_seconds{monitor=\"studio 1\"} 7.5");
  assert_has (after,
      "perceptual_pairs_total{monitor=\"studio 1\",outcome=\"measured\"} "
      "123456");
  assert_has (after,
      "perceptual_last_pair_timestamp_seconds{monitor=\"studio 1\"} "
      "1800000000.48");
}

static void
test_what_is_unknown_is_absent (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autofree gchar *text = NULL;

  snapshot->streams[0].lag = NAN;
  snapshot->streams[0].last_pair = 0;
  snapshot->streams[0].window_pairs = 0;
  snapshot->streams[0].columns[0].last = INFINITY;
  snapshot->streams[0].columns[1].last = NAN;
  text = format (snapshot);
  assert_lacks (text, "perceptual_measure_lag_seconds");
  assert_lacks (text, "perceptual_last_pair_timestamp_seconds");
  assert_lacks (text, "perceptual_window_distance");
  assert_lacks (text, "NaN");
  assert_has (text,
      "perceptual_last_distance{monitor=\"studio 1\",metric=\"mmd-ssim\"} "
      "+Inf");
  assert_lacks (text, "metric=\"psnr\"");
}

static void
test_several_streams_have_a_label_each (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (2);
  g_autofree gchar *text = format (snapshot), *plain = NULL;

  assert_has (text,
      "perceptual_up{monitor=\"studio 1\",encoder=\"x264enc bitrate=2000\"} 1");
  assert_has (text,
      "perceptual_pairs_total{monitor=\"studio 1\",encoder=\"x265enc "
      "bitrate=1200\",outcome=\"measured\"} 123457");
  assert_has (text,
      "perceptual_encoded_bytes_total{monitor=\"studio 1\",encoder=\"x265enc "
      "bitrate=1200\"} 493827160");
  /* No connection is no property of one stream. */
  assert_has (
      text, "perceptual_alerts_total{monitor=\"studio 1\",kind=\"lost\"} 4");
  assert_has (text,
      "perceptual_alert_active{monitor=\"studio 1\",encoder=\"x264enc "
      "bitrate=2000\",kind=\"frozen\"} 1");
  assert_lacks (text, "stream=");
  snapshot->encoders = FALSE;
  snapshot->streams[1].up = FALSE;
  plain = format (snapshot);
  assert_has (plain,
      "perceptual_up{monitor=\"studio 1\",stream=\"x265enc bitrate=1200\"} 0");
  assert_lacks (plain,
      "perceptual_sync_offset_seconds{monitor=\"studio 1\","
      "stream=\"x265enc");
  assert_lacks (plain, "perceptual_encoded_bytes");
}

static void
test_nasty_names_are_escaped (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autofree gchar *text = NULL;

  g_free (snapshot->name);
  snapshot->name = g_strdup ("a\"} 1\nb\\ \xff\xc3\xa4");
  text = format (snapshot);
  assert_has (text,
      "perceptual_up{monitor=\"a\\\"} 1\\\\x0ab\\\\ \\\\xff\xc3\xa4\"} 1");
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
test_open_metrics_names_families_without_suffix (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (1);
  g_autofree gchar *text =
      monitor_exposition_format (snapshot, MONITOR_OPEN_METRICS);
  g_autofree gchar *plain = format (snapshot);

  assert_has (text, "# TYPE perceptual_pairs counter");
  assert_has (text,
      "perceptual_pairs_total{monitor=\"studio 1\",outcome=\"skipped\"} 78");
  assert_has (text, "# TYPE process_cpu_seconds counter");
  assert_has (text, "# UNIT process_cpu_seconds seconds");
  assert_has (text, "# UNIT perceptual_sync_confidence_ratio ratio");
  g_assert_nonnull (strstr (text, "# TYPE perceptual_build info\n"));
  assert_lacks (text, "_created");
  g_assert_true (g_str_has_suffix (text, "\n# EOF\n"));
  assert_has (plain, "# TYPE perceptual_pairs_total counter");
  g_assert_nonnull (strstr (plain, "# TYPE perceptual_build_info gauge\n"));
  assert_lacks (plain, "# EOF");
  assert_lacks (plain, "# UNIT");
}

static void
test_units_end_the_names_of_their_families (void)
{
  g_autoptr (MonitorSnapshot) snapshot = made_up_snapshot (2);
  g_autofree gchar *text =
      monitor_exposition_format (snapshot, MONITOR_OPEN_METRICS);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);
    g_autofree gchar *suffix = NULL;

    if (!g_str_has_prefix (lines[i], "# UNIT "))
      continue;
    suffix = g_strconcat ("_", words[3], NULL);
    g_assert_true (g_str_has_suffix (words[2], suffix));
    n++;
  }
  g_assert_cmpuint (n, ==, 9);
}

static void
test_the_liked_format_is_given (void)
{
  static const struct
  {
    const gchar *accept;
    MonitorExposition exposition;
  } cases[] = {
    { NULL, MONITOR_TEXT },
    { "", MONITOR_TEXT },
    { ";,;q=,=", MONITOR_TEXT },
    { "text/html,application/xml;q=0.9,*/*;q=0.8", MONITOR_TEXT },
    { "application/openmetrics-text", MONITOR_OPEN_METRICS },
    { "application/openmetrics-text;version=1.0.0,"
      "application/openmetrics-text;version=0.0.1;q=0.75,"
      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        MONITOR_OPEN_METRICS },
    { "application/openmetrics-text; version=0.0.1,text/plain;q=0.5",
        MONITOR_OPEN_METRICS_EARLY },
    { "Application/OpenMetrics-Text; Version=\"1.0.0\"; q=0.4, "
      "text/plain; q=0.3",
        MONITOR_OPEN_METRICS },
    { "application/openmetrics-text;version=2.0.0,text/plain;q=0.5",
        MONITOR_TEXT },
    { "application/openmetrics-text;q=0", MONITOR_TEXT },
    { "application/openmetrics-text;q=0.2,text/plain", MONITOR_TEXT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MonitorExposition found = monitor_exposition_negotiate (cases[i].accept);

    if (found != cases[i].exposition)
      g_error ("%s: gave %d", cases[i].accept, found);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposition/every-series-has-its-number",
      test_every_series_has_its_number);
  g_test_add_func (
      "/exposition/buckets-are-cumulative", test_buckets_are_cumulative);
  g_test_add_func (
      "/exposition/gauges-of-a-lost-stream-are-absent-and-counters-stay",
      test_gauges_of_a_lost_stream_are_absent_and_counters_stay);
  g_test_add_func (
      "/exposition/what-is-unknown-is-absent", test_what_is_unknown_is_absent);
  g_test_add_func ("/exposition/several-streams-have-a-label-each",
      test_several_streams_have_a_label_each);
  g_test_add_func (
      "/exposition/nasty-names-are-escaped", test_nasty_names_are_escaped);
  g_test_add_func ("/exposition/open-metrics-names-families-without-suffix",
      test_open_metrics_names_families_without_suffix);
  g_test_add_func ("/exposition/units-end-the-names-of-their-families",
      test_units_end_the_names_of_their_families);
  g_test_add_func (
      "/exposition/the-liked-format-is-given", test_the_liked_format_is_given);
  return g_test_run ();
}
