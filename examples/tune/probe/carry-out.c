/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks at the source, the metric and the candidates, and leads them through
 * passes until each has an outcome.
 */
#include "tune/probe/carry-out.h"

#include "console/program-error.h"
#include "measure/words/packages.h"
#include "tune/probe/candidate.h"
#include "tune/probe/file-route.h"
#include "tune/probe/pass.h"

#include "perceptual.h"

#include <string.h>

#define CHUNK 65536

typedef struct
{
  const TuneJob *job;
  const TuneCarryEvents *events;
  MeasureSettings settings;
  MeasureInput *source;
  TuneResult *result;
} Self;

/* --- before the first pass ----------------------------------------------- */

static gboolean
check_hash (const Self *self, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GFile) file = g_file_new_for_path (self->job->source);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree guchar *chunk = g_malloc (CHUNK);
  gssize size;

  if (self->job->sha256 == NULL)
    return TRUE;
  stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    return FALSE;
  while ((size = g_input_stream_read (
              G_INPUT_STREAM (stream), chunk, CHUNK, NULL, error))
      > 0) {
    g_checksum_update (checksum, chunk, size);
    self->events->alive (self->events->user);
  }
  if (size < 0)
    return FALSE;
  return g_ascii_strcasecmp (
             g_checksum_get_string (checksum), self->job->sha256)
      == 0
      || program_fail (error, self->job->source,
          "its content is not what the job is for (SHA-256 %s)",
          g_checksum_get_string (checksum));
}

static gboolean
read_settings (Self *self, GError **error)
{
  GHashTableIter iter;
  gpointer name, text;

  if (self->settings.element == NULL) {
    g_autofree gchar *text = measure_packages_lack_element ();

    return program_fail_unnamed (error, "%s", text);
  }
  g_hash_table_iter_init (&iter, self->job->settings);
  while (g_hash_table_iter_next (&iter, &name, &text)) {
    if (!measure_settings_offers (&self->settings, name))
      return program_fail_unnamed (
          error, "pairs are not measured by a setting \"%s\"", (gchar *) name);
    if (!measure_settings_set (&self->settings, name, text, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
look_at_source (Self *self, GError **error)
{
  static const gboolean never = FALSE;

  self->source = measure_input_new (self->job->source, NULL, &never);
  if (self->source->problem != NULL)
    return program_fail_unnamed (error, "%s", self->source->problem);
  return !self->source->is_image
      || program_fail (error, self->job->source, "it is an image, no video");
}

/* Candidates that cannot be tried at all have their error at once. */
static void
check_candidates (Self *self)
{
  for (guint i = 0; i < self->job->candidates->len; i++) {
    const TuneCandidate *candidate = self->job->candidates->pdata[i];
    TuneOutcome *outcome = tune_outcome_new ();
    g_autoptr (GError) error = NULL;

    g_ptr_array_add (self->result->outcomes, outcome);
    if (tune_candidate_check (candidate, &error))
      outcome->versions = tune_candidate_versions (candidate);
    else
      outcome->error = g_strdup (error->message);
  }
}

/* --- passes -------------------------------------------------------------- */

/* Numbers of candidates. */
static GArray *
new_numbers (void)
{
  return g_array_new (FALSE, FALSE, sizeof (guint));
}

/* One pass of those of @numbers.  Those that have to take another way are put
 * into @by_file, those that have to be tried once more into @again. */
static gboolean
run_pass (Self *self, const GArray *numbers, GArray *by_file, GArray *again,
    GError **error)
{
  g_autoptr (GPtrArray) streams =
      g_ptr_array_new_with_free_func ((GDestroyNotify) tune_stream_free);
  TuneCut cut;
  gboolean ok;

  tune_cut_init (&cut, &self->job->window);
  for (guint i = 0; i < numbers->len; i++) {
    guint number = g_array_index (numbers, guint, i);
    TuneStream *stream = tune_stream_new (self->job->candidates->pdata[number],
        self->result->outcomes->pdata[number]);

    stream->keep = self->job->output;
    g_ptr_array_add (streams, stream);
  }
  ok = tune_pass_run (
      &(TunePass){
          .source = self->source,
          .settings = &self->settings,
          .cut = &cut,
          .memory = self->job->memory,
          .measure = TRUE,
          .streams = streams,
          .result = self->result,
          .advance = self->events->advance,
          .note = self->events->note,
          .alive = self->events->alive,
          .user = self->events->user,
      },
      error);
  for (guint i = 0; i < numbers->len; i++) {
    guint number = g_array_index (numbers, guint, i);
    const TuneStream *stream = streams->pdata[i];

    stream->outcome->one_pass = TRUE;
    if (stream->held)
      g_array_append_val (by_file, number);
    else if (stream->again)
      g_array_append_val (again, number);
  }
  tune_cut_clear (&cut);
  return ok;
}

static void
note_held (const Self *self, const GArray *by_file)
{
  for (guint i = 0; i < by_file->len; i++) {
    guint number = g_array_index (by_file, guint, i);
    g_autofree gchar *name =
        tune_candidate_describe (self->job->candidates->pdata[number]);
    g_autofree gchar *size = g_format_size (self->job->memory);
    g_autofree gchar *text = g_strdup_printf (
        "%s holds back more frames than fit into %s; it is encoded to a file "
        "first",
        name, size);

    self->events->note (text, self->events->user);
  }
}

/* Side by side, as long as they do not end each other's passes; then one by
 * one. */
static gboolean
run_passes (Self *self, GArray *numbers, GArray *by_file, GError **error)
{
  g_autoptr (GArray) left = g_array_ref (numbers);
  guint most = G_MAXUINT;

  while (left->len > 0) {
    g_autoptr (GArray) now = new_numbers ();
    g_autoptr (GArray) again = new_numbers ();
    g_autoptr (GArray) held = new_numbers ();
    guint count = MIN (left->len, most);

    g_array_append_vals (now, left->data, count);
    g_array_remove_range (left, 0, count);
    if (!run_pass (self, now, held, again, error))
      return FALSE;
    note_held (self, held);
    g_array_append_vals (by_file, held->data, held->len);
    if (again->len == count && count == 1)
      return program_fail_unnamed (error,
          "%s: the pipeline did not come to its end", self->source->label);
    if (again->len == count)
      most = 1;
    g_array_prepend_vals (left, again->data, again->len);
  }
  return TRUE;
}

static gboolean
run_all (Self *self, GError **error)
{
  g_autoptr (GArray) at_once = new_numbers ();
  g_autoptr (GArray) by_file = new_numbers ();

  for (guint i = 0; i < self->job->candidates->len; i++) {
    const TuneCandidate *candidate = self->job->candidates->pdata[i];
    const TuneOutcome *outcome = self->result->outcomes->pdata[i];
    gboolean file = self->job->file_route || candidate->how == TUNE_HOW_COMMAND;

    if (outcome->error == NULL)
      g_array_append_val (file ? by_file : at_once, i);
  }
  if (!run_passes (self, at_once, by_file, error))
    return FALSE;
  for (guint i = 0; i < by_file->len; i++) {
    guint number = g_array_index (by_file, guint, i);
    TuneOutcome *outcome = self->result->outcomes->pdata[number];

    outcome->one_pass = FALSE;
    if (!tune_file_route_run (
            &(TuneFileRoute){
                .job = self->job,
                .candidate = self->job->candidates->pdata[number],
                .outcome = outcome,
                .source = self->source,
                .settings = &self->settings,
                .result = self->result,
                .events = self->events,
            },
            error))
      return FALSE;
  }
  return TRUE;
}

TuneResult *
tune_carry_out (
    const TuneJob *job, const TuneCarryEvents *events, GError **error)
{
  Self self = { .job = job, .events = events };
  gboolean ok;

  measure_settings_init (&self.settings);
  self.result = tune_result_new ();
  self.result->host = g_strdup (g_get_host_name ());
  self.result->library = g_strdup (perceptual_version ());
  ok = read_settings (&self, error) && check_hash (&self, error)
      && look_at_source (&self, error);
  if (ok) {
    check_candidates (&self);
    ok = run_all (&self, error);
  }
  g_clear_pointer (&self.source, measure_input_free);
  measure_settings_clear (&self.settings);
  if (!ok)
    g_clear_pointer (&self.result, tune_result_free);
  return self.result;
}
