/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The user's wish to stop, so that hours of measuring are not lost to Ctrl-C.
 */
#ifndef JUDGE_INTERRUPT_H
#define JUDGE_INTERRUPT_H

#include "judge/command.h"

G_BEGIN_DECLS

/* From now on the first SIGINT, SIGTERM or SIGHUP is noted, and ends the
 * comparisons of @session's workers; a second one ends the process. */
void judge_interrupt_watch (JudgeSession *session);

/* To be called before the workers are freed. */
void judge_interrupt_unwatch (void);

/* Whether the user wants to stop, for loops that know no session. */
gboolean judge_interrupt_wanted (void);

/* Whether @error comes from a comparison that the user stopped, so that it
 * need not be reported. */
gboolean judge_is_cancelled (const GError *error);

/**
 * judge_interrupted:
 *
 * Long commands call this between two pieces of work, in the main thread, and
 * report what they have when it is TRUE; the program then says that the result
 * is incomplete, and ends with JUDGE_EXIT_ERROR.
 *
 * Returns: whether the user wants to stop.
 */
gboolean judge_interrupted (JudgeSession *session);

G_END_DECLS

#endif /* JUDGE_INTERRUPT_H */
