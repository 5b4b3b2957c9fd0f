/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts of a long clip are measured, and what each of them stands for.
 * Pure arithmetic; thread-safe.
 */
#ifndef TUNE_WINDOWS_H
#define TUNE_WINDOWS_H

#include "tune/arithmetic/sample.h"

G_BEGIN_DECLS

/**
 * TuneWindowing:
 * @whole: measure all of it, whatever its length
 * @n: so many windows; 0 for a number that goes by the clip's length
 * @seconds: of each
 *
 * Of --windows: auto, whole or NxTIME.  With @n 0, clips of up to
 * TUNE_WINDOWS_WHOLE seconds are measured as a whole.
 */
typedef struct
{
  gboolean whole;
  guint n;
  gdouble seconds;
} TuneWindowing;

#define TUNE_WINDOWS_WHOLE 60

/* @error: G_OPTION_ERROR_BAD_VALUE. */
gboolean tune_windowing_parse (
    TuneWindowing *self, const gchar *text, GError **error);

/* Returns: whether a clip of @seconds is measured as a whole. */
gboolean tune_windowing_is_whole (const TuneWindowing *self, gdouble seconds);

/**
 * TuneSecond:
 * @bytes: that a quick encode has in this second of the clip
 * @begins: stream time in ns of the first key frame or cut in it, where a
 *   window may well begin; -1 without one
 */
typedef struct
{
  guint64 bytes;
  gint64 begins;
} TuneSecond;

/**
 * tune_windows_choose:
 * @seconds: (element-type TuneSecond): the clip, from its beginning
 * @duration_ns: of the clip
 * @frame_ns: how long a frame lasts
 * @seed: the same one chooses the same windows
 *
 * Seconds are ranked by their bytes into four strata of equal length.  Windows
 * are drawn from each, twice as many from that with the most bytes; they do not
 * overlap, and begin at a key frame or cut where their second has one.  A pair
 * of a window counts for as many as its stratum has seconds for each second of
 * its windows.
 *
 * Returns: (transfer full) (element-type TunePart): by their time
 */
GArray *tune_windows_choose (const TuneWindowing *windowing,
    const GArray *seconds, gint64 duration_ns, gint64 frame_ns, guint32 seed);

/* Returns: (transfer full) (element-type TunePart): one part, all of it. */
GArray *tune_windows_whole (void);

G_END_DECLS

#endif /* TUNE_WINDOWS_H */
