/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What happened when while a file was measured: more than a summary says, for
 * those who want to show it.
 */
#ifndef MEASURE_TIMELINE_H
#define MEASURE_TIMELINE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * MeasurePair:
 * @reference_pts: timestamp of the reference frame, ns
 * @distorted_pts: timestamp of the distorted frame, ns
 * @time: at which a player shows the reference frame, ns
 * @distance: what the metric found; may be infinite
 */
typedef struct
{
  guint64 reference_pts;
  guint64 distorted_pts;
  guint64 time;
  gdouble distance;
} MeasurePair;

/**
 * MeasureMarkKind:
 * @MEASURE_MARK_LOST_REFERENCE: reference frames without a partner
 * @MEASURE_MARK_LOST_DISTORTED: distorted frames without a partner
 * @MEASURE_MARK_GAP: a gap where a frame should have been
 * @MEASURE_MARK_ABOVE: an alert of this kind; so the others
 */
typedef enum
{
  MEASURE_MARK_LOST_REFERENCE,
  MEASURE_MARK_LOST_DISTORTED,
  MEASURE_MARK_GAP,
  MEASURE_MARK_ABOVE,
  MEASURE_MARK_BELOW,
  MEASURE_MARK_FROZEN,
  MEASURE_MARK_BLACK,
} MeasureMarkKind;

/**
 * MeasureMark:
 * @kind: a MeasureMarkKind
 * @begin: running time of the reference, ns
 * @end: likewise
 * @count: how many frames, pairs or gaps it stands for
 */
typedef struct
{
  guint64 kind;
  guint64 begin;
  guint64 end;
  guint64 count;
} MeasureMark;

/**
 * MeasureSecond:
 * @second: of the file's running time, from 0
 * @bytes: of encoded video whose frames are shown in it
 */
typedef struct
{
  guint64 second;
  guint64 bytes;
} MeasureSecond;

/**
 * MeasureTimeline:
 * @pairs: (element-type MeasurePair): those that were measured, in order
 * @marks: (element-type MeasureMark): in order of their ends
 * @seconds: (element-type MeasureSecond): each second once, about in order;
 *   empty where the file was not decoded by a decoder
 * @shift: ns to add to running times to get the times at which a player shows
 *   the reference's frames
 * @offset: ns to add to the file's running times to get the reference's
 * @coded_begin: the file's running time at which the encoded video begins, ns;
 *   GST_CLOCK_TIME_NONE where there is none
 * @coded_end: at which it ends, ns
 * @header: (nullable): what the log's header says
 *
 * Of one input; the reference's has only @seconds and marks of gaps.
 */
typedef struct
{
  GArray *pairs;
  GArray *marks;
  GArray *seconds;
  gint64 shift;
  gint64 offset;
  guint64 coded_begin;
  guint64 coded_end;
  GstStructure *header;
} MeasureTimeline;

/* Returns: (transfer full): one without anything in it. */
MeasureTimeline *measure_timeline_new (void);
void measure_timeline_free (MeasureTimeline *self);

/* Throws away all that is in it. */
void measure_timeline_clear (MeasureTimeline *self);

/* Counts @bytes to a @second; joins the mark to the last one of its kind where
 * no more than @join ns lie between the two. */
void measure_timeline_add_bytes (
    MeasureTimeline *self, guint64 second, guint64 bytes);
void measure_timeline_add_mark (
    MeasureTimeline *self, const MeasureMark *mark, guint64 join);

/* Adds what happened later. */
void measure_timeline_append (
    MeasureTimeline *self, const MeasureTimeline *later);

/* Returns: encoded bytes in all. */
guint64 measure_timeline_count_bytes (const MeasureTimeline *self);

/* Sets the fields of @head to all but the header, to the bit. */
void measure_timeline_to_fields (
    const MeasureTimeline *self, GstStructure *head);
/* Appends what measure_timeline_to_fields() has set. */
void measure_timeline_append_fields (
    MeasureTimeline *self, const GstStructure *head);

G_END_DECLS

#endif /* MEASURE_TIMELINE_H */
