/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ctrl-C, SIGTERM and the end of the terminal, alike for all programs.
 */
#ifndef STOP_SIGNAL_H
#define STOP_SIGNAL_H

#include <glib.h>

G_BEGIN_DECLS

/* To be called by a handler of @number.  Returns: whether it is the first
 * signal.  Another one more than 0.3 s later ends the process as soon as the
 * handler returns. */
gboolean stop_signal_is_first (int number);

/* @path: (nullable): a file that is removed where a second signal ends the
 * process; it has to last until another one, or NULL, is named */
void stop_signal_remove (const gchar *path);

/* Sets the handler of SIGINT, SIGTERM and, unless it is ignored, SIGHUP. */
void stop_signal_handle (void (*handler) (int));

G_END_DECLS

#endif /* STOP_SIGNAL_H */
