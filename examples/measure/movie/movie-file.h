/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads what an MP4 or QuickTime file says of its video and GStreamer's demuxer
 * (1.22) ignores.
 */
#ifndef MOVIE_FILE_H
#define MOVIE_FILE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * MovieRange:
 * @MOVIE_RANGE_UNSAID: the container leaves it to the coded video
 */
typedef enum
{
  MOVIE_RANGE_UNSAID,
  MOVIE_RANGE_LIMITED,
  MOVIE_RANGE_FULL,
} MovieRange;

/**
 * MovieFile:
 * @orientation: (nullable): how the picture is to be turned before it is
 *   shown, by the words of GStreamer's tag image-orientation; NULL where the
 *   track's matrix does something else besides
 * @has_edits: whether there is an edit list
 * @has_colour: whether there is a "colr" box with the three numbers below
 * @primaries: by ISO/IEC 23091-2, 2 where unknown, like the next two
 * @transfer: likewise
 * @matrix: likewise
 * @range: of "colr", "vpcC" or the sequence header in "av1C"
 *
 * The first video track's.
 */
typedef struct
{
  const gchar *orientation;
  gboolean has_edits;
  gboolean has_colour;
  guint primaries;
  guint transfer;
  guint matrix;
  MovieRange range;
} MovieFile;

/**
 * movie_file_read:
 * @bytes: (array length=size): the file, whole or cut off
 * @size: its length
 * @movie: (out): what was found
 *
 * Looks at boxes only, never beyond @size, and at no more of them than a sound
 * file has.
 *
 * Returns: FALSE where there is no video track to be found
 */
gboolean movie_file_read (const guint8 *bytes, gsize size, MovieFile *movie);

G_END_DECLS

#endif /* MOVIE_FILE_H */
