/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The planes of a mapped frame as the library sees them.
 */
#ifndef PERCEPTUAL_PLANES_H
#define PERCEPTUAL_PLANES_H

#include <gst/video/video.h>

#include "perceptual.h"

G_BEGIN_DECLS

/* Returns: bits of the component of @info that has the most. */
guint perceptual_planes_depth (const GstVideoInfo *info);

/* Whether the samples of @info, Y'CbCr or grey, can be shown to the library as
 * planes: all in bytes, or in native words with the same unused bits. */
gboolean perceptual_planes_are_in (const GstVideoInfo *info);

/* The same of R, G and B. */
gboolean perceptual_planes_of_rgb_are_in (const GstVideoInfo *info);

/* Fills in planes, depth, shift, range, matrix and primaries of @image; for
 * formats for which one of the above is TRUE.  They live as long as @frame is
 * mapped. */
void perceptual_planes_view (
    const GstVideoFrame *frame, PerceptualImage *image);

G_END_DECLS

#endif /* PERCEPTUAL_PLANES_H */
