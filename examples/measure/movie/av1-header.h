/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The range of AV1 video, which GStreamer's parser (1.22) passes on only where
 * the matrix is given too.
 */
#ifndef AV1_HEADER_H
#define AV1_HEADER_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * av1_header_read_range:
 * @bytes: (array length=size): OBUs of the low-overhead format, the first of
 *   which is a sequence header, but for a temporal delimiter
 * @size: their length
 * @full: (out): whether samples use the full range
 *
 * Returns: FALSE where there is no sequence header, or only a part of one
 */
gboolean av1_header_read_range (
    const guint8 *bytes, gsize size, gboolean *full);

G_END_DECLS

#endif /* AV1_HEADER_H */
