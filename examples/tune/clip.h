/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The source of a tuning loop: a local video file, known by its content.
 */
#ifndef TUNE_CLIP_H
#define TUNE_CLIP_H

#include "tune/store/store.h"

#include "measure/remote.h"

G_BEGIN_DECLS

/**
 * TuneClip:
 * @path: of the file
 * @label: the same as valid UTF-8, for messages and reports
 * @sha256: of its content
 * @duration_ns: of the file, -1 if not known
 * @frame_ns: how long its first frame lasts, 0 if not known
 * @width: of its pictures; 0 where that is not known, where they are turned
 *   before they are encoded, and where their pixels are not square
 * @height: likewise
 * @format: of its decoded frames; GST_VIDEO_FORMAT_UNKNOWN if not known
 */
typedef struct
{
  gchar *path;
  gchar *label;
  gchar *sha256;
  gint64 duration_ns;
  gint64 frame_ns;
  guint width;
  guint height;
  GstVideoFormat format;
} TuneClip;

/**
 * tune_clip_open:
 * @path: a file name, or a file:// URI
 * @store: where hashes are noted
 * @error: PROGRAM_ERROR_DATA: it is not a local video file that can be read, in
 *   the words of perceptual-compare; PROGRAM_ERROR_INTERRUPTED
 *
 * Looks at the file, and hashes it unless that was done before.
 *
 * Returns: (transfer full): the clip, or NULL with @error set
 */
TuneClip *tune_clip_open (const gchar *path, MeasureRemote *remote,
    TuneStore *store, const gboolean *interrupted, GError **error);
void tune_clip_free (TuneClip *self);

/* Returns: seconds that its @window lasts, 0 where that is not known. */
gdouble tune_clip_seconds (const TuneClip *self, const TuneWindow *window);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneClip, tune_clip_free)

G_END_DECLS

#endif /* TUNE_CLIP_H */
