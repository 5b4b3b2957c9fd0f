/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where heat maps go: a PNG for an image, a video file for a video.
 */
#ifndef MEASURE_PICTURE_H
#define MEASURE_PICTURE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether @path ends in .png (@image TRUE), or in an ending of the videos that
 * can be written. */
gboolean measure_picture_fits (const gchar *path, gboolean image);

/* Returns: (transfer full): the endings, as ".mkv, .mp4 or .webm". */
gchar *measure_picture_endings (gboolean image);

/**
 * measure_picture_new:
 * @path: a file name for which measure_picture_fits() is TRUE
 * @place: the file that is written, which is emptied when the element starts
 * @error: (out): names what has to be installed
 *
 * Returns: (transfer floating): an element with a pad "sink" for raw video;
 *   NULL with @error set
 */
GstElement *measure_picture_new (
    const gchar *path, const gchar *place, GError **error);

G_END_DECLS

#endif /* MEASURE_PICTURE_H */
