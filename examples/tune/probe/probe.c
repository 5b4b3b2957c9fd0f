/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hands jobs to processes, listens to all of them, and tries once more what
 * failed.
 */
#include "tune/probe/probe.h"

#include "tune/probe/candidate.h"
#include "tune/probe/external.h"
#include "tune/probe/temp.h"
#include "tune/probe/worker.h"

#include "console/child.h"
#include "console/program-error.h"
#include "table/json.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <string.h>

#define TICK_MS 20

/* GStreamer may look through all of its plugins first. */
#define START_MS 120000

/* So long nothing may get on, in a pipeline or in a command; and so long where
 * the processor is at work meanwhile, if only for this share of the time. */
#define STALL_MS 60000
#define WORKING_MS 600000
#define WORKING .05

/* To leave in peace. */
#define LEAVE_MS 500

/**
 * Probe:
 * @job: what is to be done
 * @numbers: (element-type guint): which of the job's candidates are tried by
 *   the present process
 * @left: (element-type guint): which have to be tried after that
 * @tries: how often a process was started for these candidates
 * @child: (nullable): the process
 * @temp: (nullable): folder of the present process
 * @text: what came of the result's JSON
 * @started: when the process was, monotonic
 * @moved: when it got on last
 * @moves: what it told of that
 * @used: ms of the processor's time that it told of last
 * @used_then: likewise, at @moved
 * @ready: whether it told anything
 * @result: of all candidates so far
 * @error: why there is none
 * @done: nothing is left to do
 *
 * A job under way.
 */
typedef struct
{
  const TuneJob *job;
  GArray *numbers;
  GArray *left;
  guint tries;
  Child *child;
  TuneTemp *temp;
  GString *text;
  gint64 started;
  gint64 moved;
  gint64 moves;
  gint64 used;
  gint64 used_then;
  gboolean ready;
  TuneResult *result;
  GError *error;
  gboolean done;
} Probe;

/* --- a process ----------------------------------------------------------- */

/* Where an encode is written until it is whole: in the same folder, with the
 * same ending. */
static gchar *
name_unfinished (const gchar *output)
{
  g_autofree gchar *folder = g_path_get_dirname (output);
  g_autofree gchar *name = g_path_get_basename (output);
  g_autofree gchar *full = g_strdup_printf (".unfinished-%s", name);

  return g_build_filename (folder, full, NULL);
}

/* Messages are about the name that the user gave. */
static void
say_output (TuneOutcome *outcome, const gchar *unfinished, const gchar *output)
{
  GString *text;

  if (outcome->error == NULL)
    return;
  text = g_string_new (outcome->error);
  g_string_replace (text, unfinished, output, 0);
  g_free (outcome->error);
  outcome->error = g_string_free (text, FALSE);
}

/* Gives an encode that is whole its name, and removes any other. */
static void
finish_output (const Probe *self)
{
  const gchar *output = self->job->output;
  g_autofree gchar *unfinished =
      output != NULL ? name_unfinished (output) : NULL;
  TuneOutcome *outcome = self->result->outcomes->pdata[0];

  if (output == NULL)
    return;
  if (self->error == NULL && outcome->error == NULL && self->done
      && g_rename (unfinished, output) != 0)
    outcome->error = g_strdup_printf (
        "%s: cannot be written: %s", output, g_strerror (errno));
  g_unlink (unfinished);
  say_output (outcome, unfinished, output);
}

static TuneJob *
make_part (const Probe *self)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new ();
  TuneJob *part;

  for (guint i = 0; i < self->numbers->len; i++)
    g_ptr_array_add (candidates,
        self->job->candidates->pdata[g_array_index (self->numbers, guint, i)]);
  part = tune_job_copy (self->job, candidates);
  g_free (part->temp);
  part->temp = g_strdup (self->temp->path);
  if (part->output != NULL) {
    g_free (part->output);
    part->output = name_unfinished (self->job->output);
  }
  return part;
}

static gboolean
send_job (Probe *self)
{
  g_autoptr (TuneJob) part = make_part (self);
  g_autoptr (JsonNode) node = tune_job_to_json (part);
  g_autofree gchar *text = json_to_string (node, FALSE);
  const gchar *end = text + strlen (text);

  for (const gchar *at = text; at < end; at += TUNE_PIECE) {
    g_autofree gchar *piece = g_strndup (at, MIN (TUNE_PIECE, end - at));

    if (!child_tell (self->child, piece))
      return FALSE;
  }
  return child_tell (self->child, TUNE_ASKS_END);
}

/* Starts a process for @numbers. */
static void
start (Probe *self)
{
  g_string_truncate (self->text, 0);
  self->tries++;
  self->ready = FALSE;
  self->moves = -1;
  self->used = self->used_then = 0;
  self->started = self->moved = g_get_monotonic_time ();
  self->temp = tune_temp_new (self->job->temp, &self->error);
  if (self->temp != NULL)
    self->child = child_start (TUNE_WORKER_ROLE, &self->error);
  if (self->child != NULL)
    send_job (self);
  else
    self->done = TRUE;
}

static void
end_process (Probe *self, guint milliseconds)
{
  child_end (self->child, milliseconds);
  self->child = NULL;
  g_clear_pointer (&self->temp, tune_temp_free);
}

/* --- what comes next ----------------------------------------------------- */

static TuneOutcome *
outcome_at (const Probe *self, guint i)
{
  return self->result->outcomes->pdata[g_array_index (self->numbers, guint, i)];
}

static void
go_on (Probe *self)
{
  guint next;

  end_process (self, LEAVE_MS);
  if (self->left->len == 0) {
    self->done = TRUE;
    return;
  }
  next = g_array_index (self->left, guint, 0);
  g_array_remove_index (self->left, 0);
  g_array_set_size (self->numbers, 0);
  g_array_append_val (self->numbers, next);
  self->tries = 0;
  start (self);
}

static void
move_text (gchar **from, gchar **to)
{
  if (*to == NULL)
    *to = g_steal_pointer (from);
}

/* Takes over what is known from @part, which is about TuneProbe.numbers. */
static void
merge (Probe *self, TuneResult *part)
{
  TuneResult *whole = self->result;

  move_text (&part->metric, &whole->metric);
  move_text (&part->options, &whole->options);
  move_text (&part->weights_sha256, &whole->weights_sha256);
  move_text (&part->library, &whole->library);
  move_text (&part->host, &whole->host);
  move_text (&part->caps, &whole->caps);
  if (part->frames > 0) {
    whole->frames = part->frames;
    whole->seconds = part->seconds;
  }
  g_ptr_array_set_free_func (part->outcomes, NULL);
  for (guint i = 0; i < part->outcomes->len; i++) {
    guint number = g_array_index (self->numbers, guint, i);

    tune_outcome_free (whole->outcomes->pdata[number]);
    whole->outcomes->pdata[number] = part->outcomes->pdata[i];
  }
}

static void
take_result (Probe *self)
{
  g_autoptr (JsonNode) node = table_json_parse (
      self->text->str, self->text->len, "The result", &self->error);
  g_autoptr (TuneResult) part =
      node != NULL ? tune_result_from_json (node, &self->error) : NULL;

  if (part != NULL && part->outcomes->len == self->numbers->len) {
    merge (self, part);
    go_on (self);
    return;
  }
  if (self->error == NULL)
    program_fail_unnamed (&self->error, "the result does not fit the job");
  self->done = TRUE;
}

/* The process is gone, or is ended now, without a result.  @how: that. */
static void
take_death (Probe *self, const gchar *how, gboolean retry)
{
  const TuneCandidate *candidate;
  g_autofree gchar *name = NULL;

  if (self->numbers->len > 1) {
    g_array_append_vals (self->left, self->numbers->data, self->numbers->len);
    go_on (self);
    return;
  }
  if (retry && self->tries < 2) {
    end_process (self, 0);
    start (self);
    return;
  }
  candidate =
      self->job->candidates->pdata[g_array_index (self->numbers, guint, 0)];
  name = tune_candidate_describe (candidate);
  g_free (outcome_at (self, 0)->error);
  outcome_at (self, 0)->error = g_strdup_printf ("%s: %s", name, how);
  go_on (self);
}

static void
take_crash (Probe *self)
{
  g_autofree gchar *log =
      g_build_filename (self->temp->path, TUNE_WORKER_LOG, NULL);
  g_autofree gchar *lines = tune_last_lines (log);
  g_autofree gchar *thread = NULL;
  g_autofree gchar *how = child_describe_end (self->child, &thread);
  g_autofree gchar *text =
      g_strdup_printf ("the process that encodes %s%s%s%s%s", how,
          thread != NULL ? " in the thread " : "", thread != NULL ? thread : "",
          *lines != '\0' ? ": " : "", lines);

  take_death (self, text, TRUE);
}

/* --- messages ------------------------------------------------------------ */

/* Returns: (nullable): what follows @word in @message. */
static const gchar *
after (const gchar *message, const gchar *word)
{
  gsize length = strlen (word);

  if (strncmp (message, word, length) != 0)
    return NULL;
  if (message[length] == '\0')
    return message + length;
  return message[length] == ' ' ? message + length + 1 : NULL;
}

static void
take_pairs (Probe *self, const gchar *text, const TuneProbeEvents *events)
{
  gchar *end;
  guint64 pairs = g_ascii_strtoull (text, &end, 10);
  gdouble part = g_ascii_strtod (end, NULL);

  if (events != NULL && events->advance != NULL)
    events->advance (self->job, pairs, part, events->user);
}

static void
take_alive (Probe *self, const gchar *text)
{
  gchar *end;
  gint64 moves = g_ascii_strtoll (text, &end, 10);

  self->used = g_ascii_strtoll (end, NULL, 10);
  if (moves == self->moves)
    return;
  self->moves = moves;
  self->moved = g_get_monotonic_time ();
  self->used_then = self->used;
}

static void
take_message (Probe *self, const gchar *message, const TuneProbeEvents *events)
{
  const gchar *text;

  self->ready = TRUE;
  if ((text = after (message, TUNE_SAYS_ALIVE)) != NULL) {
    take_alive (self, text);
  } else if ((text = after (message, TUNE_SAYS_PAIRS)) != NULL) {
    take_pairs (self, text, events);
  } else if ((text = after (message, TUNE_SAYS_NOTE)) != NULL) {
    if (events != NULL && events->note != NULL)
      events->note (self->job, text, events->user);
  } else if ((text = after (message, TUNE_SAYS_RESULT)) != NULL) {
    g_string_append (self->text, text);
  } else if (after (message, TUNE_SAYS_DONE) != NULL) {
    take_result (self);
  } else if ((text = after (message, TUNE_SAYS_USAGE)) != NULL) {
    g_set_error_literal (
        &self->error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
    self->done = TRUE;
  } else if ((text = after (message, TUNE_SAYS_FAILED)) != NULL) {
    program_fail_unnamed (&self->error, "%s", text);
    self->done = TRUE;
  }
}

/* Returns: how long it may do without a sign that it gets on. */
static gint64
find_limit (const Probe *self, gint64 still)
{
  if (!self->ready)
    return START_MS;
  return (gdouble) (self->used - self->used_then) > WORKING * (gdouble) still
      ? WORKING_MS
      : STALL_MS;
}

static void
check_time (Probe *self)
{
  gint64 now = g_get_monotonic_time ();
  gdouble taken = (gdouble) (now - self->started) / G_USEC_PER_SEC;
  gint64 still = (now - self->moved) / 1000;
  g_autofree gchar *text = NULL;

  if (self->job->timeout_s > 0 && taken > self->job->timeout_s)
    text =
        g_strdup_printf ("it was not done within %g s", self->job->timeout_s);
  else if (still > find_limit (self, still))
    text = g_strdup_printf ("nothing got on for %d s", (int) (still / 1000));
  if (text != NULL)
    take_death (self, text, FALSE);
}

/* Takes what this process has to say.  Returns: whether there was anything. */
static gboolean
listen (Probe *self, guint milliseconds, const TuneProbeEvents *events)
{
  g_autofree gchar *message = NULL;

  switch (child_hear (self->child, milliseconds, &message)) {
    case CHILD_SAID:
      take_message (self, message, events);
      return TRUE;
    case CHILD_ENDED:
      take_crash (self);
      return TRUE;
    case CHILD_SILENT:
      break;
  }
  check_time (self);
  return FALSE;
}

/* --- all of them --------------------------------------------------------- */

static Probe *
probe_new (const TuneJob *job)
{
  Probe *self = g_new0 (Probe, 1);

  self->job = job;
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  self->left = g_array_new (FALSE, FALSE, sizeof (guint));
  self->text = g_string_new (NULL);
  self->result = tune_result_new ();
  for (guint i = 0; i < job->candidates->len; i++) {
    g_array_append_val (self->numbers, i);
    g_ptr_array_add (self->result->outcomes, tune_outcome_new ());
  }
  return self;
}

static void
probe_free (Probe *self)
{
  end_process (self, 0);
  g_array_unref (self->numbers);
  g_array_unref (self->left);
  g_string_free (self->text, TRUE);
  g_clear_pointer (&self->result, tune_result_free);
  g_clear_error (&self->error);
  g_free (self);
}

/* Waits for the first of those that are not done, and takes what all have to
 * say. */
static void
listen_to_all (Probe **probes, guint n, const TuneProbeEvents *events)
{
  guint wait = TICK_MS;

  for (guint i = 0; i < n; i++) {
    while (!probes[i]->done && listen (probes[i], wait, events))
      wait = 0;
    if (!probes[i]->done)
      wait = 0;
    else if (probes[i]->child != NULL)
      end_process (probes[i], LEAVE_MS);
  }
}

static gboolean
are_done (Probe **probes, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (!probes[i]->done)
      return FALSE;
  }
  return TRUE;
}

gboolean
tune_probe_run (const TuneJob *const *jobs, guint n,
    const TuneProbeEvents *events, const gboolean *interrupted,
    TuneResult **results, GError **errors)
{
  g_autofree Probe **probes = g_new0 (Probe *, n);
  gboolean all = TRUE;

  for (guint i = 0; i < n; i++) {
    probes[i] = probe_new (jobs[i]);
    start (probes[i]);
  }
  while (!are_done (probes, n) && !g_atomic_int_get (interrupted))
    listen_to_all (probes, n, events);
  for (guint i = 0; i < n; i++) {
    Probe *probe = probes[i];

    results[i] = NULL;
    errors[i] = NULL;
    end_process (probe, 0);
    finish_output (probe);
    if (probe->error != NULL)
      errors[i] = g_steal_pointer (&probe->error);
    else if (!probe->done)
      program_fail_interrupted (&errors[i], "the encode was measured");
    else
      results[i] = g_steal_pointer (&probe->result);
    all &= results[i] != NULL;
    probe_free (probe);
  }
  return all;
}
