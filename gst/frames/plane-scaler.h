/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Planes of Y'CbCr in another size, each scaled by itself, so that luma stays
 * the stream's own.
 */
#ifndef PERCEPTUAL_PLANE_SCALER_H
#define PERCEPTUAL_PLANE_SCALER_H

#include <gst/video/video.h>

#include "perceptual.h"

G_BEGIN_DECLS

typedef struct _PerceptualPlaneScaler PerceptualPlaneScaler;

PerceptualPlaneScaler *perceptual_plane_scaler_new (void);
void perceptual_plane_scaler_free (PerceptualPlaneScaler *scaler);

/**
 * perceptual_plane_scaler_run:
 * @finfo: the format that the planes come from
 * @image: its planes are replaced by others, of an image of @width x @height
 *   pixels in the same subsampling, which are valid until the next call
 * @error: PERCEPTUAL_ERROR_NO_MEMORY, _UNSUPPORTED
 *
 * The cubic filter of GstVideoConverter, as of videoscale, to whole samples of
 * the planes' depth.
 *
 * Returns: TRUE, or FALSE with @error set
 */
gboolean perceptual_plane_scaler_run (PerceptualPlaneScaler *scaler,
    const GstVideoFormatInfo *finfo, PerceptualImage *image, guint width,
    guint height, GError **error);

G_END_DECLS

#endif /* PERCEPTUAL_PLANE_SCALER_H */
