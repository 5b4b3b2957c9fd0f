/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a stream told of its colour before it was decoded.
 */
#ifndef PERCEPTUAL_UPSTREAM_H
#define PERCEPTUAL_UPSTREAM_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * perceptual_upstream_colour:
 * @pad: a sink pad
 * @caps: of the raw video that comes in there
 * @said: (out): the parts that the stream says itself; the others are a guess
 *   of its decoder's
 *
 * Looks at the elements before @pad for the decoder that made this video.
 *
 * Returns: FALSE if there is none, or the colour was converted on the way
 */
gboolean perceptual_upstream_colour (
    GstPad *pad, const GstCaps *caps, GstVideoColorimetry *said);

G_END_DECLS

#endif /* PERCEPTUAL_UPSTREAM_H */
