/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Notices wrong pairings by thumbnails of the pictures.
 */
#include "measuring/misalignment.h"

#include <math.h>
#include <string.h>

#define REACH PERCEPTUAL_MISALIGNMENT_REACH

/* The pairs around the one that is judged, and that one. */
#define PAIRS (2 * REACH + 1)

/* Misplaced pictures are not counted up further than this, so that a stretch
 * ends soon after the pairs are in order again. */
#define MOST_EXCESS (4 * PERCEPTUAL_MISALIGNMENT_EXCESS)

/* A picture whose contrast is lower has nothing that could move. */
#define FLAT_LEVELS 1.f

typedef struct
{
  gfloat mean;
  gfloat deviation;
  PerceptualThumbnail thumbnail;
} Picture;

typedef struct
{
  guint64 time;
  Picture reference;
  Picture distorted;
  gboolean repeats; /* the distorted picture before */
} Pair;

typedef enum
{
  SAYS_NOTHING,
  IN_PLACE,
  MISPLACED,
} Verdict;

struct _PerceptualMisalignment
{
  Pair pairs[PAIRS]; /* pair i of the row at i % PAIRS */
  guint64 length;    /* of the row of pairs that follow each other */
  guint64 index;     /* of the last one */
  guint64 shown;     /* pair whose reference the one judged last looks like */

  /* Since the first misplaced picture of what may be a stretch. */
  guint excess;  /* misplaced pictures more than such in place; 0 outside */
  guint64 from;  /* time of the first */
  guint64 moved; /* ns of pairs that tell something */
  guint misplaced;
  guint by_offset[PAIRS]; /* of them, at REACH + offset */
  gboolean known;         /* the stretch has been long enough */
};

/* --- pictures ------------------------------------------------------------- */

static void
picture_take (Picture *self, const PerceptualThumbnail *thumbnail)
{
  const gsize used = G_STRUCT_OFFSET (PerceptualThumbnail, cells)
      + thumbnail->n * sizeof thumbnail->cells[0];
  gfloat sum = 0, squares = 0;

  memcpy (&self->thumbnail, thumbnail, used);
  for (guint i = 0; i < thumbnail->n; i++)
    sum += thumbnail->cells[i];
  self->mean = sum / (gfloat) thumbnail->n;
  for (guint i = 0; i < thumbnail->n; i++) {
    gfloat value = thumbnail->cells[i] - self->mean;

    squares += value * value;
  }
  self->deviation = sqrtf (squares / (gfloat) thumbnail->n);
}

static gboolean
is_flat (const Picture *self)
{
  return self->deviation < FLAT_LEVELS;
}

typedef struct
{
  gfloat mean_square;
  gfloat largest; /* of a cell */
} Difference;

/* Returns: how @a and @b differ, in levels of @measure: both are given its
 * contrast. */
static Difference
compare (const Picture *a, const Picture *b, const Picture *measure)
{
  const gfloat *x = a->thumbnail.cells, *y = b->thumbnail.cells;
  gfloat gain_a = measure->deviation / a->deviation;
  gfloat gain_b = measure->deviation / b->deviation;
  gfloat shift = a->mean * gain_a - b->mean * gain_b;
  Difference found = { 0 };

  for (guint i = 0; i < a->thumbnail.n; i++) {
    gfloat value = fabsf (x[i] * gain_a - y[i] * gain_b - shift);

    found.largest = MAX (found.largest, value);
    found.mean_square += value * value;
  }
  found.mean_square /= (gfloat) a->thumbnail.n;
  return found;
}

/* Returns: how they differ as they are. */
static Difference
compare_plainly (const Picture *a, const Picture *b)
{
  Difference found = { 0 };

  for (guint i = 0; i < a->thumbnail.n; i++) {
    gfloat value = fabsf (a->thumbnail.cells[i] - b->thumbnail.cells[i]);

    found.largest = MAX (found.largest, value);
    found.mean_square += value * value;
  }
  found.mean_square /= (gfloat) a->thumbnail.n;
  return found;
}

/* Whether the distorted stream shows the same picture again.  An encoder may
 * touch it up meanwhile, by less than the reference moves. */
static gboolean
is_repeated (const Pair *before, const Pair *pair)
{
  Difference distorted = compare_plainly (&before->distorted, &pair->distorted);
  Difference reference;

  if (distorted.largest <= PERCEPTUAL_STILL_LEVELS)
    return TRUE;
  reference = compare_plainly (&before->reference, &pair->reference);
  return distorted.mean_square < reference.mean_square / 16;
}

/* --- one pair ------------------------------------------------------------- */

static const Pair *
pair_at (const PerceptualMisalignment *self, guint64 i)
{
  return &self->pairs[i % PAIRS];
}

/* The pairs, from @first to @last, whose distorted picture is that of pair
 * @i. */
static void
find_run (const PerceptualMisalignment *self, guint64 i, guint64 *first,
    guint64 *last)
{
  *first = *last = i;
  while (*first + REACH > i && *first > 0 && pair_at (self, *first)->repeats)
    --*first;
  while (*last + 1 < self->length && pair_at (self, *last + 1)->repeats)
    ++*last;
}

/* Returns: how the picture of @pair differs from that of its own references
 * that is nearest, the one of pair @*at. */
static Difference
compare_with_own (const PerceptualMisalignment *self, const Pair *pair,
    guint64 first, guint64 last, guint64 *at)
{
  Difference nearest = { G_MAXFLOAT, G_MAXFLOAT };

  for (guint64 i = first; i <= last; i++) {
    const Picture *reference = &pair_at (self, i)->reference;
    Difference found;

    if (is_flat (reference))
      continue;
    found = compare (&pair->distorted, reference, &pair->reference);
    if (found.mean_square >= nearest.mean_square)
      continue;
    nearest = found;
    *at = i;
  }
  return nearest;
}

/* Whether the reference of pair @i is another picture than that of @pair. */
static gboolean
has_moved (const PerceptualMisalignment *self, const Pair *pair, guint64 i)
{
  const Picture *reference = &pair_at (self, i)->reference;

  return !is_flat (reference)
      && compare (&pair->reference, reference, &pair->reference).largest
      > PERCEPTUAL_MOVED_LEVELS;
}

/* Judges pair @i, after which REACH pairs have come.  @fits: (out): the pair
 * whose reference the picture looks like */
static Verdict
judge (const PerceptualMisalignment *self, guint64 i, guint64 *fits)
{
  const Pair *pair = pair_at (self, i);
  guint64 begin = i > REACH ? i - REACH : 0;
  guint64 first, last, neighbour = i;
  gfloat nearest = G_MAXFLOAT;
  Difference own;

  *fits = i;
  if (is_flat (&pair->reference) || is_flat (&pair->distorted))
    return SAYS_NOTHING;
  find_run (self, i, &first, &last);
  if (!(first > begin && has_moved (self, pair, first - 1))
      && !(last + 1 < self->length && has_moved (self, pair, last + 1)))
    return SAYS_NOTHING;
  own = compare_with_own (self, pair, first, last, fits);
  if (own.largest <= PERCEPTUAL_MOVED_LEVELS)
    return IN_PLACE;
  for (guint64 k = begin; k < self->length; k++) {
    const Picture *reference = &pair_at (self, k)->reference;
    gfloat found;

    if (is_flat (reference) || (k >= first && k <= last))
      continue;
    found = compare (&pair->distorted, reference, &pair->reference).mean_square;
    if (found >= nearest)
      continue;
    nearest = found;
    neighbour = k;
  }
  if (nearest >= own.mean_square / 4)
    return IN_PLACE;
  *fits = neighbour;
  return MISPLACED;
}

/* --- stretches ------------------------------------------------------------ */

PerceptualMisalignment *
perceptual_misalignment_new (void)
{
  return g_new0 (PerceptualMisalignment, 1);
}

void
perceptual_misalignment_free (PerceptualMisalignment *self)
{
  g_free (self);
}

static void
end_stretch (PerceptualMisalignment *self)
{
  self->excess = self->misplaced = 0;
  self->moved = 0;
  self->known = FALSE;
  memset (self->by_offset, 0, sizeof self->by_offset);
}

void
perceptual_misalignment_reset (PerceptualMisalignment *self)
{
  self->length = 0;
  end_stretch (self);
}

/* Returns: how late most of the misplaced pictures are. */
static gint
find_frames (const PerceptualMisalignment *self)
{
  guint most = 0;

  for (guint i = 1; i < PAIRS; i++) {
    if (self->by_offset[i] > self->by_offset[most])
      most = i;
  }
  return 4 * self->by_offset[most] >= 3 * self->misplaced
      ? REACH - (gint) most
      : PERCEPTUAL_MISALIGNMENT_MIXED;
}

/* Counts pair @i in, which looks like pair @fits. */
static PerceptualMisplaced
count (PerceptualMisalignment *self, guint64 i, Verdict verdict, guint64 fits)
{
  PerceptualMisplaced found = { 0 };
  guint64 time = pair_at (self, i)->time;
  guint64 next = pair_at (self, i + 1)->time;

  /* A picture that is repeated, though not to the level. */
  if (verdict == MISPLACED && i > 0 && fits == self->shown)
    verdict = SAYS_NOTHING;
  self->shown = fits;
  if (verdict == SAYS_NOTHING || (verdict == IN_PLACE && self->excess == 0))
    return found;
  self->moved += next > time ? next - time : 0;
  if (verdict == IN_PLACE) {
    if (--self->excess == 0)
      end_stretch (self);
    return found;
  }
  if (self->excess == 0)
    self->from = time;
  self->excess = MIN (self->excess + 1, MOST_EXCESS);
  self->misplaced++;
  self->by_offset[REACH + fits - i]++;
  if (self->known) {
    found.pairs = 1;
  } else if (self->excess >= PERCEPTUAL_MISALIGNMENT_EXCESS
      && self->moved >= PERCEPTUAL_MISALIGNMENT_TIME) {
    self->known = found.begins = TRUE;
    found.pairs = self->misplaced;
    found.from = self->from;
    found.frames = find_frames (self);
  }
  return found;
}

PerceptualMisplaced
perceptual_misalignment_add (PerceptualMisalignment *self, guint64 index,
    guint64 time, const PerceptualThumbnail *reference,
    const PerceptualThumbnail *distorted)
{
  Pair *pair;
  Verdict verdict;
  guint64 judged, fits;

  if (self->length > 0) {
    const PerceptualThumbnail *last =
        &pair_at (self, self->length - 1)->reference.thumbnail;

    if (index != self->index + 1 || last->width != reference->width
        || last->height != reference->height)
      self->length = 0;
  }
  self->index = index;
  pair = &self->pairs[self->length % PAIRS];
  pair->time = time;
  picture_take (&pair->reference, reference);
  picture_take (&pair->distorted, distorted);
  pair->repeats =
      self->length > 0 && is_repeated (pair_at (self, self->length - 1), pair);
  self->length++;
  if (self->length <= REACH)
    return (PerceptualMisplaced){ 0 };
  judged = self->length - 1 - REACH;
  verdict = judge (self, judged, &fits);
  return count (self, judged, verdict, fits);
}
