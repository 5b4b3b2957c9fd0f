/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sizes and places of rows and planes, checked against what is there.
 */
#include "frames/layout.h"

#include <string.h>

/* Bytes of one row of a palette: 256 words. */
#define PALETTE_BYTES 1024

typedef struct
{
  guint rows;
  gsize bytes;      /* from the first byte of a row to its last */
  gboolean exactly; /* rows lie as in the default layout, or nowhere */
} Rows;

gboolean
perceptual_layout_is_of (GstBuffer *buffer, const GstVideoInfo *info)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);

  return meta == NULL
      || (meta->format == GST_VIDEO_INFO_FORMAT (info)
          && meta->width >= (guint) GST_VIDEO_INFO_WIDTH (info)
          && meta->height >= (guint) GST_VIDEO_INFO_HEIGHT (info)
          && meta->n_planes == GST_VIDEO_INFO_N_PLANES (info));
}

GstBuffer *
perceptual_layout_allocate (const GstVideoInfo *info)
{
  gpointer data = g_try_malloc (GST_VIDEO_INFO_SIZE (info));

  return data == NULL
      ? NULL
      : gst_buffer_new_wrapped (data, GST_VIDEO_INFO_SIZE (info));
}

/* Of an untiled plane of samples at even distances: its own components give
 * the length of a row; otherwise only the default layout does. */
static void
measure_samples (const GstVideoFrame *frame, guint plane, Rows *rows)
{
  const GstVideoInfo *info = &frame->info;
  const GstVideoFormatInfo *finfo = info->finfo;

  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (finfo); c++) {
    gsize bytes = (gsize) GST_VIDEO_INFO_COMP_WIDTH (info, c)
        * (gsize) GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, c);
    guint height = (guint) GST_VIDEO_INFO_COMP_HEIGHT (info, c);

    if (GST_VIDEO_FORMAT_INFO_PLANE (finfo, c) != plane)
      continue;
    /* GStreamer reads as many rows of chroma for the one field as for the
     * other. */
    if (GST_VIDEO_FRAME_IS_INTERLACED (frame)
        && GST_VIDEO_FORMAT_INFO_H_SUB (finfo, c) > 0)
      height = GST_ROUND_UP_2 (height);
    rows->rows = MAX (rows->rows, height);
    rows->bytes = MAX (rows->bytes, bytes);
  }
}

static Rows
measure_rows (
    const GstVideoFrame *frame, const GstVideoInfo *plain, guint plane)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  gsize end = plane + 1 < GST_VIDEO_INFO_N_PLANES (plain)
      ? GST_VIDEO_INFO_PLANE_OFFSET (plain, plane + 1)
      : GST_VIDEO_INFO_SIZE (plain);
  Rows rows = { 0 };

  if (GST_VIDEO_FORMAT_INFO_IS_TILED (finfo))
    return (Rows){ 1, end - GST_VIDEO_INFO_PLANE_OFFSET (plain, plane), TRUE };
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (finfo) && plane == 1)
    return (Rows){ 1, PALETTE_BYTES, FALSE };
  measure_samples (frame, plane, &rows);
  if (rows.bytes == 0 || GST_VIDEO_FORMAT_INFO_IS_COMPLEX (finfo))
    rows.bytes = (gsize) GST_VIDEO_INFO_PLANE_STRIDE (plain, plane);
  return rows;
}

static gboolean
plane_fits (const GstVideoFrame *frame, const GstVideoInfo *plain, guint plane)
{
  /* Without a meta there is one map for all planes. */
  const GstMapInfo *map = &frame->map[frame->meta != NULL ? plane : 0];
  gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, plane);
  const guint8 *start = GST_VIDEO_FRAME_PLANE_DATA (frame, plane);
  Rows rows = measure_rows (frame, plain, plane);
  gsize left;

  if (start < map->data || start > map->data + map->size)
    return FALSE;
  left = map->size - (gsize) (start - map->data);
  if (rows.exactly && stride != GST_VIDEO_INFO_PLANE_STRIDE (plain, plane))
    return FALSE;
  if (rows.rows == 0 || left < rows.bytes)
    return FALSE;
  return rows.rows == 1
      || (stride > 0 && (gsize) stride >= rows.bytes
          && (left - rows.bytes) / (gsize) stride >= rows.rows - 1);
}

gboolean
perceptual_layout_fits (const GstVideoFrame *frame)
{
  const GstVideoInfo *info = &frame->info;
  GstVideoInfo plain;

  if (!gst_video_info_set_interlaced_format (&plain,
          GST_VIDEO_INFO_FORMAT (info), GST_VIDEO_INFO_INTERLACE_MODE (info),
          (guint) GST_VIDEO_INFO_WIDTH (info),
          (guint) GST_VIDEO_INFO_HEIGHT (info)))
    return FALSE;
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    if (!plane_fits (frame, &plain, i))
      return FALSE;
  }
  return TRUE;
}

/* What is read as one word, in bytes. */
static guint
word_of (const GstVideoFormatInfo *finfo)
{
  gint pixel = GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, 0);
  guint sample = GST_VIDEO_FORMAT_INFO_DEPTH (finfo, 0) > 8 ? 2 : 1;

  /* GStreamer takes these apart byte by byte. */
  if (GST_VIDEO_FORMAT_INFO_IS_COMPLEX (finfo)
      || GST_VIDEO_FORMAT_INFO_IS_TILED (finfo))
    return 1;
  return pixel == 4 || pixel == 8 ? (guint) pixel : sample;
}

gboolean
perceptual_layout_is_aligned (const GstVideoFrame *frame)
{
  guint word = word_of (frame->info.finfo);

  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (&frame->info); i++) {
    guintptr start = (guintptr) GST_VIDEO_FRAME_PLANE_DATA (frame, i);

    if (start % word != 0
        || (guint) GST_VIDEO_FRAME_PLANE_STRIDE (frame, i) % word != 0)
      return FALSE;
  }
  return TRUE;
}

/* gst_video_frame_copy() loses the last V of packed 4:2:2 with an odd width. */
void
perceptual_layout_copy (GstVideoFrame *to, const GstVideoFrame *from)
{
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (&from->info); i++) {
    Rows rows = measure_rows (from, &to->info, i);
    guint8 *out = GST_VIDEO_FRAME_PLANE_DATA (to, i);
    const guint8 *in = GST_VIDEO_FRAME_PLANE_DATA (from, i);

    for (guint y = 0; y < rows.rows; y++) {
      memcpy (out, in, rows.bytes);
      out += GST_VIDEO_FRAME_PLANE_STRIDE (to, i);
      in += GST_VIDEO_FRAME_PLANE_STRIDE (from, i);
    }
  }
}

/* Whether a pixel has a place of its own, so that a region is a matter of
 * pointers. */
static gboolean
has_places (const GstVideoFormatInfo *finfo)
{
  if (GST_VIDEO_FORMAT_INFO_IS_TILED (finfo)
      || GST_VIDEO_FORMAT_INFO_IS_COMPLEX (finfo)
      || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (finfo))
    return FALSE;
  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (finfo); c++) {
    if (GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, c) <= 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
perceptual_layout_cut (GstVideoFrame *frame, const PerceptualRegion *region,
    guint *step_x, guint *step_y)
{
  const GstVideoFormatInfo *finfo = frame->info.finfo;
  guint n = GST_VIDEO_FORMAT_INFO_N_COMPONENTS (finfo);
  gboolean moves = region->x > 0 || region->y > 0;
  guint log_x = 0, log_y = 0;

  for (guint c = 0; c < n; c++) {
    log_x = MAX (log_x, (guint) GST_VIDEO_FORMAT_INFO_W_SUB (finfo, c));
    log_y = MAX (log_y, (guint) GST_VIDEO_FORMAT_INFO_H_SUB (finfo, c));
  }
  *step_x = has_places (finfo) ? 1u << log_x : 0;
  *step_y = has_places (finfo) ? 1u << log_y : 0;
  /* Rows of the first field stay rows of the first field. */
  if (GST_VIDEO_INFO_IS_INTERLACED (&frame->info))
    *step_y *= 2;
  if (moves
      && (*step_x == 0 || region->x % *step_x != 0 || region->y % *step_y != 0))
    return FALSE;
  for (guint p = 0; moves && p < GST_VIDEO_FORMAT_INFO_N_PLANES (finfo); p++) {
    guint c = 0;

    while (c + 1 < n && GST_VIDEO_FORMAT_INFO_PLANE (finfo, c) != p)
      c++;
    frame->data[p] = (guint8 *) frame->data[p]
        + (gsize) (region->y >> GST_VIDEO_FORMAT_INFO_H_SUB (finfo, c))
            * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, p)
        + (gsize) (region->x >> GST_VIDEO_FORMAT_INFO_W_SUB (finfo, c))
            * (gsize) GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, c);
  }
  frame->info.width = (gint) region->width;
  frame->info.height = (gint) region->height;
  return TRUE;
}
