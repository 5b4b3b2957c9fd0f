/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A flag that a signal sets, and a pool that it cancels.  Knows nothing of the
 * work.
 */
#include "interrupt.h"

#include <signal.h>
#include <time.h>

/* Shells and timeout(1) send one signal twice: to the process and to its
 * group. */
#define SAME_NS 300000000

/* What a signal handler may touch; the pool's own flags are atomic. */
static volatile sig_atomic_t wanted;
static PerceptualPool *volatile watched;
static struct timespec first;

static void
on_signal (int number)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  if (wanted) {
    if ((now.tv_sec - first.tv_sec) * 1000000000LL + now.tv_nsec - first.tv_nsec
        > SAME_NS) {
      signal (number, SIG_DFL);
      raise (number);
    }
    return;
  }
  first = now;
  wanted = 1;
  if (watched != NULL)
    perceptual_pool_cancel (watched, TRUE);
}

static void
handle (void (*handler) (int))
{
  struct sigaction action = { .sa_handler = handler };

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

void
judge_interrupt_watch (JudgeSession *session)
{
  watched = session->pool;
  handle (on_signal);
}

void
judge_interrupt_unwatch (void)
{
  handle (SIG_DFL);
  watched = NULL;
}

gboolean
judge_interrupt_wanted (void)
{
  return wanted;
}

gboolean
judge_interrupted (JudgeSession *session)
{
  session->interrupted = wanted;
  return session->interrupted;
}

gboolean
judge_is_cancelled (const GError *error)
{
  return g_error_matches (error, PERCEPTUAL_ERROR, PERCEPTUAL_ERROR_CANCELLED);
}
