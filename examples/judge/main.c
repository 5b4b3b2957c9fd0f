/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge: how well do metrics agree with people?  The table of
 * subcommands, the order of the steps and the exit code are here.
 */
#include "judge/command.h"
#include "judge/interrupt.h"
#include "judge/options.h"
#include "judge/report-page.h"

#include "console/memory-limit.h"
#include "console/printable.h"
#include "console/program-error.h"
#include "console/subcommand.h"

#include <locale.h>
#include <string.h>

#define PROGRAM "perceptual-judge"

static const JudgeCommand *const commands[] = {
  &judge_command_2afc,
  &judge_command_jnd,
  &judge_command_mos,
  &judge_command_fit,
  &judge_command_study,
  &judge_command_flaws,
};

static gchar *
describe (void)
{
  GString *text = g_string_new ("Usage:\n"
                                "  " PROGRAM " COMMAND [OPTIONS] ...\n"
                                "\n"
                                "How well do metrics agree with people?\n"
                                "\n"
                                "Commands:\n");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-6s %-12s %s\n", commands[i]->name,
        commands[i]->arguments, commands[i]->blurb);
  g_string_append (text,
      "\n"
      "  " PROGRAM " COMMAND --help   what a command does and its options\n"
      "  " PROGRAM " --list-metrics   the metrics and their options\n"
      "  " PROGRAM " --version        the version\n"
      "\n"
      "Exit codes: 0 done, 1 error, 2 wrong usage.\n");
  return g_string_free (text, FALSE);
}

static const JudgeCommand *
find_command (const gchar *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  }
  return NULL;
}

/* What there is to say of the metrics on this machine, each sentence once. */
static void
say_notes (JudgeSession *session)
{
  g_autoptr (GHashTable) said = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < session->metrics->metrics->len; i++) {
    const JudgeMetric *metric = judge_metric_list_get (session->metrics, i);
    const gchar *note = perceptual_metric_get_note (metric->metric);

    if (note != NULL && g_hash_table_add (said, (gchar *) note))
      console_say (&session->console, "note: %s", note);
  }
}

static gboolean
run_steps (JudgeSession *session, gchar ***argv, GError **error)
{
  const JudgeCommand *command = session->command;
  const JudgeOptions *options = &session->options;
  gboolean done;

  if (!judge_options_parse (session, argv, error))
    return FALSE;
  console_init (&session->console, PROGRAM, command->unit, !options->quiet);
  if ((options->report != NULL
          && !judge_report_check_file (options->report, error))
      || (options->plot != NULL
          && !judge_report_check_file (options->plot, error)))
    return FALSE;
  if (command->offers & (JUDGE_OFFERS_METRICS | JUDGE_OFFERS_THREADS)) {
    session->workers = perceptual_workers_new ((guint) options->threads, error);
    if (session->workers == NULL)
      return FALSE;
  }
  if (command->offers & JUDGE_OFFERS_METRICS) {
    session->metrics = judge_metric_list_new (
        options->metrics, options->weights, session->workers, error);
    if (session->metrics == NULL)
      return FALSE;
    say_notes (session);
  }
  judge_interrupt_watch (session);
  judge_report_page_begin (session);
  done = command->run (session, error);
  /* A result that could not be printed is not lost. */
  return judge_report_page_end (session, done ? error : NULL) && done;
}

static int
run_command (const JudgeCommand *command, gchar ***argv)
{
  JudgeSession session = { .command = command };
  g_autoptr (GError) error = NULL;
  int code = JUDGE_EXIT_DONE;

  console_init (&session.console, PROGRAM, command->unit, FALSE);
  session.own = g_malloc0 (MAX (command->own_size, 1));
  if (!run_steps (&session, argv, &error)) {
    /* The lines of a list are ours, and what is in them is printable. */
    if (error->domain == PROGRAM_ERROR)
      console_say_lines (&session.console, "%s", error->message);
    else
      console_say (&session.console, "%s", error->message);
    code =
        subcommand_is_wrong_usage (error) ? JUDGE_EXIT_USAGE : JUDGE_EXIT_ERROR;
  } else if (judge_interrupted (&session)) {
    console_say (&session.console,
        "interrupted; what was measured until then is reported");
    code = JUDGE_EXIT_ERROR;
  }
  judge_interrupt_unwatch ();
  console_clear (&session.console);
  page_free (session.page);
  page_free (session.result);
  judge_metric_list_free (session.metrics);
  g_clear_pointer (&session.workers, perceptual_workers_unref);
  judge_options_clear (&session);
  return code;
}

/* @word: the first on the command line, which is not a subcommand. */
static int
answer (const gchar *word)
{
  g_autofree gchar *text = subcommand_asks_for_help (word)
      ? describe ()
      : subcommand_answer (PROGRAM, word, "");
  g_autofree gchar *shown = printable_text (word);
  Console console;

  if (text != NULL)
    return subcommand_print (PROGRAM, text);

  console_init (&console, PROGRAM, "", FALSE);
  text = describe ();
  if (word == NULL)
    console_say_lines (&console, "no command given\n\n%s", text);
  else
    console_say_lines (
        &console, "there is no command \"%s\"\n\n%s", shown, text);
  return JUDGE_EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  const JudgeCommand *command = argc > 1 ? find_command (argv[1]) : NULL;
  gchar **rest;
  int code;

  memory_limit_obey (argv);
  console_guard_streams ();
  /* File names in the user's encoding; numbers stay in the C locale. */
  setlocale (LC_CTYPE, "");
  if (command == NULL)
    return answer (argc > 1 ? argv[1] : NULL);
  rest = g_strdupv (argv + 1);
  code = run_command (command, &rest);
  g_strfreev (rest);
  return code;
}
