/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Measuring distorted files against one reference.
 */
#ifndef MEASURE_RUN_H
#define MEASURE_RUN_H

#include "measure/inspect.h"
#include "measure/settings.h"

#include "console/terminal.h"

G_BEGIN_DECLS

/**
 * MeasureResult:
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
  const MeasureInput *distorted;
  GstStructure *summary;
  gchar *error;
  gboolean incomplete;
  gboolean hopeless;
  gboolean wrong_usage;
  gboolean broken_off;
} MeasureResult;

/* Returns: (transfer full): what is known of a file before it is measured. */
MeasureResult *measure_result_new (const MeasureInput *distorted);

/**
 * MeasureOrder:
 * @settings: of the measuring element
 * @reference: an input without problem
 * @distorted: (element-type MeasureInput): at least one input without problem
 * @log: (nullable): file for the log
 * @heatmap: (nullable): file for the heat maps of the first distorted input
 * @console: for progress and warnings
 * @said: (element-type utf8): warnings that were printed before and are not
 *   printed again; new ones are added
 * @interrupted: see measure_loop_run()
 *
 * What is to be measured, and where results go besides.
 */
typedef struct
{
  const MeasureSettings *settings;
  const MeasureInput *reference;
  const GPtrArray *distorted;
  const gchar *log;
  const gchar *heatmap;
  Console *console;
  GHashTable *said;
  const gboolean *interrupted;
} MeasureOrder;

/**
 * measure_run:
 *
 * Decodes the reference once and measures all of the distorted inputs against
 * it, frame by frame side by side.
 *
 * Returns: (transfer full) (element-type MeasureResult): one for each of the
 *   distorted inputs, in order
 */
GPtrArray *measure_run (const MeasureOrder *order);
void measure_result_free (MeasureResult *self);

/* Returns: the summary's count of that name, 0 without a summary. */
guint64 measure_result_count (const MeasureResult *self, const gchar *name);

/* Returns: (transfer full): what the column is called whose statistics are in
 * the field @name of the summary's `also`: psnr(rgb) for psnr:rgb. */
gchar *measure_column_name (const gchar *name);

/* Reads a number of the summary's structure @fields.  Returns: FALSE when it
 * is not there or not finite. */
gboolean measure_result_number (
    const GstStructure *fields, const gchar *name, gdouble *number);

G_END_DECLS

#endif /* MEASURE_RUN_H */
