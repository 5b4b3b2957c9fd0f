/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a frame's samples lie where its buffer says: rows and planes may be
 * anywhere (GstVideoMeta), and GStreamer maps them without asking whether
 * they end inside the memory.
 */
#ifndef PERCEPTUAL_LAYOUT_H
#define PERCEPTUAL_LAYOUT_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/* Whether @buffer's own layout, if it has one, is of the same format as
 * @info and at least its size.  To be asked before the frame is mapped. */
gboolean perceptual_layout_is_of (GstBuffer *buffer, const GstVideoInfo *info);

/* Returns: (transfer full) (nullable): a buffer for a frame of @info, without
 * a layout of its own; NULL if there is no memory, where GStreamer's own
 * allocator would end the process. */
GstBuffer *perceptual_layout_allocate (const GstVideoInfo *info);

/* Whether each row of each plane of a mapped frame lies in the memory that is
 * mapped for it, and no row in another one. */
gboolean perceptual_layout_fits (const GstVideoFrame *frame);

/* Whether samples of two bytes begin at even addresses, and packed pixels of
 * four or eight bytes at multiples of that.  Frames that a parser cuts out of
 * a file need not. */
gboolean perceptual_layout_is_aligned (const GstVideoFrame *frame);

/* Copies a frame that is not aligned.  @to: mapped, of the same format and
 * size, in the default layout. */
void perceptual_layout_copy (GstVideoFrame *to, const GstVideoFrame *from);

/* A part of a picture, in pixels. */
typedef struct
{
  guint x;
  guint y;
  guint width;
  guint height;
} PerceptualRegion;

/**
 * perceptual_layout_cut:
 * @frame: mapped; becomes @region of itself
 * @region: lies inside @frame
 * @step_x: (out): @region must begin at a multiple of this many columns
 * @step_y: (out): and rows; both are 0 where the format does not allow for
 *   parts at all
 *
 * Returns: FALSE, @frame being unchanged, where @region cannot be had without
 *   a copy
 */
gboolean perceptual_layout_cut (GstVideoFrame *frame,
    const PerceptualRegion *region, guint *step_x, guint *step_y);

G_END_DECLS

#endif /* PERCEPTUAL_LAYOUT_H */
