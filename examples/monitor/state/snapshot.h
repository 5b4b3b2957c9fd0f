/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a monitor knows at one moment: the one record that its page, its series
 * for Prometheus, its JSON and its summary are made of.  It is copied under a
 * lock and formatted outside of it, so that no reader holds up the measuring.
 *
 * Counters never fall while the program runs, whatever becomes of the
 * connections; they are those of all connections together.  What is known of
 * the present alone is absent while nothing is measured: NaN, or 0 where the
 * field says so.
 */
#ifndef MONITOR_SNAPSHOT_H
#define MONITOR_SNAPSHOT_H

#include <glib.h>

G_BEGIN_DECLS

/* Buckets of the histogram of distances, besides the one without an end. */
#define MONITOR_N_BUCKETS 16

/**
 * MonitorPhase:
 * @MONITOR_CONNECTING: a connection is made; no pair came of it yet
 * @MONITOR_MEASURING: pairs come
 * @MONITOR_WAITING: the last connection ended; the next is tried after a while
 * @MONITOR_STOPPED: the program was asked to end
 */
typedef enum
{
  MONITOR_CONNECTING,
  MONITOR_MEASURING,
  MONITOR_WAITING,
  MONITOR_STOPPED,
} MonitorPhase;

/**
 * MonitorEnd:
 * @MONITOR_END_START: it never gave a pair
 * @MONITOR_END_ERROR: an element of the pipeline had an error
 * @MONITOR_END_EOS: an input ended
 * @MONITOR_END_STALL: no pair came for too long
 * @MONITOR_END_CRASH: its process was ended by a signal
 * @MONITOR_N_ENDS: how many there are
 *
 * Why a connection ended.
 */
typedef enum
{
  MONITOR_END_START,
  MONITOR_END_ERROR,
  MONITOR_END_EOS,
  MONITOR_END_STALL,
  MONITOR_END_CRASH,
  MONITOR_N_ENDS,
} MonitorEnd;

/**
 * MonitorAlertKind:
 * @MONITOR_ALERT_ABOVE: the mean distance is above a threshold
 * @MONITOR_ALERT_BELOW: below one, for similarities
 * @MONITOR_ALERT_FROZEN: the distorted picture stands while the reference moves
 * @MONITOR_ALERT_BLACK: it is black while the reference is not
 * @MONITOR_ALERT_LOST: there is no connection
 * @MONITOR_ALERT_UNMATCHED: too large a share of frames has no partner
 * @MONITOR_N_ALERTS: how many there are
 *
 * The first four are the element's own.
 */
typedef enum
{
  MONITOR_ALERT_ABOVE,
  MONITOR_ALERT_BELOW,
  MONITOR_ALERT_FROZEN,
  MONITOR_ALERT_BLACK,
  MONITOR_ALERT_LOST,
  MONITOR_ALERT_UNMATCHED,
  MONITOR_N_ALERTS,
} MonitorAlertKind;

/* Both inputs of a pair. */
typedef enum
{
  MONITOR_REFERENCE,
  MONITOR_DISTORTED,
  MONITOR_N_INPUTS,
} MonitorInput;

/* Returns: the word for it in series, JSON and hooks, as "eos", "frozen",
 * "reference", "waiting". */
const gchar *monitor_phase_name (MonitorPhase phase);
const gchar *monitor_end_name (MonitorEnd end);
const gchar *monitor_alert_name (MonitorAlertKind kind);
const gchar *monitor_input_name (MonitorInput input);

/**
 * MonitorColumn:
 * @name: of the metric
 * @last: its value of the last pair; NaN while absent
 */
typedef struct
{
  gchar *name;
  gdouble last;
} MonitorColumn;

/**
 * MonitorStream:
 * @label: names the distorted stream where there are several, else ""
 * @up: whether its pairs come
 * @measured: pairs measured
 * @skipped: pairs not measured because the metric was busy
 * @unselected: pairs left out by interval or rate
 * @misaligned: pairs of two pictures that do not belong together
 * @unsure: pairs that may be of the wrong frames
 * @unmatched: frames of each input without a partner
 * @late: frames that came too late for their partner
 * @gaps: gaps in the distorted stream
 * @frozen: measured pairs whose distorted picture stood
 * @black: measured pairs whose distorted picture was black
 * @bytes: of the encoded stream, where it is encoded here; else 0
 * @buckets: how many distances are at most the bound of that index and above
 *   the one before; the last has no bound
 * @sum: of all distances; those without an end are left out
 * @columns: the metric, then those measured beside it
 * @n_columns: how many
 * @window_pairs: pairs in the last summary's window; 0 while absent
 * @window_mean: of their distances; NaN while absent
 * @window_p95: 95th percentile; NaN while absent
 * @window_max: largest; NaN while absent
 * @kbits: rate of the encoded stream over the last seconds, kbit/s; NaN while
 *   absent
 * @alert_active: whether the alert lasts
 * @alerts: how many alerts began
 * @sync_offset: what is added to the distorted stream's times, s; NaN while
 *   absent
 * @sync_confidence: 0..1 of how sure that is; NaN while absent
 * @lag: from a pair's arrival to its distance, s; NaN while absent
 * @last_pair: when the last pair was measured, s since 1970; 0 if none was
 *
 * One distorted stream.  @alert_active and @alerts of MONITOR_ALERT_LOST are
 * of all streams at once.
 */
typedef struct
{
  gchar *label;
  gboolean up;
  guint64 measured;
  guint64 skipped;
  guint64 unselected;
  guint64 misaligned;
  guint64 unsure;
  guint64 unmatched[MONITOR_N_INPUTS];
  guint64 late;
  guint64 gaps;
  guint64 frozen;
  guint64 black;
  guint64 bytes;
  guint64 buckets[MONITOR_N_BUCKETS + 1];
  gdouble sum;
  MonitorColumn *columns;
  guint n_columns;
  guint64 window_pairs;
  gdouble window_mean;
  gdouble window_p95;
  gdouble window_max;
  gdouble kbits;
  gboolean alert_active[MONITOR_N_ALERTS];
  guint64 alerts[MONITOR_N_ALERTS];
  gdouble sync_offset;
  gdouble sync_confidence;
  gdouble lag;
  gdouble last_pair;
} MonitorStream;

/**
 * MonitorAlert:
 * @sequence: counts alerts from 1
 * @kind: what was wrong
 * @stream: index of the stream
 * @begin: s since 1970
 * @end: s since 1970, or 0 while it lasts
 * @value: worst value that it saw; NaN where it has none
 */
typedef struct
{
  guint64 sequence;
  MonitorAlertKind kind;
  guint stream;
  gdouble begin;
  gdouble end;
  gdouble value;
} MonitorAlert;

/**
 * MonitorPoint:
 * @sequence: counts points of all streams from 1
 * @time: s since 1970
 * @stream: index of the stream
 * @pairs: how many pairs it stands for
 * @mean: of their distances
 * @max: the largest
 * @kbits: rate of the stream over the step, kbit/s, where it is encoded here;
 *   else 0
 *
 * One step of the history: about a second of one stream.
 */
typedef struct
{
  guint64 sequence;
  gdouble time;
  guint stream;
  guint pairs;
  gfloat mean;
  gfloat max;
  gfloat kbits;
} MonitorPoint;

/**
 * MonitorSnapshot:
 * @name: the monitor's label
 * @version: of the project
 * @metric: whose distance it is
 * @kernels: level of kernels that measures
 * @phase: what goes on
 * @reason: (nullable): why the last connection ended, in words; NULL while
 *   measuring
 * @connection: number of the present connection, from 1
 * @now: when the copy was made, s since 1970
 * @started: when the program was, s since 1970
 * @retry_delay: s until the next connection is tried; 0 otherwise
 * @input_up: whether frames of that input come
 * @ends: how many connections ended for each reason
 * @hook_failures: hooks that failed, hung or had no room in the queue
 * @log_failures: lines that the log could not take
 * @bounds: upper bounds of the histogram's buckets, ascending
 * @streams: the distorted streams
 * @n_streams: at least 1
 * @encoders: whether the streams come from encoders of the monitor's own, which
 *   their labels name
 * @alerts: the latest alerts, at most 50, the latest first
 * @n_alerts: how many
 * @cpu_seconds: of this process and its connections so far
 * @resident_bytes: of this process and its connection
 * @open_fds: likewise
 * @worst_sequence: changes whenever the pictures of the worst pair do; 0
 *   without pictures
 * @worst_time: when that pair was measured, s since 1970
 * @worst_distance: its distance
 * @worst_stream: index of its stream
 */
typedef struct
{
  gchar *name;
  gchar *version;
  gchar *metric;
  gchar *kernels;
  MonitorPhase phase;
  gchar *reason;
  guint64 connection;
  gdouble now;
  gdouble started;
  gdouble retry_delay;
  gboolean input_up[MONITOR_N_INPUTS];
  guint64 ends[MONITOR_N_ENDS];
  guint64 hook_failures;
  guint64 log_failures;
  gdouble bounds[MONITOR_N_BUCKETS];
  MonitorStream *streams;
  guint n_streams;
  gboolean encoders;
  MonitorAlert *alerts;
  guint n_alerts;
  gdouble cpu_seconds;
  guint64 resident_bytes;
  guint64 open_fds;
  guint64 worst_sequence;
  gdouble worst_time;
  gdouble worst_distance;
  guint worst_stream;
} MonitorSnapshot;

void monitor_snapshot_free (MonitorSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonitorSnapshot, monitor_snapshot_free)

typedef enum
{
  MONITOR_PICTURE_REFERENCE,
  MONITOR_PICTURE_DISTORTED,
  MONITOR_PICTURE_MAP,
  MONITOR_N_PICTURES,
} MonitorPicture;

/**
 * MonitorSource:
 * @data: handed to each
 * @snapshot: Returns: (transfer full): a copy of what is known now
 * @history: @since: the sequence of the last point that the caller has; 0 for
 *   all.  @n: (out).  Returns: (transfer full): the later points, oldest first
 * @picture: Returns: (transfer full) (nullable): a JPEG file of the last
 *   window's worst pair
 *
 * Where readers get it from; each function may be called from any thread.
 */
typedef struct
{
  gpointer data;
  MonitorSnapshot *(*snapshot) (gpointer data);
  MonitorPoint *(*history) (gpointer data, guint64 since, guint *n);
  GBytes *(*picture) (gpointer data, MonitorPicture picture);
} MonitorSource;

G_END_DECLS

#endif /* MONITOR_SNAPSHOT_H */
