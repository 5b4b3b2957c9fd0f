/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measuring distorted files against one reference.
 */
#ifndef COMPARE_RUN_H
#define COMPARE_RUN_H

#include "inspect.h"
#include "options.h"

#include "console.h"

G_BEGIN_DECLS

/**
 * CompareResult:
 * @distorted: (transfer none): the file
 * @summary: (nullable): the element's "perceptual-summary" as it was posted,
 *   or NULL when not one pair was measured
 * @error: (nullable): why the file was not measured to its end
 * @incomplete: the measurement stopped before the end of the inputs
 * @hopeless: the error has nothing to do with this file; the others meet it
 *   too
 * @wrong_usage: the error is one of the command line
 * @broken_off: nothing is wrong with this file, but the failure of another one
 *   ended the run that both were in; it has to be measured again
 *
 * What is known of one distorted file.
 */
typedef struct
{
  const CompareInput *distorted;
  GstStructure *summary;
  gchar *error;
  gboolean incomplete;
  gboolean hopeless;
  gboolean wrong_usage;
  gboolean broken_off;
} CompareResult;

/* Returns: (transfer full): what is known of a file before it is measured. */
CompareResult *compare_result_new (const CompareInput *distorted);

/**
 * compare_run:
 * @options: the command line
 * @reference: an input without problem
 * @distorted: (element-type CompareInput): at least one input without problem
 * @number: of the first of them, from 1, for the log's name
 * @console: for progress and warnings
 * @said: (element-type utf8): warnings that were printed before and are not
 *   printed again; new ones are added
 * @interrupted: see compare_loop_run()
 *
 * Decodes the reference once and measures all of @distorted against it, frame
 * by frame side by side.
 *
 * Returns: (transfer full) (element-type CompareResult): one for each of
 *   @distorted, in order
 */
GPtrArray *compare_run (const CompareOptions *options,
    const CompareInput *reference, const GPtrArray *distorted, guint number,
    Console *console, GHashTable *said, const gboolean *interrupted);
void compare_result_free (CompareResult *self);

/* Returns: the summary's count of that name, 0 without a summary. */
guint64 compare_result_count (const CompareResult *self, const gchar *name);

/* Reads a number of the summary's structure @fields.  Returns: FALSE when it
 * is not there or not finite. */
gboolean compare_result_number (
    const GstStructure *fields, const gchar *name, gdouble *number);

G_END_DECLS

#endif /* COMPARE_RUN_H */
