/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pairing rule of pairer.h, applied one arrival at a time.  Works on times
 * and opaque frames, without GStreamer.
 */
#include "pairing/pairer.h"

typedef struct
{
  gpointer frame;
  gint64 time;
  guint64 duration;
  gboolean late; /* its reference frame was given up before it came */
} Entry;

typedef struct
{
  GQueue frames;   /* of Entry, oldest first, times strictly rising */
  gint64 last;     /* time of the newest frame in order */
  gint64 complete; /* no frame before this time will come any more */
  gint64 covered;  /* everything up to here is known from frames and gaps */
  gboolean ended;
} Stream;

struct _PerceptualPairer
{
  gint64 tolerance;
  GDestroyNotify free_frame;
  Stream streams[2];
  GQueue outcomes;       /* of PerceptualOutcome */
  guint64 spacing;       /* of the two newest reference frames, or NONE */
  gboolean margins;      /* those of the distorted stream are left out */
  gint64 first;          /* time of the first reference frame, or TIME_MIN */
  gint64 given_up_until; /* distorted frames up to here come late */
  PerceptualCounts counts;
};

/* Times stay far from the ends of gint64, so that sums cannot overflow. */
#define TIME_MIN (G_MININT64 / 4)
#define TIME_MAX (G_MAXINT64 / 4)

/* Of a side. */
#define MOST_HELD 2

static gint64
clamp_duration (guint64 duration)
{
  return (gint64) MIN (duration, (guint64) TIME_MAX);
}

static void
reset_stream (Stream *stream)
{
  g_queue_init (&stream->frames);
  stream->last = stream->complete = stream->covered = TIME_MIN;
  stream->ended = FALSE;
}

PerceptualPairer *
perceptual_pairer_new (gint64 tolerance, GDestroyNotify free_frame)
{
  PerceptualPairer *self = g_new0 (PerceptualPairer, 1);

  self->tolerance = MIN (tolerance, TIME_MAX);
  self->free_frame = free_frame;
  g_queue_init (&self->outcomes);
  reset_stream (&self->streams[PERCEPTUAL_REFERENCE]);
  reset_stream (&self->streams[PERCEPTUAL_DISTORTED]);
  self->spacing = PERCEPTUAL_DURATION_NONE;
  self->given_up_until = self->first = TIME_MIN;
  return self;
}

void
perceptual_pairer_ignore_margins (PerceptualPairer *self)
{
  self->margins = TRUE;
}

static void
release (PerceptualPairer *self, gpointer frame)
{
  if (frame != NULL && self->free_frame != NULL)
    self->free_frame (frame);
}

void
perceptual_pairer_flush (PerceptualPairer *self)
{
  PerceptualOutcome *outcome;

  for (guint side = 0; side < 2; side++) {
    Entry *entry;

    while ((entry = g_queue_pop_head (&self->streams[side].frames)) != NULL) {
      release (self, entry->frame);
      g_free (entry);
    }
    reset_stream (&self->streams[side]);
  }
  while ((outcome = g_queue_pop_head (&self->outcomes)) != NULL) {
    release (self, outcome->reference);
    release (self, outcome->distorted);
    g_free (outcome);
  }
  self->spacing = PERCEPTUAL_DURATION_NONE;
  self->given_up_until = self->first = TIME_MIN;
}

void
perceptual_pairer_free (PerceptualPairer *self)
{
  if (self == NULL)
    return;
  perceptual_pairer_flush (self);
  g_free (self);
}

static Entry *
nth (const PerceptualPairer *self, PerceptualSide side, guint n)
{
  return g_queue_peek_nth ((GQueue *) &self->streams[side].frames, n);
}

/* Whether @distorted, which has no partner, lies outside of the reference. */
static gboolean
is_margin (const PerceptualPairer *self, const Entry *distorted)
{
  const Stream *reference = &self->streams[PERCEPTUAL_REFERENCE];

  return distorted->time < self->first
      || (reference->ended && distorted->time > reference->covered);
}

/* Hands out @reference and @distorted, either of which may be NULL. */
static void
conclude (PerceptualPairer *self, Entry *reference, Entry *distorted)
{
  PerceptualOutcome *outcome;
  const Stream *other;

  if (self->margins && reference == NULL && is_margin (self, distorted)) {
    release (self, distorted->frame);
    g_free (distorted);
    return;
  }
  outcome = g_new0 (PerceptualOutcome, 1);
  if (reference != NULL && distorted != NULL) {
    outcome->kind = PERCEPTUAL_OUTCOME_PAIR;
    outcome->delta = distorted->time - reference->time;
    self->counts.pairs++;
  } else if (reference != NULL) {
    other = &self->streams[PERCEPTUAL_DISTORTED];
    outcome->kind = PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE;
    outcome->after_end = other->ended && reference->time > other->covered;
    self->counts.unmatched_reference++;
    self->counts.after_end_reference += outcome->after_end ? 1 : 0;
  } else if (distorted->late) {
    outcome->kind = PERCEPTUAL_OUTCOME_LATE;
    self->counts.late++;
  } else {
    other = &self->streams[PERCEPTUAL_REFERENCE];
    outcome->kind = PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED;
    outcome->after_end = other->ended && distorted->time > other->covered;
    self->counts.unmatched_distorted++;
    self->counts.after_end_distorted += outcome->after_end ? 1 : 0;
  }
  outcome->time = reference != NULL ? reference->time : distorted->time;
  outcome->reference = reference != NULL ? reference->frame : NULL;
  outcome->distorted = distorted != NULL ? distorted->frame : NULL;
  g_free (reference);
  g_free (distorted);
  g_queue_push_tail (&self->outcomes, outcome);
}

/* FALSE if that is known only with the next reference frame. */
static gboolean
tolerance_of (const PerceptualPairer *self, const Entry *reference, gint64 *out)
{
  const Entry *next = nth (self, PERCEPTUAL_REFERENCE, 1);

  if (self->tolerance >= 0)
    *out = self->tolerance;
  else if (reference->duration != PERCEPTUAL_DURATION_NONE)
    *out = clamp_duration (reference->duration) / 2;
  else if (next != NULL)
    *out = (next->time - reference->time) / 2;
  else if (!self->streams[PERCEPTUAL_REFERENCE].ended)
    return FALSE;
  else if (self->spacing != PERCEPTUAL_DURATION_NONE)
    *out = clamp_duration (self->spacing) / 2;
  else
    *out = 0; /* one frame of unknown duration: only its own time is right */
  return TRUE;
}

/* The same, with what is known so far. */
static gint64
tolerance_now (const PerceptualPairer *self, const Entry *reference)
{
  gint64 tolerance;

  if (tolerance_of (self, reference, &tolerance))
    return tolerance;
  return self->spacing != PERCEPTUAL_DURATION_NONE
      ? clamp_duration (self->spacing) / 2
      : 0;
}

/* Whether @distorted, which is after @reference, is to be left for the
 * reference frame after it.  FALSE in *@known if that frame must come first. */
static gboolean
belongs_to_next (const PerceptualPairer *self, const Entry *reference,
    const Entry *distorted, gboolean *known)
{
  gint64 ahead = distorted->time - reference->time;
  const Entry *next = nth (self, PERCEPTUAL_REFERENCE, 1);

  *known = TRUE;
  if (ahead <= 0
      || (reference->duration != PERCEPTUAL_DURATION_NONE
          && ahead <= clamp_duration (reference->duration) / 2))
    return FALSE;
  if (next == NULL) {
    *known = self->streams[PERCEPTUAL_REFERENCE].ended;
    return FALSE;
  }
  return ABS (next->time - distorted->time) < ahead;
}

typedef enum
{
  DECIDED,
  NEEDS_REFERENCE,
  NEEDS_DISTORTED,
} Decision;

/* Looks for the partner of the oldest reference frame among the distorted
 * frames that are there; @*best is its index or -1.  With @now, decides with
 * what is there. */
static Decision
decide (const PerceptualPairer *self, gboolean now, gint *best)
{
  const Stream *distorted = &self->streams[PERCEPTUAL_DISTORTED];
  const Entry *reference = nth (self, PERCEPTUAL_REFERENCE, 0);
  gint64 tolerance, nearest;
  gint index = 0;

  *best = -1;
  if (now)
    tolerance = tolerance_now (self, reference);
  else if (!tolerance_of (self, reference, &tolerance))
    return NEEDS_REFERENCE;
  nearest = tolerance + 1;
  for (const GList *l = distorted->frames.head; l; l = l->next, index++) {
    const Entry *entry = l->data;
    gint64 distance = ABS (entry->time - reference->time);
    gboolean known;

    if (distance >= nearest)
      continue;
    /* Then so do all that come after it. */
    if (belongs_to_next (self, reference, entry, &known))
      return DECIDED;
    if (!known && !now)
      return NEEDS_REFERENCE;
    *best = index;
    nearest = distance;
  }
  /* A frame still to come is at distorted->complete or later. */
  if (!now && !distorted->ended
      && distorted->complete < reference->time + nearest)
    return NEEDS_DISTORTED;
  return DECIDED;
}

/* Distorted frames that no reference frame can take any more, because the
 * one after them is nearer to everything still to come. */
static void
drop_passed (PerceptualPairer *self)
{
  GQueue *frames = &self->streams[PERCEPTUAL_DISTORTED].frames;
  const Entry *reference = nth (self, PERCEPTUAL_REFERENCE, 0);
  const Entry *second;

  while (reference != NULL
      && (second = nth (self, PERCEPTUAL_DISTORTED, 1)) != NULL
      && second->time <= reference->time)
    conclude (self, NULL, g_queue_pop_head (frames));
}

static void
take_reference (PerceptualPairer *self, gint partner)
{
  GQueue *distorted = &self->streams[PERCEPTUAL_DISTORTED].frames;
  Entry *reference =
      g_queue_pop_head (&self->streams[PERCEPTUAL_REFERENCE].frames);

  /* Pairs never cross, so the frames before the partner are left over. */
  for (gint i = 0; i < partner; i++)
    conclude (self, NULL, g_queue_pop_head (distorted));
  conclude (
      self, reference, partner >= 0 ? g_queue_pop_head (distorted) : NULL);
}

static void
advance (PerceptualPairer *self)
{
  gint best;

  drop_passed (self);
  while (nth (self, PERCEPTUAL_REFERENCE, 0) != NULL
      && decide (self, FALSE, &best) == DECIDED) {
    take_reference (self, best);
    drop_passed (self);
  }
  if (self->streams[PERCEPTUAL_REFERENCE].ended
      && nth (self, PERCEPTUAL_REFERENCE, 0) == NULL) {
    Entry *entry;

    while (
        (entry = g_queue_pop_head (&self->streams[PERCEPTUAL_DISTORTED].frames))
        != NULL)
      conclude (self, NULL, entry);
  }
}

gboolean
perceptual_pairer_wants (const PerceptualPairer *self, PerceptualSide side)
{
  gint best;

  if (self->streams[side].ended)
    return FALSE;
  if (nth (self, PERCEPTUAL_REFERENCE, 0) == NULL)
    return side == PERCEPTUAL_REFERENCE
        || self->streams[PERCEPTUAL_REFERENCE].ended;
  return decide (self, FALSE, &best)
      == (side == PERCEPTUAL_REFERENCE ? NEEDS_REFERENCE : NEEDS_DISTORTED);
}

static gboolean
comes_late (const PerceptualPairer *self, gint64 time)
{
  return CLAMP (time, TIME_MIN + 1, TIME_MAX) <= self->given_up_until;
}

gboolean
perceptual_pairer_is_late (const PerceptualPairer *self, gint64 time)
{
  return self->streams[PERCEPTUAL_DISTORTED].frames.length < MOST_HELD
      && comes_late (self, time);
}

void
perceptual_pairer_push (PerceptualPairer *self, PerceptualSide side,
    gint64 time, guint64 duration, gpointer frame)
{
  Stream *stream = &self->streams[side];
  Entry *entry = g_new0 (Entry, 1);

  entry->frame = frame;
  entry->time = CLAMP (time, TIME_MIN + 1, TIME_MAX);
  entry->duration = duration;
  entry->late = side == PERCEPTUAL_DISTORTED && comes_late (self, time);
  if (entry->time <= stream->last) {
    /* At once, since a stream that is stuck at one time would fill the
     * queue. */
    conclude (self, side == PERCEPTUAL_REFERENCE ? entry : NULL,
        side == PERCEPTUAL_DISTORTED ? entry : NULL);
    return;
  }
  if (side == PERCEPTUAL_REFERENCE && stream->last == TIME_MIN)
    self->first = entry->time;
  else if (side == PERCEPTUAL_REFERENCE)
    self->spacing = (guint64) (entry->time - stream->last);
  stream->last = entry->time;
  stream->complete = MAX (stream->complete, entry->time);
  stream->covered = MAX (stream->covered, entry->time);
  g_queue_push_tail (&stream->frames, entry);
  advance (self);
}

void
perceptual_pairer_gap (
    PerceptualPairer *self, PerceptualSide side, gint64 time, guint64 duration)
{
  Stream *stream = &self->streams[side];
  gint64 end = CLAMP (time, TIME_MIN + 1, TIME_MAX);

  stream->covered = MAX (stream->covered, end);
  if (duration != PERCEPTUAL_DURATION_NONE && duration > 0) {
    end = MIN (end + clamp_duration (duration), TIME_MAX);
    stream->covered = MAX (stream->covered, end - 1);
  }
  stream->complete = MAX (stream->complete, end);
  self->counts.gaps++;
  advance (self);
}

void
perceptual_pairer_end (PerceptualPairer *self, PerceptualSide side)
{
  self->streams[side].ended = TRUE;
  advance (self);
}

void
perceptual_pairer_leave (
    PerceptualPairer *self, PerceptualSide side, gint64 time, gpointer frame)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->frame = frame;
  entry->time = CLAMP (time, TIME_MIN + 1, TIME_MAX);
  conclude (self, side == PERCEPTUAL_REFERENCE ? entry : NULL,
      side == PERCEPTUAL_DISTORTED ? entry : NULL);
}

void
perceptual_pairer_restart_distorted (PerceptualPairer *self)
{
  Stream *stream = &self->streams[PERCEPTUAL_DISTORTED];
  Entry *entry;

  while ((entry = g_queue_pop_head (&stream->frames)) != NULL)
    conclude (self, NULL, entry);
  stream->last = stream->complete = stream->covered = TIME_MIN;
}

void
perceptual_pairer_give_up (PerceptualPairer *self)
{
  const Entry *reference = nth (self, PERCEPTUAL_REFERENCE, 0);
  gint best;

  if (reference == NULL)
    return;
  decide (self, TRUE, &best);
  if (best < 0)
    self->given_up_until = MAX (self->given_up_until,
        reference->time + tolerance_now (self, reference));
  take_reference (self, best);
  advance (self);
}

gboolean
perceptual_pairer_next (PerceptualPairer *self, PerceptualOutcome *outcome)
{
  g_autofree PerceptualOutcome *first = g_queue_pop_head (&self->outcomes);

  if (first != NULL)
    *outcome = *first;
  return first != NULL;
}

gboolean
perceptual_pairer_pending (const PerceptualPairer *self, gint64 *time)
{
  const Entry *reference = nth (self, PERCEPTUAL_REFERENCE, 0);

  if (reference != NULL)
    *time = reference->time;
  return reference != NULL;
}

gboolean
perceptual_pairer_holds (const PerceptualPairer *self)
{
  const Entry *newest = g_queue_peek_tail (
      (GQueue *) &self->streams[PERCEPTUAL_DISTORTED].frames);

  return nth (self, PERCEPTUAL_REFERENCE, 0) != NULL
      || (newest != NULL && !newest->late);
}

const PerceptualCounts *
perceptual_pairer_get_counts (const PerceptualPairer *self)
{
  return &self->counts;
}
