/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a network sees of triplets, computed once for any number of fits.
 */
#ifndef JUDGE_TRIPLET_FEATURES_H
#define JUDGE_TRIPLET_FEATURES_H

#include "judge/data/folder.h"
#include "judge/arithmetic/heads-fit.h"

G_BEGIN_DECLS

/**
 * JudgeFeatures:
 * @metric: lpips without heads, whose taps are the network's first @n_taps
 * @n_taps: taps
 * @tap_channels: channels of each
 * @triplets: of all folders, one after the other
 * @places: (element-type guint): of each triplet the place, from 0, that it had
 *   before broken ones were left out
 */
typedef struct
{
  PerceptualMetric *metric;
  guint n_taps;
  guint tap_channels[PERCEPTUAL_MAX_TAPS];
  JudgeTriplets triplets;
  GArray *places;
} JudgeFeatures;

/**
 * judge_features_new:
 * @session: its pool measures; its console shows progress
 * @folders: (element-type JudgeFolder): in the layout of 2AFC; with the
 *   session's skip_broken, items that cannot be decoded move to their @broken
 * @backbone: "alex", "squeeze" or "vgg"
 * @taps: how many of its first taps, 0 for all
 * @weights: (nullable): as the option of that name
 * @error: PERCEPTUAL_ERROR_*, JUDGE_ERROR_*
 *
 * Decodes every image once.  Memory: 8 bytes for each triplet and channel.
 *
 * Returns: (transfer full): the features, or NULL with @error set, also when
 *   the user interrupts.
 */
JudgeFeatures *judge_features_new (JudgeSession *session, GPtrArray *folders,
    const gchar *backbone, guint taps, const gchar *weights, GError **error);

/**
 * judge_features_follow:
 * @later: made of the same folders after @self
 *
 * Leaves out of @self the triplets that @later left out.
 *
 * Returns: whether there were any.
 */
gboolean judge_features_follow (
    JudgeFeatures *self, const JudgeFeatures *later);
void judge_features_free (JudgeFeatures *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeFeatures, judge_features_free)

G_END_DECLS

#endif /* JUDGE_TRIPLET_FEATURES_H */
