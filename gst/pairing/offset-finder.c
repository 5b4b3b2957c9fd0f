/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Correlates the motion of two tracks at every offset of a window.  Works on
 * times and samples, without GStreamer.
 */
#include "pairing/offset-finder.h"

#include <math.h>

#define N PERCEPTUAL_TRACK_SAMPLES

/* With fewer pairs there is no verdict. */
#define LEAST_PAIRS 6
/* Mean deviation of a sample over time, in levels of 255, below which nothing
 * moves: under the steps that rounding makes. */
#define LEAST_MOTION .1
/* A fit that neither chance nor the flicker of a codec reaches. */
#define LEAST_FIT .3
/* How much smaller than the next the smallest misfit has to be.  A coarsely
 * coded scene that moves little reaches .2; other pictures stay below this or
 * below LEAST_FIT. */
#define LEAST_CONFIDENCE .1
/* Misfits so small that of two such offsets neither is better. */
#define NO_MISFIT 1e-4
/* Fits that differ by less are the same.  Near the best one the misfit grows
 * with the square of the distance: here it is less than a quarter of what is
 * required of the candidate that is twice as far away. */
#define TIE 1e-5
/* Candidates on either side of the window, to see whether the fit grows
 * beyond its ends. */
#define GUARDS 2
/* The shortest step of the search, ns, whatever the timestamps: the number of
 * candidates stays in proportion to the window. */
#define LEAST_STEP (4 * 1000 * 1000)

typedef struct
{
  gint64 offset;
  guint pairs;
  gdouble fit; /* -1 without enough pairs */
  gdouble motion;
} Candidate;

typedef struct
{
  const PerceptualTrack *reference;
  const PerceptualTrack *distorted;
  const gint64 *centres;
  guint n_centres;
  gint64 duration; /* to judge each candidate by; 0 for all there is */
  gint64 newest;   /* reference time up to which */
  gint64 frame;    /* duration of a reference frame */
  gint64 phase;    /* that makes the timestamps coincide */
  guint begin;     /* the reference frames that all candidates can pair */
  guint end;
} Search;

static gint64
time_of (const PerceptualTrack *track, guint i)
{
  return perceptual_track_get (track, i)->time;
}

/* --- times --------------------------------------------------------------- */

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* The mean of the distances between frames that are about as large as their
 * median: lost frames do not change it, nor does rounding to milliseconds, as
 * in Matroska, of which the median alone would be off by a part of a
 * millisecond for each frame of the offset. */
static gint64
frame_duration (const PerceptualTrack *track)
{
  guint n = perceptual_track_get_length (track) - 1, n_near = 0;
  g_autofree gint64 *steps = g_new (gint64, n);
  gint64 sum = 0, median;

  for (guint i = 0; i < n; i++)
    steps[i] = time_of (track, i + 1) - time_of (track, i);
  qsort (steps, n, sizeof *steps, compare_times);
  median = steps[n / 2];
  for (guint i = 0; i < n; i++) {
    if (ABS (steps[i] - median) > median / 4)
      continue;
    sum += steps[i];
    n_near++;
  }
  return MAX ((sum + n_near / 2) / n_near, LEAST_STEP);
}

/* The frame of @track nearest to @time.  @from is where to look first: no
 * earlier call asked for a later time. */
static guint
nearest (const PerceptualTrack *track, gint64 time, guint *from)
{
  guint n = perceptual_track_get_length (track);

  while (*from + 1 < n
      && ABS (time_of (track, *from + 1) - time)
          <= ABS (time_of (track, *from) - time))
    (*from)++;
  return *from;
}

/* The number of the first frame of @track that is not before @time. */
static guint
first_from (const PerceptualTrack *track, gint64 time)
{
  guint low = 0, high = perceptual_track_get_length (track);

  while (low < high) {
    guint middle = (low + high) / 2;

    if (time_of (track, middle) < time)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* What to add to distorted times, within half a frame, so that they fall on
 * the reference's: the mean of the differences, taken round the circle of a
 * frame's duration.  0 if they point in all directions, as those of two frame
 * rates do, or if it is no more than rounding. */
static gint64
find_phase (const Search *self)
{
  const gdouble turn = 2 * G_PI / (gdouble) self->frame;
  guint n = perceptual_track_get_length (self->distorted), from = 0;
  guint first = self->duration > 0 ? first_from (self->distorted,
                    time_of (self->distorted, n - 1) - self->duration)
                                   : 0;
  gdouble x = 0, y = 0, phase;

  for (guint i = first; i < n; i++) {
    gint64 time = time_of (self->distorted, i);
    guint partner = nearest (self->reference, time, &from);
    gint64 ahead = (time_of (self->reference, partner) - time) % self->frame;

    x += cos (turn * (gdouble) ahead);
    y += sin (turn * (gdouble) ahead);
  }
  phase = atan2 (y, x) / turn;
  if (hypot (x, y) < .5 * (n - first)
      || fabs (phase) < (gdouble) self->frame / 16)
    return 0;
  return (gint64) llround (phase);
}

/* --- one candidate ------------------------------------------------------- */

typedef struct
{
  guint n;
  gdouble a[N], b[N]; /* sums of each sample */
  gdouble aa, bb, ab; /* sums over samples and pairs */
} Sums;

static void
add_pair (
    Sums *sums, const PerceptualTrackFrame *a, const PerceptualTrackFrame *b)
{
  gdouble aa = 0, bb = 0, ab = 0;

  for (guint i = 0; i < N; i++) {
    gdouble x = a->luma[i], y = b->luma[i];

    sums->a[i] += x;
    sums->b[i] += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  sums->aa += aa;
  sums->bb += bb;
  sums->ab += ab;
  sums->n++;
}

static void
judge (const Sums *sums, Candidate *candidate)
{
  gdouble aa = sums->aa, bb = sums->bb, ab = sums->ab, n = sums->n;
  gdouble least;

  candidate->pairs = sums->n;
  candidate->fit = -1;
  candidate->motion = 0;
  if (sums->n < LEAST_PAIRS)
    return;
  for (guint i = 0; i < N; i++) {
    aa -= sums->a[i] * sums->a[i] / n;
    bb -= sums->b[i] * sums->b[i] / n;
    ab -= sums->a[i] * sums->b[i] / n;
  }
  least = MIN (aa, bb) / (n * N);
  candidate->motion = sqrt (MAX (least, 0));
  if (candidate->motion >= LEAST_MOTION)
    candidate->fit = ab / sqrt (aa * bb);
}

/* The reference frames from @begin to @end against the distorted ones at
 * @offset; a pair lies within half a reference frame. */
static Candidate
try_offset (const Search *self, gint64 offset, guint begin, guint end)
{
  g_autofree Sums *sums = g_new0 (Sums, 1);
  Candidate candidate = { .offset = offset };
  guint from = 0;

  for (guint i = begin; i < end; i++) {
    gint64 time = time_of (self->reference, i) - offset;
    guint partner = nearest (self->distorted, time, &from);

    if (ABS (time_of (self->distorted, partner) - time) <= self->frame / 2)
      add_pair (sums, perceptual_track_get (self->reference, i),
          perceptual_track_get (self->distorted, partner));
  }
  judge (sums, &candidate);
  return candidate;
}

/* --- all candidates ------------------------------------------------------ */

/* The reference frames that have distorted ones beside them at every offset
 * from @lowest to @highest; all of them where those are too few. */
static void
choose_core (Search *self, gint64 lowest, gint64 highest)
{
  guint n = perceptual_track_get_length (self->reference);
  guint last = perceptual_track_get_length (self->distorted) - 1;
  gint64 first_time = time_of (self->distorted, 0) + highest;
  gint64 last_time = time_of (self->distorted, last) + lowest;

  for (self->begin = 0;
       self->begin < n && time_of (self->reference, self->begin) < first_time;
       self->begin++)
    ;
  for (self->end = self->begin;
       self->end < n && time_of (self->reference, self->end) <= last_time;
       self->end++)
    ;
  if (self->end - self->begin >= 2 * LEAST_PAIRS)
    return;
  self->begin = 0;
  self->end = n;
}

/* Tries @offset on the newest reference frames that have distorted ones beside
 * them. */
static Candidate
try_recent (const Search *self, gint64 offset)
{
  guint n = perceptual_track_get_length (self->reference);
  guint last = perceptual_track_get_length (self->distorted) - 1;
  gint64 until = MIN (time_of (self->reference, n - 1),
      time_of (self->distorted, last) + offset + self->frame / 2);
  gint64 from = MIN (until, self->newest) - self->duration;
  Candidate none = { .offset = offset, .fit = -1 };

  if (from < time_of (self->reference, 0) - self->frame
      || from < time_of (self->distorted, 0) + offset - self->frame)
    return none;
  return try_offset (self, offset, first_from (self->reference, from),
      first_from (self->reference, MIN (until, self->newest) + 1));
}

/* ns to the nearest centre */
static gint64
distance_to_centre (const Search *self, gint64 offset)
{
  gint64 least = G_MAXINT64;

  for (guint i = 0; i < self->n_centres; i++)
    least = MIN (least, ABS (offset - self->centres[i]));
  return least;
}

static gint
compare_candidates (gconstpointer a, gconstpointer b)
{
  gint64 x = ((const Candidate *) a)->offset;
  gint64 y = ((const Candidate *) b)->offset;

  return compare_times (&x, &y);
}

/* Adds the offsets around one centre. */
static void
list_around (
    const Search *self, gint64 centre, gint64 window, GArray *candidates)
{
  gint64 each_way = window / self->frame + 1 + GUARDS;
  gint64 middle = (gint64) llround (
      (gdouble) (centre - self->phase) / (gdouble) self->frame);

  for (gint64 k = middle - each_way; k <= middle + each_way; k++) {
    Candidate candidate = { .offset = k * self->frame + self->phase };

    if (ABS (candidate.offset - centre) <= window + GUARDS * self->frame)
      g_array_append_val (candidates, candidate);
  }
}

/* Returns: (transfer full): what was tried, in the order of offsets. */
static GArray *
try_all (Search *self, gint64 window)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  Candidate *list;

  for (guint i = 0; i < self->n_centres; i++)
    list_around (self, self->centres[i], window, candidates);
  g_array_sort (candidates, compare_candidates);
  for (guint i = candidates->len; i > 1; i--) {
    list = (Candidate *) candidates->data;
    if (list[i - 1].offset == list[i - 2].offset)
      g_array_remove_index (candidates, i - 1);
  }
  if (candidates->len == 0)
    return candidates;
  list = (Candidate *) candidates->data;
  if (self->duration > 0) {
    for (guint i = 0; i < candidates->len; i++)
      list[i] = try_recent (self, list[i].offset);
    return candidates;
  }
  choose_core (self, list[0].offset, list[candidates->len - 1].offset);
  for (guint i = 0; i < candidates->len; i++)
    list[i] = try_offset (self, list[i].offset, self->begin, self->end);
  return candidates;
}

/* Candidates with much less to compare than others would fit by chance. */
static void
drop_poor (GArray *candidates)
{
  guint most = 0;

  for (guint i = 0; i < candidates->len; i++)
    most = MAX (most, g_array_index (candidates, Candidate, i).pairs);
  for (guint i = 0; i < candidates->len; i++) {
    Candidate *candidate = &g_array_index (candidates, Candidate, i);

    if (candidate->pairs < most / 2)
      candidate->fit = -1;
  }
}

/* Whether @a is the better choice: by its fit, and of two that fit alike the
 * one that is nearer to a centre. */
static gboolean
is_better (const Search *self, const Candidate *a, const Candidate *b)
{
  if (fabs (a->fit - b->fit) > TIE)
    return a->fit > b->fit;
  return distance_to_centre (self, a->offset)
      < distance_to_centre (self, b->offset);
}

static const Candidate *
best_of (
    const Search *self, const GArray *candidates, gint64 but_for, gint64 margin)
{
  const Candidate *best = NULL;

  for (guint i = 0; i < candidates->len; i++) {
    const Candidate *candidate = &g_array_index (candidates, Candidate, i);

    if (ABS (candidate->offset - but_for) > margin
        && (best == NULL || is_better (self, candidate, best)))
      best = candidate;
  }
  return best;
}

/* Returns: which centre fits best. */
static guint
best_centre (const Search *self, const GArray *candidates)
{
  guint best = 0;
  gdouble fit = -2;

  for (guint i = 0; i < self->n_centres; i++) {
    const Candidate *nearest = &g_array_index (candidates, Candidate, 0);

    for (guint j = 1; j < candidates->len; j++) {
      const Candidate *candidate = &g_array_index (candidates, Candidate, j);

      if (ABS (candidate->offset - self->centres[i])
          < ABS (nearest->offset - self->centres[i]))
        nearest = candidate;
    }
    if (nearest->fit <= fit + TIE)
      continue;
    fit = nearest->fit;
    best = i;
  }
  return best;
}

static PerceptualOffsetVerdict
verdict_on (const Search *self, const PerceptualOffset *offset,
    const GArray *candidates, gboolean moves, gint64 window)
{
  guint most = 0;

  for (guint i = 0; i < candidates->len; i++)
    most = MAX (most, g_array_index (candidates, Candidate, i).pairs);
  if (most < LEAST_PAIRS)
    return PERCEPTUAL_OFFSET_SHORT;
  if (!moves)
    return PERCEPTUAL_OFFSET_STILL;
  if (offset->fit < LEAST_FIT)
    return PERCEPTUAL_OFFSET_UNLIKE;
  if (distance_to_centre (self, offset->offset) > window)
    return PERCEPTUAL_OFFSET_OUTSIDE;
  if (offset->confidence < LEAST_CONFIDENCE)
    return PERCEPTUAL_OFFSET_AMBIGUOUS;
  return PERCEPTUAL_OFFSET_FOUND;
}

static PerceptualOffset
find (Search *search, gint64 window)
{
  PerceptualOffset result = { .verdict = PERCEPTUAL_OFFSET_SHORT };
  g_autoptr (GArray) candidates = NULL;
  const Candidate *best, *second;
  gdouble misfit, next = 1;
  gboolean moves = FALSE;

  if (perceptual_track_get_length (search->reference) < LEAST_PAIRS
      || perceptual_track_get_length (search->distorted) < LEAST_PAIRS)
    return result;
  search->frame = frame_duration (search->reference);
  search->phase = find_phase (search);
  candidates = try_all (search, window);
  for (guint i = 0; i < candidates->len; i++)
    moves |= g_array_index (candidates, Candidate, i).motion >= LEAST_MOTION;
  drop_poor (candidates);

  best = best_of (search, candidates, G_MININT64 / 2, 0);
  second = best_of (search, candidates, best->offset, search->frame * 3 / 2);
  misfit = 1 - best->fit;
  if (second != NULL)
    next = MIN (1 - second->fit, 1);
  result.offset = best->fit > -1 ? best->offset : 0;
  result.centre = best_centre (search, candidates);
  result.fit = best->fit;
  result.second = second != NULL ? second->fit : -1;
  result.pairs = best->pairs;
  result.confidence = CLAMP (1 - misfit / MAX (next, NO_MISFIT), 0, 1);
  if (next - misfit < NO_MISFIT)
    result.confidence = 0;
  result.verdict = verdict_on (search, &result, candidates, moves, window);
  if (result.verdict == PERCEPTUAL_OFFSET_STILL
      || result.verdict == PERCEPTUAL_OFFSET_SHORT)
    result.offset = 0;
  return result;
}

PerceptualOffset
perceptual_offset_find (const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 window, const gint64 *centres,
    guint n)
{
  Search search = { reference, distorted, .centres = centres, .n_centres = n };

  return find (&search, window);
}

PerceptualOffset
perceptual_offset_try (const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 offset, gint64 duration,
    gint64 newest)
{
  PerceptualOffset result = {
    .verdict = PERCEPTUAL_OFFSET_SHORT,
    .offset = offset,
    .fit = -1,
    .second = -1,
  };
  Search search = {
    reference,
    distorted,
    .duration = duration,
    .newest = newest,
  };
  Candidate candidate;

  if (perceptual_track_get_length (reference) < LEAST_PAIRS
      || perceptual_track_get_length (distorted) < LEAST_PAIRS)
    return result;
  search.frame = frame_duration (reference);
  candidate = try_recent (&search, offset);
  result.fit = candidate.fit;
  result.pairs = candidate.pairs;
  if (candidate.pairs < LEAST_PAIRS)
    result.verdict = PERCEPTUAL_OFFSET_SHORT;
  else if (candidate.motion < LEAST_MOTION)
    result.verdict = PERCEPTUAL_OFFSET_STILL;
  else
    result.verdict = candidate.fit < LEAST_FIT ? PERCEPTUAL_OFFSET_UNLIKE
                                               : PERCEPTUAL_OFFSET_FOUND;
  return result;
}

gint64
perceptual_offset_get_frame (const PerceptualTrack *reference)
{
  return perceptual_track_get_length (reference) < 2
      ? 0
      : frame_duration (reference);
}

PerceptualOffset
perceptual_offset_find_recent (const PerceptualTrack *reference,
    const PerceptualTrack *distorted, gint64 centre, gint64 window,
    gint64 duration)
{
  Search search = {
    reference,
    distorted,
    .centres = &centre,
    .n_centres = 1,
    .duration = duration,
    .newest = G_MAXINT64,
  };

  return find (&search, window);
}

const gchar *
perceptual_offset_verdict_text (PerceptualOffsetVerdict verdict)
{
  switch (verdict) {
    case PERCEPTUAL_OFFSET_FOUND:
      return "it was found";
    case PERCEPTUAL_OFFSET_SHORT:
      return "too few frames lie side by side in time";
    case PERCEPTUAL_OFFSET_STILL:
      return "the pictures do not move";
    case PERCEPTUAL_OFFSET_UNLIKE:
      return "the pictures do not move alike at any offset in sync-window";
    case PERCEPTUAL_OFFSET_AMBIGUOUS:
      return "the pictures move alike at several offsets";
    case PERCEPTUAL_OFFSET_OUTSIDE:
      return "the pictures fit best outside sync-window";
  }
  g_return_val_if_reached (NULL);
}
