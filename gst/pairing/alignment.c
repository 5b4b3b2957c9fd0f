/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Arrivals to the lineup, at once or after the offset between the streams has
 * been found (offset-finder.c).
 */
#include "pairing/alignment.h"

#include "frames/images.h"

/* Beyond the window on either side, to see whether the best fit is there. */
#define MARGIN (100 * GST_MSECOND)
/* Frames in a second that are held at most: a stream whose clock stands still
 * must not fill the memory. */
#define MOST_RATE 120
/* Of an offset that is set by hand, for the same reason. */
#define MOST_SHIFT (10 * GST_SECOND)
/* Sums of times do not overflow. */
#define TIME_MAX (G_MAXINT64 / 4)
/* Half of what a number holds, so that differences of times fit as well. */
#define MOST_TIME (G_MAXINT64 / 2)

typedef struct
{
  GQueue held; /* of PerceptualArrival */
  PerceptualTrack *track;
  gint64 offset;  /* ns added to times for the lineup */
  gboolean ended; /* nothing comes any more */
  gboolean told;  /* and the lineup has been told */
} Stream;

struct _PerceptualAlignment
{
  PerceptualLineup *lineup;
  guint n_streams; /* the reference included */
  Stream *streams;

  /* For the search. */
  PerceptualFrames *frames; /* NULL after it, or without one */
  gint64 window;
  gint64 shift;
  gint64 span; /* of a stream, until it is full */
  guint most;  /* arrivals of a stream, likewise */
};

static void
begin_search (
    PerceptualAlignment *self, const PerceptualAlignmentSearch *search)
{
  self->window = search->window;
  self->span = 2 * (search->window + (gint64) MARGIN) + search->duration
      + MIN (ABS (self->shift), (gint64) MOST_SHIFT);
  self->most = (guint) gst_util_uint64_scale_ceil (
      (guint64) self->span, MOST_RATE, GST_SECOND);
  self->frames = perceptual_frames_new (NULL, 1);
}

PerceptualAlignment *
perceptual_alignment_new (PerceptualLineup *lineup, guint n, gint64 shift,
    const PerceptualAlignmentSearch *search)
{
  PerceptualAlignment *self = g_new0 (PerceptualAlignment, 1);

  self->lineup = lineup;
  self->n_streams = 1 + n;
  self->shift = CLAMP (shift, -TIME_MAX, TIME_MAX);
  self->streams = g_new0 (Stream, self->n_streams);
  for (guint i = 0; i < self->n_streams; i++) {
    g_queue_init (&self->streams[i].held);
    self->streams[i].track = perceptual_track_new ();
    self->streams[i].offset = i == PERCEPTUAL_ALIGNMENT_REFERENCE ? 0 : shift;
  }
  if (search != NULL)
    begin_search (self, search);
  return self;
}

static void
free_arrival (gpointer data)
{
  PerceptualArrival *arrival = data;

  if (arrival->frame != NULL)
    perceptual_frame_unref (arrival->frame);
  g_free (arrival);
}

void
perceptual_alignment_flush (PerceptualAlignment *self)
{
  for (guint i = 0; i < self->n_streams; i++) {
    Stream *stream = &self->streams[i];

    g_queue_clear_full (&stream->held, free_arrival);
    perceptual_track_clear (stream->track);
    stream->ended = stream->told = FALSE;
  }
  perceptual_lineup_flush (self->lineup);
}

void
perceptual_alignment_free (PerceptualAlignment *self)
{
  if (self == NULL)
    return;
  perceptual_alignment_flush (self);
  for (guint i = 0; i < self->n_streams; i++)
    perceptual_track_free (self->streams[i].track);
  perceptual_frames_free (self->frames);
  g_free (self->streams);
  g_free (self);
}

static gboolean
is_searching (const PerceptualAlignment *self)
{
  return self->frames != NULL;
}

/* --- to the lineup ------------------------------------------------------- */

gint64
perceptual_alignment_shift (gint64 time, gint64 offset)
{
  return CLAMP (time, -MOST_TIME, MOST_TIME)
      + CLAMP (offset, -MOST_TIME, MOST_TIME);
}

/* Hands @arrival, whose frame is taken, to the lineup. */
static void
line_up (PerceptualAlignment *self, guint stream, PerceptualArrival arrival)
{
  gint64 time =
      perceptual_alignment_shift (arrival.time, self->streams[stream].offset);

  if (stream == PERCEPTUAL_ALIGNMENT_REFERENCE) {
    if (arrival.frame != NULL)
      perceptual_lineup_push_reference (
          self->lineup, time, arrival.duration, arrival.frame);
    else
      perceptual_lineup_gap_reference (self->lineup, time, arrival.duration);
    return;
  }
  if (arrival.frame != NULL)
    perceptual_lineup_push_distorted (
        self->lineup, stream - 1, time, arrival.duration, arrival.frame);
  else
    perceptual_lineup_gap_distorted (
        self->lineup, stream - 1, time, arrival.duration);
}

static void
tell_end (PerceptualAlignment *self, guint stream)
{
  self->streams[stream].told = TRUE;
  if (stream == PERCEPTUAL_ALIGNMENT_REFERENCE)
    perceptual_lineup_end_reference (self->lineup);
  else
    perceptual_lineup_end_distorted (self->lineup, stream - 1);
}

gboolean
perceptual_alignment_hand_on (PerceptualAlignment *self, guint stream)
{
  Stream *it = &self->streams[stream];
  g_autofree PerceptualArrival *arrival = NULL;

  if (is_searching (self))
    return FALSE;
  arrival = g_queue_pop_head (&it->held);
  if (arrival != NULL)
    line_up (self, stream, *arrival);
  else if (it->ended && !it->told)
    tell_end (self, stream);
  else
    return FALSE;
  return TRUE;
}

/* --- frames -------------------------------------------------------------- */

static gboolean
search_wants (const PerceptualAlignment *self, const Stream *it)
{
  return !it->ended && it->held.length < self->most
      && perceptual_track_get_span (it->track) < self->span;
}

gboolean
perceptual_alignment_wants (const PerceptualAlignment *self, guint stream)
{
  const Stream *it = &self->streams[stream];

  if (is_searching (self))
    return search_wants (self, it);
  if (it->told)
    return FALSE;
  return stream == PERCEPTUAL_ALIGNMENT_REFERENCE
      ? perceptual_lineup_wants_reference (self->lineup)
      : perceptual_lineup_wants_distorted (self->lineup, stream - 1);
}

/* Frames on hold are copied out of their pool: a decoder whose pool is used up
 * would wait for them forever. */
static void
unpool (PerceptualFrame *frame)
{
  GstBuffer *copy;

  if (frame->buffer->pool == NULL
      || (copy = gst_buffer_copy_deep (frame->buffer)) == NULL)
    return;
  gst_buffer_unref (frame->buffer);
  frame->buffer = copy;
}

static gboolean
hold (PerceptualAlignment *self, guint stream, PerceptualArrival arrival,
    GError **error)
{
  Stream *it = &self->streams[stream];
  gboolean is_reference = stream == PERCEPTUAL_ALIGNMENT_REFERENCE;
  gint64 time = MIN (arrival.time, TIME_MAX);
  PerceptualImage image;

  g_queue_push_tail (&it->held, g_memdup2 (&arrival, sizeof arrival));
  if (arrival.frame == NULL)
    return TRUE;
  unpool (arrival.frame);
  if (!perceptual_frames_map_alone (self->frames, arrival.frame->buffer,
          arrival.frame->format, is_reference ? "reference" : "distorted",
          &image, error))
    return FALSE;
  perceptual_track_add (
      it->track, is_reference ? time : time + self->shift, &image);
  perceptual_frames_unmap (self->frames);
  return TRUE;
}

gboolean
perceptual_alignment_push (PerceptualAlignment *self, guint stream,
    PerceptualArrival arrival, GError **error)
{
  if (is_searching (self))
    return hold (self, stream, arrival, error);
  line_up (self, stream, arrival);
  return TRUE;
}

void
perceptual_alignment_end (PerceptualAlignment *self, guint stream)
{
  self->streams[stream].ended = TRUE;
  /* For the lineup, the stream ends once all that is held has been handed
   * on. */
  if (!perceptual_alignment_holds (self, stream))
    tell_end (self, stream);
}

gboolean
perceptual_alignment_holds (const PerceptualAlignment *self, guint stream)
{
  return is_searching (self) || self->streams[stream].held.length > 0;
}

gboolean
perceptual_alignment_has_ended (const PerceptualAlignment *self)
{
  for (guint i = 0; i < self->n_streams; i++) {
    if (!self->streams[i].told)
      return FALSE;
  }
  return TRUE;
}

/* --- offsets ------------------------------------------------------------- */

/* Whether no stream is needed any more; with @any, whether one is not. */
static gboolean
is_full (const PerceptualAlignment *self, gboolean any)
{
  guint full = 0;

  for (guint i = 0; i < self->n_streams; i++)
    full += search_wants (self, &self->streams[i]) ? 0 : 1;
  return any ? full > 0 : full == self->n_streams;
}

gboolean
perceptual_alignment_conclude (
    PerceptualAlignment *self, gboolean any, PerceptualOffset *offsets)
{
  if (!is_searching (self) || !is_full (self, any))
    return FALSE;
  for (guint i = 1; i < self->n_streams; i++)
    offsets[i - 1] = perceptual_offset_find (
        self->streams[PERCEPTUAL_ALIGNMENT_REFERENCE].track,
        self->streams[i].track, self->window);
  for (guint i = 0; i < self->n_streams; i++)
    perceptual_track_clear (self->streams[i].track);
  g_clear_pointer (&self->frames, perceptual_frames_free);
  return TRUE;
}

void
perceptual_alignment_set_offset (
    PerceptualAlignment *self, guint stream, gint64 offset)
{
  self->streams[stream].offset = offset;
}

gint64
perceptual_alignment_get_offset (const PerceptualAlignment *self, guint stream)
{
  return self->streams[stream].offset;
}
