/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From argv to JudgeOptions: the options that subcommands share, and those
 * that a subcommand adds.
 */
#include "judge/options.h"

#include "console/help-option.h"
#include "console/subcommand.h"
#include "page/report-option.h"

#include <string.h>

#define MAX_THREADS 256
#define DEFAULT_BOOTSTRAP 1000
#define MAX_BOOTSTRAP 1000000

gboolean
judge_options_refuse (
    const gchar *text, const gchar *option, const gchar *valid, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "\"%s\" is not a value for --%s; valid: %s", text, option, valid);
  return FALSE;
}

static gboolean
take_format (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  JudgeSession *session = user;

  if (strcmp (text, "text") == 0)
    session->options.format = JUDGE_FORMAT_TEXT;
  else if (strcmp (text, "json") == 0)
    session->options.format = JUDGE_FORMAT_JSON;
  else if (strcmp (text, "csv") == 0)
    session->options.format = JUDGE_FORMAT_CSV;
  else
    return judge_options_refuse (text, "format", "text, json, csv", error);
  return TRUE;
}

/* Adds @entries if the command offers @what. */
static void
offer (
    JudgeSession *session, GOptionGroup *group, guint what, GOptionEntry entry)
{
  const GOptionEntry entries[] = { entry, G_OPTION_ENTRY_NULL };

  if (what == 0 || (session->command->offers & what) != 0)
    g_option_group_add_entries (group, entries);
}

static void
add_shared_options (JudgeSession *session, GOptionGroup *group)
{
  JudgeOptions *options = &session->options;

  offer (session, group, JUDGE_OFFERS_METRICS,
      (GOptionEntry){ "metric", 'm', 0, G_OPTION_ARG_STRING_ARRAY,
          &options->metrics,
          "A metric, with options after a colon: lpips:backbone=alex,heads=none"
          "; may be repeated (default: " PERCEPTUAL_DEFAULT_METRIC
          ", unless the help below says otherwise)",
          "NAME[:OPTION=VALUE,...]" });
  offer (session, group, JUDGE_OFFERS_METRICS,
      (GOptionEntry){ "weights", 0, 0, G_OPTION_ARG_FILENAME, &options->weights,
          "Where the weights are, for all metrics that need them", "DIR" });
  offer (session, group, JUDGE_OFFERS_METRICS | JUDGE_OFFERS_THREADS,
      (GOptionEntry){ "threads", 0, 0, G_OPTION_ARG_INT, &options->threads,
          "Threads that measure; 0 for all processors (default: 0)", "N" });
  offer (session, group, JUDGE_OFFERS_BOOTSTRAP,
      (GOptionEntry){ "bootstrap", 0, 0, G_OPTION_ARG_INT, &options->bootstrap,
          "Resamples behind each 95 % interval; 0 for none (default: 1000)",
          "N" });
  offer (session, group, JUDGE_OFFERS_BOOTSTRAP,
      (GOptionEntry){ "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed,
          "Seed of the resampling (default: 0)", "N" });
  offer (session, group, JUDGE_OFFERS_SKIP_BROKEN,
      (GOptionEntry){ "skip-broken", 0, 0, G_OPTION_ARG_NONE,
          &options->skip_broken,
          "Leave out what is broken in the data, and name it in the result",
          NULL });
  offer (session, group, JUDGE_OFFERS_FORMAT,
      (GOptionEntry){ "format", 0, 0, G_OPTION_ARG_CALLBACK, take_format,
          "How to print the result (default: text)", "text|json|csv" });
  offer (session, group, JUDGE_OFFERS_FORMAT,
      (GOptionEntry){ "report", 0, 0, G_OPTION_ARG_FILENAME, &options->report,
          "Write the result with its charts into FILE, a page for browsers",
          "FILE.html" });
  offer (session, group, JUDGE_OFFERS_PLOT,
      (GOptionEntry){ "plot", 0, 0, G_OPTION_ARG_FILENAME, &options->plot,
          "Draw the result into FILE, .png or .svg", "FILE" });
  offer (session, group, 0,
      (GOptionEntry){ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet,
          "No progress on standard error", NULL });
  offer (session, group, 0,
      (GOptionEntry){ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
          &options->arguments, NULL, session->command->arguments });
}

static gboolean
check_range (gint64 value, gint64 minimum, gint64 maximum, const gchar *option,
    GError **error)
{
  if (value >= minimum && value <= maximum)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "\"%" G_GINT64_FORMAT "\" is not a value for --%s; valid: a whole number "
      "from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
      value, option, minimum, maximum);
  return FALSE;
}

static gboolean
check_plot (const JudgeOptions *options, GError **error)
{
  if (options->plot == NULL || g_str_has_suffix (options->plot, ".png")
      || g_str_has_suffix (options->plot, ".svg"))
    return TRUE;
  return judge_options_refuse (
      options->plot, "plot", "a file name that ends in .png or .svg", error);
}

static gboolean
check (JudgeSession *session, GError **error)
{
  const JudgeOptions *options = &session->options;
  const JudgeCommand *command = session->command;
  g_autofree gchar *usage = g_strdup_printf (
      "perceptual-judge %s [OPTIONS] %s", command->name, command->arguments);

  return subcommand_check_arguments (usage, command->name, options->arguments,
             command->min_arguments, command->max_arguments, error)
      && check_range (options->threads, 0, MAX_THREADS, "threads", error)
      && check_range (options->bootstrap, 0, MAX_BOOTSTRAP, "bootstrap", error)
      && check_range (options->seed, 0, G_MAXINT64, "seed", error)
      && check_plot (options, error)
      && page_report_option_check (options->report, error)
      && (command->check_options == NULL
          || command->check_options (session, error));
}

/* Returns: how many of @words are about the form of the result. */
static guint
count_words_of_form (gchar *const *words)
{
  static const gchar *const options[] = { "--report", "--format" };

  if (strcmp (words[0], "-q") == 0 || strcmp (words[0], "--quiet") == 0)
    return 1;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++) {
    gsize n = strlen (options[i]);

    if (strncmp (words[0], options[i], n) != 0)
      continue;
    if (words[0][n] == '=')
      return 1;
    if (words[0][n] == '\0')
      return words[1] == NULL ? 1 : 2;
  }
  return 0;
}

/* Returns: (transfer full): JudgeOptions.line. */
static gchar *
describe_line (gchar *const *words)
{
  g_autoptr (GString) line = g_string_new ("perceptual-judge");
  gboolean options = TRUE;

  while (*words != NULL) {
    guint n = options ? count_words_of_form (words) : 0;
    g_autofree gchar *quoted = NULL;

    if (n > 0) {
      words += n;
      continue;
    }
    options = options && strcmp (*words, "--") != 0;
    quoted = strpbrk (*words, " \t\n\"'\\$&;<>()|*?[]#~`!") != NULL
            || **words == '\0'
        ? g_shell_quote (*words)
        : g_strdup (*words);
    g_string_append_printf (line, " %s", quoted);
    words++;
  }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

gboolean
judge_options_parse (JudgeSession *session, gchar ***argv, GError **error)
{
  const JudgeCommand *command = session->command;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group =
      g_option_group_new (command->name, NULL, NULL, session, NULL);
  g_autofree gchar *program =
      g_strdup_printf ("perceptual-judge %s", command->name);
  g_autofree gchar *summary = g_strdup (command->blurb);
  gboolean help;

  session->options.bootstrap = DEFAULT_BOOTSTRAP;
  session->options.line = describe_line (*argv);
  help_option_add (context, group, &help);
  add_shared_options (session, group);
  if (command->add_options != NULL)
    command->add_options (group, session->own);
  g_option_context_set_main_group (context, group);
  summary[0] = g_ascii_toupper (summary[0]);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, command->help);
  g_free ((*argv)[0]);
  (*argv)[0] = g_steal_pointer (&program);
  g_set_prgname ((*argv)[0]);
  if (!g_option_context_parse_strv (context, argv, error)) {
    help_option_suggest (context, *error);
    return FALSE;
  }
  if (help)
    help_option_print (context, session->console.program, NULL);
  return check (session, error);
}

void
judge_options_clear (JudgeSession *session)
{
  JudgeOptions *options = &session->options;

  g_clear_pointer (&options->metrics, g_strfreev);
  g_clear_pointer (&options->weights, g_free);
  g_clear_pointer (&options->plot, g_free);
  g_clear_pointer (&options->report, g_free);
  g_clear_pointer (&options->line, g_free);
  g_clear_pointer (&options->arguments, g_strfreev);
  if (session->own != NULL && session->command->clear_options != NULL)
    session->command->clear_options (session->own);
  g_clear_pointer (&session->own, g_free);
}
