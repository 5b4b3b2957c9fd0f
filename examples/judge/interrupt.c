/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A flag that a signal sets, and workers that it cancels.
 */
#include "judge/interrupt.h"

#include "console/signals.h"

#include <signal.h>

/* What a signal handler may touch; the workers' own flags are atomic. */
static volatile sig_atomic_t wanted;
static PerceptualWorkers *volatile watched;

static void
on_signal (int number)
{
  if (!stop_signal_is_first (number))
    return;
  wanted = 1;
  if (watched != NULL)
    perceptual_workers_cancel (watched, TRUE);
}

void
judge_interrupt_watch (JudgeSession *session)
{
  watched = session->workers;
  stop_signal_handle (on_signal);
}

void
judge_interrupt_unwatch (void)
{
  stop_signal_handle (SIG_DFL);
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
