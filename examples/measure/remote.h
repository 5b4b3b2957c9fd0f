/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looking at files and measuring them in another process, so that a decoder
 * that crashes or hangs ends neither the program nor what it has measured.
 */
#ifndef MEASURE_REMOTE_H
#define MEASURE_REMOTE_H

#include "measure/crop.h"
#include "measure/moment.h"
#include "measure/run.h"

G_BEGIN_DECLS

#define MEASURE_STALL_MS 30000

/**
 * MeasureRemote:
 *
 * The other process, which is started when it is wanted and again after it
 * died.  Of one thread, which outlives it.  While the other process works, the
 * default main context is served.
 */
typedef struct _MeasureRemote MeasureRemote;

/* Starts the process, which gets ready while this one does other things; so
 * this is called early, and main() must call measure_child_main() first. */
MeasureRemote *measure_remote_new (void);

/**
 * measure_remote_fork:
 * @threads: see child_fork()
 *
 * Like measure_remote_new(), after GStreamer was initialised: where it can, the
 * process goes on from there.
 *
 * Returns: (transfer full) (nullable): NULL in the process that measures, when
 *   it has done so
 */
MeasureRemote *measure_remote_fork (guint threads);
void measure_remote_free (MeasureRemote *self);

/* How long nothing may get on before the process is ended.  Unless this is
 * called, MEASURE_STALL_MS, or less where it is certain that nothing will. */
void measure_remote_set_stall (MeasureRemote *self, guint milliseconds);

/* Like measure_input_new(). */
MeasureInput *measure_remote_inspect (
    MeasureRemote *self, const gchar *path, const gboolean *interrupted);

/* Like measure_input_open(); pipes are the other process's. */
MeasureInput *measure_remote_look (MeasureRemote *self, const gchar *path,
    const MeasureInspection *look, const gboolean *interrupted);

/* Like measure_bars_find(); @request has no activity.  Nothing is found where
 * that fails; measuring will tell why. */
void measure_remote_find_bars (
    MeasureRemote *self, const MeasureBarsRequest *request, MeasureBars *bars);

/* Like measure_run(); @order has no activity. */
GPtrArray *measure_remote_run (MeasureRemote *self, const MeasureOrder *order);

/* Like measure_moment_new(); @order has no activity. */
MeasureMoment *measure_remote_show (
    MeasureRemote *self, const MeasureMomentOrder *order);

G_END_DECLS

#endif /* MEASURE_REMOTE_H */
