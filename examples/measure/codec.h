/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which elements take what an encoder gives.
 */
#ifndef MEASURE_CODEC_H
#define MEASURE_CODEC_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * measure_codec_find:
 * @pad: gives encoded video
 * @type: GST_ELEMENT_FACTORY_TYPE_PARSER or _DECODER
 *
 * Returns: (transfer full) (nullable): the best element that takes it, hardware
 *   left aside
 */
GstElementFactory *measure_codec_find (
    GstPad *pad, GstElementFactoryListType type);

/* Has a decoder give frames back at once, and exactly. */
void measure_codec_set_up_decoder (GstElement *decoder);

G_END_DECLS

#endif /* MEASURE_CODEC_H */
