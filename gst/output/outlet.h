/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The source pad: frames go out with the caps and the segment that they came
 * with.  Used by the source pad's task only.
 */
#ifndef PERCEPTUAL_OUTLET_H
#define PERCEPTUAL_OUTLET_H

#include <gst/base/gstaggregator.h>

#include "frames/frame.h"

G_BEGIN_DECLS

typedef struct _PerceptualOutlet PerceptualOutlet;

/* @element: the owner of the source pad; it outlives the outlet. */
PerceptualOutlet *perceptual_outlet_new (GstAggregator *element);
void perceptual_outlet_free (PerceptualOutlet *outlet);

/* Forgets caps, segment and tags, as after a flush. */
void perceptual_outlet_reset (PerceptualOutlet *outlet);

/* Asks again what the next element takes. */
void perceptual_outlet_renegotiate (PerceptualOutlet *outlet);

/* Pushes @buffer (taken), whose caps and segment are those of @frame.  Where
 * the next element would not find its samples, they are copied to where the
 * caps promise them.  If nothing can go out, one ERROR message says why. */
GstFlowReturn perceptual_outlet_push (
    PerceptualOutlet *outlet, GstBuffer *buffer, const PerceptualFrame *frame);

/* Keeps a gap at @running_time (ns) until the frames before it are out, and
 * says that nothing goes out for all those that begin no later than @until. */
void perceptual_outlet_note_gap (
    PerceptualOutlet *outlet, gint64 running_time, GstClockTime duration);
void perceptual_outlet_push_gaps (PerceptualOutlet *outlet, gint64 until);

/* Announces that nothing goes out for @running_time (ns) and @duration. */
void perceptual_outlet_gap (
    PerceptualOutlet *outlet, gint64 running_time, GstClockTime duration);

/* Tags that go out after the next buffer, behind those that wait already. */
void perceptual_outlet_add_tags (PerceptualOutlet *outlet, GstEvent *tags);

/* Drops the tags that wait: their stream is over. */
void perceptual_outlet_forget_tags (PerceptualOutlet *outlet);

G_END_DECLS

#endif /* PERCEPTUAL_OUTLET_H */
