/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scores of distances against yes-or-no judgements: 2AFC and JND.
 */
#ifndef JUDGE_AGREEMENT_H
#define JUDGE_AGREEMENT_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * judge_2afc_credit:
 * @d0: distance of the first distorted image from the reference
 * @d1: distance of the second
 * @judge: fraction of people who found the second closer, 0..1
 *
 * What a metric earns for one triplet: the fraction of people it agrees with,
 * (d0 < d1) (1 - judge) + (d1 < d0) judge + (d0 = d1) / 2 (Zhang et al. 2018,
 * section 5).  The 2AFC score is the mean over triplets.  NaN distances earn
 * NaN.
 *
 * Returns: 0..1
 */
gdouble judge_2afc_credit (gdouble d0, gdouble d1, gdouble judge);

/* A statistic for bootstrap(): the mean of @user, an array of gdouble, over
 * @units. */
gdouble judge_mean_credit (const guint *units, guint n_units, gpointer user);

/**
 * judge_jnd_map:
 * @same: for each pair, the fraction of people who took its images for the
 *   same one, 0..1
 * @distances: of each pair
 * @order: pairs by rising distance, see judge_order()
 * @counts: (nullable): how often each pair is in the sample; NULL for once
 * @n: how many pairs there are
 *
 * The area under precision over recall when pairs are called the same from the
 * smallest distance up (the JND score of Zhang et al. 2018): after each
 * distance, TP is the sum of @same so far, FP that of 1 - @same, FN the rest
 * of @same; precision is TP / (TP + FP), recall TP / (TP + FN).  The area is
 * that of VOC: precision is made non-increasing from the right, and multiplied
 * by the steps of recall.  Pairs of equal distance enter together, so that
 * their order does not matter.
 *
 * Returns: 0..1, or NaN when nobody took any pair for the same.
 */
gdouble judge_jnd_map (const gdouble *same, const gdouble *distances,
    const guint *order, const guint *counts, guint n);

G_END_DECLS

#endif /* JUDGE_AGREEMENT_H */
