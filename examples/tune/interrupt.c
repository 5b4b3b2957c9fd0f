/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A flag that a signal sets.  Those who wait look at it every so often.
 */
#include "tune/interrupt.h"

#include "console/signals.h"

#include <signal.h>

static gboolean *volatile wanted;

static void
on_signal (int number)
{
  if (stop_signal_is_first (number))
    *wanted = TRUE;
}

void
tune_interrupt_watch (gboolean *flag)
{
  if (flag == NULL) {
    stop_signal_handle (SIG_DFL);
    return;
  }
  wanted = flag;
  stop_signal_handle (on_signal);
}
