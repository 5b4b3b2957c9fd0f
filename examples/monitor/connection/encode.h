/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An encoder at work beside others, and what decodes it again.
 */
#ifndef MONITOR_ENCODE_H
#define MONITOR_ENCODE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * monitor_encode_new:
 * @text: a description of what encodes raw video, as of gst-launch
 * @name: of the bin
 * @bytes: atomic: what has come out of the encoder is added to it; outlives
 *   the bin
 * @error: PROGRAM_ERROR_DATA
 *
 * Returns: (transfer full) (nullable): a bin with pads "sink" and "src", both
 *   of raw video
 */
GstElement *monitor_encode_new (
    const gchar *text, const gchar *name, gsize *bytes, GError **error);

G_END_DECLS

#endif /* MONITOR_ENCODE_H */
