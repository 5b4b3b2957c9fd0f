/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A flag that a signal sets at once: the main loop, by which GLib's sources
 * hear of signals, stands still while a file is opened or a pipeline changes
 * its state.  Knows nothing of the work.
 */
#include "interrupt.h"

#include <glib-unix.h>
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* Shells and timeout(1) send one signal twice: to the process and to its
 * group. */
#define SAME_NS 300000000

static gboolean *volatile wanted;
static void (*tell) (gpointer user);
static gpointer listener;
static struct timespec first;
static int wake[2] = { -1, -1 };

static void
on_signal (int number)
{
  int error = errno;
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  if (!*wanted) {
    first = now;
    *wanted = TRUE;
    /* Without a pipe the loop goes on until something else wakes it. */
    if (write (wake[1], "", 1) < 0)
      errno = error;
  } else if ((now.tv_sec - first.tv_sec) * 1000000000LL + now.tv_nsec
          - first.tv_nsec
      > SAME_NS) {
    signal (number, SIG_DFL);
    raise (number);
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
  /* Without SA_RESTART: a log that waits for its reader is given up. */
  struct sigaction action = { .sa_handler = on_signal };

  wanted = flag;
  tell = func;
  listener = user;
  if (g_unix_open_pipe (wake, FD_CLOEXEC, NULL))
    g_unix_fd_add (wake[0], G_IO_IN, on_wake, NULL);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}
