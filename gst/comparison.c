/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measures rows of frames.  Knows neither how frames are paired nor how a
 * distance comes about, and nothing of pads.
 */
#include "comparison.h"

#include "frames.h"

/* One distorted stream. */
typedef struct
{
  gchar *pad;
  gboolean warned_colour;
  gboolean warned_interlaced;
} Stream;

struct _PerceptualComparison
{
  GstElement *element;
  const PerceptualConfig *config;
  PerceptualMeasure *measure;
  PerceptualReport *report;
  PerceptualFrames *frames;
  guint n;
  Stream *streams;
  PerceptualRecord *records; /* of the row in work, one for each stream */
};

PerceptualComparison *
perceptual_comparison_new (GstElement *element, const PerceptualConfig *config,
    PerceptualMeasure *measure, PerceptualReport *report,
    const gchar *const *pads)
{
  PerceptualComparison *self = g_new0 (PerceptualComparison, 1);

  self->element = element;
  self->config = config;
  self->measure = measure;
  self->report = report;
  self->n = g_strv_length ((gchar **) pads);
  self->frames =
      perceptual_frames_new (perceptual_measure_get_threads (measure), self->n);
  self->records = g_new0 (PerceptualRecord, self->n);
  self->streams = g_new0 (Stream, self->n);
  for (guint i = 0; i < self->n; i++)
    self->streams[i].pad = g_strdup (pads[i]);
  return self;
}

void
perceptual_comparison_free (PerceptualComparison *self)
{
  if (self == NULL)
    return;
  perceptual_frames_free (self->frames);
  for (guint i = 0; i < self->n; i++)
    g_free (self->streams[i].pad);
  g_free (self->streams);
  g_free (self->records);
  g_free (self);
}

/* --- may they be compared? ----------------------------------------------- */

static void
post_size_error (PerceptualComparison *self, const Stream *stream,
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  GST_ELEMENT_ERROR (self->element, CORE, NEGOTIATION,
      ("The reference is %dx%d but the distorted video is %dx%d",
          reference->info.width, reference->info.height, distorted->info.width,
          distorted->info.height),
      ("Set scaling=to-reference, or put a videoscale before one of the pads. "
       "ref_sink: %" GST_PTR_FORMAT "; %s: %" GST_PTR_FORMAT,
          reference->caps, stream->pad, distorted->caps));
}

static void
warn_about (PerceptualComparison *self, Stream *stream,
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  g_autofree gchar *difference = NULL;

  if (!stream->warned_interlaced
      && (GST_VIDEO_INFO_IS_INTERLACED (&reference->info)
          || GST_VIDEO_INFO_IS_INTERLACED (&distorted->info))) {
    stream->warned_interlaced = TRUE;
    GST_ELEMENT_WARNING (self->element, STREAM, FORMAT,
        ("Interlaced video is measured as whole frames"),
        ("Put a deinterlace before ref_sink and %s to measure what is shown.",
            stream->pad));
  }
  if (stream->warned_colour)
    return;
  difference = perceptual_formats_colour_difference (reference, distorted);
  if (difference == NULL)
    return;
  stream->warned_colour = TRUE;
  GST_ELEMENT_WARNING (self->element, STREAM, FORMAT,
      ("Reference and distorted video differ in how they code colour: %s",
          difference),
      ("Both are converted by their caps.  If those are wrong, so is the "
       "distance.  ref_sink: %" GST_PTR_FORMAT "; %s: %" GST_PTR_FORMAT,
          reference->caps, stream->pad, distorted->caps));
}

static gboolean
check (PerceptualComparison *self, guint stream,
    const PerceptualFormat *reference, const PerceptualFormat *distorted)
{
  if (self->config->scaling == PERCEPTUAL_SCALING_NONE
      && !perceptual_formats_same_size (reference, distorted)) {
    post_size_error (self, &self->streams[stream], reference, distorted);
    return FALSE;
  }
  warn_about (self, &self->streams[stream], reference, distorted);
  return perceptual_report_begin (self->report, stream, reference, distorted);
}

/* --- measuring ----------------------------------------------------------- */

static void
begin_record (PerceptualRecord *record, const PerceptualFrame *reference,
    const PerceptualMatch *match)
{
  const PerceptualFrame *distorted = match->distorted;
  GstClockTime pts = GST_BUFFER_PTS (reference->buffer);

  *record = (PerceptualRecord){
    .index = match->index,
    .reference_pts = pts,
    .distorted_pts = GST_BUFFER_PTS (distorted->buffer),
    .running_time = reference->running_time,
    .stream_time =
        gst_segment_to_stream_time (&reference->segment, GST_FORMAT_TIME, pts),
    .duration = reference->duration,
    .delta = match->delta,
  };
}

/* Measures those streams of @row that show the metrics the same reference as
 * stream @first, and marks them in @done. */
static gboolean
measure_alike (PerceptualComparison *self, const PerceptualRow *row,
    guint first, gboolean *done, GError **error)
{
  const PerceptualFrame *reference = row->reference;
  const PerceptualFrame *leader = row->matches[first].distorted;
  g_autofree GstBuffer **buffers = g_new0 (GstBuffer *, self->n);
  g_autofree const PerceptualFormat **formats =
      g_new0 (const PerceptualFormat *, self->n);
  g_autofree PerceptualRecord **records = g_new0 (PerceptualRecord *, self->n);
  g_autofree PerceptualImage *images = g_new0 (PerceptualImage, 1 + self->n);
  gboolean ok;
  guint n = 0;

  for (guint i = first; i < self->n; i++) {
    const PerceptualFrame *distorted = row->matches[i].distorted;

    if (distorted == NULL || done[i]
        || !perceptual_formats_share_reference (
            reference->format, leader->format, distorted->format))
      continue;
    buffers[i] = distorted->buffer;
    formats[i] = distorted->format;
    done[i] = TRUE;
  }
  if (!perceptual_frames_map (self->frames, reference->buffer,
          reference->format, buffers, formats, images, error))
    return FALSE;
  for (guint i = first; i < self->n; i++) {
    if (buffers[i] == NULL)
      continue;
    images[1 + n] = images[1 + i];
    records[n++] = &self->records[i];
  }
  ok = perceptual_measure_row (
      self->measure, &images[0], &images[1], n, records, error);
  perceptual_frames_unmap (self->frames);
  return ok;
}

gboolean
perceptual_comparison_measure (PerceptualComparison *self,
    const PerceptualRow *row, GstStructure **results)
{
  const PerceptualFrame *reference = row->reference;
  g_autofree gboolean *done = g_new0 (gboolean, self->n);
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  for (guint i = 0; i < self->n; i++) {
    const PerceptualFrame *distorted = row->matches[i].distorted;

    if (distorted == NULL)
      continue;
    if (!check (self, i, reference->format, distorted->format))
      return FALSE;
    begin_record (&self->records[i], reference, &row->matches[i]);
  }
  for (guint i = 0; i < self->n; i++) {
    if (row->matches[i].distorted != NULL && !done[i]
        && !measure_alike (self, row, i, done, &error)) {
      perceptual_report_library_error (self->element, error);
      return FALSE;
    }
  }
  for (guint i = 0; i < self->n; i++) {
    if (row->matches[i].distorted != NULL)
      ok &= perceptual_report_pair (self->report, i, &self->records[i],
          results != NULL ? &results[i] : NULL);
  }
  return ok;
}
