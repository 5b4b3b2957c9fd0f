/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes down what happens while files are measured, as timelines: pairs,
 * alerts, gaps, frames without a partner, encoded bytes.
 */
#ifndef MEASURE_RECORDER_H
#define MEASURE_RECORDER_H

#include "measure/source.h"
#include "measure/timeline.h"

G_BEGIN_DECLS

typedef struct _MeasureRecorder MeasureRecorder;

/* @input: number of the input, 0 for the reference.  @piece: what happened
 * since the last call; of a size that one message holds. */
typedef void (*MeasureRecorderFunc) (
    guint input, const MeasureTimeline *piece, gpointer user);

/* @inputs: how many.  @func: called in any thread, one call at a time. */
MeasureRecorder *measure_recorder_new (
    guint inputs, MeasureRecorderFunc func, gpointer user);
void measure_recorder_free (MeasureRecorder *self);

/* All of the following accept NULL for @self, and then do nothing. */

/**
 * measure_recorder_watch:
 * @input: number of the input
 * @source: what decodes it
 * @pad: the measuring element's pad for it
 * @offset: ns that are added to its running times
 * @every: whether every pair is measured, so that a frame of which nothing is
 *   heard had no partner
 * @part: a part of the file is measured: frames around it have not lost their
 *   partners, and bytes are not noted
 *
 * Before the pipeline starts; it is gone when the recorder is freed.
 */
void measure_recorder_watch (MeasureRecorder *self, guint input,
    MeasureSource *source, GstPad *pad, gint64 offset, gboolean every,
    gboolean part);

/* What the element posts: a perceptual-distance, -alert, -sync or -header of
 * the distorted @input; other @fields are left alone. */
void measure_recorder_take (
    MeasureRecorder *self, guint input, const GstStructure *fields);

/* All inputs were read to their ends. */
void measure_recorder_end (MeasureRecorder *self);

/* Passes on what has not been passed on yet.  From any thread. */
void measure_recorder_flush (MeasureRecorder *self);

G_END_DECLS

#endif /* MEASURE_RECORDER_H */
