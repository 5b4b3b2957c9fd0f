/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lets a section of a stream of decoded frames through a pad.
 */
#ifndef MEASURE_CUT_H
#define MEASURE_CUT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasureCutLimits:
 * @from: running time from which on frames pass, ns
 * @skip: frames that are left out before that counts
 * @until: running time from which on no frame passes, or GST_CLOCK_TIME_NONE
 * @length: the same, counted from the first frame that passes, or
 *   GST_CLOCK_TIME_NONE
 * @most: so many frames pass, or G_MAXUINT64
 * @beyond: once another section is over, frames pass that are no more than so
 *   much later than its last one, ns; may be negative
 *
 * Frames are taken or left whole, and keep their times.  Times of the first
 * segment count: the source may be sent elsewhere.
 */
typedef struct
{
  GstClockTime from;
  guint64 skip;
  GstClockTime until;
  GstClockTime length;
  guint64 most;
  gint64 beyond;
} MeasureCutLimits;

typedef struct _MeasureCut MeasureCut;

/**
 * measure_cut_new:
 * @pad: a sink pad, whose stream ends with the section
 * @limits: what passes
 * @may_jump: see MeasureJump
 * @leader: (nullable): the other section, see MeasureCutLimits.beyond
 *
 * Returns: (transfer full): a watch on @pad, which outlives the pad's running;
 *   probes that are added to the pad after it see no more than the section
 */
MeasureCut *measure_cut_new (GstPad *pad, const MeasureCutLimits *limits,
    const gboolean *may_jump, MeasureCut *leader);
void measure_cut_free (MeasureCut *self);

/* Returns: frames that have passed.  From any thread. */
guint64 measure_cut_count (MeasureCut *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeasureCut, measure_cut_free)

G_END_DECLS

#endif /* MEASURE_CUT_H */
