/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the samples of Y'CbCr and RGB formats lie, from GStreamer's table of
 * formats.
 */
#include "frames/planes.h"

/* Bytes from the start of its plane to the first sample of component @c. */
static guint
component_offset (const GstVideoFormatInfo *finfo, guint c)
{
  guint offset = GST_VIDEO_FORMAT_INFO_POFFSET (finfo, c);

  /* GStreamer's table counts samples, not bytes, for the second chroma
   * component of P010, P012 and P016. */
  if (GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0) > 8 && c == 2 && offset == 1)
    offset = 2;
  return offset;
}

/* Whether the components, all but alpha, are bytes or native words that have
 * places of their own. */
static gboolean
are_plain (const GstVideoFormatInfo *finfo)
{
  guint depth = GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0);
  guint shift = GST_VIDEO_FORMAT_INFO_SHIFT (finfo, 0);
  guint n = GST_VIDEO_FORMAT_INFO_IS_GRAY (finfo) ? 1 : 3;
  gboolean little = GST_VIDEO_FORMAT_INFO_IS_LE (finfo);

  if (GST_VIDEO_FORMAT_INFO_IS_COMPLEX (finfo)
      || GST_VIDEO_FORMAT_INFO_IS_TILED (finfo)
      || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (finfo)
      || GST_VIDEO_FORMAT_INFO_N_COMPONENTS (finfo) < n)
    return FALSE;
  if (depth < 8 || depth > 16 || (depth == 8 && shift != 0))
    return FALSE;
  if (depth > 8 && little != (G_BYTE_ORDER == G_LITTLE_ENDIAN))
    return FALSE;
  for (guint c = 0; c < n; c++) {
    guint bytes = depth > 8 ? 2 : 1;

    if (GST_VIDEO_FORMAT_INFO_DEPTH (finfo, c) != depth
        || GST_VIDEO_FORMAT_INFO_SHIFT (finfo, c) != shift
        || depth + shift > 8 * bytes || component_offset (finfo, c) % bytes != 0
        || GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, c) < (gint) bytes)
      return FALSE;
    /* Y210, Y410, Y412 and the like: the table has no offsets for them. */
    for (guint other = 0; other < c; other++) {
      if (GST_VIDEO_FORMAT_INFO_PLANE (finfo, c)
              == GST_VIDEO_FORMAT_INFO_PLANE (finfo, other)
          && component_offset (finfo, c) == component_offset (finfo, other))
        return FALSE;
    }
  }
  return TRUE;
}

guint
perceptual_planes_depth (const GstVideoInfo *info)
{
  guint depth = 0;

  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS (info); c++)
    depth = MAX (depth, GST_VIDEO_INFO_COMP_DEPTH (info, c));
  return depth;
}

gboolean
perceptual_planes_are_in (const GstVideoInfo *info)
{
  return (GST_VIDEO_INFO_IS_YUV (info) || GST_VIDEO_INFO_IS_GRAY (info))
      && are_plain (info->finfo);
}

gboolean
perceptual_planes_of_rgb_are_in (const GstVideoInfo *info)
{
  return GST_VIDEO_INFO_IS_RGB (info) && are_plain (info->finfo);
}

void
perceptual_planes_view (const GstVideoFrame *frame, PerceptualImage *image)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  guint n = GST_VIDEO_FORMAT_INFO_IS_GRAY (finfo) ? 1 : 3;

  image->full_range =
      frame->info.colorimetry.range != GST_VIDEO_COLOR_RANGE_16_235;
  image->matrix = (guint) frame->info.colorimetry.matrix;
  image->primaries = (guint) frame->info.colorimetry.primaries;
  image->depth = GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0);
  image->shift = GST_VIDEO_FORMAT_INFO_SHIFT (finfo, 0);
  for (guint c = 0; c < n; c++) {
    const guint8 *plane = GST_VIDEO_FRAME_PLANE_DATA (
        frame, GST_VIDEO_FORMAT_INFO_PLANE (finfo, c));

    image->planes[c] = (PerceptualPlane){
      .data = plane + component_offset (finfo, c),
      .stride = (gsize) GST_VIDEO_FRAME_COMP_STRIDE (frame, c),
      .step = (gsize) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c),
      .width = (guint) GST_VIDEO_FRAME_COMP_WIDTH (frame, c),
      .height = (guint) GST_VIDEO_FRAME_COMP_HEIGHT (frame, c),
    };
  }
}
