/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune: which setting of an encoder gives this distance at the
 * smallest rate?  The table of subcommands, the order of the steps and the exit
 * code are here.
 */
#include "tune/command.h"
#include "tune/interrupt.h"
#include "tune/options.h"
#include "tune/probe/probe.h"
#include "tune/scout.h"

#include "console/memory-limit.h"
#include "console/program-error.h"
#include "console/subcommand.h"
#include "measure/child.h"
#include "measure/words/packages.h"

#include <gst/gst.h>
#include <locale.h>
#include <string.h>

#define PROGRAM "perceptual-tune"

/* The first one is meant where none is named. */
static const TuneCommand *const commands[] = {
  &tune_command_search,
  &tune_command_grid,
  &tune_command_bd,
  &tune_command_ladder,
  &tune_command_plan,
  &tune_command_merge,
  &tune_command_report,
  &tune_command_list,
  &tune_command_probe,
};

static gchar *
describe (void)
{
  GString *text = g_string_new (
      "Usage:\n"
      "  " PROGRAM " [COMMAND] [OPTIONS] ...\n"
      "\n"
      "Which setting of an encoder gives this distance at the smallest rate?\n"
      "\n"
      "  " PROGRAM " clip.mkv --encoder x264 --target 'p95<0.02'\n"
      "\n"
      "Commands:\n");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (
        text, "  %-7s %s\n", commands[i]->name, commands[i]->blurb);
  g_string_append (text,
      "\n"
      "Without a command it searches.\n"
      "\n"
      "  " PROGRAM " COMMAND --help   what a command does and its options\n"
      "  " PROGRAM " --list-metrics   the metrics and their options\n"
      "  " PROGRAM " --version        the version\n"
      "\n"
      "Exit codes: 0 done, 1 error, 2 wrong usage, 3 no value meets the\n"
      "targets.\n");
  return g_string_free (text, FALSE);
}

static const TuneCommand *
find_command (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_strcmp0 (commands[i]->name, name) == 0)
      return commands[i];
  }
  return NULL;
}

static gboolean
check_element (const TuneSession *session, GError **error)
{
  g_autofree gchar *text = measure_packages_lack_element ();

  return session->measuring.element != NULL
      || program_fail_unnamed (error, "%s", text);
}

static gboolean
check_installation (const TuneSession *session, GError **error)
{
  g_autofree gchar *missing = NULL;

  if (!check_element (session, error))
    return FALSE;
  missing = measure_packages_missing ();
  return missing == NULL || program_fail_unnamed (error, "%s", missing);
}

static gboolean
run_steps (TuneSession *session, GError **error)
{
  const TuneCommand *command = session->command;

  if ((command->offers & TUNE_OFFERS_METRIC) != 0
      && !check_installation (session, error))
    return FALSE;
  if ((command->offers & (TUNE_OFFERS_PROBES | TUNE_OFFERS_WINDOWS)) != 0)
    session->remote = measure_remote_new ();
  tune_interrupt_watch (&session->interrupted);
  if ((command->offers & TUNE_OFFERS_DATABASE) != 0) {
    session->store = tune_store_open (session->options.database, error);
    if (session->store == NULL)
      return FALSE;
  }
  return command->run (session, error);
}

static gboolean
parse_and_run (TuneSession *session, gchar ***argv, GError **error)
{
  g_autoptr (GError) fault = NULL;
  g_autofree gchar *text = NULL;
  gboolean help = FALSE;

  if (!tune_options_parse (session, argv, &help, &fault)) {
    /* Without the element its options are unknown too. */
    if ((session->command->offers & TUNE_OFFERS_METRIC) == 0
        || !g_error_matches (
            fault, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)
        || check_element (session, error))
      g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
  }
  console_init (&session->console, PROGRAM, session->command->unit,
      !session->options.quiet);
  if (!help)
    return run_steps (session, error);
  text = tune_options_describe (session);
  return console_print (&session->console, text, error);
}

static int
run_command (const TuneCommand *command, gchar ***argv)
{
  TuneSession session = { .command = command };
  g_autoptr (GError) error = NULL;

  console_init (&session.console, PROGRAM, command->unit, FALSE);
  session.own = g_malloc0 (MAX (command->own_size, 1));
  if (!parse_and_run (&session, argv, &error)) {
    console_clear (&session.console);
    console_say (&session.console, "%s%s", error->message,
        g_error_matches (error, PROGRAM_ERROR, PROGRAM_ERROR_INTERRUPTED)
                && session.store != NULL
            ? "; what is measured is kept"
            : "");
    session.code =
        subcommand_is_wrong_usage (error) ? TUNE_EXIT_USAGE : TUNE_EXIT_ERROR;
  }
  tune_interrupt_watch (NULL);
  console_clear (&session.console);
  g_clear_pointer (&session.store, tune_store_close);
  measure_remote_free (session.remote);
  tune_options_clear (&session);
  return session.code;
}

static int
run (int argc, char **argv)
{
  const gchar *word = argc > 1 ? argv[1] : NULL;
  g_autofree gchar *text = subcommand_asks_for_help (word)
      ? describe ()
      : subcommand_answer (PROGRAM, word, "--");
  const TuneCommand *command = find_command (word);
  gchar **rest;
  int code;

  if (text != NULL)
    return subcommand_print (PROGRAM, text);
  if (argc < 2) {
    Console console;

    text = describe ();
    console_init (&console, PROGRAM, "", FALSE);
    console_say_lines (&console, "no file given\n\n%s", text);
    return TUNE_EXIT_USAGE;
  }
  rest = g_strdupv (command != NULL ? argv + 1 : argv);
  g_free (rest[0]);
  rest[0] = g_strdup (PROGRAM);
  code = run_command (command != NULL ? command : commands[0], &rest);
  g_strfreev (rest);
  return code;
}

int
main (int argc, char **argv)
{
  int code;

  memory_limit_obey (argv);
  console_guard_streams ();
  if (tune_probe_main (argc, argv, &code) || tune_scout_main (argc, argv, &code)
      || measure_child_main (argc, argv, &code))
    return code;
  /* File names in the user's encoding; numbers stay in the C locale. */
  setlocale (LC_CTYPE, "");
  gst_init (&argc, &argv);
  return run (argc, argv);
}
