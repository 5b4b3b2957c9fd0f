/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ctrl-C, SIGTERM and SIGHUP.
 */
#ifndef COMPARE_INTERRUPT_H
#define COMPARE_INTERRUPT_H

#include <glib.h>

G_BEGIN_DECLS

/* From now on the first signal sets *@flag, which lives as long as the
 * program, and wakes the main loop, which calls @func once as soon as it runs;
 * a second one ends the process, whatever it waits for. */
void compare_interrupt_watch (
    gboolean *flag, void (*func) (gpointer user), gpointer user);

G_END_DECLS

#endif /* COMPARE_INTERRUPT_H */
