/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks over the elements of a Matroska file (RFC 8794, RFC 9559) as far as the
 * projection of its first video track.
 */
#include "measure/movie/matroska-file.h"

#include <math.h>
#include <string.h>

/* Most elements side by side that are looked at. */
#define MOST_ELEMENTS 10000

#define ID_HEADER 0x1a45dfa3
#define ID_SEGMENT 0x18538067
#define ID_CLUSTER 0x1f43b675
#define ID_TRACKS 0x1654ae6b
#define ID_TRACK 0xae
#define ID_TRACK_TYPE 0x83
#define ID_VIDEO 0xe0
#define ID_PROJECTION 0x7670
#define ID_YAW 0x7673
#define ID_ROLL 0x7675

#define TRACK_TYPE_VIDEO 1

typedef struct
{
  const guint8 *at;
  gsize left;
} Span;

static guint64
take (Span *span, guint n)
{
  guint64 value = 0;

  for (; n > 0; n--) {
    value = value << 8 | *span->at++;
    span->left--;
  }
  return value;
}

/* Bytes of the number that begins with @first; 9 where no number does. */
static guint
length_of (guint8 first)
{
  guint n = 1;

  while (n <= 8 && (first & 0x80 >> (n - 1)) == 0)
    n++;
  return n;
}

/* Takes the next element out of @span.  @body gets what is in it; one of
 * unknown size goes to the end. */
static gboolean
next_element (Span *span, guint32 *id, Span *body)
{
  guint64 size, unknown;
  guint n;

  if (span->left < 1 || (n = length_of (*span->at)) > 4 || span->left < n)
    return FALSE;
  *id = (guint32) take (span, n);
  if (span->left < 1 || (n = length_of (*span->at)) > 8 || span->left < n)
    return FALSE;
  unknown = G_GUINT64_CONSTANT (1) << 7 * n;
  size = take (span, n) & (unknown - 1);
  if (size == unknown - 1)
    size = span->left;
  if (size > span->left)
    return FALSE;
  *body = (Span){ span->at, (gsize) size };
  span->at += size;
  span->left -= (gsize) size;
  return TRUE;
}

/* The first element of this kind in @span, which is moved behind it.  What
 * describes a file comes before its frames. */
static gboolean
next_of_kind (Span *span, guint32 wanted, Span *body)
{
  guint32 id;

  for (guint i = 0; i < MOST_ELEMENTS && next_element (span, &id, body); i++) {
    if (id == wanted)
      return TRUE;
    if (id == ID_CLUSTER)
      return FALSE;
  }
  return FALSE;
}

static gboolean
find (Span span, guint32 wanted, Span *body)
{
  return next_of_kind (&span, wanted, body);
}

/* Returns: a number of floating point, 0 where there is none. */
static gdouble
find_degrees (Span span, guint32 id)
{
  Span body;
  guint64 bits;
  guint32 half;
  gfloat single;
  gdouble value = 0;

  if (!find (span, id, &body))
    return 0;
  if (body.left == 4) {
    half = (guint32) take (&body, 4);
    memcpy (&single, &half, sizeof single);
    value = single;
  } else if (body.left == 8) {
    bits = take (&body, 8);
    memcpy (&value, &bits, sizeof value);
  }
  return isfinite (value) && fabs (value) <= 360 ? value : 0;
}

/* A roll turns to the left; a yaw of 180 degrees is a mirror. */
static const gchar *
describe (gdouble yaw, gdouble roll)
{
  static const gchar *const turned[] = { "rotate-0", "rotate-270", "rotate-180",
    "rotate-90" };
  static const gchar *const mirrored[] = { "flip-rotate-0", "flip-rotate-90",
    "flip-rotate-180", "flip-rotate-270" };
  gdouble quarters = roll / 90;
  guint quarter = (guint) ((gint) lround (quarters) + 8) % 4;

  if (fabs (quarters - round (quarters)) > 1e-3)
    return NULL;
  if (fabs (fabs (yaw) - 180) < 1e-3)
    return mirrored[quarter];
  return yaw == 0 ? turned[quarter] : NULL;
}

static gboolean
is_video (Span track)
{
  Span type;

  return find (track, ID_TRACK_TYPE, &type) && type.left >= 1 && type.left <= 8
      && take (&type, (guint) type.left) == TRACK_TYPE_VIDEO;
}

const gchar *
matroska_file_get_orientation (const guint8 *bytes, gsize size)
{
  Span file = { bytes, size };
  Span segment, tracks, track, video, projection;

  if (!find (file, ID_HEADER, &segment) || !find (file, ID_SEGMENT, &segment)
      || !find (segment, ID_TRACKS, &tracks))
    return NULL;
  while (next_of_kind (&tracks, ID_TRACK, &track)) {
    if (!is_video (track))
      continue;
    if (!find (track, ID_VIDEO, &video)
        || !find (video, ID_PROJECTION, &projection))
      return NULL;
    return describe (
        find_degrees (projection, ID_YAW), find_degrees (projection, ID_ROLL));
  }
  return NULL;
}
