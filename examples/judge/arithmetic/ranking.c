/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ranking network forwards and backwards, and the steps that fit it.
 */
#include "judge/arithmetic/ranking.h"

#include <math.h>

#define HIDDEN JUDGE_RANKING_HIDDEN
#define INPUTS JUDGE_RANKING_INPUTS
#define SLOPE 0.2

/* What the forward pass leaves for the backward pass. */
typedef struct
{
  gdouble in[INPUTS];
  gdouble a1[HIDDEN]; /* after the leaky ReLU, which keeps the sign */
  gdouble a2[HIDDEN];
  gdouble logit;
} Pass;

static void
fill_uniform (gdouble *values, gsize n, gdouble inputs, GRand *rand)
{
  gdouble bound = sqrt (6 / inputs);

  for (gsize i = 0; i < n; i++)
    values[i] = g_rand_double_range (rand, -bound, bound);
}

void
judge_ranking_init (JudgeRanking *self, GRand *rand)
{
  *self = (JudgeRanking){ .b3 = 0 };
  fill_uniform (&self->w1[0][0], HIDDEN * INPUTS, INPUTS, rand);
  fill_uniform (&self->w2[0][0], HIDDEN * HIDDEN, HIDDEN, rand);
  fill_uniform (self->w3, HIDDEN, HIDDEN, rand);
}

static gdouble
leaky (gdouble x)
{
  return x > 0 ? x : SLOPE * x;
}

static void
forward (const JudgeRanking *self, gdouble d0, gdouble d1, Pass *pass)
{
  gdouble in[INPUTS] = { d0, d1, d0 - d1, d0 / (d1 + JUDGE_RANKING_EPSILON),
    d1 / (d0 + JUDGE_RANKING_EPSILON) };

  for (guint i = 0; i < INPUTS; i++)
    pass->in[i] = in[i];
  for (guint j = 0; j < HIDDEN; j++) {
    gdouble sum = self->b1[j];

    for (guint i = 0; i < INPUTS; i++)
      sum += self->w1[j][i] * in[i];
    pass->a1[j] = leaky (sum);
  }
  pass->logit = self->b3;
  for (guint j = 0; j < HIDDEN; j++) {
    gdouble sum = self->b2[j];

    for (guint i = 0; i < HIDDEN; i++)
      sum += self->w2[j][i] * pass->a1[i];
    pass->a2[j] = leaky (sum);
    pass->logit += self->w3[j] * pass->a2[j];
  }
}

static gdouble
sigmoid (gdouble x)
{
  return 1 / (1 + exp (-x));
}

gdouble
judge_ranking_predict (const JudgeRanking *self, gdouble d0, gdouble d1)
{
  Pass pass;

  forward (self, d0, d1, &pass);
  return sigmoid (pass.logit);
}

/* Adds to @gradient; @in: derivatives by the five inputs. */
static void
backward (const JudgeRanking *self, const Pass *pass, gdouble by_logit,
    JudgeRanking *gradient, gdouble in[INPUTS])
{
  gdouble by_a1[HIDDEN] = { 0 };

  gradient->b3 += by_logit;
  for (guint j = 0; j < HIDDEN; j++) {
    gdouble by = by_logit * self->w3[j] * (pass->a2[j] > 0 ? 1 : SLOPE);

    gradient->w3[j] += by_logit * pass->a2[j];
    gradient->b2[j] += by;
    for (guint i = 0; i < HIDDEN; i++) {
      gradient->w2[j][i] += by * pass->a1[i];
      by_a1[i] += by * self->w2[j][i];
    }
  }
  for (guint i = 0; i < INPUTS; i++)
    in[i] = 0;
  for (guint j = 0; j < HIDDEN; j++) {
    gdouble by = by_a1[j] * (pass->a1[j] > 0 ? 1 : SLOPE);

    gradient->b1[j] += by;
    for (guint i = 0; i < INPUTS; i++) {
      gradient->w1[j][i] += by * pass->in[i];
      in[i] += by * self->w1[j][i];
    }
  }
}

gdouble
judge_ranking_loss (const JudgeRanking *self, gdouble d0, gdouble d1,
    gdouble judge, JudgeRanking *gradient, gdouble *g0, gdouble *g1)
{
  gdouble by[INPUTS], e0 = d0 + JUDGE_RANKING_EPSILON;
  gdouble e1 = d1 + JUDGE_RANKING_EPSILON;
  Pass pass;

  forward (self, d0, d1, &pass);
  backward (self, &pass, sigmoid (pass.logit) - judge, gradient, by);
  *g0 = by[0] + by[2] + by[3] / e1 - by[4] * d1 / (e0 * e0);
  *g1 = by[1] - by[2] - by[3] * d0 / (e1 * e1) + by[4] / e0;
  /* log (1 + e^x) - judge x, without overflow. */
  return MAX (pass.logit, 0) + log1p (exp (-fabs (pass.logit)))
      - judge * pass.logit;
}

void
judge_adam_init (JudgeAdam *self, gsize n, gdouble rate)
{
  *self = (JudgeAdam){
    .rate = rate,
    .n = n,
    .mean = g_new0 (gdouble, n),
    .square = g_new0 (gdouble, n),
  };
}

void
judge_adam_clear (JudgeAdam *self)
{
  g_clear_pointer (&self->mean, g_free);
  g_clear_pointer (&self->square, g_free);
}

void
judge_adam_step (JudgeAdam *self, gdouble *parameters, const gdouble *gradient)
{
  gdouble mean_part, square_part;

  self->steps++;
  mean_part = 1 - pow (.9, (gdouble) self->steps);
  square_part = 1 - pow (.999, (gdouble) self->steps);
  for (gsize i = 0; i < self->n; i++) {
    self->mean[i] = .9 * self->mean[i] + .1 * gradient[i];
    self->square[i] = .999 * self->square[i] + .001 * gradient[i] * gradient[i];
    parameters[i] -= self->rate * (self->mean[i] / mean_part)
        / (sqrt (self->square[i] / square_part) + 1e-8);
  }
}
