/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The state: connections, alerts, the history, and copies of it all.
 */
#include "monitor/state/inside.h"

#include "perceptual.h"

#include <math.h>
#include <string.h>

/* How often a point of the history is made. */
#define POINT_USEC G_USEC_PER_SEC
/* Over how long the rate of an encoder is taken. */
#define RATE_USEC (3 * G_USEC_PER_SEC)
/* And the share of frames without partner. */
#define UNMATCHED_USEC (10 * G_USEC_PER_SEC)
/* An input whose last frame is older is not up. */
#define INPUT_USEC (1 * G_USEC_PER_SEC)

gdouble
monitor_now (void)
{
  return (gdouble) g_get_real_time () / G_USEC_PER_SEC;
}

MonitorState *
monitor_state_new (
    const MonitorAbout *about, MonitorNewsFunc news, gpointer user)
{
  MonitorState *self = g_new0 (MonitorState, 1);

  g_mutex_init (&self->lock);
  self->about = *about;
  self->news = news;
  self->user = user;
  self->parser = json_parser_new ();
  self->n_tracks = g_strv_length ((gchar **) about->labels);
  self->tracks = g_new0 (MonitorTrack, self->n_tracks);
  self->alerts = monitor_alerts_new (self->n_tracks);
  self->history_size = MAX (1, about->history) * self->n_tracks;
  self->history = g_new0 (MonitorPoint, self->history_size);
  self->known.name = g_strdup (about->name);
  self->known.version = g_strdup (perceptual_version ());
  self->known.metric = g_strdup (about->metric);
  self->known.encoders = about->encoders;
  self->known.started = monitor_now ();
  monitor_bounds_of_metric (about->metric, self->known.bounds);
  for (guint i = 0; i < self->n_tracks; i++) {
    MonitorTrack *track = &self->tracks[i];

    track->known.label = g_strdup (about->labels[i]);
    track->bytes.span = RATE_USEC;
    track->partners.span = UNMATCHED_USEC;
    monitor_track_forget (track);
  }
  self->source = (MonitorSource){
    .data = self,
    .snapshot = monitor_state_copy,
    .history = monitor_state_copy_history,
    .picture = monitor_state_ref_picture,
  };
  return self;
}

const MonitorSource *
monitor_state_get_source (MonitorState *self)
{
  return &self->source;
}

void
monitor_state_free (MonitorState *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_tracks; i++)
    monitor_track_clear (&self->tracks[i]);
  for (guint i = 0; i < MONITOR_N_PICTURES; i++)
    g_clear_pointer (&self->pictures[i], g_bytes_unref);
  monitor_alerts_free (self->alerts);
  g_object_unref (self->parser);
  g_free (self->tracks);
  g_free (self->history);
  g_free (self->known.name);
  g_free (self->known.version);
  g_free (self->known.metric);
  g_free (self->known.kernels);
  g_free (self->known.reason);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* --- alerts -------------------------------------------------------------- */

static void
tell (MonitorState *self, const MonitorAlert *alert, gboolean logged,
    gboolean cut)
{
  self->news (
      &(MonitorNews){
          .alert = *alert,
          .label = self->about.labels[alert->stream],
          .now = monitor_now (),
          .logged = logged,
          .cut = cut,
      },
      self->user);
}

void
monitor_state_begin_alert (MonitorState *self, MonitorAlertKind kind,
    guint stream, gdouble since, gdouble value, gboolean logged)
{
  MonitorAlert alert;
  gboolean begins;

  g_mutex_lock (&self->lock);
  begins =
      monitor_alerts_begin (self->alerts, kind, stream, since, value, &alert);
  g_mutex_unlock (&self->lock);
  if (begins)
    tell (self, &alert, logged, FALSE);
}

void
monitor_state_end_alert (MonitorState *self, MonitorAlertKind kind,
    guint stream, gdouble value, gboolean logged, gboolean cut)
{
  MonitorAlert alert;
  gboolean ends;

  g_mutex_lock (&self->lock);
  ends = monitor_alerts_end (
      self->alerts, kind, stream, monitor_now (), value, &alert);
  g_mutex_unlock (&self->lock);
  if (ends)
    tell (self, &alert, logged, cut);
}

/* It is of all streams at once, so one alert is enough. */
void
monitor_state_lose (MonitorState *self)
{
  monitor_state_begin_alert (
      self, MONITOR_ALERT_LOST, 0, monitor_now (), NAN, FALSE);
}

/* It ends at half of the share that it begins at. */
static void
judge_unmatched (MonitorState *self, guint stream)
{
  gdouble share = monitor_track_get_unmatched (&self->tracks[stream]);

  if (share > self->about.unmatched && !self->ending)
    monitor_state_begin_alert (
        self, MONITOR_ALERT_UNMATCHED, stream, monitor_now (), share, FALSE);
  else if (share >= 0 && share <= self->about.unmatched / 2)
    monitor_state_end_alert (
        self, MONITOR_ALERT_UNMATCHED, stream, NAN, FALSE, FALSE);
}

/* --- connections --------------------------------------------------------- */

guint64
monitor_state_begin_connection (MonitorState *self)
{
  g_mutex_lock (&self->lock);
  self->known.connection++;
  self->known.phase = MONITOR_CONNECTING;
  self->connected = g_get_monotonic_time ();
  self->measuring = self->retry = 0;
  memset (self->frames, 0, sizeof self->frames);
  for (guint i = 0; i < self->n_tracks; i++)
    monitor_track_begin (&self->tracks[i]);
  g_mutex_unlock (&self->lock);
  return self->known.connection;
}

void
monitor_state_end_connection (
    MonitorState *self, MonitorEnd end, const gchar *reason, gint64 delay)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->n_tracks; i++) {
    for (guint kind = 0; kind < MONITOR_N_ALERTS; kind++) {
      /* That outlasts connections, but not the monitor. */
      if (kind != MONITOR_ALERT_LOST || delay < 0)
        monitor_state_end_alert (self, kind, i, NAN, FALSE, TRUE);
    }
  }
  g_mutex_lock (&self->lock);
  if (end < MONITOR_N_ENDS)
    self->known.ends[end]++;
  g_free (self->known.reason);
  self->known.reason = g_strdup (reason);
  self->known.phase = delay >= 0 ? MONITOR_WAITING : MONITOR_STOPPED;
  self->retry = delay >= 0 ? now + delay : 0;
  memset (self->known.input_up, 0, sizeof self->known.input_up);
  for (guint i = 0; i < self->n_tracks; i++)
    monitor_track_forget (&self->tracks[i]);
  g_mutex_unlock (&self->lock);
}

void
monitor_state_expect_end (MonitorState *self)
{
  self->ending = TRUE;
}

void
monitor_state_take_totals (MonitorState *self, const MonitorTotals *totals)
{
  if (totals->stream >= self->n_tracks)
    return;
  g_mutex_lock (&self->lock);
  monitor_track_take_totals (
      &self->tracks[totals->stream], totals, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);
  judge_unmatched (self, totals->stream);
}

void
monitor_state_take_frames (
    MonitorState *self, const guint64 frames[MONITOR_N_INPUTS])
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < MONITOR_N_INPUTS; i++) {
    if (frames[i] > self->frames[i])
      self->input_seen[i] = now;
    self->frames[i] = frames[i];
    self->known.input_up[i] =
        frames[i] > 0 && now - self->input_seen[i] < INPUT_USEC;
  }
  g_mutex_unlock (&self->lock);
}

void
monitor_state_take_pictures (
    MonitorState *self, MeasureMoment *moment, guint stream, gdouble distance)
{
  static const MeasureView views[MONITOR_N_PICTURES] = {
    [MONITOR_PICTURE_REFERENCE] = MEASURE_VIEW_REFERENCE,
    [MONITOR_PICTURE_DISTORTED] = MEASURE_VIEW_DISTORTED,
    [MONITOR_PICTURE_MAP] = MEASURE_VIEW_MAP,
  };

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < MONITOR_N_PICTURES; i++) {
    g_clear_pointer (&self->pictures[i], g_bytes_unref);
    self->pictures[i] = g_steal_pointer (&moment->photos[views[i]].file);
  }
  self->known.worst_sequence++;
  self->known.worst_time = monitor_now ();
  self->known.worst_distance = distance;
  self->known.worst_stream = stream;
  g_mutex_unlock (&self->lock);
}

gint64
monitor_state_get_last_pair (MonitorState *self)
{
  gint64 last = G_MAXINT64;

  for (guint i = 0; i < self->n_tracks; i++)
    last = MIN (last, MAX (self->tracks[i].last_pair, self->connected));
  return last;
}

gint64
monitor_state_get_measuring (MonitorState *self)
{
  return self->measuring;
}

void
monitor_state_count_hook_failure (MonitorState *self)
{
  g_mutex_lock (&self->lock);
  self->known.hook_failures++;
  g_mutex_unlock (&self->lock);
}

void
monitor_state_count_log_failures (MonitorState *self, guint64 n)
{
  g_mutex_lock (&self->lock);
  self->known.log_failures += n;
  g_mutex_unlock (&self->lock);
}

/* --- the history --------------------------------------------------------- */

static void
add_point (MonitorState *self, guint stream)
{
  MonitorTrack *track = &self->tracks[stream];

  if (track->point_pairs == 0)
    return;
  self->history[self->points % self->history_size] = (MonitorPoint){
    .sequence = self->points + 1,
    .time = monitor_now (),
    .stream = stream,
    .pairs = track->point_pairs,
    .mean = (gfloat) (track->point_sum / track->point_pairs),
    .max = (gfloat) track->point_max,
    .kbits = isnan (track->known.kbits) ? 0 : (gfloat) track->known.kbits,
  };
  self->points++;
  track->point_pairs = 0;
  track->point_sum = 0;
}

void
monitor_state_tick (MonitorState *self, gint pid)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  /* A process that hangs does not count frames. */
  for (guint i = 0; i < MONITOR_N_INPUTS; i++) {
    if (now - self->input_seen[i] >= MIN (2 * INPUT_USEC, self->about.stall))
      self->known.input_up[i] = FALSE;
  }
  for (guint i = 0; i < self->n_tracks; i++) {
    if (self->tracks[i].known.up
        && now - self->tracks[i].last_pair > self->about.stall)
      monitor_track_forget (&self->tracks[i]);
  }
  if (now - self->pointed >= POINT_USEC) {
    for (guint i = 0; i < self->n_tracks; i++)
      add_point (self, i);
    self->pointed = now;
    monitor_process_look (&self->known, pid);
  }
  g_mutex_unlock (&self->lock);
}

/* --- copies -------------------------------------------------------------- */

static void
copy_stream (const MonitorState *self, guint number, MonitorStream *copy)
{
  const MonitorStream *known = &self->tracks[number].known;

  *copy = *known;
  copy->label = g_strdup (known->label);
  copy->columns = g_new (MonitorColumn, known->n_columns);
  for (guint i = 0; i < known->n_columns; i++)
    copy->columns[i] = (MonitorColumn){
      .name = g_strdup (known->columns[i].name),
      .last = known->columns[i].last,
    };
  for (guint kind = 0; kind < MONITOR_N_ALERTS; kind++) {
    /* That of all streams is kept with the first. */
    guint of = kind == MONITOR_ALERT_LOST ? 0 : number;

    copy->alert_active[kind] = monitor_alerts_lasts (self->alerts, kind, of);
    copy->alerts[kind] = monitor_alerts_count (self->alerts, kind, of);
  }
}

MonitorSnapshot *
monitor_state_copy (gpointer data)
{
  MonitorState *self = data;
  MonitorSnapshot *copy = g_new (MonitorSnapshot, 1);
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  *copy = self->known;
  copy->name = g_strdup (self->known.name);
  copy->version = g_strdup (self->known.version);
  copy->metric = g_strdup (self->known.metric);
  copy->kernels = g_strdup (self->known.kernels);
  copy->reason = g_strdup (self->known.reason);
  copy->now = monitor_now ();
  copy->retry_delay =
      self->retry > now ? (gdouble) (self->retry - now) / G_USEC_PER_SEC : 0;
  copy->n_streams = self->n_tracks;
  copy->streams = g_new0 (MonitorStream, self->n_tracks);
  for (guint i = 0; i < self->n_tracks; i++)
    copy_stream (self, i, &copy->streams[i]);
  copy->alerts = monitor_alerts_list (self->alerts, &copy->n_alerts);
  g_mutex_unlock (&self->lock);
  return copy;
}

MonitorPoint *
monitor_state_copy_history (gpointer data, guint64 since, guint *n)
{
  MonitorState *self = data;
  MonitorPoint *copy;
  guint64 first;

  g_mutex_lock (&self->lock);
  first =
      self->points > self->history_size ? self->points - self->history_size : 0;
  first = MAX (first, MIN (since, self->points));
  *n = (guint) (self->points - first);
  copy = g_new (MonitorPoint, *n);
  for (guint i = 0; i < *n; i++)
    copy[i] = self->history[(first + i) % self->history_size];
  g_mutex_unlock (&self->lock);
  return copy;
}

GBytes *
monitor_state_ref_picture (gpointer data, MonitorPicture picture)
{
  MonitorState *self = data;
  GBytes *bytes = NULL;

  g_mutex_lock (&self->lock);
  if (picture < MONITOR_N_PICTURES && self->pictures[picture] != NULL)
    bytes = g_bytes_ref (self->pictures[picture]);
  g_mutex_unlock (&self->lock);
  return bytes;
}
