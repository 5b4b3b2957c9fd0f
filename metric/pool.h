/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The worker pool as metrics use it.  Work is cut into numbered jobs whose
 * results must not depend on which worker ran them or in which order; that is
 * what keeps distances bit-identical for any number of threads.
 */
#ifndef PERCEPTUAL_POOL_H
#define PERCEPTUAL_POOL_H

#include "perceptual.h"

G_BEGIN_DECLS

/* @job: 0..n_jobs-1.  @worker: 0..threads-1, for scratch memory; no two jobs
 * run with the same worker number at the same time. */
typedef void (*PerceptualJobFunc) (gpointer user, guint job, guint worker);

/* Runs all jobs and returns when the last one has ended.  The calling thread
 * works too.  Calls from several threads are served one after another.  Must
 * not be called from inside a job. */
void perceptual_pool_run (
    PerceptualPool *pool, guint n_jobs, PerceptualJobFunc func, gpointer user);

G_END_DECLS

#endif /* PERCEPTUAL_POOL_H */
