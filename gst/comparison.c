/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measures rows of frames: checks their formats, maps the images, runs the
 * metrics, reports.
 */
#include "comparison.h"

#include "admission.h"
#include "errors.h"
#include "frames/images.h"
#include "output/painter.h"
#include "measuring/misalignment.h"
#include "measuring/stillness.h"

/* One distorted stream. */
typedef struct
{
  gchar *pad;
  PerceptualPairFormat *formats; /* of its last pair */
  PerceptualSaid said;
  PerceptualStillness *stillness;
  PerceptualMisalignment *misalignment;
  PerceptualMisplaced misplaced; /* as of the row in work */
} Stream;

/* Of a row that waits to be measured with others. */
typedef struct
{
  PerceptualFrames *frames;
  PerceptualRecord record;
  PerceptualMisplaced misplaced;
  PerceptualTotals totals;
} Place;

struct _PerceptualComparison
{
  GstElement *element;
  const PerceptualConfig *config;
  PerceptualMetricSet *metrics;
  PerceptualReport *report;
  PerceptualFrames *frames;
  PerceptualPainter *painter; /* NULL unless heat maps go out */
  guint n;
  Stream *streams;
  PerceptualRecord *records; /* of the row in work, one for each stream */
  PerceptualThumbnail thumbnails[2]; /* of the pair in work */

  /* Rows that are held: their places, and what the library gets of them. */
  guint n_held;
  gboolean is_full;
  Place *places[PERCEPTUAL_MOST_HELD]; /* (nullable): made as needed */
  PerceptualImage references[PERCEPTUAL_MOST_HELD];
  PerceptualImage distorted[PERCEPTUAL_MOST_HELD];

  gint64 first_row; /* microseconds that measuring it took; 0 before it */
  gint working;     /* atomic: the metrics are at work */
  gboolean time_is_checked;
};

/* Above this, an exact metric is taken for a mistake if every pair of a video
 * is measured: for the whole video, or for one pair if its length is not
 * known. */
#define EXACT_MOST_SECONDS 600
#define EXACT_MOST_SECONDS_A_PAIR 1

/* Rows are measured in one go while their reference frames have no more pixels
 * than this for each thread, so that little is held, and a stop comes through
 * soon. */
#define MOST_PIXELS_HELD (1 << 17)

PerceptualComparison *
perceptual_comparison_new (GstElement *element, const PerceptualConfig *config,
    PerceptualMetricSet *metrics, PerceptualReport *report,
    const gchar *const *pads)
{
  PerceptualComparison *self = g_new0 (PerceptualComparison, 1);

  self->element = element;
  self->config = config;
  self->metrics = metrics;
  self->report = report;
  self->n = g_strv_length ((gchar **) pads);
  self->frames = perceptual_frames_new (
      perceptual_metric_set_get_workers (metrics), self->n);
  perceptual_frames_name_streams (self->frames, pads);
  /* A heat map is painted over pixels. */
  if (!perceptual_metric_set_reads_pixels (metrics)
      && config->output != PERCEPTUAL_OUTPUT_HEATMAP)
    perceptual_frames_prefer_planes (self->frames);
  if (config->output == PERCEPTUAL_OUTPUT_HEATMAP)
    self->painter = perceptual_painter_new (
        config, perceptual_metric_set_get_metric (metrics));
  self->records = g_new0 (PerceptualRecord, self->n);
  self->streams = g_new0 (Stream, self->n);
  for (guint i = 0; i < self->n; i++) {
    self->streams[i].pad = g_strdup (pads[i]);
    self->streams[i].stillness = perceptual_stillness_new ();
    self->streams[i].misalignment = perceptual_misalignment_new ();
  }
  return self;
}

void
perceptual_comparison_free (PerceptualComparison *self)
{
  if (self == NULL)
    return;
  perceptual_frames_free (self->frames);
  perceptual_painter_free (self->painter);
  for (guint i = 0; i < self->n; i++) {
    g_free (self->streams[i].pad);
    perceptual_pair_format_free (self->streams[i].formats);
    perceptual_stillness_free (self->streams[i].stillness);
    perceptual_misalignment_free (self->streams[i].misalignment);
  }
  for (guint i = 0; i < PERCEPTUAL_MOST_HELD; i++) {
    if (self->places[i] != NULL)
      perceptual_frames_free (self->places[i]->frames);
    g_free (self->places[i]);
  }
  g_free (self->streams);
  g_free (self->records);
  g_free (self);
}

void
perceptual_comparison_flush (PerceptualComparison *self)
{
  for (guint i = 0; i < self->n; i++) {
    perceptual_stillness_reset (self->streams[i].stillness);
    perceptual_misalignment_reset (self->streams[i].misalignment);
  }
}

/* --- may they be compared? ----------------------------------------------- */

/* Whether a pair of these formats may be measured; asked when one of them
 * changes. */
static gboolean
check_formats (PerceptualComparison *self, guint n, PerceptualFormat *reference,
    PerceptualFormat *distorted)
{
  Stream *stream = &self->streams[n];

  if (perceptual_pair_format_is_of (stream->formats, reference, distorted))
    return TRUE;
  perceptual_pair_format_free (stream->formats);
  stream->formats = perceptual_pair_format_new (reference, distorted);
  if (perceptual_report_is_of_rgb (self->report, n)
      && stream->formats->has_planes)
    perceptual_pair_format_leave_planes (
        stream->formats, "luma was of RGB before");
  if (perceptual_admit_pair (self->element, self->config, stream->pad,
          &stream->said, stream->formats))
    return TRUE;
  g_clear_pointer (&stream->formats, perceptual_pair_format_free);
  return FALSE;
}

/* Returns: frames that the reference has by its duration, 0 if not known. */
static guint64
count_frames (PerceptualComparison *self, const PerceptualFormat *reference)
{
  const GstVideoInfo *info = &reference->info;
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (self->element, "ref_sink");
  gint64 duration = 0;

  if (GST_VIDEO_INFO_FPS_N (info) <= 0
      || !gst_pad_peer_query_duration (pad, GST_FORMAT_TIME, &duration)
      || duration <= 0)
    return 0;
  return gst_util_uint64_scale ((guint64) duration,
      (guint64) GST_VIDEO_INFO_FPS_N (info),
      (guint64) GST_VIDEO_INFO_FPS_D (info) * GST_SECOND);
}

static gchar *
describe_time (gdouble seconds)
{
  if (seconds < 120)
    return g_strdup_printf ("%.0f seconds", seconds);
  if (seconds < 7200)
    return g_strdup_printf ("%.0f minutes", seconds / 60);
  return g_strdup_printf ("%.0f hours", seconds / 3600);
}

/* The exact forms are for images: a minute of video takes hours. */
static gboolean
check_time (PerceptualComparison *self, const PerceptualFormat *reference)
{
  gdouble seconds = (gdouble) self->first_row / G_USEC_PER_SEC;
  g_autofree gchar *text = NULL;
  guint64 frames;

  if (self->first_row == 0 || self->time_is_checked
      || self->config->interval > 1 || self->config->rate_n > 0
      || !perceptual_metric_set_is_exact (self->metrics))
    return TRUE;
  self->time_is_checked = TRUE;
  frames = count_frames (self, reference);
  if (frames > 0 ? seconds * (gdouble) frames < EXACT_MOST_SECONDS
                 : seconds < EXACT_MOST_SECONDS_A_PAIR)
    return TRUE;
  text = frames > 0 ? describe_time (seconds * (gdouble) frames) : NULL;
  GST_ELEMENT_ERROR (self->element, LIBRARY, SETTINGS,
      ("With exact=true each pair of this video takes about %.1f seconds%s%s, "
       "so it is not measured; leave exact off, or set interval or rate, so "
       "that few pairs are",
          seconds, text != NULL ? ", and all of it " : "",
          text != NULL ? text : ""),
      ("Or put a videocrop before both pads, to measure a region.  The first "
       "pair was measured."));
  return FALSE;
}

/* --- measuring ----------------------------------------------------------- */

static void
begin_record (PerceptualRecord *record, const PerceptualFrame *reference,
    const PerceptualMatch *match, gboolean followed)
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
    .followed = followed,
    .unsure = match->unsure,
  };
}

/* The time that a player shows the pair at, where there is one. */
static guint64
time_shown (const PerceptualRecord *record)
{
  return GST_CLOCK_TIME_IS_VALID (record->stream_time) ? record->stream_time
                                                       : record->running_time;
}

/* @distorted: the image that belongs to @record, of stream @n; the reference
 * was judged before */
static void
judge_picture (PerceptualComparison *self, const PerceptualImage *distorted,
    guint n, PerceptualRecord *record)
{
  PerceptualThumbnail *thumbnails = self->thumbnails;
  Stream *stream = &self->streams[n];
  PerceptualPicture picture;

  perceptual_thumbnail_take (&thumbnails[1], distorted, !distorted->full_range);
  picture = perceptual_stillness_judge (
      stream->stillness, &thumbnails[0], &thumbnails[1]);
  record->frozen = picture == PERCEPTUAL_PICTURE_FROZEN;
  record->black = picture == PERCEPTUAL_PICTURE_BLACK;
  stream->misplaced = perceptual_misalignment_add (stream->misalignment,
      record->index, time_shown (record), &thumbnails[0], &thumbnails[1]);
}

static void
judge_reference (PerceptualComparison *self, const PerceptualImage *reference)
{
  perceptual_thumbnail_take (
      &self->thumbnails[0], reference, !reference->full_range);
}

/* @images: the reference and @n distorted images, which belong to @records */
static void
judge_pictures (PerceptualComparison *self, const PerceptualImage *images,
    guint n, PerceptualRecord *const *records)
{
  judge_reference (self, &images[0]);
  for (guint i = 0; i < n; i++)
    judge_picture (
        self, &images[1 + i], (guint) (records[i] - self->records), records[i]);
}

/* Compares @images, and paints where the first distorted one differs if a
 * heat map is wanted. */
static gboolean
compare_images (PerceptualComparison *self, const PerceptualFrame *reference,
    const PerceptualImage *images, guint n, PerceptualRecord *const *records,
    PerceptualFrame **heatmap, GError **error)
{
  PerceptualResult result = { 0 };
  gboolean ok = perceptual_metric_set_row (self->metrics, &images[0],
      &images[1], n, records, heatmap != NULL ? &result : NULL, error);

  if (ok && heatmap != NULL) {
    *heatmap = perceptual_painter_paint (
        self->painter, reference, &images[0], &result, error);
    ok = *heatmap != NULL;
  }
  perceptual_result_clear (&result);
  return ok;
}

/* Measures those streams of @row that show the metrics the same reference as
 * stream @first, and marks them in @done. */
static gboolean
measure_alike (PerceptualComparison *self, const PerceptualRow *row,
    guint first, gboolean *done, PerceptualFrame **heatmap, GError **error)
{
  const PerceptualFrame *reference = row->reference;
  const PerceptualPairFormat *leader = self->streams[first].formats;
  g_autofree GstBuffer **buffers = g_new0 (GstBuffer *, self->n);
  g_autofree const PerceptualPairFormat **formats =
      g_new0 (const PerceptualPairFormat *, self->n);
  g_autofree PerceptualRecord **records = g_new0 (PerceptualRecord *, self->n);
  g_autofree PerceptualImage *images = g_new0 (PerceptualImage, 1 + self->n);
  gboolean ok;
  guint n = 0;

  for (guint i = first; i < self->n; i++) {
    const PerceptualFrame *distorted = row->matches[i].distorted;

    if (distorted == NULL || done[i]
        || !perceptual_pair_format_shares_reference (
            leader, self->streams[i].formats))
      continue;
    buffers[i] = distorted->buffer;
    formats[i] = self->streams[i].formats;
    done[i] = TRUE;
  }
  if (!perceptual_frames_map (
          self->frames, reference->buffer, buffers, formats, images, error))
    return FALSE;
  for (guint i = first; i < self->n; i++) {
    if (buffers[i] == NULL)
      continue;
    images[1 + n] = images[1 + i];
    records[n++] = &self->records[i];
  }
  ok = compare_images (self, reference, images, n, records,
      first == 0 && self->painter != NULL ? heatmap : NULL, error);
  judge_pictures (self, images, n, records);
  perceptual_frames_unmap (self->frames);
  return ok;
}

gboolean
perceptual_comparison_is_working (const PerceptualComparison *self)
{
  return g_atomic_int_get (&self->working);
}

gboolean
perceptual_comparison_is_cancelled (const PerceptualComparison *self)
{
  return perceptual_metric_set_is_cancelled (self->metrics);
}

/* Measures @row into the records. */
static gboolean
measure_row (PerceptualComparison *self, const PerceptualRow *row,
    PerceptualFrame **heatmap)
{
  g_autofree gboolean *done = g_new0 (gboolean, self->n);
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  g_atomic_int_set (&self->working, TRUE);
  for (guint i = 0; i < self->n && ok; i++) {
    if (row->matches[i].distorted != NULL && !done[i])
      ok = measure_alike (self, row, i, done, heatmap, &error);
  }
  g_atomic_int_set (&self->working, FALSE);
  if (!ok && !perceptual_metric_set_is_cancelled (self->metrics))
    perceptual_report_library_error (self->element, error);
  return ok;
}

gboolean
perceptual_comparison_measure (PerceptualComparison *self,
    const PerceptualRow *row, GstStructure **results, PerceptualFrame **heatmap)
{
  const PerceptualFrame *reference = row->reference;
  gboolean ok = TRUE;
  gint64 start;

  if (!check_time (self, reference->format))
    return FALSE;

  for (guint i = 0; i < self->n; i++) {
    const PerceptualFrame *distorted = row->matches[i].distorted;

    if (distorted == NULL)
      continue;
    if (!check_formats (self, i, reference->format, distorted->format)
        || !perceptual_report_begin (self->report, i, self->streams[i].formats))
      return FALSE;
    begin_record (&self->records[i], reference, &row->matches[i],
        self->config->sync == PERCEPTUAL_SYNC_TRACK);
  }
  /* A reader of the log or of the messages may keep the row waiting; that is
   * not the metric's time. */
  start = g_get_monotonic_time ();
  if (!measure_row (self, row, heatmap))
    return FALSE;
  if (self->first_row == 0)
    self->first_row = MAX (g_get_monotonic_time () - start, 1);
  for (guint i = 0; i < self->n; i++) {
    if (row->matches[i].distorted == NULL)
      continue;
    ok &= perceptual_report_pair (self->report, i, &self->records[i],
        results != NULL ? &results[i] : NULL);
    perceptual_report_misplaced (self->report, i, &self->streams[i].misplaced);
  }
  return ok;
}

/* --- rows that are measured in one go ------------------------------------ */

/* Returns: how many rows with a reference frame of @format are held at most */
static guint
count_room (const PerceptualComparison *self, const PerceptualFormat *format)
{
  guint threads = perceptual_workers_get_threads (
      perceptual_metric_set_get_workers (self->metrics));
  guint64 pixels = (guint64) format->info.width * (guint) format->info.height;

  return (guint) MIN ((guint64) MOST_PIXELS_HELD * threads / pixels,
      (guint64) PERCEPTUAL_MOST_HELD);
}

/* Whether @row is one to hold.  The first one of a format is not: it may have
 * to be refused; nor is one where changes of the offset are told. */
static gboolean
may_hold (const PerceptualComparison *self, const PerceptualRow *row)
{
  const PerceptualFormat *reference =
      ((const PerceptualFrame *) row->reference)->format;
  const PerceptualFrame *distorted = row->matches[0].distorted;

  return self->n == 1 && self->painter == NULL && !self->is_full
      && self->config->sync != PERCEPTUAL_SYNC_TRACK
      && count_room (self, reference) > 1
      && perceptual_report_has_begun (self->report, 0)
      && perceptual_pair_format_is_of (
          self->streams[0].formats, reference, distorted->format)
      && perceptual_metric_set_gains_from_many (self->metrics,
          (guint) reference->info.width, (guint) reference->info.height);
}

/* Frames are converted by this thread alone: there are many, and small. */
static Place *
place_at (PerceptualComparison *self, guint i)
{
  if (self->places[i] != NULL)
    return self->places[i];
  self->places[i] = g_new0 (Place, 1);
  self->places[i]->frames = perceptual_frames_new (NULL, 1);
  if (!perceptual_metric_set_reads_pixels (self->metrics))
    perceptual_frames_prefer_planes (self->places[i]->frames);
  return self->places[i];
}

/* What is wrong with a row that does not fit in is found where it is measured
 * alone. */
static gboolean
map_place (PerceptualComparison *self, const PerceptualRow *row, Place *place)
{
  const PerceptualFrame *reference = row->reference;
  const PerceptualFrame *distorted = row->matches[0].distorted;
  const PerceptualPairFormat *formats = self->streams[0].formats;
  PerceptualImage images[2];

  if (!perceptual_frames_map (place->frames, reference->buffer,
          (GstBuffer *[]){ distorted->buffer }, &formats, images, NULL))
    return FALSE;
  self->references[self->n_held] = images[0];
  self->distorted[self->n_held] = images[1];
  return TRUE;
}

gboolean
perceptual_comparison_hold (PerceptualComparison *self,
    const PerceptualRow *row, const PerceptualTotals *totals)
{
  const PerceptualFormat *format =
      ((const PerceptualFrame *) row->reference)->format;
  guint i = self->n_held;
  Place *place;

  if (!may_hold (self, row))
    return FALSE;
  place = place_at (self, i);
  if (!map_place (self, row, place))
    return FALSE;
  begin_record (&place->record, row->reference, &row->matches[0], FALSE);
  judge_reference (self, &self->references[i]);
  judge_picture (self, &self->distorted[i], 0, &place->record);
  place->misplaced = self->streams[0].misplaced;
  place->totals = *totals;
  self->n_held++;
  self->is_full = self->n_held == count_room (self, format);
  return TRUE;
}

gboolean
perceptual_comparison_is_full (const PerceptualComparison *self)
{
  return self->is_full;
}

/* Returns: how many of those held were measured; fewer than all with @error,
 * which is about the next one. */
static guint
measure_held (PerceptualComparison *self, GError **error)
{
  PerceptualRecord *records[PERCEPTUAL_MOST_HELD];
  guint n = 0;

  for (guint i = 0; i < self->n_held; i++)
    records[i] = &self->places[i]->record;
  if (self->n_held > 1
      && perceptual_metric_set_many (self->metrics, self->references,
          self->distorted, self->n_held, records, NULL))
    return self->n_held;
  while (n < self->n_held
      && perceptual_metric_set_row (self->metrics, &self->references[n],
          &self->distorted[n], 1, &records[n], NULL, error))
    n++;
  return n;
}

gboolean
perceptual_comparison_settle (
    PerceptualComparison *self, GstStructure **results)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;
  guint measured;

  g_atomic_int_set (&self->working, TRUE);
  measured = measure_held (self, &error);
  g_atomic_int_set (&self->working, FALSE);
  for (guint i = 0; i < self->n_held; i++)
    perceptual_frames_unmap (self->places[i]->frames);
  /* Summaries before the end tell of no later pair than this one. */
  for (guint i = 0; i < measured && ok; i++) {
    Place *place = self->places[i];

    perceptual_report_note_totals (self->report, 0, &place->totals);
    ok = perceptual_report_pair (self->report, 0, &place->record, &results[i]);
    perceptual_report_misplaced (self->report, 0, &place->misplaced);
  }
  self->n_held = 0;
  self->is_full = FALSE;
  if (error == NULL)
    return ok;
  if (!perceptual_metric_set_is_cancelled (self->metrics))
    perceptual_report_library_error (self->element, error);
  return FALSE;
}
