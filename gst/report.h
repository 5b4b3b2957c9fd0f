/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where what was measured goes: bus messages, log and summary of one run.
 * One record feeds all three.
 */
#ifndef PERCEPTUAL_REPORT_H
#define PERCEPTUAL_REPORT_H

#include "frames.h"
#include "measure.h"
#include "pairer.h"
#include "properties.h"

G_BEGIN_DECLS

typedef struct _PerceptualReport PerceptualReport;

/**
 * perceptual_report_new:
 * @element: whose messages are posted; it outlives the report
 * @config: settings of the run; it outlives the report
 * @measure: metrics of the run; they outlive the report
 *
 * Opens the log if there is to be one.  Like all of these functions it must
 * be called without the element's object lock.
 *
 * Returns: (transfer full): the report; NULL after an ERROR message
 */
PerceptualReport *perceptual_report_new (GstElement *element,
    const PerceptualConfig *config, const PerceptualMeasure *measure);
void perceptual_report_free (PerceptualReport *report);

/* Writes the log's header before the first pair of the run; later calls do
 * nothing.  Returns: FALSE after an ERROR message. */
gboolean perceptual_report_begin (PerceptualReport *report,
    const PerceptualFormat *reference, const PerceptualFormat *distorted);

/* Posts and logs one pair.  @record gets its index here.  Returns: FALSE
 * after an ERROR message. */
gboolean perceptual_report_pair (
    PerceptualReport *report, PerceptualRecord *record);

/* Posts and logs the summary, once; @final says whether both inputs were
 * measured to their ends.  Without @final nothing is said when nothing was
 * measured.  Returns: FALSE after an ERROR message. */
gboolean perceptual_report_finish (
    PerceptualReport *report, const PerceptualCounts *counts, gboolean final);

/* Whether the summary is out. */
gboolean perceptual_report_is_finished (const PerceptualReport *report);

/* Begins another run in the same log, as after a seek that follows the end:
 * index, statistics and header start anew. */
void perceptual_report_restart (PerceptualReport *report);

/* Posts what the library said, under the code that fits. */
void perceptual_report_library_error (GstElement *element, const GError *error);

G_END_DECLS

#endif /* PERCEPTUAL_REPORT_H */
