/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames on hold while the offset between streams is looked for.  Knows
 * neither how the offset is found nor how frames are paired, and nothing of
 * pads.
 */
#include "pairing/alignment.h"

#include "frames/images.h"

/* Beyond the window on either side, to see whether the best fit lies there. */
#define MARGIN (100 * GST_MSECOND)
/* Frames in a second that are held at most: a stream whose clock stands still
 * must not fill the memory. */
#define MOST_RATE 120
/* Of an offset that is set by hand, for the same reason. */
#define MOST_SHIFT (10 * GST_SECOND)
/* Sums of times do not overflow. */
#define TIME_MAX (G_MAXINT64 / 4)

typedef struct
{
  GQueue held; /* of PerceptualArrival */
  PerceptualTrack *track;
  gboolean ended;
} Stream;

struct _PerceptualAlignment
{
  guint n_streams; /* the reference included */
  Stream *streams;
  PerceptualFrames *frames; /* NULL after the search */
  gint64 window;
  gint64 shift;
  gint64 span; /* of a stream, until it is full */
  guint most;  /* arrivals of a stream, likewise */
};

PerceptualAlignment *
perceptual_alignment_new (guint n, gint64 window, gint64 shift, gint64 duration)
{
  PerceptualAlignment *self = g_new0 (PerceptualAlignment, 1);

  self->n_streams = 1 + n;
  self->window = window;
  self->shift = CLAMP (shift, -TIME_MAX, TIME_MAX);
  self->span = 2 * (window + (gint64) MARGIN) + duration
      + MIN (ABS (self->shift), (gint64) MOST_SHIFT);
  self->most = (guint) gst_util_uint64_scale_ceil (
      (guint64) self->span, MOST_RATE, GST_SECOND);
  self->frames = perceptual_frames_new (NULL, 1);
  self->streams = g_new0 (Stream, self->n_streams);
  for (guint i = 0; i < self->n_streams; i++) {
    g_queue_init (&self->streams[i].held);
    self->streams[i].track = perceptual_track_new ();
  }
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
    stream->ended = FALSE;
  }
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

gboolean
perceptual_alignment_is_searching (const PerceptualAlignment *self)
{
  return self->frames != NULL;
}

/* --- the search ---------------------------------------------------------- */

gboolean
perceptual_alignment_wants (const PerceptualAlignment *self, guint stream)
{
  const Stream *it = &self->streams[stream];

  return perceptual_alignment_is_searching (self) && !it->ended
      && it->held.length < self->most
      && perceptual_track_get_span (it->track) < self->span;
}

gboolean
perceptual_alignment_push (PerceptualAlignment *self, guint stream,
    PerceptualArrival arrival, GError **error)
{
  Stream *it = &self->streams[stream];
  gboolean is_reference = stream == PERCEPTUAL_ALIGNMENT_REFERENCE;
  gint64 time = MIN (arrival.time, TIME_MAX);
  PerceptualImage image;

  g_queue_push_tail (&it->held, g_memdup2 (&arrival, sizeof arrival));
  if (arrival.frame == NULL)
    return TRUE;
  if (!perceptual_frames_map_alone (self->frames, arrival.frame->buffer,
          arrival.frame->format, is_reference ? "reference" : "distorted",
          &image, error))
    return FALSE;
  perceptual_track_add (
      it->track, is_reference ? time : time + self->shift, &image);
  perceptual_frames_unmap (self->frames);
  return TRUE;
}

void
perceptual_alignment_end (PerceptualAlignment *self, guint stream)
{
  self->streams[stream].ended = TRUE;
}

gboolean
perceptual_alignment_is_full (const PerceptualAlignment *self, gboolean any)
{
  guint full = 0;

  for (guint i = 0; i < self->n_streams; i++)
    full += perceptual_alignment_wants (self, i) ? 0 : 1;
  return any ? full > 0 : full == self->n_streams;
}

void
perceptual_alignment_conclude (
    PerceptualAlignment *self, PerceptualOffset *offsets)
{
  for (guint i = 1; i < self->n_streams; i++)
    offsets[i - 1] = perceptual_offset_find (
        self->streams[PERCEPTUAL_ALIGNMENT_REFERENCE].track,
        self->streams[i].track, self->window);
  for (guint i = 0; i < self->n_streams; i++)
    perceptual_track_clear (self->streams[i].track);
  g_clear_pointer (&self->frames, perceptual_frames_free);
}

/* --- what is held -------------------------------------------------------- */

gboolean
perceptual_alignment_holds (const PerceptualAlignment *self, guint stream)
{
  return !perceptual_alignment_is_searching (self)
      && self->streams[stream].held.length > 0;
}

PerceptualArrival
perceptual_alignment_pop (PerceptualAlignment *self, guint stream)
{
  g_autofree PerceptualArrival *arrival =
      g_queue_pop_head (&self->streams[stream].held);

  return *arrival;
}
