/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The header of a Y4M file: raw frames, one after another, as ffmpeg,
 * mjpegtools and x264 write them.
 */
#ifndef MEASURE_Y4M_H
#define MEASURE_Y4M_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/* What a file begins with. */
#define MEASURE_Y4M_MARK "YUV4MPEG2 "

/* Longest line that is read: the header of the file, or of a frame. */
#define MEASURE_Y4M_MAX_LINE 4096

/**
 * MeasureY4mLayout:
 * @tag: after the letter C
 * @format: of GStreamer, that the samples are given as
 * @depth: bits of a sample in the file, which takes two bytes where there are
 *   more than 8
 * @w_sub: log2 of pixels in a row for each sample of chroma
 * @h_sub: log2 of rows for each row of chroma
 * @mono: the file has no chroma
 * @shift: by how many bits samples are moved up for @format
 * @site: of chroma; UNKNOWN where the tag is also written by who does not know
 *
 * How samples lie in a frame: Y, then Cb, then Cr, rows without padding.
 */
typedef struct
{
  const gchar *tag;
  GstVideoFormat format;
  guint depth;
  guint w_sub;
  guint h_sub;
  gboolean mono;
  guint shift;
  GstVideoChromaSite site;
} MeasureY4mLayout;

/**
 * MeasureY4m:
 * @layout: (not nullable): how the samples lie
 * @width: 1..16384
 * @height: 1..16384
 * @fps_n: frames in @fps_d seconds, 25 where the file does not say
 * @fps_d: at least 1
 * @par_n: shape of a pixel, 1 / 1 where the file does not say
 * @par_d: at least 1
 * @interlacing: 'p', or 't', 'b', 'm' as in the file
 * @full: samples have full range
 * @sizes: bytes of each plane in the file
 * @frame_size: bytes of all planes
 */
typedef struct
{
  const MeasureY4mLayout *layout;
  guint width;
  guint height;
  gint fps_n;
  gint fps_d;
  gint par_n;
  gint par_d;
  gchar interlacing;
  gboolean full;
  gsize sizes[3];
  gsize frame_size;
} MeasureY4m;

/**
 * measure_y4m_parse:
 * @line: (array length=size): the first line, without its end
 * @size: its length
 * @self: (out): what it says
 * @error: PROGRAM_ERROR_DATA in words that do not name the file
 *
 * Returns: FALSE with @error set
 */
gboolean measure_y4m_parse (
    const gchar *line, gsize size, MeasureY4m *self, GError **error);

/* Returns: (transfer full): of the frames as @layout's format */
GstCaps *measure_y4m_caps (const MeasureY4m *self, GstVideoInfo *info);

/* Samples in a row and rows of plane @plane in the file. */
guint measure_y4m_plane_width (const MeasureY4m *self, guint plane);
guint measure_y4m_plane_height (const MeasureY4m *self, guint plane);

G_END_DECLS

#endif /* MEASURE_Y4M_H */
