/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sends records and summaries to the bus and to the log.
 */
#include "report/report.h"

#include "errors.h"
#include "upstream.h"
#include "report/alert.h"
#include "report/misaligned.h"

/* What may change in a run. */
typedef struct
{
  PerceptualAlertSettings alerts;
  guint64 summary_interval;
} Settings;

/* What is known about one distorted stream. */
typedef struct
{
  gchar *name;
  gint64 offset;       /* ns added to its running times, but for the search's */
  GstStructure *notes; /* (nullable): what its user adds */
  PerceptualAlerts *alerts;
  PerceptualColumns columns; /* as they are called here */
  gboolean begun;            /* the header is out, a pair was measured */
  gboolean warned;           /* of misaligned pairs */
  gboolean warned_of_offset; /* that it is not known */

  /* Protected by the report's lock. */
  guint change;                /* the one that it has taken up */
  gboolean searched;           /* for its offset, */
  PerceptualSync sync;         /* with this result */
  gboolean followed;           /* is its offset, */
  PerceptualTracking tracking; /* which was so last */
  PerceptualSummary *summary;
  PerceptualTotals totals;  /* as noted last */
  PerceptualTotals settled; /* as they were at the last pair */
  guint width, height;      /* of the last pair; 0 before the first */
  const gchar *luma;        /* of the first pair */
  gchar *rgb_reason;        /* (nullable): why of RGB */
  gboolean luma_changed;    /* since, which was reported */
  gboolean finished;        /* the summary is out */
  gboolean final;           /* and what it says */
} Stream;

struct _PerceptualReport
{
  GstElement *element;
  const PerceptualConfig *config;
  const PerceptualMetricSet *metrics;
  GMutex log_lock;
  PerceptualLog *log; /* with that; NULL without one, and after it failed */
  gint leaving;       /* atomic: readers of the log are waited for no more */
  guint n_streams;
  Stream *streams;
  GMutex lock; /* for the above; not held while a message is posted */

  /* Protected by the lock. */
  Settings settings;
  guint change; /* counts changes of @settings */
};

static gboolean
write_log (
    PerceptualReport *self, const gchar *type, const GstStructure *fields)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_mutex_lock (&self->log_lock);
  ok = self->log == NULL
      || perceptual_log_write (self->log, type, fields, &error);
  if (!ok)
    g_clear_pointer (&self->log, perceptual_log_free);
  g_mutex_unlock (&self->log_lock);
  if (!ok)
    perceptual_report_log_write_error (self->element, error);
  return ok;
}

/* Writes and posts @fields, which are taken. */
static gboolean
say (PerceptualReport *self, const gchar *type, GstStructure *fields)
{
  gboolean written = write_log (self, type, fields);

  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), fields));
  return written;
}

static gboolean
open_log (PerceptualReport *self)
{
  const PerceptualConfig *config = self->config;
  const PerceptualLogLimits limits = {
    .max_bytes = (guint64) config->log_max_bytes,
    .max_time = (guint64) config->log_max_time,
    .max_files = config->log_max_files,
  };
  const PerceptualLogFormat *format =
      perceptual_log_formats[config->log_format];
  g_autoptr (GError) error = NULL;

  if (config->log_location == NULL)
    return TRUE;
  if (format->is_document && self->n_streams > 1) {
    GST_ELEMENT_ERROR (self->element, LIBRARY, SETTINGS,
        ("log-format=%s holds one distorted stream, there are %u", format->name,
            self->n_streams),
        ("Set log-format=jsonl or csv, which name the stream of each pair."));
    return FALSE;
  }
  self->log = perceptual_log_open (
      config->log_location, format, &limits, &self->leaving, &error);
  if (self->log != NULL)
    return TRUE;
  perceptual_report_log_open_error (self->element, error);
  return FALSE;
}

/* --- begin and end ------------------------------------------------------- */

static Settings
settings_of (const PerceptualConfig *config)
{
  return (Settings){
    .alerts = {
      .above = config->alert_above,
      .below = config->alert_below,
      .hysteresis = config->alert_hysteresis,
      .window = (guint64) config->alert_window,
      .min_duration = (guint64) config->alert_min_duration,
      .frozen = config->alert_frozen,
      .black = config->alert_black,
    },
    .summary_interval = (guint64) config->summary_interval,
  };
}

PerceptualReport *
perceptual_report_new (GstElement *element, const PerceptualConfig *config,
    const PerceptualMetricSet *metrics, const gchar *const *names)
{
  PerceptualReport *self = g_new0 (PerceptualReport, 1);
  const PerceptualColumns *columns =
      perceptual_metric_set_get_columns (metrics);

  g_mutex_init (&self->lock);
  g_mutex_init (&self->log_lock);
  self->element = element;
  self->config = config;
  self->settings = settings_of (config);
  self->metrics = metrics;
  self->n_streams = g_strv_length ((gchar **) names);
  self->streams = g_new0 (Stream, self->n_streams);
  for (guint i = 0; i < self->n_streams; i++) {
    self->streams[i].name = g_strdup (names[i]);
    self->streams[i].offset = config->sync_offset;
    self->streams[i].alerts = perceptual_alerts_new (
        &self->settings.alerts, perceptual_is_similarity (columns->metric));
  }
  perceptual_report_restart (self);
  if (!open_log (self))
    g_clear_pointer (&self, perceptual_report_free);
  return self;
}

void
perceptual_report_free (PerceptualReport *self)
{
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (self->log != NULL && !perceptual_log_close (self->log, &error))
    perceptual_report_log_write_error (self->element, error);
  for (guint i = 0; i < self->n_streams; i++) {
    perceptual_summary_free (self->streams[i].summary);
    perceptual_alerts_free (self->streams[i].alerts);
    g_clear_pointer (&self->streams[i].notes, gst_structure_free);
    g_free (self->streams[i].name);
    g_free (self->streams[i].rgb_reason);
  }
  g_free (self->streams);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->log_lock);
  g_free (self);
}

void
perceptual_report_leave (PerceptualReport *self)
{
  g_atomic_int_set (&self->leaving, TRUE);
}

void
perceptual_report_restart (PerceptualReport *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_streams; i++) {
    Stream *stream = &self->streams[i];

    perceptual_summary_free (stream->summary);
    stream->summary = perceptual_summary_new (
        perceptual_metric_set_get_columns (self->metrics),
        self->settings.summary_interval);
    stream->totals = stream->settled = (PerceptualTotals){ .skipped = 0 };
    stream->columns = *perceptual_metric_set_get_columns (self->metrics);
    stream->width = stream->height = 0;
    stream->luma = NULL;
    g_clear_pointer (&stream->rgb_reason, g_free);
    stream->begun = stream->warned = FALSE;
    stream->finished = stream->final = FALSE;
    stream->luma_changed = FALSE;
  }
  g_mutex_unlock (&self->lock);
}

void
perceptual_report_change (
    PerceptualReport *self, const PerceptualConfig *config)
{
  g_mutex_lock (&self->lock);
  self->settings = settings_of (config);
  self->change++;
  g_mutex_unlock (&self->lock);
}

void
perceptual_report_set_stream (
    PerceptualReport *self, guint n, gint64 offset, GstStructure *notes)
{
  Stream *stream = &self->streams[n];

  g_mutex_lock (&self->lock);
  stream->offset = offset;
  g_clear_pointer (&stream->notes, gst_structure_free);
  stream->notes = notes;
  g_mutex_unlock (&self->lock);
}

gboolean
perceptual_report_has_begun (const PerceptualReport *self, guint stream)
{
  return self->streams[stream].begun;
}

gboolean
perceptual_report_is_of_rgb (const PerceptualReport *self, guint stream)
{
  return self->streams[stream].begun
      && self->streams[stream].rgb_reason != NULL;
}

gboolean
perceptual_report_is_finished (const PerceptualReport *self)
{
  for (guint i = 0; i < self->n_streams; i++) {
    if (self->streams[i].finished)
      return TRUE;
  }
  return FALSE;
}

/* --- header -------------------------------------------------------------- */

/* The parts of the colorimetry that the stream does not tell. */
static void
describe_assumed (
    GstStructure *header, const gchar *side, const PerceptualFormat *format)
{
  const GstVideoColorimetry *said = &format->said;
  const struct
  {
    const gchar *name;
    gboolean assumed;
  } parts[] = {
    { "range", said->range == 0 },
    { "matrix", said->matrix == 0 },
    { "transfer", said->transfer == 0 },
    { "primaries", said->primaries == 0 },
  };
  g_autofree gchar *field = g_strconcat (side, "-colorimetry-assumed", NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (parts[i].assumed)
      g_string_append_printf (
          text, "%s%s", text->len > 0 ? "," : "", parts[i].name);
  }
  gst_structure_set (header, field, G_TYPE_STRING, text->str, NULL);
}

/* The part of its frames that is measured, where the user wants one. */
static void
describe_crop (
    GstStructure *header, const gchar *side, const PerceptualFormat *format)
{
  g_autofree gchar *field = g_strconcat (side, "-crop", NULL);
  g_autofree gchar *text = g_strdup_printf ("%dx%d+%u+%u", format->info.width,
      format->info.height, format->crop_x, format->crop_y);

  if (format->has_part)
    gst_structure_set (header, field, G_TYPE_STRING, text, NULL);
}

static void
describe_input (
    GstStructure *header, const gchar *side, const PerceptualFormat *format)
{
  g_autofree gchar *caps = gst_caps_to_string (format->caps);
  g_autofree gchar *colorimetry =
      gst_video_colorimetry_to_string (&format->info.colorimetry);
  g_autofree gchar *caps_field = g_strconcat (side, "-caps", NULL);
  g_autofree gchar *colour_field = g_strconcat (side, "-colorimetry", NULL);

  gst_structure_set (header, caps_field, G_TYPE_STRING, caps, colour_field,
      G_TYPE_STRING, colorimetry != NULL ? colorimetry : "unknown", NULL);
  describe_assumed (header, side, format);
  describe_crop (header, side, format);
}

static void
describe_metrics (
    const PerceptualReport *self, const Stream *stream, GstStructure *fields)
{
  perceptual_metric_set_describe (
      self->metrics, stream->width, stream->height, fields);
  perceptual_metric_set_describe_taps (
      self->metrics, &stream->columns, stream->rgb_reason != NULL, fields);
}

/* Why luma is not the streams' own. */
static void
describe_luma (const Stream *stream, GstStructure *fields)
{
  if (stream->rgb_reason != NULL)
    gst_structure_set (
        fields, "luma-reason", G_TYPE_STRING, stream->rgb_reason, NULL);
}

static gboolean
add_note (GQuark field, const GValue *value, gpointer structure)
{
  gst_structure_id_set_value (structure, field, value);
  return TRUE;
}

/* What is known about how the stream lies in time. */
static void
describe_alignment (const Stream *stream, GstStructure *structure)
{
  if (stream->searched)
    perceptual_sync_describe (&stream->sync, structure);
  if (stream->followed)
    perceptual_tracked_describe (&stream->tracking, structure);
  if (stream->notes != NULL)
    gst_structure_foreach (stream->notes, add_note, structure);
}

static GstStructure *
make_header (PerceptualReport *self, const Stream *stream,
    const PerceptualPairFormat *formats)
{
  const PerceptualConfig *config = self->config;
  g_autofree gchar *gst = gst_version_string ();
  g_autofree gchar *converter = g_strdup_printf (
      "exact: matrix, range and chroma-site by caps, primaries of the "
      "reference, transfer as coded; size and other layouts than Y'CbCr by "
      "GstVideoConverter of %s",
      gst);
  gboolean wide = formats->pixels == PERCEPTUAL_PIXELS_RGBX16;
  gboolean alpha = formats->reference_alpha || formats->distorted_alpha;
  GstStructure *header;

  /* One field a line. */
  /* clang-format off */
  header = gst_structure_new (PERCEPTUAL_MESSAGE_HEADER,
      "schema", G_TYPE_UINT, PERCEPTUAL_LOG_SCHEMA,
      "library-version", G_TYPE_STRING, perceptual_version (),
      "kernels", G_TYPE_STRING, perceptual_kernel_level (),
      "stream", G_TYPE_STRING, stream->name,
      "metric", G_TYPE_STRING, stream->columns.metric,
      NULL);
  if (perceptual_orc_fault () != NULL)
    gst_structure_set (
        header, "orc-fault", G_TYPE_STRING, perceptual_orc_fault (), NULL);
  describe_metrics (self, stream, header);
  describe_input (header, "reference", formats->reference);
  describe_input (header, "distorted", formats->distorted);
  gst_structure_set (header,
      "converter", G_TYPE_STRING, converter,
      "pixels", G_TYPE_STRING, wide ? "RGB, 16 bit" : "RGB, 8 bit",
      "luma", G_TYPE_STRING, stream->luma,
      "alpha", G_TYPE_STRING, alpha ? "ignored" : "none",
      "scaled", G_TYPE_BOOLEAN, formats->scaled,
      "tolerance", G_TYPE_INT64, config->tolerance,
      "sync-offset", G_TYPE_INT64, stream->offset,
      NULL);
  /* clang-format on */
  describe_luma (stream, header);
  if (config->pair == PERCEPTUAL_PAIR_INDEX)
    gst_structure_set (header, "pair", G_TYPE_STRING, "index", NULL);
  g_mutex_lock (&self->lock);
  describe_alignment (stream, header);
  g_mutex_unlock (&self->lock);
  return header;
}

gint64
perceptual_report_sync (PerceptualReport *self, guint n,
    PerceptualAlignmentWay way, const PerceptualAligned *aligned)
{
  Stream *stream = &self->streams[n];

  g_mutex_lock (&self->lock);
  stream->sync = perceptual_sync_make (way, aligned, stream->offset);
  stream->searched = TRUE;
  g_mutex_unlock (&self->lock);
  perceptual_sync_post (&stream->sync, self->element, stream->name);
  return stream->sync.offset;
}

gboolean
perceptual_report_follow (
    PerceptualReport *self, guint n, const PerceptualTracking *tracking)
{
  Stream *stream = &self->streams[n];
  gboolean ok;

  g_mutex_lock (&self->lock);
  stream->tracking = *tracking;
  stream->followed = TRUE;
  g_mutex_unlock (&self->lock);
  ok = say (
      self, "sync", perceptual_tracked_to_structure (tracking, stream->name));
  if (perceptual_tracked_is_bad (tracking) && !stream->warned_of_offset) {
    stream->warned_of_offset = TRUE;
    perceptual_tracked_warn (self->element, stream->name, tracking);
  }
  return ok;
}

static const gchar *
words_for (const gchar *luma)
{
  return g_str_equal (luma, "rgb") ? "RGB" : "the streams themselves";
}

/* Whether the numbers of a pair mean what they meant before, or else what is
 * said about them. */
static void
check_luma (
    PerceptualReport *self, Stream *stream, const PerceptualPairFormat *formats)
{
  if (stream->luma_changed || g_str_equal (stream->luma, formats->luma)
      || !perceptual_columns_have_luma (
          perceptual_metric_set_get_columns (self->metrics)))
    return;
  stream->luma_changed = TRUE;
  GST_ELEMENT_WARNING_WITH_DETAILS (self->element, STREAM, FORMAT,
      ("The format of the video changes: psnr, ssim and ms-ssim read luma of "
       "%s from here on, and read that of %s before",
          words_for (formats->luma), words_for (stream->luma)),
      ("The columns keep their names, and their statistics mix both."),
      ("pad", G_TYPE_STRING, stream->name, NULL));
}

static gchar *
file_of (const PerceptualReport *self, const gchar *pad_name)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->element, pad_name);

  return pad != NULL ? perceptual_upstream_file (pad) : NULL;
}

/* Notes the files that the streams come from, unless the user named them.  A
 * distorted stream that comes from the reference's was made in the pipeline. */
static void
note_files (PerceptualReport *self, Stream *stream)
{
  g_autofree gchar *reference = file_of (self, "ref_sink");
  g_autofree gchar *distorted = file_of (self, stream->name);

  g_mutex_lock (&self->lock);
  if (stream->notes == NULL)
    stream->notes = gst_structure_new_empty ("notes");
  if (!gst_structure_has_field (stream->notes, "reference")
      && !gst_structure_has_field (stream->notes, "distorted")) {
    if (reference != NULL)
      gst_structure_set (
          stream->notes, "reference", G_TYPE_STRING, reference, NULL);
    if (distorted != NULL && g_strcmp0 (reference, distorted) != 0)
      gst_structure_set (
          stream->notes, "distorted", G_TYPE_STRING, distorted, NULL);
  }
  g_mutex_unlock (&self->lock);
}

static void
note_size (
    PerceptualReport *self, Stream *stream, const PerceptualPairFormat *formats)
{
  const GstVideoInfo *info = &formats->reference->info;

  g_mutex_lock (&self->lock);
  stream->width = (guint) GST_VIDEO_INFO_WIDTH (info);
  stream->height = (guint) GST_VIDEO_INFO_HEIGHT (info);
  g_mutex_unlock (&self->lock);
}

gboolean
perceptual_report_begin (
    PerceptualReport *self, guint n, const PerceptualPairFormat *formats)
{
  Stream *stream = &self->streams[n];

  note_size (self, stream, formats);
  if (stream->begun) {
    check_luma (self, stream, formats);
    return TRUE;
  }
  stream->begun = TRUE;
  g_mutex_lock (&self->lock);
  stream->luma = formats->luma;
  stream->rgb_reason = g_strdup (formats->rgb_reason);
  if (formats->rgb_reason != NULL)
    stream->columns = perceptual_columns_of_rgb (&stream->columns);
  perceptual_summary_name (stream->summary, &stream->columns);
  g_mutex_unlock (&self->lock);
  note_files (self, stream);
  return say (self, "header", make_header (self, stream, formats));
}

/* --- alerts -------------------------------------------------------------- */

static gboolean
say_alerts (PerceptualReport *self, const Stream *stream,
    const PerceptualAlertEvent *events, guint n)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < n; i++)
    ok &= say (self, "alert",
        perceptual_alert_to_structure (
            &events[i], stream->name, &stream->columns));
  return ok;
}

static gboolean
end_alerts (PerceptualReport *self, const Stream *stream)
{
  guint n;
  const PerceptualAlertEvent *events =
      perceptual_alerts_end (stream->alerts, &n);

  return say_alerts (self, stream, events, n);
}

gboolean
perceptual_report_flush (PerceptualReport *self)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < self->n_streams; i++)
    ok &= end_alerts (self, &self->streams[i]);
  return ok;
}

/* --- pairs and summaries ------------------------------------------------- */

/* With the lock held. */
static GstStructure *
make_summary (PerceptualReport *self, const Stream *stream,
    const PerceptualTotals *totals)
{
  GstStructure *fields = perceptual_summary_to_structure (
      stream->summary, stream->name, totals, stream->final);

  describe_metrics (self, stream, fields);
  if (stream->luma != NULL)
    gst_structure_set (fields, "luma", G_TYPE_STRING, stream->luma, NULL);
  describe_luma (stream, fields);
  if (self->config->pair == PERCEPTUAL_PAIR_INDEX)
    gst_structure_set (fields, "pair", G_TYPE_STRING, "index", NULL);
  describe_alignment (stream, fields);
  return fields;
}

/* With the lock held.  A window ends where its length changes.  Returns:
 * (nullable): its summary */
static GstStructure *
take_up_change (
    PerceptualReport *self, Stream *stream, const PerceptualRecord *record)
{
  const Settings *settings = &self->settings;
  GstStructure *fields = NULL;

  perceptual_alerts_change (stream->alerts, &settings->alerts);
  stream->change = self->change;
  if (perceptual_summary_get_interval (stream->summary)
      == settings->summary_interval)
    return NULL;
  if (perceptual_summary_cut_window (stream->summary, record->running_time))
    fields = make_summary (self, stream, &stream->settled);
  perceptual_summary_set_interval (stream->summary, settings->summary_interval,
      record->running_time, &stream->settled);
  return fields;
}

/* Returns: (nullable): the summary of the window that ended before @record */
static GstStructure *
count_pair (
    PerceptualReport *self, Stream *stream, const PerceptualRecord *record)
{
  GstStructure *fields = NULL;

  g_mutex_lock (&self->lock);
  if (perceptual_summary_is_due (stream->summary, record->running_time)) {
    fields = make_summary (self, stream, &stream->settled);
    perceptual_summary_next_window (stream->summary, &stream->settled);
  }
  if (stream->change != self->change) {
    GstStructure *cut = take_up_change (self, stream, record);

    /* After a window that was due there is nothing to cut. */
    fields = fields != NULL ? fields : cut;
  }
  perceptual_summary_add (stream->summary, record);
  stream->settled = stream->totals;
  g_mutex_unlock (&self->lock);
  return fields;
}

gboolean
perceptual_report_pair (PerceptualReport *self, guint n,
    PerceptualRecord *record, GstStructure **fields)
{
  Stream *stream = &self->streams[n];
  GstStructure *structure = count_pair (self, stream, record);
  const PerceptualAlertEvent *events;
  gboolean ok = TRUE;
  guint n_events;

  if (structure != NULL)
    ok = say (self, "summary", structure);
  record->stream = stream->name;
  structure = perceptual_record_to_structure (record, &stream->columns);
  if (fields != NULL)
    *fields = gst_structure_copy (structure);
  ok &= say (self, "distance", structure);
  events = perceptual_alerts_add (stream->alerts, record, &n_events);
  return say_alerts (self, stream, events, n_events) && ok;
}

void
perceptual_report_misplaced (
    PerceptualReport *self, guint n, const PerceptualMisplaced *found)
{
  Stream *stream = &self->streams[n];
  gboolean followed;

  if (found->pairs == 0)
    return;
  g_mutex_lock (&self->lock);
  perceptual_summary_add_misaligned (stream->summary, found->pairs);
  followed = stream->totals.followed;
  g_mutex_unlock (&self->lock);
  if (!found->begins || stream->warned)
    return;
  stream->warned = TRUE;
  perceptual_misaligned_warn (self->element, stream->name, found, followed);
}

void
perceptual_report_note_totals (
    PerceptualReport *self, guint n, const PerceptualTotals *totals)
{
  g_mutex_lock (&self->lock);
  self->streams[n].totals = *totals;
  g_mutex_unlock (&self->lock);
}

/* Nothing more is measured: a failure, a stop or a seek may have come while
 * pairs were in work or in line for it, and these are counted nowhere else. */
static void
settle_skipped (Stream *stream)
{
  PerceptualTotals *totals = &stream->totals;
  guint64 known =
      perceptual_summary_get_measured (stream->summary) + totals->unselected;

  if (totals->counts.pairs > known)
    totals->skipped = totals->counts.pairs - known;
}

gboolean
perceptual_report_finish (PerceptualReport *self, guint n,
    const PerceptualTotals *totals, gboolean final)
{
  Stream *stream = &self->streams[n];
  GstStructure *fields;
  gboolean ok;

  if (stream->finished)
    return TRUE;
  ok = end_alerts (self, stream);
  g_mutex_lock (&self->lock);
  stream->totals = *totals;
  settle_skipped (stream);
  stream->finished = TRUE;
  stream->final = final;
  fields = make_summary (self, stream, &stream->totals);
  g_mutex_unlock (&self->lock);
  return say (self, "summary", fields) && ok;
}

GstStructure *
perceptual_report_get_summary (PerceptualReport *self, const gchar *name)
{
  GstStructure *fields = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_streams && fields == NULL; i++) {
    const Stream *stream = &self->streams[i];

    if (name == NULL || g_str_equal (name, stream->name))
      fields = make_summary (self, stream, &stream->totals);
  }
  g_mutex_unlock (&self->lock);
  return fields;
}
