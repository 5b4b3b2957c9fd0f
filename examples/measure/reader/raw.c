/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a description of headerless video, and finds where its samples lie.
 */
#include "measure/reader/raw.h"

#include "measure/reader/rate.h"
#include "measure/still/still.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A table of names that people know from ffmpeg. */
static const struct
{
  const gchar *name;
  const gchar *format;
} others[] = {
  { "yuv420p", "I420" },
  { "yuvj420p", "I420" },
  { "yuv422p", "Y42B" },
  { "yuv444p", "Y444" },
  { "yuv420p10le", "I420_10LE" },
  { "yuv422p10le", "I422_10LE" },
  { "yuv444p10le", "Y444_10LE" },
  { "yuv420p12le", "I420_12LE" },
  { "yuv422p12le", "I422_12LE" },
  { "yuv444p12le", "Y444_12LE" },
  { "p010le", "P010_10LE" },
  { "yuyv422", "YUY2" },
  { "uyvy422", "UYVY" },
  { "gray", "GRAY8" },
  { "gray16le", "GRAY16_LE" },
  { "rgb24", "RGB" },
  { "bgr24", "BGR" },
};

static GstVideoFormat
find_format (const gchar *name)
{
  guint n = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    if (g_ascii_strcasecmp (name, others[i].name) == 0)
      name = others[i].format;
  }
  for (guint i = 0; i < n; i++) {
    if (g_ascii_strcasecmp (name, gst_video_format_to_string (formats[i])) == 0)
      return formats[i];
  }
  return GST_VIDEO_FORMAT_UNKNOWN;
}

/* Puts rows and planes one after the other, as others write them.  Formats that
 * pack samples in groups are as GStreamer has them. */
static void
pack (MeasureRaw *self)
{
  GstVideoInfo *info = &self->info;
  const GstVideoFormatInfo *finfo = info->finfo;
  gsize at = 0;

  self->frame_size = GST_VIDEO_INFO_SIZE (info);
  if (GST_VIDEO_FORMAT_INFO_IS_COMPLEX (finfo)
      || GST_VIDEO_FORMAT_INFO_IS_TILED (finfo)
      || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (finfo))
    return;
  for (guint p = 0; p < GST_VIDEO_INFO_N_PLANES (info); p++) {
    guint row = 0, rows = 0;

    for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS (info); c++) {
      guint width = (guint) GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (
          finfo, c, GST_VIDEO_INFO_WIDTH (info));

      if (GST_VIDEO_FORMAT_INFO_PLANE (finfo, c) != p)
        continue;
      row = MAX (row, width * (guint) GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, c));
      rows = MAX (rows,
          (guint) GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (
              finfo, c, GST_VIDEO_INFO_HEIGHT (info)));
    }
    GST_VIDEO_INFO_PLANE_OFFSET (info, p) = at;
    GST_VIDEO_INFO_PLANE_STRIDE (info, p) = (gint) row;
    at += (gsize) row * rows;
  }
  GST_VIDEO_INFO_SIZE (info) = self->frame_size = at;
}

static gboolean
read_size (const gchar *text, guint *width, guint *height)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  guint64 numbers[2];

  if (g_strv_length (parts) != 2)
    return FALSE;
  for (guint i = 0; i < 2; i++) {
    if (!g_ascii_string_to_unsigned (
            parts[i], 10, 1, MEASURE_STILL_MAX_SIZE, &numbers[i], NULL))
      return FALSE;
  }
  *width = (guint) numbers[0];
  *height = (guint) numbers[1];
  return TRUE;
}

gboolean
measure_raw_parse (const gchar *text, MeasureRaw *self)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  guint n = g_strv_length (parts);
  guint width, height;
  GstVideoFormat format;

  *self = (MeasureRaw){ .frame_size = 0 };
  if (n < 2 || n > 3 || !read_size (parts[0], &width, &height))
    return FALSE;
  format = find_format (parts[1]);
  if (format == GST_VIDEO_FORMAT_UNKNOWN
      || !gst_video_info_set_format (&self->info, format, width, height))
    return FALSE;
  self->info.fps_n = 25;
  self->info.fps_d = 1;
  if (n == 3
      && !measure_rate_parse (parts[2], &self->info.fps_n, &self->info.fps_d))
    return FALSE;
  pack (self);
  return TRUE;
}

gchar *
measure_raw_describe (const MeasureRaw *self)
{
  return g_strdup_printf ("%dx%d %s, %" G_GSIZE_FORMAT " bytes a frame",
      self->info.width, self->info.height, GST_VIDEO_INFO_NAME (&self->info),
      self->frame_size);
}

gboolean
measure_raw_is_coded (const gchar *path)
{
  gchar bytes[12] = { 0 };
  FILE *file = g_fopen (path, "rbe");
  gboolean whole =
      file != NULL && fread (bytes, 1, sizeof bytes, file) == sizeof bytes;

  if (file != NULL)
    fclose (file);
  return whole
      && (memcmp (bytes, "\x1a\x45\xdf\xa3", 4) == 0
          || memcmp (bytes + 4, "ftyp", 4) == 0
          || memcmp (bytes, "OggS", 4) == 0
          || memcmp (bytes + 8, "AVI ", 4) == 0);
}
