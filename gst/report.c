/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Records and summaries to the bus and to the log.  Knows the element as the
 * one who posts; nothing of pads, buffers and pairing.
 */
#include "report.h"

/* What is known about one distorted stream. */
typedef struct
{
  gchar *name;
  gboolean searched;   /* for its offset, */
  PerceptualSync sync; /* with this result */
  PerceptualSummary *summary;
  const gchar *luma; /* of the first pair */
  gboolean begun;    /* the header is out, a pair was measured */
  gboolean finished; /* the summary is out */
} Stream;

struct _PerceptualReport
{
  GstElement *element;
  const PerceptualConfig *config;
  const PerceptualMeasure *measure;
  PerceptualLog *log; /* NULL without one, and after it failed */
  guint n_streams;
  Stream *streams;
};

static void
log_failed (PerceptualReport *self, const GError *error)
{
  const gchar *advice = "Check log-location and the room left on the disk. "
                        "What was measured before stands in the messages.";

  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    GST_ELEMENT_ERROR (self->element, RESOURCE, NO_SPACE_LEFT,
        ("%s", error->message), ("%s", advice));
  else
    GST_ELEMENT_ERROR (
        self->element, RESOURCE, WRITE, ("%s", error->message), ("%s", advice));
}

/* Takes @fields. */
static gboolean
write_log (
    PerceptualReport *self, const gchar *type, const GstStructure *fields)
{
  g_autoptr (GError) error = NULL;

  if (self->log == NULL
      || perceptual_log_write (self->log, type, fields, &error))
    return TRUE;
  g_clear_pointer (&self->log, perceptual_log_free);
  log_failed (self, error);
  return FALSE;
}

PerceptualReport *
perceptual_report_new (GstElement *element, const PerceptualConfig *config,
    const PerceptualMeasure *measure, const gchar *const *names)
{
  PerceptualReport *self = g_new0 (PerceptualReport, 1);

  self->element = element;
  self->config = config;
  self->measure = measure;
  self->n_streams = g_strv_length ((gchar **) names);
  self->streams = g_new0 (Stream, self->n_streams);
  for (guint i = 0; i < self->n_streams; i++)
    self->streams[i].name = g_strdup (names[i]);
  if (config->log_location != NULL) {
    g_autoptr (GError) error = NULL;

    self->log =
        perceptual_log_open (config->log_location, config->log_format, &error);
    if (self->log == NULL) {
      GST_ELEMENT_ERROR (element, RESOURCE, OPEN_WRITE, ("%s", error->message),
          ("Set log-location to a path that can be written."));
      perceptual_report_free (self);
      return NULL;
    }
  }
  perceptual_report_restart (self);
  return self;
}

void
perceptual_report_free (PerceptualReport *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_streams; i++) {
    perceptual_summary_free (self->streams[i].summary);
    g_free (self->streams[i].name);
  }
  g_free (self->streams);
  perceptual_log_free (self->log);
  g_free (self);
}

void
perceptual_report_restart (PerceptualReport *self)
{
  for (guint i = 0; i < self->n_streams; i++) {
    Stream *stream = &self->streams[i];

    perceptual_summary_free (stream->summary);
    stream->summary =
        perceptual_summary_new (perceptual_measure_get_columns (self->measure));
    stream->luma = NULL;
    stream->begun = stream->finished = FALSE;
  }
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
}

static GstStructure *
make_header (const PerceptualReport *self, const Stream *stream,
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  const PerceptualConfig *config = self->config;
  const PerceptualColumns *columns =
      perceptual_measure_get_columns (self->measure);
  g_autofree gchar *gst = gst_version_string ();
  g_autofree gchar *converter = g_strdup_printf (
      "GstVideoConverter of %s: matrix and range by caps, transfer and "
      "primaries as coded",
      gst);
  gboolean wide = perceptual_formats_pixels (reference, distorted)
      == PERCEPTUAL_PIXELS_RGBX16;
  GstStructure *header;

  /* clang-format off: one field a line */
  header =
      gst_structure_new ("header", "schema", G_TYPE_UINT, PERCEPTUAL_LOG_SCHEMA,
          "library-version", G_TYPE_STRING, perceptual_version (), "kernels",
          G_TYPE_STRING, perceptual_kernels (), "stream", G_TYPE_STRING,
          stream->name, "metric", G_TYPE_STRING, columns->metric, NULL);
  perceptual_measure_describe (self->measure, header);
  describe_input (header, "reference", reference);
  describe_input (header, "distorted", distorted);
  gst_structure_set (header, "converter", G_TYPE_STRING, converter, "pixels",
      G_TYPE_STRING, wide ? "RGB, 16 bit" : "RGB, 8 bit", "luma", G_TYPE_STRING,
      stream->luma, "scaled", G_TYPE_BOOLEAN,
      !perceptual_formats_same_size (reference, distorted), "tolerance",
      G_TYPE_INT64, config->tolerance, "sync-offset", G_TYPE_INT64,
      config->sync_offset, NULL);
  /* clang-format on */
  if (stream->searched)
    perceptual_sync_describe (&stream->sync, header);
  return header;
}

gint64
perceptual_report_sync (
    PerceptualReport *self, guint n, const PerceptualOffset *found)
{
  Stream *stream = &self->streams[n];

  stream->sync = perceptual_sync_make (found, self->config->sync_offset);
  stream->searched = TRUE;
  perceptual_sync_post (&stream->sync, self->element, stream->name);
  return stream->sync.offset;
}

gboolean
perceptual_report_begin (PerceptualReport *self, guint n,
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  Stream *stream = &self->streams[n];
  g_autoptr (GstStructure) header = NULL;

  if (stream->begun)
    return TRUE;
  stream->begun = TRUE;
  stream->luma = perceptual_formats_luma (reference, distorted);
  if (self->log == NULL)
    return TRUE;
  header = make_header (self, stream, reference, distorted);
  return write_log (self, "header", header);
}

gboolean
perceptual_report_pair (PerceptualReport *self, guint n,
    PerceptualRecord *record, GstStructure **fields)
{
  const PerceptualColumns *columns =
      perceptual_measure_get_columns (self->measure);
  Stream *stream = &self->streams[n];
  GstStructure *structure;
  gboolean written;

  record->stream = stream->name;
  perceptual_summary_add (stream->summary, record);
  structure = perceptual_record_to_structure (record, columns);
  written = write_log (self, "distance", structure);
  if (fields != NULL)
    *fields = gst_structure_copy (structure);
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), structure));
  return written;
}

gboolean
perceptual_report_finish (PerceptualReport *self, guint n,
    const PerceptualTotals *totals, gboolean final)
{
  Stream *stream = &self->streams[n];
  GstStructure *fields;
  gboolean written;

  if (stream->finished || (!final && !stream->begun))
    return TRUE;
  stream->finished = TRUE;
  fields = perceptual_summary_to_structure (
      stream->summary, stream->name, totals, final);
  perceptual_measure_describe (self->measure, fields);
  if (stream->luma != NULL)
    gst_structure_set (fields, "luma", G_TYPE_STRING, stream->luma, NULL);
  if (stream->searched)
    perceptual_sync_describe (&stream->sync, fields);
  written = write_log (self, "summary", fields);
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element), fields));
  return written;
}

void
perceptual_report_library_error (GstElement *element, const GError *error)
{
  switch (error->code) {
    case PERCEPTUAL_ERROR_METRIC:
    case PERCEPTUAL_ERROR_OPTION:
      GST_ELEMENT_ERROR (
          element, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_WEIGHTS_NOT_FOUND:
      GST_ELEMENT_ERROR (
          element, RESOURCE, NOT_FOUND, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_WEIGHTS_INVALID:
      GST_ELEMENT_ERROR (
          element, RESOURCE, READ, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_NO_MEMORY:
    case PERCEPTUAL_ERROR_THREAD:
      GST_ELEMENT_ERROR (
          element, RESOURCE, NO_SPACE_LEFT, ("%s", error->message), (NULL));
      break;
    case PERCEPTUAL_ERROR_SIZE:
      GST_ELEMENT_ERROR (
          element, STREAM, FORMAT, ("%s", error->message), (NULL));
      break;
    default:
      GST_ELEMENT_ERROR (
          element, STREAM, FAILED, ("%s", error->message), (NULL));
  }
}
