/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Brings together times, pictures and trackers of several streams.
 */
#include "pairing/follower.h"

#include "pairing/timeline.h"

#define REFERENCE 0
/* What frames last that do not tell, ns. */
#define USUAL_FRAME (40 * GST_MSECOND)

typedef struct
{
  PerceptualTrack *track;
  PerceptualTimeline timeline;
  PerceptualTracker *tracker; /* NULL for the reference */
  GQueue events;              /* of PerceptualTracking */
} Stream;

struct _PerceptualFollower
{
  guint n; /* the reference included */
  Stream *streams;
  gint64 window;
  gint64 duration;
};

PerceptualFollower *
perceptual_follower_new (
    guint n, const gint64 *offsets, gint64 window, gint64 duration)
{
  PerceptualFollower *self = g_new0 (PerceptualFollower, 1);

  self->n = 1 + n;
  self->window = window;
  self->duration = duration;
  self->streams = g_new0 (Stream, self->n);
  for (guint i = 0; i < self->n; i++) {
    self->streams[i].track = perceptual_track_new ();
    g_queue_init (&self->streams[i].events);
    if (i != REFERENCE)
      self->streams[i].tracker =
          perceptual_tracker_new (offsets[i - 1], window, duration);
  }
  return self;
}

void
perceptual_follower_flush (PerceptualFollower *self)
{
  for (guint i = 0; i < self->n; i++) {
    Stream *stream = &self->streams[i];

    perceptual_track_clear (stream->track);
    stream->timeline = (PerceptualTimeline){ 0 };
    if (stream->tracker != NULL)
      perceptual_tracker_flush (stream->tracker);
    g_queue_clear_full (&stream->events, g_free);
  }
}

void
perceptual_follower_free (PerceptualFollower *self)
{
  if (self == NULL)
    return;
  perceptual_follower_flush (self);
  for (guint i = 0; i < self->n; i++) {
    perceptual_track_free (self->streams[i].track);
    perceptual_tracker_free (self->streams[i].tracker);
  }
  g_free (self->streams);
  g_free (self);
}

gint64
perceptual_follower_get_offset (const PerceptualFollower *self, guint stream)
{
  return perceptual_tracker_get_offset (self->streams[stream].tracker);
}

gint64
perceptual_follower_offset_at (
    const PerceptualFollower *self, guint stream, gint64 time)
{
  return perceptual_tracker_offset_at (self->streams[stream].tracker, time);
}

gint64
perceptual_follower_get_shift (const PerceptualFollower *self, guint stream)
{
  return self->streams[stream].timeline.shift;
}

gboolean
perceptual_follower_is_unsure (
    const PerceptualFollower *self, guint stream, gint64 time, gint64 delta)
{
  return perceptual_tracker_is_unsure (
      self->streams[stream].tracker, time, delta);
}

gboolean
perceptual_follower_has_begun (const PerceptualFollower *self)
{
  for (guint i = 1; i < self->n; i++) {
    if (perceptual_tracker_get_state (self->streams[i].tracker)
        == PERCEPTUAL_TRACKER_SEARCHING)
      return FALSE;
  }
  return TRUE;
}

/* --- events -------------------------------------------------------------- */

/* What @stream's line adds, beyond the reference's. */
static gint64
shift_of (const PerceptualFollower *self, guint stream)
{
  return self->streams[stream].timeline.shift
      - self->streams[REFERENCE].timeline.shift;
}

/* Keeps @event, in terms of times as they came.  @shift_before: what the lines
 * added before it */
static void
add_event (PerceptualFollower *self, guint stream,
    const PerceptualTracking *event, gint64 shift_before)
{
  gint64 reference = self->streams[REFERENCE].timeline.shift;
  PerceptualTracking *copy = g_memdup2 (event, sizeof *event);

  copy->offset += shift_of (self, stream);
  copy->found.offset += shift_of (self, stream);
  copy->before += shift_before;
  copy->time -= reference;
  copy->since -= reference;
  g_queue_push_tail (&self->streams[stream].events, copy);
}

gboolean
perceptual_follower_next (
    PerceptualFollower *self, guint stream, PerceptualTracking *tracking)
{
  g_autofree PerceptualTracking *event =
      g_queue_pop_head (&self->streams[stream].events);

  if (event != NULL)
    *tracking = *event;
  return event != NULL;
}

void
perceptual_follower_note_pair (
    PerceptualFollower *self, guint stream, gint64 time, gint64 delta)
{
  PerceptualTracking event;

  if (perceptual_tracker_note_pair (
          self->streams[stream].tracker, time, delta, &event))
    add_event (self, stream, &event, shift_of (self, stream));
}

void
perceptual_follower_give_up (PerceptualFollower *self)
{
  for (guint i = 1; i < self->n; i++) {
    PerceptualTracking event;

    if (perceptual_tracker_give_up (self->streams[i].tracker, &event))
      add_event (self, i, &event, shift_of (self, i));
  }
}

/* --- times --------------------------------------------------------------- */

/* Where another stream is, on the line of @stream. */
static gint64
time_of_other (const PerceptualFollower *self, guint stream)
{
  guint other = stream == REFERENCE ? 1 : REFERENCE;
  const PerceptualTimeline *timeline = &self->streams[other].timeline;
  gint64 offset = perceptual_follower_get_offset (self, MAX (stream, other));

  if (!timeline->begun)
    return PERCEPTUAL_TIMELINE_NONE;
  return timeline->last + (stream == REFERENCE ? offset : -offset);
}

/* The line of @stream had to be mended by @step. */
static void
tell_jump (PerceptualFollower *self, guint stream, gint64 step)
{
  for (guint i = 1; i < self->n; i++) {
    PerceptualTracking event;

    if (stream != REFERENCE && stream != i)
      continue;
    perceptual_tracker_note_jump (self->streams[i].tracker, &event);
    add_event (self, i, &event,
        shift_of (self, i) + (stream == REFERENCE ? step : -step));
  }
}

static gint64
put_on_line (
    PerceptualFollower *self, guint stream, gint64 time, guint64 duration)
{
  PerceptualTimeline *timeline = &self->streams[stream].timeline;
  gint64 frame = (gint64) USUAL_FRAME, before = timeline->shift, at;
  gboolean jumped;

  if (GST_CLOCK_TIME_IS_VALID (duration) && duration > 0)
    frame = (gint64) MIN (duration, GST_SECOND);
  at = perceptual_timeline_add (timeline, time, frame,
      time_of_other (self, stream),
      self->window + (gint64) PERCEPTUAL_FOLLOWER_MARGIN, &jumped);
  if (jumped)
    tell_jump (self, stream, timeline->shift - before);
  return at;
}

/* --- pictures ------------------------------------------------------------ */

/* Forgets pictures that no offset in the window needs any more. */
static void
trim (PerceptualFollower *self)
{
  gint64 keep =
      self->window + self->duration + (gint64) PERCEPTUAL_FOLLOWER_MARGIN;

  for (guint i = 0; i < self->n; i++) {
    PerceptualTrack *track = self->streams[i].track;
    guint n = perceptual_track_get_length (track);

    if (n > 0)
      perceptual_track_trim (
          track, perceptual_track_get (track, n - 1)->time - keep);
  }
}

static void
look (PerceptualFollower *self)
{
  for (guint i = 1; i < self->n; i++) {
    Stream *stream = &self->streams[i];
    PerceptualTracking event;

    if (perceptual_tracker_look (stream->tracker,
            self->streams[REFERENCE].track, stream->track, &event))
      add_event (self, i, &event, shift_of (self, i));
  }
  trim (self);
}

gboolean
perceptual_follower_take (PerceptualFollower *self, guint stream,
    PerceptualFrames *frames, PerceptualFrame *frame, gint64 *time,
    guint64 duration, GError **error)
{
  PerceptualImage image;

  *time = put_on_line (self, stream, *time, duration);
  if (!perceptual_frames_map_alone (frames, frame->buffer, frame->format,
          stream == REFERENCE ? "reference" : "distorted", &image, error))
    return FALSE;
  perceptual_track_add (self->streams[stream].track, *time, &image);
  perceptual_frames_unmap (frames);
  look (self);
  return TRUE;
}
