/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Follows the offsets of distorted streams while frames come in: puts their
 * times on lines without jumps (timeline.h), keeps small pictures of the newest
 * frames (track.h), and tells what becomes of each offset (tracker.h).
 *
 * Memory: 5 KB for each frame of window + duration + 2 s.
 *
 * Streams are numbered: the reference is 0, distorted stream n is 1 + n.  One
 * thread at a time.
 */
#ifndef PERCEPTUAL_FOLLOWER_H
#define PERCEPTUAL_FOLLOWER_H

#include "frames/frame.h"
#include "frames/images.h"
#include "pairing/tracker.h"

G_BEGIN_DECLS

/* What a stream may be away from the other, beyond the window, ns. */
#define PERCEPTUAL_FOLLOWER_MARGIN (2 * GST_SECOND)

typedef struct _PerceptualFollower PerceptualFollower;

/**
 * perceptual_follower_new:
 * @n: distorted streams, at least 1
 * @offsets: (array length=n): see perceptual_tracker_new()
 * @window: likewise
 * @duration: likewise
 *
 * Returns: (transfer full): a follower that searches
 */
PerceptualFollower *perceptual_follower_new (
    guint n, const gint64 *offsets, gint64 window, gint64 duration);
void perceptual_follower_free (PerceptualFollower *follower);

/* Forgets frames and times, as after a flush; offsets stay. */
void perceptual_follower_flush (PerceptualFollower *follower);

/**
 * perceptual_follower_take:
 * @frames: maps the frame
 * @frame: (transfer none): the next frame of @stream
 * @time: (inout): its time as it came; on the line of the stream
 * @duration: ns from frame to frame, or GST_CLOCK_TIME_NONE
 * @error: PERCEPTUAL_ERROR_IMAGE, _SIZE, _NO_MEMORY, _UNSUPPORTED: the frame
 *   cannot be read
 *
 * Returns: FALSE with @error set
 */
gboolean perceptual_follower_take (PerceptualFollower *follower, guint stream,
    PerceptualFrames *frames, PerceptualFrame *frame, gint64 *time,
    guint64 duration, GError **error);

/* A stream has ended: what has not been found will not be. */
void perceptual_follower_give_up (PerceptualFollower *follower);

/* Tells that a frame of @stream got a partner: the time of the reference on its
 * line, and distorted minus reference time. */
void perceptual_follower_note_pair (
    PerceptualFollower *follower, guint stream, gint64 time, gint64 delta);

/**
 * perceptual_follower_next:
 * @stream: a distorted one
 * @tracking: (out): the next thing that happened to its offset.  Offsets are
 *   those that are added to times as they came in, times are the reference's
 *   as they came in.
 *
 * Returns: whether something happened
 */
gboolean perceptual_follower_next (
    PerceptualFollower *follower, guint stream, PerceptualTracking *tracking);

/* Whether the first offsets of all streams have been found, or given up. */
gboolean perceptual_follower_has_begun (const PerceptualFollower *follower);

/* Whether a pair of @stream may be of the wrong frames, as of
 * perceptual_tracker_is_unsure(). */
gboolean perceptual_follower_is_unsure (const PerceptualFollower *follower,
    guint stream, gint64 time, gint64 delta);

/* Returns: ns to add to times on the line of @stream to have them on that of
 * the reference. */
gint64 perceptual_follower_get_offset (
    const PerceptualFollower *follower, guint stream);

/* Returns: the same for a frame at @time on that line, which may have come
 * before the offset changed. */
gint64 perceptual_follower_offset_at (
    const PerceptualFollower *follower, guint stream, gint64 time);

/* Returns: ns that the line of @stream adds to its times as they come. */
gint64 perceptual_follower_get_shift (
    const PerceptualFollower *follower, guint stream);

G_END_DECLS

#endif /* PERCEPTUAL_FOLLOWER_H */
