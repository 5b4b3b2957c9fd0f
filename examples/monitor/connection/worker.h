/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process of a connection.
 */
#ifndef MONITOR_WORKER_H
#define MONITOR_WORKER_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * monitor_worker_main:
 * @offers: whether the program has an option of that name, for advice
 * @code: (out): what main() is to return
 *
 * To be called first in main(), before GStreamer is initialised.
 *
 * Returns: whether this process was a connection, and has been it
 */
gboolean monitor_worker_main (
    int argc, char **argv, gboolean (*offers) (const gchar *option), int *code);

G_END_DECLS

#endif /* MONITOR_WORKER_H */
