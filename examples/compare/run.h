/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measuring one distorted file.
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
 * @hopeless: the error has nothing to do with this file; the next one would
 *   meet it again
 * @wrong_usage: the error is one of the command line
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
} CompareResult;

/**
 * compare_run:
 * @options: the command line
 * @reference: an input without problem
 * @distorted: an input without problem
 * @number: of the distorted file, from 1
 * @console: for progress and warnings
 * @interrupted: see compare_loop_run()
 *
 * Returns: (transfer full): never NULL
 */
CompareResult *compare_run (const CompareOptions *options,
    const CompareInput *reference, const CompareInput *distorted, guint number,
    Console *console, const gboolean *interrupted);
void compare_result_free (CompareResult *self);

/* Returns: the pairs measured. */
guint64 compare_result_pairs (const CompareResult *self);

/* Reads a number of the summary's structure @fields.  Returns: FALSE when it
 * is not there or not finite. */
gboolean compare_result_number (
    const GstStructure *fields, const gchar *name, gdouble *number);

G_END_DECLS

#endif /* COMPARE_RUN_H */
