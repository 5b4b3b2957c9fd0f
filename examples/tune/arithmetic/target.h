/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is demanded of an encode: statistics of its distances, and bounds on
 * them.  Pure arithmetic; thread-safe.
 */
#ifndef TUNE_TARGET_H
#define TUNE_TARGET_H

#include "tune/arithmetic/sample.h"

#include "perceptual.h"
#include "table/interval.h"

G_BEGIN_DECLS

/**
 * TuneStatistic:
 * @name: what users type: "p95"
 * @quantile: of the pairs, 0..1; -1 for one that is not a quantile
 * @distances: whether it says something useful of distances, of which higher is
 *   worse
 * @similarities: likewise of similarities
 */
typedef struct
{
  const gchar *name;
  gdouble quantile;
  gboolean distances;
  gboolean similarities;
} TuneStatistic;

/* The last one has no name. */
extern const TuneStatistic tune_statistics[];

/* @error: G_OPTION_ERROR_BAD_VALUE: there is none of that name, or it says
 * nothing useful of @metric; lists what does.  Returns: (transfer none). */
const TuneStatistic *tune_statistic_find (
    const gchar *name, const PerceptualMetricInfo *metric, GError **error);

/**
 * tune_statistic_of:
 * @similarity: whether higher is better
 *
 * Of @sample's pairs, each counting by its part's weight: the mean; quantiles,
 * interpolated linearly between two pairs, as perceptual-compare does; or
 * "worst-second", the worst mean of the pairs of a second, none of which is
 * taken from two parts.  Infinite values are left out where there are others,
 * as perceptual-compare does: identical pictures have a psnr without bounds.
 *
 * Returns: the statistic; NaN where there is no pair, or one is not a number
 */
gdouble tune_statistic_of (
    const TuneStatistic *self, const TuneSample *sample, gboolean similarity);

/**
 * tune_statistic_interval:
 *
 * Returns: the interval of tune_statistic_of(), by resampling the parts: what
 *   other windows of the clip might have given.  NaN for fewer than two parts.
 */
Interval tune_statistic_interval (
    const TuneStatistic *self, const TuneSample *sample, gboolean similarity);

/**
 * TuneTarget:
 * @statistic: what is bounded
 * @bound: by what
 * @strict: whether the bound itself does not meet: < and >
 * @text: as the user typed it, without spaces
 */
typedef struct
{
  const TuneStatistic *statistic;
  gdouble bound;
  gboolean strict;
  gchar *text;
} TuneTarget;

/**
 * tune_target_parse:
 * @text: "p95<0.02", "mean>=40"
 * @metric: what it is about
 * @error: G_OPTION_ERROR_BAD_VALUE that says what is valid
 *
 * Returns: (transfer full): the target, or NULL with @error set
 */
TuneTarget *tune_target_parse (
    const gchar *text, const PerceptualMetricInfo *metric, GError **error);
void tune_target_free (TuneTarget *self);

/**
 * tune_target_excess:
 * @value: of the statistic
 * @metric: what it is about
 *
 * How far @value is from the bound, on a scale on which encodes are close to
 * evenly spaced: ln (value / bound) of distances; of similarities up to 1 the
 * same of 1 - value; of psnr, which is a logarithm already, that of the mean
 * squared error.
 *
 * Returns: above 0 where the target is missed, else 0 or less; infinite, but
 *   not NaN, for a @value that is not NaN
 */
gdouble tune_target_excess (
    const TuneTarget *self, gdouble value, const PerceptualMetricInfo *metric);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuneTarget, tune_target_free)

G_END_DECLS

#endif /* TUNE_TARGET_H */
