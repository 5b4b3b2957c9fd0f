/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Collects pieces of timelines.  Frames are noted as they come to the element,
 * and struck out by the message of their pair; what is left before them had no
 * partner.
 */
#include "measure/recorder.h"

#include <string.h>

/* What a piece holds at most, so that it fits into a message. */
#define MOST_PAIRS 1000
#define MOST_MARKS 400
#define MOST_SECONDS 1000

typedef struct
{
  guint64 pts;
  gint64 begin; /* running time, in its own file */
  gint64 end;
} Frame;

typedef struct
{
  MeasureRecorder *recorder;
  guint input;
  gint64 offset;
  gboolean every;
  gboolean part;
  gboolean paired; /* there was a pair */
  MeasureTimeline *piece;
  GQueue reference; /* Frame: of the reference, that may become its partners */
  GQueue own;       /* Frame: its own */
} Input;

struct _MeasureRecorder
{
  MeasureRecorderFunc func;
  gpointer user;
  GMutex lock; /* for all below */
  guint n;
  Input *inputs;
};

MeasureRecorder *
measure_recorder_new (guint inputs, MeasureRecorderFunc func, gpointer user)
{
  MeasureRecorder *self = g_new0 (MeasureRecorder, 1);

  self->func = func;
  self->user = user;
  self->n = inputs;
  self->inputs = g_new0 (Input, inputs);
  for (guint i = 0; i < inputs; i++) {
    self->inputs[i].recorder = self;
    self->inputs[i].input = i;
    self->inputs[i].piece = measure_timeline_new ();
    g_queue_init (&self->inputs[i].reference);
    g_queue_init (&self->inputs[i].own);
  }
  g_mutex_init (&self->lock);
  return self;
}

void
measure_recorder_free (MeasureRecorder *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n; i++) {
    g_queue_clear_full (&self->inputs[i].reference, g_free);
    g_queue_clear_full (&self->inputs[i].own, g_free);
    measure_timeline_free (self->inputs[i].piece);
  }
  g_mutex_clear (&self->lock);
  g_free (self->inputs);
  g_free (self);
}

/* With the lock. */
static void
pass_on (Input *input)
{
  MeasureTimeline *piece = input->piece;
  gint64 shift = piece->shift;

  if (piece->pairs->len == 0 && piece->marks->len == 0
      && piece->seconds->len == 0 && piece->header == NULL)
    return;
  piece->offset = input->offset;
  input->recorder->func (input->input, piece, input->recorder->user);
  measure_timeline_clear (piece);
  piece->shift = shift;
}

static void
pass_on_if_full (Input *input)
{
  const MeasureTimeline *piece = input->piece;

  if (piece->pairs->len >= MOST_PAIRS || piece->marks->len >= MOST_MARKS
      || piece->seconds->len >= MOST_SECONDS)
    pass_on (input);
}

/* --- encoded bytes ------------------------------------------------------- */

static void
on_bytes (gint64 time, guint64 duration, gsize bytes, gpointer user)
{
  Input *input = user;
  MeasureTimeline *piece = input->piece;
  guint64 at = (guint64) MAX (time, 0);

  g_mutex_lock (&input->recorder->lock);
  measure_timeline_add_bytes (piece, at / GST_SECOND, bytes);
  piece->coded_begin = MIN (piece->coded_begin, at);
  piece->coded_end = GST_CLOCK_TIME_IS_VALID (piece->coded_end)
      ? MAX (piece->coded_end, at + duration)
      : at + duration;
  pass_on_if_full (input);
  g_mutex_unlock (&input->recorder->lock);
}

/* --- frames -------------------------------------------------------------- */

/* @join: what may lie between two such marks that are shown as one, ns */
static void
add_mark (Input *input, MeasureMarkKind kind, gint64 begin, gint64 end,
    guint64 count, guint64 join)
{
  const MeasureMark mark = { .kind = kind,
    .begin = (guint64) MAX (begin, 0),
    .end = (guint64) MAX (MAX (begin, end), 0),
    .count = count };

  measure_timeline_add_mark (input->piece, &mark, join);
  pass_on_if_full (input);
}

static void
lose_frame (Input *input, MeasureMarkKind kind, const Frame *frame)
{
  gint64 offset = kind == MEASURE_MARK_LOST_DISTORTED ? input->offset : 0;

  if (kind == MEASURE_MARK_LOST_DISTORTED && input->part && !input->paired)
    return;
  add_mark (input, kind, frame->begin + offset, frame->end + offset, 1,
      (guint64) (frame->end - frame->begin) / 2 + GST_MSECOND);
}

/* Strikes out the frames up to the one at @pts. */
static void
strike_out (Input *input, GQueue *frames, guint64 pts, MeasureMarkKind kind)
{
  gboolean known = FALSE;

  for (GList *link = frames->head; link != NULL && !known; link = link->next)
    known = ((const Frame *) link->data)->pts == pts;
  while (known) {
    g_autofree Frame *frame = g_queue_pop_head (frames);

    if (frame->pts == pts)
      return;
    lose_frame (input, kind, frame);
  }
}

static gboolean
time_of (GstPad *pad, GstClockTime pts, gint64 *time)
{
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  guint64 running;
  gint sign;

  if (event == NULL || !GST_CLOCK_TIME_IS_VALID (pts))
    return FALSE;
  gst_event_parse_segment (event, &segment);
  sign = gst_segment_to_running_time_full (
      segment, GST_FORMAT_TIME, pts, &running);
  *time = sign < 0 ? -(gint64) running : (gint64) running;
  return sign != 0;
}

static void
note_frame (Input *input, GstPad *pad, const GstBuffer *buffer)
{
  MeasureRecorder *self = input->recorder;
  Frame frame = { .pts = GST_BUFFER_PTS (buffer) };

  if (!time_of (pad, frame.pts, &frame.begin))
    return;
  frame.end = frame.begin;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    frame.end += (gint64) GST_BUFFER_DURATION (buffer);
  for (guint i = 1; i < self->n && input->input == 0; i++)
    g_queue_push_tail (
        &self->inputs[i].reference, g_memdup2 (&frame, sizeof frame));
  if (input->input > 0)
    g_queue_push_tail (&input->own, g_memdup2 (&frame, sizeof frame));
}

static void
note_gap (Input *input, GstPad *pad, GstEvent *event)
{
  GstClockTime pts, duration;
  gint64 begin;

  gst_event_parse_gap (event, &pts, &duration);
  if (!time_of (pad, pts, &begin))
    return;
  begin += input->offset;
  add_mark (input, MEASURE_MARK_GAP, begin,
      begin + (GST_CLOCK_TIME_IS_VALID (duration) ? (gint64) duration : 0), 1,
      0);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  Input *input = user;
  gboolean is_buffer =
      (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) != 0;

  g_mutex_lock (&input->recorder->lock);
  if (is_buffer && input->every)
    note_frame (input, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (!is_buffer
      && GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_GAP)
    note_gap (input, pad, GST_PAD_PROBE_INFO_EVENT (info));
  g_mutex_unlock (&input->recorder->lock);
  return GST_PAD_PROBE_OK;
}

void
measure_recorder_watch (MeasureRecorder *self, guint input,
    MeasureSource *source, GstPad *pad, gint64 offset, gboolean every,
    gboolean part)
{
  if (self == NULL)
    return;
  self->inputs[input].offset = offset;
  self->inputs[input].every = every;
  self->inputs[input].part = part;
  if (!part)
    measure_source_count_bytes (source, on_bytes, &self->inputs[input]);
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
      &self->inputs[input], NULL);
}

/* --- what the element posts ---------------------------------------------- */

static void
take_pair (Input *input, const GstStructure *fields)
{
  MeasureTimeline *piece = input->piece;
  MeasurePair pair = { .distance = 0 };
  guint64 running = 0;

  /* clang-format off */
  gst_structure_get (fields,
      "reference-pts", G_TYPE_UINT64, &pair.reference_pts,
      "distorted-pts", G_TYPE_UINT64, &pair.distorted_pts,
      "running-time", G_TYPE_UINT64, &running,
      "stream-time", G_TYPE_UINT64, &pair.time,
      "distance", G_TYPE_DOUBLE, &pair.distance,
      NULL);
  /* clang-format on */
  if (!GST_CLOCK_TIME_IS_VALID (pair.time))
    pair.time = running;
  piece->shift = (gint64) (pair.time - running);
  g_array_append_val (piece->pairs, pair);
  strike_out (input, &input->reference, pair.reference_pts,
      MEASURE_MARK_LOST_REFERENCE);
  strike_out (
      input, &input->own, pair.distorted_pts, MEASURE_MARK_LOST_DISTORTED);
  input->paired = TRUE;
  pass_on_if_full (input);
}

static void
take_alert (Input *input, const GstStructure *fields)
{
  static const struct
  {
    const gchar *name;
    MeasureMarkKind kind;
  } kinds[] = {
    { "above", MEASURE_MARK_ABOVE },
    { "below", MEASURE_MARK_BELOW },
    { "frozen", MEASURE_MARK_FROZEN },
    { "black", MEASURE_MARK_BLACK },
  };
  const gchar *kind = gst_structure_get_string (fields, "kind");
  guint64 since = 0, duration = 0, pairs = 0;

  if (g_strcmp0 (gst_structure_get_string (fields, "state"), "end") != 0)
    return;
  gst_structure_get (fields, "since", G_TYPE_UINT64, &since, "duration",
      G_TYPE_UINT64, &duration, "pairs", G_TYPE_UINT64, &pairs, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_strcmp0 (kind, kinds[i].name) == 0)
      add_mark (input, kinds[i].kind, (gint64) since,
          (gint64) (since + duration), pairs, 0);
  }
}

void
measure_recorder_take (
    MeasureRecorder *self, guint input, const GstStructure *fields)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  if (gst_structure_has_name (fields, "perceptual-distance"))
    take_pair (&self->inputs[input], fields);
  else if (gst_structure_has_name (fields, "perceptual-alert"))
    take_alert (&self->inputs[input], fields);
  else if (gst_structure_has_name (fields, "perceptual-sync"))
    gst_structure_get_int64 (fields, "offset", &self->inputs[input].offset);
  else if (gst_structure_has_name (fields, "perceptual-header")
      && self->inputs[input].piece->header == NULL)
    self->inputs[input].piece->header = gst_structure_copy (fields);
  g_mutex_unlock (&self->lock);
}

void
measure_recorder_end (MeasureRecorder *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  for (guint i = 1; i < self->n; i++) {
    Input *input = &self->inputs[i];
    Frame *frame;

    while ((frame = g_queue_pop_head (&input->reference)) != NULL) {
      lose_frame (input, MEASURE_MARK_LOST_REFERENCE, frame);
      g_free (frame);
    }
    while ((frame = g_queue_pop_head (&input->own)) != NULL) {
      if (!input->part)
        lose_frame (input, MEASURE_MARK_LOST_DISTORTED, frame);
      g_free (frame);
    }
  }
  g_mutex_unlock (&self->lock);
}

void
measure_recorder_flush (MeasureRecorder *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n; i++)
    pass_on (&self->inputs[i]);
  g_mutex_unlock (&self->lock);
}
