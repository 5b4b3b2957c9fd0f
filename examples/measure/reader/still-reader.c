/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a still image as a video of one frame.
 */
#include "measure/reader/sequence.h"

#include <gst/video/video.h>

typedef struct
{
  MeasureReader parent;
  MeasureStill *still; /* until it is read */
} StillReader;

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define GREY16 GST_VIDEO_FORMAT_GRAY16_LE
#define RGBA16 GST_VIDEO_FORMAT_RGBA64_LE
#else
#define GREY16 GST_VIDEO_FORMAT_GRAY16_BE
#define RGBA16 GST_VIDEO_FORMAT_RGBA64_BE
#endif

static GstVideoFormat
format_of (const MeasureStill *still)
{
  if (still->grey)
    return still->depth == 16 ? GREY16 : GST_VIDEO_FORMAT_GRAY8;
  if (still->depth == 16)
    return RGBA16; /* there is no such format without alpha */
  return still->transparent ? GST_VIDEO_FORMAT_RGBA : GST_VIDEO_FORMAT_RGBx;
}

GstCaps *
measure_still_caps (const MeasureStill *still, gint rate_n, gint rate_d)
{
  GstVideoInfo info;
  GstCaps *caps;

  gst_video_info_set_format (
      &info, format_of (still), still->width, still->height);
  gst_video_colorimetry_from_string (
      &info.colorimetry, still->grey ? "1:4:7:1" : "sRGB");
  info.fps_n = rate_n;
  info.fps_d = rate_d;
  caps = gst_video_info_to_caps (&info);
  if (!still->transparent)
    gst_caps_set_simple (caps, "opaque", G_TYPE_BOOLEAN, TRUE, NULL);
  return caps;
}

GstBuffer *
measure_still_take_buffer (MeasureStill *still)
{
  return gst_buffer_new_wrapped (
      g_steal_pointer (&still->samples), still->stride * still->height);
}

static GstBuffer *
read_frame (MeasureReader *reader, guint64 index, GError **error)
{
  StillReader *self = (StillReader *) reader;
  GstBuffer *buffer;

  if (index > 0 || self->still == NULL)
    return NULL;
  buffer = measure_still_take_buffer (self->still);
  GST_BUFFER_PTS (buffer) = 0;
  g_clear_pointer (&self->still, measure_still_free);
  return buffer;
}

static void
close_file (MeasureReader *reader)
{
  StillReader *self = (StillReader *) reader;

  measure_still_free (self->still);
  g_free (self);
}

MeasureReader *
measure_still_reader_open (const gchar *path, GError **error)
{
  static const MeasureReaderClass klass = { .read = read_frame,
    .close = close_file };
  MeasureStill *still = measure_still_load (path, error);
  StillReader *self;

  if (still == NULL)
    return NULL;
  self = g_new0 (StillReader, 1);
  self->parent.klass = &klass;
  self->parent.caps = measure_still_caps (still, 0, 1);
  self->parent.duration = GST_CLOCK_TIME_NONE;
  self->still = still;
  return &self->parent;
}
