/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From candidates and parts to jobs, and from their results to the store.  A
 * task is one candidate on one part.  Tasks are claimed just before they are
 * run, so that several processes share the work.
 */
#include "tune/campaign.h"

#include "tune/probe/candidate.h"
#include "tune/identity.h"
#include "tune/probe/probe.h"
#include "tune/store/store-query.h"

#include "console/program-error.h"

#include <string.h>

/* How often is looked whether another process has got on. */
#define LOOK_USEC (G_USEC_PER_SEC / 5)

/* In place of a clip's length that is not known. */
#define LONG_CLIP 36000

/**
 * Task:
 * @candidate: its place
 * @part: its place
 * @window: its number in the store
 * @setting: likewise
 * @probe: likewise
 * @claimed: by this process
 * @waiting: another process has it
 * @done: nothing remains to be done
 * @known: nothing had to be done
 * @measurement: of a task that was done and did not fail
 */
typedef struct
{
  guint candidate;
  guint part;
  gint64 window;
  gint64 setting;
  gint64 probe;
  gboolean claimed;
  gboolean waiting;
  gboolean done;
  gboolean known;
  TuneMeasurement measurement;
} Task;

/**
 * Batch:
 * @jobs: (element-type TuneJob): to be run at once
 * @tasks: (element-type GPtrArray): of each job, as its candidates
 * @parts: how much of each is done
 */
typedef struct
{
  GPtrArray *jobs;
  GPtrArray *tasks;
  GArray *parts;
} Batch;

typedef struct
{
  const TuneCampaign *campaign;
  const GPtrArray *candidates;
  GPtrArray *versions; /* of each candidate */
  gint64 metric;
  Task *tasks;
  guint n_tasks;
  gchar **errors; /* of each candidate */
  Batch *batch;
  gint64 waited_since;
} Run;

/* --- what the store calls it --------------------------------------------- */

static const TunePart *
get_part (const TuneCampaign *campaign, guint i)
{
  return &g_array_index (campaign->parts, TunePart, i);
}

static TuneSetting
setting_of (const TuneCandidate *candidate, const gchar *versions)
{
  return (TuneSetting){
    .encoder = candidate->encoder,
    .value = candidate->value,
    .extra = candidate->extra != NULL ? candidate->extra : "{}",
    .versions = versions,
  };
}

static GPtrArray *
find_versions (TuneIdentity *identity, const GPtrArray *candidates)
{
  GPtrArray *all = g_ptr_array_new ();

  for (guint i = 0; i < candidates->len; i++)
    g_ptr_array_add (all,
        (gpointer) tune_identity_versions (identity, candidates->pdata[i]));
  return all;
}

static void
begin (Run *self, const TuneCampaign *campaign, const GPtrArray *candidates)
{
  *self = (Run){ .campaign = campaign, .candidates = candidates };
  self->errors = g_new0 (gchar *, candidates->len + 1);
  self->versions = find_versions (campaign->identity, candidates);
}

static void
end (Run *self)
{
  for (guint i = 0; i < self->n_tasks; i++)
    tune_measurement_clear (&self->tasks[i].measurement);
  g_free (self->tasks);
  for (guint i = 0; i < self->candidates->len; i++)
    g_free (self->errors[i]);
  g_free (self->errors);
  g_ptr_array_unref (self->versions);
}

/* Gets the numbers of all that the tasks are about. */
static gboolean
describe (Run *self, GError **error)
{
  const TuneCampaign *campaign = self->campaign;
  const TuneClip *clip = campaign->clip;
  const TuneMetric metric = tune_identity_metric (self->campaign->identity);
  const TuneSource description = { .sha256 = clip->sha256,
    .path = clip->label,
    .duration_ns = MAX (clip->duration_ns, 0),
    .caps = "" };
  gint64 source = tune_store_source (campaign->store, &description, error);
  guint n_parts = campaign->parts->len;

  self->metric =
      source < 0 ? -1 : tune_store_metric (campaign->store, &metric, error);
  if (self->metric < 0)
    return FALSE;
  self->n_tasks = self->candidates->len * n_parts;
  self->tasks = g_new0 (Task, MAX (self->n_tasks, 1));
  for (guint i = 0; i < self->n_tasks; i++) {
    Task *task = &self->tasks[i];
    TuneSetting setting;

    /* Candidates of one part are neighbours, and share a job. */
    task->candidate = i % self->candidates->len;
    task->part = i / self->candidates->len;
    setting = setting_of (self->candidates->pdata[task->candidate],
        self->versions->pdata[task->candidate]);
    task->window = tune_store_window (campaign->store, source,
        &get_part (campaign, task->part)->window, error);
    task->setting = task->window < 0
        ? -1
        : tune_store_setting (campaign->store, &setting, error);
    if (task->setting < 0)
      return FALSE;
  }
  return TRUE;
}

/* --- jobs ---------------------------------------------------------------- */

static void
free_tasks (gpointer tasks)
{
  g_ptr_array_unref (tasks);
}

static void
batch_init (Batch *self)
{
  self->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) tune_job_free);
  self->tasks = g_ptr_array_new_with_free_func (free_tasks);
  self->parts = g_array_new (FALSE, TRUE, sizeof (gdouble));
}

static void
batch_clear (Batch *self)
{
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->tasks);
  g_array_unref (self->parts);
}

static gdouble
patience_of (const TuneCampaign *campaign, const TuneWindow *window, guint n)
{
  gdouble seconds = tune_clip_seconds (campaign->clip, window);

  if (campaign->timeout_s > 0)
    return campaign->timeout_s;
  if (seconds <= 0)
    seconds = LONG_CLIP;
  return TUNE_CAMPAIGN_PATIENCE
      + TUNE_CAMPAIGN_PATIENCE_PER_SECOND * seconds * n;
}

static void
copy_setting (gpointer name, gpointer text, gpointer user)
{
  g_hash_table_insert (user, g_strdup (name), g_strdup (text));
}

/* Returns: (transfer full) (nullable): the file in which the encode of @task is
 * kept: "x264-27.mkv", of windows "x264-27-at-12.000s.mkv". */
static gchar *
name_encode (const Run *self, const Task *task)
{
  const TuneCampaign *campaign = self->campaign;
  const TuneCandidate *candidate = self->candidates->pdata[task->candidate];
  const TuneWindow *window = &get_part (campaign, task->part)->window;
  g_autoptr (GString) name = g_string_new (candidate->encoder);

  if (campaign->output != NULL)
    return g_strdup (campaign->output);
  if (campaign->keep == NULL)
    return NULL;
  if (candidate->extra != NULL)
    g_string_append (name, candidate->extra);
  g_strcanon (name->str, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "=.-", '_');
  /* Names of files are at most 255 bytes long. */
  g_string_truncate (name, MIN (name->len, 180));
  g_string_append_printf (name, "-%.9g", candidate->value);
  if (window->stop_ns != G_MAXINT64)
    g_string_append_printf (
        name, "-at-%.3fs", (gdouble) window->start_ns / 1e9);
  g_string_append (name, ".mkv");
  return g_build_filename (campaign->keep, name->str, NULL);
}

static TuneJob *
make_job (const Run *self, const Task *task)
{
  const TuneCampaign *campaign = self->campaign;
  TuneJob *job = tune_job_new ();

  job->source = g_strdup (campaign->clip->path);
  job->window = get_part (campaign, task->part)->window;
  g_hash_table_foreach (campaign->settings, copy_setting, job->settings);
  job->memory = campaign->memory;
  job->temp = g_strdup (campaign->temp);
  job->output = name_encode (self, task);
  return job;
}

/* Puts @task into the last job of the batch, or into a new one.  Returns: FALSE
 * where the batch is full. */
static gboolean
put (Run *self, Task *task)
{
  const TuneCampaign *campaign = self->campaign;
  guint most = campaign->keep != NULL ? 1 : campaign->side_by_side;
  Batch *batch = self->batch;
  GPtrArray *tasks =
      batch->tasks->len > 0 ? batch->tasks->pdata[batch->tasks->len - 1] : NULL;
  TuneJob *job;

  if (tasks == NULL || tasks->len >= most
      || ((Task *) tasks->pdata[0])->part != task->part) {
    gdouble none = 0;

    if (batch->jobs->len >= campaign->jobs)
      return FALSE;
    tasks = g_ptr_array_new ();
    g_ptr_array_add (batch->tasks, tasks);
    g_ptr_array_add (batch->jobs, make_job (self, task));
    g_array_append_val (batch->parts, none);
  }
  g_ptr_array_add (tasks, task);
  job = batch->jobs->pdata[batch->jobs->len - 1];
  g_ptr_array_add (job->candidates,
      tune_candidate_copy (self->candidates->pdata[task->candidate]));
  job->timeout_s = patience_of (campaign, &job->window, job->candidates->len);
  return TRUE;
}

static void
note (const Run *self, const gchar *text)
{
  const TuneCampaignEvents *events = self->campaign->events;

  if (events != NULL && events->note != NULL)
    events->note (text, events->user);
}

/* --- claims -------------------------------------------------------------- */

static gboolean
load (Run *self, Task *task, GError **error)
{
  task->done = TRUE;
  task->known = !task->claimed;
  return tune_store_load (
      self->campaign->store, task->probe, &task->measurement, error);
}

/* Claims @task, or finds it measured, or notes that others have it. */
static gboolean
claim (Run *self, Task *task, GError **error)
{
  switch (tune_store_claim (self->campaign->store, task->window, task->setting,
      self->metric, &task->probe, error)) {
    case TUNE_CLAIM_OURS:
      task->claimed = TRUE;
      task->waiting = FALSE;
      return TRUE;
    case TUNE_CLAIM_OTHERS:
      task->waiting = TRUE;
      return TRUE;
    case TUNE_CLAIM_MEASURED:
      task->waiting = FALSE;
      /* An encode that is to be kept is made again. */
      return self->campaign->output != NULL || load (self, task, error);
    case TUNE_CLAIM_FAILED:
      break;
  }
  return FALSE;
}

static gboolean
is_to_do (const Run *self, const Task *task)
{
  return !task->done && self->errors[task->candidate] == NULL;
}

/* Claims tasks until the batch is full. */
static gboolean
fill_batch (Run *self, GError **error)
{
  for (guint i = 0; i < self->n_tasks; i++) {
    Task *task = &self->tasks[i];

    if (!is_to_do (self, task))
      continue;
    if (!task->claimed && !claim (self, task, error))
      return FALSE;
    if (task->done || task->waiting)
      continue;
    if (!put (self, task))
      break;
  }
  return TRUE;
}

/* All that is left is in the hands of others.  What nobody has finished after
 * longer than a probe may take is taken over. */
static gboolean
wait (Run *self, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (self->waited_since == 0) {
    self->waited_since = now;
    note (self, "another process is measuring the same; it is waited for");
  }
  for (guint i = 0; i < self->n_tasks; i++) {
    Task *task = &self->tasks[i];
    const TuneWindow *window = &get_part (self->campaign, task->part)->window;

    if (!is_to_do (self, task) || !task->waiting
        || (gdouble) (now - self->waited_since) / G_USEC_PER_SEC
            < patience_of (self->campaign, window, 1))
      continue;
    if (!tune_store_take_over (self->campaign->store, task->probe, error))
      return FALSE;
    task->claimed = TRUE;
    task->waiting = FALSE;
  }
  g_usleep (LOOK_USEC);
  return TRUE;
}

static gboolean
is_finished (const Run *self)
{
  for (guint i = 0; i < self->n_tasks; i++) {
    if (is_to_do (self, &self->tasks[i]))
      return FALSE;
  }
  return TRUE;
}

/* --- results ------------------------------------------------------------- */

static void
note_error (Run *self, const Task *task, const gchar *reason)
{
  if (self->errors[task->candidate] == NULL)
    self->errors[task->candidate] = g_strdup (reason);
}

gchar *
tune_campaign_find_fault (const TuneMeasurement *measurement)
{
  if (measurement->frames == 0)
    return g_strdup ("not one frame was measured");
  if (measurement->unmatched > 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                            " frames are missing in the encode; an encode with "
                            "fewer frames cannot be compared with others",
        measurement->unmatched, measurement->frames + measurement->unmatched);
  if (measurement->bytes == 0)
    return g_strdup ("the encode is empty");
  return NULL;
}

static void
copy_measurement (TuneMeasurement *to, const TuneMeasurement *from)
{
  *to = *from;
  to->distances =
      g_memdup2 (from->distances, (gsize) from->frames * sizeof (gfloat));
}

static gboolean
is_measured (const TuneResult *result)
{
  for (guint i = 0; i < result->outcomes->len; i++) {
    const TuneOutcome *outcome = result->outcomes->pdata[i];

    if (outcome->error == NULL)
      return TRUE;
  }
  return FALSE;
}

/* What was measured is kept under the name that it was looked for by. */
static gboolean
check_identity (const Run *self, const GPtrArray *tasks,
    const TuneResult *result, GError **error)
{
  const TuneCampaign *campaign = self->campaign;
  g_autoptr (TuneIdentity) identity = NULL;

  if (!is_measured (result))
    return TRUE;
  identity = tune_identity_of_result (campaign->settings, result, error);
  if (identity == NULL)
    return FALSE;
  if (!tune_identity_equal (identity, campaign->identity))
    return program_fail_unnamed (error,
        "the metric was measured with other options (%s) than were asked for "
        "(%s)",
        tune_identity_metric (identity).options,
        tune_identity_metric (campaign->identity).options);
  for (guint i = 0; i < tasks->len && i < result->outcomes->len; i++) {
    const TuneOutcome *outcome = result->outcomes->pdata[i];
    const Task *task = tasks->pdata[i];
    const gchar *expected = self->versions->pdata[task->candidate];

    if (outcome->error == NULL && strcmp (outcome->versions, expected) != 0)
      return program_fail_unnamed (error,
          "the encoder changed meanwhile: from %s to %s", expected,
          outcome->versions);
  }
  return TRUE;
}

static gboolean
take_outcome (Run *self, Task *task, const TuneOutcome *outcome, GError **error)
{
  TuneStore *store = self->campaign->store;
  g_autofree gchar *what = tune_campaign_find_fault (&outcome->measurement);
  g_autofree gchar *fault = NULL;

  if (outcome->error != NULL) {
    fault = g_strdup (outcome->error);
  } else if (what != NULL) {
    g_autofree gchar *label =
        tune_candidate_describe (self->candidates->pdata[task->candidate]);

    fault = g_strdup_printf ("%s: %s", label, what);
  }
  if (fault != NULL) {
    note_error (self, task, fault);
    return !task->claimed || tune_store_fail (store, task->probe, fault, error);
  }
  if (task->claimed
      && !tune_store_finish (store, task->probe, &outcome->measurement, error))
    return FALSE;
  copy_measurement (&task->measurement, &outcome->measurement);
  task->done = TRUE;
  return TRUE;
}

static gboolean
give_back (Run *self, const GPtrArray *tasks, const gchar *reason)
{
  for (guint i = 0; i < tasks->len; i++) {
    const Task *task = tasks->pdata[i];

    if (task->claimed && !task->done)
      tune_store_fail (self->campaign->store, task->probe, reason, NULL);
  }
  return FALSE;
}

/* @fault: (transfer full) (nullable): why there is no result. */
static gboolean
take_result (Run *self, const GPtrArray *tasks, const TuneResult *result,
    GError *fault, GError **error)
{
  gboolean ok = TRUE;

  if (result == NULL) {
    give_back (self, tasks, fault != NULL ? fault->message : "interrupted");
    if (fault == NULL)
      program_fail_interrupted (&fault, "all was measured");
    g_propagate_error (error, fault);
    return FALSE;
  }
  g_clear_error (&fault);
  if (!check_identity (self, tasks, result, error))
    return give_back (self, tasks, "measured in another way");
  for (guint i = 0; i < tasks->len && i < result->outcomes->len; i++)
    ok = take_outcome (self, tasks->pdata[i], result->outcomes->pdata[i],
             ok ? error : NULL)
        && ok;
  return ok;
}

/* --- running ------------------------------------------------------------- */

static void
report_advance (const Run *self)
{
  const TuneCampaignEvents *events = self->campaign->events;
  gdouble done = 0;

  if (events == NULL || events->advance == NULL)
    return;
  for (guint i = 0; i < self->n_tasks; i++)
    done += !is_to_do (self, &self->tasks[i]);
  for (guint i = 0; self->batch != NULL && i < self->batch->jobs->len; i++) {
    const GPtrArray *tasks = self->batch->tasks->pdata[i];

    done += g_array_index (self->batch->parts, gdouble, i) * tasks->len;
  }
  events->advance (MIN (done / self->n_tasks, 1), events->user);
}

static void
on_advance (const TuneJob *job, guint64 pairs, gdouble part, gpointer user)
{
  Run *self = user;

  for (guint i = 0; i < self->batch->jobs->len; i++) {
    if (self->batch->jobs->pdata[i] == job)
      g_array_index (self->batch->parts, gdouble, i) = CLAMP (part, 0, 1);
  }
  report_advance (self);
}

static void
on_note (const TuneJob *job, const gchar *text, gpointer user)
{
  note (user, text);
}

static gboolean
run_batch (Run *self, GError **error)
{
  const TuneProbeEvents events = {
    .advance = on_advance, .note = on_note, .user = self
  };
  Batch *batch = self->batch;
  guint n = batch->jobs->len;
  g_autofree TuneResult **results = g_new0 (TuneResult *, n);
  g_autofree GError **faults = g_new0 (GError *, n);
  gboolean ok = TRUE;

  tune_probe_run ((const TuneJob *const *) batch->jobs->pdata, n, &events,
      self->campaign->interrupted, results, faults);
  /* The others' results are kept even where one has none. */
  for (guint i = 0; i < n; i++) {
    ok = take_result (self, batch->tasks->pdata[i], results[i], faults[i],
             ok ? error : NULL)
        && ok;
    g_clear_pointer (&results[i], tune_result_free);
  }
  return ok;
}

static gboolean
step (Run *self, GError **error)
{
  Batch batch;
  gboolean ok;

  batch_init (&batch);
  self->batch = &batch;
  ok = fill_batch (self, error);
  if (ok && batch.jobs->len > 0)
    self->waited_since = 0;
  if (ok && batch.jobs->len > 0)
    ok = run_batch (self, error);
  else if (ok && !is_finished (self))
    ok = wait (self, error);
  self->batch = NULL;
  batch_clear (&batch);
  return ok;
}

/* What is claimed and not done when an error ends all. */
static void
give_all_back (Run *self)
{
  for (guint i = 0; i < self->n_tasks; i++) {
    Task *task = &self->tasks[i];

    if (task->claimed && !task->done && self->errors[task->candidate] == NULL)
      tune_store_fail (self->campaign->store, task->probe, "given up", NULL);
  }
}

/* --- samples ------------------------------------------------------------- */

static TuneSample *
make_sample (const Run *self, guint candidate)
{
  const TuneCampaign *campaign = self->campaign;
  TuneSample *sample = tune_sample_new ();

  sample->error = g_strdup (self->errors[candidate]);
  for (guint i = 0; i < campaign->parts->len && sample->error == NULL; i++) {
    const Task *task = &self->tasks[i * self->candidates->len + candidate];

    tune_sample_add (
        sample, &task->measurement, get_part (campaign, i)->weight);
    sample->known &= task->known;
  }
  return sample;
}

static GPtrArray *
make_samples (const Run *self)
{
  GPtrArray *samples =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_sample_free);

  for (guint i = 0; i < self->candidates->len; i++)
    g_ptr_array_add (samples, make_sample (self, i));
  return samples;
}

GPtrArray *
tune_campaign_measure (
    const TuneCampaign *self, const GPtrArray *candidates, GError **error)
{
  GPtrArray *samples = NULL;
  gboolean ok;
  Run run;

  begin (&run, self, candidates);
  ok = describe (&run, error);
  while (ok && !is_finished (&run)) {
    ok = !g_atomic_int_get (self->interrupted)
        || program_fail_interrupted (error, "all was measured");
    if (ok)
      ok = step (&run, error);
    report_advance (&run);
  }
  if (ok)
    samples = make_samples (&run);
  else
    give_all_back (&run);
  end (&run);
  return samples;
}

/* --- what is known ------------------------------------------------------- */

/* Returns: FALSE where not all of @candidate is known; @sample is NULL then, or
 * @error is set. */
static gboolean
recall (const Run *self, guint candidate, TuneSample **sample, GError **error)
{
  const TuneCampaign *campaign = self->campaign;
  const TuneMetric metric = tune_identity_metric (self->campaign->identity);
  const TuneSetting setting = setting_of (
      self->candidates->pdata[candidate], self->versions->pdata[candidate]);
  g_autoptr (TuneSample) found = tune_sample_new ();

  for (guint i = 0; i < campaign->parts->len; i++) {
    g_auto (TuneMeasurement) measurement = { 0 };
    gint64 probe = tune_store_find (campaign->store, campaign->clip->sha256,
        &get_part (campaign, i)->window, &setting, &metric, error);

    if (probe <= 0)
      return FALSE;
    if (!tune_store_load (campaign->store, probe, &measurement, error))
      return FALSE;
    tune_sample_add (found, &measurement, get_part (campaign, i)->weight);
  }
  *sample = g_steal_pointer (&found);
  return TRUE;
}

static void
free_nullable_sample (gpointer sample)
{
  tune_sample_free (sample);
}

GPtrArray *
tune_campaign_recall (
    const TuneCampaign *self, const GPtrArray *candidates, GError **error)
{
  GPtrArray *samples = g_ptr_array_new_with_free_func (free_nullable_sample);
  GError *fault = NULL;
  Run run;

  begin (&run, self, candidates);
  for (guint i = 0; i < candidates->len && fault == NULL; i++) {
    TuneSample *sample = NULL;

    recall (&run, i, &sample, &fault);
    g_ptr_array_add (samples, sample);
  }
  end (&run);
  if (fault == NULL)
    return samples;
  g_propagate_error (error, fault);
  g_ptr_array_unref (samples);
  return NULL;
}
