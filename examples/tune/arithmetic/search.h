/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The search for the coarsest value of an encoder's setting that still meets
 * all targets: which value to try next, and when to stop.
 *
 * It is a pure function of what was measured, so that a search that is resumed
 * asks for the same value.  Thread-safe.
 */
#ifndef TUNE_SEARCH_H
#define TUNE_SEARCH_H

#include <glib.h>

G_BEGIN_DECLS

/* Most values that are asked for at once. */
#define TUNE_SEARCH_MOST 16

/**
 * TuneProbe:
 * @at: the value's place on the lattice, 0 the finest
 * @excess: ln (statistic / target), of several targets the largest; the value
 *   meets them where it is not above 0.  May be infinite, never NaN
 * @rate: of the encode, above 0
 *
 * What was measured at one value.
 */
typedef struct
{
  guint at;
  gdouble excess;
  gdouble rate;
} TuneProbe;

/**
 * TuneLattice:
 * @n: values that can be tried, from the finest, 0, to the coarsest; at least 1
 * @start: where the search begins
 * @slope: by how much @excess is expected to grow from one value to the next,
 *   above 0
 */
typedef struct
{
  guint n;
  guint start;
  gdouble slope;
} TuneLattice;

/**
 * TuneProof:
 * @TUNE_PROOF_MEASURED: the answer meets the targets, and the next coarser
 *   value was measured and does not, or the answer is the coarsest value
 * @TUNE_PROOF_PREDICTED: the next coarser value is expected to miss by more
 *   than the measured values scatter about the curve through them
 */
typedef enum
{
  TUNE_PROOF_MEASURED,
  TUNE_PROOF_PREDICTED,
} TuneProof;

/**
 * TuneVerdict:
 * @n_next: values to be measured; 0 when the search has ended
 * @next: these values, the most promising first
 * @found: whether a value is known that meets
 * @answer: the best of those: the smallest rate, of equal ones the finest
 * @proof: at the end, how it is known that no coarser one meets
 * @uneven: whether some coarser value came out better than a finer one by more
 *   than TUNE_SEARCH_UNEVEN; then all values within two steps of the answer are
 *   measured
 */
typedef struct
{
  guint n_next;
  guint next[TUNE_SEARCH_MOST];
  gboolean found;
  guint answer;
  TuneProof proof;
  gboolean uneven;
} TuneVerdict;

#define TUNE_SEARCH_UNEVEN .02

/**
 * tune_search:
 * @lattice: the values
 * @probes: @n of them, in any order, no place twice
 * @width: how many values may be measured at once, 1..TUNE_SEARCH_MOST
 * @proof: the proof that is enough
 *
 * Without a bracket the expected, later the measured, slope leads to a value
 * just beyond the crossing; within one, linear and then inverse quadratic
 * interpolation does, and halving where those do not get on.
 *
 * Returns: what is known, and what to measure next
 */
TuneVerdict tune_search (const TuneLattice *lattice, const TuneProbe *probes,
    guint n, guint width, TuneProof proof);

G_END_DECLS

#endif /* TUNE_SEARCH_H */
