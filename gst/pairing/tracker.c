/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds, keeps and follows the offset of one distorted stream.
 */
#include "pairing/tracker.h"

#include <math.h>

#define MS G_GINT64_CONSTANT (1000000)

/* From look to look, and between searches of the whole window where the offset
 * is lost. */
#define STEP (250 * MS)
#define LOST_STEP (1000 * MS)
/* How long after the window was covered a search that finds nothing ends. */
#define PATIENCE (1000 * MS)
/* At least so many frames are compared. */
#define LEAST_FRAMES 12
/* Below this fit the offset is in doubt. */
#define GOOD_FIT .5
/* A fit that is believed before all of the window has been covered, and how
 * much of the usual fit another offset may lack while the doubt is fresh:
 * where the right offset cannot be seen yet, a wrong one may look good. */
#define SURE_FIT .9
#define SURE_CONFIDENCE .5
#define USUAL_LACK .2
#define USUAL_GAIN (1. / 32)
/* What is left of the misfit at another offset, to be better; and at one that
 * is only REACH frames away, where an encoder that leaves frames out may make a
 * neighbour look a little better. */
#define BETTER .7
#define MUCH_BETTER .5
#define LEAST_GAIN 1e-3
#define REACH 3
/* Looks in a row until it is believed. */
#define AGREEING 2
#define AGREEING_NEAR 4
/* Looks in a row without a fit until the offset is lost. */
#define MISSES 6
/* Part of a pair's distance that counts as drift, and of a frame from which on
 * it is followed. */
#define DRIFT_GAIN (1. / 4)
#define DRIFT_SHARE (1. / 6)
/* A pair whose frames are further apart, in frames, may be of neighbours. */
#define FAR (3. / 8)
/* Streams whose frames last the same but for this part have one rate. */
#define SAME_RATE 8
/* Times of the last pairs, to count them afterwards. */
#define MOST_PAIRS 256

struct _PerceptualTracker
{
  gint64 given; /* the offset at first */
  gint64 offset;
  gint64 before; /* the last jump, */
  gint64 kept;   /* distorted time up to which that counts */
  gint64 window;
  gint64 duration;
  PerceptualTrackerState state;
  PerceptualOffset found; /* what the offset fits by */
  gdouble usual;          /* fit while it was good */

  gint64 frame;  /* ns that a reference frame lasts; 0 while not known */
  gint64 begun;  /* reference time at which both streams were there */
  gint64 looked; /* reference time of the last look */
  gint64 searched;
  gint64 good;       /* reference time up to which the offset was good */
  gint64 doubted;    /* reference time at which it no longer was */
  gint64 sure_from;  /* reference time before which pairs are unsure */
  gint64 wrong_from; /* reference times between which they are, too, by what */
  gint64 wrong_to;   /* was found later */
  gint64 now;        /* the newest reference time */
  gint64 until;      /* the newest that both have a frame for, at the offset */
  gboolean running;  /* @begun to @now are known */

  guint doubts;     /* looks in a row without a good fit */
  gint64 candidate; /* that the last look found better */
  guint agreeing;   /* looks in a row that did */

  gdouble drift;            /* of pairs, ns */
  gint64 pairs[MOST_PAIRS]; /* reference times of those that were sure */
  guint64 n_pairs;
};

PerceptualTracker *
perceptual_tracker_new (gint64 offset, gint64 window, gint64 duration)
{
  PerceptualTracker *self = g_new0 (PerceptualTracker, 1);

  self->given = self->offset = offset;
  self->window = window;
  self->duration = duration;
  self->kept = self->sure_from = G_MININT64;
  self->wrong_from = self->wrong_to = G_MININT64;
  self->found = (PerceptualOffset){
    .verdict = PERCEPTUAL_OFFSET_SHORT,
    .fit = -1,
    .second = -1,
  };
  return self;
}

void
perceptual_tracker_free (PerceptualTracker *self)
{
  g_free (self);
}

void
perceptual_tracker_flush (PerceptualTracker *self)
{
  self->running = FALSE;
  self->doubts = self->agreeing = 0;
  self->drift = 0;
  self->n_pairs = 0;
  self->kept = self->sure_from = G_MININT64;
  self->wrong_from = self->wrong_to = G_MININT64;
}

PerceptualTrackerState
perceptual_tracker_get_state (const PerceptualTracker *self)
{
  return self->state;
}

gint64
perceptual_tracker_get_offset (const PerceptualTracker *self)
{
  return self->offset;
}

gint64
perceptual_tracker_offset_at (const PerceptualTracker *self, gint64 time)
{
  return time <= self->kept ? self->before : self->offset;
}

static gboolean
is_in_doubt (const PerceptualTracker *self)
{
  return self->state != PERCEPTUAL_TRACKER_LOCKED || self->doubts > 0
      || self->agreeing > 0;
}

gboolean
perceptual_tracker_is_unsure (
    const PerceptualTracker *self, gint64 time, gint64 delta)
{
  return is_in_doubt (self) || time < self->sure_from
      || (time >= self->wrong_from && time < self->wrong_to)
      || ABS (delta) > (gint64) ((gdouble) self->frame * FAR);
}

/* --- events -------------------------------------------------------------- */

static guint
count_pairs (const PerceptualTracker *self, gint64 since)
{
  guint kept = (guint) MIN (self->n_pairs, MOST_PAIRS), n = 0;

  for (guint i = 0; i < kept; i++)
    n += self->pairs[i] >= since ? 1 : 0;
  return n;
}

/* Moves on to @state and @offset.  Returns: TRUE. */
static gboolean
change (PerceptualTracker *self, PerceptualTrackerChange what,
    PerceptualTrackerState state, gint64 offset, PerceptualTracking *event)
{
  gboolean in_doubt =
      what == PERCEPTUAL_TRACKER_JUMP || what == PERCEPTUAL_TRACKER_LOST;

  *event = (PerceptualTracking){
    .change = what,
    .state = state,
    .offset = offset,
    .before = self->offset,
    .time = self->until,
    .since = self->until,
    .found = self->found,
  };
  /* What was compared when it was good last may have been half wrong. */
  if (in_doubt && self->state == PERCEPTUAL_TRACKER_LOCKED) {
    event->since = self->good - self->duration;
    event->pairs = count_pairs (self, event->since);
    self->n_pairs = 0;
    /* Those that are still to come are marked. */
    self->wrong_from = event->since;
    self->wrong_to = event->time;
  }
  self->state = state;
  if (what == PERCEPTUAL_TRACKER_JUMP) {
    self->before = self->offset;
    self->kept = self->good - self->offset;
  }
  self->offset = offset;
  if (state == PERCEPTUAL_TRACKER_LOCKED && what != PERCEPTUAL_TRACKER_TIMES
      && what != PERCEPTUAL_TRACKER_DRIFT)
    self->good = self->until;
  self->drift = 0;
  if (what != PERCEPTUAL_TRACKER_DRIFT)
    self->doubts = self->agreeing = 0;
  return TRUE;
}

/* What was found and is not believed has to say why. */
static void
note_disbelief (PerceptualTracker *self)
{
  if (self->found.verdict == PERCEPTUAL_OFFSET_FOUND)
    self->found.verdict = self->found.fit < GOOD_FIT ? PERCEPTUAL_OFFSET_UNLIKE
                                                     : PERCEPTUAL_OFFSET_SHORT;
}

void
perceptual_tracker_note_jump (
    PerceptualTracker *self, PerceptualTracking *event)
{
  change (self, PERCEPTUAL_TRACKER_TIMES, self->state, self->offset, event);
  if (self->state == PERCEPTUAL_TRACKER_LOCKED)
    self->doubts = 1;
}

gboolean
perceptual_tracker_give_up (PerceptualTracker *self, PerceptualTracking *event)
{
  if (self->state != PERCEPTUAL_TRACKER_SEARCHING)
    return FALSE;
  note_disbelief (self);
  return change (self, PERCEPTUAL_TRACKER_BEGIN, PERCEPTUAL_TRACKER_UNSURE,
      self->given, event);
}

gboolean
perceptual_tracker_note_pair (PerceptualTracker *self, gint64 time,
    gint64 delta, PerceptualTracking *event)
{
  gint64 moved;

  if (!perceptual_tracker_is_unsure (self, time, delta))
    self->pairs[self->n_pairs++ % MOST_PAIRS] = time;
  if (self->state == PERCEPTUAL_TRACKER_SEARCHING || self->frame == 0)
    return FALSE;
  /* What was before the offset was found says nothing of what is to come. */
  if (time < self->sure_from)
    return FALSE;
  self->drift += ((gdouble) delta - self->drift) * DRIFT_GAIN;
  if (fabs (self->drift) <= (gdouble) self->frame * DRIFT_SHARE)
    return FALSE;
  moved = (gint64) llround (self->drift);
  return change (
      self, PERCEPTUAL_TRACKER_DRIFT, self->state, self->offset - moved, event);
}

/* --- looking ------------------------------------------------------------- */

/* How much is compared. */
static gint64
stretch (const PerceptualTracker *self)
{
  return MAX (self->duration, LEAST_FRAMES * self->frame);
}

static PerceptualOffset
search (PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted)
{
  self->searched = self->now;
  return perceptual_offset_find_recent (
      reference, distorted, self->given, self->window, stretch (self));
}

static gboolean
is_same (const PerceptualTracker *self, gint64 a, gint64 b)
{
  return ABS (a - b) <= self->frame / 2;
}

/* Counts how often in a row the same offset was found to be the best. */
static guint
agree (PerceptualTracker *self, gint64 offset)
{
  if (self->agreeing == 0 || !is_same (self, offset, self->candidate))
    self->agreeing = 0;
  self->candidate = offset;
  return ++self->agreeing;
}

static gboolean
is_better (const PerceptualOffset *a, const PerceptualOffset *b, gdouble left)
{
  gdouble misfit = 1 - a->fit, other = 1 - b->fit;

  return misfit < other * left && other - misfit > LEAST_GAIN;
}

/* Whether all offsets of the window have been seen since @time. */
static gboolean
has_covered (const PerceptualTracker *self, gint64 time)
{
  return self->now - time >= self->window + stretch (self);
}

/* Whether to believe @found, which is another offset than before, or the first;
 * @least: the fit that it has to have while not all is covered since @time */
static gboolean
is_believed (const PerceptualTracker *self, const PerceptualOffset *found,
    gint64 time, gdouble least)
{
  if (found->verdict != PERCEPTUAL_OFFSET_FOUND || found->fit < GOOD_FIT)
    return FALSE;
  return has_covered (self, time)
      || (found->fit >= least && found->confidence >= SURE_CONFIDENCE);
}

/* The fit that is believed while a doubt is fresh. */
static gdouble
least_fit (const PerceptualTracker *self)
{
  return MAX (GOOD_FIT, self->usual - USUAL_LACK);
}

/* Returns: how well @offset fits the @duration up to @newest, or one a few
 * frames beside it that does so much better. */
static PerceptualOffset
look_near (const PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 offset, gint64 duration,
    gint64 newest)
{
  PerceptualOffset here =
      perceptual_offset_try (reference, distorted, offset, duration, newest);
  PerceptualOffset best = here;

  for (gint k = -REACH; k <= REACH; k++) {
    PerceptualOffset near = perceptual_offset_try (
        reference, distorted, offset + k * self->frame, duration, newest);

    if (k != 0 && near.verdict == PERCEPTUAL_OFFSET_FOUND
        && near.fit > best.fit)
      best = near;
  }
  return is_better (&best, &here, MUCH_BETTER) ? best : here;
}

/* A stream whose frames are gone through from the newest back. */
typedef struct
{
  const PerceptualTrack *track;
  gint64 frame; /* ns from frame to frame */
  guint at;
  gint64 off; /* how far @at is from times that are even, ns */
} Walk;

static Walk
walk_of (const PerceptualTrack *track)
{
  return (Walk){
    .track = track,
    .frame = MAX (perceptual_offset_get_frame (track), 1),
    .at = perceptual_track_get_length (track) - 1,
  };
}

static gint64
time_of (const Walk *walk)
{
  return perceptual_track_get (walk->track, walk->at)->time;
}

/* Frames that are missing do not make times uneven. */
static gboolean
step_back (Walk *walk)
{
  gint64 step, frames;

  if (walk->at == 0)
    return FALSE;
  step =
      time_of (walk) - perceptual_track_get (walk->track, walk->at - 1)->time;
  frames = llround ((gdouble) step / (gdouble) walk->frame);
  walk->off -= step - frames * walk->frame;
  walk->at--;
  return TRUE;
}

/* Returns: the reference time since which the times of both streams keep the
 * distance that their newest frames have at @offset; G_MININT64 for always */
static gint64
even_since (const PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 offset)
{
  Walk r = walk_of (reference), d = walk_of (distorted);
  gdouble sum = 0;
  guint n = 0;

  /* What bends looks like another frame rate, a little. */
  if (ABS (d.frame - r.frame) < r.frame / SAME_RATE)
    d.frame = r.frame;
  do {
    gint64 time = time_of (&d) + offset;
    gdouble off;

    while (time_of (&r) > time && step_back (&r))
      continue;
    off = (gdouble) (d.off - r.off);
    if (n < LEAST_FRAMES) {
      sum += off;
      n++;
    } else if (fabs (off - sum / n) > (gdouble) self->frame * FAR) {
      return time + self->frame;
    }
  } while (step_back (&d));
  return G_MININT64;
}

/* Returns: the reference time since which the pictures at @offset are alike,
 * looking back from @from; G_MININT64 for always */
static gint64
alike_since (const PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 offset, gint64 from)
{
  gint64 piece = LEAST_FRAMES * self->frame;
  gint64 first = MAX (perceptual_track_get (reference, 0)->time,
      perceptual_track_get (distorted, 0)->time + offset);

  while (from > first) {
    gint64 newest = MAX (from, first + piece);
    PerceptualOffset near =
        look_near (self, reference, distorted, offset, piece, newest);

    if (near.verdict != PERCEPTUAL_OFFSET_FOUND || near.fit < SURE_FIT
        || !is_same (self, near.offset, offset))
      return from;
    from = newest - piece;
  }
  return G_MININT64;
}

/* Looks back from what @offset was found by, as far as it fits: frames that
 * came before may have had other times.  A few that are wrong among many are
 * seen by their times alone. */
static void
look_back (PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 offset)
{
  guint m = perceptual_track_get_length (distorted);
  gint64 from =
      MIN (self->now, perceptual_track_get (distorted, m - 1)->time + offset)
      - stretch (self);

  self->sure_from = MAX (alike_since (self, reference, distorted, offset, from),
      even_since (self, reference, distorted, offset));
}

/* No offset is known: the first one that two searches agree on. */
static gboolean
look_for_begin (PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, PerceptualTracking *event)
{
  PerceptualOffset found = search (self, reference, distorted);

  self->found = found;
  if (is_believed (self, &found, self->begun, SURE_FIT)) {
    if (agree (self, found.offset) >= AGREEING) {
      self->usual = found.fit;
      look_back (self, reference, distorted, found.offset);
      return change (self, PERCEPTUAL_TRACKER_BEGIN, PERCEPTUAL_TRACKER_LOCKED,
          found.offset, event);
    }
  } else {
    self->agreeing = 0;
  }
  if (!has_covered (self, self->begun + PATIENCE))
    return FALSE;
  note_disbelief (self);
  return change (self, PERCEPTUAL_TRACKER_BEGIN, PERCEPTUAL_TRACKER_UNSURE,
      self->given, event);
}

/* The offset is good, as @here says. */
static gboolean
confirm (PerceptualTracker *self, const PerceptualOffset *here,
    PerceptualTracking *event)
{
  self->found = *here;
  /* How sure that is was found when it was searched. */
  self->found.confidence = MAX (here->confidence, here->fit);
  self->good = self->until;
  self->usual += (here->fit - self->usual) * USUAL_GAIN;
  self->doubts = self->agreeing = 0;
  if (self->state == PERCEPTUAL_TRACKER_LOCKED)
    return FALSE;
  return change (self, PERCEPTUAL_TRACKER_REGAINED, PERCEPTUAL_TRACKER_LOCKED,
      self->offset, event);
}

/* Where pictures change little from frame to frame, an offset that is a frame
 * off may have looked good for a while: goes back for as long as @offset, which
 * is believed now, fits better. */
static void
doubt_what_was_good (PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 offset)
{
  gint64 piece = LEAST_FRAMES * self->frame;
  gint64 first = perceptual_track_get (reference, 0)->time;
  gint64 time = self->until;

  while (time > first
      && perceptual_offset_try (reference, distorted, offset, piece, time).fit
          > perceptual_offset_try (
              reference, distorted, self->offset, piece, time)
                .fit)
    time -= piece;
  self->good = MIN (self->good, time);
}

/* The offset does not fit: does any other? */
static gboolean
look_far (PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, const PerceptualOffset *here,
    PerceptualTracking *event)
{
  PerceptualOffset found;

  if (self->doubts++ == 0)
    self->doubted = self->now;
  if (self->state == PERCEPTUAL_TRACKER_UNSURE
      && self->now - self->searched < LOST_STEP && self->agreeing == 0)
    return FALSE;
  found = search (self, reference, distorted);
  if (is_same (self, found.offset, self->offset)
      && is_believed (self, &found, self->doubted, least_fit (self)))
    return confirm (self, &found, event);
  if (is_believed (self, &found, self->doubted, least_fit (self))
      && is_better (&found, here, BETTER)) {
    if (agree (self, found.offset) < AGREEING)
      return FALSE;
    self->found = found;
    self->usual = found.fit;
    doubt_what_was_good (self, reference, distorted, found.offset);
    return change (self, PERCEPTUAL_TRACKER_JUMP, PERCEPTUAL_TRACKER_LOCKED,
        found.offset, event);
  }
  self->agreeing = 0;
  /* Where one stream has no frames, there is nothing to doubt. */
  if (self->state == PERCEPTUAL_TRACKER_UNSURE || self->doubts < MISSES
      || here->verdict == PERCEPTUAL_OFFSET_SHORT)
    return FALSE;
  self->found = found;
  note_disbelief (self);
  return change (self, PERCEPTUAL_TRACKER_LOST, PERCEPTUAL_TRACKER_UNSURE,
      self->offset, event);
}

/* Whether a neighbour is better, and has been for long enough. */
static gboolean
follow_near (PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, const PerceptualOffset *near,
    PerceptualTracking *event)
{
  if (agree (self, near->offset) < AGREEING_NEAR)
    return FALSE;
  self->found = *near;
  self->found.confidence = near->fit;
  doubt_what_was_good (self, reference, distorted, near->offset);
  return change (self, PERCEPTUAL_TRACKER_JUMP, PERCEPTUAL_TRACKER_LOCKED,
      near->offset, event);
}

static gboolean
check (PerceptualTracker *self, const PerceptualTrack *reference,
    const PerceptualTrack *distorted, PerceptualTracking *event)
{
  PerceptualOffset here = perceptual_offset_try (
      reference, distorted, self->offset, stretch (self), G_MAXINT64);
  PerceptualOffset near;

  /* Nothing moves: it can be neither good nor bad. */
  if (here.verdict == PERCEPTUAL_OFFSET_STILL) {
    self->doubts = self->agreeing = 0;
    return FALSE;
  }
  /* What was lost has to be better than all others to be believed again. */
  if (here.verdict != PERCEPTUAL_OFFSET_FOUND || here.fit < GOOD_FIT
      || self->state == PERCEPTUAL_TRACKER_UNSURE)
    return look_far (self, reference, distorted, &here, event);
  near = look_near (
      self, reference, distorted, self->offset, stretch (self), G_MAXINT64);
  if (!is_same (self, near.offset, self->offset))
    return follow_near (self, reference, distorted, &near, event);
  return confirm (self, &here, event);
}

gboolean
perceptual_tracker_look (PerceptualTracker *self,
    const PerceptualTrack *reference, const PerceptualTrack *distorted,
    PerceptualTracking *event)
{
  guint n = perceptual_track_get_length (reference);
  guint m = perceptual_track_get_length (distorted);

  if (n < 2 || m < 2)
    return FALSE;
  self->now = perceptual_track_get (reference, n - 1)->time;
  self->until = MIN (
      self->now, perceptual_track_get (distorted, m - 1)->time + self->offset);
  if (!self->running) {
    self->running = TRUE;
    self->begun = self->looked = self->now;
    self->good = self->until;
    self->searched = self->now - LOST_STEP;
  }
  if (self->now - self->looked < STEP)
    return FALSE;
  self->looked = self->now;
  self->frame = perceptual_offset_get_frame (reference);
  return self->state == PERCEPTUAL_TRACKER_SEARCHING
      ? look_for_begin (self, reference, distorted, event)
      : check (self, reference, distorted, event);
}
