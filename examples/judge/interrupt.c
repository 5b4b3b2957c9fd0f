/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signals by GLib's main context, which is looked at between two pieces of
 * work.  Knows nothing of the work.
 */
#include "interrupt.h"

#include <glib-unix.h>
#include <signal.h>

static gboolean
on_signal (gpointer user)
{
  JudgeSession *session = user;

  session->interrupted = TRUE;
  return G_SOURCE_REMOVE;
}

void
judge_interrupt_watch (JudgeSession *session)
{
  g_unix_signal_add (SIGINT, on_signal, session);
  g_unix_signal_add (SIGTERM, on_signal, session);
}

gboolean
judge_interrupted (JudgeSession *session)
{
  while (!session->interrupted && g_main_context_iteration (NULL, FALSE))
    continue;
  return session->interrupted;
}
