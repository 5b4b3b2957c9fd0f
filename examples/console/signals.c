/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SIGINT, SIGTERM and SIGHUP: the program handles the first one, and a second
 * one ends it.
 */
#include "console/signals.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

/* Shells and timeout(1) send one signal twice: to the process and to its
 * group. */
#define SAME_NS 300000000

static volatile sig_atomic_t seen;
static struct timespec first;
static const gchar *volatile unfinished;

gboolean
stop_signal_is_first (int number)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  if (!seen) {
    first = now;
    seen = 1;
    return TRUE;
  }
  if ((now.tv_sec - first.tv_sec) * 1000000000LL + now.tv_nsec - first.tv_nsec
      > SAME_NS) {
    const gchar *path = unfinished;

    if (path != NULL)
      unlink (path);
    signal (number, SIG_DFL);
    raise (number);
  }
  return FALSE;
}

void
stop_signal_remove (const gchar *path)
{
  unfinished = path;
}

void
stop_signal_handle (void (*handler) (int))
{
  /* Without SA_RESTART: a log that waits for its reader is given up. */
  struct sigaction action = { .sa_handler = handler }, before;

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  /* nohup(1) has it ignored. */
  if (sigaction (SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction (SIGHUP, &action, NULL);
}
