/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ranking network of LPIPS (Zhang et al. 2018, appendix B): from the
 * distances of two distorted images to the probability that people find the
 * second one closer; and Adam, which fits it.
 */
#ifndef JUDGE_RANKING_H
#define JUDGE_RANKING_H

#include <glib.h>

G_BEGIN_DECLS

#define JUDGE_RANKING_INPUTS 5
#define JUDGE_RANKING_HIDDEN 32

/* What is added to a divisor in d0 / (d1 + eps). */
#define JUDGE_RANKING_EPSILON 0.1

/**
 * JudgeRanking:
 * @w1: of the first hidden layer, by output and input
 * @b1: its biases
 * @w2: of the second
 * @b2: its biases
 * @w3: of the output
 * @b3: its bias
 *
 * Inputs d0, d1, d0 - d1, d0 / (d1 + eps), d1 / (d0 + eps); two hidden layers
 * with leaky ReLU (slope .2 below 0); one output, through a sigmoid.  It holds
 * doubles only, so that it is also a vector of JUDGE_RANKING_SIZE parameters;
 * a gradient has the same form.
 */
typedef struct
{
  gdouble w1[JUDGE_RANKING_HIDDEN][JUDGE_RANKING_INPUTS];
  gdouble b1[JUDGE_RANKING_HIDDEN];
  gdouble w2[JUDGE_RANKING_HIDDEN][JUDGE_RANKING_HIDDEN];
  gdouble b2[JUDGE_RANKING_HIDDEN];
  gdouble w3[JUDGE_RANKING_HIDDEN];
  gdouble b3;
} JudgeRanking;

#define JUDGE_RANKING_SIZE (sizeof (JudgeRanking) / sizeof (gdouble))

/* Weights uniform within +-sqrt(6 / inputs) (He et al. 2015), biases 0. */
void judge_ranking_init (JudgeRanking *self, GRand *rand);

/* Returns: the probability, 0..1, that the image at distance @d1 is found
 * closer than that at @d0; both finite and 0 or more. */
gdouble judge_ranking_predict (
    const JudgeRanking *self, gdouble d0, gdouble d1);

/**
 * judge_ranking_loss:
 * @judge: fraction of people who found the second one closer, 0..1
 * @gradient: the loss's gradient is added to it
 * @g0: (out): derivative of the loss by @d0
 * @g1: (out): by @d1
 *
 * Returns: the binary cross-entropy of prediction and @judge.
 */
gdouble judge_ranking_loss (const JudgeRanking *self, gdouble d0, gdouble d1,
    gdouble judge, JudgeRanking *gradient, gdouble *g0, gdouble *g1);

/**
 * JudgeAdam:
 * @rate: length of a step
 * @n: parameters
 * @mean: running mean of the gradient
 * @square: running mean of its square
 * @steps: how many were made
 *
 * Kingma & Ba 2015, algorithm 1, with their constants .9, .999, 1e-8.
 */
typedef struct
{
  gdouble rate;
  gsize n;
  gdouble *mean;
  gdouble *square;
  guint64 steps;
} JudgeAdam;

void judge_adam_init (JudgeAdam *self, gsize n, gdouble rate);
void judge_adam_clear (JudgeAdam *self);

/* Moves @parameters one step against @gradient. */
void judge_adam_step (
    JudgeAdam *self, gdouble *parameters, const gdouble *gradient);

G_END_DECLS

#endif /* JUDGE_RANKING_H */
