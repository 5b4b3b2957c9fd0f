/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One run of the element, from start to stop: frames are taken from the sink
 * pads, paired, measured, reported and passed on.
 *
 * Everything here happens in the source pad's task, except where said, and
 * must be called without the element's object lock, since it posts messages.
 */
#ifndef PERCEPTUAL_RUN_H
#define PERCEPTUAL_RUN_H

#include <gst/base/gstaggregator.h>

#include "measure.h"
#include "pairer.h"
#include "properties.h"

G_BEGIN_DECLS

typedef struct _PerceptualRun PerceptualRun;

/**
 * perceptual_run_new:
 * @element: the element; like its pads it outlives the run
 * @reference: the pad of the reference
 * @distorted: the pad of the distorted video
 * @config: the settings, copied; the caller keeps them unchanged meanwhile
 * @measure: the metrics; they outlive the run
 *
 * Called before the pads are active.
 *
 * Returns: (transfer full): the run; NULL after an ERROR message
 */
PerceptualRun *perceptual_run_new (GstAggregator *element,
    GstAggregatorPad *reference, GstAggregatorPad *distorted,
    const PerceptualConfig *config, PerceptualMeasure *measure);

/* Called once the pads are no longer active.  What was measured is summed up
 * if that has not been done at EOS. */
void perceptual_run_free (PerceptualRun *run);

/* GstAggregatorClass.aggregate */
GstFlowReturn perceptual_run_aggregate (PerceptualRun *run, gboolean timeout);

/* GstAggregatorClass.get_next_time: running time of the reference frame that
 * a timeout would give up. */
GstClockTime perceptual_run_get_next_time (PerceptualRun *run);

/* GstAggregatorClass.clip, for either pad. */
GstBuffer *perceptual_run_clip (
    PerceptualRun *run, PerceptualSide side, GstBuffer *buffer);

/* The format of the next buffer of @side.  Returns: FALSE after an ERROR
 * message. */
gboolean perceptual_run_set_format (
    PerceptualRun *run, PerceptualSide side, GstCaps *caps);

/* Tags of the input that is passed on. */
void perceptual_run_set_tags (PerceptualRun *run, GstEvent *tags);

/* That the pad of @side was flushed by itself.  From any thread. */
void perceptual_run_note_flush (PerceptualRun *run, PerceptualSide side);

/* GstAggregatorClass.flush: forgets frames in flight.  After EOS another
 * run begins in the same log.  Called while the task is stopped. */
void perceptual_run_flush (PerceptualRun *run);

G_END_DECLS

#endif /* PERCEPTUAL_RUN_H */
