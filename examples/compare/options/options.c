/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From argv to CompareOptions.  The options that measure come from the element
 * (measure/settings.h).
 */
#include "compare/options/options.h"
#include "compare/gates/checks.h"
#include "compare/options/metrics.h"
#include "measure/picture.h"
#include "measure/reader/rate.h"
#include "measure/reader/sequence.h"
#include "measure/value.h"

#include "console/duration.h"
#include "console/program-error.h"
#include "console/metric-tables.h"
#include "page/report-option.h"
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
    "  perceptual-compare --format csv originals/ encoded/\n"
    "  perceptual-compare --fps 24 original%04d.png encoded%04d.png\n"
    "  perceptual-compare --quiet --fail-above 0.1 photo.png photo.jpg\n"
    "  perceptual-compare --fail-below 'psnr.p5>32' original.mkv encoded.mp4\n"
    "\n"
    "Exit codes: 0 done, 1 error, 2 wrong usage, 3 a limit of --fail-above,\n"
    "--fail-below or --baseline is not met.";

/* --- callbacks of GOption ------------------------------------------------ */

static gboolean
take_format (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  static const gchar *const words[] = {
    [COMPARE_FORMAT_TEXT] = "text",
    [COMPARE_FORMAT_JSON] = "json",
    [COMPARE_FORMAT_MARKDOWN] = "markdown",
    [COMPARE_FORMAT_CSV] = "csv",
  };
  CompareOptions *self = user;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strcmp (text, words[i]) != 0)
      continue;
    self->format = i;
    return TRUE;
  }
  return measure_value_refuse (
      text, "format", "text, json, markdown, csv", error);
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

static gboolean
take_rate (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;

  self->has_rate = measure_rate_parse (text, &self->rate_n, &self->rate_d);
  return self->has_rate
      || measure_value_refuse (text, "fps", MEASURE_RATE_VALID, error);
}

static gboolean
take_worst (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  CompareOptions *self = user;

  self->has_worst = TRUE;
  return take_whole (text, 1, MOMENTS_MOST, &self->worst)
      || measure_value_refuse (text, "worst", "a number from 1 to 1000", error);
}

/* --- checks after parsing ------------------------------------------------ */

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

static guint
count_distorted (const CompareOptions *self)
{
  return self->pairs.distorted->len;
}

guint
compare_options_count_references (const CompareOptions *self)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < count_distorted (self); i++)
    g_hash_table_add (known, self->pairs.references->pdata[i]);
  return g_hash_table_size (known);
}

/* What @option writes is about one reference. */
static gboolean
check_one_reference (const CompareOptions *self, const gchar *option,
    const gchar *name, GError **error)
{
  guint n = compare_options_count_references (self);

  return n == 1 || strstr (name, "%d") != NULL
      || program_refuse (error,
          "%s is about one reference, and these pairs of files have %u: put "
          "%%d into the name %s, it becomes 1, 2, 3...",
          option, n, name);
}

/* A file called @name, written by @option, must not take the place of an
 * input. */
static gboolean
check_spares_inputs (const CompareOptions *self, const gchar *option,
    const gchar *name, GError **error)
{
  const GPtrArray *sides[] = { self->pairs.references, self->pairs.distorted };
  guint names = strstr (name, "%d") != NULL ? count_distorted (self) : 1;

  for (guint number = 1; number <= names; number++) {
    g_autofree gchar *written = number_name (name, number);

    for (guint i = 0; i < 2 * count_distorted (self); i++) {
      const gchar *input = sides[i % 2]->pdata[i / 2];

      if (is_same_file (written, input))
        return program_refuse (
            error, "%s %s would overwrite the input %s", option, name, input);
    }
  }
  return TRUE;
}

static gboolean
check_spares_log (const CompareOptions *self, GError **error)
{
  for (guint number = 1; number <= count_distorted (self); number++) {
    g_autofree gchar *log = number_name (self->log, number);
    g_autofree gchar *heatmap = number_name (self->heatmap, number);

    if (log != NULL
        && (strcmp (log, heatmap) == 0 || is_same_file (log, heatmap)))
      return program_refuse (error, "--heatmap %s would overwrite --log %s",
          self->heatmap, self->log);
  }
  return TRUE;
}

static gboolean
check_heatmap (const CompareOptions *self, GError **error)
{
  guint distorted = count_distorted (self);
  g_autofree gchar *image = measure_picture_endings (TRUE);
  g_autofree gchar *video = measure_picture_endings (FALSE);

  if (self->heatmap == NULL) {
    const MeasureSetting *setting =
        measure_settings_find_prefix (&self->settings, "heatmap-");

    return setting == NULL
        || ((self->report != NULL || self->worst_dir != NULL)
            && strcmp (setting->name, "heatmap-max") == 0)
        || program_refuse (error,
            "--%s says what a heat map looks like; name its file by --heatmap "
            "FILE",
            setting->name);
  }
  if (!measure_picture_fits (self->heatmap, TRUE)
      && !measure_picture_fits (self->heatmap, FALSE))
    return program_refuse (error,
        "--heatmap %s: the name must end in %s for images, in %s for videos",
        self->heatmap, image, video);
  if (distorted > 1 && strstr (self->heatmap, "%d") == NULL)
    return program_refuse (error,
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
      return program_refuse (error,
          "--%s says how to write a log; name its file by --log FILE",
          setting->name);
    if (is_event && !events && !(is_alert && self->report != NULL))
      return program_refuse (error,
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
  guint distorted = count_distorted (self);

  if (!check_needs_log (self, error))
    return FALSE;
  if (self->log == NULL)
    return TRUE;
  if (strcmp (self->log, "-") == 0) {
    if (distorted > 1 || self->format != COMPARE_FORMAT_TEXT || self->quiet)
      return program_refuse (error,
          "--log - puts the log on standard output in place "
          "of the report, so it goes with one distorted "
          "file and without --format json and --quiet");
    return TRUE;
  }
  if (distorted > 1 && strstr (self->log, "%d") == NULL)
    return program_refuse (error,
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
        || program_refuse (error,
            "--report-moments and --report-size say what is in a report; name "
            "its file by --report FILE");
  return page_report_option_check (self->report, error)
      && check_one_reference (self, "--report", self->report, error)
      && check_spares_inputs (self, "--report", self->report, error);
}

static gboolean
check_pictures (const CompareOptions *self, GError **error)
{
  if (self->has_worst && self->worst_dir == NULL)
    return program_refuse (error,
        "--worst %u says how many pictures are written; name a folder for them "
        "by --worst-dir DIR",
        self->worst);
  if (self->plot == NULL)
    return TRUE;
  if (!g_str_has_suffix (self->plot, ".png")
      && !g_str_has_suffix (self->plot, ".svg"))
    return program_refuse (
        error, "--plot %s: the name must end in .png or .svg", self->plot);
  return check_one_reference (self, "--plot", self->plot, error)
      && check_spares_inputs (self, "--plot", self->plot, error);
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
    return program_refuse (error,
        "--pair index pairs frames by their numbers, whatever their times; "
        "leave --align out");
  if (self->align == MEASURE_ALIGN_AUTO && by_hand)
    return program_refuse (error,
        "--align auto finds the offset by itself; leave it out, or --sync and "
        "--sync-offset");
  if (self->align == MEASURE_ALIGN_LEAVE && !by_index && !by_hand)
    self->align = MEASURE_ALIGN_AUTO;
  return TRUE;
}

/* A frame rate is of sequences of images alone. */
static gboolean
check_rate (const CompareOptions *self, GError **error)
{
  gboolean sequence = FALSE;

  for (guint i = 0; i < count_distorted (self); i++)
    sequence |= measure_sequence_is_named (self->pairs.references->pdata[i])
        || measure_sequence_is_named (self->pairs.distorted->pdata[i]);
  if (self->has_rate && !sequence)
    return program_refuse (error,
        "--fps is of sequences of images, such as frame%%04d.png; other files "
        "have times of their own");
  return TRUE;
}

static gboolean
check (CompareOptions *self, GError **error)
{
  compare_section_settle (&self->section);
  if (!compare_pairs_find (&self->pairs, self->files, self->list, error)
      || !compare_reading_check_pipes (&self->pairs, error)
      || !compare_crop_check (&self->crop, &self->settings, error)
      || !check_rate (self, error))
    return FALSE;
  return compare_metrics_gather (self, error)
      && compare_checks_prepare (self, error)
      && measure_settings_check_metrics (&self->settings, error) != NULL
      && measure_settings_check_choice (&self->settings, error)
      && check_align (self, error) && check_log (self, error)
      && check_heatmap (self, error) && check_report (self, error)
      && check_pictures (self, error);
}

/* --- help ---------------------------------------------------------------- */

static const gchar *const common[] = { "metric", "also", "format", "quiet",
  "log", "heatmap", "report", "threads", "list-metrics", "help", "version",
  NULL };
static const gchar *const files[] = { "pairs", "fps", "raw", "reference-raw",
  "distorted-raw", "align", "orientation", "deinterlace", "scaling", "crop",
  "reference-crop", "distorted-crop", "allow-hdr", "reference-colorimetry",
  "distorted-colorimetry", "stall", "allow-playlists", NULL };
static const gchar *const section[] = { "start", "duration", "frames",
  "reference-start", "distorted-start", NULL };
static const gchar *const gates[] = { "fail-above", "fail-below", "baseline",
  "baseline-tolerance", "junit", NULL };
static const gchar *const outputs[] = { "worst", "worst-dir", "plot",
  "report-moments", "report-size", "log-format", "log-max-bytes",
  "log-max-files", "log-max-time", "summary-interval", "heatmap-max",
  "heatmap-blend", "heatmap-legend", "heatmap-legend-below", "heatmap-zoom",
  NULL };
static const gchar *const alerts[] = { "alert-above", "alert-below",
  "alert-hysteresis", "alert-window", "alert-min-duration", "alert-frozen",
  "alert-black", NULL };
static const gchar *const metrics[] = { "backbone", "heads", "taps", "weights",
  "channel-norm", "comparison", "precision", "zero-mean", "seed", "features",
  "exact", "centred", "all-planes", "scale", NULL };
static const gchar *const pairing[] = { "pair", "tolerance", "sync",
  "sync-offset", "sync-window", "sync-duration", "missing-frames",
  "unequal-ends", "interval", "rate", "jitter", "measure", NULL };

static const HelpSection sections[] = {
  { "Common options", common },
  { "Which frames", section },
  { "Files", files },
  { "Limits", gates },
  { "Pairs", pairing },
  { "Results", outputs },
  { "Alerts", alerts },
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
        "How to print the report (default: text)", "text|json|markdown|csv" },
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
        "pictures of the worst moments; %d for the reference's number",
        "FILE" },
    { "report-moments", 0, 0, G_OPTION_ARG_CALLBACK, take_report_moments,
        "How many moments of all files the page shows at most (default: 6)",
        "N" },
    { "report-size", 0, 0, G_OPTION_ARG_CALLBACK, take_report_size,
        "Longest side of the page's pictures (default: 960)", "PIXELS" },
    { "worst", 0, 0, G_OPTION_ARG_CALLBACK, take_worst,
        "How many of the worst pairs are written to --worst-dir (default: 5)",
        "N" },
    { "worst-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->worst_dir,
        "Write pictures of the worst pairs to DIR: reference, distorted and "
        "heat map side by side",
        "DIR" },
    { "plot", 0, 0, G_OPTION_ARG_FILENAME, &self->plot,
        "Write a chart of the distance over time to FILE, which ends in .png "
        "or .svg; %d for the reference's number",
        "FILE" },
    { "pairs", 0, 0, G_OPTION_ARG_FILENAME, &self->list,
        "Compare the pairs of files that FILE lists, a CSV file with the "
        "columns reference and distorted",
        "FILE" },
    { "fps", 0, 0, G_OPTION_ARG_CALLBACK, take_rate,
        "Frames a second of sequences of images, named as in frame%04d.png or "
        "'frames/*.png' (default: 25)",
        "RATE" },
    { "stall", 0, 0, G_OPTION_ARG_CALLBACK, take_stall,
        "Give a file up when nothing comes of it for so long (default: 30s, or "
        "as soon as it is certain)",
        "TIME" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet,
        "Print nothing but the mean distances, one a line", NULL },
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

  *self = (CompareOptions){ .align = MEASURE_ALIGN_LEAVE,
    .report_moments = 6,
    .report_size = 960,
    .worst = 5,
    .rate_n = 25,
    .rate_d = 1 };
  measure_settings_init (&self->settings);
  self->settings.takes_frames = TRUE;
  compare_section_init (&self->section);
  g_option_context_set_summary (
      context, self->settings.element != NULL ? SUMMARY : lacking);
  g_option_context_set_description (context, examples);
  group = measure_settings_group (&self->settings);
  help_option_add (context, group, &help);
  help_option_add_answers (group, &self->answers);
  add_own_options (group, self);
  compare_section_add_options (group);
  compare_reading_add_options (group);
  compare_gates_add_options (&self->gates, group);
  compare_crop_add_options (group);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse (context, argc, argv, error)) {
    help_option_suggest (context, *error);
    return FALSE;
  }
  if (help)
    help_option_print (context, PROGRAM, sections);
  if (self->answers.version || self->answers.list_metrics)
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

gchar *
compare_options_report (const CompareOptions *self, guint number)
{
  return number_name (self->report, number);
}

gchar *
compare_options_plot (const CompareOptions *self, guint number)
{
  return number_name (self->plot, number);
}

void
compare_options_clear (CompareOptions *self)
{
  measure_settings_clear (&self->settings);
  compare_reading_clear (&self->reading);
  compare_gates_clear (&self->gates);
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->heatmap, g_free);
  g_clear_pointer (&self->report, g_free);
  g_clear_pointer (&self->worst_dir, g_free);
  g_clear_pointer (&self->plot, g_free);
  g_clear_pointer (&self->files, g_strfreev);
  g_clear_pointer (&self->list, g_free);
  compare_pairs_clear (&self->pairs);
}
