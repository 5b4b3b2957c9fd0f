/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A quick look at where a long clip is hard to encode, in a process of its own.
 */
#ifndef TUNE_SCOUT_H
#define TUNE_SCOUT_H

#include "tune/clip.h"
#include "tune/arithmetic/windows.h"

G_BEGIN_DECLS

/* To be called early in main(), before GStreamer is initialised.  Returns:
 * whether this process was one that scouts, and has done so; @code is what
 * main() is to return then. */
gboolean tune_scout_main (int argc, char **argv, int *code);

/**
 * tune_scout:
 * @advance: (nullable): called with the part of the clip that was seen, 0..1
 * @error: PROGRAM_ERROR_DATA, or _INTERRUPTED
 *
 * Encodes the clip at half its size, quickly and coarsely.  Nothing of it is
 * kept but the bytes of each second and where key frames are.
 *
 * Returns: (transfer full) (element-type TuneSecond): the clip from its
 *   beginning; NULL with @error set
 */
GArray *tune_scout (const TuneClip *clip, const gboolean *interrupted,
    void (*advance) (gdouble part, gpointer user), gpointer user,
    GError **error);

G_END_DECLS

#endif /* TUNE_SCOUT_H */
