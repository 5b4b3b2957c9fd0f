/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Image files of several pictures: those that move, and pages.
 */
#ifndef IMAGE_FRAMES_H
#define IMAGE_FRAMES_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * image_frames_count:
 * @format: as image_file_is_whole() takes it
 * @bytes: (array length=size): the file
 * @size: its length
 * @delays: (nullable) (element-type guint): gets the milliseconds for which
 *   each frame of a GIF or WebP is shown
 *
 * Less than 20 ms count as 100, as in browsers and ffmpeg.
 *
 * Returns: the number of frames, or of a TIFF's pages; 1 of a still; 2 of a
 * sequence whose frames cannot be counted here
 */
guint image_frames_count (
    const gchar *format, const guint8 *bytes, gsize size, GArray *delays);

/**
 * image_frames_walk_gif:
 * @bytes: (array length=size): the file
 * @size: its length
 * @delays: as above
 * @n: (out): the number of frames
 *
 * Returns: whether the walk came to the end that the file must have
 */
gboolean image_frames_walk_gif (
    const guint8 *bytes, gsize size, GArray *delays, guint *n);

G_END_DECLS

#endif /* IMAGE_FRAMES_H */
