/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words between the program and the processes that carry out jobs.  Each
 * message is a line: a word, and what follows it.
 */
#ifndef TUNE_WORKER_H
#define TUNE_WORKER_H

#include <glib.h>

G_BEGIN_DECLS

#define TUNE_WORKER_ROLE "probe"

#define TUNE_SAYS_ALIVE                                                        \
  "alive"                         /* a number that grows where it gets on, and
                                     ms of the processor's time */
#define TUNE_SAYS_PAIRS "pairs"   /* their number, and the part of all */
#define TUNE_SAYS_NOTE "note"     /* text */
#define TUNE_SAYS_RESULT "result" /* a piece of the result's JSON */
#define TUNE_SAYS_DONE "done"     /* the result is complete */
#define TUNE_SAYS_FAILED "failed" /* text: why there is no result */
#define TUNE_SAYS_USAGE "usage"   /* likewise, for a G_OPTION_ERROR */

/* Longest piece of a result or of a job. */
#define TUNE_PIECE 60000

/* A job is sent in pieces, and this is the last message of it. */
#define TUNE_ASKS_END "end"

/* What it and its libraries write to standard error, in the job's folder. */
#define TUNE_WORKER_LOG "worker.log"

G_END_DECLS

#endif /* TUNE_WORKER_H */
