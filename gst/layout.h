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

/* Whether each row of each plane of a mapped frame lies in the memory that is
 * mapped for it, and no row in another one. */
gboolean perceptual_layout_fits (const GstVideoFrame *frame);

G_END_DECLS

#endif /* PERCEPTUAL_LAYOUT_H */
