/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The range of VP9 video, which GStreamer's parser (1.22) passes on only where
 * the matrix is given too.
 */
#ifndef VP9_HEADER_H
#define VP9_HEADER_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * vp9_header_read_range:
 * @bytes: (array length=size): a frame
 * @size: its length
 * @full: (out): whether samples use the full range
 *
 * Returns: FALSE where it is not a key frame, or only a part of one
 */
gboolean vp9_header_read_range (
    const guint8 *bytes, gsize size, gboolean *full);

G_END_DECLS

#endif /* VP9_HEADER_H */
