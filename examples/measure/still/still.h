/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Still images as samples in memory: the one decoder of all programs.
 *
 * gdk-pixbuf decodes, with the loaders that are installed; libpng decodes PNGs
 * of 16 bits a sample.  Pictures are turned upright as their files say.
 *
 * Errors are PROGRAM_ERROR_DATA and do not begin with the file's name, which
 * callers put before them.  All functions are thread-safe.
 */
#ifndef MEASURE_STILL_H
#define MEASURE_STILL_H

#include "measure/still/image-type.h"

#include <glib.h>

G_BEGIN_DECLS

/* Largest width and height that is decoded, which metrics take too. */
#define MEASURE_STILL_MAX_SIZE 16384

/**
 * MeasureStill:
 * @width: 1..MEASURE_STILL_MAX_SIZE
 * @height: 1..MEASURE_STILL_MAX_SIZE
 * @grey: one sample a pixel instead of four
 * @depth: bits of a sample, 8 or 16 (native endian)
 * @alpha: the fourth sample of a pixel is alpha; else it is of no meaning
 * @transparent: not all pixels are opaque
 * @stride: bytes from one row to the next, a multiple of 4
 * @samples: (owned): full range; R, G, B and a fourth, or grey
 *
 * A picture that its file calls grey stays grey.
 */
typedef struct
{
  guint width;
  guint height;
  gboolean grey;
  guint depth;
  gboolean alpha;
  gboolean transparent;
  gsize stride;
  guint8 *samples;
} MeasureStill;

/**
 * measure_still_new:
 * @width: 1..MEASURE_STILL_MAX_SIZE
 * @height: 1..MEASURE_STILL_MAX_SIZE
 * @grey: see MeasureStill
 * @depth: 8 or 16
 * @error: where there is no memory for it
 *
 * Returns: (transfer full): all samples 0, or NULL with @error set
 */
MeasureStill *measure_still_new (
    guint width, guint height, gboolean grey, guint depth, GError **error);
void measure_still_free (MeasureStill *self);

/**
 * measure_still_check:
 * @path: a file
 * @type: of it
 * @bytes: (array length=size): the whole file
 * @size: its length
 * @width: (out): as the file's header says, before it is turned upright
 * @height: (out): likewise
 * @error: in words that do not name the file
 *
 * Checks what must be true of images that move too: there is a loader, the size
 * can be measured, and the file is whole.
 *
 * Returns: FALSE with @error set where one of these does not hold
 */
gboolean measure_still_check (const gchar *path, const ImageType *type,
    const guint8 *bytes, gsize size, guint *width, guint *height,
    GError **error);

/**
 * measure_still_peek:
 * @path: a file
 * @width: (out): as the file's header says, before it is turned upright
 * @height: (out): likewise
 * @error: in words that do not name the file
 *
 * Looks at the header and at whether the file is whole, which decoders do not
 * ask of every format.  Decodes no pixels where its loader can do without.
 *
 * Returns: FALSE with @error set when measure_still_load() would fail for sure
 */
gboolean measure_still_peek (
    const gchar *path, guint *width, guint *height, GError **error);

/**
 * measure_still_load:
 * @path: a file
 * @error: in words that do not name the file
 *
 * Refuses what would be a wrong picture: files that are cut off, animations,
 * samples of more bits than the loader keeps.
 *
 * Returns: (transfer full): the picture, or NULL with @error set
 */
MeasureStill *measure_still_load (const gchar *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeasureStill, measure_still_free)

G_END_DECLS

#endif /* MEASURE_STILL_H */
