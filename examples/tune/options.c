/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From argv to TuneOptions: the options that subcommands share, and those that
 * a subcommand adds.
 */
#include "tune/options.h"

#include "tune/measuring.h"
#include "tune/arithmetic/quantity.h"

#include "console/help-option.h"
#include "console/output-file.h"
#include "console/program-error.h"
#include "console/subcommand.h"
#include "measure/value.h"
#include "page/report-option.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "perceptual-tune"

#define MOST_TOGETHER 16
#define MOST_JOBS 256
#define DEFAULT_MEMORY (G_GUINT64_CONSTANT (1) << 30)

/* --- callbacks of GOption ------------------------------------------------ */

static gboolean
take_encoding (TuneSession *session, TuneEncoding *encoding)
{
  if (encoding == NULL)
    return FALSE;
  g_ptr_array_add (session->options.encodings, encoding);
  return TRUE;
}

static gboolean
take_encoder (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return take_encoding (user, tune_encoding_parse (text, error));
}

static gboolean
take_command (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return take_encoding (user, tune_encoding_parse_command (text, error));
}

static gboolean
take_value (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;

  session->options.has_range = TRUE;
  return tune_range_parse (&session->options.range, text, error);
}

static gboolean
take_windows (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;

  return tune_windowing_parse (&session->options.windows, text, error);
}

static gboolean
take_side_by_side (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;

  return tune_quantity_count (text, "side-by-side", 1, MOST_TOGETHER,
      &session->options.side_by_side, error);
}

static gboolean
take_jobs (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;

  return tune_quantity_count (
      text, "jobs", 1, MOST_JOBS, &session->options.jobs, error);
}

static gboolean
take_memory (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;

  return tune_quantity_size (text, "memory", &session->options.memory, error);
}

static gboolean
take_timeout (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;

  return tune_quantity_time (
      text, "probe-timeout", &session->options.timeout_s, error);
}

static gboolean
take_format (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  TuneSession *session = user;
  gboolean has_csv = (session->command->offers & TUNE_OFFERS_CSV) != 0;

  if (strcmp (text, "text") == 0)
    session->options.format = TUNE_FORMAT_TEXT;
  else if (strcmp (text, "json") == 0)
    session->options.format = TUNE_FORMAT_JSON;
  else if (strcmp (text, "csv") == 0 && has_csv)
    session->options.format = TUNE_FORMAT_CSV;
  else
    return measure_value_refuse (
        text, "format", has_csv ? "text, json, csv" : "text, json", error);
  return TRUE;
}

/* --- the table of options ------------------------------------------------ */

void
tune_options_add (TuneSession *session, GOptionGroup *group, GOptionEntry entry)
{
  const GOptionEntry entries[] = { entry, G_OPTION_ENTRY_NULL };

  g_option_group_add_entries (group, entries);
  if (entry.description != NULL)
    g_array_append_val (session->help, entry);
}

/* Adds @entry if the command offers @what. */
static void
offer (
    TuneSession *session, GOptionGroup *group, guint what, GOptionEntry entry)
{
  if (what == 0 || (session->command->offers & what) != 0)
    tune_options_add (session, group, entry);
}

static void
add_encoders (TuneSession *session, GOptionGroup *group)
{
  offer (session, group, TUNE_OFFERS_ENCODERS,
      (GOptionEntry){ "encoder", 'e', 0, G_OPTION_ARG_CALLBACK, take_encoder,
          "The encoder by its name (perceptual-tune list --encoders), with "
          "properties of its element after a colon: x264:speed-preset=slow; or "
          "a part of a gst-launch line that has {value} where the value goes",
          "NAME[:KEY=VALUE,...]" });
  offer (session, group, TUNE_OFFERS_ENCODERS,
      (GOptionEntry){ "command", 0, 0, G_OPTION_ARG_CALLBACK, take_command,
          "Encode by a program instead: words with {input} (a Y4M file of the "
          "frames), {output} and {value}.  There is no shell unless it is "
          "called: sh -c '...'",
          "LINE" });
  offer (session, group, TUNE_OFFERS_ENCODERS,
      (GOptionEntry){ "value", 0, 0, G_OPTION_ARG_CALLBACK, take_value,
          "The values that may be tried (default: all that the encoder takes)."
          "  For a gst-launch line or a command, the finest one comes first",
          "FIRST:LAST[:STEP]" });
}

static void
add_probes (TuneSession *session, GOptionGroup *group)
{
  TuneOptions *options = &session->options;

  offer (session, group, TUNE_OFFERS_PROBES | TUNE_OFFERS_WINDOWS,
      (GOptionEntry){ "windows", 0, 0, G_OPTION_ARG_CALLBACK, take_windows,
          "What of the clip is encoded for a probe: all of it, or N windows of "
          "such a length.  auto: all of clips of up to 60 s, else 16 "
          "windows or more of up to 3 s that are 3 % of it, 24 s to 120 s in "
          "all (default: auto)",
          "auto|whole|NxTIME" });
  offer (session, group, TUNE_OFFERS_PROBES,
      (GOptionEntry){ "side-by-side", 0, 0, G_OPTION_ARG_CALLBACK,
          take_side_by_side,
          "Encode up to N values at once against one decoded clip (default: 1)",
          "N" });
  offer (session, group, TUNE_OFFERS_PROBES,
      (GOptionEntry){ "jobs", 'j', 0, G_OPTION_ARG_CALLBACK, take_jobs,
          "Run up to N such passes at once, each in a process of its own "
          "(default: 1)",
          "N" });
  offer (session, group, TUNE_OFFERS_PROBES,
      (GOptionEntry){ "memory", 0, 0, G_OPTION_ARG_CALLBACK, take_memory,
          "How much room frames that wait for an encoder may take up in each "
          "pass (default: 1G)",
          "SIZE" });
  offer (session, group, TUNE_OFFERS_PROBES,
      (GOptionEntry){ "probe-timeout", 0, 0, G_OPTION_ARG_CALLBACK,
          take_timeout,
          "Give a pass up after so long (default: 10 min, and 4 min more for "
          "each second of video and value)",
          "TIME" });
  offer (session, group, TUNE_OFFERS_PROBES,
      (GOptionEntry){ "temp", 0, 0, G_OPTION_ARG_FILENAME, &options->temp,
          "Where files go that are only needed meanwhile (default: $TMPDIR)",
          "DIR" });
  offer (session, group, TUNE_OFFERS_PROBES,
      (GOptionEntry){ "keep", 0, 0, G_OPTION_ARG_FILENAME, &options->keep,
          "Keep every encode that is made, as a file in this folder", "DIR" });
}

static void
add_rest (TuneSession *session, GOptionGroup *group)
{
  TuneOptions *options = &session->options;

  offer (session, group, TUNE_OFFERS_DATABASE,
      (GOptionEntry){ "database", 0, 0, G_OPTION_ARG_FILENAME,
          &options->database,
          "Where all that is measured is kept, and what was measured before is "
          "found (default: gst-perceptual/tune.sqlite in $XDG_DATA_HOME)",
          "FILE" });
  offer (session, group, TUNE_OFFERS_REPORT,
      (GOptionEntry){ "report", 0, 0, G_OPTION_ARG_FILENAME, &options->report,
          "Write rate and distance as one page for a browser", "FILE.html" });
  offer (session, group, TUNE_OFFERS_FORMAT,
      (GOptionEntry){ "format", 0, 0, G_OPTION_ARG_CALLBACK, take_format,
          "How to print the result (default: text)",
          (session->command->offers & TUNE_OFFERS_CSV) != 0 ? "text|json|csv"
                                                            : "text|json" });
  offer (session, group, 0,
      (GOptionEntry){ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet,
          "No progress on standard error", NULL });
  offer (session, group, 0,
      (GOptionEntry){ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
          &options->arguments, NULL, session->command->arguments });
}

/* --- checks after parsing ------------------------------------------------ */

static gboolean
check_encodings (TuneSession *session, GError **error)
{
  TuneOptions *options = &session->options;

  for (guint i = 0; i < options->encodings->len; i++) {
    if (!tune_encoding_set_range (options->encodings->pdata[i],
            options->has_range ? &options->range : NULL, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
tune_options_check_file (const gchar *path, const gchar *option, GError **error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  gint fault;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)
      || g_file_test (path, G_FILE_TEST_IS_DIR))
    return measure_value_refuse (
        path, option, "a file in a folder that is there", error);
  fault = output_file_can (path);
  return fault == 0
      || program_refuse (error, "--%s %s cannot be written: %s", option, path,
          g_strerror (fault));
}

static gboolean
check_folders (const TuneOptions *options, GError **error)
{
  if (options->temp != NULL && !g_file_test (options->temp, G_FILE_TEST_IS_DIR))
    return measure_value_refuse (
        options->temp, "temp", "a folder that is there", error);
  if (options->keep != NULL && !g_file_test (options->keep, G_FILE_TEST_IS_DIR))
    return measure_value_refuse (
        options->keep, "keep", "a folder that is there", error);
  if (options->keep != NULL && g_access (options->keep, W_OK | X_OK) != 0)
    return program_refuse (error, "--keep %s cannot be written to: %s",
        options->keep, g_strerror (errno));
  return TRUE;
}

static gboolean
check (TuneSession *session, GError **error)
{
  TuneOptions *options = &session->options;
  const TuneCommand *command = session->command;

  if (options->database == NULL)
    options->database = g_build_filename (
        g_get_user_data_dir (), "gst-perceptual", "tune.sqlite", NULL);
  return subcommand_check_arguments (PROGRAM
             " COMMAND [OPTIONS] ..., see --help",
             command->name, options->arguments, command->min_arguments,
             command->max_arguments, error)
      && check_encodings (session, error) && check_folders (options, error)
      && page_report_option_check (options->report, error)
      && (options->report == NULL
          || tune_options_check_file (options->report, "report", error))
      && tune_measuring_check (session, error)
      && (command->check_options == NULL
          || command->check_options (session, error));
}

/* --- parsing ------------------------------------------------------------- */

static void
set_defaults (TuneSession *session)
{
  TuneOptions *options = &session->options;

  options->encodings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_encoding_free);
  options->settings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  options->windows = (TuneWindowing){ .seconds = 3 };
  options->side_by_side = 1;
  options->jobs = 1;
  options->memory = DEFAULT_MEMORY;
  session->help = g_array_new (FALSE, FALSE, sizeof (GOptionEntry));
}

gboolean
tune_options_parse (
    TuneSession *session, gchar ***argv, gboolean *help, GError **error)
{
  const TuneCommand *command = session->command;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group =
      g_option_group_new (command->name, NULL, NULL, session, NULL);

  set_defaults (session);
  help_option_add (context, group, help);
  add_encoders (session, group);
  if (command->add_options != NULL)
    command->add_options (session, group);
  tune_measuring_add (session, group);
  add_probes (session, group);
  add_rest (session, group);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse_strv (context, argv, error)) {
    help_option_suggest (context, *error);
    return FALSE;
  }
  return *help || check (session, error);
}

void
tune_options_clear (TuneSession *session)
{
  TuneOptions *options = &session->options;

  g_clear_pointer (&options->encodings, g_ptr_array_unref);
  g_clear_pointer (&options->settings, g_hash_table_unref);
  g_clear_pointer (&options->temp, g_free);
  g_clear_pointer (&options->keep, g_free);
  g_clear_pointer (&options->database, g_free);
  g_clear_pointer (&options->report, g_free);
  g_clear_pointer (&options->arguments, g_strfreev);
  tune_measuring_clear (session);
  if (session->own != NULL && session->command->clear_options != NULL)
    session->command->clear_options (session->own);
  g_clear_pointer (&session->own, g_free);
  g_clear_pointer (&session->help, g_array_unref);
}
