/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a subcommand of perceptual-tune is, and what it finds when it runs.
 *
 * To add one: a file with a const TuneCommand, an extern line at the end of
 * this header, a row in main.c's table, the file in meson.build.
 */
#ifndef TUNE_COMMAND_H
#define TUNE_COMMAND_H

#include "tune/encoding.h"
#include "tune/store/store.h"
#include "tune/arithmetic/windows.h"

#include "console/terminal.h"
#include "measure/remote.h"
#include "measure/settings.h"
#include "perceptual.h"

G_BEGIN_DECLS

/* Exit codes; users rely on them. */
enum
{
  TUNE_EXIT_DONE = 0,
  TUNE_EXIT_ERROR = 1,
  TUNE_EXIT_USAGE = 2,
  TUNE_EXIT_MISSED = 3,
};

/* The form of the result on standard output. */
typedef enum
{
  TUNE_FORMAT_TEXT,
  TUNE_FORMAT_JSON,
  TUNE_FORMAT_CSV,
} TuneFormat;

/**
 * TuneOffers:
 * @TUNE_OFFERS_ENCODERS: --encoder, --command (both repeatable), --value
 * @TUNE_OFFERS_METRIC: --metric and what else says how pairs are measured
 * @TUNE_OFFERS_PROBES: --windows, --side-by-side, --jobs, --memory, --temp,
 *   --keep, --probe-timeout
 * @TUNE_OFFERS_DATABASE: --database; the store is open when the command runs
 * @TUNE_OFFERS_FORMAT: --format
 * @TUNE_OFFERS_REPORT: --report
 * @TUNE_OFFERS_CSV: --format takes csv too
 * @TUNE_OFFERS_WINDOWS: --windows, without the others of TUNE_OFFERS_PROBES
 *
 * Which of the shared options a subcommand takes.  It always has --quiet and
 * --help.
 */
typedef enum
{
  TUNE_OFFERS_ENCODERS = 1 << 0,
  TUNE_OFFERS_METRIC = 1 << 1,
  TUNE_OFFERS_PROBES = 1 << 2,
  TUNE_OFFERS_DATABASE = 1 << 3,
  TUNE_OFFERS_FORMAT = 1 << 4,
  TUNE_OFFERS_REPORT = 1 << 5,
  TUNE_OFFERS_CSV = 1 << 6,
  TUNE_OFFERS_WINDOWS = 1 << 7,
} TuneOffers;

/**
 * TuneOptions:
 * @encodings: (element-type TuneEncoding): by --encoder and --command, in
 *   order; their values are those of --value
 * @range: of --value; see @has_range
 * @has_range: whether --value was given
 * @settings: (element-type utf8 utf8): as TuneJob.settings; "metric" is there
 * @metric: of the library
 * @windows: of --windows
 * @side_by_side: candidates in one pass, at least 1; default 1
 * @jobs: passes at once, at least 1; default 1
 * @memory: bytes of raw frames that may wait for an encoder
 * @temp: (nullable): folder for files of probes
 * @keep: (nullable): folder where every encode is kept
 * @timeout_s: within which a probe has to be done, 0 for a limit that goes by
 *   the length of what is encoded
 * @database: the file; with TUNE_OFFERS_DATABASE never NULL
 * @report: (nullable): name of an HTML file
 * @format: of the result
 * @quiet: no progress on standard error
 * @arguments: what remains on the command line, NULL-terminated; their number
 *   is within the command's bounds
 *
 * The shared options; those that a command does not offer have their defaults.
 */
typedef struct
{
  GPtrArray *encodings;
  TuneRange range;
  gboolean has_range;
  GHashTable *settings;
  const PerceptualMetricInfo *metric;
  TuneWindowing windows;
  guint side_by_side;
  guint jobs;
  guint64 memory;
  gchar *temp;
  gchar *keep;
  gdouble timeout_s;
  gchar *database;
  gchar *report;
  TuneFormat format;
  gboolean quiet;
  gchar **arguments;
} TuneOptions;

typedef struct _TuneCommand TuneCommand;

/**
 * TuneSession:
 * @command: the one that runs
 * @options: the command line
 * @console: standard error
 * @measuring: for use by measuring.c
 * @remote: (nullable): looks at files; with TUNE_OFFERS_PROBES or _WINDOWS
 * @store: (nullable): with TUNE_OFFERS_DATABASE
 * @interrupted: becomes TRUE when the user wants to stop
 * @own: TuneCommand.own_size zeroed bytes for the command's own options
 * @help: of the options; for use by options.c
 * @code: what the program ends with when TuneCommand.run returns TRUE
 *
 * What a command finds when it runs.  Everything belongs to the caller.
 */
typedef struct
{
  const TuneCommand *command;
  TuneOptions options;
  Console console;
  MeasureSettings measuring;
  MeasureRemote *remote;
  TuneStore *store;
  gboolean interrupted;
  gpointer own;
  GArray *help;
  int code;
} TuneSession;

/**
 * TuneCommand:
 * @name: what users type
 * @arguments: what follows the options, for the usage line: "CLIP"
 * @min_arguments: fewest of them
 * @max_arguments: most of them; G_MAXUINT for any number
 * @blurb: half a sentence for the table of subcommands
 * @help: what it does and examples, for its own --help
 * @unit: what the progress counts, in the plural: "probes"
 * @offers: TuneOffers
 * @own_size: bytes of the command's own options
 * @add_options: (nullable): adds the command's own options by
 *   tune_options_add(), with arg_data pointing into @session's own; called
 *   before the shared options are added, so they come first in the help.  Sets
 *   defaults there too
 * @check_options: (nullable): looks at @session's options before it runs.
 *   Returns: FALSE with @error of G_OPTION_ERROR set for wrong usage
 * @run: does the work and prints the result.  Returns: FALSE with @error set.
 *   Errors of G_OPTION_ERROR, PERCEPTUAL_ERROR_METRIC and _OPTION end the
 *   program with TUNE_EXIT_USAGE, all others with TUNE_EXIT_ERROR
 * @clear_options: (nullable): frees what @own's members point to
 *
 * One subcommand; const and static.
 */
struct _TuneCommand
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
  void (*add_options) (TuneSession *session, GOptionGroup *group);
  gboolean (*check_options) (TuneSession *session, GError **error);
  gboolean (*run) (TuneSession *session, GError **error);
  void (*clear_options) (gpointer own);
};

extern const TuneCommand tune_command_search;
extern const TuneCommand tune_command_grid;
extern const TuneCommand tune_command_bd;
extern const TuneCommand tune_command_ladder;
extern const TuneCommand tune_command_plan;
extern const TuneCommand tune_command_merge;
extern const TuneCommand tune_command_report;
extern const TuneCommand tune_command_list;
extern const TuneCommand tune_command_probe;

G_END_DECLS

#endif /* TUNE_COMMAND_H */
