/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Holds the beginning of all streams until it is known by which offset each
 * distorted one has to be shifted, then hands it out again in order.
 *
 * Two phases.  While it searches, frames go in and none comes out.  After
 * perceptual_alignment_conclude() nothing goes in any more, and what is held
 * is taken out.
 *
 * Memory: of every stream the frames of 2 * window + duration + 200 ms, and of
 * the offset that is added anyway (up to 10 s), as they were decoded; at most
 * 120 frames for each second of that.
 *
 * One thread at a time.
 */
#ifndef PERCEPTUAL_ALIGNMENT_H
#define PERCEPTUAL_ALIGNMENT_H

#include "frames/frame.h"
#include "pairing/offset-finder.h"

G_BEGIN_DECLS

/* Streams are numbered: the reference is 0, distorted stream n is 1 + n. */
#define PERCEPTUAL_ALIGNMENT_REFERENCE 0

/**
 * PerceptualArrival:
 * @time: ns, as it came in
 * @duration: ns, or GST_CLOCK_TIME_NONE
 * @frame: (nullable): NULL says that there is none at that time
 */
typedef struct
{
  gint64 time;
  guint64 duration;
  PerceptualFrame *frame;
} PerceptualArrival;

typedef struct _PerceptualAlignment PerceptualAlignment;

/**
 * perceptual_alignment_new:
 * @n: distorted streams, at least 1
 * @window: largest offset that is looked at, ns
 * @shift: ns to add to the times of distorted streams before; offsets are found
 *   on top of it
 * @duration: how much of the reference is compared at each offset, ns
 *
 * Returns: (transfer full): one that searches
 */
PerceptualAlignment *perceptual_alignment_new (
    guint n, gint64 window, gint64 shift, gint64 duration);
void perceptual_alignment_free (PerceptualAlignment *alignment);

/* Forgets what is held, as after a flush.  A search begins anew. */
void perceptual_alignment_flush (PerceptualAlignment *alignment);

gboolean perceptual_alignment_is_searching (
    const PerceptualAlignment *alignment);

/* --- the search ---------------------------------------------------------- */

/* Whether more of @stream is needed. */
gboolean perceptual_alignment_wants (
    const PerceptualAlignment *alignment, guint stream);

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

/* Nothing of @stream will come any more. */
void perceptual_alignment_end (PerceptualAlignment *alignment, guint stream);

/* Whether no stream is needed any more; with @any, whether one is not. */
gboolean perceptual_alignment_is_full (
    const PerceptualAlignment *alignment, gboolean any);

/* Ends the search with what is there.  @offsets: (out): one for each
 * distorted stream. */
void perceptual_alignment_conclude (
    PerceptualAlignment *alignment, PerceptualOffset *offsets);

/* --- what is held -------------------------------------------------------- */

/* Whether the next of @stream can be taken; never during a search. */
gboolean perceptual_alignment_holds (
    const PerceptualAlignment *alignment, guint stream);

/* The next of @stream, whose frame becomes the caller's.  Only if
 * perceptual_alignment_holds(). */
PerceptualArrival perceptual_alignment_pop (
    PerceptualAlignment *alignment, guint stream);

G_END_DECLS

#endif /* PERCEPTUAL_ALIGNMENT_H */
