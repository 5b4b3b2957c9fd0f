/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Running a pipeline until its messages say that it is done.
 */
#ifndef MEASURE_LOOP_H
#define MEASURE_LOOP_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Returns: TRUE to go on, FALSE when the pipeline has done its work. */
typedef gboolean (*MeasureMessageFunc) (GstMessage *message, gpointer user);

/**
 * measure_loop_run:
 * @pipeline: in state NULL; is back there afterwards
 * @handle: gets every message, in this thread
 * @interrupted: becomes TRUE when the user wants to stop; whoever sets it wakes
 *   the main context
 *
 * The messages sent on the way down, such as a summary of what was measured
 * before an error or an interruption, still reach @handle.
 */
void measure_loop_run (GstElement *pipeline, MeasureMessageFunc handle,
    gpointer user, const gboolean *interrupted);

G_END_DECLS

#endif /* MEASURE_LOOP_H */
