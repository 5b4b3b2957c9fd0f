/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a subcommand of perceptual-judge is, and what it finds when it runs.
 *
 * To add one: a file with a const JudgeCommand, an extern line at the end of
 * this header, a row in main.c's table, the file in meson.build.
 */
#ifndef JUDGE_COMMAND_H
#define JUDGE_COMMAND_H

#include "judge/metric-list.h"

#include "console/terminal.h"
#include "page/page.h"

G_BEGIN_DECLS

/* Exit codes; users rely on them. */
enum
{
  JUDGE_EXIT_DONE = 0,
  JUDGE_EXIT_ERROR = 1,
  JUDGE_EXIT_USAGE = 2,
};

/* The form of the result on standard output. */
typedef enum
{
  JUDGE_FORMAT_TEXT,
  JUDGE_FORMAT_JSON,
  JUDGE_FORMAT_CSV,
} JudgeFormat;

/**
 * JudgeOffers:
 * @JUDGE_OFFERS_METRICS: --metric (repeatable), --weights, --threads; the
 *   metrics are made before the command runs
 * @JUDGE_OFFERS_THREADS: --threads alone, for commands that make their own
 *   metrics; the threads are JudgeSession.workers
 * @JUDGE_OFFERS_BOOTSTRAP: --bootstrap, --seed
 * @JUDGE_OFFERS_SKIP_BROKEN: --skip-broken
 * @JUDGE_OFFERS_PLOT: --plot
 * @JUDGE_OFFERS_FORMAT: --format, --report
 *
 * Which of the shared options a subcommand takes.  It always has --quiet and
 * --help.
 */
typedef enum
{
  JUDGE_OFFERS_METRICS = 1 << 0,
  JUDGE_OFFERS_THREADS = 1 << 1,
  JUDGE_OFFERS_BOOTSTRAP = 1 << 2,
  JUDGE_OFFERS_SKIP_BROKEN = 1 << 3,
  JUDGE_OFFERS_PLOT = 1 << 4,
  JUDGE_OFFERS_FORMAT = 1 << 5,
} JudgeOffers;

/**
 * JudgeOptions:
 * @metrics: (nullable): specifications as the user typed them, NULL-terminated
 * @weights: (nullable): folder or file for every metric that has the option
 *   and whose specification does not set it
 * @threads: 0 for all processors, or 1..256
 * @bootstrap: resamples, 0 for no interval; default 1000
 * @seed: of the resampling; default 0
 * @skip_broken: leave broken parts of a data set out instead of stopping
 * @plot: (nullable): file for a picture, ending in .png or .svg
 * @report: (nullable): file for the result as a page
 * @format: of the result
 * @line: how the program was called, without what only says where the result
 *   goes and in what form: the same line gives the same page
 * @quiet: no progress on standard error
 * @arguments: what remains on the command line, NULL-terminated; their number
 *   is within the command's bounds
 *
 * The shared options; those that a command does not offer have their
 * defaults.
 */
typedef struct
{
  gchar **metrics;
  gchar *weights;
  gint threads;
  gint bootstrap;
  gint64 seed;
  gboolean skip_broken;
  gchar *plot;
  gchar *report;
  JudgeFormat format;
  gchar *line;
  gboolean quiet;
  gchar **arguments;
} JudgeOptions;

typedef struct _JudgeCommand JudgeCommand;

/**
 * JudgeSession:
 * @command: the one that runs
 * @options: the command line
 * @console: standard error; its unit is JudgeCommand.unit
 * @workers: (nullable): with JUDGE_OFFERS_METRICS or _THREADS
 * @metrics: (nullable): with JUDGE_OFFERS_METRICS; at least one
 * @page: (nullable): with JudgeOptions.report: see judge/report-page.h
 * @result: (nullable): what comes below the charts on @page
 * @interrupted: the user wants to stop; ask judge_interrupted() for it
 * @own: JudgeCommand.own_size zeroed bytes for the command's own options
 *
 * What a command finds when it runs.  Everything belongs to the caller.
 */
typedef struct
{
  const JudgeCommand *command;
  JudgeOptions options;
  Console console;
  PerceptualWorkers *workers;
  JudgeMetricList *metrics;
  Page *page;
  Page *result;
  gboolean interrupted;
  gpointer own;
} JudgeSession;

/**
 * JudgeCommand:
 * @name: what users type
 * @arguments: what follows the options, for the usage line: "DIR..."
 * @min_arguments: fewest of them
 * @max_arguments: most of them; G_MAXUINT for any number
 * @blurb: half a sentence for the table of subcommands
 * @help: what it does and examples, for its own --help
 * @unit: what the progress counts, in the plural: "triplets"
 * @offers: JudgeOffers
 * @own_size: bytes of the command's own options
 * @add_options: (nullable): adds the command's own options to @group, with
 *   arg_data pointing into @own; called before the command line is read.  Sets
 *   defaults in @own too
 * @check_options: (nullable): looks at @session's options before metrics are
 *   made.  Returns: FALSE with @error of G_OPTION_ERROR set for wrong usage
 * @run: does the work and prints the result.  Returns: FALSE with @error set.
 *   Errors of G_OPTION_ERROR, PERCEPTUAL_ERROR_METRIC and _OPTION end the
 *   program with JUDGE_EXIT_USAGE, all others with JUDGE_EXIT_ERROR
 * @clear_options: (nullable): frees what @own's members point to
 *
 * One subcommand; const and static.
 */
struct _JudgeCommand
{
  const gchar *name;
  const gchar *arguments;
  guint min_arguments;
  guint max_arguments;
  const gchar *blurb;
  const gchar *help;
  const gchar *unit;
  guint offers;
  gsize own_size;
  void (*add_options) (GOptionGroup *group, gpointer own);
  gboolean (*check_options) (JudgeSession *session, GError **error);
  gboolean (*run) (JudgeSession *session, GError **error);
  void (*clear_options) (gpointer own);
};

extern const JudgeCommand judge_command_2afc;
extern const JudgeCommand judge_command_flaws;
extern const JudgeCommand judge_command_jnd;
extern const JudgeCommand judge_command_mos;
extern const JudgeCommand judge_command_fit;
extern const JudgeCommand judge_command_study;

G_END_DECLS

#endif /* JUDGE_COMMAND_H */
