/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that have other files read, or addresses: HLS, DASH, Smooth Streaming,
 * session descriptions.  Who names a playlist by a playlist's name wants that;
 * a video that turns out to be one is a stranger's doing.
 */
#ifndef MEASURE_PLAYLIST_H
#define MEASURE_PLAYLIST_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Whether @uri ends as playlists do, such as in .m3u8. */
gboolean measure_playlist_is_named (const gchar *uri);

/* Has @bin, a uridecodebin that reads @uri, post an error in place of opening a
 * playlist, unless it is named as one. */
void measure_playlist_guard (GstElement *bin, const gchar *uri);

/* Whether @message is that error of @bin. */
gboolean measure_playlist_is_refusal (GstElement *bin, GstMessage *message);

G_END_DECLS

#endif /* MEASURE_PLAYLIST_H */
