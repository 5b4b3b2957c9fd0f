/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-monitor: watches a live stream beside its reference.  The order of
 * the steps and the exit code are here.
 */
#include "monitor/connection/worker.h"
#include "monitor/options.h"
#include "monitor/serve/server.h"
#include "monitor/summary.h"
#include "monitor/watch.h"

#include "console/memory-limit.h"
#include "console/terminal.h"
#include "measure/words/packages.h"
#include "perceptual.h"

#include <gst/gst.h>
#include <locale.h>
#include <string.h>

#define PROGRAM "perceptual-monitor"

typedef enum
{
  EXIT_DONE,
  EXIT_ERROR,
  EXIT_USAGE,
} ExitCode;

static gboolean
print (Console *console, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  if (console_print (console, text, &error))
    return TRUE;
  console_say (console, "%s", error->message);
  return FALSE;
}

static ExitCode
say_element_missing (Console *console)
{
  g_autofree gchar *text = measure_packages_lack_element ();

  console_say (console, "%s", text);
  return EXIT_ERROR;
}

static gboolean
print_summary (
    Console *console, const MonitorOptions *options, MonitorWatch *watch)
{
  const MonitorSource *source =
      monitor_state_get_source (monitor_watch_get_state (watch));
  MonitorSnapshot *known = source->snapshot (source->data);
  g_autofree gchar *text = monitor_summary_print (known);

  monitor_snapshot_free (known);
  /* There the log is. */
  if (g_strcmp0 (options->log, "-") == 0)
    return TRUE;
  return print (console, text);
}

/* Before anything else begins.  @server: (out) (nullable) */
static gboolean
start_server (Console *console, const MonitorOptions *options,
    MonitorWatch *watch, MonitorServer **server)
{
  g_autoptr (GError) error = NULL;

  if (strcmp (options->listen, MONITOR_LISTEN_NONE) == 0)
    return TRUE;
  *server = monitor_server_start (
      &(MonitorServerOptions){
          .listen = options->listen,
          .hosts = (const gchar *const *) options->hosts,
      },
      monitor_state_get_source (monitor_watch_get_state (watch)), &error);
  if (*server == NULL) {
    console_say (console, "%s", error->message);
    return FALSE;
  }
  console_say (console, "http://%s/", monitor_server_get_address (*server));
  return TRUE;
}

static ExitCode
watch (Console *console, MonitorOptions *options, const gchar *const *argv)
{
  MonitorWatch *self = monitor_watch_new (options, argv, console);
  MonitorServer *server = NULL;
  gboolean done = start_server (console, options, self, &server);

  if (done)
    done = monitor_watch_run (self) && print_summary (console, options, self);
  monitor_server_stop (server);
  monitor_watch_free (self);
  return done ? EXIT_DONE : EXIT_ERROR;
}

static ExitCode
run (Console *console, MonitorOptions *options, const gchar *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *missing = NULL;
  g_autofree gchar *text = NULL;

  if (!monitor_options_parse (options, argv, &error)) {
    /* Without the element its options are unknown too. */
    if (options->settings.element == NULL
        && g_error_matches (
            error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
      return say_element_missing (console);
    console_say (console, "%s", error->message);
    return EXIT_USAGE;
  }
  text = help_option_answer (&options->answers, PROGRAM);
  if (text != NULL)
    return print (console, text) ? EXIT_DONE : EXIT_ERROR;
  if (options->settings.element == NULL)
    return say_element_missing (console);
  missing = measure_packages_missing ();
  if (missing != NULL) {
    console_say (console, "%s", missing);
    return EXIT_ERROR;
  }
  return watch (console, options, argv);
}

int
main (int argc, char **argv)
{
  MonitorOptions options;
  Console console;
  g_auto (GStrv) typed = NULL;
  ExitCode code;
  int child_code;

  memory_limit_obey (argv);
  console_guard_streams ();
  if (monitor_worker_main (argc, argv, monitor_options_offer, &child_code))
    return child_code;
  monitor_watch_expect_hangup ();
  /* File names in the user's encoding; numbers stay in the C locale. */
  setlocale (LC_CTYPE, "");
  gst_init (&argc, &argv);
  typed = g_strdupv (argv);
  console_init (&console, PROGRAM, "pairs", FALSE);
  code = run (&console, &options, (const gchar *const *) typed);
  monitor_options_clear (&options);
  return (int) code;
}
