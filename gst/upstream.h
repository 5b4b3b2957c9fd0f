/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a stream was before it came in: its colour before it was decoded, and
 * the file that it was read from.
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

/**
 * perceptual_upstream_file:
 * @pad: a sink pad
 *
 * Asks the source of the stream.  One that is no file is passed over: addresses
 * may hold passwords.
 *
 * Returns: (transfer full) (nullable): the name of the file, in UTF-8
 */
gchar *perceptual_upstream_file (GstPad *pad);

G_END_DECLS

#endif /* PERCEPTUAL_UPSTREAM_H */
