/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decides for each row whether it is measured, now or by another thread, and
 * which of its frames goes out.
 *
 * Used by the source pad's task.
 */
#ifndef PERCEPTUAL_PASSAGE_H
#define PERCEPTUAL_PASSAGE_H

#include "comparison.h"
#include "output/outlet.h"

G_BEGIN_DECLS

typedef struct _PerceptualPassage PerceptualPassage;

/**
 * perceptual_passage_new:
 * @element: posts errors; it outlives the passage, like
 * @config: the settings,
 * @comparison: what measures,
 * @outlet: and where frames go out
 * @pads: names of the sink pads of the distorted streams, in order
 *
 * Returns: (transfer full): the passage, NULL after an ERROR message
 */
PerceptualPassage *perceptual_passage_new (GstElement *element,
    const PerceptualConfig *config, PerceptualComparison *comparison,
    PerceptualOutlet *outlet, const gchar *const *pads);
void perceptual_passage_free (PerceptualPassage *passage);

/**
 * perceptual_passage_take:
 * @row: (transfer full): the next row
 * @offset: what is added to running times of the first distorted stream, ns
 *
 * Returns: GST_FLOW_ERROR after an ERROR message, else what downstream says
 */
GstFlowReturn perceptual_passage_take (
    PerceptualPassage *passage, PerceptualRow *row, gint64 offset);

/**
 * perceptual_passage_hold:
 * @row: the next row
 * @offset: as above
 * @totals: of the first stream, as they are with @row
 * @ret: (out): where it was taken, as of perceptual_passage_take()
 *
 * Takes @row if it is to be measured together with those that come next, and
 * measures all of them once they are enough.  Otherwise measures those that
 * were taken before, and if that fails takes @row nevertheless.
 *
 * Returns: whether it was taken; one that was not is to be taken now by
 * perceptual_passage_take()
 */
gboolean perceptual_passage_hold (PerceptualPassage *passage,
    PerceptualRow *row, gint64 offset, const PerceptualTotals *totals,
    GstFlowReturn *ret);

/* Returns: how many rows are held. */
guint perceptual_passage_get_held (const PerceptualPassage *passage);

/* Measures the rows that are held, if there are any.  Returns: as of
 * perceptual_passage_take() */
GstFlowReturn perceptual_passage_settle (PerceptualPassage *passage);

/* Which pairs @config wants measured counts from the next row on.  From any
 * thread, also with the element's object lock. */
void perceptual_passage_change (
    PerceptualPassage *passage, const PerceptualConfig *config);

/* Whether measuring has failed; an ERROR message was posted then. */
gboolean perceptual_passage_has_failed (const PerceptualPassage *passage);

/* Waits until nothing is being measured.  Returns: FALSE after an ERROR
 * message. */
gboolean perceptual_passage_drain (PerceptualPassage *passage);

/* Drops what waits to be measured, and waits for what is being measured; the
 * choice of pairs begins anew, as after a flush. */
void perceptual_passage_flush (PerceptualPassage *passage);

/* Counts begin anew. */
void perceptual_passage_restart (PerceptualPassage *passage);

/* Fills in skipped and unselected of @totals, for stream @stream. */
void perceptual_passage_get_totals (
    const PerceptualPassage *passage, guint stream, PerceptualTotals *totals);

G_END_DECLS

#endif /* PERCEPTUAL_PASSAGE_H */
