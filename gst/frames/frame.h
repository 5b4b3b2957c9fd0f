/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A frame on its way from a sink pad to the source pad.
 */
#ifndef PERCEPTUAL_FRAME_H
#define PERCEPTUAL_FRAME_H

#include "frames/format.h"

G_BEGIN_DECLS

/**
 * PerceptualFrame:
 * @refs: reference count, atomic
 * @buffer: (nullable): its pixels; NULL once they were handed on
 * @format: what they mean
 * @segment: in force when the frame came in
 * @running_time: ns
 * @duration: ns, or GST_CLOCK_TIME_NONE
 * @doubtful: whether its place among the frames is hard to tell, since times
 *   shake; set before it is handed to the lineup
 *
 * It holds what is needed once the pad has moved on to another format or
 * segment.  Only the reference count changes after it was made, and @buffer,
 * which its last owner may take.
 */
typedef struct
{
  gatomicrefcount refs;
  GstBuffer *buffer;
  PerceptualFormat *format;
  GstSegment segment;
  GstClockTime running_time;
  GstClockTime duration;
  gboolean doubtful;
} PerceptualFrame;

/* Takes @buffer.  Returns: (transfer full): the frame. */
PerceptualFrame *perceptual_frame_new (GstBuffer *buffer,
    PerceptualFormat *format, const GstSegment *segment,
    GstClockTime running_time);
gpointer perceptual_frame_ref (gpointer frame);
void perceptual_frame_unref (gpointer frame);

/* Returns: how long @buffer lasts: by itself, else by the frame rate of
 * @format (nullable), else GST_CLOCK_TIME_NONE. */
GstClockTime perceptual_buffer_duration (
    const GstBuffer *buffer, const PerceptualFormat *format);

/* Whether the base class made @buffer of a GAP event, which is why it is empty.
 * The flag alone may also be on a frame, for instance of videorate where it
 * repeats one. */
gboolean perceptual_buffer_is_gap (GstBuffer *buffer);

/* Takes @buffer.  Returns: (transfer full) (nullable): it, cut to @segment;
 * NULL if it lies outside.  One without a timestamp stays as it is. */
GstBuffer *perceptual_buffer_clip (GstBuffer *buffer,
    const PerceptualFormat *format, const GstSegment *segment);

G_END_DECLS

#endif /* PERCEPTUAL_FRAME_H */
