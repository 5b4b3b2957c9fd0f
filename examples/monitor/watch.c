/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The main loop: what becomes of connections, alerts, the log, signals, the
 * service manager.  Nothing in it waits for a disk, a command or a stream.
 */
#include "monitor/watch.h"

#include "monitor/alert/hook.h"
#include "monitor/config-file.h"
#include "monitor/connection/backoff.h"
#include "monitor/connection/connection.h"
#include "monitor/log/log.h"
#include "monitor/log/record.h"
#include "monitor/reload.h"
#include "monitor/state/words.h"
#include "monitor/systemd/notify.h"

#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 250
/* How long a connection may take until its first pair. */
#define START_USEC (30 * G_USEC_PER_SEC)
/* How long the end waits for the connection, and then for hooks. */
#define STOP_USEC (3 * G_USEC_PER_SEC)
/* Shells and timeout(1) send one signal twice. */
#define SAME_USEC (G_USEC_PER_SEC / 2)

struct _MonitorWatch
{
  MonitorOptions *options;
  const gchar *const *argv;
  Console *console;
  MonitorState *state;
  MonitorBackoff backoff;
  MonitorHook *hook;             /* (nullable) */
  MonitorLog *log;               /* (nullable) */
  MonitorConnection *connection; /* (nullable) */
  GMainLoop *loop;
  guint retry; /* source */
  gboolean stopping;
  gboolean tried;    /* a connection has ended */
  gboolean hopeless; /* there is no use in it */
  gint64 stopped;    /* when it was asked to end, monotonic, us */
  gint64 deadline;   /* of what the end waits for, monotonic, us */
  gboolean ready;    /* the service manager was told so */
  gchar *status;     /* what it was told last */
  GHashTable *said;  /* warnings of this connection */
  guint64 late;      /* frames that were so before it */
};

static void connect_again (MonitorWatch *self);

/* --- the log, hooks and the service manager ------------------------------ */

static void
write_log (MonitorWatch *self, const gchar *line, gint header)
{
  if (self->log != NULL)
    monitor_log_write (self->log, line, header);
}

static void
log_connection (MonitorWatch *self, const gchar *end, const gchar *text)
{
  MonitorSnapshot *known =
      monitor_state_get_source (self->state)->snapshot (self->state);
  g_autofree gchar *line = monitor_record_connection (known, end, text);

  write_log (self, line, -1);
  monitor_snapshot_free (known);
}

static void
look_after_log (MonitorWatch *self)
{
  g_autofree gchar *error = NULL;
  guint64 failures;

  if (self->log == NULL)
    return;
  failures = monitor_log_take_failures (self->log, &error);
  if (failures > 0)
    monitor_state_count_log_failures (self->state, failures);
  if (error != NULL)
    console_say (self->console,
        "warning: %s; the measuring goes on, and the log is tried again",
        error);
}

static void
tell_manager (MonitorWatch *self)
{
  MonitorSnapshot *known =
      monitor_state_get_source (self->state)->snapshot (self->state);
  g_autofree gchar *status = monitor_state_words (known);

  if (g_strcmp0 (status, self->status) != 0) {
    g_autofree gchar *line = g_strdup_printf ("STATUS=%s", status);

    monitor_notify (line);
    g_free (self->status);
    self->status = g_steal_pointer (&status);
  }
  if (!self->ready
      && (known->phase == MONITOR_MEASURING
          || known->phase == MONITOR_WAITING)) {
    self->ready = TRUE;
    monitor_notify ("READY=1");
  }
  monitor_snapshot_free (known);
}

static void
on_hook_failed (const gchar *text, gpointer user)
{
  MonitorWatch *self = user;

  monitor_state_count_hook_failure (self->state);
  console_say (self->console, "warning: --on-alert %s: %s",
      self->options->on_alert[0], text);
}

static void
call_hook (MonitorWatch *self, const MonitorNews *news, const gchar *record)
{
  const MonitorAlert *alert = &news->alert;
  gchar value[G_ASCII_DTOSTR_BUF_SIZE] = "";
  g_autofree gchar *since = monitor_record_time (alert->begin);
  gchar *environment[6] = { NULL };

  if (!isnan (alert->value))
    g_ascii_dtostr (value, sizeof value, alert->value);
  environment[0] = g_strdup_printf (
      "PERCEPTUAL_ALERT_KIND=%s", monitor_alert_name (alert->kind));
  environment[1] = g_strdup_printf (
      "PERCEPTUAL_ALERT_STATE=%s", alert->end > 0 ? "end" : "begin");
  environment[2] = g_strdup_printf ("PERCEPTUAL_ALERT_VALUE=%s", value);
  environment[3] = g_strdup_printf ("PERCEPTUAL_ALERT_SINCE=%s", since);
  environment[4] =
      g_strdup_printf ("PERCEPTUAL_ALERT_MONITOR=%s", self->options->name);
  monitor_hook_push (self->hook, (const gchar *const *) environment, record);
  for (guint i = 0; environment[i] != NULL; i++)
    g_free (environment[i]);
}

static void
on_alert (const MonitorNews *news, gpointer user)
{
  MonitorWatch *self = user;
  g_autofree gchar *record = monitor_record_alert (self->options->name, news);

  if (!news->logged)
    write_log (self, record, -1);
  if (self->hook != NULL)
    call_hook (self, news, record);
}

/* --- a connection -------------------------------------------------------- */

static void
on_line (const gchar *line, gpointer user)
{
  MonitorWatch *self = user;
  guint stream = 0;
  gboolean header = monitor_state_take_line (self->state, line, &stream)
      == MONITOR_LINE_HEADER;

  write_log (self, line, header ? (gint) stream : -1);
}

static void
on_totals (const MonitorTotals *totals, gpointer user)
{
  monitor_state_take_totals (((MonitorWatch *) user)->state, totals);
}

static void
on_frames (const guint64 frames[MONITOR_N_INPUTS], gpointer user)
{
  monitor_state_take_frames (((MonitorWatch *) user)->state, frames);
}

static void
on_pictures (
    MeasureMoment *moment, guint stream, gdouble distance, gpointer user)
{
  monitor_state_take_pictures (
      ((MonitorWatch *) user)->state, moment, stream, distance);
}

/* Each text once for each connection.  That an input is cut off is no news at
 * the end. */
static void
on_warning (const gchar *text, gpointer user)
{
  MonitorWatch *self = user;

  if (!self->stopping && g_hash_table_add (self->said, g_strdup (text)))
    console_say (self->console, "warning: %s", text);
}

static gboolean
on_retry (gpointer user)
{
  MonitorWatch *self = user;

  self->retry = 0;
  connect_again (self);
  return G_SOURCE_REMOVE;
}

static void
wait_to_retry (
    MonitorWatch *self, MonitorEnd end, const gchar *reason, gint64 measured)
{
  gint64 delay =
      monitor_backoff_next (&self->backoff, measured, g_random_double ());

  console_say (self->console, "%s (%s); the next connection in %.1f s", reason,
      monitor_end_name (end), (gdouble) delay / G_USEC_PER_SEC);
  monitor_state_end_connection (self->state, end, reason, delay);
  monitor_state_lose (self->state);
  self->retry = g_timeout_add ((guint) (delay / 1000), on_retry, self);
}

/* What could be read before anything was measured is told once, and ends the
 * program. */
static gboolean
give_up (MonitorWatch *self, const gchar *reason)
{
  if (self->tried || self->connection == NULL
      || !monitor_connection_is_hopeless (self->connection))
    return FALSE;
  console_say (self->console, "%s", reason);
  self->hopeless = TRUE;
  g_main_loop_quit (self->loop);
  return TRUE;
}

static void
end_connection (MonitorWatch *self, MonitorEnd end, const gchar *reason)
{
  gint64 began = monitor_state_get_measuring (self->state);
  gint64 measured = began > 0 ? g_get_monotonic_time () - began : 0;
  g_autofree gchar *text = g_strdup (reason);
  gboolean gives_up = give_up (self, reason);

  self->tried = TRUE;
  if (self->stopping)
    log_connection (self, "stopped", "the monitor was asked to end");
  else
    log_connection (self, monitor_end_name (end), text);
  g_clear_pointer (&self->connection, monitor_connection_free);
  if (self->stopping || gives_up)
    monitor_state_end_connection (self->state, MONITOR_N_ENDS, NULL, -1);
  else
    wait_to_retry (self, end, text, measured);
  tell_manager (self);
}

static void
on_ended (MonitorEnd end, const gchar *reason, gpointer user)
{
  end_connection (user, end, reason);
}

static const MonitorEvents events = {
  .line = on_line,
  .totals = on_totals,
  .frames = on_frames,
  .pictures = on_pictures,
  .warning = on_warning,
  .ended = on_ended,
};

static guint64
count_late (const MonitorSnapshot *known)
{
  guint64 late = 0;

  for (guint i = 0; i < known->n_streams; i++)
    late += known->streams[i].late;
  return late;
}

static void
connect_again (MonitorWatch *self)
{
  g_autoptr (GError) error = NULL;

  MonitorSnapshot *known =
      monitor_state_get_source (self->state)->snapshot (self->state);

  self->late = count_late (known);
  monitor_snapshot_free (known);
  g_hash_table_remove_all (self->said);
  monitor_state_begin_connection (self->state);
  log_connection (self, NULL, NULL);
  self->connection = monitor_connection_start (
      &self->options->order, &self->options->settings, &events, self, &error);
  if (self->connection == NULL)
    end_connection (self, MONITOR_END_START, error->message);
}

static gchar *
describe_silence (MonitorWatch *self)
{
  MonitorSnapshot *known =
      monitor_state_get_source (self->state)->snapshot (self->state);
  gboolean late = count_late (known) > self->late;
  gboolean reference = known->input_up[MONITOR_REFERENCE];
  gboolean distorted = known->input_up[MONITOR_DISTORTED];

  monitor_snapshot_free (known);
  if (!reference && !distorted)
    return g_strdup ("no frames of either input");
  if (!reference || !distorted)
    return g_strdup_printf (
        "no frames of the %s", reference ? "distorted stream" : "reference");
  if (late)
    return g_strdup ("frames, but the distorted ones come too late for their "
                     "partners: this machine is too slow for decoding or "
                     "encoding, or the network holds them up");
  return g_strdup ("frames, but no pairs of them");
}

static void
look_for_stall (MonitorWatch *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 silence = now - monitor_state_get_last_pair (self->state);
  gboolean began = monitor_state_get_measuring (self->state) > 0;
  gint64 most =
      began ? self->options->stall : MAX (START_USEC, self->options->stall);
  g_autofree gchar *what = NULL;
  g_autofree gchar *text = NULL;

  if (!began && silence > self->options->stall)
    monitor_state_lose (self->state);
  if (silence <= most)
    return;
  what = describe_silence (self);
  text = g_strdup_printf (
      "no pair for %.3g s: %s", (gdouble) most / G_USEC_PER_SEC, what);
  end_connection (self, began ? MONITOR_END_STALL : MONITOR_END_START, text);
}

/* --- the end ------------------------------------------------------------- */

static void
stop (MonitorWatch *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->stopping && now - self->stopped > SAME_USEC)
    exit (EXIT_FAILURE);
  if (self->stopping)
    return;
  self->stopping = TRUE;
  self->stopped = now;
  monitor_state_expect_end (self->state);
  self->deadline = now + STOP_USEC;
  monitor_notify ("STOPPING=1");
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->connection != NULL)
    monitor_connection_stop (self->connection);
  else
    monitor_state_end_connection (self->state, MONITOR_N_ENDS, NULL, -1);
}

static void
look_for_end (MonitorWatch *self)
{
  gboolean late = g_get_monotonic_time () >= self->deadline;

  if (self->connection != NULL && late) {
    end_connection (self, MONITOR_N_ENDS, "it did not end in time");
    self->deadline = g_get_monotonic_time () + STOP_USEC;
    return;
  }
  if (self->connection == NULL
      && (self->hook == NULL || monitor_hook_is_idle (self->hook) || late))
    g_main_loop_quit (self->loop);
}

static gboolean
on_tick (gpointer user)
{
  MonitorWatch *self = user;

  if (self->stopping)
    look_for_end (self);
  else if (self->connection != NULL)
    look_for_stall (self);
  monitor_state_tick (self->state,
      self->connection != NULL ? monitor_connection_get_pid (self->connection)
                               : 0);
  look_after_log (self);
  tell_manager (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_watchdog (gpointer user)
{
  monitor_notify ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

static gboolean
on_stop (gpointer user)
{
  stop (user);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_exit_after (gpointer user)
{
  MonitorWatch *self = user;

  if (!self->stopping)
    stop (self);
  return G_SOURCE_REMOVE;
}

/* --- SIGHUP -------------------------------------------------------------- */

static void
take_changes (MonitorWatch *self, const MonitorOptions *read)
{
  MeasureSettings changed;
  g_autoptr (GPtrArray) fixed = NULL;

  measure_settings_init (&changed);
  fixed = monitor_reload_find (self->options, read, &changed);
  if (changed.set->len > 0) {
    monitor_reload_apply (&self->options->settings, &changed);
    if (self->connection != NULL)
      monitor_connection_change (self->connection, &changed);
  }
  for (guint i = 0; i < changed.set->len; i++) {
    const MeasureSetting *setting = changed.set->pdata[i];

    console_say (self->console, "--%s is %s now", setting->name, setting->text);
  }
  measure_settings_clear (&changed);
  for (guint i = 0; i < fixed->len; i++)
    console_say (self->console,
        "warning: %s has changed, which takes a restart of the monitor",
        (const gchar *) fixed->pdata[i]);
}

static gboolean
on_reload (gpointer user)
{
  MonitorWatch *self = user;
  const gchar *config = self->options->config;
  MonitorOptions read = { 0 };
  g_autoptr (GError) error = NULL;

  monitor_notify ("RELOADING=1");
  if (self->log != NULL)
    monitor_log_reopen (self->log);
  if ((config == NULL || monitor_config_file_lasts (config, &error))
      && monitor_options_parse (&read, self->argv, &error))
    take_changes (self, &read);
  else
    console_say (self->console, "warning: the options stay as they are: %s",
        error->message);
  monitor_options_clear (&read);
  monitor_notify ("READY=1");
  return G_SOURCE_CONTINUE;
}

/* One that comes while GStreamer looks for its plugins. */
static volatile sig_atomic_t early;

static void
note_early (int number)
{
  early = 1;
}

void
monitor_watch_expect_hangup (void)
{
  const struct sigaction action = { .sa_handler = note_early,
    .sa_flags = SA_RESTART };

  sigaction (SIGHUP, &action, NULL);
}

static gboolean
on_early (gpointer user)
{
  on_reload (user);
  return G_SOURCE_REMOVE;
}

/* ------------------------------------------------------------------------- */

MonitorWatch *
monitor_watch_new (
    MonitorOptions *options, const gchar *const *argv, Console *console)
{
  MonitorWatch *self = g_new0 (MonitorWatch, 1);

  self->options = options;
  self->argv = argv;
  self->console = console;
  self->backoff = (MonitorBackoff){ .least = options->retry_least,
    .most = options->retry_most };
  self->state = monitor_state_new (
      &(MonitorAbout){
          .name = options->name,
          .metric = options->metric,
          .labels = (const gchar *const *) options->labels,
          .encoders = options->order.encoders != NULL,
          .history = (guint) (options->history / G_USEC_PER_SEC),
          .stall = options->stall,
          .unmatched = options->unmatched,
      },
      on_alert, self);
  self->said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  if (options->log != NULL)
    self->log = monitor_log_new (options->log, &options->limits);
  if (options->on_alert != NULL)
    self->hook = monitor_hook_new ((const gchar *const *) options->on_alert,
        options->hook_timeout, on_hook_failed, self);
  return self;
}

MonitorState *
monitor_watch_get_state (MonitorWatch *self)
{
  return self->state;
}

gboolean
monitor_watch_run (MonitorWatch *self)
{
  gint64 watchdog = monitor_notify_get_watchdog ();
  g_autoptr (GError) error = NULL;

  if (self->log != NULL && !monitor_log_claim (self->log, &error)) {
    console_say (self->console, "%s", error->message);
    return FALSE;
  }
  /* A hook or a reader of the output that has gone is no reason to end. */
  signal (SIGPIPE, SIG_IGN);
  g_unix_signal_add (SIGTERM, on_stop, self);
  g_unix_signal_add (SIGINT, on_stop, self);
  g_unix_signal_add (SIGHUP, on_reload, self);
  if (early)
    g_idle_add (on_early, self);
  g_timeout_add (TICK_MS, on_tick, self);
  if (watchdog > 0)
    g_timeout_add (
        (guint) CLAMP (watchdog / 1000, 1, G_MAXINT), on_watchdog, NULL);
  if (self->options->exit_after > 0)
    g_timeout_add (
        (guint) CLAMP (self->options->exit_after / 1000, 1, G_MAXINT),
        on_exit_after, self);
  connect_again (self);
  g_main_loop_run (self->loop);
  return !self->hopeless;
}

void
monitor_watch_free (MonitorWatch *self)
{
  g_clear_pointer (&self->connection, monitor_connection_free);
  monitor_hook_free (self->hook);
  monitor_log_free (self->log);
  monitor_state_free (self->state);
  g_hash_table_unref (self->said);
  g_main_loop_unref (self->loop);
  g_free (self->status);
  g_free (self);
}
