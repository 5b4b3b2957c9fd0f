/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which distorted frame belongs to which reference frame.
 *
 * Two streams of frames with times go in, in the order they arrive; pairs and
 * frames without a partner come out.  The outcome depends on the two streams
 * only, not on how their arrivals interleave (unless a reference frame is
 * given up by perceptual_pairer_give_up()).
 *
 * The rule: the reference drives.  A reference frame R takes the distorted
 * frame nearest to it among those that
 *   - lie within the tolerance of R,
 *   - come after every distorted frame that was already taken, and
 *   - are not nearer to the reference frame after R; this is not asked of a
 *     distorted frame that lies within half of R's own duration.  Of two
 *     equally near, the earlier one is taken.  A frame is used once.  A frame
 *     whose time is not after that of the frame before it on the same side (a
 *     duplicate, a step back) has no place in the order and is left unmatched.
 *
 * At most two frames a side are held.  One thread at a time.
 */
#ifndef PERCEPTUAL_PAIRER_H
#define PERCEPTUAL_PAIRER_H

#include <glib.h>

G_BEGIN_DECLS

/* A duration that is not known. */
#define PERCEPTUAL_DURATION_NONE G_MAXUINT64

typedef enum
{
  PERCEPTUAL_REFERENCE,
  PERCEPTUAL_DISTORTED,
} PerceptualSide;

typedef enum
{
  PERCEPTUAL_OUTCOME_PAIR,
  /* No distorted frame for it within the tolerance. */
  PERCEPTUAL_OUTCOME_UNMATCHED_REFERENCE,
  /* No reference frame took it. */
  PERCEPTUAL_OUTCOME_UNMATCHED_DISTORTED,
  /* As before, and it arrived after its reference frame had been given up. */
  PERCEPTUAL_OUTCOME_LATE,
} PerceptualOutcomeKind;

/**
 * PerceptualOutcome:
 * @kind: what happened
 * @reference: (transfer full) (nullable): the reference frame, for pairs and
 *   unmatched reference frames
 * @distorted: (transfer full) (nullable): the distorted frame, for the others
 *   and for pairs
 * @time: time of @reference, or of @distorted without one, in ns
 * @delta: for pairs, distorted minus reference time in ns
 * @after_end: the other side had ended before this unmatched frame
 */
typedef struct
{
  PerceptualOutcomeKind kind;
  gpointer reference;
  gpointer distorted;
  gint64 time;
  gint64 delta;
  gboolean after_end;
} PerceptualOutcome;

/**
 * PerceptualCounts:
 * @pairs: frames paired
 * @unmatched_reference: reference frames without a partner.  pairs +
 *   unmatched_reference is the number of reference frames.
 * @unmatched_distorted: distorted frames without a partner that were in time
 * @late: distorted frames that arrived after their reference frame had been
 *   given up.  pairs + unmatched_distorted + late is the number of distorted
 *   frames.
 * @gaps: announcements, on either side, that no frame will come
 * @after_end_reference: those of @unmatched_reference that came after the end
 *   of the distorted stream
 * @after_end_distorted: the same the other way round
 */
typedef struct
{
  guint64 pairs;
  guint64 unmatched_reference;
  guint64 unmatched_distorted;
  guint64 late;
  guint64 gaps;
  guint64 after_end_reference;
  guint64 after_end_distorted;
} PerceptualCounts;

typedef struct _PerceptualPairer PerceptualPairer;

/**
 * perceptual_pairer_new:
 * @tolerance: largest distance in ns of two frames of a pair; negative for
 *   half of the reference frame's duration (of the distance to the next
 *   reference frame where the duration is not known)
 * @free_frame: frees frames that are still held at the end
 *
 * Returns: (transfer full): a pairer without frames
 */
PerceptualPairer *perceptual_pairer_new (
    gint64 tolerance, GDestroyNotify free_frame);
void perceptual_pairer_free (PerceptualPairer *pairer);

/* From now on distorted frames without a partner from before the first
 * reference frame and from after the last one are margins, which are neither
 * counted nor handed out. */
void perceptual_pairer_ignore_margins (PerceptualPairer *pairer);

/* Forgets frames, ends and times, as after a flush; the counts stay. */
void perceptual_pairer_flush (PerceptualPairer *pairer);

/* Whether a frame of @side is needed to go on.  Frames that are not wanted may
 * be pushed too, so that the caller can hand over what it has, but then more
 * than two are held. */
gboolean perceptual_pairer_wants (
    const PerceptualPairer *pairer, PerceptualSide side);

/**
 * perceptual_pairer_push:
 * @side: where the frame came in
 * @time: its time in ns, on the clock that both sides share
 * @duration: in ns, or PERCEPTUAL_DURATION_NONE
 * @frame: (transfer full): handed back in an outcome
 */
void perceptual_pairer_push (PerceptualPairer *pairer, PerceptualSide side,
    gint64 time, guint64 duration, gpointer frame);

/* No frame of @side will come before @time + @duration. */
void perceptual_pairer_gap (PerceptualPairer *pairer, PerceptualSide side,
    gint64 time, guint64 duration);

/* No frame of @side will come any more. */
void perceptual_pairer_end (PerceptualPairer *pairer, PerceptualSide side);

/* Takes a frame of @side that shall have no partner; it is unmatched at
 * once. */
void perceptual_pairer_leave (
    PerceptualPairer *pairer, PerceptualSide side, gint64 time, gpointer frame);

/* The clock of the distorted side is set anew: those of its frames that are
 * held are left without a partner, and the times of those that come need not
 * be after them. */
void perceptual_pairer_restart_distorted (PerceptualPairer *pairer);

/* Stops waiting for the oldest reference frame: it takes the best partner that
 * is there, or is unmatched.  Does nothing when none is held. */
void perceptual_pairer_give_up (PerceptualPairer *pairer);

/* Whether a distorted frame of @time would come after its reference frame had
 * been given up, and can be held until the next one comes: FALSE where two are
 * held already, which only a reference frame lets go. */
gboolean perceptual_pairer_is_late (
    const PerceptualPairer *pairer, gint64 time);

/* The next outcome, in order.  Returns: FALSE when more input is needed. */
gboolean perceptual_pairer_next (
    PerceptualPairer *pairer, PerceptualOutcome *outcome);

/* Time in ns of the oldest undecided reference frame.  Returns: FALSE when
 * none is held. */
gboolean perceptual_pairer_pending (
    const PerceptualPairer *pairer, gint64 *time);

/* Whether any frame is held undecided, other than distorted ones that came
 * late. */
gboolean perceptual_pairer_holds (const PerceptualPairer *pairer);

const PerceptualCounts *perceptual_pairer_get_counts (
    const PerceptualPairer *pairer);

G_END_DECLS

#endif /* PERCEPTUAL_PAIRER_H */
