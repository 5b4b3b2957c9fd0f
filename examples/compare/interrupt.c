/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A flag that a signal sets at once.  GLib's own signal sources depend on the
 * main loop, which stops while a file is opened or a pipeline changes its
 * state.
 */
#include "compare/interrupt.h"

#include "console/signals.h"

#include <glib-unix.h>
#include <errno.h>
#include <unistd.h>

static gboolean *volatile wanted;
static void (*tell) (gpointer user);
static gpointer listener;
static int wake[2] = { -1, -1 };

static void
on_signal (int number)
{
  int error = errno;

  if (stop_signal_is_first (number)) {
    *wanted = TRUE;
    /* Without a pipe the loop goes on until something else wakes it. */
    if (write (wake[1], "", 1) < 0)
      errno = error;
  }
  errno = error;
}

static gboolean
on_wake (gint fd, GIOCondition condition, gpointer unused)
{
  tell (listener);
  return G_SOURCE_REMOVE;
}

void
compare_interrupt_watch (
    gboolean *flag, void (*func) (gpointer user), gpointer user)
{
  wanted = flag;
  tell = func;
  listener = user;
  if (g_unix_open_pipe (wake, FD_CLOEXEC, NULL))
    g_unix_fd_add (wake[0], G_IO_IN, on_wake, NULL);
  stop_signal_handle (on_signal);
}
