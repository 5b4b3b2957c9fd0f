/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the command by GSubprocess, in the main loop.
 */
#include "monitor/alert/hook.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct
{
  gchar **environment;
  gchar *input;
} Call;

/* It outlives the hook where a process of it has not been reaped yet. */
struct _MonitorHook
{
  grefcount references;
  gchar **argv;
  gint64 timeout;
  MonitorHookFailed failed; /* NULL once the hook is freed */
  gpointer user;
  GQueue *calls; /* of Call */
  GSubprocess *process;
  guint timer;
  gboolean killed;
};

static void run_next (MonitorHook *self);

static void
free_call (gpointer data)
{
  Call *call = data;

  g_strfreev (call->environment);
  g_free (call->input);
  g_free (call);
}

static void
unref_hook (MonitorHook *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_strfreev (self->argv);
  g_queue_free_full (self->calls, free_call);
  g_free (self);
}

MonitorHook *
monitor_hook_new (const gchar *const *argv, gint64 timeout,
    MonitorHookFailed failed, gpointer user)
{
  MonitorHook *self = g_new0 (MonitorHook, 1);

  g_ref_count_init (&self->references);
  self->argv = g_strdupv ((gchar **) argv);
  self->timeout = timeout;
  self->failed = failed;
  self->user = user;
  self->calls = g_queue_new ();
  return self;
}

static void
fail (MonitorHook *self, const gchar *text)
{
  if (self->failed != NULL)
    self->failed (text, self->user);
}

/* --- one process --------------------------------------------------------- */

static void
kill_group (MonitorHook *self)
{
  const gchar *pid = self->process != NULL
      ? g_subprocess_get_identifier (self->process)
      : NULL;

  if (pid != NULL)
    kill (-(pid_t) atoi (pid), SIGKILL);
}

static gboolean
on_timeout (gpointer user)
{
  MonitorHook *self = user;

  self->timer = 0;
  self->killed = TRUE;
  kill_group (self);
  return G_SOURCE_REMOVE;
}

static void
judge (MonitorHook *self)
{
  GSubprocess *process = self->process;
  g_autofree gchar *text = NULL;

  if (self->killed)
    text = g_strdup_printf (
        "was killed after %.3g s", (gdouble) self->timeout / G_USEC_PER_SEC);
  else if (g_subprocess_get_if_signaled (process))
    text = g_strdup_printf (
        "was ended by signal %d", g_subprocess_get_term_sig (process));
  else if (g_subprocess_get_exit_status (process) != 0)
    text = g_strdup_printf (
        "ended with %d", g_subprocess_get_exit_status (process));
  if (text != NULL)
    fail (self, text);
}

static void
on_end (GObject *process, GAsyncResult *result, gpointer user)
{
  MonitorHook *self = user;

  g_subprocess_wait_finish (G_SUBPROCESS (process), result, NULL);
  judge (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->process);
  if (self->failed != NULL)
    run_next (self);
  unref_hook (self);
}

/* A command that does not read its input is no failure. */
static void
on_written (GObject *process, GAsyncResult *result, gpointer user)
{
  g_subprocess_communicate_utf8_finish (
      G_SUBPROCESS (process), result, NULL, NULL, NULL);
}

static void
lead_group (gpointer unused)
{
  setsid ();
}

static GSubprocess *
spawn (MonitorHook *self, const Call *call, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE);

  for (guint i = 0; call->environment[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (call->environment[i], "=", 2);

    g_subprocess_launcher_setenv (launcher, parts[0], parts[1], TRUE);
  }
  /* Standard output is the program's. */
  g_subprocess_launcher_take_stdout_fd (launcher, dup (STDERR_FILENO));
  g_subprocess_launcher_set_child_setup (launcher, lead_group, NULL, NULL);
  return g_subprocess_launcher_spawnv (
      launcher, (const gchar *const *) self->argv, error);
}

static void
run_next (MonitorHook *self)
{
  while (self->process == NULL) {
    Call *call = g_queue_pop_head (self->calls);
    g_autoptr (GError) error = NULL;

    if (call == NULL)
      return;
    self->killed = FALSE;
    self->process = spawn (self, call, &error);
    if (self->process != NULL) {
      g_ref_count_inc (&self->references);
      self->timer =
          g_timeout_add ((guint) (self->timeout / 1000), on_timeout, self);
      g_subprocess_communicate_utf8_async (
          self->process, call->input, NULL, on_written, NULL);
      g_subprocess_wait_async (self->process, NULL, on_end, self);
    } else {
      fail (self, error->message);
    }
    free_call (call);
  }
}

/* --- the queue ----------------------------------------------------------- */

void
monitor_hook_push (
    MonitorHook *self, const gchar *const *environment, const gchar *input)
{
  Call *call;

  if (g_queue_get_length (self->calls) >= MONITOR_HOOK_QUEUE) {
    fail (self, "is too slow: 100 calls wait, and this one is left out");
    return;
  }
  call = g_new (Call, 1);
  call->environment = g_strdupv ((gchar **) environment);
  call->input = g_strdup (input);
  g_queue_push_tail (self->calls, call);
  run_next (self);
}

gboolean
monitor_hook_is_idle (const MonitorHook *self)
{
  return self->process == NULL && g_queue_is_empty (self->calls);
}

void
monitor_hook_free (MonitorHook *self)
{
  if (self == NULL)
    return;
  self->failed = NULL;
  g_clear_handle_id (&self->timer, g_source_remove);
  kill_group (self);
  unref_hook (self);
}
