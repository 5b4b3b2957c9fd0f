/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The offset between two streams that go on for weeks: found by what they show
 * (offset-finder.h), kept, and followed where it changes.
 *
 * Slow drift shows in the times of pairs: where a pair's frames come to lie
 * apart by more than a sixth of a frame, on average over some, the offset is
 * moved by as much.  What both streams show is compared four times a second, at
 * the offset and a few frames beside it.  Where it no longer fits, all offsets
 * in the window are tried; another one is taken once two searches in a row
 * agree, a neighbour once it has been better for a second.  Where nothing fits,
 * or nothing moves, the offset stays as it is.
 *
 * Between the first doubt and its end the tracker is unsure, and so are pairs
 * that are made meanwhile; pairs of frames that are far apart; and at first
 * those of frames that came before what the offset was found by, as far as they
 * do not fit it too.  At a jump, those of the second before the doubt are so
 * too, afterwards.
 *
 * Times are ns, those of the distorted stream before the offset is added.
 * Works on times and small pictures, without GStreamer.  One thread at a time.
 */
#ifndef PERCEPTUAL_TRACKER_H
#define PERCEPTUAL_TRACKER_H

#include "pairing/offset-finder.h"

G_BEGIN_DECLS

/**
 * PerceptualTrackerState:
 * @PERCEPTUAL_TRACKER_SEARCHING: no offset was found yet
 * @PERCEPTUAL_TRACKER_LOCKED: the streams show the same at the offset
 * @PERCEPTUAL_TRACKER_UNSURE: they do not, or it cannot be told
 */
typedef enum
{
  PERCEPTUAL_TRACKER_SEARCHING,
  PERCEPTUAL_TRACKER_LOCKED,
  PERCEPTUAL_TRACKER_UNSURE,
} PerceptualTrackerState;

/**
 * PerceptualTrackerChange:
 * @PERCEPTUAL_TRACKER_BEGIN: the search is over; the state says how
 * @PERCEPTUAL_TRACKER_DRIFT: the offset moved by a part of a frame
 * @PERCEPTUAL_TRACKER_JUMP: another offset fits
 * @PERCEPTUAL_TRACKER_TIMES: the timestamps of a stream jumped; the offset was
 *   moved so that its frames go on where they were
 * @PERCEPTUAL_TRACKER_LOST: nothing fits any more; the offset stays
 * @PERCEPTUAL_TRACKER_REGAINED: the offset fits again
 */
typedef enum
{
  PERCEPTUAL_TRACKER_BEGIN,
  PERCEPTUAL_TRACKER_DRIFT,
  PERCEPTUAL_TRACKER_JUMP,
  PERCEPTUAL_TRACKER_TIMES,
  PERCEPTUAL_TRACKER_LOST,
  PERCEPTUAL_TRACKER_REGAINED,
} PerceptualTrackerChange;

/**
 * PerceptualTracking:
 * @change: what happened
 * @state: since then
 * @offset: to be added to distorted times from now on
 * @before: what was added until now
 * @time: of the newest reference frame that the distorted stream has one for
 * @since: time of the reference from which on pairs may be wrong, where they
 *   may; else @time
 * @pairs: how many pairs since then were not known to be unsure when they were
 *   made
 * @found: what the offset fits by.  After a drift, as it was last.
 */
typedef struct
{
  PerceptualTrackerChange change;
  PerceptualTrackerState state;
  gint64 offset;
  gint64 before;
  gint64 time;
  gint64 since;
  guint pairs;
  PerceptualOffset found;
} PerceptualTracking;

typedef struct _PerceptualTracker PerceptualTracker;

/**
 * perceptual_tracker_new:
 * @offset: around which is searched, and which is taken if that finds nothing
 * @window: largest distance from it, ns
 * @duration: how much is compared, ns
 *
 * Returns: (transfer full): a tracker that searches
 */
PerceptualTracker *perceptual_tracker_new (
    gint64 offset, gint64 window, gint64 duration);
void perceptual_tracker_free (PerceptualTracker *tracker);

/* Forgets times and doubts, as after a flush; the offset stays. */
void perceptual_tracker_flush (PerceptualTracker *tracker);

/**
 * perceptual_tracker_look:
 * @reference: the reference of the last window and duration, or more
 * @distorted: the distorted stream likewise
 * @event: (out): what happened
 *
 * To be called after every frame; looks four times a second.
 *
 * Returns: whether something happened
 */
gboolean perceptual_tracker_look (PerceptualTracker *tracker,
    const PerceptualTrack *reference, const PerceptualTrack *distorted,
    PerceptualTracking *event);

/**
 * perceptual_tracker_note_pair:
 * @time: of its reference frame
 * @delta: distorted minus reference time, with the offset
 * @event: (out): what happened
 *
 * Returns: whether something happened
 */
gboolean perceptual_tracker_note_pair (PerceptualTracker *tracker, gint64 time,
    gint64 delta, PerceptualTracking *event);

/* Ends the search for the first offset with what was given.  @event: (out):
 * says so.  Returns: FALSE if there is no search */
gboolean perceptual_tracker_give_up (
    PerceptualTracker *tracker, PerceptualTracking *event);

/* The times of a stream jumped, and are counted on from where they were.
 * @event: (out): says so */
void perceptual_tracker_note_jump (
    PerceptualTracker *tracker, PerceptualTracking *event);

PerceptualTrackerState perceptual_tracker_get_state (
    const PerceptualTracker *tracker);
gint64 perceptual_tracker_get_offset (const PerceptualTracker *tracker);

/* Returns: what is to be added to the distorted time @time: what it was before
 * a jump, for frames that were good by that. */
gint64 perceptual_tracker_offset_at (
    const PerceptualTracker *tracker, gint64 time);

/* Whether a pair that is made now may be of the wrong frames.  @time: of its
 * reference frame; @delta: distorted minus that, with the offset */
gboolean perceptual_tracker_is_unsure (
    const PerceptualTracker *tracker, gint64 time, gint64 delta);

G_END_DECLS

#endif /* PERCEPTUAL_TRACKER_H */
