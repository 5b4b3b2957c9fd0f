/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-tune probe: carries out one job that was planned elsewhere.
 */
#include "tune/options.h"
#include "tune/probe.h"

#include "console/program-error.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CHUNK 65536

/* A job is some kB. */
#define LONGEST (64 << 20)

typedef struct
{
  gchar *job;
  gchar *output;
} Probe;

static void
add_options (TuneSession *session, GOptionGroup *group)
{
  Probe *self = session->own;

  tune_options_add (session, group,
      (GOptionEntry){ "job", 0, 0, G_OPTION_ARG_FILENAME, &self->job,
          "The job, a line of what plan prints; - for standard input",
          "FILE" });
  tune_options_add (session, group,
      (GOptionEntry){ "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
          "Write the result there, at once and whole, instead of printing it",
          "FILE" });
}

static gboolean
check_options (TuneSession *session, GError **error)
{
  const Probe *self = session->own;

  return self->job != NULL
      || tune_options_refuse (error, "probe needs a job: --job FILE");
}

static void
clear_options (gpointer own)
{
  Probe *self = own;

  g_free (self->job);
  g_free (self->output);
}

/* Returns: (transfer full) (nullable). */
static GString *
read_all (const gchar *path, GError **error)
{
  gboolean standard = strcmp (path, "-") == 0;
  FILE *stream = standard ? stdin : g_fopen (path, "rbe");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *chunk = g_malloc (CHUNK);
  int problem = stream == NULL ? errno : 0;
  gsize size;

  while (stream != NULL && text->len <= LONGEST
      && (size = fread (chunk, 1, CHUNK, stream)) > 0)
    g_string_append_len (text, chunk, (gssize) size);
  if (stream != NULL && ferror (stream))
    problem = errno;
  if (stream != NULL && !standard)
    fclose (stream);
  if (problem != 0) {
    program_fail (error, path, "%s", g_strerror (problem));
    return NULL;
  }
  if (text->len > LONGEST) {
    program_fail (error, path, "it is too long for a job");
    return NULL;
  }
  return g_steal_pointer (&text);
}

static TuneJob *
read_job (const gchar *path, GError **error)
{
  g_autoptr (GString) text = read_all (path, error);
  g_autofree gchar *label = g_filename_display_name (path);
  g_autoptr (JsonNode) node = NULL;
  TuneJob *job;

  if (text == NULL)
    return NULL;
  node = tune_json_parse (text->str, text->len, label, error);
  job = node != NULL ? tune_job_from_json (node, error) : NULL;
  if (node != NULL && job == NULL)
    g_prefix_error (error, "%s: ", label);
  return job;
}

static gboolean
write_result (TuneSession *session, const TuneResult *result, GError **error)
{
  const Probe *self = session->own;
  g_autoptr (JsonNode) node = tune_result_to_json (result);
  g_autofree gchar *text = json_to_string (node, FALSE);
  g_autofree gchar *line = g_strconcat (text, "\n", NULL);

  if (self->output == NULL || strcmp (self->output, "-") == 0)
    return console_print (&session->console, line, error);
  return g_file_set_contents_full (self->output, line, -1,
      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
      error);
}

static void
on_advance (const TuneJob *job, guint64 pairs, gdouble part, gpointer user)
{
  TuneSession *session = user;

  console_advance (&session->console, pairs, part);
}

static void
on_note (const TuneJob *job, const gchar *text, gpointer user)
{
  TuneSession *session = user;

  console_say (&session->console, "note: %s", text);
}

static gboolean
run (TuneSession *session, GError **error)
{
  const Probe *self = session->own;
  const TuneProbeEvents events = {
    .advance = on_advance, .note = on_note, .user = session
  };
  g_autoptr (TuneJob) job = read_job (self->job, error);
  const TuneJob *const jobs[] = { job };
  g_autoptr (TuneResult) result = NULL;

  if (job == NULL)
    return FALSE;
  console_begin (&session->console);
  tune_probe_run (jobs, 1, &events, &session->interrupted, &result, error);
  console_clear (&session->console);
  if (result == NULL || !write_result (session, result, error))
    return FALSE;
  for (guint i = 0; i < result->outcomes->len; i++) {
    const TuneOutcome *outcome = result->outcomes->pdata[i];

    if (outcome->error == NULL)
      continue;
    console_say (&session->console, "%s", outcome->error);
    session->code = TUNE_EXIT_ERROR;
  }
  return TRUE;
}

const TuneCommand tune_command_probe = {
  .name = "probe",
  .arguments = "",
  .blurb = "carry out one job that plan made, on whatever machine",
  .help =
      "Encodes and measures what the job says, and gives the result as one\n"
      "line of JSON.  A candidate that failed has its error in there, and\n"
      "the exit code is 1 then.\n"
      "\n"
      "  perceptual-tune probe --job job.json -o result.json",
  .unit = "pairs",
  .own_size = sizeof (Probe),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
