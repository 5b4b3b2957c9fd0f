/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A run of perceptual-compare, for the files that carry it out.
 */
#ifndef COMPARE_SESSION_H
#define COMPARE_SESSION_H

#include "compare/course.h"
#include "compare/verdict.h"
#include "compare/worst/worst.h"

#include "console/terminal.h"

G_BEGIN_DECLS

/**
 * Session:
 * @options: of the command line
 * @console: of the terminal
 * @remote: the process that measures
 * @inputs: (element-type MeasureInput): the files, the reference first
 * @references: (element-type MeasureInput): of each pair
 * @distorted: (element-type MeasureInput): likewise
 * @results: (element-type MeasureResult): of each pair
 * @said: warnings that were printed
 * @remarks: (element-type utf8): the same, as they were printed, in order
 * @course: (nullable): of page, pictures and chart
 * @worst: (nullable) (element-type CompareWorst): pictures that were made
 * @verdict: what became of the limits
 * @interrupted: see measure_loop_run()
 * @told: that it was interrupted
 *
 * What a run of the program knows.
 */
typedef struct
{
  CompareOptions options;
  Console console;
  MeasureRemote *remote;
  GPtrArray *inputs;
  GPtrArray *references;
  GPtrArray *distorted;
  GPtrArray *results;
  GHashTable *said;
  GPtrArray *remarks;
  CompareCourse *course;
  GPtrArray *worst;
  CompareVerdict verdict;
  gboolean interrupted;
  gboolean told;
} Session;

/* Prints @text on standard output.  Returns: FALSE where that failed, which was
 * said. */
gboolean session_print (Session *session, const gchar *text);

/* Once all is measured: says which limits are not met, reports, and writes
 * what is wanted besides.  Returns: FALSE where something could not be written,
 * which was said. */
gboolean session_tell (Session *session);

G_END_DECLS

#endif /* COMPARE_SESSION_H */
