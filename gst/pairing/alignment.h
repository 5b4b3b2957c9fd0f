/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Takes all frames to the lineup and shifts distorted streams by their offsets.
 * Where an offset has to be found first, the beginning of all streams is held
 * until it is known.
 *
 * Two phases.  While it searches, what comes in is held.  After
 * perceptual_alignment_conclude(), or from the beginning where there is nothing
 * to search, it goes on to the lineup, what is held first.
 *
 * Memory: of every stream the frames of 2 * window + duration + 200 ms, and of
 * the offset that is added anyway (up to 10 s), as they were decoded; at most
 * 120 frames for each second of that.  Where only the starts are looked at, two
 * frames.
 *
 * Where the offset is followed, of each stream the frames of
 * 2 * duration + 500 ms are held until it is known, and those before them left
 * without a partner.  Then those are held by which one stream is ahead of the
 * other: of window + 2 s at most; more of it are not wanted.  Where times
 * shake (steady.h), a few frames more are held until theirs is known.
 *
 * One thread at a time.
 */
#ifndef PERCEPTUAL_ALIGNMENT_H
#define PERCEPTUAL_ALIGNMENT_H

#include "frames/frame.h"
#include "pairing/follower.h"
#include "pairing/lineup.h"
#include "pairing/offset-finder.h"

G_BEGIN_DECLS

/* Streams are numbered: the reference is 0, distorted stream n is 1 + n. */
#define PERCEPTUAL_ALIGNMENT_REFERENCE 0

/**
 * PerceptualArrival:
 * @time: ns, as it came in
 * @duration: ns, or GST_CLOCK_TIME_NONE
 * @frame: (nullable): NULL says that there is no frame at that time
 */
typedef struct
{
  gint64 time;
  guint64 duration;
  PerceptualFrame *frame;
} PerceptualArrival;

/**
 * PerceptualAlignmentWay:
 * @PERCEPTUAL_ALIGNMENT_CONTENT: by what the streams show
 * @PERCEPTUAL_ALIGNMENT_START: first frame to first frame
 * @PERCEPTUAL_ALIGNMENT_FILES: by time where the first frames' times are equal
 *   within a quarter of a frame; else by what the streams show, around both
 *   their times and their starts; first frame to first frame where that does
 *   not tell
 * @PERCEPTUAL_ALIGNMENT_TRACK: by what the streams show, all the time
 *   (tracker.h)
 */
typedef enum
{
  PERCEPTUAL_ALIGNMENT_CONTENT,
  PERCEPTUAL_ALIGNMENT_START,
  PERCEPTUAL_ALIGNMENT_FILES,
  PERCEPTUAL_ALIGNMENT_TRACK,
} PerceptualAlignmentWay;

/* What an offset follows from. */
typedef enum
{
  PERCEPTUAL_BASIS_TIME,
  PERCEPTUAL_BASIS_START,
  PERCEPTUAL_BASIS_CONTENT,
} PerceptualBasis;

/**
 * PerceptualAligned:
 * @basis: what @offset follows from.  Found by what the streams show, it is
 *   called by the basis that it agrees with within half a frame.
 * @offset: ns to add to the times of the distorted stream
 * @searched: whether it was searched by what the streams show
 * @found: what came of that
 */
typedef struct
{
  PerceptualBasis basis;
  gint64 offset;
  gboolean searched;
  PerceptualOffset found;
} PerceptualAligned;

typedef struct _PerceptualAlignment PerceptualAlignment;

/**
 * PerceptualAlignmentSearch:
 * @way: how the offsets are found
 * @window: largest offset that is tried, ns
 * @duration: how much of the reference is compared at each offset, ns
 */
typedef struct
{
  PerceptualAlignmentWay way;
  gint64 window;
  gint64 duration;
} PerceptualAlignmentSearch;

/**
 * perceptual_alignment_new:
 * @lineup: where frames go; it outlives the alignment
 * @n: distorted streams, at least 1
 * @shifts: (array length=n): ns to add to the times of each distorted stream
 *   before; offsets are found on top of it
 * @by_number: frames go to the lineup with a second for each frame before them
 *   in place of their times, so that numbers pair; goes without @search
 * @search: (nullable): what to search, NULL for nothing
 *
 * Returns: (transfer full): the alignment
 */
PerceptualAlignment *perceptual_alignment_new (PerceptualLineup *lineup,
    guint n, const gint64 *shifts, gboolean by_number,
    const PerceptualAlignmentSearch *search);
void perceptual_alignment_free (PerceptualAlignment *alignment);

/* Forgets what is held and what has ended, as after a flush, in the lineup
 * too.  A search begins anew, and so do numbers; offsets that were found
 * stay. */
void perceptual_alignment_flush (PerceptualAlignment *alignment);

/* --- frames -------------------------------------------------------------- */

/* Whether more of @stream is needed to go on. */
gboolean perceptual_alignment_wants (
    const PerceptualAlignment *alignment, guint stream);

/* Hands the next that is held of @stream on to the lineup, which must want it.
 * Returns: FALSE if nothing is held; then it has to come from outside. */
gboolean perceptual_alignment_hand_on (
    PerceptualAlignment *alignment, guint stream);

/**
 * perceptual_alignment_push:
 * @arrival: its frame is taken, also on failure
 * @error: PERCEPTUAL_ERROR_IMAGE, _SIZE, _NO_MEMORY, _UNSUPPORTED: the frame
 *   cannot be read
 *
 * Returns: FALSE with @error set
 */
gboolean perceptual_alignment_push (PerceptualAlignment *alignment,
    guint stream, PerceptualArrival arrival, GError **error);

/* Nothing of @stream will come any more.  @error: as of
 * perceptual_alignment_push().  Returns: FALSE with @error set */
gboolean perceptual_alignment_end (
    PerceptualAlignment *alignment, guint stream, GError **error);

/* Whether a frame of @stream, a distorted one, of the running time @time comes
 * after its reference frame was given up, and is to be taken before the next
 * reference frame, though the lineup does not want it; see
 * perceptual_pairer_is_late(). */
gboolean perceptual_alignment_is_late (
    const PerceptualAlignment *alignment, guint stream, gint64 time);

/* Whether anything of @stream is held here or by the search; the lineup's
 * frames do not count. */
gboolean perceptual_alignment_holds (
    const PerceptualAlignment *alignment, guint stream);

/* Whether the lineup has the ends of all streams. */
gboolean perceptual_alignment_has_ended (const PerceptualAlignment *alignment);

/* --- offsets ------------------------------------------------------------- */

/**
 * perceptual_alignment_conclude:
 * @any: ends it with what is there, once one stream is complete; otherwise
 *   once all are
 * @aligned: (out): one for each distorted stream
 *
 * Ends the search.  perceptual_alignment_set_offset() has to follow for each
 * distorted stream.
 *
 * Returns: FALSE if there is no search, or not enough came in yet
 */
gboolean perceptual_alignment_conclude (
    PerceptualAlignment *alignment, gboolean any, PerceptualAligned *aligned);

/* --- offsets that are followed ------------------------------------------- */

/* Returns: (transfer none) (nullable): who follows them, NULL where they stay
 * as they are. */
PerceptualFollower *perceptual_alignment_get_follower (
    const PerceptualAlignment *alignment);

/* To be called until there is nothing more; see perceptual_follower_next(). */
gboolean perceptual_alignment_follow (
    PerceptualAlignment *alignment, guint stream, PerceptualTracking *tracking);

/* What is added to times of @stream from now on, ns. */
void perceptual_alignment_set_offset (
    PerceptualAlignment *alignment, guint stream, gint64 offset);
gint64 perceptual_alignment_get_offset (
    const PerceptualAlignment *alignment, guint stream);

/* Returns: how many frames of @stream have come, where frames are paired by
 * number, else 0. */
guint64 perceptual_alignment_get_frames (
    const PerceptualAlignment *alignment, guint stream);

/* Returns: @time + @offset, with room for differences of such times. */
gint64 perceptual_alignment_shift (gint64 time, gint64 offset);

G_END_DECLS

#endif /* PERCEPTUAL_ALIGNMENT_H */
