/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The worker pool as metrics use it.  Work is cut into numbered jobs whose
 * results must not depend on which worker ran them or in which order; that is
 * what keeps distances bit-identical for any number of threads.
 */
#ifndef PERCEPTUAL_WORKERS_H
#define PERCEPTUAL_WORKERS_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: a mark in time, for perceptual_workers_was_cancelled(). */
guint perceptual_workers_mark (PerceptualWorkers *workers);

/* Whether jobs may have been left out since @mark, be it that the pool was
 * cancelled already when the mark was taken. */
gboolean perceptual_workers_was_cancelled (
    PerceptualWorkers *workers, guint mark);

/* perceptual_workers_run() of which no cancelling leaves a job out: for what is
 * made once and outlives the comparison that somebody gave up. */
void perceptual_workers_run_all (PerceptualWorkers *workers, guint n_jobs,
    PerceptualJobFunc func, gpointer user);

G_END_DECLS

#endif /* PERCEPTUAL_WORKERS_H */
