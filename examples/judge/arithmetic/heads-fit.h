/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Heads and a ranking network from triplets that people judged.
 */
#ifndef JUDGE_HEADS_FIT_H
#define JUDGE_HEADS_FIT_H

#include "judge/arithmetic/ranking.h"

G_BEGIN_DECLS

/**
 * JudgeTriplets:
 * @n: triplets
 * @n_channels: of all taps together
 * @channels: for each triplet and each of its two distorted images the mean
 *   squared differences of all channels (PerceptualResult.channels)
 * @judgements: for each triplet the fraction of people who found the second
 *   image closer, 0..1
 *
 * All that a fit sees of the images.
 */
typedef struct
{
  guint n;
  guint n_channels;
  gfloat *channels;
  gdouble *judgements;
} JudgeTriplets;

/* Frees what @self points to. */
void judge_triplets_clear (JudgeTriplets *self);

/**
 * JudgeFitSettings:
 * @epochs: at most, 1 or more
 * @batch: triplets of one step, 1 or more
 * @rate: length of Adam's steps
 * @patience: epochs without a better validation loss before the fit ends
 * @validation: part of the triplets that is not learned from, from 0 to below
 *   1; 0 judges by the training loss
 * @seed: of the split, the order and the first weights
 */
typedef struct
{
  guint epochs;
  guint batch;
  gdouble rate;
  guint patience;
  gdouble validation;
  guint32 seed;
} JudgeFitSettings;

/**
 * JudgeEpoch:
 * @training_loss: mean binary cross-entropy while learning
 * @validation_loss: the same on the validation part after the epoch; NaN
 *   without one
 * @validation_score: its 2AFC score by the heads' distances; NaN without one
 */
typedef struct
{
  gdouble training_loss;
  gdouble validation_loss;
  gdouble validation_score;
} JudgeEpoch;

/**
 * JudgeFit:
 * @heads: one for each channel, 0 or more
 * @ranking: the network on top of them
 * @epochs: (element-type JudgeEpoch): every epoch, the first first
 * @best: which of them @heads and @ranking are from
 */
typedef struct
{
  gdouble *heads;
  JudgeRanking ranking;
  GArray *epochs;
  guint best;
} JudgeFit;

/* Called after each epoch.  Returns: FALSE to end the fit with what there
 * is. */
typedef gboolean (*JudgeEpochFunc) (
    guint number, const JudgeEpoch *epoch, gpointer user);

/**
 * judge_fit_heads:
 * @triplets: at least two
 * @told: (nullable): called after each epoch
 *
 * Minimises the ranking network's cross-entropy by Adam over heads and
 * network together.  Distances are sums over channels of head * channel; after
 * each step heads below 0 become 0, as in LPIPS.  Heads begin with every
 * channel contributing alike.  The result is that of the epoch with the lowest
 * loss.  The same triplets and settings give the same bits.
 *
 * Returns: (transfer full): the fit.
 */
JudgeFit *judge_fit_heads (const JudgeTriplets *triplets,
    const JudgeFitSettings *settings, JudgeEpochFunc told, gpointer user);
void judge_fit_free (JudgeFit *self);

/* Returns: the distance that @heads give image @image (0, 1) of triplet @n. */
gdouble judge_triplets_distance (
    const JudgeTriplets *self, const gdouble *heads, guint n, guint image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeFit, judge_fit_free)

G_END_DECLS

#endif /* JUDGE_HEADS_FIT_H */
