/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the monitor knows, as it comes in: lines and counts of the connections,
 * which come and go, make counters that only grow.
 */
#ifndef MONITOR_STATE_H
#define MONITOR_STATE_H

#include "monitor/connection/order.h"
#include "monitor/state/snapshot.h"

#include "measure/moment.h"

G_BEGIN_DECLS

/**
 * MonitorAbout:
 * @name: the monitor's label
 * @metric: what is measured
 * @labels: (array zero-terminated=1): of the distorted streams
 * @encoders: whether they come from encoders of the monitor's own
 * @history: how long points are kept, s
 * @stall: a stream whose last pair is older is not up, us
 * @unmatched: share of frames without partner that makes an alert
 *
 * What does not change while the program runs.
 */
typedef struct
{
  const gchar *name;
  const gchar *metric;
  const gchar *const *labels;
  gboolean encoders;
  guint history;
  gint64 stall;
  gdouble unmatched;
} MonitorAbout;

/**
 * MonitorNews:
 * @alert: that began, or ended where its end is not 0
 * @label: of its stream
 * @now: when that was, s since 1970
 * @logged: whether the measuring element's log has a line for it
 * @cut: whether it ends because its connection does
 *
 * An alert begins or ends.
 */
typedef struct
{
  MonitorAlert alert;
  const gchar *label;
  gdouble now;
  gboolean logged;
  gboolean cut;
} MonitorNews;

typedef void (*MonitorNewsFunc) (const MonitorNews *news, gpointer user);

typedef struct _MonitorState MonitorState;

/* @news: called from within the functions below. */
MonitorState *monitor_state_new (
    const MonitorAbout *about, MonitorNewsFunc news, gpointer user);
void monitor_state_free (MonitorState *self);

/* Where readers in any thread get it from; it lasts as long as @self. */
const MonitorSource *monitor_state_get_source (MonitorState *self);

/* --- from the program's thread ------------------------------------------- */

/* Returns: the number of the connection that begins. */
guint64 monitor_state_begin_connection (MonitorState *self);

/**
 * MonitorLineType:
 * @MONITOR_LINE_OTHER: not one of those below
 * @MONITOR_LINE_HEADER: of a stream
 * @MONITOR_LINE_PAIR: a distance
 *
 * What a line of the log is.
 */
typedef enum
{
  MONITOR_LINE_OTHER,
  MONITOR_LINE_HEADER,
  MONITOR_LINE_PAIR,
} MonitorLineType;

/* Takes a line of the measuring element's log.  @stream: (out) (optional) */
MonitorLineType monitor_state_take_line (
    MonitorState *self, const gchar *line, guint *stream);
/* The streams are told to end: frames that then have no partner are nobody's
 * fault. */
void monitor_state_expect_end (MonitorState *self);

void monitor_state_take_totals (
    MonitorState *self, const MonitorTotals *totals);
void monitor_state_take_frames (
    MonitorState *self, const guint64 frames[MONITOR_N_INPUTS]);
/* Takes the pictures out of @moment. */
void monitor_state_take_pictures (
    MonitorState *self, MeasureMoment *moment, guint stream, gdouble distance);

/**
 * monitor_state_end_connection:
 * @end: why; MONITOR_N_ENDS where it was asked to
 * @reason: (nullable): in words
 * @delay: us until the next one is tried; negative where none follows
 *
 * Alerts end that can only be told of while it is measured.
 */
void monitor_state_end_connection (
    MonitorState *self, MonitorEnd end, const gchar *reason, gint64 delay);

/* Begins the alert that nothing is measured, if it does not last. */
void monitor_state_lose (MonitorState *self);

/* Once a second or more often.  @pid: of the connection's process, 0 for
 * none. */
void monitor_state_tick (MonitorState *self, gint pid);

void monitor_state_count_hook_failure (MonitorState *self);
void monitor_state_count_log_failures (MonitorState *self, guint64 n);

/* From when on no pair has come of the stream that has waited longest, of the
 * present connection: monotonic, us. */
gint64 monitor_state_get_last_pair (MonitorState *self);

/* Since when pairs have come in this connection: monotonic, us; 0 where none
 * has. */
gint64 monitor_state_get_measuring (MonitorState *self);

G_END_DECLS

#endif /* MONITOR_STATE_H */
