/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From argv to MonitorOptions.  The options that measure come from the element
 * (measure/settings.h).
 */
#include "monitor/options.h"

#include "monitor/config-file.h"
#include "monitor/serve/address.h"
#include "monitor/serve/server.h"

#include "console/duration.h"
#include "console/program-error.h"
#include "console/help-option.h"
#include "measure/value.h"

#include <math.h>
#include <string.h>

#define PROGRAM "perceptual-monitor"

#define SUMMARY                                                                \
  "Watches how different a live stream looks from its reference, as long as\n" \
  "it runs: reconnects, raises alerts, and shows it all on a page."

static const gchar examples[] =
    "REFERENCE and DISTORTED are files or URIs: rtp://, udp://, srt://, "
    "rtsp://,\nhttps:// (HLS) and whatever else GStreamer reads.\n"
    "\n"
    "Examples:\n"
    "  perceptual-monitor srt://10.0.0.2:7002 srt://10.0.0.3:7003\n"
    "  perceptual-monitor --alert-above 0.05 --on-alert /usr/bin/page-me \\\n"
    "      rtp://0.0.0.0:5004 rtp://0.0.0.0:5006\n"
    "  perceptual-monitor srt://10.0.0.2:7002 \\\n"
    "      --encoder 'x264enc bitrate=2000 tune=zerolatency' \\\n"
    "      --encoder 'x265enc bitrate=1500 tune=zerolatency'\n"
    "\n"
    "Exit codes: 0 ended as asked, 1 error, 2 wrong usage.";

#define US_OF_NS 1000

/* --- callbacks of GOption ------------------------------------------------ */

static gboolean
take_time (const gchar *text, const gchar *option, gint64 least_ns,
    gint64 *usec, GError **error)
{
  const DurationRule rule = { .least = least_ns,
    .most = 366 * 24 * 3600 * DURATION_SECOND,
    .plain = DURATION_PLAIN_SECONDS };
  Duration duration;

  if (!duration_parse (text, option, &rule, &duration, error))
    return FALSE;
  *usec = duration.amount / US_OF_NS;
  return TRUE;
}

static gboolean
take_stall (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;

  return take_time (text, "stall", DURATION_SECOND / 2, &self->stall, error);
}

static gboolean
take_retry (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;
  g_auto (GStrv) parts = g_strsplit (text, "..", 2);
  const gchar *most = parts[0] != NULL && parts[1] != NULL ? parts[1] : text;

  if (parts[0] == NULL
      || !take_time (
          parts[0], "retry", 100 * DURATION_MS, &self->retry_least, error)
      || !take_time (
          most, "retry", 100 * DURATION_MS, &self->retry_most, error))
    return FALSE;
  return self->retry_least <= self->retry_most
      || measure_value_refuse (text, "retry",
          "the shortest wait and the longest, such as 1s..30s", error);
}

static gboolean
take_history (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;

  return take_time (text, "history", DURATION_SECOND, &self->history, error)
      && (self->history <= G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC
          || measure_value_refuse (
              text, "history", "a time of a day at most", error));
}

static gboolean
take_hook_timeout (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;

  return take_time (text, "hook-timeout", 100 * DURATION_MS,
             &self->hook_timeout, error)
      && (self->hook_timeout <= G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC
          || measure_value_refuse (
              text, "hook-timeout", "a time of an hour at most", error));
}

static gboolean
take_exit_after (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;

  return take_time (text, "exit-after", DURATION_MS, &self->exit_after, error);
}

static gboolean
take_thumbnails (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;
  guint64 size = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 0, 1920, &size, NULL)
      || (size > 0 && size < 16))
    return measure_value_refuse (
        text, "thumbnails", "0, or pixels from 16 to 1920", error);
  self->order.size = (guint) size;
  return TRUE;
}

static gboolean
take_unmatched (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;
  gchar *end = NULL;

  self->unmatched = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0'
      || !(self->unmatched >= 0 && self->unmatched <= 1))
    return measure_value_refuse (
        text, "alert-unmatched", "a share from 0 to 1", error);
  return TRUE;
}

static gboolean
take_on_alert (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  MonitorOptions *self = user;
  g_autoptr (GError) cause = NULL;

  g_clear_pointer (&self->on_alert, g_strfreev);
  if (g_shell_parse_argv (text, NULL, &self->on_alert, &cause))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "--on-alert %s: %s", text, cause->message);
  return FALSE;
}

static gboolean
take_launch (MonitorPlace *place, const gchar *text)
{
  g_free (place->text);
  *place = (MonitorPlace){ .text = g_strdup (text), .launch = TRUE };
  return TRUE;
}

static gboolean
take_reference_launch (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return take_launch (&((MonitorOptions *) user)->order.reference, text);
}

static gboolean
take_distorted_launch (
    const gchar *option, const gchar *text, gpointer user, GError **error)
{
  return take_launch (&((MonitorOptions *) user)->order.distorted, text);
}

/* --- checks after parsing ------------------------------------------------ */

/* The places that no description has come for are taken from the arguments. */
static gboolean
check_places (MonitorOptions *self, GError **error)
{
  MonitorOrder *order = &self->order;
  MonitorPlace *places[] = { &order->reference, &order->distorted };
  guint wanted = order->encoders != NULL ? 1 : 2;
  guint given = self->files != NULL ? g_strv_length (self->files) : 0;
  guint used = 0;

  if (order->encoders != NULL && order->distorted.text != NULL)
    return program_refuse (error,
        "--encoder makes the distorted streams; leave --distorted-launch out");
  for (guint i = 0; i < wanted; i++) {
    if (places[i]->text == NULL && used < given)
      places[i]->text = g_strdup (self->files[used++]);
    if (places[i]->text == NULL)
      return program_refuse (error,
          "no %s given; usage: perceptual-monitor [OPTIONS] %s",
          i == 0 ? "reference" : "distorted stream",
          wanted == 1 ? "SOURCE" : "REFERENCE DISTORTED");
  }
  if (used < given)
    return program_refuse (error, "%s is one too many", self->files[used]);
  return TRUE;
}

/* Encoders that are called alike are told apart by their numbers. */
static gchar *
make_label (gchar **encoders, guint number)
{
  guint alike = 0;

  for (guint i = 0; i < number; i++)
    alike += strcmp (encoders[i], encoders[number]) == 0 ? 1 : 0;
  return alike > 0 ? g_strdup_printf ("%s (%u)", encoders[number], alike + 1)
                   : g_strdup (encoders[number]);
}

static void
set_labels (MonitorOptions *self)
{
  gchar **encoders = self->order.encoders;
  guint n = monitor_order_count_streams (&self->order);

  self->labels = g_new0 (gchar *, n + 1);
  for (guint i = 0; i < n; i++)
    self->labels[i] =
        encoders != NULL ? make_label (encoders, i) : g_strdup ("");
}

/* Files have times of their own, and so has RTP as it is read here. */
static gboolean
keeps_times (const MonitorPlace *place)
{
  return !place->launch
      && (g_str_has_prefix (place->text, "file:")
          || g_str_has_prefix (place->text, "rtp:")
          || !gst_uri_is_valid (place->text));
}

/* Where nobody says how frames are brought together: encoders and decoders keep
 * times, inputs that keep their times keep their offset, others do not. */
static void
set_sync (MonitorOptions *self)
{
  const MonitorOrder *order = &self->order;
  guint typed = 0;

  for (guint i = 0; i < self->settings.set->len; i++) {
    const MeasureSetting *setting = self->settings.set->pdata[i];

    typed += strcmp (setting->name, "sync") == 0 ? 1 : 0;
  }
  if (typed > 1)
    return;
  if (order->encoders != NULL)
    measure_settings_set (&self->settings, "sync", "none", NULL);
  else if (keeps_times (&order->reference) && keeps_times (&order->distorted))
    measure_settings_set (&self->settings, "sync", "auto", NULL);
}

static gboolean
check_listen (MonitorOptions *self, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (self->listen == NULL)
    self->listen = g_strdup (MONITOR_DEFAULT_LISTEN);
  if (strcmp (self->listen, MONITOR_LISTEN_NONE) == 0)
    return TRUE;
  address = monitor_address_parse (self->listen, error);
  return address != NULL;
}

/* The element's log goes to the program, whose own log has the limits. */
static gboolean
take_log_settings (MonitorOptions *self, GError **error)
{
  GPtrArray *set = self->settings.set;

  for (guint i = 0; i < set->len;) {
    const MeasureSetting *setting = set->pdata[i];

    if (!g_str_has_prefix (setting->name, "log-")) {
      i++;
      continue;
    }
    if (strcmp (setting->name, "log-format") == 0
        && strcmp (setting->text, "jsonl") != 0)
      return program_refuse (error,
          "--log-format %s: the log of a monitor tells of connections and "
          "alerts, too, and is always jsonl",
          setting->text);
    if (self->log == NULL)
      return program_refuse (error,
          "--%s says how to write a log; name its file by --log FILE",
          setting->name);
    if (strcmp (setting->name, "log-max-bytes") == 0)
      self->limits.max_bytes = (guint64) g_value_get_int64 (&setting->value);
    else if (strcmp (setting->name, "log-max-time") == 0)
      self->limits.max_time = (guint64) g_value_get_int64 (&setting->value);
    else if (strcmp (setting->name, "log-max-files") == 0)
      self->limits.max_files = g_value_get_uint (&setting->value);
    g_ptr_array_remove_index (set, i);
  }
  return TRUE;
}

static gboolean
check (MonitorOptions *self, GError **error)
{
  const PerceptualMetricInfo *info =
      measure_settings_check_metrics (&self->settings, error);

  if (info == NULL || !measure_settings_check_choice (&self->settings, error)
      || !check_places (self, error) || !take_log_settings (self, error)
      || !check_listen (self, error))
    return FALSE;
  self->metric = info->name;
  set_labels (self);
  set_sync (self);
  if (self->name == NULL)
    self->name = g_strdup ("monitor");
  return TRUE;
}

/* --- parsing ------------------------------------------------------------- */

static void
add_own_options (GOptionGroup *group, MonitorOptions *self)
{
  const GOptionEntry entries[] = {
    { "reference-launch", 0, 0, G_OPTION_ARG_CALLBACK, take_reference_launch,
        "The reference as a description for gst-launch that ends in raw video",
        "TEXT" },
    { "distorted-launch", 0, 0, G_OPTION_ARG_CALLBACK, take_distorted_launch,
        "The distorted stream, likewise", "TEXT" },
    { "encoder", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->order.encoders,
        "Encode the only input by these elements of GStreamer, and measure "
        "what comes of it; may be given several times",
        "TEXT" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &self->name,
        "What the monitor is called, as a label of its series", "TEXT" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &self->listen,
        "Where the page and the series are (default: " MONITOR_DEFAULT_LISTEN
        ")",
        "ADDRESS:PORT|none" },
    { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->hosts,
        "A name of this machine by which browsers and Prometheus call it; may "
        "be given several times",
        "NAME" },
    { "stall", 0, 0, G_OPTION_ARG_CALLBACK, take_stall,
        "End a connection that gives no pair for so long (default: 5s)",
        "TIME" },
    { "retry", 0, 0, G_OPTION_ARG_CALLBACK, take_retry,
        "How long to wait before the next connection, at first and at most "
        "(default: 1s..30s)",
        "TIME..TIME" },
    { "history", 0, 0, G_OPTION_ARG_CALLBACK, take_history,
        "How much the page shows (default: 15min)", "TIME" },
    { "thumbnails", 0, 0, G_OPTION_ARG_CALLBACK, take_thumbnails,
        "Longest side of the pictures of the worst pair, 0 for none (default: "
        "480)",
        "PIXELS" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &self->log,
        "Write every pair, alert and connection to FILE, as JSON lines",
        "FILE" },
    { "alert-unmatched", 0, 0, G_OPTION_ARG_CALLBACK, take_unmatched,
        "Raise an alert when a larger share of the frames of ten seconds has "
        "no partner; 1 for never (default: 0.1)",
        "SHARE" },
    { "on-alert", 0, 0, G_OPTION_ARG_CALLBACK, take_on_alert,
        "Run CMD when an alert begins, and when it ends", "CMD" },
    { "hook-timeout", 0, 0, G_OPTION_ARG_CALLBACK, take_hook_timeout,
        "Kill the command of --on-alert when it takes longer (default: 10s)",
        "TIME" },
    { "exit-after", 0, 0, G_OPTION_ARG_CALLBACK, take_exit_after,
        "End by itself after this time", "TIME" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &self->config,
        "Read options from FILE, lines of name = value; those that are typed "
        "count more.  SIGHUP reads it again",
        "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL,
        "REFERENCE DISTORTED" },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (group, entries);
}

/* Returns: (transfer full): the value of the last --config that is typed. */
static gchar *
find_config (const gchar *const *argv)
{
  const gchar *found = NULL;

  for (guint i = 1; argv[i] != NULL && strcmp (argv[i], "--") != 0; i++) {
    if (g_str_has_prefix (argv[i], "--config="))
      found = argv[i] + strlen ("--config=");
    else if (strcmp (argv[i], "--config") == 0 && argv[i + 1] != NULL)
      found = argv[i + 1];
  }
  return g_strdup (found);
}

/* Returns: (transfer full): @program, what is in the file, what is typed. */
static gchar **
gather (const gchar *program, gchar **lines, const gchar *const *typed)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  g_strv_builder_add (all, program);
  if (lines != NULL)
    g_strv_builder_addv (all, (const gchar **) lines);
  g_strv_builder_addv (all, (const gchar **) typed);
  return g_strv_builder_end (all);
}

/* What differs from the element's own defaults. */
static void
set_defaults (MonitorOptions *self)
{
  static const gchar *const defaults[][2] = {
    { "measure", "real-time" },
    { "sync", "track" },
    { "alert-frozen", "true" },
    { "alert-black", "true" },
    { "summary-interval", "60s" },
  };

  *self = (MonitorOptions){
    .order = { .size = 480 },
    .stall = 5 * G_USEC_PER_SEC,
    .retry_least = G_USEC_PER_SEC,
    .retry_most = 30 * G_USEC_PER_SEC,
    .history = 15 * 60 * G_USEC_PER_SEC,
    .hook_timeout = 10 * G_USEC_PER_SEC,
    .unmatched = .1,
  };
  measure_settings_init (&self->settings);
  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++) {
    if (measure_settings_offers (&self->settings, defaults[i][0]))
      measure_settings_set (
          &self->settings, defaults[i][0], defaults[i][1], NULL);
  }
}

/* --- help ---------------------------------------------------------------- */

static const gchar *const common[] = { "name", "listen", "host", "log",
  "metric", "also", "threads", "config", "list-metrics", "help", "version",
  NULL };
static const gchar *const streams[] = { "reference-launch", "distorted-launch",
  "encoder", "stall", "retry", "history", "thumbnails", "exit-after", NULL };
static const gchar *const alerts[] = { "alert-above", "alert-below",
  "alert-hysteresis", "alert-window", "alert-min-duration", "alert-frozen",
  "alert-black", "alert-unmatched", "on-alert", "hook-timeout", NULL };
static const gchar *const pairing[] = { "measure", "interval", "rate", "jitter",
  "pair", "tolerance", "sync", "sync-offset", "sync-window", "sync-duration",
  "missing-frames", "unequal-ends", NULL };
static const gchar *const metrics[] = { "backbone", "heads", "taps", "weights",
  "channel-norm", "comparison", "precision", "zero-mean", "seed", "features",
  "exact", "centred", "all-planes", "scale", NULL };

static const gchar *const pictures[] = { "scaling", "reference-crop",
  "distorted-crop", "allow-hdr", "reference-colorimetry",
  "distorted-colorimetry", NULL };
static const gchar *const results[] = { "log-format", "log-max-bytes",
  "log-max-time", "log-max-files", "summary-interval", "heatmap-max",
  "heatmap-blend", "heatmap-legend", "heatmap-legend-below", "heatmap-zoom",
  NULL };

static const HelpSection sections[] = {
  { "Common options", common },
  { "Streams", streams },
  { "Alerts", alerts },
  { "Pairs", pairing },
  { "Pictures", pictures },
  { "Log and heat maps", results },
  { "Options of metrics", metrics },
  { "More options", NULL },
  { NULL, NULL },
};

/* --- parsing ------------------------------------------------------------- */

/* Fills @self, which is empty.  @help: (out): whether that was asked for.
 * Returns: the context. */
static GOptionContext *
parse (MonitorOptions *self, gchar **lines, const gchar *const *argv,
    gboolean *help, GError **error)
{
  GOptionContext *context = g_option_context_new (NULL);
  g_auto (GStrv) arguments = gather (argv[0], lines, argv + 1);
  GOptionGroup *group;

  set_defaults (self);
  g_option_context_set_summary (context, SUMMARY);
  g_option_context_set_description (context, examples);
  group = measure_settings_group (&self->settings);
  help_option_add (context, group, help);
  help_option_add_answers (group, &self->answers);
  add_own_options (group, self);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse_strv (context, &arguments, error))
    help_option_suggest (context, *error);
  return context;
}

/* Reads options just to learn what is wrong with them. */
static void
try_options (gchar **lines, const gchar *const *argv, GError **error)
{
  g_autoptr (GOptionContext) context = NULL;
  MonitorOptions options;
  gboolean help;

  context = parse (&options, lines, argv, &help, error);
  monitor_options_clear (&options);
}

/* Whether the file would be refused with nothing typed besides. */
static gboolean
is_wrong (gchar **lines, const gchar *program)
{
  const gchar *const alone[] = { program, NULL };
  g_autoptr (GError) error = NULL;

  try_options (lines, alone, &error);
  return error != NULL;
}

gboolean
monitor_options_parse (
    MonitorOptions *self, const gchar *const *argv, GError **error)
{
  g_autofree gchar *config = find_config (argv);
  g_autoptr (GOptionContext) context = NULL;
  g_auto (GStrv) lines = NULL;
  GError *reason = NULL;
  gboolean help;

  *self = (MonitorOptions){ 0 };
  if (config != NULL) {
    lines = monitor_config_file_read (config, error);
    if (lines == NULL)
      return FALSE;
  }
  context = parse (self, lines, argv, &help, &reason);
  if (reason != NULL) {
    if (lines != NULL && is_wrong (lines, argv[0]))
      g_prefix_error (&reason, "%s: ", config);
    g_propagate_error (error, reason);
    return FALSE;
  }
  if (help)
    help_option_print (context, PROGRAM, sections);
  if (self->answers.version || self->answers.list_metrics)
    return TRUE;
  return self->settings.element == NULL || check (self, error);
}

void
monitor_options_clear (MonitorOptions *self)
{
  measure_settings_clear (&self->settings);
  monitor_order_clear (&self->order);
  g_clear_pointer (&self->labels, g_strfreev);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->listen, g_free);
  g_clear_pointer (&self->hosts, g_strfreev);
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->on_alert, g_strfreev);
  g_clear_pointer (&self->config, g_free);
  g_clear_pointer (&self->files, g_strfreev);
}

/* GOption knows, and tells nobody but who types. */
gboolean
monitor_options_offer (const gchar *name)
{
  g_autofree gchar *typed = g_strconcat ("--", name, NULL);
  const gchar *const argv[] = { PROGRAM, typed, NULL };
  g_autoptr (GError) error = NULL;

  try_options (NULL, argv, &error);
  return !g_error_matches (
      error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION);
}
