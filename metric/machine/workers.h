/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The worker threads as metrics use them.  Work is cut into numbered jobs whose
 * results must not depend on which worker runs them, or in which order; this
 * keeps distances bit-identical for any number of threads.
 */
#ifndef PERCEPTUAL_WORKERS_H
#define PERCEPTUAL_WORKERS_H

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: a mark in time, for perceptual_workers_was_cancelled(). */
guint perceptual_workers_mark (PerceptualWorkers *workers);

/* Whether jobs may have been dropped since @mark, also when the workers were
 * cancelled already at @mark. */
gboolean perceptual_workers_was_cancelled (
    PerceptualWorkers *workers, guint mark);

/* perceptual_workers_run() whose jobs are never dropped: for what is made once
 * and outlives a comparison that was cancelled. */
void perceptual_workers_run_all (PerceptualWorkers *workers, guint n_jobs,
    PerceptualJobFunc func, gpointer user);

G_END_DECLS

#endif /* PERCEPTUAL_WORKERS_H */
