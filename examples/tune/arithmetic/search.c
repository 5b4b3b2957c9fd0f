/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The search as a function of its history.  Interpolation is in the logarithm
 * of the statistic, which is close to straight in the quantizer.
 */
#include "tune/arithmetic/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How flat a measured slope may be, as a part of the expected one. */
#define LEAST_SLOPE (1. / 3)

/* Values to both sides of the answer that are measured where the curve is
 * uneven. */
#define NEIGHBOURHOOD 2

/* How far from where it is expected a crossing is likely to be, in values. */
#define LIKELY 4

/* The last probes of a search, which make sure that it ends in time. */
#define SURE 2

/* Values in a bracket of two probes that is not yet near the crossing. */
#define WIDE 8

/**
 * State:
 * @probes: sorted by place
 * @low: index of the probe that meets below the crossing, -1 without one
 * @high: index of the probe that misses above it, @n without one
 * @width: how many values may be asked for
 */
typedef struct
{
  const TuneLattice *lattice;
  TuneProbe *probes;
  guint n;
  gint low;
  gint high;
  guint width;
} State;

static int
by_place (const void *a, const void *b)
{
  const TuneProbe *one = a;
  const TuneProbe *other = b;

  return (one->at > other->at) - (one->at < other->at);
}

static gboolean
meets (const TuneProbe *probe)
{
  return probe->excess <= 0;
}

static gboolean
is_measured (const State *self, guint at)
{
  for (guint i = 0; i < self->n; i++) {
    if (self->probes[i].at == at)
      return TRUE;
  }
  return FALSE;
}

/* The coarsest value that meets, and the next probe behind it. */
static void
find_bracket (State *self)
{
  self->low = -1;
  for (guint i = 0; i < self->n; i++) {
    if (meets (&self->probes[i]))
      self->low = (gint) i;
  }
  self->high = self->low + 1;
}

static gboolean
is_uneven (const State *self)
{
  gdouble highest = -INFINITY;

  for (guint i = 0; i < self->n; i++) {
    if (self->probes[i].excess < highest - TUNE_SEARCH_UNEVEN)
      return TRUE;
    highest = MAX (highest, self->probes[i].excess);
  }
  return FALSE;
}

/* --- where the crossing is expected -------------------------------------- */

static gdouble
slope_between (const TuneProbe *a, const TuneProbe *b)
{
  return (b->excess - a->excess) / ((gdouble) b->at - a->at);
}

/* From the two probes nearest to the side that is open. */
static gdouble
measured_slope (const State *self)
{
  const TuneProbe *a, *b;
  gdouble slope;

  if (self->n < 2)
    return self->lattice->slope;
  a = self->low < 0 ? &self->probes[0] : &self->probes[self->n - 2];
  b = a + 1;
  slope = slope_between (a, b);
  return isfinite (slope) ? MAX (slope, LEAST_SLOPE * self->lattice->slope)
                          : self->lattice->slope;
}

/* All probes lie on one side of the crossing. */
static gdouble
extrapolate (const State *self)
{
  const TuneProbe *edge = &self->probes[self->low < 0 ? 0 : (gint) self->n - 1];
  gdouble excess = CLAMP (edge->excess, -1e3, 1e3);

  return edge->at - excess / measured_slope (self);
}

/* Returns: the place at excess 0 by the quadratic function of the excess
 * through @a, @b and @c; NaN where two of them have the same excess. */
static gdouble
inverse_quadratic (const TuneProbe *a, const TuneProbe *b, const TuneProbe *c)
{
  gdouble fa = a->excess, fb = b->excess, fc = c->excess;

  return a->at * fb * fc / ((fa - fb) * (fa - fc))
      + b->at * fa * fc / ((fb - fa) * (fb - fc))
      + c->at * fa * fb / ((fc - fa) * (fc - fb));
}

/* The probe nearest to the bracket besides its ends; NULL without one. */
static const TuneProbe *
find_third (const State *self)
{
  const TuneProbe *below = self->low > 0 ? &self->probes[self->low - 1] : NULL;
  const TuneProbe *above =
      (guint) self->high + 1 < self->n ? &self->probes[self->high + 1] : NULL;

  if (below == NULL || above == NULL)
    return below != NULL ? below : above;
  return self->probes[self->low].at - below->at
          <= above->at - self->probes[self->high].at
      ? below
      : above;
}

static gdouble
interpolate (const State *self)
{
  const TuneProbe *low = &self->probes[self->low];
  const TuneProbe *high = &self->probes[self->high];
  const TuneProbe *third = find_third (self);
  gdouble middle = (low->at + (gdouble) high->at) / 2;
  gdouble crossing;

  if (!isfinite (low->excess) || !isfinite (high->excess))
    return middle;
  if (third != NULL && isfinite (third->excess)) {
    crossing = inverse_quadratic (low, high, third);
    if (crossing > low->at && crossing < high->at)
      return crossing;
  }
  return low->at - low->excess / slope_between (low, high);
}

/* Moves @at as little as is needed for @budget probes, those that were made
 * among them, to tell @from..@to apart whatever @at turns out to be.  Returns:
 * whether it can. */
static gboolean
fit (const State *self, guint budget, gint64 from, gint64 to, gint64 *at)
{
  gint64 most =
      budget > self->n + 1 ? ((gint64) 1 << (budget - self->n - 1)) - 1 : 0;

  if (to - from > 2 * most)
    return FALSE;
  *at = CLAMP (*at, MAX (from, to - most), MIN (to, from + most));
  return TRUE;
}

/* Keeps a search from taking more probes than one that only halves.  To be sure
 * of that from its beginning costs a third of a probe on average, so at first
 * it is enough that it holds wherever the crossing is likely to be: within
 * @margin values of @crossing.  Several probes at once are spread around it,
 * which does as much.  @from..@to may still be the coarsest value that meets.
 * Returns: @at, moved as far as it has to be. */
static gint64
keep_short (const State *self, gint64 at, gdouble crossing, gdouble margin,
    gint64 from, gint64 to)
{
  guint halvings = g_bit_storage (self->lattice->n);
  gint64 likely_from = (gint64) CLAMP (floor (crossing - margin), from, to);
  gint64 likely_to = (gint64) CLAMP (ceil (crossing + margin), from, to);

  if (self->width == 1
      && ((self->n + SURE >= halvings && fit (self, halvings, from, to, &at))
          || fit (self, halvings, likely_from, likely_to, &at)))
    return at;
  if (fit (self, halvings + 1, from, to, &at))
    return at;
  return from + (to - from + 1) / 2;
}

/* --- what to measure ----------------------------------------------------- */

static void
ask (const State *self, TuneVerdict *verdict, gint64 at)
{
  if (verdict->n_next >= self->width || at < 0
      || at >= (gint64) self->lattice->n || is_measured (self, (guint) at))
    return;
  for (guint i = 0; i < verdict->n_next; i++) {
    if (verdict->next[i] == (guint) at)
      return;
  }
  verdict->next[verdict->n_next++] = (guint) at;
}

/* Takes values on both sides of @crossing, then further and further from it,
 * within @from..@to. */
static void
ask_around (const State *self, TuneVerdict *verdict, gdouble crossing,
    gint64 from, gint64 to)
{
  gint64 below = CLAMP ((gint64) floor (crossing), from, to);
  gint64 reach = 1;

  ask (self, verdict, below);
  ask (self, verdict, MIN (below + 1, to));
  for (; verdict->n_next < self->width && reach <= to - from; reach *= 2) {
    ask (self, verdict, MAX (below - reach, from));
    ask (self, verdict, MIN (below + 1 + reach, to));
  }
}

/* One step beyond the crossing, which makes a bracket of it. */
static void
ask_outside (const State *self, TuneVerdict *verdict)
{
  gboolean down = self->low < 0;
  gint64 from = down ? 0 : (gint64) self->probes[self->n - 1].at + 1;
  gint64 to =
      down ? (gint64) self->probes[0].at - 1 : (gint64) self->lattice->n - 1;
  guint edge = self->probes[down ? 0 : self->n - 1].at;
  gdouble crossing = extrapolate (self);
  gint64 beyond = CLAMP ((gint64) floor (crossing) + (down ? 0 : 1), from, to);

  /* A measured slope that leads to the next value is worth a try. */
  if (self->n < 2 || beyond != (down ? to : from))
    beyond = keep_short (
        self, beyond, crossing, LIKELY + fabs (crossing - edge), from, to);
  ask (self, verdict, beyond);
  ask_around (self, verdict, crossing, from, to);
}

static void
ask_inside (const State *self, TuneVerdict *verdict)
{
  gint64 from = (gint64) self->probes[self->low].at + 1;
  gint64 to = (gint64) self->probes[self->high].at - 1;
  gdouble crossing = interpolate (self);
  gint64 at = (gint64) floor (crossing);

  /* What two distant probes tell is rough: a value on the far side of it
   * leaves a short bracket more often. */
  if (self->n == 2 && to - from > WIDE)
    at += crossing - from < to - crossing ? 1 : -1;
  at = CLAMP (at, from, to);
  at = keep_short (self, at, crossing, LIKELY, from, to);
  ask (self, verdict, at);
  ask_around (self, verdict, crossing, from, to);
}

static void
ask_first (const State *self, TuneVerdict *verdict)
{
  gint64 last = (gint64) self->lattice->n - 1;
  gint64 start = MIN ((gint64) self->lattice->start, last);
  /* The table's start is commonly off by this much. */
  gint64 spread = MAX (1, last / 8);

  ask (self, verdict, start);
  for (gint64 i = 1; verdict->n_next < self->width && i * spread <= last; i++) {
    ask (self, verdict, MAX (start - i * spread, 0));
    ask (self, verdict, MIN (start + i * spread, last));
  }
}

/* --- the end ------------------------------------------------------------- */

/* How far probes lie from the line through their neighbours. */
static gdouble
scatter (const State *self)
{
  gdouble most = TUNE_SEARCH_UNEVEN;

  for (guint i = 1; i + 1 < self->n; i++) {
    const TuneProbe *p = &self->probes[i];
    gdouble line = p[-1].excess
        + slope_between (&p[-1], &p[1]) * ((gdouble) p->at - p[-1].at);

    most = MAX (most, fabs (p->excess - line));
  }
  return most;
}

static gboolean
is_expected_to_miss (const State *self)
{
  const TuneProbe *low = &self->probes[self->low];
  const TuneProbe *high = &self->probes[self->high];
  gdouble next;

  if (self->n < 3 || !isfinite (low->excess) || !isfinite (high->excess))
    return FALSE;
  next = low->excess + slope_between (low, high);
  return next > scatter (self);
}

/* Whether no coarser value than the probe at @low needs to be measured. */
static gboolean
is_closed (const State *self, TuneProof wanted, TuneProof *proof)
{
  guint last = self->lattice->n - 1;

  *proof = TUNE_PROOF_MEASURED;
  if (self->low < 0)
    return self->probes[0].at == 0;
  if (self->probes[self->low].at == last)
    return TRUE;
  if (self->high >= (gint) self->n)
    return FALSE;
  if (self->probes[self->high].at == self->probes[self->low].at + 1)
    return TRUE;
  *proof = wanted;
  return wanted == TUNE_PROOF_PREDICTED && is_expected_to_miss (self);
}

static void
choose_answer (const State *self, TuneVerdict *verdict)
{
  gdouble rate = INFINITY;

  for (guint i = 0; i < self->n; i++) {
    if (!meets (&self->probes[i]) || self->probes[i].rate >= rate)
      continue;
    rate = self->probes[i].rate;
    verdict->found = TRUE;
    verdict->answer = self->probes[i].at;
  }
}

/* An uneven curve may meet again a little further on. */
static void
ask_neighbours (const State *self, TuneVerdict *verdict)
{
  gint64 at = self->low >= 0 ? self->probes[self->low].at : 0;

  for (gint64 i = 1; i <= NEIGHBOURHOOD; i++) {
    ask (self, verdict, at + i);
    ask (self, verdict, at - i);
  }
}

TuneVerdict
tune_search (const TuneLattice *lattice, const TuneProbe *probes, guint n,
    guint width, TuneProof proof)
{
  g_autofree TuneProbe *sorted = g_memdup2 (probes, n * sizeof *probes);
  State self = { .lattice = lattice,
    .probes = sorted,
    .n = n,
    .width = CLAMP (width, 1, TUNE_SEARCH_MOST) };
  TuneVerdict verdict = { 0 };

  if (n == 0) {
    ask_first (&self, &verdict);
    return verdict;
  }
  qsort (sorted, n, sizeof *sorted, by_place);
  find_bracket (&self);
  choose_answer (&self, &verdict);
  verdict.uneven = is_uneven (&self);
  if (is_closed (&self, proof, &verdict.proof)) {
    if (verdict.uneven)
      ask_neighbours (&self, &verdict);
  } else if (self.low < 0 || self.high >= (gint) n) {
    ask_outside (&self, &verdict);
  } else {
    ask_inside (&self, &verdict);
  }
  return verdict;
}
