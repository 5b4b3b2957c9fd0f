/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inside of MonitorState, for the files that it is made of.
 */
#ifndef MONITOR_INSIDE_H
#define MONITOR_INSIDE_H

#include "monitor/state/alerts.h"
#include "monitor/state/state.h"
#include "monitor/state/trend.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MonitorTrack:
 * @known: what is told of the stream
 * @base: counters as they were when the connection began
 * @totals: what the connection has told last
 * @last_pair: monotonic, us; 0 before the first of the connection
 * @has_header: whether the connection has told of the stream
 * @point_sum: of the distances since the last point of the history
 * @point_pairs: how many
 * @point_max: the largest
 * @bytes: of the encoder
 * @partners: frames with and without partner
 *
 * One stream.
 */
typedef struct
{
  MonitorStream known;
  MonitorStream base;
  MonitorTotals totals;
  gint64 last_pair;
  gboolean has_header;
  gdouble point_sum;
  guint point_pairs;
  gdouble point_max;
  MonitorTrend bytes;
  MonitorTrend partners;
} MonitorTrack;

/* Main thread writes, with the lock; it reads without.  Others read with the
 * lock. */
struct _MonitorState
{
  MonitorAbout about;
  MonitorNewsFunc news;
  gpointer user;
  MonitorSource source;
  JsonParser *parser; /* main thread */

  GMutex lock;
  MonitorSnapshot known; /* without streams and alerts */
  MonitorTrack *tracks;
  guint n_tracks;
  MonitorAlerts *alerts;
  MonitorPoint *history; /* a ring */
  guint history_size;
  guint64 points; /* how many there were */
  GBytes *pictures[MONITOR_N_PICTURES];
  gint64 connected; /* when the connection began, monotonic, us */
  gint64 measuring; /* when its first pair came; 0 before */
  gint64 retry;     /* when the next one is tried; 0 for none */
  gint64 pointed;   /* when the last points were made */
  gint64 input_seen[MONITOR_N_INPUTS];
  guint64 frames[MONITOR_N_INPUTS];
  gboolean ending; /* main thread */
};

gdouble monitor_now (void);

/* With the lock: */
void monitor_track_begin (MonitorTrack *track);
void monitor_track_add_pair (MonitorTrack *track, const MonitorSnapshot *known,
    gdouble distance, gboolean frozen, gboolean black, gint64 now);
void monitor_track_set_column (
    MonitorTrack *track, const gchar *name, gdouble value);
void monitor_track_take_totals (
    MonitorTrack *track, const MonitorTotals *totals, gint64 now);
/* Nothing is known of the present any more. */
void monitor_track_forget (MonitorTrack *track);
void monitor_track_clear (MonitorTrack *track);
/* Returns: the share of frames without partner; negative where too few have
 * come. */
gdouble monitor_track_get_unmatched (const MonitorTrack *track);

/* Fills in the bounds of the histogram. */
void monitor_bounds_of_metric (const gchar *metric, gdouble *bounds);

/* Fills in what @known says of processes.  @pid: 0 for none */
void monitor_process_look (MonitorSnapshot *known, gint pid);

/* Without the lock. */
void monitor_state_begin_alert (MonitorState *self, MonitorAlertKind kind,
    guint stream, gdouble since, gdouble value, gboolean logged);
void monitor_state_end_alert (MonitorState *self, MonitorAlertKind kind,
    guint stream, gdouble value, gboolean logged, gboolean cut);

/* What readers ask for. */
MonitorSnapshot *monitor_state_copy (gpointer data);
MonitorPoint *monitor_state_copy_history (
    gpointer data, guint64 since, guint *n);
GBytes *monitor_state_ref_picture (gpointer data, MonitorPicture picture);

G_END_DECLS

#endif /* MONITOR_INSIDE_H */
