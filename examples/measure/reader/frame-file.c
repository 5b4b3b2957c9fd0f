/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Times, memory and depth of frames that follow each other in a file.
 */
#include "measure/reader/frame-file.h"

#include "console/program-error.h"

GstClockTime
measure_frame_file_time (const MeasureFrameFile *self, guint64 index)
{
  return gst_util_uint64_scale (
      index, (guint64) self->fps_d * GST_SECOND, self->fps_n);
}

guint8 *
measure_frame_file_allocate (const MeasureFrameFile *self, GError **error)
{
  guint8 *data = g_try_malloc (self->frame_size);

  if (data == NULL)
    program_fail_unnamed (error,
        "no memory for a frame of %" G_GSIZE_FORMAT " bytes", self->frame_size);
  return data;
}

gboolean
measure_frame_file_fits (
    const MeasureFrameFile *self, const guint8 *data, guint depth)
{
  const guint16 *samples = (gconstpointer) data;
  guint16 all = 0;

  if (depth <= 8 || depth >= 16)
    return TRUE;
  for (gsize i = 0; i < self->frame_size / 2; i++)
    all |= samples[i];
  return GUINT16_FROM_LE (all) >> depth == 0;
}

void
measure_frame_file_stamp (
    MeasureFrameFile *self, GstBuffer *buffer, guint64 index)
{
  GST_BUFFER_PTS (buffer) = measure_frame_file_time (self, index);
  GST_BUFFER_DURATION (buffer) =
      measure_frame_file_time (self, index + 1) - GST_BUFFER_PTS (buffer);
  self->next = index + 1;
}

guint64
measure_frame_file_find (const MeasureReader *reader, GstClockTime time)
{
  const MeasureFrameFile *self = (const MeasureFrameFile *) reader;

  return gst_util_uint64_scale (
      time, self->fps_n, (guint64) self->fps_d * GST_SECOND);
}

void
measure_frame_file_close (MeasureReader *reader)
{
  MeasureFrameFile *self = (MeasureFrameFile *) reader;

  if (self->file != NULL)
    fclose (self->file);
  g_free (self);
}
