/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks over the boxes of an MP4 or QuickTime file (ISO/IEC 14496-12) as far as
 * the description of its first video track.
 */
#include "measure/movie/movie-file.h"

#include "measure/movie/av1-header.h"

#include <string.h>

/* Most boxes side by side that are looked at. */
#define MOST_BOXES 100000

/* ISO/IEC 14496-12: before the boxes of a "stsd" box, and of an entry in it. */
#define STSD_HEAD 8
#define ENTRY_HEAD 78

/* Bytes that are still to be read. */
typedef struct
{
  const guint8 *at;
  gsize left;
} Span;

static guint32
big_endian (const guint8 *bytes, guint n)
{
  guint32 value = 0;

  for (guint i = 0; i < n; i++)
    value = value << 8 | bytes[i];
  return value;
}

static gboolean
skip (Span *span, gsize n)
{
  if (span->left < n)
    return FALSE;
  span->at += n;
  span->left -= n;
  return TRUE;
}

/* Takes the next box out of @span.  @type gets its four letters, @body what is
 * in it. */
static gboolean
next_box (Span *span, gchar type[4], Span *body)
{
  guint64 size;
  gsize head = 8;

  if (span->left < head)
    return FALSE;
  size = big_endian (span->at, 4);
  memcpy (type, span->at + 4, 4);
  if (size == 1) {
    head = 16;
    if (span->left < head)
      return FALSE;
    size = (guint64) big_endian (span->at + 8, 4) << 32
        | big_endian (span->at + 12, 4);
  } else if (size == 0) {
    size = span->left;
  }
  if (size < head || size > span->left)
    return FALSE;
  *body = (Span){ span->at + head, (gsize) size - head };
  return skip (span, (gsize) size);
}

/* The first box of this type in @span, which is moved behind it. */
static gboolean
next_of_type (Span *span, const gchar *type, Span *body)
{
  gchar found[4];

  for (guint i = 0; i < MOST_BOXES && next_box (span, found, body); i++) {
    if (memcmp (found, type, 4) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
find (Span span, const gchar *type, Span *body)
{
  return next_of_type (&span, type, body);
}

/* Follows a path of types that ends with NULL. */
static gboolean
find_path (Span span, const gchar *const *path, Span *body)
{
  for (; *path != NULL; path++) {
    if (!find (span, *path, body))
      return FALSE;
    span = *body;
  }
  return TRUE;
}

/* --- what is in them ----------------------------------------------------- */

/* The matrix maps (x, y) of the picture, y down, to what is shown:
 * x' = a x + c y, y' = b x + d y. */
static void
read_orientation (Span tkhd, MovieFile *movie)
{
  static const struct
  {
    const gchar *orientation;
    gint a, b, c, d;
  } known[] = {
    { "rotate-0", 1, 0, 0, 1 },
    { "rotate-90", 0, 1, -1, 0 },
    { "rotate-180", -1, 0, 0, -1 },
    { "rotate-270", 0, -1, 1, 0 },
    { "flip-rotate-0", -1, 0, 0, 1 },
    { "flip-rotate-90", 0, 1, 1, 0 },
    { "flip-rotate-180", 1, 0, 0, -1 },
    { "flip-rotate-270", 0, -1, -1, 0 },
  };
  gsize at = tkhd.left > 0 && tkhd.at[0] == 1 ? 52 : 40;
  gint32 a, b, c, d;

  if (!skip (&tkhd, at) || tkhd.left < 20)
    return;
  a = (gint32) big_endian (tkhd.at, 4);
  b = (gint32) big_endian (tkhd.at + 4, 4);
  c = (gint32) big_endian (tkhd.at + 12, 4);
  d = (gint32) big_endian (tkhd.at + 16, 4);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (a == known[i].a * 0x10000 && b == known[i].b * 0x10000
        && c == known[i].c * 0x10000 && d == known[i].d * 0x10000)
      movie->orientation = known[i].orientation;
  }
}

static MovieRange
range_of (gboolean full)
{
  return full ? MOVIE_RANGE_FULL : MOVIE_RANGE_LIMITED;
}

/* "colr" may be of kind "nclx", which has a flag for the range, of QuickTime's
 * kind "nclc", which lacks it, or a profile, which is not read here. */
static void
read_colr (Span colr, MovieFile *movie)
{
  gboolean nclx;

  if (colr.left < 10)
    return;
  nclx = memcmp (colr.at, "nclx", 4) == 0;
  if (!nclx && memcmp (colr.at, "nclc", 4) != 0)
    return;
  movie->has_colour = TRUE;
  movie->primaries = big_endian (colr.at + 4, 2);
  movie->transfer = big_endian (colr.at + 6, 2);
  movie->matrix = big_endian (colr.at + 8, 2);
  if (nclx && colr.left >= 11)
    movie->range = range_of ((colr.at[10] & 0x80) != 0);
}

/* "VP Codec ISO Media File Format Binding", 1.0 */
static void
read_vpcc (Span vpcc, MovieFile *movie)
{
  if (movie->range == MOVIE_RANGE_UNSAID && vpcc.left >= 7)
    movie->range = range_of ((vpcc.at[6] & 1) != 0);
}

static void
read_av1c (Span av1c, MovieFile *movie)
{
  gboolean full;

  if (movie->range == MOVIE_RANGE_UNSAID && skip (&av1c, 4)
      && av1_header_read_range (av1c.at, av1c.left, &full))
    movie->range = range_of (full);
}

static void
read_entry (Span stsd, MovieFile *movie)
{
  gchar type[4];
  Span entry, body;

  if (!skip (&stsd, STSD_HEAD) || !next_box (&stsd, type, &entry)
      || !skip (&entry, ENTRY_HEAD))
    return;
  for (Span left = entry; next_of_type (&left, "colr", &body);)
    read_colr (body, movie);
  if (find (entry, "vpcC", &body))
    read_vpcc (body, movie);
  if (find (entry, "av1C", &body))
    read_av1c (body, movie);
}

static gboolean
is_video (Span trak)
{
  static const gchar *const path[] = { "mdia", "hdlr", NULL };
  Span hdlr;

  return find_path (trak, path, &hdlr) && hdlr.left >= 12
      && memcmp (hdlr.at + 8, "vide", 4) == 0;
}

gboolean
movie_file_read (const guint8 *bytes, gsize size, MovieFile *movie)
{
  static const gchar *const path[] = { "mdia", "minf", "stbl", "stsd", NULL };
  static const gchar *const edits[] = { "edts", "elst", NULL };
  Span moov, trak, box;

  *movie = (MovieFile){ .primaries = 2, .transfer = 2, .matrix = 2 };
  if (!find ((Span){ bytes, size }, "moov", &moov))
    return FALSE;
  while (next_of_type (&moov, "trak", &trak)) {
    if (!is_video (trak))
      continue;
    if (find (trak, "tkhd", &box))
      read_orientation (box, movie);
    movie->has_edits = find_path (trak, edits, &box);
    if (find_path (trak, path, &box))
      read_entry (box, movie);
    return TRUE;
  }
  return FALSE;
}
