/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The times of a stream that goes on for weeks, as one line without jumps: a
 * sender that starts anew, or a counter that wraps, sets the clock to another
 * time.  Steps back by more than a few frames are such a jump, and so are steps
 * forward beyond everything that a pause could explain; frames go on from where
 * they were then.  A stream that begins far from the other is put beside it.
 *
 * Works on times, without GStreamer.  One thread at a time.
 */
#ifndef PERCEPTUAL_TIMELINE_H
#define PERCEPTUAL_TIMELINE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * PerceptualTimeline:
 * @shift: ns that are added to times now
 * @last: the time of the newest frame, on the line
 * @begun: whether there was one
 *
 * All zero at first.
 */
typedef struct
{
  gint64 shift;
  gint64 last;
  gboolean begun;
} PerceptualTimeline;

/* What no other stream's time is. */
#define PERCEPTUAL_TIMELINE_NONE G_MININT64

/**
 * perceptual_timeline_add:
 * @time: of the next frame, ns
 * @duration: ns from frame to frame
 * @other: where the other stream is, on this line, ns, or
 *   PERCEPTUAL_TIMELINE_NONE
 * @window: how far from it this one may be, ns
 * @jumped: (out): whether the line had to be mended
 *
 * Returns: its place on the line, ns
 */
gint64 perceptual_timeline_add (PerceptualTimeline *timeline, gint64 time,
    gint64 duration, gint64 other, gint64 window, gboolean *jumped);

G_END_DECLS

#endif /* PERCEPTUAL_TIMELINE_H */
