/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames of any raw format to the pixels that the library compares.
 *
 * Y'CbCr becomes R'G'B' by ycbcr.h, exactly.  What is not Y'CbCr, layouts
 * that the library cannot see as planes, other sizes and other primaries are
 * the work of GstVideoConverter.
 */
#ifndef PERCEPTUAL_CONVERT_H
#define PERCEPTUAL_CONVERT_H

#include <gst/video/video.h>

#include "perceptual.h"

G_BEGIN_DECLS

typedef struct _PerceptualConverter PerceptualConverter;

/* @workers: (nullable): whose threads convert, the caller's among them; NULL
 * for the caller's alone. */
PerceptualConverter *perceptual_converter_new (PerceptualWorkers *workers);
void perceptual_converter_free (PerceptualConverter *converter);

/* Whether frames of @format can be read. */
gboolean perceptual_converter_knows (GstVideoFormat format);

/**
 * perceptual_converter_prepare:
 * @in: what comes
 * @pixels: layout to make
 * @width: to make, in pixels
 * @height: to make
 * @colour: the colorimetry whose primaries the pixels shall have.  Transfer
 *   functions stay as they are coded: those of SDR video are meant for the
 *   same display, and a conversion from one to the other that nobody else
 *   makes would be taken for a distortion.
 * @error: PERCEPTUAL_ERROR_SIZE, _NO_MEMORY, _UNSUPPORTED
 *
 * Does nothing when all is as it was.
 *
 * Returns: TRUE, or FALSE with @error set
 */
gboolean perceptual_converter_prepare (PerceptualConverter *converter,
    const GstVideoInfo *in, PerceptualPixels pixels, gint width, gint height,
    const GstVideoColorimetry *colour, GError **error);

/* Returns: (transfer none): @frame itself where it has the right pixels
 * already, else one that is valid until the next call. */
const GstVideoFrame *perceptual_converter_run (
    PerceptualConverter *converter, GstVideoFrame *frame);

/* Returns: (transfer none): of Y'CbCr that is not in planes, the frame that the
 * last one was unpacked to. */
const GstVideoFrame *perceptual_converter_get_unpacked (
    const PerceptualConverter *converter);

G_END_DECLS

#endif /* PERCEPTUAL_CONVERT_H */
