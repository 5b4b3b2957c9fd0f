/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The source pad: frames go out with the caps and the segment that they came
 * with.  Used by the source pad's task only.
 */
#ifndef PERCEPTUAL_OUTLET_H
#define PERCEPTUAL_OUTLET_H

#include <gst/base/gstaggregator.h>

#include "frame.h"

G_BEGIN_DECLS

typedef struct _PerceptualOutlet PerceptualOutlet;

/* @element: whose source pad it is; it outlives the outlet. */
PerceptualOutlet *perceptual_outlet_new (GstAggregator *element);
void perceptual_outlet_free (PerceptualOutlet *outlet);

/* Forgets caps, segment and tags, as after a flush. */
void perceptual_outlet_reset (PerceptualOutlet *outlet);

/* Pushes @buffer (taken), whose caps and segment are those of @frame. */
GstFlowReturn perceptual_outlet_push (
    PerceptualOutlet *outlet, GstBuffer *buffer, const PerceptualFrame *frame);

/* Says that nothing goes out for @running_time (ns) and @duration. */
void perceptual_outlet_gap (
    PerceptualOutlet *outlet, gint64 running_time, GstClockTime duration);

/* Tags that go out after the next buffer. */
void perceptual_outlet_set_tags (PerceptualOutlet *outlet, GstEvent *tags);

G_END_DECLS

#endif /* PERCEPTUAL_OUTLET_H */
