/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames with their format and times, shared between those who look at them.
 */
#include "frames/frame.h"

GstClockTime
perceptual_buffer_duration (
    const GstBuffer *buffer, const PerceptualFormat *format)
{
  const GstVideoInfo *info;

  if (GST_BUFFER_DURATION_IS_VALID (buffer) || format == NULL)
    return GST_BUFFER_DURATION (buffer);
  info = &format->info;
  if (GST_VIDEO_INFO_FPS_N (info) > 0 && GST_VIDEO_INFO_FPS_D (info) > 0)
    return gst_util_uint64_scale_int (
        GST_SECOND, GST_VIDEO_INFO_FPS_D (info), GST_VIDEO_INFO_FPS_N (info));
  return GST_CLOCK_TIME_NONE;
}

gboolean
perceptual_buffer_is_gap (GstBuffer *buffer)
{
  return GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP)
      && gst_buffer_get_size (buffer) == 0;
}

GstBuffer *
perceptual_buffer_clip (GstBuffer *buffer, const PerceptualFormat *format,
    const GstSegment *segment)
{
  guint64 start = GST_BUFFER_PTS (buffer), stop = GST_CLOCK_TIME_NONE;
  guint64 duration;

  if (!GST_CLOCK_TIME_IS_VALID (start) || segment->format != GST_FORMAT_TIME)
    return buffer; /* reported when it is popped */
  duration = perceptual_buffer_duration (buffer, format);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    stop = start + duration;
  /* A frame whose end is not known cannot be cut to the segment. */
  if ((!GST_CLOCK_TIME_IS_VALID (stop) && start < segment->start)
      || !gst_segment_clip (
          segment, GST_FORMAT_TIME, start, stop, &start, &stop)) {
    gst_buffer_unref (buffer);
    return NULL;
  }
  if (start != GST_BUFFER_PTS (buffer)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = start;
    GST_BUFFER_DURATION (buffer) =
        GST_CLOCK_TIME_IS_VALID (stop) ? stop - start : GST_CLOCK_TIME_NONE;
  }
  return buffer;
}

PerceptualFrame *
perceptual_frame_new (GstBuffer *buffer, PerceptualFormat *format,
    const GstSegment *segment, GstClockTime running_time)
{
  PerceptualFrame *self = g_new0 (PerceptualFrame, 1);

  g_atomic_ref_count_init (&self->refs);
  self->buffer = buffer;
  self->format = perceptual_format_ref (format);
  self->segment = *segment;
  self->running_time = running_time;
  self->duration = perceptual_buffer_duration (buffer, format);
  return self;
}

gpointer
perceptual_frame_ref (gpointer frame)
{
  PerceptualFrame *self = frame;

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
perceptual_frame_unref (gpointer frame)
{
  PerceptualFrame *self = frame;

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  gst_clear_buffer (&self->buffer);
  perceptual_format_unref (self->format);
  g_free (self);
}
