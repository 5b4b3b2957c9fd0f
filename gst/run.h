/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One run of the element, from start to stop: frames are taken from the sink
 * pads, paired, measured, reported and passed on.
 *
 * Unless noted otherwise, everything here happens in the source pad's task,
 * and must be called without the element's object lock, since it posts
 * messages.
 */
#ifndef PERCEPTUAL_RUN_H
#define PERCEPTUAL_RUN_H

#include <gst/base/gstaggregator.h>

#include "measuring/metric-set.h"
#include "settings/config.h"

G_BEGIN_DECLS

/* Most distorted streams of one element. */
#define PERCEPTUAL_MAX_STREAMS 64

typedef struct _PerceptualRun PerceptualRun;

/**
 * perceptual_run_new:
 * @element: the element; it outlives the run
 * @reference: the pad of the reference; a reference is taken
 * @distorted: the pads of the distorted streams, @n of them; likewise
 * @config: the settings, copied; the caller keeps them unchanged meanwhile
 * @metrics: the metrics; they outlive the run
 *
 * Called before the pads are active.
 *
 * Returns: (transfer full): the run; NULL after an ERROR message
 */
PerceptualRun *perceptual_run_new (GstAggregator *element,
    GstAggregatorPad *reference, GstAggregatorPad *const *distorted, guint n,
    const PerceptualConfig *config, PerceptualMetricSet *metrics);

/* Called once the pads are no longer active.  Posts the summaries, if that has
 * not been done at EOS. */
void perceptual_run_free (PerceptualRun *run);

/* Tells that the run is freed soon, so that nothing waits for others without a
 * limit.  From any thread, also with the element's object lock. */
void perceptual_run_leave (PerceptualRun *run);

/* GstAggregatorClass.aggregate */
GstFlowReturn perceptual_run_aggregate (PerceptualRun *run, gboolean timeout);

/* GstAggregatorClass.get_next_time: running time of the reference frame that
 * a timeout would give up. */
GstClockTime perceptual_run_get_next_time (PerceptualRun *run);

/* GstAggregatorClass.clip */
GstBuffer *perceptual_run_clip (
    PerceptualRun *run, GstAggregatorPad *pad, GstBuffer *buffer);

/* The format of the next buffer of @pad.  Returns: FALSE after an ERROR
 * message. */
gboolean perceptual_run_set_format (
    PerceptualRun *run, GstAggregatorPad *pad, GstCaps *caps);

/* Whether frames in @segment can be paired.  Returns: FALSE after an ERROR
 * message. */
gboolean perceptual_run_check_segment (
    PerceptualRun *run, GstAggregatorPad *pad, const GstSegment *segment);

/* Returns: how long a reference frame lasts by its caps, GST_CLOCK_TIME_NONE
 * if they do not say. */
GstClockTime perceptual_run_get_frame_time (const PerceptualRun *run);

/* See perceptual_report_get_summary().  From any thread, also with the
 * element's object lock. */
GstStructure *perceptual_run_get_summary (
    PerceptualRun *run, const gchar *stream);

/* Takes up what @config says that may change in a run, at the next pair;
 * @which_pairs: also which pairs are measured.  From any thread, also with the
 * element's object lock. */
void perceptual_run_change (
    PerceptualRun *run, const PerceptualConfig *config, gboolean which_pairs);

/* Whether a pair is in work at this moment.  From any thread, also with the
 * element's object lock. */
gboolean perceptual_run_is_measuring (const PerceptualRun *run);

/* Tags of the input that is passed on, and that it begins anew. */
void perceptual_run_pass_tags (PerceptualRun *run, GstEvent *tags);
void perceptual_run_forget_tags (PerceptualRun *run);

/* GstAggregatorClass.negotiate: the next element is another one, or takes
 * something else now. */
void perceptual_run_renegotiate (PerceptualRun *run);

/* Notes the tags of the stream at @pad; NULL when a new stream begins. */
void perceptual_run_note_tags (
    PerceptualRun *run, GstAggregatorPad *pad, const GstTagList *tags);

/* Notes that @pad was flushed by itself.  From any thread. */
void perceptual_run_note_flush (PerceptualRun *run, GstAggregatorPad *pad);

/* Notes that @pad leaves the element, which ends its stream.  From any
 * thread. */
void perceptual_run_note_release (PerceptualRun *run, GstAggregatorPad *pad);

/* GstAggregatorClass.flush: forgets frames in flight.  After EOS another
 * run begins in the same log.  Called while the task is stopped. */
void perceptual_run_flush (PerceptualRun *run);

G_END_DECLS

#endif /* PERCEPTUAL_RUN_H */
