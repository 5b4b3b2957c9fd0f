/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/made-up.h"

#include <math.h>

#define NOW 1800000000.5

static void
fill_present (MonitorStream *stream, guint i)
{
  stream->up = TRUE;
  stream->columns = g_new0 (MonitorColumn, 2);
  stream->n_columns = 2;
  stream->columns[0] =
      (MonitorColumn){ g_strdup ("mmd-ssim"), .0123 * (i + 1) };
  stream->columns[1] = (MonitorColumn){ g_strdup ("psnr"), 38.25 - i };
  stream->window_pairs = 1500;
  stream->window_mean = .011 * (i + 1);
  stream->window_p95 = .02 * (i + 1);
  stream->window_max = .25;
  stream->sync_offset = -.04;
  stream->sync_confidence = .97;
  stream->lag = .0315;
  stream->last_pair = NOW - .02;
}

static void
fill_counts (MonitorStream *stream, guint i)
{
  stream->measured = 123456 + i;
  stream->skipped = 78;
  stream->unselected = 9;
  stream->misaligned = 2;
  stream->unsure = 11;
  stream->unmatched[MONITOR_REFERENCE] = 34;
  stream->unmatched[MONITOR_DISTORTED] = 12;
  stream->late = 5;
  stream->gaps = 3;
  stream->frozen = 61;
  stream->black = 25;
  for (guint j = 0; j <= MONITOR_N_BUCKETS; j++)
    stream->buckets[j] = j + 1;
  stream->sum = 1358.016;
  stream->alert_active[MONITOR_ALERT_FROZEN] = i == 0;
  stream->alerts[MONITOR_ALERT_FROZEN] = 2;
  stream->alerts[MONITOR_ALERT_BLACK] = 1;
  stream->alerts[MONITOR_ALERT_LOST] = 4;
}

static void
fill_alerts (MonitorSnapshot *snapshot)
{
  const MonitorAlert alerts[] = {
    { 7, MONITOR_ALERT_FROZEN, 0, NOW - 12, 0, NAN },
    { 6, MONITOR_ALERT_ABOVE, snapshot->n_streams - 1, NOW - 95, NOW - 80,
        .375 },
    { 5, MONITOR_ALERT_LOST, 0, NOW - 200, NOW - 185, NAN },
  };

  snapshot->n_alerts = G_N_ELEMENTS (alerts);
  snapshot->alerts = g_memdup2 (alerts, sizeof alerts);
}

MonitorSnapshot *
made_up_snapshot (guint n_streams)
{
  static const gchar *const labels[] = { "x264enc bitrate=2000",
    "x265enc bitrate=1200", "vp9enc target-bitrate=1000000" };
  MonitorSnapshot *snapshot = g_new0 (MonitorSnapshot, 1);

  *snapshot = (MonitorSnapshot){ .name = g_strdup ("studio 1"),
    .version = g_strdup ("0.1.0"),
    .metric = g_strdup ("mmd-ssim"),
    .kernels = g_strdup ("avx2"),
    .phase = MONITOR_MEASURING,
    .connection = 6,
    .now = NOW,
    .started = NOW - 86400,
    .input_up = { TRUE, TRUE },
    .ends = { 1, 1, 0, 2, 1 },
    .hook_failures = 1,
    .log_failures = 0,
    .streams = g_new0 (MonitorStream, n_streams),
    .n_streams = n_streams,
    .encoders = n_streams > 1,
    .cpu_seconds = 4321.25,
    .resident_bytes = 31 << 20,
    .open_fds = 37,
    .worst_sequence = 11,
    .worst_time = NOW - 85,
    .worst_distance = .25 };
  for (guint i = 0; i < MONITOR_N_BUCKETS; i++)
    snapshot->bounds[i] = i % 2 == 0 ? ldexp (1, (gint) i / 2 - 6)
                                     : 1.5 * ldexp (1, (gint) i / 2 - 6);
  for (guint i = 0; i < n_streams; i++) {
    MonitorStream *stream = &snapshot->streams[i];

    stream->label = g_strdup (n_streams > 1 ? labels[i % 3] : "");
    fill_present (stream, i);
    fill_counts (stream, i);
    stream->kbits = n_streams > 1 ? 1987.5 / (i + 1) : NAN;
    stream->bytes = n_streams > 1 ? 987654321 / (i + 1) : 0;
  }
  fill_alerts (snapshot);
  return snapshot;
}

void
made_up_lose (MonitorSnapshot *snapshot)
{
  snapshot->phase = MONITOR_WAITING;
  snapshot->retry_delay = 7.5;
  snapshot->reason = g_strdup ("no pair for 5 s");
  snapshot->input_up[MONITOR_REFERENCE] = FALSE;
  for (guint i = 0; i < snapshot->n_streams; i++)
    snapshot->streams[i].up = FALSE;
}

MonitorPoint *
made_up_history (guint n_streams, guint n, guint *n_points)
{
  MonitorPoint *points = g_new0 (MonitorPoint, n * n_streams);

  *n_points = n * n_streams;
  for (guint i = 0; i < *n_points; i++) {
    gdouble age = n - i / n_streams;
    gboolean bad = age >= 80 && age <= 95;

    points[i] = (MonitorPoint){ .sequence = i + 1,
      /* There was no connection for a while. */
      .time = NOW - age - (age > 185 ? 15 : 0),
      .stream = i % n_streams,
      .pairs = 25,
      .mean = (gfloat) ((.011 + .004 * sin (age / 9)) * (i % n_streams + 1)
          + (bad ? .2 : 0)),
      .kbits = n_streams > 1
          ? (gfloat) (2000. / (i % n_streams + 1) + 150 * cos (age / 5))
          : 0 };
    points[i].max = points[i].mean * 1.6f;
  }
  return points;
}
