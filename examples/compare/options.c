/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From argv to CompareOptions.  The options that measure come from the element
 * (measure/settings.h).
 */
#include "compare/options.h"
#include "measure/picture.h"
#include "measure/value.h"

#include "console/duration.h"
#include "console/help-option.h"
#include "console/metric-tables.h"
#include "perceptual.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define PROGRAM "perceptual-compare"

#define SUMMARY                                                                \
  "Measures how different videos or images look from a reference.\n"           \
  "0 means identical, higher means more different."

/* The options that measure are the element's. */
static const gchar lacking[] = SUMMARY
    "\n\n"
    "GStreamer does not find the element perceptualdistance, so nothing can\n"
    "be measured, and most options are missing below.  Set GST_PLUGIN_PATH\n"
    "to the folder of libgstperceptual.so.";

static const gchar examples[] =
    "Examples:\n"
    "  perceptual-compare original.mkv encoded.mp4\n"
    "  perceptual-compare --also psnr,ssim original.mkv low.mp4 high.mp4\n"
    "  perceptual-compare --log frames.jsonl original.mkv encoded.mp4\n"
    "  perceptual-compare --report page.html original.mkv encoded.mp4\n"
    "  perceptual-compare --heatmap where.png photo.png photo.jpg\n"
    "  perceptual-compare --quiet --fail-above 0.1 photo.png photo.jpg\n"
    "\n"
    "Exit codes: 0 done, 1 error, 2 wrong usage, 3 a mean distance above\n"
    "--fail-above.";

/* --- callbacks of GOption ------------------------------------------------ */

static gboolean
take_format (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;

  if (strcmp (text, "text") == 0)
    self->format = COMPARE_FORMAT_TEXT;
  else if (strcmp (text, "json") == 0)
    self->format = COMPARE_FORMAT_JSON;
  else
    return measure_value_refuse (text, "format", "text, json", error);
  return TRUE;
}

static gboolean
take_align (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  static const gchar *const words[] = {
    [MEASURE_ALIGN_AUTO] = "auto",
    [MEASURE_ALIGN_START] = "start",
    [MEASURE_ALIGN_TIME] = "time",
  };
  CompareOptions *self = user;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (text, words[i]) != 0)
      continue;
    self->align = i;
    return TRUE;
  }
  return measure_value_refuse (text, "align", "auto, start, time", error);
}

static gboolean
take_orientation (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;

  self->ignore_orientation = strcmp (text, "ignore") == 0;
  return self->ignore_orientation || strcmp (text, "auto") == 0
      || measure_value_refuse (text, "orientation", "auto, ignore", error);
}

static gboolean
take_fail_above (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;
  gchar *end = NULL;

  self->fail_above = g_ascii_strtod (text, &end);
  self->has_fail_above = TRUE;
  if (end == text || *end != '\0' || !isfinite (self->fail_above)
      || self->fail_above < 0)
    return measure_value_refuse (
        text, "fail-above", "a distance of 0 or more", error);
  return TRUE;
}

/* What is shorter than a few looks would end what has not begun; a day is for
 * ever. */
#define STALL_LEAST DURATION_SECOND
#define STALL_MOST (86400 * DURATION_SECOND)

static gboolean
take_stall (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  static const DurationRule rule = { STALL_LEAST, STALL_MOST,
    DURATION_PLAIN_SECONDS, FALSE };
  CompareOptions *self = user;

  self->has_stall = TRUE;
  return duration_parse (text, "stall", &rule, &self->stall, error);
}

static gboolean
take_whole (const gchar *text, guint least, guint most, guint *number)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text, 10, least, most, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

/* More pictures than anyone looks at, in a page that no browser opens. */
#define MOMENTS_MOST 1000
#define SIZE_LEAST 64
#define SIZE_MOST 8192

static gboolean
take_report_moments (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;

  self->has_report_option = TRUE;
  return take_whole (text, 0, MOMENTS_MOST, &self->report_moments)
      || measure_value_refuse (
          text, "report-moments", "a number from 0 to 1000", error);
}

static gboolean
take_report_size (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;

  self->has_report_option = TRUE;
  return take_whole (text, SIZE_LEAST, SIZE_MOST, &self->report_size)
      || measure_value_refuse (
          text, "report-size", "pixels from 64 to 8192", error);
}

/* --- checks after parsing ------------------------------------------------ */

static gboolean
refuse (GError **error, const gchar *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (
        G_OPTION_ERROR, G_OPTION_ERROR_FAILED, format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
check_metrics (CompareOptions *self, GError **error)
{
  const PerceptualMetricInfo *info =
      measure_settings_check_metrics (&self->settings, error);

  if (info == NULL)
    return FALSE;
  self->metric = info->name;
  if (self->has_fail_above && (info->flags & PERCEPTUAL_METRIC_SIMILARITY))
    return refuse (error,
        "--fail-above works with distances, and %s is not one: its higher "
        "values mean more alike.  Choose another --metric and keep %s as a "
        "column by --also %s",
        info->name, info->name, info->name);
  return TRUE;
}

/* @input: a file's name or URI, as inspect.c reads it */
static gboolean
stat_input (const gchar *input, GStatBuf *status)
{
  g_autofree gchar *path = NULL;

  if (g_stat (input, status) == 0)
    return TRUE;
  path = g_filename_from_uri (input, NULL, NULL);
  return path != NULL && g_stat (path, status) == 0;
}

static gboolean
is_same_file (const gchar *written, const gchar *input)
{
  GStatBuf one, other;

  return g_stat (written, &one) == 0 && stat_input (input, &other)
      && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The name for the file of this @number: every %d becomes the number. */
static gchar *
number_name (const gchar *name, guint number)
{
  g_autofree gchar *digits = g_strdup_printf ("%u", number);
  g_auto (GStrv) parts = NULL;

  if (name == NULL)
    return NULL;
  parts = g_strsplit (name, "%d", -1);
  return g_strjoinv (digits, parts);
}

/* A file called @name, written by @option, must not take the place of an
 * input. */
static gboolean
check_spares_inputs (const CompareOptions *self, const gchar *option,
    const gchar *name, GError **error)
{
  for (guint number = 1; self->files[number] != NULL; number++) {
    g_autofree gchar *written = number_name (name, number);

    for (guint i = 0; self->files[i] != NULL; i++) {
      if (is_same_file (written, self->files[i]))
        return refuse (error, "%s %s would overwrite the input %s", option,
            name, self->files[i]);
    }
  }
  return TRUE;
}

static gboolean
check_spares_log (const CompareOptions *self, GError **error)
{
  for (guint number = 1; self->files[number] != NULL; number++) {
    g_autofree gchar *log = number_name (self->log, number);
    g_autofree gchar *heatmap = number_name (self->heatmap, number);

    if (log != NULL
        && (strcmp (log, heatmap) == 0 || is_same_file (log, heatmap)))
      return refuse (error, "--heatmap %s would overwrite --log %s",
          self->heatmap, self->log);
  }
  return TRUE;
}

static gboolean
check_heatmap (const CompareOptions *self, GError **error)
{
  guint distorted = g_strv_length (self->files) - 1;
  g_autofree gchar *image = measure_picture_endings (TRUE);
  g_autofree gchar *video = measure_picture_endings (FALSE);

  if (self->heatmap == NULL) {
    const MeasureSetting *setting =
        measure_settings_find_prefix (&self->settings, "heatmap-");

    return setting == NULL
        || (self->report != NULL && strcmp (setting->name, "heatmap-max") == 0)
        || refuse (error,
            "--%s says what a heat map looks like; name its file by --heatmap "
            "FILE",
            setting->name);
  }
  if (!measure_picture_fits (self->heatmap, TRUE)
      && !measure_picture_fits (self->heatmap, FALSE))
    return refuse (error,
        "--heatmap %s: the name must end in %s for images, in %s for videos",
        self->heatmap, image, video);
  if (distorted > 1 && strstr (self->heatmap, "%d") == NULL)
    return refuse (error,
        "%u distorted files need %u heat maps: put %%d into --heatmap %s, it "
        "becomes 1, 2, 3...",
        distorted, distorted, self->heatmap);
  return check_spares_inputs (self, "--heatmap", self->heatmap, error)
      && check_spares_log (self, error);
}

/* What is reported while measuring goes to the log, and is lost without one;
 * alerts are on the page too. */
static gboolean
check_needs_log (const CompareOptions *self, GError **error)
{
  const MeasureSetting *format =
      measure_settings_find (&self->settings, "log-format");
  gboolean events = self->log != NULL
      && (format == NULL || strcmp (format->text, "vmaf-json") != 0);

  for (guint i = 0; i < self->settings.set->len; i++) {
    const MeasureSetting *setting = self->settings.set->pdata[i];
    gboolean is_alert = g_str_has_prefix (setting->name, "alert-");
    gboolean is_event =
        is_alert || strcmp (setting->name, "summary-interval") == 0;

    if (self->log == NULL && g_str_has_prefix (setting->name, "log-"))
      return refuse (error,
          "--%s says how to write a log; name its file by --log FILE",
          setting->name);
    if (is_event && !events && !(is_alert && self->report != NULL))
      return refuse (error,
          "--%s writes to the log, as lines of --log-format "
          "jsonl or csv; name its file by --log FILE%s",
          setting->name,
          is_alert ? ", or mark it on the page of --report FILE" : "");
  }
  return TRUE;
}

static gboolean
check_log (const CompareOptions *self, GError **error)
{
  guint distorted = g_strv_length (self->files) - 1;

  if (!check_needs_log (self, error))
    return FALSE;
  if (self->log == NULL)
    return TRUE;
  if (strcmp (self->log, "-") == 0) {
    if (distorted > 1 || self->format == COMPARE_FORMAT_JSON || self->quiet)
      return refuse (error,
          "--log - puts the log on standard output in place "
          "of the report, so it goes with one distorted "
          "file and without --format json and --quiet");
    return TRUE;
  }
  if (distorted > 1 && strstr (self->log, "%d") == NULL)
    return refuse (error,
        "%u distorted files need %u logs: put %%d into --log %s, it becomes "
        "1, 2, 3...",
        distorted, distorted, self->log);
  return check_spares_inputs (self, "--log", self->log, error);
}

static gboolean
check_report (const CompareOptions *self, GError **error)
{
  if (self->report == NULL)
    return !self->has_report_option
        || refuse (error,
            "--report-moments and --report-size say what is in a report; name "
            "its file by --report FILE");
  if (!g_str_has_suffix (self->report, ".html"))
    return refuse (
        error, "--report %s: the name must end in .html", self->report);
  if (g_file_test (self->report, G_FILE_TEST_IS_DIR))
    return refuse (error, "--report %s: this is a folder; name a file in it",
        self->report);
  return check_spares_inputs (self, "--report", self->report, error);
}

/* Who says by how much, or looks for it by --sync, needs no --align. */
static gboolean
check_align (CompareOptions *self, GError **error)
{
  const MeasureSetting *pair = measure_settings_find (&self->settings, "pair");
  gboolean by_index = pair != NULL && strcmp (pair->text, "index") == 0;
  gboolean by_hand = measure_settings_find (&self->settings, "sync") != NULL
      || measure_settings_find (&self->settings, "sync-offset") != NULL;

  if (self->align != MEASURE_ALIGN_LEAVE && by_index)
    return refuse (error,
        "--pair index pairs frames by their numbers, whatever their times; "
        "leave --align out");
  if (self->align == MEASURE_ALIGN_AUTO && by_hand)
    return refuse (error,
        "--align auto finds the offset by itself; leave it out, or --sync and "
        "--sync-offset");
  if (self->align == MEASURE_ALIGN_LEAVE && !by_index && !by_hand)
    self->align = MEASURE_ALIGN_AUTO;
  return TRUE;
}

static gboolean
check (CompareOptions *self, GError **error)
{
  guint files = self->files != NULL ? g_strv_length (self->files) : 0;

  if (files < 2)
    return refuse (error,
        "%s; usage: perceptual-compare [OPTIONS] REFERENCE DISTORTED...",
        files == 0 ? "no files given" : "no distorted file given");
  compare_section_settle (&self->section);
  if (!compare_reading_check_pipes ((const gchar *const *) self->files, error)
      || !compare_crop_check (&self->crop, &self->settings, error))
    return FALSE;
  return check_metrics (self, error) && check_align (self, error)
      && check_log (self, error) && check_heatmap (self, error)
      && check_report (self, error);
}

/* --- help ---------------------------------------------------------------- */

static const gchar *const common[] = { "metric", "also", "format", "quiet",
  "log", "heatmap", "report", "fail-above", "threads", "list-metrics", "help",
  "version", NULL };
static const gchar *const files[] = { "start", "duration", "frames",
  "reference-start", "align", "orientation", "crop", "deinterlace", "scaling",
  "fps", "raw", "pairs", "stall", NULL };
static const gchar *const gates[] = { "fail-below", "baseline", "junit", NULL };
static const gchar *const outputs[] = { "worst", "worst-dir", "plot",
  "report-moments", "report-size", "log-format", "log-max-bytes",
  "log-max-files", "log-max-time", "heatmap-max", "heatmap-blend",
  "heatmap-legend", "heatmap-legend-below", "heatmap-zoom", NULL };
static const gchar *const metrics[] = { "backbone", "heads", "taps", "weights",
  "channel-norm", "comparison", "zero-mean", "seed", "features", "exact",
  "centred", "all-planes", NULL };
static const gchar *const pairing[] = { "pair", "tolerance", "sync",
  "sync-offset", "sync-window", "sync-duration", "missing-frames",
  "unequal-ends", "interval", "rate", "jitter", "measure", NULL };

static const HelpSection sections[] = {
  { "Common options", common },
  { "Which frames", files },
  { "Pairs", pairing },
  { "Results", outputs },
  { "Limits", gates },
  { "Options of metrics", metrics },
  { "More options", NULL },
  { NULL, NULL },
};

/* --- parsing ------------------------------------------------------------- */

static void
add_own_options (GOptionGroup *group, CompareOptions *self)
{
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_CALLBACK, take_format,
        "How to print the report (default: text)", "text|json" },
    { "align", 0, 0, G_OPTION_ARG_CALLBACK, take_align,
        "How frames of files that start at different times are brought "
        "together: by what they show, first frame to first frame, or by their "
        "times (default: auto)",
        "auto|start|time" },
    { "orientation", 0, 0, G_OPTION_ARG_CALLBACK, take_orientation,
        "Whether videos are turned as their files say before they are measured "
        "(default: auto)",
        "auto|ignore" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &self->log,
        "Write every pair's distance to FILE; - for standard output, %d for "
        "the distorted file's number",
        "FILE" },
    { "heatmap", 0, 0, G_OPTION_ARG_FILENAME, &self->heatmap,
        "Write where each pair differs to FILE: a .png for images, an .mkv, "
        ".mp4 or .webm for videos; %d for the distorted file's number",
        "FILE" },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &self->report,
        "Write a page to look at to FILE, which ends in .html: charts, and "
        "pictures of the worst moments",
        "FILE" },
    { "report-moments", 0, 0, G_OPTION_ARG_CALLBACK, take_report_moments,
        "How many moments of all files the page shows at most (default: 6)",
        "N" },
    { "report-size", 0, 0, G_OPTION_ARG_CALLBACK, take_report_size,
        "Longest side of the page's pictures (default: 960)", "PIXELS" },
    { "fail-above", 0, 0, G_OPTION_ARG_CALLBACK, take_fail_above,
        "Exit with 3 if a distorted file's mean distance is above X", "X" },
    { "stall", 0, 0, G_OPTION_ARG_CALLBACK, take_stall,
        "Give a file up when nothing comes of it for so long (default: 30, or "
        "as soon as it is certain)",
        "TIME" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet,
        "Print nothing but the mean distances, one a line", NULL },
    { "list-metrics", 0, 0, G_OPTION_ARG_NONE, &self->list_metrics,
        "Print the metrics and their options, and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version,
        "Print the version and exit", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL,
        "REFERENCE DISTORTED..." },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

gboolean
compare_options_parse (
    CompareOptions *self, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group;
  gboolean help;

  *self = (CompareOptions){
    .align = MEASURE_ALIGN_LEAVE, .report_moments = 6, .report_size = 960
  };
  measure_settings_init (&self->settings);
  self->settings.takes_frames = TRUE;
  compare_section_init (&self->section);
  g_option_context_set_summary (
      context, self->settings.element != NULL ? SUMMARY : lacking);
  g_option_context_set_description (context, examples);
  group = measure_settings_group (&self->settings);
  help_option_add (context, group, &help);
  add_own_options (group, self);
  compare_section_add_options (group);
  compare_reading_add_options (group);
  compare_crop_add_options (group);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse (context, argc, argv, error)) {
    help_option_suggest (context, *error);
    return FALSE;
  }
  if (help)
    help_option_print (context, PROGRAM, sections);
  if (self->version || self->list_metrics)
    return TRUE;
  return check (self, error);
}

gchar *
compare_options_log (const CompareOptions *self, guint number)
{
  return number_name (self->log, number);
}

gchar *
compare_options_heatmap (const CompareOptions *self, guint number)
{
  return number_name (self->heatmap, number);
}

void
compare_options_clear (CompareOptions *self)
{
  measure_settings_clear (&self->settings);
  compare_reading_clear (&self->reading);
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->heatmap, g_free);
  g_clear_pointer (&self->report, g_free);
  g_clear_pointer (&self->files, g_strfreev);
}
