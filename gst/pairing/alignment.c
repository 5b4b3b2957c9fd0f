/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Passes arrivals on to the lineup, at once or after the offset between the
 * streams has been found (offset-finder.c).
 */
#include "pairing/alignment.h"

#include "frames/images.h"
#include "pairing/steady.h"

/* How far beyond the window, on either side, is looked for the best fit. */
#define MARGIN (100 * GST_MSECOND)
/* Most frames in a second that are held: a stream whose clock has stopped must
 * not fill the memory. */
#define MOST_RATE 120
/* Largest offset set by hand for which frames are held, for the same reason. */
#define MOST_SHIFT (10 * GST_SECOND)
/* Where offsets are followed, twice the duration that is compared and so much
 * more is held until the first is found. */
#define KEPT_MORE (500 * GST_MSECOND)
/* Sums of times do not overflow. */
#define TIME_MAX (G_MAXINT64 / 4)
/* Half of what a number holds, so that differences of times fit as well. */
#define MOST_TIME (G_MAXINT64 / 2)

typedef struct
{
  GQueue held;  /* of PerceptualArrival */
  GQueue early; /* likewise, until their times are known (offsets followed) */
  PerceptualSteady steady;
  PerceptualTrack *track;
  gint64 shift;   /* ns added to times for the search */
  gint64 offset;  /* ns added to times for the lineup */
  gint64 frame;   /* ns that the first frame lasts; 0 while not known */
  guint64 frames; /* that went to the lineup, where numbers pair */
  gboolean ended; /* nothing comes any more */
  gboolean told;  /* and the lineup has been told */
} Stream;

struct _PerceptualAlignment
{
  PerceptualLineup *lineup;
  guint n_streams; /* the reference included */
  Stream *streams;
  gboolean by_number;

  /* For the search. */
  PerceptualFrames *frames; /* NULL after it, or without one; kept to follow */
  PerceptualFollower *follower; /* NULL unless offsets are followed */
  gint64 kept; /* span of what is held until their beginning is known */
  PerceptualAlignmentWay way;
  gint64 window;
  gint64 span; /* of a stream, until it is full; starts apart not counted */
};

static void
begin_search (PerceptualAlignment *self, const gint64 *shifts,
    const PerceptualAlignmentSearch *search)
{
  gint64 shift = 0;

  for (guint i = 0; i < self->n_streams; i++)
    shift = MAX (shift, ABS (self->streams[i].shift));
  self->way = search->way;
  self->window = search->window;
  self->span = 2 * (search->window + (gint64) MARGIN) + search->duration
      + MIN (shift, (gint64) MOST_SHIFT);
  self->frames = perceptual_frames_new (NULL, 1);
  if (self->way == PERCEPTUAL_ALIGNMENT_TRACK)
    self->follower = perceptual_follower_new (
        self->n_streams - 1, shifts, search->window, search->duration);
  self->kept = 2 * search->duration + (gint64) KEPT_MORE;
}

PerceptualAlignment *
perceptual_alignment_new (PerceptualLineup *lineup, guint n,
    const gint64 *shifts, gboolean by_number,
    const PerceptualAlignmentSearch *search)
{
  PerceptualAlignment *self = g_new0 (PerceptualAlignment, 1);

  self->lineup = lineup;
  self->n_streams = 1 + n;
  self->by_number = by_number;
  self->streams = g_new0 (Stream, self->n_streams);
  for (guint i = 0; i < self->n_streams; i++) {
    Stream *stream = &self->streams[i];

    g_queue_init (&stream->held);
    g_queue_init (&stream->early);
    stream->track = perceptual_track_new ();
    if (i == PERCEPTUAL_ALIGNMENT_REFERENCE)
      continue;
    stream->offset = shifts[i - 1];
    stream->shift = CLAMP (shifts[i - 1], -TIME_MAX, TIME_MAX);
  }
  if (search != NULL)
    begin_search (self, shifts, search);
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
    g_queue_clear_full (&stream->early, free_arrival);
    stream->steady = (PerceptualSteady){ 0 };
    perceptual_track_clear (stream->track);
    stream->frame = 0;
    stream->frames = 0;
    stream->ended = stream->told = FALSE;
  }
  if (self->follower != NULL)
    perceptual_follower_flush (self->follower);
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
  perceptual_follower_free (self->follower);
  perceptual_frames_free (self->frames);
  g_free (self->streams);
  g_free (self);
}

PerceptualFollower *
perceptual_alignment_get_follower (const PerceptualAlignment *self)
{
  return self->follower;
}

static gboolean
is_searching (const PerceptualAlignment *self)
{
  return self->frames != NULL && self->follower == NULL;
}

/* --- to the lineup ------------------------------------------------------- */

gint64
perceptual_alignment_shift (gint64 time, gint64 offset)
{
  return CLAMP (time, -MOST_TIME, MOST_TIME)
      + CLAMP (offset, -MOST_TIME, MOST_TIME);
}

/* The time by which a frame is paired. */
static gint64
pairing_time (
    PerceptualAlignment *self, guint stream, PerceptualArrival *arrival)
{
  Stream *it = &self->streams[stream];

  if (self->follower != NULL)
    return stream == PERCEPTUAL_ALIGNMENT_REFERENCE
        ? arrival->time
        : perceptual_alignment_shift (arrival->time,
            perceptual_follower_offset_at (
                self->follower, stream, arrival->time));
  if (!self->by_number)
    return perceptual_alignment_shift (arrival->time, it->offset);
  arrival->duration = GST_SECOND;
  return (gint64) (it->frames++ * GST_SECOND);
}

/* Hands @arrival, whose frame is taken, to the lineup. */
static void
line_up (PerceptualAlignment *self, guint stream, PerceptualArrival arrival)
{
  gint64 time;

  /* A gap has no number. */
  if (self->by_number && arrival.frame == NULL)
    return;
  time = pairing_time (self, stream, &arrival);
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

static gboolean
lineup_wants (const PerceptualAlignment *self, guint stream)
{
  return stream == PERCEPTUAL_ALIGNMENT_REFERENCE
      ? perceptual_lineup_wants_reference (self->lineup)
      : perceptual_lineup_wants_distorted (self->lineup, stream - 1);
}

gboolean
perceptual_alignment_hand_on (PerceptualAlignment *self, guint stream)
{
  Stream *it = &self->streams[stream];
  g_autofree PerceptualArrival *arrival = NULL;

  if (is_searching (self))
    return FALSE;
  if (self->follower != NULL
      && (!perceptual_follower_has_begun (self->follower)
          || !lineup_wants (self, stream)))
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

/* --- the starts ---------------------------------------------------------- */

static gboolean
has_start (const Stream *stream)
{
  return perceptual_track_get_length (stream->track) > 0;
}

/* Whether nothing more has to come in to know when @stream begins. */
static gboolean
knows_start (const PerceptualAlignment *self, const Stream *stream)
{
  return stream->ended
      || (has_start (stream)
          && (stream->frame > 0 || self->way == PERCEPTUAL_ALIGNMENT_START));
}

/* Returns: ns to add to the times of stream @i so that its first frame meets
 * the reference's; 0 where one of them has not begun. */
static gint64
start_offset (const PerceptualAlignment *self, guint i)
{
  const Stream *reference = &self->streams[PERCEPTUAL_ALIGNMENT_REFERENCE];
  const Stream *distorted = &self->streams[i];

  if (!has_start (reference) || !has_start (distorted))
    return 0;
  return perceptual_track_get (reference->track, 0)->time
      - perceptual_track_get (distorted->track, 0)->time;
}

/* Containers round times by up to a quarter of a frame. */
static gboolean
starts_alike (const PerceptualAlignment *self, guint i)
{
  gint64 a = self->streams[PERCEPTUAL_ALIGNMENT_REFERENCE].frame;
  gint64 b = self->streams[i].frame;
  gint64 frame = a > 0 && b > 0 ? MIN (a, b) : MAX (a, b);

  return ABS (start_offset (self, i)) <= frame / 4;
}

/* Whether the offset of stream @i, or of any stream where that is the
 * reference, has to be found from what the streams show. */
static gboolean
needs_content (const PerceptualAlignment *self, guint i)
{
  gboolean needed = FALSE;

  if (self->way != PERCEPTUAL_ALIGNMENT_FILES)
    return self->way == PERCEPTUAL_ALIGNMENT_CONTENT;
  if (i != PERCEPTUAL_ALIGNMENT_REFERENCE)
    return !starts_alike (self, i);
  for (guint j = 1; j < self->n_streams; j++)
    needed |= !starts_alike (self, j);
  return needed;
}

/* Whether the frames of @stream that are held are enough to be compared. */
static gboolean
is_long_enough (const PerceptualAlignment *self, const Stream *stream)
{
  gint64 span = self->span, apart = 0;
  guint64 most;

  if (self->way == PERCEPTUAL_ALIGNMENT_FILES)
    for (guint i = 1; i < self->n_streams; i++)
      apart = MAX (apart, ABS (start_offset (self, i)));
  span += MIN (apart, (gint64) MOST_SHIFT);
  most = gst_util_uint64_scale_ceil ((guint64) span, MOST_RATE, GST_SECOND);
  return stream->held.length >= most
      || perceptual_track_get_span (stream->track) >= span;
}

/* --- frames -------------------------------------------------------------- */

static gboolean
search_wants (const PerceptualAlignment *self, guint stream)
{
  const Stream *it = &self->streams[stream];

  if (it->ended || is_long_enough (self, it))
    return FALSE;
  if (self->way == PERCEPTUAL_ALIGNMENT_CONTENT || !knows_start (self, it))
    return TRUE;
  for (guint i = 0; i < self->n_streams; i++) {
    if (!knows_start (self, &self->streams[i]))
      return FALSE;
  }
  return needs_content (self, stream);
}

static guint64
most_held (gint64 span)
{
  return gst_util_uint64_scale_ceil ((guint64) span, MOST_RATE, GST_SECOND);
}

/* Whether more of @stream may come in: not if it is further ahead than there is
 * memory for. */
static gboolean
has_room (const PerceptualAlignment *self, Stream *stream)
{
  gint64 most = self->window + (gint64) PERCEPTUAL_FOLLOWER_MARGIN;
  const PerceptualArrival *first = g_queue_peek_head (&stream->held);
  const PerceptualArrival *last = g_queue_peek_tail (&stream->held);

  return first == NULL || !perceptual_follower_has_begun (self->follower)
      || (last->time - first->time < most
          && stream->held.length < most_held (most));
}

gboolean
perceptual_alignment_wants (const PerceptualAlignment *self, guint stream)
{
  Stream *it = &self->streams[stream];

  if (is_searching (self))
    return search_wants (self, stream);
  if (it->told)
    return FALSE;
  if (self->follower != NULL && !it->ended && has_room (self, it))
    return TRUE;
  return lineup_wants (self, stream);
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

/* A stream's first frame may not say how long it lasts; the second one's time
 * tells. */
static void
note_frame (Stream *stream, guint64 duration)
{
  if (stream->frame > 0)
    return;
  if (GST_CLOCK_TIME_IS_VALID (duration) && duration > 0)
    stream->frame = (gint64) MIN (duration, (guint64) TIME_MAX);
  else if (perceptual_track_get_length (stream->track) > 1)
    stream->frame = perceptual_track_get_span (stream->track);
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
  perceptual_track_add (it->track, time + it->shift, &image);
  perceptual_frames_unmap (self->frames);
  note_frame (it, arrival.duration);
  return TRUE;
}

/* --- offsets that are followed ------------------------------------------- */

/* A frame that comes before it is known where it belongs. */
static void
leave (PerceptualAlignment *self, guint stream, PerceptualArrival arrival)
{
  if (stream == PERCEPTUAL_ALIGNMENT_REFERENCE)
    perceptual_lineup_leave_reference (
        self->lineup, arrival.time, arrival.frame);
  else
    perceptual_lineup_leave_distorted (
        self->lineup, stream - 1, arrival.time, arrival.frame);
}

/* Until it is known where frames belong, the newest are held. */
static void
leave_oldest (PerceptualAlignment *self, guint stream)
{
  GQueue *held = &self->streams[stream].held;
  const PerceptualArrival *last = g_queue_peek_tail (held);
  PerceptualArrival *first;

  while ((first = g_queue_peek_head (held)) != last
      && (last->time - first->time > self->kept
          || held->length > most_held (self->kept))) {
    g_queue_pop_head (held);
    if (first->frame != NULL)
      leave (self, stream, *first);
    g_free (first);
  }
}

/* Takes @arrival, whose time is settled. */
static gboolean
settle (PerceptualAlignment *self, guint stream, PerceptualArrival arrival,
    GError **error)
{
  gboolean ok = TRUE;

  if (arrival.frame == NULL)
    arrival.time = perceptual_alignment_shift (
        arrival.time, perceptual_follower_get_shift (self->follower, stream));
  else
    ok = perceptual_follower_take (self->follower, stream, self->frames,
        arrival.frame, &arrival.time, arrival.duration, error);
  g_queue_push_tail (
      &self->streams[stream].held, g_memdup2 (&arrival, sizeof arrival));
  if (!perceptual_follower_has_begun (self->follower))
    leave_oldest (self, stream);
  return ok;
}

static gint64
frame_of (const PerceptualArrival *arrival)
{
  return GST_CLOCK_TIME_IS_VALID (arrival->duration)
      ? (gint64) MIN (arrival->duration, GST_SECOND)
      : 0;
}

/* Returns: the time of the first frame that waits, as it and those after it
 * have it. */
static gint64
place_first (Stream *it)
{
  gint64 times[1 + PERCEPTUAL_STEADY_AHEAD];
  const PerceptualArrival *first = g_queue_peek_head (&it->early);
  guint n = 0;

  for (const GList *l = it->early.head; l != NULL && n < G_N_ELEMENTS (times);
       l = l->next) {
    const PerceptualArrival *arrival = l->data;

    if (arrival->frame != NULL)
      times[n++] = arrival->time;
  }
  return perceptual_steady_place (&it->steady, times, n, frame_of (first));
}

/* Settles those that have waited for long enough; with @all, all. */
static gboolean
settle_early (
    PerceptualAlignment *self, guint stream, gboolean all, GError **error)
{
  Stream *it = &self->streams[stream];
  const guint ahead = all ? 0 : perceptual_steady_get_ahead (&it->steady);
  gboolean ok = TRUE;

  while (ok && it->early.length > ahead) {
    const PerceptualArrival *first = g_queue_peek_head (&it->early);
    PerceptualArrival arrival = *first;

    if (arrival.frame != NULL) {
      arrival.time = place_first (it);
      arrival.frame->doubtful = it->steady.doubtful;
    }
    g_free (g_queue_pop_head (&it->early));
    ok = settle (self, stream, arrival, error);
  }
  return ok;
}

/* Takes @arrival. */
static gboolean
take (PerceptualAlignment *self, guint stream, PerceptualArrival arrival,
    GError **error)
{
  Stream *it = &self->streams[stream];

  if (arrival.frame != NULL) {
    unpool (arrival.frame);
    perceptual_steady_note (&it->steady, arrival.time, frame_of (&arrival));
  }
  g_queue_push_tail (&it->early, g_memdup2 (&arrival, sizeof arrival));
  return settle_early (self, stream, FALSE, error);
}

gboolean
perceptual_alignment_follow (
    PerceptualAlignment *self, guint stream, PerceptualTracking *tracking)
{
  if (!perceptual_follower_next (self->follower, stream, tracking))
    return FALSE;
  if (tracking->change == PERCEPTUAL_TRACKER_JUMP)
    perceptual_lineup_restart_distorted (self->lineup, stream - 1);
  return TRUE;
}

gboolean
perceptual_alignment_push (PerceptualAlignment *self, guint stream,
    PerceptualArrival arrival, GError **error)
{
  if (is_searching (self))
    return hold (self, stream, arrival, error);
  if (self->follower != NULL)
    return take (self, stream, arrival, error);
  line_up (self, stream, arrival);
  return TRUE;
}

gboolean
perceptual_alignment_end (
    PerceptualAlignment *self, guint stream, GError **error)
{
  gboolean ok = TRUE;

  self->streams[stream].ended = TRUE;
  if (self->follower != NULL) {
    ok = settle_early (self, stream, TRUE, error);
    perceptual_follower_give_up (self->follower);
  }
  /* For the lineup, the stream ends once all that is held has been handed
   * on. */
  if (!perceptual_alignment_holds (self, stream))
    tell_end (self, stream);
  return ok;
}

gboolean
perceptual_alignment_holds (const PerceptualAlignment *self, guint stream)
{
  return is_searching (self) || self->streams[stream].held.length > 0;
}

gboolean
perceptual_alignment_is_late (
    const PerceptualAlignment *self, guint stream, gint64 time)
{
  if (self->by_number || self->follower != NULL
      || perceptual_alignment_holds (self, stream))
    return FALSE;
  return perceptual_lineup_is_late (self->lineup, stream - 1,
      perceptual_alignment_shift (time, self->streams[stream].offset));
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
    full += search_wants (self, i) ? 0 : 1;
  return any ? full > 0 : full == self->n_streams;
}

/* Which of the two the offset that was found agrees with, if any. */
static PerceptualBasis
name_basis (const PerceptualAlignment *self, gint64 found, gint64 start)
{
  gint64 frame = self->streams[PERCEPTUAL_ALIGNMENT_REFERENCE].frame;

  if (MIN (ABS (found - start), ABS (found)) > frame / 2)
    return PERCEPTUAL_BASIS_CONTENT;
  return ABS (found - start) <= ABS (found) ? PERCEPTUAL_BASIS_START
                                            : PERCEPTUAL_BASIS_TIME;
}

/* By time, by the starts, or by what lies around both. */
static void
decide_files (
    const PerceptualAlignment *self, guint i, PerceptualAligned *aligned)
{
  const PerceptualOffset *found = &aligned->found;
  gint64 start = start_offset (self, i);
  const gint64 centres[] = { start, 0 };

  if (starts_alike (self, i))
    return;
  aligned->searched = TRUE;
  aligned->found = perceptual_offset_find (
      self->streams[PERCEPTUAL_ALIGNMENT_REFERENCE].track,
      self->streams[i].track, self->window, centres,
      ABS (start) > (gint64) MOST_SHIFT ? 1 : G_N_ELEMENTS (centres));
  aligned->basis = PERCEPTUAL_BASIS_START;
  aligned->offset = start;
  if (found->verdict == PERCEPTUAL_OFFSET_FOUND) {
    aligned->basis = name_basis (self, found->offset, start);
    if (aligned->basis != PERCEPTUAL_BASIS_START)
      aligned->offset = found->offset;
  } else if (found->verdict == PERCEPTUAL_OFFSET_AMBIGUOUS
      && found->centre != 0) {
    aligned->basis = PERCEPTUAL_BASIS_TIME;
    aligned->offset = 0;
  }
}

static void
decide (const PerceptualAlignment *self, guint i, PerceptualAligned *aligned)
{
  *aligned = (PerceptualAligned){ .basis = PERCEPTUAL_BASIS_TIME };
  switch (self->way) {
    case PERCEPTUAL_ALIGNMENT_CONTENT:
      aligned->searched = TRUE;
      aligned->found = perceptual_offset_find (
          self->streams[PERCEPTUAL_ALIGNMENT_REFERENCE].track,
          self->streams[i].track, self->window, &(gint64){ 0 }, 1);
      if (aligned->found.verdict != PERCEPTUAL_OFFSET_FOUND)
        break;
      aligned->basis = PERCEPTUAL_BASIS_CONTENT;
      aligned->offset = aligned->found.offset;
      break;
    case PERCEPTUAL_ALIGNMENT_START:
      aligned->basis = PERCEPTUAL_BASIS_START;
      aligned->offset = start_offset (self, i);
      break;
    case PERCEPTUAL_ALIGNMENT_FILES:
      decide_files (self, i, aligned);
      break;
    case PERCEPTUAL_ALIGNMENT_TRACK: /* does not end */
      break;
  }
}

gboolean
perceptual_alignment_conclude (
    PerceptualAlignment *self, gboolean any, PerceptualAligned *aligned)
{
  if (!is_searching (self) || !is_full (self, any))
    return FALSE;
  for (guint i = 1; i < self->n_streams; i++)
    decide (self, i, &aligned[i - 1]);
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
  const PerceptualFollower *follower = self->follower;

  if (follower == NULL)
    return self->streams[stream].offset;
  return perceptual_follower_get_offset (follower, stream)
      + perceptual_follower_get_shift (follower, stream)
      - perceptual_follower_get_shift (
          follower, PERCEPTUAL_ALIGNMENT_REFERENCE);
}

guint64
perceptual_alignment_get_frames (const PerceptualAlignment *self, guint stream)
{
  return self->streams[stream].frames;
}
