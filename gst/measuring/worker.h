/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that works on the newest of what it is given: while it is busy, an
 * item that waits is replaced by the next one.  For measure=real-time.
 */
#ifndef PERCEPTUAL_WORKER_H
#define PERCEPTUAL_WORKER_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PerceptualWorker PerceptualWorker;

/* Works on @item in the worker's thread; @item stays the caller's.  Returns:
 * FALSE to stop working: what is submitted later is handed back. */
typedef gboolean (*PerceptualWorkerFunc) (gpointer item, gpointer user_data);

/**
 * perceptual_worker_new:
 * @work: called for each item, one at a time
 * @free_item: frees an item with @user_data after @work
 * @user_data: for both
 * @error: in the domain G_THREAD_ERROR
 *
 * Returns: (transfer full): the worker, or NULL with @error set
 */
PerceptualWorker *perceptual_worker_new (PerceptualWorkerFunc work,
    void (*free_item) (gpointer item, gpointer user_data), gpointer user_data,
    GError **error);

/* Finishes the item in work, drops the one that waits, ends the thread. */
void perceptual_worker_free (PerceptualWorker *worker);

/* Takes @item.  Returns: (transfer full) (nullable): the item that waited
 * and is now not going to be worked on, or @item where work has stopped. */
gpointer perceptual_worker_submit (PerceptualWorker *worker, gpointer item);

/* Waits until nothing waits and nothing is in work. */
void perceptual_worker_drain (PerceptualWorker *worker);

/* Takes back the item that waits, if any, and waits for the one in work.
 * Returns: (transfer full) (nullable): that item */
gpointer perceptual_worker_cancel (PerceptualWorker *worker);

/* Whether the work function returned FALSE. */
gboolean perceptual_worker_has_stopped (PerceptualWorker *worker);

G_END_DECLS

#endif /* PERCEPTUAL_WORKER_H */
