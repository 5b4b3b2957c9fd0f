/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the search, which knows places and excesses, and the campaign, which
 * knows candidates and samples.
 */
#include "tune/seek.h"

#include "console/program-error.h"

#include <math.h>

/* Two values that give the same encode may be beyond the encoder's limits;
 * three of them say that it ignores the value. */
#define CERTAIN 3

static gboolean
is_similarity (const TuneSeek *self)
{
  return (self->metric->flags & PERCEPTUAL_METRIC_SIMILARITY) != 0;
}

/* Whether the finest value is sought whose rate is low enough. */
static gboolean
is_by_rate (const TuneSeek *self)
{
  return self->targets->len == 0;
}

static gdouble
value_at (const TuneSeek *self, guint at)
{
  return g_array_index (self->encoding->values, gdouble, at);
}

void
tune_trial_free (TuneTrial *self)
{
  if (self == NULL)
    return;
  tune_sample_free (self->sample);
  g_free (self->statistics);
  g_free (self);
}

void
tune_seek_init (TuneSeek *self)
{
  self->trials =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_trial_free);
  self->verdict = (TuneVerdict){ 0 };
  self->shift = 0;
  self->passes = 0;
  self->late = FALSE;
}

void
tune_seek_clear (TuneSeek *self)
{
  g_clear_pointer (&self->trials, g_ptr_array_unref);
}

/* --- trials -------------------------------------------------------------- */

static gdouble
statistic_that_counts (
    const TuneSeek *self, const TuneTarget *target, const TuneSample *sample)
{
  gboolean similarity = is_similarity (self);
  gdouble value = tune_statistic_of (target->statistic, sample, similarity);
  Interval interval;

  if (!self->cautious)
    return value;
  interval = tune_statistic_interval (target->statistic, sample, similarity);
  if (isnan (interval.low) || isnan (interval.high))
    return value;
  return similarity ? MIN (value, interval.low) : MAX (value, interval.high);
}

/* @sample: (transfer full). */
static TuneTrial *
new_trial (const TuneSeek *self, guint at, TuneSample *sample, GError **error)
{
  TuneTrial *trial = g_new0 (TuneTrial, 1);

  trial->at = at;
  trial->value = value_at (self, at);
  trial->sample = sample;
  trial->statistics = g_new0 (gdouble, MAX (self->targets->len, 1));
  trial->excess =
      is_by_rate (self) ? log (sample->rate / self->max_rate) : -INFINITY;
  for (guint i = 0; i < self->targets->len; i++) {
    const TuneTarget *target = self->targets->pdata[i];
    gdouble excess;

    trial->statistics[i] = statistic_that_counts (self, target, sample);
    excess = tune_target_excess (target, trial->statistics[i], self->metric);
    trial->excess = isnan (excess) ? excess : MAX (trial->excess, excess);
    if (isnan (excess))
      break;
  }
  trial->meets = trial->excess <= 0;
  if (!isnan (trial->excess) && sample->rate > 0)
    return trial;
  program_fail_unnamed (error, "value %g of %s: %s", trial->value,
      self->encoding->label,
      sample->rate > 0 ? "a distance is not a number"
                       : "how long the clip is, and so its rate, is not known");
  tune_trial_free (trial);
  return NULL;
}

/* @sample: (transfer full). */
static TuneTrial *
take_sample (const TuneSeek *self, guint at, TuneSample *sample, GError **error)
{
  if (sample->error == NULL)
    return new_trial (self, at, sample, error);
  program_fail_unnamed (error, "%s", sample->error);
  tune_sample_free (sample);
  return NULL;
}

static gboolean
check_values (const TuneSeek *self, GError **error)
{
  guint n = self->trials->len;
  g_autofree const TuneSample **samples = g_new (const TuneSample *, n + 1);
  g_autofree gdouble *values = g_new (gdouble, n + 1);

  for (guint i = 0; i < n; i++) {
    const TuneTrial *trial = self->trials->pdata[i];

    samples[i] = trial->sample;
    values[i] = trial->value;
  }
  return tune_sample_check_values (samples, values, n, error);
}

static const TuneTrial *
find_trial (const TuneSeek *self, guint at)
{
  for (guint i = 0; i < self->trials->len; i++) {
    const TuneTrial *trial = self->trials->pdata[i];

    if (trial->at == at)
      return trial;
  }
  return NULL;
}

static GPtrArray *
make_candidates (const TuneSeek *self, const guint *places, guint n)
{
  GPtrArray *candidates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_candidate_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (candidates,
        tune_encoding_candidate (self->encoding, value_at (self, places[i])));
  return candidates;
}

/* Adds a trial for each of @samples (nullable members), which this takes. */
static gboolean
add_trials (
    TuneSeek *self, const guint *places, GPtrArray *samples, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; i < samples->len; i++) {
    TuneSample *sample = g_steal_pointer (&samples->pdata[i]);
    TuneTrial *trial;

    if (sample == NULL)
      continue;
    /* What is measured is shown, also where another one failed. */
    trial = take_sample (self, places[i], sample, ok ? error : NULL);
    ok &= trial != NULL;
    if (trial == NULL)
      continue;
    g_ptr_array_add (self->trials, trial);
    if (self->on_trial != NULL)
      self->on_trial (trial, self->user);
  }
  return ok;
}

TuneTrial *
tune_seek_measure (
    const TuneSeek *self, TuneCampaign *campaign, guint at, GError **error)
{
  g_autoptr (GPtrArray) candidates = make_candidates (self, &at, 1);
  g_autoptr (GPtrArray) samples =
      tune_campaign_measure (campaign, candidates, error);

  if (samples == NULL)
    return NULL;
  return take_sample (self, at, g_steal_pointer (&samples->pdata[0]), error);
}

/* --- the search ---------------------------------------------------------- */

/* By rate the lattice is upside down: what is sought is the finest value, and
 * the excess grows towards it. */
static guint
place_for_search (const TuneSeek *self, guint at)
{
  return is_by_rate (self) ? self->encoding->values->len - 1 - at : at;
}

/* Passes over several windows of one value keep several jobs busy too. */
static guint
count_at_once (const TuneSeek *self)
{
  const TuneCampaign *campaign = self->campaign;

  return campaign->side_by_side
      * MAX (campaign->jobs / MAX (campaign->parts->len, 1), 1);
}

static TuneVerdict
ask (const TuneSeek *self)
{
  const TuneLattice lattice = {
    .n = self->encoding->values->len,
    .start = place_for_search (self, tune_seek_find_start (self)),
    .slope = self->encoding->slope,
  };
  g_autofree TuneProbe *probes = g_new (TuneProbe, self->trials->len + 1);

  for (guint i = 0; i < self->trials->len; i++) {
    const TuneTrial *trial = self->trials->pdata[i];

    probes[i] = (TuneProbe){
      .at = place_for_search (self, trial->at),
      .excess = trial->excess + self->shift,
      .rate = is_by_rate (self) ? 1 / trial->sample->rate : trial->sample->rate,
    };
  }
  return tune_search (
      &lattice, probes, self->trials->len, count_at_once (self), self->proof);
}

/* Passes that a search commonly takes until the answer is proved. */
static gdouble
expect_passes (const TuneSeek *self)
{
  gdouble usual = 2 + log2 (self->encoding->values->len) / 3;

  if (count_at_once (self) > 1)
    usual = usual * 2 / 3;
  return MAX (usual, self->passes + 1);
}

gboolean
tune_seek_recall (TuneSeek *self, GError **error)
{
  guint n = self->encoding->values->len;
  g_autofree guint *places = g_new (guint, MAX (n, 1));
  g_autoptr (GPtrArray) candidates = NULL;
  g_autoptr (GPtrArray) samples = NULL;

  for (guint i = 0; i < n; i++)
    places[i] = i;
  candidates = make_candidates (self, places, n);
  samples = tune_campaign_recall (self->campaign, candidates, error);
  return samples != NULL && add_trials (self, places, samples, error);
}

static gboolean
measure_next (TuneSeek *self, GError **error)
{
  guint places[TUNE_SEARCH_MOST];
  guint n = self->verdict.n_next;
  g_autoptr (GPtrArray) candidates = NULL;
  g_autoptr (GPtrArray) samples = NULL;

  for (guint i = 0; i < n; i++)
    places[i] = place_for_search (self, self->verdict.next[i]);
  if (self->on_begin != NULL)
    self->on_begin (n, expect_passes (self), self->user);
  candidates = make_candidates (self, places, n);
  samples = tune_campaign_measure (self->campaign, candidates, error);
  self->passes++;
  return samples != NULL && add_trials (self, places, samples, error)
      && (self->trials->len < CERTAIN || check_values (self, error));
}

gboolean
tune_seek_run (TuneSeek *self, GError **error)
{
  for (;;) {
    self->verdict = ask (self);
    if (self->verdict.n_next == 0)
      return check_values (self, error);
    self->late =
        self->deadline > 0 && g_get_monotonic_time () >= self->deadline;
    if (self->late)
      return TRUE;
    if (!measure_next (self, error))
      return FALSE;
  }
}

/* --- the answer ---------------------------------------------------------- */

const TuneTrial *
tune_seek_answer (const TuneSeek *self)
{
  return self->verdict.found
      ? find_trial (self, place_for_search (self, self->verdict.answer))
      : NULL;
}

const TuneTrial *
tune_seek_next (const TuneSeek *self, const TuneTrial *trial)
{
  if (is_by_rate (self))
    return trial->at > 0 ? find_trial (self, trial->at - 1) : NULL;
  return find_trial (self, trial->at + 1);
}

const TuneTrial *
tune_seek_closest (const TuneSeek *self)
{
  const TuneTrial *closest = NULL;

  for (guint i = 0; i < self->trials->len; i++) {
    const TuneTrial *trial = self->trials->pdata[i];

    if (closest == NULL || trial->excess < closest->excess)
      closest = trial;
  }
  return closest;
}
