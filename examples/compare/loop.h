/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Running a pipeline until its messages say that it is done.
 */
#ifndef COMPARE_LOOP_H
#define COMPARE_LOOP_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Returns: TRUE to go on, FALSE when the pipeline has done its work. */
typedef gboolean (*CompareMessageFunc) (GstMessage *message, gpointer user);

/**
 * compare_loop_run:
 * @pipeline: in state NULL; is back there afterwards
 * @handle: gets every message, in this thread
 * @interrupted: becomes TRUE when the user wants to stop; whoever sets it wakes
 *   the main context
 *
 * The messages sent on the way down, such as a summary of what was measured
 * before an error or an interruption, still reach @handle.
 */
void compare_loop_run (GstElement *pipeline, CompareMessageFunc handle,
    gpointer user, const gboolean *interrupted);

G_END_DECLS

#endif /* COMPARE_LOOP_H */
