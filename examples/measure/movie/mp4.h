/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A look at the boxes of MP4 and QuickTime files.
 */
#ifndef MEASURE_MP4_H
#define MEASURE_MP4_H

#include <glib.h>

G_BEGIN_DECLS

/* Whether the file at @path is an MP4 or QuickTime file whose moov box, which
 * says where its frames are, is missing: it is at the end where a recording
 * or a copy was broken off. */
gboolean measure_mp4_is_headless (const gchar *path);

G_END_DECLS

#endif /* MEASURE_MP4_H */
