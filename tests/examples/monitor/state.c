/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a connection's lines and counts to what a monitor knows.
 */
#include "monitor/state/state.h"

#include "monitor/config-file.h"
#include "monitor/state/trend.h"

#include "folder.h"

#include <math.h>
#include <string.h>

#define MS 1000

typedef struct
{
  MonitorState *state;
  GString *news; /* a line for each alert that begins or ends */
} Rig;

static void
on_news (const MonitorNews *news, gpointer user)
{
  Rig *rig = user;

  g_string_append_printf (rig->news, "%s %s%s\n",
      monitor_alert_name (news->alert.kind),
      news->alert.end > 0 ? "end" : "begin", news->cut ? " cut" : "");
}

static void
rig_init (Rig *rig, guint streams, gint64 stall)
{
  static const gchar *const labels[2][3] = { { "", NULL },
    { "one", "two", NULL } };

  rig->news = g_string_new (NULL);
  rig->state = monitor_state_new (
      &(MonitorAbout){
          .name = "test",
          .metric = "mmd-ssim",
          .labels = labels[streams - 1],
          .history = 2,
          .stall = stall,
          .unmatched = .1,
      },
      on_news, rig);
}

static void
rig_clear (Rig *rig)
{
  monitor_state_free (rig->state);
  g_string_free (rig->news, TRUE);
}

static MonitorSnapshot *
look (Rig *rig)
{
  const MonitorSource *source = monitor_state_get_source (rig->state);

  return source->snapshot (source->data);
}

/* @rest: further members, with a comma before each */
static void
add_pair (Rig *rig, const gchar *pad, const gchar *distance, const gchar *rest)
{
  g_autofree gchar *line = g_strdup_printf (
      "{\"type\":\"distance\",\"metric\":\"mmd-ssim\",\"stream\":\"%s\","
      "\"distance\":%s%s}",
      pad, distance, rest);

  g_assert_cmpint (
      monitor_state_take_line (rig->state, line, NULL), ==, MONITOR_LINE_PAIR);
}

static void
test_lines_become_counters_and_values (void)
{
  g_autoptr (MonitorSnapshot) known = NULL;
  const MonitorStream *stream;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  g_assert_cmpuint (monitor_state_begin_connection (rig.state), ==, 1);
  monitor_state_take_line (rig.state,
      "{\"type\":\"header\",\"stream\":\"dist_sink\",\"kernels\":\"avx2\"}",
      NULL);
  add_pair (&rig, "dist_sink", "0.25", ",\"frozen\":true,\"black\":false");
  add_pair (&rig, "dist_sink", "0.5",
      ",\"frozen\":true,\"black\":true,\"also\":{\"psnr\":null,\"ssim\":0.5}");
  add_pair (
      &rig, "dist_sink", "0.125", ",\"also\":{\"psnr\":null,\"ssim\":0.75}");
  monitor_state_take_line (rig.state,
      "{\"type\":\"summary\",\"stream\":\"dist_sink\",\"measured\":9,"
      "\"window\":{\"measured\":3,\"mean\":0.3,\"p95\":0.4,\"max\":0.5}}",
      NULL);
  known = look (&rig);
  stream = &known->streams[0];
  g_assert_cmpstr (known->kernels, ==, "avx2");
  g_assert_cmpint (known->phase, ==, MONITOR_MEASURING);
  g_assert_true (stream->up);
  g_assert_cmpuint (stream->measured, ==, 3);
  g_assert_cmpuint (stream->frozen, ==, 2);
  g_assert_cmpuint (stream->black, ==, 1);
  g_assert_cmpfloat (stream->sum, ==, .875);
  g_assert_cmpuint (stream->n_columns, ==, 3);
  g_assert_cmpstr (stream->columns[0].name, ==, "mmd-ssim");
  g_assert_cmpfloat (stream->columns[0].last, ==, .125);
  g_assert_cmpstr (stream->columns[1].name, ==, "psnr");
  g_assert_true (isinf (stream->columns[1].last));
  g_assert_cmpfloat (stream->columns[2].last, ==, .75);
  g_assert_cmpuint (stream->window_pairs, ==, 3);
  g_assert_cmpfloat (stream->window_mean, ==, .3);
  g_assert_cmpfloat (stream->window_p95, ==, .4);
  g_assert_cmpfloat (stream->window_max, ==, .5);
  rig_clear (&rig);
}

static void
test_the_histogram_has_each_distance_once (void)
{
  g_autoptr (MonitorSnapshot) known = NULL;
  guint64 sum = 0;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  monitor_state_begin_connection (rig.state);
  known = look (&rig);
  for (guint i = 1; i < MONITOR_N_BUCKETS; i++)
    g_assert_cmpfloat (known->bounds[i], >, known->bounds[i - 1]);
  for (guint i = 0; i < MONITOR_N_BUCKETS; i++) {
    gchar text[G_ASCII_DTOSTR_BUF_SIZE];

    /* A bound belongs to its bucket. */
    add_pair (&rig, "dist_sink",
        g_ascii_dtostr (text, sizeof text, known->bounds[i]), "");
  }
  add_pair (&rig, "dist_sink", "0", "");
  add_pair (&rig, "dist_sink", "1e9", "");
  add_pair (&rig, "dist_sink", "null", "");
  monitor_snapshot_free (known);
  known = look (&rig);
  for (guint i = 0; i <= MONITOR_N_BUCKETS; i++)
    sum += known->streams[0].buckets[i];
  g_assert_cmpuint (sum, ==, MONITOR_N_BUCKETS + 3);
  g_assert_cmpuint (known->streams[0].buckets[0], ==, 2);
  g_assert_cmpuint (known->streams[0].buckets[7], ==, 1);
  g_assert_cmpuint (known->streams[0].buckets[MONITOR_N_BUCKETS], ==, 2);
  g_assert_true (isfinite (known->streams[0].sum));
  rig_clear (&rig);
}

static void
test_counters_go_on_from_connection_to_connection (void)
{
  MonitorTotals totals = { .pairs = 10,
    .skipped = 3,
    .unmatched_reference = 2,
    .late = 1,
    .lag = .5,
    .synced = TRUE,
    .sync_offset = .25,
    .sync_confidence = .75 };
  MonitorSnapshot *known;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  monitor_state_begin_connection (rig.state);
  add_pair (&rig, "dist_sink", "0.25", "");
  monitor_state_take_totals (rig.state, &totals);
  monitor_state_take_totals (rig.state, &totals);
  known = look (&rig);
  g_assert_cmpuint (known->streams[0].skipped, ==, 3);
  g_assert_cmpfloat (known->streams[0].lag, ==, .5);
  g_assert_cmpfloat (known->streams[0].sync_offset, ==, .25);
  monitor_snapshot_free (known);

  monitor_state_end_connection (
      rig.state, MONITOR_END_EOS, "an input ended", G_USEC_PER_SEC);
  known = look (&rig);
  g_assert_cmpint (known->phase, ==, MONITOR_WAITING);
  g_assert_cmpstr (known->reason, ==, "an input ended");
  g_assert_cmpfloat (known->retry_delay, >, .5);
  g_assert_cmpuint (known->ends[MONITOR_END_EOS], ==, 1);
  g_assert_false (known->streams[0].up);
  g_assert_true (isnan (known->streams[0].columns[0].last));
  g_assert_true (isnan (known->streams[0].lag));
  g_assert_cmpuint (known->streams[0].skipped, ==, 3);
  g_assert_cmpuint (known->streams[0].measured, ==, 1);
  monitor_snapshot_free (known);

  g_assert_cmpuint (monitor_state_begin_connection (rig.state), ==, 2);
  totals = (MonitorTotals){ .pairs = 1, .skipped = 1, .lag = -1 };
  add_pair (&rig, "dist_sink", "0.25", "");
  monitor_state_take_totals (rig.state, &totals);
  known = look (&rig);
  g_assert_cmpuint (known->streams[0].skipped, ==, 4);
  g_assert_cmpuint (known->streams[0].unmatched[MONITOR_REFERENCE], ==, 2);
  g_assert_cmpuint (known->streams[0].late, ==, 1);
  g_assert_cmpuint (known->streams[0].measured, ==, 2);
  g_assert_true (isnan (known->streams[0].lag));
  g_assert_null (known->reason);
  monitor_snapshot_free (known);
  rig_clear (&rig);
}

static void
test_a_stream_without_pairs_is_not_up (void)
{
  MonitorSnapshot *known;
  Rig rig;

  rig_init (&rig, 2, 50 * MS);
  monitor_state_begin_connection (rig.state);
  monitor_state_take_frames (rig.state, (guint64[]){ 1, 1 });
  add_pair (&rig, "dist_sink", "0.25", "");
  known = look (&rig);
  g_assert_cmpint (known->phase, ==, MONITOR_CONNECTING);
  g_assert_true (known->input_up[MONITOR_REFERENCE]);
  monitor_snapshot_free (known);
  add_pair (&rig, "dist_sink_1", "0.5", "");
  known = look (&rig);
  g_assert_cmpint (known->phase, ==, MONITOR_MEASURING);
  monitor_snapshot_free (known);
  g_usleep (100 * MS);
  add_pair (&rig, "dist_sink_1", "0.5", "");
  monitor_state_tick (rig.state, 0);
  known = look (&rig);
  g_assert_false (known->streams[0].up);
  g_assert_true (isnan (known->streams[0].columns[0].last));
  g_assert_true (known->streams[1].up);
  g_assert_cmpuint (known->streams[1].measured, ==, 2);
  /* As of a process that hangs, and counts no frames. */
  g_assert_false (known->input_up[MONITOR_REFERENCE]);
  g_assert_false (known->input_up[MONITOR_DISTORTED]);
  monitor_snapshot_free (known);
  rig_clear (&rig);
}

static const gchar frozen_begins[] =
    "{\"type\":\"alert\",\"stream\":\"dist_sink\",\"kind\":\"frozen\","
    "\"state\":\"begin\",\"value\":0.5,\"duration\":2000000000}";
static const gchar frozen_ends[] =
    "{\"type\":\"alert\",\"stream\":\"dist_sink\",\"kind\":\"frozen\","
    "\"state\":\"end\",\"value\":0.1,\"duration\":2000000000,"
    "\"worst\":{\"distance\":0.75}}";

static void
test_alerts_begin_and_end_once (void)
{
  g_autoptr (MonitorSnapshot) known = NULL;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  monitor_state_begin_connection (rig.state);
  monitor_state_take_line (rig.state, frozen_begins, NULL);
  monitor_state_take_line (rig.state, frozen_begins, NULL);
  monitor_state_take_line (rig.state, frozen_ends, NULL);
  monitor_state_take_line (rig.state, frozen_ends, NULL);
  g_assert_cmpstr (rig.news->str, ==, "frozen begin\nfrozen end\n");
  known = look (&rig);
  g_assert_cmpuint (known->n_alerts, ==, 1);
  g_assert_cmpint (known->alerts[0].kind, ==, MONITOR_ALERT_FROZEN);
  g_assert_cmpfloat (known->alerts[0].value, ==, .75);
  g_assert_cmpfloat_with_epsilon (
      known->alerts[0].end - known->alerts[0].begin, 2, .5);
  g_assert_cmpuint (known->streams[0].alerts[MONITOR_ALERT_FROZEN], ==, 1);
  g_assert_false (known->streams[0].alert_active[MONITOR_ALERT_FROZEN]);
  rig_clear (&rig);
}

static void
test_a_connection_takes_its_alerts_along_and_lost_lasts (void)
{
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  monitor_state_begin_connection (rig.state);
  add_pair (&rig, "dist_sink", "0.25", "");
  monitor_state_take_line (rig.state, frozen_begins, NULL);
  for (guint i = 0; i < 2; i++) {
    monitor_state_end_connection (rig.state, MONITOR_END_CRASH, "it", 0);
    monitor_state_lose (rig.state);
    monitor_state_begin_connection (rig.state);
  }
  g_assert_cmpstr (
      rig.news->str, ==, "frozen begin\nfrozen end cut\nlost begin\n");
  add_pair (&rig, "dist_sink", "0.25", "");
  g_assert_true (g_str_has_suffix (rig.news->str, "lost begin\nlost end\n"));
  monitor_state_end_connection (rig.state, MONITOR_END_CRASH, "it", 0);
  monitor_state_lose (rig.state);
  monitor_state_end_connection (rig.state, MONITOR_N_ENDS, NULL, -1);
  g_assert_true (
      g_str_has_suffix (rig.news->str, "lost begin\nlost end cut\n"));
  rig_clear (&rig);
}

static void
test_fifty_alerts_are_remembered (void)
{
  g_autoptr (MonitorSnapshot) known = NULL;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  for (guint i = 0; i < 60; i++) {
    monitor_state_take_line (rig.state, frozen_begins, NULL);
    monitor_state_take_line (rig.state, frozen_ends, NULL);
  }
  known = look (&rig);
  g_assert_cmpuint (known->n_alerts, ==, 50);
  g_assert_cmpuint (known->alerts[0].sequence, ==, 60);
  g_assert_cmpuint (known->alerts[49].sequence, ==, 11);
  rig_clear (&rig);
}

static void
test_growth_is_that_of_the_last_seconds (void)
{
  MonitorTrend trend = { .span = 10 * G_USEC_PER_SEC };
  guint64 growth[MONITOR_TREND_COUNTS];

  g_assert_cmpint (monitor_trend_get (&trend, growth), ==, 0);
  for (guint i = 0; i <= 200; i++) {
    const guint64 counts[MONITOR_TREND_COUNTS] = { 10 * i, i < 150 ? 0 : i };

    monitor_trend_add (&trend, i * (gint64) G_USEC_PER_SEC / 2, counts);
  }
  g_assert_cmpint (monitor_trend_get (&trend, growth), ==, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (growth[0], ==, 200);
  g_assert_cmpuint (growth[1], ==, 20);
}

/* @state: "begin" or "end" */
static void
tell_alert (Rig *rig, const gchar *pad, const gchar *kind, const gchar *state)
{
  g_autofree gchar *line =
      g_strdup_printf ("{\"type\":\"alert\",\"stream\":\"%s\",\"kind\":\"%s\","
                       "\"state\":\"%s\",\"value\":0.5,\"duration\":0}",
          pad, kind, state);

  monitor_state_take_line (rig->state, line, NULL);
}

/* Kinds of one stream next to kinds of another. */
static void
test_each_stream_has_its_own_alerts_of_each_kind (void)
{
  static const gchar *const kinds[] = { "above", "below", "frozen", "black" };
  g_autoptr (MonitorSnapshot) known = NULL;
  Rig rig;

  rig_init (&rig, 2, G_USEC_PER_SEC);
  monitor_state_begin_connection (rig.state);
  for (guint i = 0; i < 4; i++) {
    tell_alert (&rig, i % 2 ? "dist_sink_1" : "dist_sink", kinds[i], "begin");
    for (guint again = 0; again < i; again++) {
      tell_alert (&rig, i % 2 ? "dist_sink_1" : "dist_sink", kinds[i], "end");
      tell_alert (&rig, i % 2 ? "dist_sink_1" : "dist_sink", kinds[i], "begin");
    }
  }
  known = look (&rig);
  for (guint s = 0; s < 2; s++) {
    for (guint i = 0; i < 4; i++) {
      g_assert_true (known->streams[s].alert_active[i] == (i % 2 == s));
      g_assert_cmpuint (
          known->streams[s].alerts[i], ==, i % 2 == s ? i + 1 : 0);
    }
  }
  /* The latest comes first. */
  g_assert_cmpuint (known->n_alerts, ==, 1 + 2 + 3 + 4);
  for (guint i = 0; i < known->n_alerts; i++)
    g_assert_cmpuint (known->alerts[i].sequence, ==, known->n_alerts - i);
  g_assert_cmpuint (known->alerts[0].stream, ==, 1);
  rig_clear (&rig);
}

/* One that is no longer listed ends without a trace in the list; one that is
 * cut keeps its value. */
static void
test_an_alert_that_ends_late_changes_no_other (void)
{
  MonitorSnapshot *known;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  monitor_state_begin_connection (rig.state);
  tell_alert (&rig, "dist_sink", "frozen", "begin");
  for (guint i = 0; i < 50; i++) {
    tell_alert (&rig, "dist_sink", "black", "begin");
    tell_alert (&rig, "dist_sink", "black", "end");
  }
  monitor_state_end_connection (rig.state, MONITOR_END_ERROR, "it", -1);
  known = look (&rig);
  g_assert_cmpuint (known->n_alerts, ==, 50);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpint (known->alerts[i].kind, ==, MONITOR_ALERT_BLACK);
  monitor_snapshot_free (known);

  monitor_state_begin_connection (rig.state);
  tell_alert (&rig, "dist_sink", "frozen", "begin");
  monitor_state_end_connection (rig.state, MONITOR_END_ERROR, "it", -1);
  known = look (&rig);
  g_assert_cmpint (known->alerts[0].kind, ==, MONITOR_ALERT_FROZEN);
  g_assert_cmpfloat (known->alerts[0].value, ==, .5);
  g_assert_cmpfloat (known->alerts[0].end, >, 0);
  monitor_snapshot_free (known);
  rig_clear (&rig);
}

static void
test_ends_inputs_and_failures_are_counted (void)
{
  const guint64 none[MONITOR_N_INPUTS] = { 0, 0 };
  const guint64 some[MONITOR_N_INPUTS] = { 0, 7 };
  gint64 before = g_get_monotonic_time ();
  MonitorSnapshot *known;
  Rig rig;

  rig_init (&rig, 2, G_USEC_PER_SEC);
  for (guint i = 0; i < 3; i++) {
    monitor_state_begin_connection (rig.state);
    /* No pair has come of either stream: it counts from the connection. */
    g_assert_cmpint (monitor_state_get_last_pair (rig.state), >=, before);
    monitor_state_take_frames (rig.state, none);
    known = look (&rig);
    g_assert_false (known->input_up[0] || known->input_up[1]);
    monitor_snapshot_free (known);
    monitor_state_take_frames (rig.state, some);
    known = look (&rig);
    g_assert_false (known->input_up[0]);
    g_assert_true (known->input_up[1]);
    monitor_snapshot_free (known);
    monitor_state_end_connection (
        rig.state, i == 0 ? MONITOR_END_STALL : MONITOR_END_CRASH, "it", -1);
  }
  monitor_state_count_log_failures (rig.state, 3);
  monitor_state_count_log_failures (rig.state, 4);
  monitor_state_count_hook_failure (rig.state);
  monitor_state_lose (rig.state);
  known = look (&rig);
  g_assert_cmpint (known->phase, ==, MONITOR_STOPPED);
  g_assert_cmpfloat (known->retry_delay, ==, 0);
  g_assert_cmpuint (known->ends[MONITOR_END_STALL], ==, 1);
  g_assert_cmpuint (known->ends[MONITOR_END_CRASH], ==, 2);
  g_assert_cmpuint (known->ends[MONITOR_END_START], ==, 0);
  g_assert_cmpuint (known->log_failures, ==, 7);
  g_assert_cmpuint (known->hook_failures, ==, 1);
  /* Of all streams at once. */
  for (guint s = 0; s < 2; s++) {
    g_assert_true (known->streams[s].alert_active[MONITOR_ALERT_LOST]);
    g_assert_cmpuint (known->streams[s].alerts[MONITOR_ALERT_LOST], ==, 1);
  }
  g_assert_cmpuint (known->n_alerts, ==, 1);
  monitor_snapshot_free (known);
  rig_clear (&rig);
}

/* More of them than there is room for, and none after a new beginning. */
static void
test_growth_is_that_of_as_many_counts_as_there_is_room_for (void)
{
  MonitorTrend trend = { .span = 10 * G_USEC_PER_SEC };
  guint64 growth[MONITOR_TREND_COUNTS];

  for (guint i = 0; i < 3 * MONITOR_TREND_SAMPLES; i++) {
    const guint64 counts[MONITOR_TREND_COUNTS] = { 1000 + 2 * i, 3 * i };
    guint n = MIN (i, MONITOR_TREND_SAMPLES - 1);

    monitor_trend_add (&trend, i * MS, counts);
    g_assert_cmpint (monitor_trend_get (&trend, growth), ==, n * MS);
    if (n == 0)
      continue;
    g_assert_cmpuint (growth[0], ==, 2 * n);
    g_assert_cmpuint (growth[1], ==, 3 * n);
  }
  monitor_trend_clear (&trend);
  g_assert_cmpint (monitor_trend_get (&trend, growth), ==, 0);
}

/* Half-second steps of the counts of a connection, without their waits: the
 * share is over the time that they come in, so they are spread over it. */
static void
test_frames_without_partner_are_an_alert (void)
{
  MonitorTotals totals = { .lag = -1 }, unpaired = { .lag = -1 };
  Rig rig, ending, beginning;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  rig_init (&ending, 1, G_USEC_PER_SEC);
  rig_init (&beginning, 1, G_USEC_PER_SEC);
  monitor_state_begin_connection (beginning.state);
  monitor_state_begin_connection (rig.state);
  monitor_state_begin_connection (ending.state);
  monitor_state_expect_end (ending.state);
  for (guint i = 0; i < 60; i++) {
    totals.pairs += 5;
    totals.unmatched_reference += 3;
    monitor_state_take_totals (rig.state, &totals);
    monitor_state_take_totals (ending.state, &totals);
    /* The offset has not been found yet. */
    unpaired.unmatched_reference += 3;
    monitor_state_take_totals (beginning.state, &unpaired);
    g_usleep (100 * MS);
    if (i < 40)
      g_assert_cmpstr (rig.news->str, ==, "");
  }
  g_assert_cmpstr (rig.news->str, ==, "unmatched begin\n");
  monitor_state_end_connection (rig.state, MONITOR_END_EOS, "it", 0);
  g_assert_cmpstr (rig.news->str, ==, "unmatched begin\nunmatched end cut\n");
  g_assert_cmpstr (ending.news->str, ==, "");
  g_assert_cmpstr (beginning.news->str, ==, "");
  rig_clear (&beginning);
  rig_clear (&rig);
  rig_clear (&ending);
}

static void
test_the_history_keeps_the_latest_points (void)
{
  const MonitorSource *source;
  const guint64 frames[MONITOR_N_INPUTS] = { 5, 5 };
  g_autofree MonitorPoint *all = NULL, *later = NULL;
  g_autoptr (MonitorSnapshot) known = NULL;
  guint n = 0;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  source = monitor_state_get_source (rig.state);
  monitor_state_begin_connection (rig.state);
  monitor_state_take_frames (rig.state, frames);
  for (guint i = 0; i < 3; i++) {
    add_pair (&rig, "dist_sink", "0.25", "");
    add_pair (&rig, "dist_sink", "0.75", "");
    monitor_state_tick (rig.state, 0);
    monitor_state_tick (rig.state, 0);
    g_usleep (1050 * MS);
  }
  /* Without pairs there is no point, and without frames no input. */
  monitor_state_tick (rig.state, 0);
  monitor_state_take_frames (rig.state, frames);
  known = look (&rig);
  g_assert_false (known->input_up[0]);
  all = source->history (source->data, 0, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (all[0].sequence, ==, 2);
  g_assert_cmpuint (all[1].sequence, ==, 3);
  g_assert_cmpuint (all[1].pairs, ==, 2);
  g_assert_cmpfloat (all[1].mean, ==, .5);
  g_assert_cmpfloat (all[1].max, ==, .75);
  later = source->history (source->data, 2, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (later[0].sequence, ==, 3);
  g_free (source->history (source->data, 7, &n));
  g_assert_cmpuint (n, ==, 0);
  rig_clear (&rig);
}

static void
test_what_is_no_line_is_left_alone (void)
{
  static const gchar *const lines[] = { "", "{", "null", "[1]", "{}",
    "{\"type\":\"distance\",\"stream\":\"dist_sink_7\",\"distance\":1}",
    "{\"type\":7}", "{\"type\":\"alert\",\"stream\":\"dist_sink\"}" };
  g_autoptr (MonitorSnapshot) known = NULL;
  Rig rig;

  rig_init (&rig, 1, G_USEC_PER_SEC);
  monitor_state_begin_connection (rig.state);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_cmpint (monitor_state_take_line (rig.state, lines[i], NULL), ==,
        MONITOR_LINE_OTHER);
  known = look (&rig);
  g_assert_cmpuint (known->streams[0].measured, ==, 0);
  g_assert_cmpstr (rig.news->str, ==, "");
  rig_clear (&rig);
}

static void
test_a_configuration_file_is_arguments (void)
{
  static const gchar text[] = "# comment\n\n  alert-above = 0.05 \n"
                              "name=a b\nsrt://h:1?mode=caller\n"
                              "encoder = x264enc bitrate=5\nfile.mkv\r\n";
  static const gchar *const expected[] = { "--alert-above=0.05", "--name=a b",
    "srt://h:1?mode=caller", "--encoder=x264enc bitrate=5", "file.mkv", NULL };
  g_auto (GStrv) read = NULL, none = NULL;
  g_autoptr (GError) error = NULL;
  TestFolder folder;

  test_folder_set_up (&folder, "file.conf");
  g_assert_true (g_file_set_contents (folder.path, text, -1, NULL));
  read = monitor_config_file_read (folder.path, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (read, expected);
  g_assert_true (
      g_file_set_contents (folder.path, "a = 1\nconfig = b\n", -1, NULL));
  none = monitor_config_file_read (folder.path, &error);
  g_assert_null (none);
  g_assert_nonnull (strstr (error->message, "line 2"));
  test_folder_tear_down (&folder, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/state/" #name, test_##name)
  ADD (lines_become_counters_and_values);
  ADD (the_histogram_has_each_distance_once);
  ADD (counters_go_on_from_connection_to_connection);
  ADD (a_stream_without_pairs_is_not_up);
  ADD (alerts_begin_and_end_once);
  ADD (a_connection_takes_its_alerts_along_and_lost_lasts);
  ADD (fifty_alerts_are_remembered);
  ADD (growth_is_that_of_the_last_seconds);
  ADD (frames_without_partner_are_an_alert);
  ADD (the_history_keeps_the_latest_points);
  ADD (what_is_no_line_is_left_alone);
  ADD (a_configuration_file_is_arguments);
  g_test_add_func ("/state/each-stream-has-its-own-alerts-of-each-kind",
      test_each_stream_has_its_own_alerts_of_each_kind);
  g_test_add_func ("/state/an-alert-that-ends-late-changes-no-other",
      test_an_alert_that_ends_late_changes_no_other);
  g_test_add_func ("/state/ends-inputs-and-failures-are-counted",
      test_ends_inputs_and_failures_are_counted);
  g_test_add_func (
      "/state/growth-is-that-of-as-many-counts-as-there-is-room-for",
      test_growth_is_that_of_as_many_counts_as_there_is_room_for);
  return g_test_run ();
}
