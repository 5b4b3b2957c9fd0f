/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the video of a Matroska or WebM file is to be turned, which GStreamer's
 * demuxer (1.22) passes over.
 */
#ifndef MATROSKA_FILE_H
#define MATROSKA_FILE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * matroska_file_get_orientation:
 * @bytes: (array length=size): the file, whole or cut off
 * @size: its length
 *
 * Looks at the description of the first video track only, never beyond @size.
 *
 * Returns: (nullable): how the picture is to be turned before it is shown, by
 *   the words of GStreamer's tag image-orientation; NULL where nothing of the
 *   kind is given
 */
const gchar *matroska_file_get_orientation (const guint8 *bytes, gsize size);

G_END_DECLS

#endif /* MATROSKA_FILE_H */
