/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jobs and results as structs: how they begin and end.
 */
#include "tune/probe/job.h"

TuneCandidate *
tune_candidate_copy (const TuneCandidate *self)
{
  TuneCandidate *copy = g_new (TuneCandidate, 1);

  *copy = *self;
  copy->encoder = g_strdup (self->encoder);
  copy->extra = g_strdup (self->extra);
  return copy;
}

void
tune_candidate_free (TuneCandidate *self)
{
  g_free (self->encoder);
  g_free (self->extra);
  g_free (self);
}

TuneJob *
tune_job_new (void)
{
  TuneJob *self = g_new0 (TuneJob, 1);

  self->window.stop_ns = G_MAXINT64;
  self->settings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->candidates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_candidate_free);
  self->memory = TUNE_JOB_MEMORY;
  return self;
}

void
tune_job_free (TuneJob *self)
{
  g_free (self->source);
  g_free (self->sha256);
  g_free (self->temp);
  g_free (self->output);
  g_hash_table_unref (self->settings);
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

TuneJob *
tune_job_copy (const TuneJob *self, const GPtrArray *candidates)
{
  TuneJob *copy = tune_job_new ();
  GHashTableIter iter;
  gpointer name, text;

  copy->source = g_strdup (self->source);
  copy->sha256 = g_strdup (self->sha256);
  copy->window = self->window;
  g_hash_table_iter_init (&iter, self->settings);
  while (g_hash_table_iter_next (&iter, &name, &text))
    g_hash_table_insert (copy->settings, g_strdup (name), g_strdup (text));
  for (guint i = 0; i < candidates->len; i++)
    g_ptr_array_add (
        copy->candidates, tune_candidate_copy (candidates->pdata[i]));
  copy->file_route = self->file_route;
  copy->memory = self->memory;
  copy->temp = g_strdup (self->temp);
  copy->output = g_strdup (self->output);
  copy->timeout_s = self->timeout_s;
  return copy;
}

TuneOutcome *
tune_outcome_new (void)
{
  TuneOutcome *self = g_new0 (TuneOutcome, 1);

  self->frame_bytes = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
tune_outcome_free (TuneOutcome *self)
{
  g_free (self->measurement.distances);
  g_array_unref (self->frame_bytes);
  g_free (self->versions);
  g_free (self->error);
  g_free (self);
}

TuneResult *
tune_result_new (void)
{
  TuneResult *self = g_new0 (TuneResult, 1);

  self->outcomes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_outcome_free);
  return self;
}

void
tune_result_free (TuneResult *self)
{
  g_free (self->metric);
  g_free (self->options);
  g_free (self->weights_sha256);
  g_free (self->library);
  g_free (self->host);
  g_free (self->caps);
  g_ptr_array_unref (self->outcomes);
  g_free (self);
}
