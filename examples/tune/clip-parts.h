/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts of a clip a command measures, by --windows.
 */
#ifndef TUNE_CLIP_PARTS_H
#define TUNE_CLIP_PARTS_H

#include "tune/clip.h"
#include "tune/command.h"

G_BEGIN_DECLS

/**
 * tune_clip_parts:
 * @session: its options, console and store
 * @scout_seconds: (out) (optional): that a quick look at the clip took; 0 where
 *   none was needed, or the store had what it found
 * @error: of the store, or PROGRAM_ERROR_INTERRUPTED
 *
 * The whole clip or windows of it, the same ones each time.
 *
 * Returns: (transfer full) (element-type TunePart): the parts, or NULL with
 *   @error set
 */
GArray *tune_clip_parts (TuneSession *session, const TuneClip *clip,
    gdouble *scout_seconds, GError **error);

/* Returns: whether @parts (element-type TunePart) are the whole clip. */
gboolean tune_clip_parts_are_whole (const GArray *parts);

G_END_DECLS

#endif /* TUNE_CLIP_PARTS_H */
