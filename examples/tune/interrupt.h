/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ctrl-C, SIGTERM and SIGHUP.
 */
#ifndef TUNE_INTERRUPT_H
#define TUNE_INTERRUPT_H

#include <glib.h>

G_BEGIN_DECLS

/* From now on the first signal sets *@flag; a second one ends the process,
 * whatever it waits for.  NULL: no more. */
void tune_interrupt_watch (gboolean *flag);

G_END_DECLS

#endif /* TUNE_INTERRUPT_H */
