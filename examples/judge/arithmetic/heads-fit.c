/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fit of heads: split, batches, early stopping.
 *
 * Channels differ in size by orders of magnitude, and Adam's steps are of one
 * length: so the heads times each channel's mean are fitted, in units in which
 * all begin as 1 and the mean distance is 1.
 */
#include "judge/arithmetic/heads-fit.h"

#include "judge/arithmetic/agreement.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const JudgeTriplets *triplets;
  const JudgeFitSettings *settings;
  GRand *rand;
  gdouble *units; /* head of a channel = its unit * its scaled head */
  guint *order;   /* training triplets, then those for validation */
  guint n_training;
  gdouble *scaled; /* heads in units */
  gdouble *gradient;
  JudgeRanking ranking;
  JudgeAdam heads_adam;
  JudgeAdam ranking_adam;
} Fit;

void
judge_triplets_clear (JudgeTriplets *self)
{
  g_clear_pointer (&self->channels, g_free);
  g_clear_pointer (&self->judgements, g_free);
}

static const gfloat *
channels_of (const JudgeTriplets *self, guint n, guint image)
{
  return self->channels + ((gsize) n * 2 + image) * self->n_channels;
}

gdouble
judge_triplets_distance (
    const JudgeTriplets *self, const gdouble *heads, guint n, guint image)
{
  const gfloat *channels = channels_of (self, n, image);
  gdouble sum = 0;

  for (guint c = 0; c < self->n_channels; c++)
    sum += heads[c] * channels[c];
  return sum;
}

static void
shuffle (guint *values, guint n, GRand *rand)
{
  for (guint i = n; i > 1; i--) {
    guint j = (guint) g_rand_int_range (rand, 0, (gint32) i);
    guint swapped = values[i - 1];

    values[i - 1] = values[j];
    values[j] = swapped;
  }
}

static void
begin (Fit *self)
{
  const JudgeTriplets *triplets = self->triplets;
  guint n_channels = triplets->n_channels;
  guint n_validation = (guint) (self->settings->validation * triplets->n + .5);

  self->units = g_new0 (gdouble, n_channels);
  self->scaled = g_new (gdouble, n_channels);
  self->gradient = g_new (gdouble, n_channels);
  self->order = g_new (guint, triplets->n);
  for (guint i = 0; i < triplets->n; i++)
    self->order[i] = i;
  shuffle (self->order, triplets->n, self->rand);
  /* At least one on each side, if there is to be a validation. */
  if (n_validation == 0 && self->settings->validation > 0)
    n_validation = 1;
  self->n_training = triplets->n - MIN (n_validation, triplets->n - 1);

  for (guint i = 0; i < 2 * triplets->n; i++) {
    const gfloat *channels = channels_of (triplets, i / 2, i % 2);

    for (guint c = 0; c < n_channels; c++)
      self->units[c] += channels[c];
  }
  for (guint c = 0; c < n_channels; c++) {
    gdouble mean = self->units[c] / (2. * triplets->n);

    /* A channel that never differs has nothing to learn from. */
    self->units[c] = mean > 0 ? 1 / (mean * n_channels) : 0;
    self->scaled[c] = 1;
  }
  judge_ranking_init (&self->ranking, self->rand);
  judge_adam_init (&self->heads_adam, n_channels, self->settings->rate);
  judge_adam_init (
      &self->ranking_adam, JUDGE_RANKING_SIZE, self->settings->rate);
}

static void
clear (Fit *self)
{
  judge_adam_clear (&self->heads_adam);
  judge_adam_clear (&self->ranking_adam);
  g_free (self->units);
  g_free (self->scaled);
  g_free (self->gradient);
  g_free (self->order);
  g_rand_free (self->rand);
}

static gdouble
distance (const Fit *self, guint n, guint image)
{
  const gfloat *channels = channels_of (self->triplets, n, image);
  gdouble sum = 0;

  for (guint c = 0; c < self->triplets->n_channels; c++)
    sum += self->scaled[c] * self->units[c] * channels[c];
  return sum;
}

/* One step on the triplets @order[0..n-1].  Returns: the sum of their loss. */
static gdouble
learn_batch (Fit *self, const guint *order, guint n)
{
  guint n_channels = self->triplets->n_channels;
  JudgeRanking gradient = { .b3 = 0 };
  gdouble *numbers = (gdouble *) &gradient;
  gdouble loss = 0;

  memset (self->gradient, 0, n_channels * sizeof *self->gradient);
  for (guint i = 0; i < n; i++) {
    const gfloat *first = channels_of (self->triplets, order[i], 0);
    const gfloat *second = channels_of (self->triplets, order[i], 1);
    gdouble g0, g1;

    loss += judge_ranking_loss (&self->ranking, distance (self, order[i], 0),
        distance (self, order[i], 1), self->triplets->judgements[order[i]],
        &gradient, &g0, &g1);
    for (guint c = 0; c < n_channels; c++)
      self->gradient[c] +=
          self->units[c] * (g0 * first[c] + g1 * second[c]) / n;
  }
  for (gsize i = 0; i < JUDGE_RANKING_SIZE; i++)
    numbers[i] /= n;
  judge_adam_step (&self->ranking_adam, (gdouble *) &self->ranking, numbers);
  judge_adam_step (&self->heads_adam, self->scaled, self->gradient);
  for (guint c = 0; c < n_channels; c++)
    self->scaled[c] = MAX (self->scaled[c], 0);
  return loss;
}

static void
validate (const Fit *self, JudgeEpoch *epoch)
{
  guint n = self->triplets->n - self->n_training;
  gdouble loss = 0, credit = 0;

  for (guint i = self->n_training; i < self->triplets->n; i++) {
    guint t = self->order[i];
    gdouble judge = self->triplets->judgements[t], g0, g1;
    gdouble d0 = distance (self, t, 0), d1 = distance (self, t, 1);
    JudgeRanking unused = { .b3 = 0 };

    loss +=
        judge_ranking_loss (&self->ranking, d0, d1, judge, &unused, &g0, &g1);
    credit += judge_2afc_credit (d0, d1, judge);
  }
  epoch->validation_loss = n > 0 ? loss / n : NAN;
  epoch->validation_score = n > 0 ? credit / n : NAN;
}

static void
run_epoch (Fit *self, JudgeEpoch *epoch)
{
  guint batch = self->settings->batch;
  gdouble loss = 0;

  shuffle (self->order, self->n_training, self->rand);
  for (guint i = 0; i < self->n_training; i += batch)
    loss +=
        learn_batch (self, self->order + i, MIN (batch, self->n_training - i));
  epoch->training_loss = loss / self->n_training;
  validate (self, epoch);
}

JudgeFit *
judge_fit_heads (const JudgeTriplets *triplets,
    const JudgeFitSettings *settings, JudgeEpochFunc told, gpointer user)
{
  JudgeFit *result = g_new0 (JudgeFit, 1);
  Fit fit = { .triplets = triplets, .settings = settings };
  gdouble lowest = INFINITY;

  fit.rand = g_rand_new_with_seed (settings->seed);
  begin (&fit);
  result->heads = g_new0 (gdouble, triplets->n_channels);
  result->epochs = g_array_new (FALSE, FALSE, sizeof (JudgeEpoch));
  for (guint e = 0; e < settings->epochs; e++) {
    JudgeEpoch epoch;
    gdouble loss;

    run_epoch (&fit, &epoch);
    g_array_append_val (result->epochs, epoch);
    loss = isnan (epoch.validation_loss) ? epoch.training_loss
                                         : epoch.validation_loss;
    if (loss < lowest) {
      lowest = loss;
      result->best = e;
      result->ranking = fit.ranking;
      for (guint c = 0; c < triplets->n_channels; c++)
        result->heads[c] = fit.scaled[c] * fit.units[c];
    }
    if ((told != NULL && !told (e, &epoch, user))
        || e - result->best >= settings->patience)
      break;
  }
  clear (&fit);
  return result;
}

void
judge_fit_free (JudgeFit *self)
{
  if (self == NULL)
    return;
  g_free (self->heads);
  g_array_unref (self->epochs);
  g_free (self);
}
