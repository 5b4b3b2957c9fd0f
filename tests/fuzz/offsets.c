/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of the search for an offset, against one that is slow and obvious: of
 * all offsets a frame apart the one that is found fits best, its fit is the
 * correlation worked out in two passes, and no number is out of its range.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "bytes.h"
#include "pairing/offset-finder.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MS G_GINT64_CONSTANT (1000000)
#define N PERCEPTUAL_TRACK_SAMPLES
#define WINDOW (120 * MS)
#define MOST_FRAMES 24
#define MOST_OFFSETS 1000

/* Those of the finder. */
#define LEAST_PAIRS 6
#define LEAST_MOTION .1
#define GUARDS 2

typedef guint8 Picture[PERCEPTUAL_TRACK_HEIGHT][PERCEPTUAL_TRACK_WIDTH][4];

static void
paint (Picture pixels, guint8 state)
{
  for (guint y = 0; y < PERCEPTUAL_TRACK_HEIGHT; y++) {
    for (guint x = 0; x < PERCEPTUAL_TRACK_WIDTH; x++) {
      guint8 value = (guint8) ((x * 5 + state) ^ (y * 3 + state / 2));

      pixels[y][x][0] = pixels[y][x][1] = pixels[y][x][2] = value;
    }
  }
}

/* A picture that @state moves through: the same one for the same number, which
 * is painted once, since that takes as long as the search. */
static void
add_frame (PerceptualTrack *track, gint64 time, guint8 state)
{
  static Picture pictures[256];
  static gboolean painted[256];
  const PerceptualImage image = { .data = &pictures[state][0][0][0],
    .width = PERCEPTUAL_TRACK_WIDTH,
    .height = PERCEPTUAL_TRACK_HEIGHT,
    .stride = sizeof pictures[state][0],
    .pixels = PERCEPTUAL_PIXELS_RGBX8,
    .depth = 8 };

  if (!painted[state])
    paint (pictures[state], state);
  painted[state] = TRUE;
  perceptual_track_add (track, time, &image);
}

static PerceptualTrack *
take_track (Bytes *bytes, gint64 start)
{
  PerceptualTrack *track = perceptual_track_new ();
  guint n = take_byte (bytes) % MOST_FRAMES;
  gint64 time = start;

  for (guint i = 0; i < n; i++) {
    guint8 how = take_byte (bytes);

    time += how % 8 == 7 ? 80 * MS : 40 * MS;
    add_frame (track, time + (how % 8 == 6 ? how / 8 * MS : 0), how & 0xf8);
  }
  return track;
}

/* --- the model ----------------------------------------------------------- */

static const PerceptualTrackFrame *
nearest (const PerceptualTrack *track, gint64 time)
{
  const PerceptualTrackFrame *best = perceptual_track_get (track, 0);

  for (guint i = 1; i < perceptual_track_get_length (track); i++) {
    const PerceptualTrackFrame *frame = perceptual_track_get (track, i);

    if (ABS (frame->time - time) <= ABS (best->time - time))
      best = frame;
  }
  return best;
}

typedef struct
{
  guint n;
  gdouble fit;
  gdouble motion;
} Fit;

/* Of the reference frames of the times [@first, @last]. */
static Fit
fit_of (const PerceptualTrack *reference, const PerceptualTrack *distorted,
    gint64 offset, gint64 first, gint64 last)
{
  const PerceptualTrackFrame *pairs[MOST_FRAMES][2];
  gint64 frame = perceptual_offset_get_frame (reference);
  gdouble aa = 0, bb = 0, ab = 0;
  Fit fit = { 0, -1, 0 };

  for (guint i = 0; i < perceptual_track_get_length (reference); i++) {
    const PerceptualTrackFrame *a = perceptual_track_get (reference, i);
    const PerceptualTrackFrame *b = nearest (distorted, a->time - offset);

    if (a->time < first || a->time > last
        || ABS (b->time - (a->time - offset)) > frame / 2)
      continue;
    pairs[fit.n][0] = a;
    pairs[fit.n++][1] = b;
  }
  if (fit.n < LEAST_PAIRS)
    return fit;
  for (guint s = 0; s < N; s++) {
    gdouble a = 0, b = 0;

    for (guint i = 0; i < fit.n; i++) {
      a += pairs[i][0]->luma[s];
      b += pairs[i][1]->luma[s];
    }
    a /= fit.n;
    b /= fit.n;
    for (guint i = 0; i < fit.n; i++) {
      aa += (pairs[i][0]->luma[s] - a) * (pairs[i][0]->luma[s] - a);
      bb += (pairs[i][1]->luma[s] - b) * (pairs[i][1]->luma[s] - b);
      ab += (pairs[i][0]->luma[s] - a) * (pairs[i][1]->luma[s] - b);
    }
  }
  fit.motion = sqrt (MIN (aa, bb) / (fit.n * (gdouble) N));
  if (fit.motion >= LEAST_MOTION)
    fit.fit = ab / sqrt (aa * bb);
  return fit;
}

/* The times of the reference that every offset from @lowest to @highest can
 * pair; all of them where those are too few. */
static void
choose_times (const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 lowest, gint64 highest,
    gint64 *first, gint64 *last)
{
  guint length = perceptual_track_get_length (distorted), n = 0;

  *first = perceptual_track_get (distorted, 0)->time + highest;
  *last = perceptual_track_get (distorted, length - 1)->time + lowest;
  for (guint i = 0; i < perceptual_track_get_length (reference); i++)
    n += perceptual_track_get (reference, i)->time >= *first
        && perceptual_track_get (reference, i)->time <= *last;
  if (n >= 2 * LEAST_PAIRS)
    return;
  *first = G_MININT64;
  *last = G_MAXINT64;
}

/* --- checks -------------------------------------------------------------- */

static void
check_ranges (const PerceptualOffset *found, const PerceptualTrack *reference)
{
  g_assert_cmpfloat (found->confidence, >=, 0);
  g_assert_cmpfloat (found->confidence, <=, 1);
  g_assert_cmpfloat (ABS (found->fit), <=, 1 + 1e-9);
  g_assert_cmpfloat (ABS (found->second), <=, 1 + 1e-9);
  g_assert_cmpuint (found->pairs, <=, perceptual_track_get_length (reference));
  if (found->verdict == PERCEPTUAL_OFFSET_FOUND)
    g_assert_cmpint (ABS (found->offset), <=, WINDOW);
}

/* Where the motion is at its threshold rounding may decide. */
static gboolean
is_doubtful (const Fit *fit)
{
  return fabs (fit->motion - LEAST_MOTION) < 1e-6;
}

static void
check_best (const PerceptualOffset *found, const PerceptualTrack *reference,
    const PerceptualTrack *distorted)
{
  gint64 frame = perceptual_offset_get_frame (reference);
  gint64 most = WINDOW + GUARDS * frame, low = found->offset, high, first, last;
  guint pairs = 0, n = 0;
  Fit best, fits[MOST_OFFSETS];

  while (ABS (low - frame) <= most || low > 0)
    low -= frame;
  for (high = low; ABS (high + frame) <= most || high < 0;)
    high += frame;
  choose_times (reference, distorted, low, high, &first, &last);
  best = fit_of (reference, distorted, found->offset, first, last);
  if (is_doubtful (&best))
    return;
  g_assert_cmpuint (best.n, ==, found->pairs);
  g_assert_cmpfloat (fabs (best.fit - found->fit), <, 1e-6);
  for (gint64 offset = low; offset <= high; offset += frame) {
    g_assert_cmpuint (n, <, MOST_OFFSETS);
    fits[n] = fit_of (reference, distorted, offset, first, last);
    pairs = MAX (pairs, fits[n].n);
    n++;
  }
  for (guint i = 0; i < n; i++) {
    if (fits[i].n >= pairs / 2 && !is_doubtful (&fits[i]))
      g_assert_cmpfloat (fits[i].fit, <=, found->fit + 2e-5);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Bytes bytes = { data, size };
  gint64 shift = (take_byte (&bytes) - 128) * MS;
  PerceptualTrack *reference = take_track (&bytes, 0);
  PerceptualTrack *distorted = take_track (&bytes, shift);
  const gint64 centre = 0;
  PerceptualOffset found =
      perceptual_offset_find (reference, distorted, WINDOW, &centre, 1);
  PerceptualOffset recent =
      perceptual_offset_find_recent (reference, distorted, 0, WINDOW, 400 * MS);

  check_ranges (&found, reference);
  check_ranges (&recent, reference);
  /* Else the offset is not told. */
  if (found.verdict != PERCEPTUAL_OFFSET_SHORT
      && found.verdict != PERCEPTUAL_OFFSET_STILL && found.fit > -1)
    check_best (&found, reference, distorted);
  perceptual_track_free (reference);
  perceptual_track_free (distorted);
  return 0;
}
